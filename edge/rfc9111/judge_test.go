package rfc9111

import (
	"strings"
	"testing"
	"time"

	"edgesim/results"
)

// now is the moment at which the tables' responses arrive.
var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func date(offset time.Duration) string {
	return now.Add(offset).Format("Mon, 02 Jan 2006 15:04:05 GMT")
}

// respond builds a response from "Name: value" lines; a line of digits alone is
// the status.
func respond(lines ...string) *Response {
	r := &Response{Status: 200, Received: now.UnixNano()}
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ": ")
		if !ok {
			n, _ := parseSeconds([]byte(line))
			r.Status = int(n)
			continue
		}
		r.Field([]byte(name), []byte(value))
	}
	return r
}

func request(lines ...string) *Request {
	r := &Request{Method: results.GET}
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ": ")
		if !ok {
			r.Method = results.MethodOf([]byte(line))
			continue
		}
		r.Field([]byte(name), []byte(value))
	}
	return r
}

func judge(req *Request, resp *Response, rules Rules) Verdict {
	return Judge(req, resp, &rules, now.UnixNano(), now.UnixNano())
}

const tag = `ETag: "x"`

func TestStandardStores(t *testing.T) {
	for _, row := range []struct {
		rule string
		req  *Request
		resp *Response
		why  string
		ok   bool
	}{
		{"§3: GET with freshness", request(), respond("Cache-Control: max-age=9"), "max-age", true},
		{"§3: HEAD", request("HEAD"), respond("Cache-Control: max-age=9"), "max-age", true},
		{"§3: a method whose caching is not known", request("POST"), respond("Cache-Control: max-age=9"), "method", false},
		{"§3: OPTIONS", request("OPTIONS"), respond("Cache-Control: max-age=9"), "method", false},
		{"§3: a method without name", request("FROB"), respond("Cache-Control: max-age=9"), "method", false},
		{"§3: interim status", request(), respond("103", "Cache-Control: max-age=9"), "status", false},
		{"§3: status out of range", request(), respond("600", "Cache-Control: max-age=9"), "status", false},
		{"§3: 304 by itself", request(), respond("304", "Cache-Control: max-age=9"), "status", false},
		{"§3: parts", request("Range: bytes=0-1"), respond("206", "Cache-Control: max-age=9"), "partial", false},
		{"§3: no-store", request(), respond("Cache-Control: no-store, max-age=9"), "no-store", false},
		{"§3: private", request(), respond("Cache-Control: private, max-age=9"), "private", false},
		{"§5.2.2.7: private with names", request(), respond(`Cache-Control: private="X", max-age=9`), "max-age", true},
		{"RFC 9110 §14.4: Content-Range beside 200 means nothing", request(), respond("Content-Range: bytes 0-1/2", "Cache-Control: max-age=9"), "max-age", true},
		{"§3.5: Authorization", request("Authorization: x"), respond("Cache-Control: max-age=9"), "authorization", false},
		{"§3.5: with public", request("Authorization: x"), respond("Cache-Control: max-age=9, public"), "max-age", true},
		{"§3.5: with s-maxage", request("Authorization: x"), respond("Cache-Control: s-maxage=9"), "s-maxage", true},
		{"§3.5: with must-revalidate", request("Authorization: x"), respond("Cache-Control: max-age=9, must-revalidate"), "max-age", true},
		{"§5.2.1.5: no-store of the request", request("Cache-Control: no-store"), respond("Cache-Control: max-age=9"), "request no-store", false},
		{"§5.2.2.3: must-understand lifts no-store", request(), respond("Cache-Control: must-understand, no-store, max-age=9"), "max-age", true},
		{"§5.2.2.3: of a status not understood", request(), respond("299", "Cache-Control: must-understand, no-store, max-age=9"), "must-understand", false},
		{"§5.2.2.3: also without no-store", request(), respond("599", "Cache-Control: must-understand, max-age=9"), "must-understand", false},
		{"§5.2.2.3: but not private", request(), respond("Cache-Control: must-understand, private, no-store, max-age=9"), "private", false},
		{"§4.1: Vary *", request(), respond("Cache-Control: max-age=9", "Vary: *"), "vary *", false},
		{"§4.1: * in a list", request(), respond("Cache-Control: max-age=9", "Vary: Accept, *"), "vary *", false},
		{"§4.1: Vary", request(), respond("Cache-Control: max-age=9", "Vary: Accept"), "max-age", true},
		{"§3: any status with freshness", request(), respond("500", "Cache-Control: max-age=9"), "max-age", true},
		{"§3: 302 with Expires", request(), respond("302", "Expires: "+date(time.Minute)), "expires", true},
		{"§3: 302 with public", request(), respond("302", "Cache-Control: public", tag), "heuristic", true},
		{"§3: 302 alone", request(), respond("302", tag), "status without freshness", false},
		{"§3: 500 alone", request(), respond("500", tag), "status without freshness", false},
		{"§4.2.2: 404", request(), respond("404", tag), "heuristic", true},
		{"nothing to validate with", request(), respond(), "stale without validator", false},
		{"stale, with validator", request(), respond("Cache-Control: max-age=0", tag), "max-age", true},
		{"stale, without validator", request(), respond("Cache-Control: max-age=0"), "stale without validator", false},
		{"stale on arrival", request(), respond("Cache-Control: max-age=9", "Age: 9"), "stale without validator", false},
		{"stale, of use while the origin fails", request(), respond("Cache-Control: max-age=0, stale-if-error=9"), "max-age", true},
		{"§5.2.2.4: no-cache", request(), respond("Cache-Control: no-cache, max-age=9", tag), "no-cache", true},
		{"§5.2.2.4: no-cache without validator", request(), respond("Cache-Control: no-cache, max-age=9"), "stale without validator", false},
	} {
		v := judge(row.req, row.resp, Standard())
		if v.Store != row.ok || v.Why != row.why {
			t.Errorf("%s: %v, %q, want %v, %q", row.rule, v.Store, v.Why, row.ok, row.why)
		}
	}
}

