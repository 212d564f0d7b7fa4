package edge

import (
	"context"
	"errors"
	"fmt"
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

// member is an origin of a group: what it does, and how often it was asked.
type member struct {
	handler http.HandlerFunc
	dial    func(ctx context.Context, addr string) (net.Conn, error) // nil: to handler
	asked   atomic.Int64
}

// inGroup runs body with an edge whose origins a and b are a group.
func inGroup(t *testing.T, a, b *member, change func(*Config), body func(l *lab)) {
	var stops []func()
	inLab(t, fixed(""), func(c *Config) {
		c.Origins, c.Groups = nil, []OriginGroup{{Name: "g", Members: []string{"a", "b"}, Statuses: []int{500, 503, 504}}}
		for i, m := range []*member{a, b} {
			o := Origin{Name: string(rune('a' + i)), Addr: "origin:80", Dial: m.dial}
			if m.dial == nil {
				stop, dial := (&lab{}).origin(func(w http.ResponseWriter, r *http.Request) {
					m.asked.Add(1)
					m.handler(w, r)
				})
				o.Dial, stops = dial, append(stops, stop)
			}
			c.Origins = append(c.Origins, o)
		}
		c.Distributions[0].Default.Origin = "g"
		if change != nil {
			change(c)
		}
	}, func(l *lab) {
		body(l)
		for _, stop := range stops {
			stop()
		}
	})
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=60")
		w.WriteHeader(code)
		fmt.Fprint(w, code)
	}
}

func hang(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

var errRefused = errors.New("connection refused")

func refuseDial(context.Context, string) (net.Conn, error) { return nil, errRefused }

func hangDial(ctx context.Context, _ string) (net.Conn, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// Which failures of the first origin make the second one answer (CloudFront's
// origin groups: statuses of the list; since 2025 a failed connection where 503
// is in it and a timeout where 504 is).
func TestFailover(t *testing.T) {
	byStatus := func(statuses ...int) func(*Config) {
		return func(c *Config) { c.Groups[0].Statuses, c.Groups[0].FailuresByStatus = statuses, true }
	}
	none := func(c *Config) { c.Groups[0].Statuses = nil }
	for _, x := range []struct {
		name   string
		first  *member
		method string
		change func(*Config)
		status int
		second int64 // how often the second is asked
		asked  uint16
	}{
		{"listed status", &member{handler: status(500)}, "GET", nil, 200, 1, 2},
		{"HEAD", &member{handler: status(500)}, "HEAD", nil, 200, 1, 2},
		{"status not listed", &member{handler: status(502)}, "GET", nil, 502, 0, 1},
		{"a redirect never", &member{handler: status(302)}, "GET", nil, 302, 0, 1},
		{"success", &member{handler: status(200)}, "GET", nil, 200, 0, 1},
		{"POST", &member{handler: status(500)}, "POST", nil, 500, 0, 1},
		{"OPTIONS that is not cached", &member{handler: status(500)}, "OPTIONS", nil, 500, 0, 1},
		{"OPTIONS that is cached", &member{handler: status(500)}, "OPTIONS",
			func(c *Config) { c.Distributions[0].Default.CachedMethods = behavior.ReadOptions }, 200, 1, 2},
		{"refused", &member{dial: refuseDial}, "GET", none, 200, 1, 2},
		{"no connection", &member{dial: hangDial}, "GET", none, 200, 1, 2},
		{"no answer", &member{handler: hang}, "GET", none, 200, 1, 2},
		{"refused, 503 not listed", &member{dial: refuseDial}, "GET", byStatus(500), 502, 0, 1},
		{"refused, 503 listed", &member{dial: refuseDial}, "GET", byStatus(503), 200, 1, 2},
		{"no answer, 504 not listed", &member{handler: hang}, "GET", byStatus(503), 504, 0, 1},
		{"no answer, 504 listed", &member{handler: hang}, "GET", byStatus(504), 200, 1, 2},
	} {
		t.Run(x.name, func(t *testing.T) {
			second := &member{handler: status(200)}
			inGroup(t, x.first, second, x.change, func(l *lab) {
				if a := l.do(x.method, "/a"); a.status != x.status || a.err != nil {
					t.Errorf("%d, %v; want %d", a.status, a.err, x.status)
				}
				if n := second.asked.Load(); n != x.second {
					t.Errorf("the second origin was asked %d times, want %d", n, x.second)
				}
				r := l.recorded(1)[0]
				if r.OriginAsked != x.asked || l.names.Origins[r.Origin] != string(rune('a'+x.second)) {
					t.Errorf("the record has %d requests, origin %s", r.OriginAsked, l.names.Origins[r.Origin])
				}
			})
		})
	}
}

// Every request tries the first origin first; what the second answers is what
// is cached; its errors are final.
func TestFailoverRemembersNothing(t *testing.T) {
	var down atomic.Bool
	down.Store(true)
	first := &member{handler: func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			w.WriteHeader(500)
			return
		}
		status(200)(w, r)
	}}
	second := &member{handler: func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/gone" {
			w.WriteHeader(503)
			return
		}
		status(200)(w, r)
	}}
	inGroup(t, first, second, nil, func(l *lab) {
		l.want(l.get("/a"), 200, "Miss")
		l.want(l.get("/a"), 200, "Hit")
		l.want(l.get("/b"), 200, "Miss")
		if a := l.get("/gone"); a.status != 503 {
			t.Errorf("both fail: %d", a.status)
		}
		down.Store(false)
		l.want(l.get("/c"), 200, "Miss")
		if first.asked.Load() != 4 || second.asked.Load() != 3 {
			t.Errorf("asked %d and %d times, want 4 and 3", first.asked.Load(), second.asked.Load())
		}
		if a := l.all(50, "/d"); a[49].status != 200 || first.asked.Load() != 5 {
			t.Errorf("%d; 50 viewers made %d requests", a[49].status, first.asked.Load()-4)
		}
	})
}

