package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// serving starts a server command and returns the URL it prints and a function
// that ends it and returns its exit status.
func serving(t *testing.T, args ...string) (url string, end func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	status := make(chan int, 1)
	go func() {
		status <- runUntil(ctx, args, io.Discard, w)
		w.Close()
	}()
	lines := bufio.NewScanner(r)
	if !lines.Scan() {
		t.Fatal("the server printed nothing")
	}
	url = regexp.MustCompile(`http://\S+`).FindString(lines.Text())
	if url == "" {
		t.Fatalf("no address in %q", lines.Text())
	}
	go io.Copy(io.Discard, r)
	ended := false
	end = func() int {
		ended = true
		cancel()
		return <-status
	}
	t.Cleanup(func() {
		if !ended {
			end()
		}
	})
	return url, end
}

func fetchFrom(t *testing.T, url string) (body string, h http.Header) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b), res.Header
}

// gunzip is the text of a gzip.
func gunzip(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestServeInFrontOfAnyServer(t *testing.T) {
	files := httptest.NewServer(http.FileServer(http.Dir(".")))
	defer files.Close()
	log := filepath.Join(t.TempDir(), "access.log.gz")
	url, end := serving(t, "serve", "--origin", files.URL, "--listen", "127.0.0.1:0", "--default-ttl", "1m", "--access-log", log)
	want, _ := os.ReadFile("main.go")
	for i, result := range []string{"Miss", "Hit"} {
		body, h := fetchFrom(t, url+"/main.go")
		if body != string(want) || h.Get("X-Cache") != result+" from edgesim" {
			t.Errorf("request %d: %d bytes, X-Cache %q", i, len(body), h.Get("X-Cache"))
		}
	}
	if status := end(); status != 0 {
		t.Errorf("status %d", status)
	}
	text := gunzip(t, log)
	if n := strings.Count(text, "/main.go"); n != 2 {
		t.Errorf("the access log has %d rows of the file:\n%s", n, text)
	}
}

func TestServeAConfigBeforeASimulatedOrigin(t *testing.T) {
	origin, _ := serving(t, "origin", "--listen", "127.0.0.1:0", "--objects", "100")
	file := filepath.Join(t.TempDir(), "edge.yaml")
	os.WriteFile(file, []byte(`edge:
  mode: cloudfront
  capacity: 8MiB
origins:
  bucket: {url: `+origin+`}
distributions:
  - id: E1
    domain: d1.cloudfront.net
    aliases: ["127.0.0.1"]
    default: {origin: bucket}
`), 0o644)
	url, _ := serving(t, "serve", "--config", file, "--listen", "127.0.0.1:0", "--policy", "lru")
	_, h := fetchFrom(t, url+"/nothing-there")
	if h.Get("X-Cache") != "Error from cloudfront" || h.Get("X-Amz-Cf-Id") == "" || h.Get("Via") == "" {
		t.Errorf("fields %v", h)
	}
}
