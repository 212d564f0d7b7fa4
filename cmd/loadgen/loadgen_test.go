package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"edgesim/results"
	"edgesim/sim/origin"
	"edgesim/workloads"
)

// server answers the web workload with seed 1, below /base as well, and tells
// the popular tenth of it as hits. spoil changes bodies on their way out.
func server(t *testing.T, spoil func([]byte)) (addr string, asked *atomic.Int64) {
	t.Helper()
	c, err := workloads.NewCatalog(workloads.CatalogConfig{Seed: 1,
		Sections: []workloads.Section{workloads.DefaultSection(1000, 0.8)}})
	if err != nil {
		t.Fatal(err)
	}
	asked = new(atomic.Int64)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		id, ok := c.Find(0, []byte(strings.TrimPrefix(r.URL.Path, "/base")))
		if !ok {
			http.NotFound(w, r)
			return
		}
		o := c.Object(id)
		body := make([]byte, o.Size)
		origin.Fill(body, o.Key, 0, 0)
		spoil(body)
		w.Header().Set("ETag", string(origin.AppendETag(nil, o.Key, 0)))
		w.Header().Set("X-Cache", map[bool]string{true: "Hit", false: "Miss"}[id < 100]+" from cloudfront")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	}))
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://"), asked
}

func TestUsageErrorsAreOneLineThatNamesTheFlag(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"", "URL"},
		{"a b/c", "differ in more than the host"},
		{"ftp://a/", "ftp"},
		{"a --insecure", "--insecure"},
		{"https://a/ --ca nosuch", "--ca"},
		{"a --resolve b:80", "--resolve"},
		{"a --resolve b:80:c", "--resolve"},
		{"a --connect-to b:80:c", "--connect-to"},
		{"a --slow 5%", "--slow"},
		{"a --slow 5%:0B/s", "--slow"},
		{"a --think 2s", "--closed"},
		{"a --threads 0", "--threads"},
		{"a --threads 1000", "--threads"},
		{"a --threads 9 --connections 8", "a connection for each"},
		{"https://a/ --threads 2", "--threads"},
		{"a --threads 2 --closed --think 2s", "--threads"},
		{"a --closed --think soon", "--think"},
		{"a -H nothing", "--header"},
		{"a -H Host:b", "--host"},
		{"a -H Content-Length:1", "Content-Length"},
		{"a --method FETCH", "--method"},
		{"a --body 1KiB", "--method"},
		{"a --method GET --body 1KiB", "--body"},
		{"a --conditionals 200%", "--conditionals"},
		{"ftp://a/", "only http"},
		{"http://a:99999/", "99999"},
		{"a --rate -5", "--rate"},
		{"a --rate 0", "--rate"},
		{"a --rate fast", "--rate"},
		{"a --duration 10", "--duration"},
		{"a --duration 0s", "--duration"},
		{"a --duration -5s", "cannot be negative"},
		{"a --rate -5", "cannot be negative"},
		{"a --rate nan", "--rate"},
		{"a --warmup -1s", "cannot be negative"},
		{"a --requests -3", `--requests "-3": right is a whole number from 0 on`},
		{"a --seed x", "right is a whole number"},
		{"a --objects 1e3", "right is a whole number"},
		{"a --worklod web", `did you mean "workload"?`},
		{"a --csv nosuch/x.csv", "no folder nosuch"},
		{"a --csv .", "is a folder"},
		{"a --find-max ttfb-p9<=5ms", "ttfb-p99"},
		{"a --duration 5s --warmup 5s", "--warmup"},
		{"a --connections 0", "--connections"},
		{"a --arrivals bursty", "--arrivals"},
		{"a --rate 1/s..2/s", "nothing says how long"},
		{"a --rate 1e30/s", "--rate"},
		{"a --rate 10000000000/s", "one each nanosecond"},
		{"a --shape dirnal", "diurnal"},
		{"a --shape crowd --closed", "--shape with --closed"},
		{"a --zipf 1e308", "--zipf"},
		{"a --closed --rate 5", "--rate with --closed"},
		{"a --zipf -1", "--zipf"},
		{"a --zipf 1 --workload web", "give one"},
		{"a --objects 0", "--objects"},
		{"a --workload wep", `did you mean "web"?`},
		{"a --scenario nosuch", "--scenario"},
		{"a --ranges 150%", "--ranges"},
		{"a --verify", "--verify"},
		{"a --timeout 0s", "--timeout"},
		{"a --slo hit<=0.9", "--slo"},
		{"a --share 3/2 --out x", "--share"},
		{"a --share 1/2", "--out"},
		{"a --records", "--records needs --out"},
		{"a --start-at noon", "--start-at"},
		{"a --start-at 2001-01-01T00:00:00Z", "is over"},
		{"a --slo ttfb-p98<=5ms", "no quantity"},
		{"a --nosuch", "nosuch"},
	} {
		var out, errs bytes.Buffer
		if code := run(strings.Fields(c.args), &out, &errs); code != exitUsage {
			t.Errorf("%q: exit status %d, right is 2", c.args, code)
		}
		line := errs.String()
		if !strings.Contains(line, c.want) || strings.Count(line, "\n") != 1 || out.Len() > 0 {
			t.Errorf("%q: stderr is %q, stdout %q; right is one line with %q", c.args, line, out.String(), c.want)
		}
	}
}