func TestFailoverComesBeforeStale(t *testing.T) {
	var down atomic.Bool
	first := &member{handler: func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=10, stale-if-error=600")
		if down.Load() {
			w.WriteHeader(503)
			return
		}
		fmt.Fprint(w, "first")
	}}
	secondDown := atomic.Bool{}
	second := &member{handler: func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=10, stale-if-error=600")
		if secondDown.Load() {
			w.WriteHeader(500)
			return
		}
		fmt.Fprint(w, "second")
	}}
	inGroup(t, first, second, nil, func(l *lab) {
		l.get("/a")
		down.Store(true)
		time.Sleep(11 * time.Second)
		if a := l.get("/a"); string(a.body) != "second" {
			t.Errorf("%d %q", a.status, a.body)
		}
		secondDown.Store(true)
		time.Sleep(11 * time.Second)
		if a := l.get("/a"); string(a.body) != "second" || a.status != 200 {
			t.Errorf("both down: %d %q", a.status, a.body)
		}
	})
}

// A GET or HEAD is sent as often as the origin's settings say while no response
// begins; a POST once, and nothing again once a byte has reached the viewer.
func TestResponseAttempts(t *testing.T) {
	for _, x := range []struct {
		method string
		tries  int
		asked  int64
		took   time.Duration
	}{{"GET", 3, 3, 90 * time.Second}, {"HEAD", 2, 2, time.Minute}, {"GET", 1, 1, 30 * time.Second}, {"POST", 3, 1, 30 * time.Second}} {
		t.Run(fmt.Sprint(x.method, x.tries), func(t *testing.T) {
			inLab(t, hang, func(c *Config) { c.Origins[0].ResponseAttempts = x.tries }, func(l *lab) {
				a := l.do(x.method, "/a")
				l.wantAsked(x.asked)
				if a.status != 504 || a.total != x.took {
					t.Errorf("%d after %v, want 504 after %v", a.status, a.total, x.took)
				}
				if r := l.recorded(1)[0]; int64(r.OriginAsked) != x.asked || r.Detail != results.OriginCommError {
					t.Errorf("the record has %d requests, %v", r.OriginAsked, r.Detail)
				}
			})
		})
	}
	t.Run("a body that stops", func(t *testing.T) {
		inLab(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "10")
			fmt.Fprint(w, "12345")
			w.(http.Flusher).Flush()
			hang(w, r)
		}, func(c *Config) { c.Origins[0].ResponseAttempts = 3 }, func(l *lab) {
			if a := l.get("/a"); a.err == nil || string(a.body) != "12345" {
				t.Errorf("%q, %v", a.body, a.err)
			}
			l.wantAsked(1)
		})
	})
}