func TestStandardFreshness(t *testing.T) {
	const sec, day = time.Second, 24 * time.Hour
	for _, row := range []struct {
		rule          string
		resp          *Response
		lifetime, age time.Duration
	}{
		{"§4.2.1: s-maxage first", respond("Cache-Control: max-age=9, s-maxage=5"), 5 * sec, 0},
		{"§4.2.1: max-age before Expires", respond("Cache-Control: max-age=9", "Expires: "+date(day)), 9 * sec, 0},
		{"§4.2.1: Expires − Date", respond("Date: "+date(-10*sec), "Expires: "+date(20*sec)), 30 * sec, 10 * sec},
		{"§4.2.1: Expires without Date", respond("Expires: " + date(20*sec)), 20 * sec, 0},
		{"§5.3: Expires past", respond("Expires: "+date(-time.Hour), tag), 0, 0},
		{"§5.3: Expires 0", respond("Expires: 0", tag, "Last-Modified: "+date(-day)), 0, 0},
		{"§5.3: Expires empty", respond("Expires: ", tag, "Last-Modified: "+date(-day)), 0, 0},
		{"§4.2.1: the first of two Expires", respond("Expires: 0", "Expires: "+date(day), tag), 0, 0},
		{"§5.3: Expires far away", respond("Expires: Fri, 31 Dec 9999 23:59:59 GMT"), Forever, 0},
		{"§5.2.2.1: max-age too large", respond("Cache-Control: max-age=99999999999"), Forever, 0},
		{"§4.2.2: a tenth", respond("Last-Modified: " + date(-10*time.Hour)), time.Hour, 0},
		{"§4.2.2: from Date", respond("Date: "+date(-time.Hour), "Last-Modified: "+date(-11*time.Hour)), time.Hour, time.Hour},
		{"§4.2.2: a day at most", respond("Last-Modified: " + date(-100*day)), day, 0},
		{"§4.2.2: changed in the future", respond("Last-Modified: "+date(day), tag), 0, 0},
		{"§4.2.2: not beside explicit freshness", respond("Last-Modified: "+date(-10*day), "Cache-Control: max-age=0"), 0, 0},
		{"§4.2.3: Age", respond("Cache-Control: max-age=9", "Age: 4"), 9 * sec, 4 * sec},
		{"§4.2.3: Age against Date", respond("Cache-Control: max-age=99", "Age: 4", "Date: "+date(-20*sec)), 99 * sec, 20 * sec},
		{"§4.2.3: Date in the future", respond("Cache-Control: max-age=9", "Date: "+date(day)), 9 * sec, 0},
		{"§5.1: Age no number", respond("Cache-Control: max-age=9", "Age: 4.5"), 9 * sec, 0},
		{"§5.1: Age negative", respond("Cache-Control: max-age=9", "Age: -4"), 9 * sec, 0},
		{"§5.1: the first of a list", respond("Cache-Control: max-age=9", "Age: 4, 8"), 9 * sec, 4 * sec},
		{"§5.1: the first of two lines", respond("Cache-Control: max-age=9", "Age: 4", "Age: 8"), 9 * sec, 4 * sec},
		{"§5.1: Age too large", respond("Cache-Control: max-age=9", "Age: 99999999999999999999", tag), 9 * sec, Forever},
		{"RFC 9110 §6.6.1: Date no date", respond("Cache-Control: max-age=9", "Date: yesterday"), 9 * sec, 0},
		{"field names in any case", respond("CACHE-control: max-age=9", "aGe: 4"), 9 * sec, 4 * sec},
	} {
		v := judge(request(), row.resp, Standard())
		if !v.Store || v.Lifetime != row.lifetime || v.InitialAge != row.age {
			t.Errorf("%s: stored %v, lifetime %v, age %v, want %v, %v (%s)", row.rule, v.Store, v.Lifetime, v.InitialAge, row.lifetime, row.age, v.Why)
		}
	}
}

