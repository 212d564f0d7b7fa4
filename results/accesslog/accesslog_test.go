package accesslog

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"edgesim/results"
)

var update = flag.Bool("update", false, "write the golden files anew")

const ms = int64(time.Millisecond)

func exampleNames() *results.Names {
	n := results.NewNames(time.Date(2026, 11, 23, 23, 59, 58, 0, time.UTC))
	n.Distributions = []results.Distribution{{ID: "EIMAGES0000001", Domain: "d111111abcdef8.cloudfront.net"}}
	n.Edges = []results.Edge{{Code: "FRA50-C1"}}
	return n
}

// examples are one record of every sort that a log tells apart.
func examples(n *results.Names) []results.Record {
	s := n.Strings
	agent := s.Of("Mozilla/5.0 (X11; Linux x86_64) \"quoted\"")
	page := results.Record{
		At: 1500 * ms, TTFB: 1 * ms, Total: 1234 * ms / 10, ID: 42, BytesOut: 392, BytesIn: 23, ContentLength: 78,
		RangeStart: -1, RangeEnd: -1, Addr: netip.MustParseAddr("192.0.2.100").As16(), Port: 11040,
		URL: s.Of("/index.html"), Agent: agent, Host: s.Of("www.example.com"), ContentType: s.Of("text/html; charset=utf-8"),
		Method: results.GET, Status: 200, Response: results.Hit, Result: results.Hit,
		Protocol: results.HTTPS, Version: results.HTTP11, TLS: 4, Cipher: 0x1301,
	}
	hostile, gone, part, bare, proxied := page, page, page, results.Record{ContentLength: -1, RangeStart: -1, RangeEnd: -1}, page
	hostile.URL, hostile.Query = s.Of("/a b%20c\t\n<ä>.jpg"), s.Of("q='1'&r=`2`|3")
	hostile.Referrer, hostile.Cookie = s.Of("https://example.com/\x00\x7f"), s.Of("id=a^b~c[d]{e}#f\\")
	hostile.Forwarded, hostile.Addr = s.Of("192.0.2.1, 192.0.2.2"), netip.MustParseAddr("2001:db8::1").As16()
	gone.Status, gone.TTFB, gone.Result, gone.Detail = 0, 0, results.Error, results.ClientHungUpRequest
	part.Status, part.RangeStart, part.RangeEnd = 206, 0, 77
	part.Response, part.Result, part.Detail = results.Miss, results.Miss, results.MissGeneratedResponse
	proxied.Method, proxied.Lag, proxied.Cipher, proxied.TLS, proxied.Distribution = results.POST, 100*ms, 0xABCD, 9, 7
	return []results.Record{page, hostile, gone, part, bare, proxied}
}

func TestGolden(t *testing.T) {
	names := exampleNames()
	var b bytes.Buffer
	l := New(&b, names)
	l.Add(examples(names))
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	const path = "testdata/access.log"
	if *update {
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("%s differs; go test -update writes it anew. Got:\n%s", path, b.String())
	}
}

