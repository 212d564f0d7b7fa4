package edge

import (
	"fmt"
	"net/http"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"edgesim/edge/behavior"
)

func dressing(h behavior.ResponseHeaders) func(*Config) {
	return mode(behavior.Standard(), func(b *behavior.Behavior) { b.ResponseHeaders = h })
}

// Removing comes first, then what is set, over the origin's or beside it
// (reference, section 1.10). What is kept is not changed.
func TestResponseHeadersPolicy(t *testing.T) {
	h := behavior.ResponseHeaders{
		Remove: []string{"x-powered-by", "X-Gone", "Server"},
		Set: []behavior.SetHeader{
			{Name: "X-Mine", Value: "edge", Override: true},
			{Name: "X-Theirs", Value: "edge"},
			{Name: "X-Nobodys", Value: "edge"},
			{Name: "X-Gone", Value: "edge"}, // removed, so that it is not there any more
			{Name: "Cache-Control", Value: "no-store", Override: true},
		},
	}
	want := map[string]string{"X-Mine": "edge", "X-Theirs": "origin", "X-Nobodys": "edge", "X-Gone": "edge",
		"Cache-Control": "no-store", "X-Powered-By": "", "Server": "", "X-Kept": "1|2"}
	inLab(t, fixed("hello", "Cache-Control", "max-age=60", "X-Powered-By", "PHP", "X-Gone", "origin", "Server", "origin",
		"X-Mine", "origin", "X-Mine", "again", "X-Theirs", "origin", "X-Kept", "1", "X-Kept", "2", "Etag", `"v"`), dressing(h), func(l *lab) {
		for _, result := range []string{"Miss", "Hit"} {
			a := l.get("/a")
			l.want(a, 200, result)
			for name, value := range want {
				if got := strings.Join(a.header.Values(name), "|"); got != value {
					t.Errorf("%s: %s is %q, want %q", result, name, got, value)
				}
			}
			if a.header.Get("Date") == "" || a.header.Get("Etag") != `"v"` {
				t.Errorf("%s: %v", result, a.header)
			}
		}
		if a := l.get("/a", "If-None-Match", `"v"`); a.status != 304 || a.header.Get("X-Mine") != "edge" {
			t.Errorf("304: %v", a.header)
		}
	})
}

// A response of the edge's own gets what every response gets, but keeps what it
// says itself.
func TestOwnErrorsGetThePolicyToo(t *testing.T) {
	h := behavior.ResponseHeaders{Set: []behavior.SetHeader{
		{Name: "X-Frame-Options", Value: "DENY", Override: true}, {Name: "X-Other", Value: "1"},
		{Name: "Cache-Control", Value: "max-age=31536000", Override: true}}}
	inLab(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, dressing(h), func(l *lab) {
		a := l.get("/a")
		if a.status != 502 || a.header.Get("X-Frame-Options") != "DENY" || a.header.Get("X-Other") != "1" ||
			strings.Join(a.header.Values("Cache-Control"), "|") != "no-store" {
			t.Errorf("%d %v", a.status, a.header)
		}
	})
}

