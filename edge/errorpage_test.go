package edge

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"edgesim/edge/behavior"
	"edgesim/results"
)

// asCloudFront makes the lab's behavior CloudFront's.
func asCloudFront(c *Config) {
	b := behavior.CloudFront()
	b.Origin = "o"
	c.Distributions[0].Default = b
}

// withErrors gives the lab's distribution rules for errors.
func withErrors(rules ...behavior.ErrorRule) func(*Config) {
	return func(c *Config) { c.Distributions[0].Errors = rules }
}

// How long a failing origin is left alone: the error caching minimum TTL, 10 s
// unless given by status, or what the origin says where that is more
// (CloudFront's error caching). By RFC 9111 alone it is not left alone.
func TestErrorsAreKept(t *testing.T) {
	for _, x := range []struct {
		name   string
		say    string // Cache-Control of the error
		code   int
		change func(*Config)
		kept   time.Duration
	}{
		{"standard", "", 500, func(*Config) {}, 0},
		{"standard with a rule", "", 500, withErrors(behavior.ErrorRule{Code: 500, KeepTTL: true, TTL: 5 * time.Second}), 5 * time.Second},
		{"standard with another's rule", "", 503, withErrors(behavior.ErrorRule{Code: 500, KeepTTL: true, TTL: 5 * time.Second}), 0},
		{"cloudfront", "", 500, asCloudFront, 10 * time.Second},
		{"404", "", 404, asCloudFront, 10 * time.Second},
		{"no-store", "no-store", 500, asCloudFront, 10 * time.Second},
		{"max-age above", "max-age=30", 503, asCloudFront, 30 * time.Second},
		{"max-age below", "max-age=3", 503, asCloudFront, 10 * time.Second},
		{"max-age above max TTL", "max-age=3600", 404, func(c *Config) {
			asCloudFront(c)
			c.Distributions[0].Default.TTL = behavior.TTL{Max: time.Minute}
		}, time.Minute},
		{"403 without max-age", "", 403, asCloudFront, 0},
		{"403 with max-age", "max-age=3", 403, asCloudFront, 10 * time.Second},
		{"416", "max-age=60", 416, asCloudFront, 0},
		{"429", "max-age=60", 429, asCloudFront, 0},
		{"a rule of 0", "", 500, func(c *Config) {
			asCloudFront(c)
			c.Distributions[0].Errors = []behavior.ErrorRule{{Code: 500, KeepTTL: true}}
		}, 0},
		{"a longer rule", "", 504, func(c *Config) {
			asCloudFront(c)
			c.Distributions[0].Errors = []behavior.ErrorRule{{Code: 504, KeepTTL: true, TTL: time.Minute}}
		}, time.Minute},
		{"caching off", "max-age=60", 500, func(c *Config) {
			asCloudFront(c)
			c.Distributions[0].Default.TTL = behavior.TTL{}
		}, 0},
	} {
		t.Run(x.name, func(t *testing.T) {
			inLab(t, func(w http.ResponseWriter, r *http.Request) {
				if x.say != "" {
					w.Header().Set("Cache-Control", x.say)
				}
				w.WriteHeader(x.code)
			}, x.change, func(l *lab) {
				l.want(l.get("/a"), x.code, "Error")
				if x.kept > 0 {
					time.Sleep(x.kept - time.Second)
					l.want(l.get("/a"), x.code, "Error")
					l.wantAsked(1)
					time.Sleep(2 * time.Second)
				}
				l.want(l.get("/a"), x.code, "Error")
				l.wantAsked(2)
				for _, r := range l.recorded(2) {
					if r.Result != results.Error || r.Response != results.Error || r.Detail != results.ErrorDetail {
						t.Errorf("%v %v %v", r.Response, r.Result, r.Detail)
					}
				}
			})
		})
	}
}

