package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"edgesim/sim/origin"
	"edgesim/workloads"
	"edgesim/workloads/replay"
)

// TestAnOriginOfATrace: it has what loadgen --trace asks for, with the bytes that
// loadgen expects.
func TestAnOriginOfATrace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.csv")
	if err := os.WriteFile(path, []byte("time,id,size\n1,255,100\n2,9,5000\n2,255,100\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	said, status := &shown{}, make(chan int, 1)
	go func() {
		status <- runUntil(ctx, []string{"origin", "--listen", "127.0.0.1:0", "--trace", path}, io.Discard, said)
	}()
	defer func() { cancel(); <-status }()
	url := ""
	comes(func() bool { url = regexp.MustCompile(`http://\S+`).FindString(said.String()); return url != "" })
	r, err := replay.Open(ctx, replay.Options{Files: []string{path}, Place: func(string) (replay.Place, error) { return replay.Place{Host: "x"}, nil },
		Viewers: workloads.ViewersConfig{Seed: 77}})
	if err != nil {
		t.Fatal(err)
	}
	for id := range r.Catalog().Objects() {
		o := r.Catalog().Object(id)
		resp, err := http.Get(url + string(r.Catalog().AppendPath(nil, id)))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		key, version, ok := origin.ParseETag([]byte(resp.Header.Get("ETag")))
		if err != nil || resp.StatusCode != 200 || int64(len(body)) != o.Size || !ok || key != o.Key || origin.Check(body, o.Key, version, 0) >= 0 {
			t.Errorf("object %d: status %d, %d bytes, %v; it is %+v", id, resp.StatusCode, len(body), err, o)
		}
	}
	if resp, err := http.Get(url + "/o/1"); err != nil || resp.StatusCode != 404 {
		t.Errorf("what is not there: %v, %v", resp, err)
	}
}

func TestOriginsRefuseWhatDoesNotGoWithATrace(t *testing.T) {
	for args, want := range map[string]string{
		"--own-hosts":                   "--own-hosts goes with --trace",
		"--trace x --objects 5":         "--objects goes without --trace",
		"--trace nosuch":                "--trace: trace: stat nosuch",
		"--config quickstart --trace x": "--trace goes without --config",
	} {
		said := &shown{}
		if code := runUntil(context.Background(), append([]string{"origin"}, strings.Fields(args)...), io.Discard, said); code != exitUsage || !strings.Contains(said.String(), want) {
			t.Errorf("%s: exit status %d: %s; want %s", args, code, said, want)
		}
	}
}