func TestCORS(t *testing.T) {
	some := behavior.CORS{AllowOrigins: []string{"https://a.example", "*.b.example", "http://c.example:8080"}, AllowHeaders: []string{"X-A", "X-B"},
		AllowMethods: []string{"ALL"}, ExposeHeaders: []string{"X-C"}, AllowCredentials: true, MaxAge: 10 * time.Minute}
	over := some
	over.Override = true
	all := behavior.CORS{AllowOrigins: []string{"*"}}
	allowed := func(origin string) string {
		return "Access-Control-Allow-Credentials: true, Access-Control-Allow-Origin: " + origin + ", Access-Control-Expose-Headers: X-C, Vary: Origin"
	}
	for _, row := range []struct {
		why, method, origin string
		cors                behavior.CORS
		own                 string // Access-Control-Allow-Origin of the origin's
		want                string
	}{
		{"no origin", "GET", "", all, "", ""},
		{"all", "GET", "http://x.example", all, "", "Access-Control-Allow-Origin: *"},
		{"listed", "GET", "https://a.example", some, "", allowed("https://a.example")},
		{"another scheme", "GET", "http://a.example", some, "", ""},
		{"another port", "GET", "https://a.example:8443", some, "", ""},
		{"with a port", "GET", "http://c.example:8080", some, "", allowed("http://c.example:8080")},
		{"one label below", "GET", "http://x.b.example", some, "", allowed("http://x.b.example")},
		{"two labels below", "GET", "http://y.x.b.example", some, "", ""},
		{"the name itself", "GET", "http://b.example", some, "", ""},
		{"an evil neighbour", "GET", "http://xb.example", some, "", ""},
		{"an evil ending", "GET", "https://a.example.evil.example", some, "", ""},
		{"null", "GET", "null", some, "", ""},
		{"the origin says it", "GET", "https://a.example", some, "https://own.example", "Access-Control-Allow-Origin: https://own.example"},
		{"in its place", "GET", "https://a.example", over, "https://own.example", allowed("https://a.example")},
		{"not in its place for others", "GET", "https://z.example", over, "https://own.example", "Access-Control-Allow-Origin: https://own.example"},
		{"preflight", "OPTIONS", "https://a.example", some, "", "Access-Control-Allow-Credentials: true, Access-Control-Allow-Headers: X-A, X-B, " +
			"Access-Control-Allow-Methods: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, Access-Control-Allow-Origin: https://a.example, " +
			"Access-Control-Expose-Headers: X-C, Access-Control-Max-Age: 600, Vary: Origin"},
	} {
		t.Run(row.why, func(t *testing.T) {
			fields := []string{"Cache-Control", "max-age=60"}
			if row.own != "" {
				fields = append(fields, "Access-Control-Allow-Origin", row.own)
			}
			inLab(t, fixed("hello", fields...), dressing(behavior.ResponseHeaders{CORS: &row.cors}), func(l *lab) {
				for range 2 {
					sent := []string{"Origin", row.origin}
					if row.origin == "" {
						sent = nil
					}
					a := l.do(row.method, "/a", sent...)
					for name := range a.header {
						if !strings.HasPrefix(name, "Access-Control-") && name != "Vary" {
							a.header.Del(name)
						}
					}
					if got := sortedFields(a.header); got != row.want {
						t.Errorf("got  %s\nwant %s", got, row.want)
					}
				}
			})
		})
	}
}

func sortedFields(h http.Header) string {
	var b strings.Builder
	_ = h.Write(&b)
	return strings.ReplaceAll(strings.TrimSpace(b.String()), "\r\n", ", ")
}

// Server-Timing has true times: of the connection, of the origin's first byte,
// and of ours (reference, section 1.15).
func TestServerTiming(t *testing.T) {
	slow := func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(40 * time.Millisecond)
		w.Header().Set("Cache-Control", "max-age=10")
		w.Header().Set("Etag", `"v"`)
		w.Header().Set("Server-Timing", "db;dur=5")
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(304)
			return
		}
		fmt.Fprint(w, "hello")
	}
	tail := `cdn-pop;desc="EDG1-P1", cdn-rid;desc="[A-Za-z0-9_-]{54}=="`
	inLab(t, slow, dressing(behavior.ResponseHeaders{ServerTiming: true, Sampling: 1}), func(l *lab) {
		see := func(a answer, result, want string) {
			t.Helper()
			l.want(a, a.status, result)
			if got := strings.Join(a.header.Values("Server-Timing"), ", "); !regexp.MustCompile("^" + want + "$").MatchString(got) {
				t.Errorf("%s: %s\nwant %s", result, got, want)
			}
		}
		see(l.get("/a"), "Miss", `db;dur=5, cdn-cache-miss, cdn-upstream-layer;desc="EDGE", cdn-upstream-dns;dur=0, cdn-upstream-connect;dur=0, `+
			`cdn-upstream-fbl;dur=40, `+tail+`, cdn-downstream-fbl;dur=40`)
		see(l.get("/a"), "Hit", `cdn-cache-hit, cdn-hit-layer;desc="EDGE", `+tail+`, cdn-downstream-fbl;dur=0`)
		time.Sleep(11 * time.Second)
		see(l.get("/a"), "RefreshHit", `cdn-cache-refresh, cdn-upstream-layer;desc="EDGE", cdn-upstream-dns;dur=0, cdn-upstream-connect;dur=0, `+
			`cdn-upstream-fbl;dur=40, `+tail+`, cdn-downstream-fbl;dur=40`)
	})
}