// What the edge says of an origin that gives no response is kept as the
// origin's own errors are, and viewers who wait get one answer.
func TestFaultsAreKept(t *testing.T) {
	for _, x := range []struct {
		name   string
		dial   func(context.Context, string) (net.Conn, error)
		status int
		detail results.Detail
		dials  int64
		took   time.Duration
	}{
		{"refused", refuseDial, 502, results.OriginConnectError, 3, 0},
		{"no connection", hangDial, 504, results.OriginConnectError, 3, 30 * time.Second},
		{"no such name", func(context.Context, string) (net.Conn, error) {
			return nil, &net.DNSError{Err: "no such host", Name: "origin", IsNotFound: true}
		}, 502, results.OriginDNSError, 3, 0},
	} {
		t.Run(x.name, func(t *testing.T) {
			var dials atomic.Int64
			inLab(t, fixed(""), func(c *Config) {
				asCloudFront(c)
				c.Origins[0].Dial = func(ctx context.Context, addr string) (net.Conn, error) {
					dials.Add(1)
					return x.dial(ctx, addr)
				}
			}, func(l *lab) {
				check := func(list []answer, n int64) {
					for _, a := range list {
						if a.status != x.status || a.header.Get("X-Cache") != "Error from edgesim" {
							t.Fatalf("%d, %s", a.status, a.header.Get("X-Cache"))
						}
					}
					if dials.Load() != n {
						t.Errorf("dialled %d times, want %d", dials.Load(), n)
					}
				}
				first := l.get("/a")
				check([]answer{first}, x.dials)
				if first.total != x.took {
					t.Errorf("after %v, want %v", first.total, x.took)
				}
				check(l.all(50, "/a"), x.dials)
				time.Sleep(11 * time.Second)
				check([]answer{l.get("/a")}, 2*x.dials)
				if n := count(l.recorded(52), func(r *results.Record) bool { return r.Detail == x.detail }); n != 2 {
					t.Errorf("%d records of %v, want one for each time the origin was asked", n, x.detail)
				}
			})
		})
	}
}

const sorry = "/errors/sorry.html"

// paged is an origin with an error page; /N answers status N.
func paged(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == sorry {
		w.Header().Set("Cache-Control", "max-age=60")
		w.Header().Set("X-Asked", r.Method+r.Header.Get("Range")+r.Header.Get("If-None-Match"))
		fmt.Fprint(w, "sorry")
		return
	}
	var code int
	fmt.Sscanf(r.URL.Path, "/%d", &code)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(max(code, 200))
	fmt.Fprint(w, "origin's ", code)
}

var sorryRules = []behavior.ErrorRule{
	{Code: 404, Page: sorry, ResponseCode: 200}, {Code: 416, Page: sorry}, {Code: 500, Page: "/503"},
	{Code: 502, Page: sorry}, {Code: 503, Page: sorry, ResponseCode: 404}, {Code: 405, Page: sorry},
}

// Custom error responses: the page takes the error's place with its own or
// another status, the record says Error and what was asked for; a page that
// fails gives its own failure; other errors go through.
func TestErrorPages(t *testing.T) {
	for _, x := range []struct {
		method, path string
		fields       []string
		status       int
		body         string
		length       int64
	}{
		{"GET", "/404", nil, 200, "sorry", 5},
		{"GET", "/404?q=1", []string{"Range", "bytes=0-1", "If-None-Match", "*"}, 200, "sorry", 5},
		{"GET", "/416", nil, 416, "sorry", 5},
		{"GET", "/503", nil, 404, "sorry", 5},
		{"GET", "/500", nil, 503, "origin's 503", -1},
		{"GET", "/501", nil, 501, "origin's 501", -1},
		{"GET", "/200", nil, 200, "origin's 200", -1},
		{"HEAD", "/404", nil, 200, "", 5},
		{"POST", "/404", nil, 200, "sorry", 5},
		{"DELETE", "/forbidden/1", nil, 405, "sorry", 5},
	} {
		t.Run(x.method+x.path, func(t *testing.T) {
			inLab(t, paged, func(c *Config) {
				d := &c.Distributions[0]
				d.Errors = sorryRules
				forbid := d.Default
				forbid.Path, forbid.AllowedMethods = "/forbidden/*", behavior.ReadMethods
				d.Behaviors = append(d.Behaviors, forbid)
			}, func(l *lab) {
				a := l.do(x.method, x.path, x.fields...)
				if a.status != x.status || string(a.body) != x.body || x.length >= 0 && a.length != x.length {
					t.Errorf("%d %q, length %d", a.status, a.body, a.length)
				}
				isError := x.path != "/200"
				if (a.header.Get("X-Cache") == "Error from edgesim") != isError {
					t.Errorf("X-Cache %q", a.header.Get("X-Cache"))
				}
				if x.body == "sorry" && a.header.Get("X-Asked") != "GET" {
					t.Errorf("the page was asked for with %q", a.header.Get("X-Asked"))
				}
				r := l.recorded(1)[0]
				path, query, _ := strings.Cut(x.path, "?")
				if url := l.names.Strings.Get(r.URL); url != path || l.names.Strings.Get(r.Query) != query || r.Method.String() != x.method {
					t.Errorf("the record is of %v %s", r.Method, url)
				}
				if isError && (r.Result != results.Error || r.Response != results.Error) || int(r.Status) != x.status || r.BodyBytes != int64(len(x.body)) {
					t.Errorf("%v %v %d, %d bytes", r.Response, r.Result, r.Status, r.BodyBytes)
				}
				if asked := l.asked.Load(); int64(r.OriginAsked) != asked {
					t.Errorf("the record has %d requests to the origin, there were %d", r.OriginAsked, asked)
				}
			})
		})
	}
}

