package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"edgesim/results"
)

// witness is a server that remembers what it was asked.
type witness struct {
	*httptest.Server
	mu    sync.Mutex
	hosts map[string]int
	last  *http.Request
	body  int64
	port  string
	conns map[string]bool
}

func newWitness(t *testing.T, secure bool) *witness {
	t.Helper()
	w := &witness{hosts: map[string]int{}, conns: map[string]bool{}}
	w.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.hosts[r.Host]++
		w.last, w.body = r, n
		w.conns[r.RemoteAddr] = true
		rw.Header().Set("ETag", `"x"`)
		if r.Header.Get("If-None-Match") != "" {
			rw.WriteHeader(http.StatusNotModified)
		}
	}))
	w.Config.ErrorLog = log.New(io.Discard, "", 0)
	if secure {
		w.StartTLS()
	} else {
		w.Start()
	}
	t.Cleanup(w.Close)
	u, _ := url.Parse(w.URL)
	w.port = u.Port()
	return w
}

// done runs loadgen, which must succeed.
func done(t *testing.T, args ...string) (sum results.Summary, text string) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(append(args, "--json"), &out, &errs); code != exitDone {
		t.Fatalf("%q: exit status %d: %s", args, code, errs.String())
	}
	if err := json.Unmarshal(out.Bytes(), &sum); err != nil {
		t.Fatal(err)
	}
	return sum, out.String()
}

// A distribution's name, its port and its certificate, on loopback.
func TestTLSByNameOnLoopback(t *testing.T) {
	s := newWitness(t, true)
	ca := authority(t, s.Certificate().Raw)
	for _, args := range [][]string{
		{"https://example.com:" + s.port + "/", "--resolve", "example.com:" + s.port + ":127.0.0.1", "--ca", ca},
		{"https://www.example.net/", "--connect-to", "::127.0.0.1:" + s.port, "--insecure"},
		{"https://example.com/", "--connect-to", "example.com:443:[127.0.0.1]:" + s.port, "--ca", ca, "--no-keepalive"},
	} {
		if sum, _ := done(t, append(args, "--requests", "9", "--rate", "1000")...); sum.Requests != 9 || sum.Errors != 0 {
			t.Errorf("%q: %+v", args, sum)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hosts["example.com:"+s.port] != 9 || s.hosts["www.example.net"] != 9 || s.hosts["example.com"] != 9 {
		t.Errorf("hosts asked for: %v", s.hosts)
	}
}

// Whatever keeps all requests from being answered ends the run, with its name.
func TestTroubleEndsTheRunByName(t *testing.T) {
	s := newWitness(t, true)
	for want, args := range map[string][]string{
		"not trusted":      {"https://example.com/", "--connect-to", "::127.0.0.1:" + s.port},
		"another name":     {"https://example.org/", "--connect-to", "::127.0.0.1:" + s.port, "--ca", "CA"},
		"does not resolve": {"http://nowhere.invalid/"},
		"TLS handshake":    {"https://127.0.0.1:" + newWitness(t, false).port + "/"},
	} {
		for i, a := range args {
			if a == "CA" {
				args[i] = authority(t, s.Certificate().Raw)
			}
		}
		var out, errs bytes.Buffer
		code := run(append(args, "--rate", "2000", "--duration", "1h"), &out, &errs)
		if code != exitFail || !strings.Contains(errs.String(), want) || !strings.Contains(out.String(), "first /") {
			t.Errorf("%s: exit status %d, stderr %q, stdout\n%s", want, code, errs.String(), out.String())
		}
	}
}

func TestSeveralURLsShareTheViewers(t *testing.T) {
	a, b := newWitness(t, false), newWitness(t, false)
	done(t, a.URL+"/x", b.URL+"/x", "--requests", "400", "--rate", "4000")
	for _, w := range []*witness{a, b} {
		w.mu.Lock()
		defer w.mu.Unlock()
	}
	na, nb := a.hosts["127.0.0.1:"+a.port], b.hosts["127.0.0.1:"+b.port]
	if na+nb != 400 || na < 150 || nb < 150 {
		t.Errorf("%d and %d requests under the servers' own names", na, nb)
	}
}

func TestMethodContentAndFields(t *testing.T) {
	s := newWitness(t, false)
	done(t, s.URL, "--requests", "3", "--method", "post", "--body", "70KB", "-H", "Content-Type: text/plain", "--header", "User-Agent: probe")
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last.Method != "POST" || s.body != 70_000 || s.last.Header.Get("Content-Type") != "text/plain" || s.last.UserAgent() != "probe" {
		t.Errorf("%s of %d bytes, %v", s.last.Method, s.body, s.last.Header)
	}
}

func TestConditionalsSlowViewersAndThinkTimes(t *testing.T) {
	s := newWitness(t, false)
	sum, _ := done(t, s.URL, "--requests", "200", "--rate", "2000", "--connections", "1", "--conditionals", "100%")
	if sum.Status["3xx"] < 190 || sum.Errors != 0 {
		t.Errorf("%v, %d errors", sum.Status, sum.Errors)
	}
	if sum, _ = done(t, s.URL, "--requests", "5", "--slow", "100%:1MB/s"); sum.Requests != 5 || sum.Errors != 0 {
		t.Errorf("slow: %+v", sum)
	}
	// At most, on any machine: one at once and one after each thought.
	if sum, _ = done(t, s.URL, "--closed", "--think", "constant:20ms", "--connections", "2", "--duration", "1s"); sum.Requests < 2 || sum.Requests > 102 {
		t.Errorf("2 viewers who think for 20 ms made %d requests in a second", sum.Requests)
	}
}