func TestHelp(t *testing.T) {
	var out bytes.Buffer
	if code := run([]string{"--help"}, &out, io.Discard); code != exitDone {
		t.Errorf("exit status %d", code)
	}
	for _, want := range []string{"loadgen http://127.0.0.1:8080", "--rate", "--json", "Exit status"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the help lacks %q:\n%s", want, out.String())
		}
	}
	for line := range strings.Lines(out.String()) {
		if utf8.RuneCountInString(line) > columns+1 {
			t.Errorf("wider than %d columns: %s", columns, line)
		}
	}
}

// Help that cannot be printed is no success.
func TestHelpOnAFullDisk(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"selftest", "--help"}} {
		var errs bytes.Buffer
		if code := run(args, fullDisk{}, &errs); code != exitFail || errs.String() != "loadgen: no space left on device\n" {
			t.Errorf("%v: exit status %d, %q", args, code, errs.String())
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestPlaysAWorkload(t *testing.T) {
	for _, threads := range []string{"1", "3"} {
		t.Run(threads+" threads", func(t *testing.T) { playsAWorkload(t, threads) })
	}
}

func playsAWorkload(t *testing.T, threads string) {
	addr, asked := server(t, func([]byte) {})
	var out, errs bytes.Buffer
	code := run([]string{"http://" + addr + "/base/", "--zipf", "0.8", "--objects", "1000", "--requests", "500",
		"--rate", "5000/s", "--verify", "--ranges", "10%", "--aborts", "2%", "--threads", threads, "--json"}, &out, &errs)
	if code != exitDone {
		t.Fatalf("exit status %d: %s", code, errs.String())
	}
	var s results.Summary
	if err := json.Unmarshal(out.Bytes(), &s); err != nil {
		t.Fatalf("%v in\n%s", err, out.String())
	}
	if s.Requests != 500 || asked.Load() != 500 || s.Errors != 0 || s.Unverified != 0 || s.Status["2xx"] != 500 {
		t.Errorf("%d requests (%d reached the server), %d errors, %d wrong, status %v", s.Requests, asked.Load(), s.Errors, s.Unverified, s.Status)
	}
	hits, misses := s.ByResult["Hit"], s.ByResult["Miss"]
	if hits.Requests == 0 || misses.Requests == 0 || hits.Requests+misses.Requests != 500 || hits.Latency.TTFB.P99 <= 0 {
		t.Errorf("hits %+v, misses %+v", hits, misses)
	}
	if s.OriginRequests != misses.Requests {
		t.Errorf("%d origin requests, right are the misses: %d", s.OriginRequests, misses.Requests)
	}
}

func TestPrintsATable(t *testing.T) {
	addr, _ := server(t, func([]byte) {})
	var out, errs bytes.Buffer
	if code := run([]string{addr, "--zipf", "0.8", "--objects", "1000", "--requests", "50", "--closed"}, &out, &errs); code != exitDone {
		t.Fatalf("exit status %d: %s", code, errs.String())
	}
	for _, want := range []string{"closed loop", "errors", "first byte", "by result"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output lacks %q:\n%s", want, out.String())
		}
	}
	for line := range strings.Lines(out.String()) {
		if utf8.RuneCountInString(line) > columns+1 {
			t.Errorf("wider than %d columns: %s", columns, line)
		}
	}
}

func TestAsksForTheURLItself(t *testing.T) {
	var target, host atomic.Value
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		target.Store(r.RequestURI)
		host.Store(r.Host)
	}))
	defer s.Close()
	var out, errs bytes.Buffer
	if code := run([]string{s.URL + "/a%20b?c=d", "--requests", "3", "--host", "www.example.com"}, &out, &errs); code != exitDone {
		t.Fatalf("exit status %d: %s", code, errs.String())
	}
	if target.Load() != "/a%20b?c=d" || host.Load() != "www.example.com" {
		t.Errorf("asked %v for %v", host.Load(), target.Load())
	}
	if !strings.Contains(out.String(), "does not tell hits from misses") {
		t.Errorf("the output does not say that hits are unknown:\n%s", out.String())
	}
}

