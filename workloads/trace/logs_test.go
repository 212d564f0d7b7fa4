package trace

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"edgesim/results"
	"edgesim/results/logs/logtest"
)

const nginxLog = `1.2.3.4 - - [01/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" 200 500 "-" "x"
1.2.3.4 - - [01/Nov/2026:10:00:01 +0000] "HEAD /a HTTP/1.1" 200 0 "-" "x"
1.2.3.4 - - [01/Nov/2026:10:00:02 +0000] "GET /a?q=1 HTTP/1.1" 200 700 "-" "x"
1.2.3.4 - - [01/Nov/2026:10:00:03 +0000] "GET /a HTTP/1.1" 304 0 "-" "x"
1.2.3.4 - - [01/Nov/2026:10:00:04 +0000] "GET /b HTTP/1.1" 404 90 "-" "x"
1.2.3.4 - - [01/Nov/2026:10:00:05 +0000] "POST /a HTTP/1.1" 200 90 "-" "x"
1.2.3.4 - - [01/Nov/2026:10:00:06 +0000] "GET /c HTTP/1.1" 301 90 "-" "x"
1.2.3.4 - - [01/Nov/2026:10:00:07 +0000] "GET /d HTTP/1.1" 206 100 "-" "x"
1.2.3.4 - - [01/Nov/2026:10:00:08 +0000] "GET /d HTTP/1.1" 206 60 "-" "x"
1.2.3.4 - - [01/Nov/2026:10:00:09 +0000] "GET /d HTTP/1.1" 200 1000 "-" "x"
1.2.3.4 - - [01/Nov/2026:10:00:10 +0000] "HEAD /e HTTP/1.1" 200 0 "-" "x"
`

// A log of the combined layout needs no --format, with a byte order mark or without,
// and it is said what it was taken for.
func TestCombinedLogsAreTold(t *testing.T) {
	for _, mark := range []string{"", "\xef\xbb\xbf"} {
		trace, err := Open(Options{Files: []string{write(t, "access.log", mark+nginxLog)}})
		if err != nil {
			t.Fatal(err)
		}
		all, err := drain(trace, 3)
		if said := strings.Join(trace.Faults().Said, "\n"); err != nil || len(all) != 8 || !strings.Contains(said, "is read as nginx's combined log") {
			t.Errorf("%d requests, said %q, %v", len(all), said, err)
		}
	}
}

// TestLogsAreRequestsForObjects is the rules of the format, line by line: which
// lines count, and which size they know.
func TestLogsAreRequestsForObjects(t *testing.T) {
	trace, err := Open(Options{Files: []string{write(t, "access.log", nginxLog)}, Format: "logs:nginx"})
	if err != nil {
		t.Fatal(err)
	}
	all, err := drain(trace, 3)
	if err != nil {
		t.Fatal(err)
	}
	var sizes, seconds []int64
	var objects []int // in the order of first appearance
	var seen []uint64
	for _, r := range all {
		at := slices.Index(seen, r.ID)
		if at < 0 {
			seen, at = append(seen, r.ID), len(seen)
		}
		objects, sizes, seconds = append(objects, at), append(sizes, r.Size), append(seconds, r.At/second%60)
	}
	if want := []int64{0, 1, 2, 3, 7, 8, 9, 10}; !slices.Equal(seconds, want) {
		t.Errorf("taken are the lines of seconds %v; want %v", seconds, want)
	}
	if want := []int{0, 0, 1, 0, 2, 2, 2, 3}; !slices.Equal(objects, want) {
		t.Errorf("objects %v; want %v: a query makes another", objects, want)
	}
	if want := []int64{500, 500, 700, 500, 1, 1, 1000, 1}; !slices.Equal(sizes, want) {
		t.Errorf("sizes %v; want %v", sizes, want)
	}
	if said := strings.Join(trace.Faults().Said, "\n"); !strings.Contains(said, "3 requests of the logs ask a cache for no object") {
		t.Errorf("what is left out is not said: %s", said)
	}
}