func TestServerTimingIsSampled(t *testing.T) {
	for share, most := range map[float64][2]int{0: {0, 0}, 0.25: {150, 350}, 1: {1000, 1000}} {
		inLab(t, fixed("hello", "Cache-Control", "max-age=60"), dressing(behavior.ResponseHeaders{ServerTiming: true, Sampling: share}), func(l *lab) {
			n := 0
			for range 1000 {
				if l.get("/a").header.Get("Server-Timing") != "" {
					n++
				}
			}
			if n < most[0] || n > most[1] {
				t.Errorf("%v: %d of 1000", share, n)
			}
			if l.get("/a", "Pragma", "foo, Server-Timing").header.Get("Server-Timing") == "" {
				t.Errorf("%v: Pragma: server-timing does not bring it", share)
			}
		})
	}
	inLab(t, fixed("hello", "Server-Timing", "db"), nil, func(l *lab) {
		if got := l.get("/a", "Pragma", "server-timing").header.Get("Server-Timing"); got != "db" {
			t.Errorf("without a policy: %q", got)
		}
	})
}

// On real sockets the first response has the look-up and the connection in it,
// the next none of either.
func TestServerTimingHasTheConnectionsTimes(t *testing.T) {
	addr, _ := onSocketWith(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "hello") }, func(c *Config) {
		c.Distributions[0].Default.ResponseHeaders = behavior.ResponseHeaders{ServerTiming: true, Sampling: 1}
		c.Origins[0].Addr = strings.Replace(c.Origins[0].Addr, "127.0.0.1", "localhost", 1)
	})
	zero := regexp.MustCompile(`cdn-upstream-dns;dur=0, cdn-upstream-connect;dur=0, cdn-upstream-fbl;dur=0*[^0]`)
	some := regexp.MustCompile(`cdn-upstream-dns;dur=[0-9.]*[1-9][0-9.]*, cdn-upstream-connect;dur=[0-9.]*[1-9][0-9.]*, cdn-upstream-fbl`)
	for i, want := range []*regexp.Regexp{some, zero} {
		r, _ := http.NewRequest("GET", fmt.Sprintf("http://%s/%d", addr, i), nil)
		r.Host = "example.com"
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if got := res.Header.Get("Server-Timing"); !want.MatchString(got) {
			t.Errorf("response %d: %s", i, got)
		}
		time.Sleep(20 * time.Millisecond) // until the connection is idle
	}
}

// A hit whose fields are changed, timed and compared costs no allocation.
func BenchmarkHitDressed(b *testing.B) {
	security, _ := behavior.ManagedResponseHeadersPolicy("CORS-and-SecurityHeadersPolicy")
	h := security.Headers
	h.Remove, h.ServerTiming, h.Sampling = []string{"X-Powered-By"}, true, 1
	addr, _ := onSocketWith(b, fixed(strings.Repeat("x", 1<<10), "Cache-Control", "max-age=3600", "X-Powered-By", "PHP"), func(c *Config) {
		d := &c.Distributions[0].Default
		d.ResponseHeaders = h
		d.Key.Headers = []string{"Accept", "CloudFront-Is-Mobile-Viewer", "CloudFront-Viewer-Country"}
		d.Key.Cookies, d.Key.CookieNames, d.TidyCookies = behavior.Include, []string{"id"}, true
		c.Locate = func(netip.Addr) [2]byte { return [2]byte{'D', 'E'} }
	})
	c := newRawClient(b, addr, "/a.jpg", 1<<10)
	c.ask = []byte(strings.Replace(string(c.ask), "\r\n\r\n", "\r\nCookie: b=1; id=2\r\nOrigin: http://o.example\r\n\r\n", 1))
	b.ReportAllocs()
	for b.Loop() {
		if err := c.get(); err != nil {
			b.Fatal(err)
		}
	}
}