// §4.2.3: the time the response was under way counts.
func TestResponseDelayAddsToAge(t *testing.T) {
	rules := Standard()
	resp := respond("Cache-Control: max-age=9", "Age: 4")
	v := Judge(request(), resp, &rules, now.UnixNano(), now.Add(-1500*time.Millisecond).UnixNano())
	if v.InitialAge != 5500*time.Millisecond || v.Remaining() != 3500*time.Millisecond {
		t.Errorf("age %v, remaining %v", v.InitialAge, v.Remaining())
	}
}

// A response made in the middle of this second is not a second old.
func TestAgeWithinASecond(t *testing.T) {
	rules := Standard()
	at := now.Add(900 * time.Millisecond).UnixNano()
	if v := Judge(request(), respond("Date: "+date(0), "Cache-Control: max-age=1"), &rules, at, at); v.InitialAge != 0 {
		t.Errorf("age %v", v.InitialAge)
	}
}

func TestStaleness(t *testing.T) {
	const sec = time.Second
	cf := CloudFront()
	capped := cf
	capped.MaxTTL = 20 * sec
	for _, row := range []struct {
		rule     string
		cc       string
		rules    Rules
		must     bool
		swr, sie time.Duration
	}{
		{"§4.2.4: nothing said", "max-age=9", Standard(), false, 0, 0},
		{"RFC 5861", "max-age=9, stale-while-revalidate=5, stale-if-error=6", Standard(), false, 5 * sec, 6 * sec},
		{"§5.2.2.2: must-revalidate", "max-age=9, must-revalidate, stale-while-revalidate=5, stale-if-error=6", Standard(), true, 0, 0},
		{"§5.2.2.8: proxy-revalidate", "max-age=9, proxy-revalidate, stale-if-error=6", Standard(), true, 0, 0},
		{"§5.2.2.10: s-maxage", "s-maxage=9, stale-if-error=6", Standard(), true, 0, 0},
		{"§5.2.2.4: no-cache", "no-cache, stale-if-error=6", Standard(), true, 0, 0},
		{"CloudFront: unasked while the origin fails", "max-age=9", cf, false, 0, Forever},
		{"CloudFront: switched off", "max-age=9, stale-if-error=0", cf, false, 0, 0},
		{"CloudFront: beside s-maxage", "s-maxage=9, stale-while-revalidate=5", cf, false, 5 * sec, Forever},
		{"CloudFront: must-revalidate", "max-age=9, must-revalidate", cf, true, 0, 0},
		{"CloudFront: within the maximum TTL", "max-age=9, stale-while-revalidate=60, stale-if-error=60", capped, false, 11 * sec, 20 * sec},
	} {
		v := judge(request(), respond("Cache-Control: "+row.cc, tag), row.rules)
		if !v.Store || v.MustRevalidate != row.must || v.StaleWhileRevalidate != row.swr || v.StaleIfError != row.sie {
			t.Errorf("%s: %+v", row.rule, v)
		}
	}
}