// TestACloudFrontFolderIsATrace reads a folder of two files, and their name's
// pattern, as one trace.
func TestACloudFrontFolderIsATrace(t *testing.T) {
	dir := t.TempDir()
	for i, name := range []string{"a.log", "b.log"} {
		var text strings.Builder
		if err := logtest.Write(&text, uint64(i+1), 3000, 1); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	first, info := readAll(t, Options{Files: []string{filepath.Join(dir, "a.log")}})
	if info.Format != "logs" || len(first) < 1500 || len(first) > 3000 {
		t.Fatalf("told as %s, %d requests of 3000 lines", info.Format, len(first))
	}
	whole, _ := readAll(t, Options{Files: []string{dir}})
	pattern, _ := readAll(t, Options{Files: []string{filepath.Join(dir, "*.log")}})
	if len(whole) <= len(first) || !slices.Equal(whole[:len(first)], first) || !slices.Equal(whole, pattern) {
		t.Errorf("%d requests of the first file, %d of the folder, %d of the pattern", len(first), len(whole), len(pattern))
	}
}

func TestALogThatIsWrongSaysWhere(t *testing.T) {
	path := write(t, "access.log", nginxLog+"nonsense\n")
	trace, err := Open(Options{Files: []string{path}, Format: "logs:nginx"})
	if err == nil {
		_, err = drain(trace, 10)
	}
	if err == nil || !strings.HasPrefix(err.Error(), path+":12: ") {
		t.Errorf("%v; want an error of line 12", err)
	}
	trace, err = Open(Options{Files: []string{path}, Format: "logs:nginx", SkipBad: true})
	if err == nil {
		_, err = drain(trace, 10)
	}
	if err != nil || trace.Faults().Bad != 1 {
		t.Errorf("%v, %d bad lines; want none and 1", err, trace.Faults().Bad)
	}
	for _, o := range []Options{{Files: []string{"/nowhere/*.gz"}}, {Files: []string{path}, Format: "logs:xyz"}} {
		if trace, err = Open(o); err == nil {
			_, err = drain(trace, 10)
		}
		if err == nil {
			t.Errorf("%+v is read", o)
		}
	}
}

// TestLogsCanBeLeftBeforeTheirEnd closes a trace amid it; nothing of it waits for
// ever.
func TestLogsCanBeLeftBeforeTheirEnd(t *testing.T) {
	trace, err := Open(Options{Files: []string{write(t, "access.log", strings.Repeat(nginxLog, 5000))}, Format: "logs:nginx", Limit: 5})
	if err != nil {
		t.Fatal(err)
	}
	if all, err := drain(trace, 2); err != nil || len(all) != 5 {
		t.Errorf("%d requests, %v", len(all), err)
	}
	if err := trace.Close(); err != nil {
		t.Error(err)
	}
}

// TestSizesOfLogs is what a record tells of its object's size, and what the object
// had before.
func TestSizesOfLogs(t *testing.T) {
	whole := results.Record{Object: 1, URL: 1, Method: results.GET, Status: 200, ContentLength: -1, RangeEnd: -1}
	with := func(change func(r *results.Record)) results.Record {
		r := whole
		change(&r)
		return r
	}
	for _, c := range []struct {
		name   string
		rec    results.Record
		before int64
		want   int64 // 0: no request
	}{
		{"Content-Length", with(func(r *results.Record) { r.ContentLength, r.BytesOut = 500, 800 }), 900, 500},
		{"no Content-Length, bytes of the body", with(func(r *results.Record) { r.BodyBytes, r.BytesOut = 400, 800 }), 900, 400},
		{"no more than bytes sent", with(func(r *results.Record) { r.BytesOut = 800 }), 900, 800},
		{"broken off", with(func(r *results.Record) { r.BytesOut, r.Flags = 100, results.Aborted }), 900, 900},
		{"broken off, larger than known", with(func(r *results.Record) { r.BytesOut, r.Flags = 1000, results.Truncated }), 900, 1000},
		{"a range", with(func(r *results.Record) { r.Status, r.RangeStart, r.RangeEnd, r.ContentLength = 206, 990, 999, 10 }), 900, 1000},
		{"a range of a known object", with(func(r *results.Record) { r.Status, r.RangeStart, r.RangeEnd, r.ContentLength = 206, 0, 9, 10 }), 900, 900},
		{"not modified", with(func(r *results.Record) { r.Status = 304 }), 900, 900},
		{"HEAD", with(func(r *results.Record) { r.Method, r.ContentLength = results.HEAD, 70 }), 0, 1},
		{"POST", with(func(r *results.Record) { r.Method = results.POST }), 900, 0},
		{"an error", with(func(r *results.Record) { r.Status = 503 }), 900, 0},
		{"no response", with(func(r *results.Record) { r.Status = 0 }), 900, 0},
		{"no path", with(func(r *results.Record) { r.URL = 0 }), 900, 0},
	} {
		r := &logReader{}
		*r.sizes.At(1) = c.before
		got, ok := r.request(&c.rec)
		if ok != (c.want > 0) || got.Size != c.want {
			t.Errorf("%s: %d bytes, %v; want %d", c.name, got.Size, ok, c.want)
		}
	}
}