// The header is CloudFront's own, byte for byte.
func TestHeaderIsCloudFronts(t *testing.T) {
	dir := os.Getenv("EDGESIM_DATA")
	if dir == "" {
		t.Skip("EDGESIM_DATA is not set: no log of CloudFront's to compare with")
	}
	sample, err := os.ReadFile(filepath.Join(dir, "data/cloudfront-logs/aws_docs_standard_2019.log"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(sample, []byte(header())) {
		t.Errorf("the log of AWS's documentation begins otherwise than\n%s", header())
	}
}

// fields are the fields of one line by their names.
func fields(t *testing.T, line []byte) map[string]string {
	t.Helper()
	parts := strings.Split(strings.TrimSuffix(string(line), "\n"), "\t")
	if len(parts) != len(columns) {
		t.Fatalf("%d fields, want %d: %q", len(parts), len(columns), line)
	}
	m := map[string]string{}
	for i, c := range columns {
		m[c.name] = parts[i]
	}
	return m
}

func TestFields(t *testing.T) {
	names := exampleNames()
	recs := examples(names)
	line := func(i int) map[string]string { return fields(t, AppendLine(nil, names, &recs[i])) }
	for _, c := range []struct {
		record      int
		field, want string
	}{
		{0, "date", "2026-11-23"}, {0, "time", "23:59:59"}, // began at 59.5, ended at 59.6234
		{0, "x-edge-location", "FRA50-C1"}, {0, "c-ip", "192.0.2.100"}, {0, "sc-status", "200"},
		{0, "cs(Host)", "d111111abcdef8.cloudfront.net"}, {0, "x-host-header", "www.example.com"},
		{0, "cs(User-Agent)", "Mozilla/5.0%20(X11;%20Linux%20x86_64)%20%22quoted%22"},
		{0, "time-taken", "0.123"}, {0, "time-to-first-byte", "0.001"}, {0, "cs(Cookie)", "-"},
		{0, "ssl-protocol", "TLSv1.3"}, {0, "ssl-cipher", "TLS_AES_128_GCM_SHA256"},
		{0, "x-edge-detailed-result-type", "Hit"}, {0, "fle-status", "-"}, {0, "sc-content-len", "78"}, {0, "sc-range-start", "-"},
		{1, "cs-uri-stem", "/a%20b%2520c%09%0A%3C%C3%A4%3E.jpg"}, {1, "cs-uri-query", "q=%271%27&r=%602%60%7C3"},
		{1, "cs(Referer)", "https://example.com/%00%7F"}, {1, "cs(Cookie)", "id=a%5Eb%7Ec%5Bd%5D%7Be%7D%23f%5C"},
		{1, "x-forwarded-for", "192.0.2.1,%20192.0.2.2"}, {1, "c-ip", "2001:db8::1"},
		{2, "sc-status", "000"}, {2, "time-to-first-byte", "-"}, {2, "x-edge-result-type", "Error"},
		{2, "x-edge-response-result-type", "Hit"}, {2, "x-edge-detailed-result-type", "ClientHungUpRequest"},
		{3, "sc-range-start", "0"}, {3, "sc-range-end", "77"}, {3, "x-edge-detailed-result-type", "MissGeneratedResponse"},
		{4, "c-ip", "-"}, {4, "c-port", "-"}, {4, "cs-protocol", "http"}, {4, "ssl-protocol", "-"}, {4, "ssl-cipher", "-"},
		{4, "sc-content-len", "-"}, {4, "x-edge-result-type", "-"}, {4, "cs-protocol-version", "-"}, {4, "time-taken", "0.000"},
		{5, "cs-method", "POST"}, {5, "time-taken", "0.023"}, {5, "time-to-first-byte", "0.000"}, // less the player's lag
		{5, "ssl-cipher", "0xABCD"}, {5, "ssl-protocol", "0x0309"}, {5, "cs(Host)", "-"},
	} {
		if got := line(c.record)[c.field]; got != c.want {
			t.Errorf("%s of record %d is %q, want %q", c.field, c.record, got, c.want)
		}
	}
}

// Midnight between the start and the end of a response belongs to the end.
func TestDateIsOfTheEnd(t *testing.T) {
	names := exampleNames()
	r := results.Record{At: 1900 * ms, Total: 200 * ms}
	f := fields(t, AppendLine(nil, names, &r))
	if f["date"] != "2026-11-24" || f["time"] != "00:00:00" {
		t.Errorf("ended on %s at %s, want 2026-11-24 at 00:00:00", f["date"], f["time"])
	}
}

func TestRequestIDs(t *testing.T) {
	form := regexp.MustCompile(`^[A-Za-z0-9_-]{54}==$`)
	seen := map[string]uint64{}
	for i := range uint64(2000) {
		for _, id := range []uint64{i, i << 32, ^i} {
			got := string(AppendRequestID(nil, id))
			if !form.MatchString(got) {
				t.Fatalf("id %d gives %q", id, got)
			}
			if other, ok := seen[got]; ok && other != id {
				t.Fatalf("ids %d and %d are both %q", id, other, got)
			}
			seen[got] = id
		}
	}
}

var plainLine = regexp.MustCompile(`^[!-~]+(\t[!-~]+){32}\n$`)

// Whatever the strings and numbers hold, a line has 33 fields, none empty,
// without a control character.
func FuzzLineAlwaysHas33Fields(f *testing.F) {
	f.Add("/a", "q=1", "agent\twith\ttabs", "\n\r\x00", uint64(1), int64(5), int64(7), uint16(200), uint8(3))
	f.Add("", "", "", "", uint64(0), int64(-1), int64(-1<<62), uint16(65535), uint8(255))
	f.Fuzz(func(t *testing.T, url, query, agent, other string, id uint64, a, b int64, n uint16, k uint8) {
		names := exampleNames()
		s := names.Strings
		names.Distributions[0].Domain, names.Edges[0].Code = other, other
		r := results.Record{
			At: a, Total: b, TTFB: b, Lag: a, ID: id, URL: s.Of(url), Query: s.Of(query), Agent: s.Of(agent),
			Host: s.Of(other), Cookie: s.Of(other), Forwarded: s.Of(other), Referrer: s.Of(other), ContentType: s.Of(other),
			BytesOut: a, BytesIn: b, ContentLength: a, RangeStart: b, RangeEnd: a, Status: n, Port: n, Cipher: n,
			Distribution: n & 1, Edge: n & 1, TLS: k, Method: results.Method(k), Protocol: results.Protocol(k),
			Version: results.Version(k), Response: results.Result(k), Result: results.Result(k), Detail: results.Detail(k),
			Addr: [16]byte{15: k},
		}
		if line := AppendLine(nil, names, &r); !plainLine.Match(line) {
			t.Errorf("line %q", line)
		}
	})
}

func TestCreatePlainAppends(t *testing.T) {
	names := exampleNames()
	path := filepath.Join(t.TempDir(), "access.log")
	for range 2 {
		l, err := Create(path, names)
		if err != nil {
			t.Fatal(err)
		}
		l.Add(examples(names)[:1])
		if err := l.Flush(); err != nil {
			t.Fatal(err)
		}
		if b, _ := os.ReadFile(path); !bytes.HasSuffix(b, []byte("\n")) {
			t.Error("after a flush the line is not in the file")
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(string(b), "#Version"); got != 1 || strings.Count(string(b), "\n") != 4 {
		t.Errorf("%d headers and %d lines, want 1 and 4", got, strings.Count(string(b), "\n"))
	}
}

func TestCreateGzipIsWholeOrNotThere(t *testing.T) {
	names := exampleNames()
	path := filepath.Join(t.TempDir(), "access.log.gz")
	l, err := Create(path, names)
	if err != nil {
		t.Fatal(err)
	}
	recs := slices.Repeat(examples(names), 100)
	l.Add(recs)
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the log has its name before it is whole: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if got := bytes.Count(b, []byte("\n")); got != len(recs)+2 {
		t.Errorf("%d lines, want %d and two of header", got, len(recs))
	}
	if left, _ := filepath.Glob(path + ".*.part"); len(left) > 0 {
		t.Errorf("the unfinished file is left: %v", left)
	}
}

func TestCreateWhereItCannot(t *testing.T) {
	for _, name := range []string{"access.log", "access.log.gz"} {
		path := filepath.Join(t.TempDir(), "missing", name)
		if _, err := Create(path, exampleNames()); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s in a folder that does not exist gives %v", name, err)
		}
	}
}

// broken fails from the second write on.
type broken struct{ writes int }

var errBroken = errors.New("the disk is full")

func (b *broken) Write(p []byte) (int, error) {
	if b.writes++; b.writes > 1 {
		return 0, errBroken
	}
	return len(p), nil
}

func TestWriterKeepsItsFirstError(t *testing.T) {
	names := exampleNames()
	w := &broken{}
	l := New(w, names)
	recs := slices.Repeat(examples(names), 100)
	for range 10 {
		l.Add(recs)
	}
	if err := l.Close(); !errors.Is(err, errBroken) {
		t.Errorf("closing gives %v, want %v", err, errBroken)
	}
	if w.writes != 2 {
		t.Errorf("%d writes, want none after the one that failed", w.writes)
	}
}

func TestAppendLineDoesNotAllocate(t *testing.T) {
	names := exampleNames()
	recs := examples(names)
	dst := make([]byte, 0, 4096)
	if n := testing.AllocsPerRun(100, func() {
		for i := range recs {
			dst = AppendLine(dst[:0], names, &recs[i])
		}
	}); n != 0 {
		t.Errorf("%v allocations for %d lines", n, len(recs))
	}
}

func BenchmarkAppendLine(b *testing.B) {
	names := exampleNames()
	recs := examples(names)
	dst := make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		dst = AppendLine(dst[:0], names, &recs[0])
	}
	b.SetBytes(int64(len(dst)))
}

func BenchmarkGzip(b *testing.B) {
	names := exampleNames()
	recs := slices.Repeat(examples(names)[:1], 512)
	for i := range recs {
		recs[i].ID = uint64(i)
	}
	l, err := Create(filepath.Join(b.TempDir(), "access.log.gz"), names)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		l.Add(recs)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(recs)), "ns/record")
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
}

// One fault is told once, however often it is met.
func TestWriterKeepsAFaultOnce(t *testing.T) {
	l := New(io.Discard, results.NewNames(time.Time{}))
	full := errors.New("no space left on device")
	l.keep(full)
	l.keep(full)
	l.keep(l.err)
	if got := l.Close(); got == nil || strings.Count(got.Error(), "no space") != 1 {
		t.Errorf("%v", got)
	}
}
