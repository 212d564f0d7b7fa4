package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// shown is what a command has printed so far.
type shown struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *shown) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(p)
}

func (s *shown) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

// servingTLS starts `edgesim serve` and returns its HTTP and HTTPS URLs, what it
// printed, and a function that ends it.
func servingTLS(t *testing.T, args ...string) (plain, secure, said string, end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, done := &shown{}, make(chan int, 1)
	go func() {
		done <- runUntil(ctx, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...), io.Discard, out)
	}()
	end = sync.OnceFunc(func() {
		cancel()
		if status := <-done; status != 0 {
			t.Errorf("status %d: %s", status, out)
		}
	})
	t.Cleanup(end)
	if !comes(func() bool {
		said = out.String()
		plain, secure = regexp.MustCompile(`http://\S+`).FindString(said), regexp.MustCompile(`https://\S+`).FindString(said)
		return plain != "" && secure != ""
	}) {
		t.Fatalf("no addresses in %q", said)
	}
	return plain, secure, said, end
}

// believing is a client that believes the certificate in a PEM file.
func believing(t *testing.T, file string) *http.Client {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		t.Fatalf("no certificate in %s", file)
	}
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func TestServeOverTLSWithACertificateOfItsOwn(t *testing.T) {
	origin := httptest.NewServer(http.FileServer(http.Dir(".")))
	defer origin.Close()
	kept := filepath.Join(t.TempDir(), "kept", "certificate.pem")
	args := []string{"--origin", origin.URL, "--tls-listen", "127.0.0.1:0", "--tls-self-made", kept}
	_, secure, said, end := servingTLS(t, args...)
	res, err := believing(t, kept).Get(secure + "/main.go")
	if err != nil || res.StatusCode != 200 {
		t.Fatalf("%v, %v", res, err)
	}
	res.Body.Close()
	fingerprint := regexp.MustCompile(`SHA-256 ([0-9A-F:]{95})`).FindString(said)
	if fingerprint == "" || !strings.Contains(said, kept) || !strings.Contains(said, "made a certificate") {
		t.Errorf("printed %q", said)
	}
	end()
	if _, _, said, _ = servingTLS(t, args...); !strings.Contains(said, fingerprint) || strings.Contains(said, "made a certificate") {
		t.Errorf("at the next start it printed %q, not the same %s", said, fingerprint)
	}
}

func TestServeAConfigThatRedirectsToHTTPS(t *testing.T) {
	origin := httptest.NewServer(http.FileServer(http.Dir(".")))
	defer origin.Close()
	dir := t.TempDir()
	file, kept := filepath.Join(dir, "edge.yaml"), filepath.Join(dir, "kept.pem")
	os.WriteFile(file, []byte(`edge: {mode: cloudfront, capacity: 8MiB}
tls: {listen: "127.0.0.1:0", self_made: `+kept+`}
origins: {files: {url: `+origin.URL+`}}
distributions:
  - id: E1
    domain: d1.cloudfront.net
    aliases: ["127.0.0.1"]
    default: {origin: files, viewer_protocol: redirect-to-https}
`), 0o644)
	plain, secure, _, _ := servingTLS(t, "--config", file)
	client := believing(t, kept)
	res, err := client.Get(plain + "/main.go?x")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if to := res.Header.Get("Location"); res.StatusCode != 301 || to != secure+"/main.go?x" {
		t.Fatalf("%d to %q, want %s", res.StatusCode, to, secure+"/main.go?x")
	}
	res, err = client.Get(res.Header.Get("Location"))
	if err != nil || res.StatusCode != 200 || res.Header.Get("X-Cache") != "Miss from cloudfront" {
		t.Errorf("behind it: %v, %v", res, err)
	}
	res.Body.Close()
}

func TestServeTLSSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	other := filepath.Join(dir, "other.pem")
	os.WriteFile(other, []byte("not a certificate"), 0o600)
	for want, args := range map[string][]string{
		"as many keys as certificates": {"--tls-listen", "127.0.0.1:0", "--tls-cert", "a.pem"},
		"--tls-listen: missing":        {"--tls-self-made", "x"},
		"a certificate is given":       {"--tls-listen", "127.0.0.1:0", "--tls-cert", "a", "--tls-key", "b", "--tls-self-made", "x"},
		"missing.pem":                  {"--tls-listen", "127.0.0.1:0", "--tls-cert", "missing.pem", "--tls-key", "b"},
		"something else":               {"--tls-listen", "127.0.0.1:0", "--tls-self-made", other},
		"--tls-listen nowhere":         {"--tls-listen", "nowhere", "--tls-self-made", filepath.Join(dir, "new.pem")},
	} {
		var out bytes.Buffer
		status := runUntil(t.Context(), append([]string{"serve", "--origin", "http://127.0.0.1:1", "--listen", "127.0.0.1:0"}, args...), io.Discard, &out)
		if status != 2 || !strings.Contains(out.String(), want) {
			t.Errorf("%v: status %d, %q; want %q", args, status, out.String(), want)
		}
	}
}