// One byte every 29 seconds keeps within any time from packet to packet; the
// completion timeout ends it, before the header and after it.
func TestCompletionTimeout(t *testing.T) {
	drip := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		for range 1000 {
			w.Write([]byte{'x'})
			w.(http.Flusher).Flush()
			select {
			case <-time.After(29 * time.Second):
			case <-r.Context().Done():
				return
			}
		}
	}
	inLab(t, drip, func(c *Config) { c.Origins[0].CompletionTimeout = 100 * time.Second }, func(l *lab) {
		a := l.get("/a")
		if len(a.body) != 4 || a.err == nil || a.total != 100*time.Second {
			t.Errorf("%d bytes, %v after %v", len(a.body), a.err, a.total)
		}
		if r := l.recorded(1)[0]; r.Result != results.Error || r.Detail != results.OriginReadError || !r.Flags.Has(results.Truncated) {
			t.Errorf("%v %v", r.Result, r.Detail)
		}
	})
	inLab(t, hang, func(c *Config) {
		c.Origins[0].ReadTimeout, c.Origins[0].CompletionTimeout = 20*time.Second, 20*time.Second
	}, func(l *lab) {
		if a := l.get("/a"); a.status != 504 || a.total != 20*time.Second {
			t.Errorf("%d after %v", a.status, a.total)
		}
	})
}

// No more connections than MaxConns are open, whoever waits longest is served
// first, and nobody waits longer than MaxWait.
func TestMaxConns(t *testing.T) {
	var open, most atomic.Int64
	slow := func(w http.ResponseWriter, r *http.Request) {
		n := open.Add(1)
		defer open.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		time.Sleep(time.Second)
		if r.URL.Query().Has("close") {
			w.Header().Set("Connection", "close")
		}
	}
	inLab(t, slow, func(c *Config) { c.Origins[0].MaxConns, c.Origins[0].MaxWait = 2, 4500*time.Millisecond }, func(l *lab) {
		ended := make(chan time.Duration, 14)
		began := time.Now()
		for i := range 14 {
			path := fmt.Sprintf("/%d?%s", i, []string{"", "close"}[i%2])
			go func() {
				if a := l.get(path); a.status == 200 {
					ended <- time.Since(began)
				} else if a.status == 503 && a.total == 4500*time.Millisecond {
					ended <- -1
				} else {
					t.Errorf("%d after %v", a.status, a.total)
					ended <- 0
				}
			}()
		}
		served := 0
		for range 14 {
			if d := <-ended; d > 0 {
				served++
			}
		}
		if most.Load() != 2 || served != 10 {
			t.Errorf("%d connections at a time, %d served", most.Load(), served)
		}
		synctest.Wait()
		u := l.edge.site.Load().ups[0]
		u.mu.Lock()
		defer u.mu.Unlock()
		if u.open != len(u.live) || len(u.waiting) != 0 {
			t.Errorf("%d rights for %d connections, %d waiting", u.open, len(u.live), len(u.waiting))
		}
	})
}