// The rows are the cells of CloudFront's TTL table.
func TestCloudFrontTTLTable(t *testing.T) {
	const sec, day, year = time.Second, 24 * time.Hour, 365 * 24 * time.Hour
	zero := CloudFront()
	low := CloudFront()
	low.MinTTL, low.MaxTTL, low.DefaultTTL = 60*sec, time.Hour, 600*sec
	under := low
	under.DefaultTTL = 0
	for _, row := range []struct {
		cell  string
		rules Rules
		resp  *Response
		want  time.Duration
		store bool
	}{
		{"max-age, min 0", zero, respond("Cache-Control: max-age=9"), 9 * sec, true},
		{"max-age above max, min 0", zero, respond("Cache-Control: max-age=99999999"), year, true},
		{"max-age below min", low, respond("Cache-Control: max-age=9"), 60 * sec, true},
		{"max-age between", low, respond("Cache-Control: max-age=90"), 90 * sec, true},
		{"max-age above max", low, respond("Cache-Control: max-age=9000"), time.Hour, true},
		{"nothing, min 0", zero, respond(), day, true},
		{"nothing", low, respond(), 600 * sec, true},
		{"nothing, default below min", under, respond(), 60 * sec, true},
		{"s-maxage, min 0", zero, respond("Cache-Control: max-age=9, s-maxage=5"), 5 * sec, true},
		{"s-maxage below min", low, respond("Cache-Control: max-age=90, s-maxage=5"), 60 * sec, true},
		{"Expires, min 0", zero, respond("Expires: " + date(30*sec)), 30 * sec, true},
		{"Expires above max, min 0", zero, respond("Expires: " + date(2*year)), year, true},
		{"Expires below min", low, respond("Expires: " + date(30*sec)), 60 * sec, true},
		{"Expires past, below min", low, respond("Expires: 0"), 60 * sec, true},
		{"no-cache, min 0", zero, respond("Cache-Control: no-cache", tag), 0, true},
		{"no-store, min 0", zero, respond("Cache-Control: no-store"), 0, false},
		{"private, min 0", zero, respond("Cache-Control: private"), 0, false},
		{"no-cache", low, respond("Cache-Control: no-cache"), 60 * sec, true},
		{"no-store", low, respond("Cache-Control: no-store, max-age=90"), 60 * sec, true},
		{"private", low, respond("Cache-Control: private"), 60 * sec, true},
		{"nothing, a redirect", zero, respond("302"), day, true},
		{"Vary *, min 0", zero, respond("Vary: *"), 0, false},
		{"Vary *", low, respond("Vary: *"), 600 * sec, true},
		{"caching off", Rules{MinBeatsDirectives: true}, respond("Cache-Control: max-age=9", tag), 0, false},
		{"caching off, an error", Rules{ErrorCaching: true, ErrorTTL: sec}, respond("404"), 0, false},
	} {
		v := judge(request(), row.resp, row.rules)
		if v.Store != row.store || v.Lifetime != row.want {
			t.Errorf("%s: stored %v for %v (%s), want %v for %v", row.cell, v.Store, v.Lifetime, v.Why, row.store, row.want)
		}
	}
}

func TestCloudFrontErrorCaching(t *testing.T) {
	const sec = time.Second
	rules := CloudFront()
	for _, row := range []struct {
		rule string
		resp *Response
		want time.Duration // 0: not kept
	}{
		{"404, always", respond("404"), 10 * sec},
		{"503, always", respond("503"), 10 * sec},
		{"504, longer by max-age", respond("504", "Cache-Control: max-age=60"), 60 * sec},
		{"500, not shorter", respond("500", "Cache-Control: max-age=1"), 10 * sec},
		{"502, by Expires", respond("502", "Expires: "+date(60*sec)), 60 * sec},
		{"404, other directives", respond("404", "Cache-Control: no-store, max-age=60"), 10 * sec},
		{"403, only by Cache-Control", respond("403"), 0},
		{"403, with max-age", respond("403", "Cache-Control: max-age=60"), 60 * sec},
		{"405, with s-maxage", respond("405", "Cache-Control: s-maxage=60"), 60 * sec},
		{"400, Expires is not enough", respond("400", "Expires: "+date(60*sec)), 0},
		{"416, never", respond("416", "Cache-Control: max-age=60"), 0},
		{"429, never", respond("429", "Cache-Control: max-age=60"), 0},
		{"404 above the maximum", respond("404", "Cache-Control: max-age=99999999"), rules.MaxTTL},
		{"the edge's own time begins now", respond("404", "Age: 9999"), 10 * sec},
	} {
		v := judge(request(), row.resp, rules)
		if v.Store != (row.want > 0) || v.Remaining() != row.want {
			t.Errorf("%s: stored %v, fresh for %v, want %v", row.rule, v.Store, v.Remaining(), row.want)
		}
		if v.Store && v.StaleIfError != 0 {
			t.Errorf("%s: an error would be served stale", row.rule)
		}
	}
	if v := judge(request("POST"), respond("404"), rules); v.Store {
		t.Error("the answer to a POST is kept")
	}
}

// A response that may not be reused answers none of those who waited.
func TestCollapsible(t *testing.T) {
	for cc, want := range map[string]bool{
		"max-age=9": true, "max-age=0": false, "s-maxage=0, max-age=9": false,
		"no-cache, max-age=9": false, "no-store": false, "private": false,
	} {
		for name, rules := range map[string]Rules{"standard": Standard(), "cloudfront": CloudFront()} {
			if v := judge(request(), respond("Cache-Control: "+cc, tag), rules); v.Collapsible != want {
				t.Errorf("%s, %s: %v", name, cc, v.Collapsible)
			}
		}
	}
}

