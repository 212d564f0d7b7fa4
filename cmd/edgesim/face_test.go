package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/results/page"
	"edgesim/results/report"
)

// requests is the sum of RequestCount in a CSV's rows of distribution ALL.
func requests(t *testing.T, text string) (n int) {
	t.Helper()
	_, text, _ = strings.Cut(text, "\n\n")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatalf("%v in %q", err, text)
	}
	for _, row := range rows[1:] {
		for i, name := range rows[0] {
			if name == "RequestCount" && row[0] == "ALL" {
				count, err := strconv.Atoi(row[i])
				if err != nil {
					t.Fatal(err)
				}
				n += count
			}
		}
	}
	return n
}

// untilRequests waits until a report counts so many.
func (s *served) untilRequests(path string, want int) {
	s.t.Helper()
	var text string
	if !comes(func() bool { _, text = s.ask("GET", path, ""); return requests(s.t, text) == want }) {
		s.t.Fatalf("%s never counts %d requests, but\n%s", path, want, text)
	}
}

// TestReportsOfAServer: the page, its data and its files tell what was asked of the
// server, before a restart and after.
func TestReportsOfAServer(t *testing.T) {
	origin, file := freshOrigin(t).URL, filepath.Join(t.TempDir(), "edge.db")
	start := func() *served { return startServer(t, "--origin", origin, "--store", file) }
	s := start()
	for i := range 10 {
		s.want(fmt.Sprintf("/a%d", i), "Miss")
	}
	s.untilRequests("/reports/cache_statistics.csv", 10)
	status, text := s.ask("GET", "/", "")
	if status != 200 || !strings.Contains(text, "Cache statistics") || !strings.Contains(text, `href="reports/cache_statistics.csv"`) {
		t.Errorf("status %d, page %.200s", status, text)
	}
	var data struct {
		Head struct{ Name string }
		Tabs []struct{ Name string }
	}
	if _, text := s.ask("GET", "/data.json", ""); json.Unmarshal([]byte(text), &data) != nil || data.Head.Name == "" || len(data.Tabs) < 5 {
		t.Errorf("data %+v", data)
	}
	if s.end() != exitDone {
		t.Errorf("it ends with %s", s.said)
	}
	s = start()
	s.untilRequests("/reports/cache_statistics.csv", 10)
	s.want("/b", "Miss")
	s.untilRequests("/reports/cache_statistics.csv", 11)
	s.untilRequests("/reports/cache_statistics.csv?from=2020-01-01&to=2020-02-01&grain=day", 0)
	s.untilRequests("/reports/cache_statistics.csv?distribution=EDGE&from=2020-01-01", 0) // rows of EDGE alone
	if n := s.metric("edgesim_store_failures_total"); n != "0" {
		t.Errorf("%s failures", n)
	}
}

func TestReportsRefuse(t *testing.T) {
	s := startServer(t, "--origin", freshOrigin(t).URL)
	for path, want := range map[string]string{
		"/?from=yesterday":                `from \"yesterday\"; right is a day as 2026-11-23`,
		"/?from=2026-11-23&to=2026-11-22": "to 2026-11-22 is not after from 2026-11-23",
		"/events?grain=week":              `grain \"week\"; right are minute, hour and day`,
		"/data.json?since=1":              `\"since\" is not known; right are from, to, grain and distribution`,
		"/?distribution=E9":               `there is no distribution \"E9\": there are ALL, EDGE`,
		"/?grain=minute&from=2026-11-23":  "grain=minute is of the last hour or two, and of every distribution",
		"/reports/none.csv":               "no report has a file /reports/none.csv",
	} {
		if status, text := s.ask("GET", path, ""); status < 400 || !strings.Contains(text, want) {
			t.Errorf("%s: status %d, %s", path, status, text)
		}
	}
	for _, path := range []string{"/", "/events", "/data.json", "/reports/cache_statistics.csv"} {
		if status, _ := s.ask("GET", path, "", "Host", "evil.example"); status != 403 {
			t.Errorf("%s for another host's name: status %d", path, status)
		}
		if status, _ := s.ask("GET", path, "", "Sec-Fetch-Site", "cross-site"); status != 403 {
			t.Errorf("%s for another site: status %d", path, status)
		}
	}
}

func TestAStoreThatCannotBe(t *testing.T) {
	dir := t.TempDir()
	garbage, taken := filepath.Join(dir, "garbage"), filepath.Join(dir, "taken")
	if err := os.WriteFile(garbage, bytes.Repeat([]byte("no database "), 1000), 0o644); err != nil {
		t.Fatal(err)
	}
	startServer(t, "--origin", "http://127.0.0.1:1", "--store", taken)
	for path, want := range map[string]string{
		garbage: "it is no store, or was overwritten: move it away, or name another file",
		taken:   "another server keeps its hours in it",
		dir:     "it is a folder; right is a file",
	} {
		var errs bytes.Buffer
		args := []string{"serve", "--origin", "http://127.0.0.1:1", "--listen", "127.0.0.1:0", "--store", path}
		if status := run(args, io.Discard, &errs); status != exitUsage || !strings.Contains(errs.String(), "--store: store "+path+": "+want) {
			t.Errorf("status %d, %s", status, &errs)
		}
	}
}