func TestShutdownSendsAwayWhoWaitsForAConnection(t *testing.T) {
	inLab(t, hang, func(c *Config) { c.Origins[0].MaxConns, c.Origins[0].MaxWait = 1, time.Hour }, func(l *lab) {
		for i := range 3 {
			go l.get(fmt.Sprint("/", i))
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := l.edge.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

func TestOriginHeaders(t *testing.T) {
	got := make(chan http.Header, 1)
	inLab(t, func(w http.ResponseWriter, r *http.Request) { got <- r.Header }, func(c *Config) {
		c.Origins[0].Headers = []Header{{Name: "X-Edge-Key", Value: "secret"}, {Name: "X-Empty", Value: ""}}
	}, func(l *lab) {
		l.get("/a", "x-edge-key", "guessed", "X-Other", "1")
		h := <-got
		if v := h.Values("X-Edge-Key"); len(v) != 1 || v[0] != "secret" || h.Get("X-Other") != "1" || len(h.Values("X-Empty")) != 1 {
			t.Errorf("%v", h)
		}
	})
}

func TestNewSaysWhatIsWrongWithOrigins(t *testing.T) {
	long := strings.Repeat("x", 2000)
	for want, change := range map[string]func(o *Origin, g *OriginGroup){
		`origin a: ResponseAttempts 4 must be from 1 to 3`:                                        func(o *Origin, g *OriginGroup) { o.ResponseAttempts = 4 },
		`origin a: CompletionTimeout 1s is below ReadTimeout, 30s`:                                func(o *Origin, g *OriginGroup) { o.CompletionTimeout = time.Second },
		`origin a: a timeout is negative`:                                                         func(o *Origin, g *OriginGroup) { o.MaxWait = -1 },
		`origin a: header "Host" is the edge's own to write`:                                      func(o *Origin, g *OriginGroup) { o.Headers = []Header{{Name: "Host", Value: "x"}} },
		`origin a: header "X A" is no field name`:                                                 func(o *Origin, g *OriginGroup) { o.Headers = []Header{{Name: "X A", Value: "x"}} },
		`origin a: header "X": its value "a\r\nY: b" has control characters, or blanks at an end`: func(o *Origin, g *OriginGroup) { o.Headers = []Header{{Name: "X", Value: "a\r\nY: b"}} },
		`origin a: header "x" is given twice`: func(o *Origin, g *OriginGroup) {
			o.Headers = []Header{{Name: "X", Value: "1"}, {Name: "x", Value: "2"}}
		},
		`origin a: header "X" is too long: at most 256 bytes of name and 1783 of value are allowed`:            func(o *Origin, g *OriginGroup) { o.Headers = []Header{{Name: "X", Value: long}} },
		`origin group g: 1 members; at least two are wanted`:                                                   func(o *Origin, g *OriginGroup) { g.Members = g.Members[:1] },
		`origin group g: there is no origin "c"`:                                                               func(o *Origin, g *OriginGroup) { g.Members = []string{"a", "c"} },
		`origin group g: a is a member twice`:                                                                  func(o *Origin, g *OriginGroup) { g.Members = []string{"a", "a"} },
		`origin group a: an origin has this name`:                                                              func(o *Origin, g *OriginGroup) { g.Name = "a" },
		`origin group g: status 418 cannot count as failing: of [400 403 404 416 429 500 502 503 504] any can`: func(o *Origin, g *OriginGroup) { g.Statuses = []int{418} },
	} {
		b := behavior.Standard()
		b.Origin = "g"
		c := Config{Distributions: []behavior.Distribution{{ID: "E1", Domain: "x.net", Default: b}}, Capacity: 1 << 20,
			Origins: []Origin{{Name: "a", Addr: "a:80"}, {Name: "b", Addr: "b:80"}},
			Groups:  []OriginGroup{{Name: "g", Members: []string{"a", "b"}}}}
		change(&c.Origins[0], &c.Groups[0])
		if _, err := New(c); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}