// The page is kept by its own lifetime, its fetch is collapsed, and the
// connection goes on.
func TestErrorPageIsCached(t *testing.T) {
	var pages atomic.Int64
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == sorry {
			pages.Add(1)
			time.Sleep(time.Second)
		}
		paged(w, r)
	}, withErrors(sorryRules...), func(l *lab) {
		for _, a := range l.all(50, "/404") {
			if a.status != 200 || string(a.body) != "sorry" {
				t.Fatalf("%d %q", a.status, a.body)
			}
		}
		l.get("/404/other")
		if pages.Load() != 1 {
			t.Errorf("the page was fetched %d times", pages.Load())
		}
		time.Sleep(61 * time.Second)
		l.get("/404")
		if pages.Load() != 2 {
			t.Errorf("a minute later the page was fetched %d times", pages.Load())
		}
		c, _ := l.dial()
		defer c.Close()
		io.WriteString(c, "GET /404 HTTP/1.1\r\nHost: example.com\r\n\r\nGET /200 HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n")
		if b, _ := io.ReadAll(c); !strings.Contains(string(b), "sorry") || !strings.Contains(string(b), "origin's 200") {
			t.Errorf("%s", b)
		}
	})
}

func TestErrorPageForADeadOrigin(t *testing.T) {
	var dead atomic.Bool
	change := func(c *Config) {
		c.Distributions[0].Errors = sorryRules
		dial := c.Origins[0].Dial
		c.Origins[0].KeepAlive = time.Nanosecond
		c.Origins[0].Dial = func(ctx context.Context, addr string) (net.Conn, error) {
			if dead.Load() {
				return nil, errRefused
			}
			return dial(ctx, addr)
		}
	}
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/stale" {
			w.Header().Set("Cache-Control", "max-age=5, stale-if-error=600")
			fmt.Fprint(w, "good")
			return
		}
		paged(w, r)
	}, change, func(l *lab) {
		l.get("/stale")
		l.get(sorry)
		time.Sleep(10 * time.Second)
		dead.Store(true)
		if a := l.get("/stale"); a.status != 200 || string(a.body) != "good" {
			t.Errorf("what is stale comes first: %d %q", a.status, a.body)
		}
		if a := l.get("/x"); a.status != 502 || string(a.body) != "sorry" {
			t.Errorf("%d %q", a.status, a.body)
		}
		time.Sleep(2 * time.Minute)
		if a := l.get("/x"); a.status != 502 || !strings.HasPrefix(string(a.body), "502 no connection") {
			t.Errorf("neither is to be had: %d %q", a.status, a.body)
		}
		if n := count(l.recorded(5), func(r *results.Record) bool {
			return r.Detail == results.OriginConnectError && r.Result == results.Error
		}); n != 2 {
			t.Errorf("%d records tell that no connection came about", n)
		}
	})
}

// Over its bounds the edge answers 503 CapacityExceeded and no page, but goes
// on serving what it has, stale where that is allowed, and joins flights.
func TestCapacityExceeded(t *testing.T) {
	var release chan struct{}
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/slow") {
			select {
			case <-release:
			case <-r.Context().Done():
			}
		}
		w.Header().Set("Cache-Control", "max-age=10, stale-if-error=600")
		fmt.Fprint(w, "good")
	}, func(c *Config) {
		c.MaxFlights, release = 2, make(chan struct{})
		c.Distributions[0].Errors = []behavior.ErrorRule{{Code: 503, Page: "/kept"}}
	}, func(l *lab) {
		l.get("/kept")
		l.get("/stale")
		time.Sleep(11 * time.Second)
		l.get("/kept")
		done := make(chan answer, 3)
		for i := range 3 {
			go func() { done <- l.get(fmt.Sprint("/slow", i%2)) }()
		}
		synctest.Wait()
		a := l.get("/other")
		l.want(a, 503, "CapacityExceeded")
		if a.header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
		l.want(l.do("POST", "/other"), 503, "CapacityExceeded")
		l.want(l.get("/kept"), 200, "Hit")
		l.want(l.get("/stale"), 200, "Hit")
		close(release)
		for range 3 {
			if a := <-done; a.status != 200 {
				t.Errorf("%d", a.status)
			}
		}
		l.want(l.get("/other"), 200, "Miss")
		for _, r := range l.recorded(11) {
			if r.Status == 503 && (r.Response != results.CapacityExceeded || r.Result != results.CapacityExceeded || r.Detail != results.SameAsResult) {
				t.Errorf("%v %v %v", r.Response, r.Result, r.Detail)
			}
		}
	})
}

func count(list []results.Record, is func(*results.Record) bool) (n int) {
	for i := range list {
		if is(&list[i]) {
			n++
		}
	}
	return n
}