// follow connects to events; next waits for one.
func follow(t *testing.T, url string) (next func() string, status int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	in := bufio.NewReader(res.Body)
	return func() string {
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return err.Error()
			}
			if data, ok := strings.CutPrefix(line, "data: "); ok {
				return data
			}
		}
	}, res.StatusCode
}

// TestEventsTellWhatChanges: who follows sees what happens, and is let go when the
// server ends.
func TestEventsTellWhatChanges(t *testing.T) {
	s := startServer(t, "--origin", freshOrigin(t).URL)
	next, status := follow(t, s.admin+"/events")
	first := next()
	if status != 200 || !json.Valid([]byte(first)) {
		t.Fatalf("status %d, first event %.100s", status, first)
	}
	s.want("/a", "Miss")
	if second := next(); second == first || !json.Valid([]byte(second)) {
		t.Errorf("second event %.100s", second)
	}
	if s.end() != exitDone {
		t.Errorf("it ends with %s", s.said)
	}
	if last := next(); last != io.EOF.Error() {
		t.Errorf("after the end comes %.100s", last)
	}
}

// bigPages are pages of which each is new, and too large for any buffer between.
type bigPages struct{ n atomic.Int64 }

func (b *bigPages) came() int64 { return b.n.Add(1) }

func (b *bigPages) check(asked) error { return nil }

func (b *bigPages) page(asked, time.Time) (page.Page, error) {
	t := &report.Table{Name: "big", Columns: []report.Column{{Name: "A"}},
		Rows: [][]report.Cell{{{Text: strings.Repeat("x", 16<<20)}}}}
	return page.Page{Manifest: results.Manifest{Name: fmt.Sprint(b.n.Load())},
		Tabs: []page.Tab{{Name: "big", Scopes: []page.Scope{{Tables: []page.Table{{Table: t}}}}}}}, nil
}

// TestASlowFollowerHoldsNobodyUp: one takes nothing; another gets event after event.
func TestASlowFollowerHoldsNobodyUp(t *testing.T) {
	f := newFace(t.Context(), &bigPages{})
	mux := http.NewServeMux()
	f.routes(mux)
	server := httptest.NewServer(mux)
	t.Cleanup(server.CloseClientConnections)
	slow, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	if _, err := io.WriteString(slow, "GET /events HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := slow.Read(make([]byte, 100)); err != nil { // it has begun to be sent
		t.Fatal(err)
	}
	next, _ := follow(t, server.URL+"/events")
	a, b := next(), next()
	if len(a) < 16<<20 || a == b {
		t.Errorf("events of %d and %d bytes", len(a), len(b))
	}
}

func TestNotTooManyFollow(t *testing.T) {
	s := startServer(t, "--origin", "http://127.0.0.1:1")
	for range mostFollowing {
		next, status := follow(t, s.admin+"/events")
		if next(); status != 200 {
			t.Fatalf("status %d", status)
		}
	}
	if _, status := follow(t, s.admin+"/events"); status != 503 {
		t.Errorf("one too many: status %d", status)
	}
}

// TestARunShowsItself: its page, its data and its tables while it goes on.
func TestARunShowsItself(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s := &served{t: t, said: &shown{}, stop: cancel, status: make(chan int, 1)}
	args := []string{"run", "quickstart", "--set", "duration=1h", "--set", "workload.rate=200/s", "--set", "workload.connections=4",
		"--set", "warmup=0s", "--out", filepath.Join(t.TempDir(), "run"), "--admin", "127.0.0.1:0"}
	go func() { s.status <- runUntil(ctx, args, io.Discard, s.said) }()
	t.Cleanup(func() { s.end() })
	s.admin = strings.TrimPrefix(s.until(`live page on http://\S+`), "live page on ")
	comes(func() bool { status, _ := s.ask("GET", "/data.json", ""); return status == 200 })
	next, _ := follow(t, s.admin+"/events")
	if a, b := next(), next(); a == b || !json.Valid([]byte(a)) || !json.Valid([]byte(b)) {
		t.Errorf("events %.100s, %.100s", a, b)
	}
	if status, text := s.ask("GET", "/", ""); status != 200 || !strings.Contains(text, "quickstart") {
		t.Errorf("status %d, page %.200s", status, text)
	}
	if _, text := s.ask("GET", "/reports/cache_statistics.csv", ""); requests(t, text) == 0 {
		t.Errorf("no requests in %s", text)
	}
	if status, text := s.ask("GET", "/?grain=day", ""); status != 400 || !strings.Contains(text, "range and grain are chosen in the page") {
		t.Errorf("status %d, %s", status, text)
	}
	if s.end() != exitFail || !strings.Contains(s.said.String(), "marked partial") {
		t.Errorf("it ends with %s", s.said)
	}
}

// TestPace: over the last ten seconds, however long it has gone on.
func TestPace(t *testing.T) {
	var p pace
	start := time.Unix(0, 0)
	for i := range 30 {
		if want := map[bool]float64{true: 0, false: 5}[i < 2]; i < 20 && p.rate() != want {
			t.Errorf("after %d samples %v/s, want %v", i, p.rate(), want)
		}
		count := int64(5 * i)
		if i >= 20 {
			count = int64(100 + 20*(i-20))
		}
		p.note(start.Add(time.Duration(i)*time.Second), count)
	}
	p.note(start.Add(30*time.Second), 300)
	if p.rate() != 20 {
		t.Errorf("%v/s, want 20", p.rate())
	}
}
