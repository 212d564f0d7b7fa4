package replay

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/results/accesslog"
)

// line is a line of a log by hand: what a test is about.
type line struct {
	end, taken time.Duration // since 2026
	method     results.Method
	url, query string
	host       string
	status     uint16
	length     int64
	from, to   int64 // of a range; to 0: none
	result     results.Result
	detail     results.Detail
	in         int64
	addr       string
	agent, ref string
}

// log writes a CloudFront log.
func log(lines ...line) string {
	names := results.NewNames(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	names.Distributions = []results.Distribution{{ID: "E1", Domain: "d1.cloudfront.net"}}
	b := []byte("#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end\n")
	for i, l := range lines {
		r := results.Record{
			At: int64(l.end - l.taken), Total: int64(l.taken), ID: uint64(i), Method: l.method, URL: names.Strings.Of(l.url), Query: names.Strings.Of(l.query),
			Host: names.Strings.Of(l.host), Status: l.status, ContentLength: l.length, BytesOut: l.length + 300, BytesIn: l.in,
			RangeStart: -1, RangeEnd: -1, Result: results.Hit, Response: results.Hit, Protocol: results.HTTP, Version: results.HTTP11,
			Agent: names.Strings.Of(l.agent), Referrer: names.Strings.Of(l.ref), Detail: l.detail,
		}
		if l.method == 0 {
			r.Method = results.GET
		}
		if l.status == 0 {
			r.Status = 200
		}
		if l.to > 0 {
			r.RangeStart, r.RangeEnd = l.from, l.to
		}
		if l.result != 0 {
			r.Result = l.result
		}
		if l.addr != "" {
			r.Addr = netip.MustParseAddr(l.addr).As16()
		}
		b = accesslog.AppendLine(b, names, &r)
	}
	return string(b)
}

func TestLinesOfALogBecomeRequests(t *testing.T) {
	s := time.Second
	text := log(
		line{end: 10 * s, url: "/a b", query: "x=1&y=ü", host: "WWW.Example.com:443", length: 100, agent: "A", addr: "192.0.2.1", ref: "https://x.example/p"},
		line{end: 11 * s, url: "/a b", query: "x=1&y=ü", host: "www.example.com", status: 206, from: 10, to: 19, length: 10, agent: "A", addr: "192.0.2.1"},
		line{end: 12 * s, url: "/v.mp4", host: "www.example.com", status: 206, from: 0, to: 999, length: 1000, agent: "B", addr: "2001:db8::1"},
		line{end: 13 * s, url: "/a b", status: 304, length: -1, agent: "A", addr: "192.0.2.2"},
		line{end: 14 * s, url: "/post", method: results.POST, length: 5, in: 5000},
		line{end: 15 * s, url: "/missing", status: 404, length: 9},
		line{end: 16 * s, url: "/big.bin", length: 4000, result: results.Error, detail: results.ClientCommError},
		line{end: 17 * s, url: "/a b", query: "x=2", method: results.HEAD, length: 100},
	)
	r := open(t, Options{Files: []string{write(t, "E1.2026-01-01-00.abc", text)}, Place: func(host string) (Place, error) {
		return Place{Host: strings.TrimPrefix(host, "www."), Site: "one"}, nil
	}})
	reqs := played(t, r, Playing{})
	got := ""
	for i, q := range reqs {
		o, v := r.catalog.Object(q.Object), r.viewers.Viewer(q.Viewer)
		got += fmt.Sprintf("%d %s %d %s %d %+v", i, r.catalog.Hosts()[q.Host], q.Method, r.catalog.AppendPath(nil, q.Object), o.Size, q.Range)
		got += fmt.Sprintf(" %.2f %v %s %s %v %s\n", q.Abort, q.Conditional, o.ContentType, v.Agent, v.Addr.Is6(), r.viewers.Referrers()[q.Referrer])
	}
	want := `0 example.com 0 /a%20b?x=1&y=%C3%BC 100 {First:0 Length:0} 0.00 false application/octet-stream A false https://x.example/p
1 example.com 0 /a%20b?x=1&y=%C3%BC 100 {First:10 Length:10} 0.00 false application/octet-stream A false 
2 example.com 0 /v.mp4 1000 {First:0 Length:1000} 0.00 false video/mp4 B true 
3 d1.cloudfront.net 0 /a%20b 1 {First:0 Length:0} 0.00 true application/octet-stream A false 
4 d1.cloudfront.net 2 /post 5 {First:0 Length:0} 0.00 false application/octet-stream  false 
5 d1.cloudfront.net 0 /big.bin 4000 {First:0 Length:0} 1.00 false application/octet-stream  false 
6 d1.cloudfront.net 1 /a%20b?x=2 1 {First:0 Length:0} 0.00 false application/octet-stream  false 
`
	if got != want {
		t.Errorf("requests\n%swant\n%s", got, want)
	}
	if reqs[4].Body < 4700 || reqs[4].Body > 5000 {
		t.Errorf("a POST with 5000 bytes has %d bytes of content", reqs[4].Body)
	}
	if said := strings.Join(r.Doubts(), "\n"); !strings.Contains(said, "1 requests of the log were answered with errors") {
		t.Errorf("doubts %s", said)
	}
	if r.viewers.Count() != 4 {
		t.Errorf("%d viewers, want 4", r.viewers.Count())
	}
}

// TestWholeSecondsAreSpread: of n requests of a second the k-th comes at (k+1/2)/n of
// it, in the order of the log.
func TestWholeSecondsAreSpread(t *testing.T) {
	var lines []line
	for i := range 4 {
		lines = append(lines, line{end: 10 * time.Second, url: fmt.Sprint("/", i), length: 1})
	}
	lines = append(lines, line{end: 12 * time.Second, url: "/4", length: 1}, line{end: 11 * time.Second, url: "/5", length: 1})
	r := open(t, Options{Files: []string{write(t, "log", log(lines...))}})
	got := ""
	for _, q := range played(t, r, Playing{}) {
		got += fmt.Sprintf("%s@%v ", r.catalog.AppendPath(nil, q.Object), q.At)
	}
	if want := "/0@0s /1@250ms /2@500ms /3@750ms /5@1.375s /4@2.375s "; got != want {
		t.Errorf("%s; want %s", got, want)
	}
}

func TestMalformedLinesOfALog(t *testing.T) {
	text := log(line{end: time.Second, url: "/a", length: 1}) + "2026-01-01\tnonsense\n" + strings.SplitAfter(log(line{end: time.Second, url: "/b", length: 1}), "\n")[2]
	path := write(t, "log", text)
	_, err := Open(context.Background(), Options{Files: []string{path}})
	if err == nil || !strings.Contains(err.Error(), path+":4: ") {
		t.Errorf("a malformed line: %v", err)
	}
	r := open(t, Options{Files: []string{path}, SkipBad: true})
	if said := strings.Join(r.Doubts(), "\n"); r.Requests() != 2 || !strings.Contains(said, "1 lines") || !strings.Contains(said, path+":4") {
		t.Errorf("%d requests, doubts %s", r.Requests(), said)
	}
}

func TestCuttingALog(t *testing.T) {
	var lines []line
	for i := range 10 {
		lines = append(lines, line{end: time.Duration(i) * time.Second, url: fmt.Sprint("/", i), length: 1})
	}
	path := write(t, "log", log(lines...))
	epoch := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()
	r := open(t, Options{Files: []string{path}, From: epoch + 3e9, To: epoch + 7e9})
	if r.Requests() != 4 || r.catalog.Objects() != 4 {
		t.Errorf("%d requests for %d objects, want 4", r.Requests(), r.catalog.Objects())
	}
	if r = open(t, Options{Files: []string{path}, Limit: 3}); r.Requests() != 3 {
		t.Errorf("%d requests, want 3", r.Requests())
	}
	refuse := func(host string) (Place, error) { return Place{}, fmt.Errorf("no %s here", host) }
	if _, err := Open(context.Background(), Options{Files: []string{path}, Place: refuse}); err == nil || !strings.Contains(err.Error(), "no d1.cloudfront.net here") {
		t.Errorf("a host that has no place: %v", err)
	}
}

// TestRealLogsAreReplayed: what others have logged.
func TestRealLogsAreReplayed(t *testing.T) {
	data := os.Getenv("EDGESIM_DATA")
	if data == "" {
		t.Skip("EDGESIM_DATA is not set: no real logs")
	}
	files, err := filepath.Glob(filepath.Join(data, "data", "cloudfront-logs", "*.log"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no logs: %v", err)
	}
	for _, f := range files {
		r := open(t, Options{Files: []string{f}, SkipBad: true})
		reqs := played(t, r, Playing{})
		if uint64(len(reqs)) != r.Requests() || len(reqs) == 0 {
			t.Errorf("%s: %d requests of %d", f, len(reqs), r.Requests())
		}
		for i, q := range reqs {
			if i > 0 && q.At < reqs[i-1].At || r.catalog.Object(q.Object).Size < 1 || r.catalog.AppendPath(nil, q.Object)[0] != '/' || q.At >= r.Span() {
				t.Errorf("%s: request %d is %+v", f, i, q)
			}
		}
	}
}

// FuzzTargetsCanBeSent: whatever a log says of a path and a query, what is asked for
// is a path that a request line may have.
func FuzzTargetsCanBeSent(f *testing.F) {
	f.Add("/a b", "x=\x00")
	f.Add("/é?#", "a#b")
	f.Add("/%41", "%")
	f.Add("/100%/%zz/%4", "%zz")
	f.Fuzz(func(t *testing.T, path, query string) {
		names := results.NewNames(time.Unix(0, 0))
		r := &accessReader{gatherer: newGatherer(&Options{}), names: names}
		rec := results.Record{URL: names.Strings.Of(path), Query: names.Strings.Of(query)}
		if !r.readTarget(&rec) {
			return
		}
		if len(r.target) > longestTarget || r.target[0] != '/' {
			t.Fatalf("%q", r.target)
		}
		for _, c := range r.target {
			if c <= ' ' || c >= 0x7f || c == '#' || c == '"' {
				t.Fatalf("%q has %q", r.target, c)
			}
		}
		before, _, _ := strings.Cut(string(r.target), "?")
		if _, err := url.PathUnescape(before); err != nil {
			t.Fatalf("%q: %v", r.target, err)
		}
		if p, q, has := strings.Cut(string(r.target), "?"); has != (query != "") || len(p) < len(path) || has && len(q) < len(query) {
			t.Fatalf("%q of %q and %q", r.target, path, query)
		}
		if k := KindOf(r.target); k < 0 || k >= len(Types()) {
			t.Fatalf("kind %d", k)
		}
	})
}

func TestKinds(t *testing.T) {
	for path, want := range map[string]string{
		"/": "html", "/a/": "html", "/a.JPG": "image", "/a.b/c": "other", "/a.tar.gz": "download", "/x.js?v=1.css": "script", "/a.longest": "other", "/.css": "style",
	} {
		if got := Types()[KindOf([]byte(path))].Name; got != want {
			t.Errorf("%s is of kind %s, want %s", path, got, want)
		}
	}
}