func TestUseOfRequestDirectives(t *testing.T) {
	const sec = time.Second
	for _, row := range []struct {
		rule      string
		req       *Request
		age, left time.Duration
		must      bool
		want      Use
	}{
		{"nothing", request(), 5 * sec, 5 * sec, false, AsStored},
		{"§5.2.1.4 no-cache", request("Cache-Control: no-cache"), 5 * sec, 5 * sec, false, Validate},
		{"§5.4 Pragma", request("Pragma: no-cache"), 5 * sec, 5 * sec, false, Validate},
		{"§5.4 Pragma beside Cache-Control", request("Pragma: no-cache", "Cache-Control: max-age=9"), 5 * sec, 5 * sec, false, AsStored},
		{"§5.2.1.1 max-age, younger", request("Cache-Control: max-age=5"), 5 * sec, 5 * sec, false, AsStored},
		{"§5.2.1.1 max-age, older", request("Cache-Control: max-age=4"), 5 * sec, 5 * sec, false, Validate},
		{"§5.2.1.3 min-fresh, enough", request("Cache-Control: min-fresh=5"), 5 * sec, 5 * sec, false, AsStored},
		{"§5.2.1.3 min-fresh, too little", request("Cache-Control: min-fresh=6"), 5 * sec, 5 * sec, false, Validate},
		{"§5.2.1.2 max-stale", request("Cache-Control: max-stale"), 15 * sec, -5 * sec, false, StaleGood},
		{"§5.2.1.2 max-stale, enough", request("Cache-Control: max-stale=5"), 15 * sec, -5 * sec, false, StaleGood},
		{"§5.2.1.2 max-stale, too little", request("Cache-Control: max-stale=4"), 15 * sec, -5 * sec, false, AsStored},
		{"§4.2.4 max-stale against must-revalidate", request("Cache-Control: max-stale"), 15 * sec, -5 * sec, true, AsStored},
		{"§5.2.1.7 only-if-cached, fresh", request("Cache-Control: only-if-cached"), 5 * sec, 5 * sec, false, AsStored},
		{"§5.2.1.7 only-if-cached, stale", request("Cache-Control: only-if-cached"), 15 * sec, -5 * sec, false, Fail},
		{"§5.2.1.7 only-if-cached, too old", request("Cache-Control: only-if-cached, max-age=1"), 5 * sec, 5 * sec, false, Fail},
		{"§5.2.1.7 only-if-cached, stale is good", request("Cache-Control: only-if-cached, max-stale"), 15 * sec, -5 * sec, false, StaleGood},
	} {
		if got := row.req.Use(row.age, row.left, row.must); got != row.want {
			t.Errorf("%s: %d, want %d", row.rule, got, row.want)
		}
		if row.req.Directed() != (row.rule != "nothing") {
			t.Errorf("%s: directed %v", row.rule, row.req.Directed())
		}
	}
}

// typical are the fields of an origin's usual answer.
var typical = [][2][]byte{
	{[]byte("Date"), []byte("Mon, 23 Nov 2026 12:00:00 GMT")},
	{[]byte("Content-Type"), []byte("image/jpeg")},
	{[]byte("Content-Length"), []byte("12345")},
	{[]byte("Cache-Control"), []byte(`public, max-age=86400, stale-while-revalidate=60`)},
	{[]byte("ETag"), []byte(`"abc"`)},
	{[]byte("Last-Modified"), []byte("Sun, 22 Nov 2026 12:00:00 GMT")},
	{[]byte("Vary"), []byte("Accept-Encoding")},
	{[]byte("Server"), []byte("x")},
}

func judgeTypical() Verdict {
	var resp Response
	resp.Status = 200
	for _, f := range typical {
		resp.Field(f[0], f[1])
	}
	req := Request{Method: results.GET}
	rules := Standard()
	return Judge(&req, &resp, &rules, now.UnixNano(), now.UnixNano())
}

func TestJudgingDoesNotAllocate(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { judgeTypical() }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkFieldsAndJudge(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if v := judgeTypical(); !v.Store {
			b.Fatal(v.Why)
		}
	}
}

func BenchmarkParseDate(b *testing.B) {
	s := []byte("Sun, 06 Nov 1994 08:49:37 GMT")
	b.ReportAllocs()
	for b.Loop() {
		ParseDate(s)
	}
}