func TestWrongBytesFailTheRun(t *testing.T) {
	addr, _ := server(t, func(body []byte) { body[len(body)/2] ^= 4 })
	var out, errs bytes.Buffer
	code := run([]string{addr, "--zipf", "0.8", "--objects", "1000", "--requests", "40", "--verify"}, &out, &errs)
	if code != exitFail || !strings.Contains(errs.String(), "40 responses had wrong bytes") {
		t.Errorf("exit status %d, stderr %q", code, errs.String())
	}
}

func TestNobodyThereFailsAtOnce(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	var out, errs bytes.Buffer
	code := run([]string{l.Addr().String(), "--rate", "10000", "--duration", "1h"}, &out, &errs)
	if code != exitFail || !strings.Contains(errs.String(), "nobody answers at "+l.Addr().String()) || !strings.Contains(errs.String(), "connection refused") {
		t.Errorf("exit status %d, stderr %q", code, errs.String())
	}
}

// Ctrl-C in the middle of a run leaves a whole folder that says so.
func TestInterruptedRunIsWholeAndMarked(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	var asked atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 50 {
			cancel()
		}
		w.Header().Set("X-Cache", "HIT")
	}))
	defer s.Close()
	dir := filepath.Join(t.TempDir(), "run")
	var out, errs bytes.Buffer
	code := runUntil(ctx, []string{s.URL, "--rate", "1000", "--duration", "1h", "--out", dir}, &out, &errs)
	if code != exitFail || !strings.Contains(errs.String(), "interrupted") {
		t.Errorf("exit status %d, stderr %q", code, errs.String())
	}
	sum, err := results.ReadSummary(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !sum.Partial || sum.Requests < 50 || sum.Requests != asked.Load() {
		t.Errorf("partial is %v, %d requests of %d", sum.Partial, sum.Requests, asked.Load())
	}
	manifest, err := results.ReadManifest(dir)
	if err != nil || !manifest.Partial || manifest.Mode != "load" {
		t.Errorf("manifest %+v, %v", manifest, err)
	}
	if _, err := os.Stat(filepath.Join(dir, results.IndexFile)); err != nil {
		t.Error(err)
	}
}

// The catalog of a scenario is asked for under the scenario's own names.
func TestScenario(t *testing.T) {
	var hosts atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.Host, "example.com") && r.Header.Get("User-Agent") != "Go-http-client/1.1" {
			hosts.Add(1)
		}
	}))
	defer s.Close()
	var out, errs bytes.Buffer
	code := run([]string{s.URL, "--scenario", "two-buckets", "--requests", "100", "--rate", "2000", "--warmup", "0s", "--json"}, &out, &errs)
	if code != exitDone {
		t.Fatalf("exit status %d: %s", code, errs.String())
	}
	var sum results.Summary
	if err := json.Unmarshal(out.Bytes(), &sum); err != nil {
		t.Fatal(err)
	}
	if hosts.Load() != 100 || sum.Requests != 100 || sum.Name != "two-buckets" || len(sum.Distributions) < 2 {
		t.Errorf("%d requests under the scenario's names, summary %q with %d requests and %d distributions",
			hosts.Load(), sum.Name, sum.Requests, len(sum.Distributions))
	}
	asked := int64(0)
	for _, d := range sum.Distributions {
		asked += d.Requests
	}
	if asked != 100 {
		t.Errorf("distributions have %d requests together, right are 100", asked)
	}
}

func TestWrap(t *testing.T) {
	if got, want := wrap("aa bb  cc dddddd e", 5), "aa bb\n  cc\n  dddddd\n  e"; got != want {
		t.Errorf("%q, right is %q", got, want)
	}
}

// TestWhatThePapersShowCanBeTyped reads the command lines of the README and of docs
// as the program would.
func TestWhatThePapersShowCanBeTyped(t *testing.T) {
	files, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	shown, ca := 0, authority(t, newWitness(t, true).Certificate().Raw)
	for _, file := range append(files, "../../README.md") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^ *(?:bin/)?loadgen ((?:http|selftest).*)$`).FindAllStringSubmatch(string(text), -1) {
			shown++
			line, _, _ := strings.Cut(m[1], " #")
			args := strings.Fields(strings.ReplaceAll(strings.ReplaceAll(line, "'", ""), "ca.pem", ca))
			if args[0] == "selftest" {
				continue // its own test reads its flags
			}
			if _, err := parse(args, io.Discard); err != nil {
				t.Errorf("%s: loadgen %s: %v", filepath.Base(file), m[1], err)
			}
		}
	}
	if shown < 12 {
		t.Errorf("the papers show %d commands of loadgen", shown)
	}
}
