package edge

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"edgesim/edge/behavior"
)

// invalidate removes paths of E1 and holds how many objects went.
func (l *lab) invalidate(want int, paths ...string) {
	l.t.Helper()
	synctest.Wait() // a viewer may have a whole response before it is kept
	got, err := l.edge.Invalidate("E1", paths)
	if err != nil {
		l.t.Fatal(err)
	}
	if got != want {
		l.t.Fatalf("%v removed %d objects, want %d", paths, got, want)
	}
}

// TestInvalidation: reference, section 1.14. What is left out of a path's match
// is in behavior's tests.
func TestInvalidation(t *testing.T) {
	inLab(t, fresh, nil, func(l *lab) {
		for _, path := range []string{"/dir/a", "/dir/b?x=1", "/dir", "/other"} {
			l.want(l.get(path), 200, "Miss")
			l.want(l.get(path), 200, "Hit")
		}
		l.invalidate(0, "/dir/b", "/DIR/a") // the query is in the key; case counts
		l.invalidate(1, "/dir/a", "/dir/a")
		l.want(l.get("/dir/a"), 200, "Miss")
		l.invalidate(2, "/dir/*")
		l.want(l.get("/dir"), 200, "Hit")
		l.want(l.get("/dir/b?x=1"), 200, "Miss")
		l.invalidate(3, "/*")
		l.want(l.get("/other"), 200, "Miss")
		synctest.Wait()
		if f := l.edge.Figures(); f.Invalidated != 6 || f.Objects != 1 {
			t.Errorf("figures %+v", f)
		}
	})
}

func TestInvalidationTakesVariantsAndErrors(t *testing.T) {
	origin := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=3600")
		if r.URL.Path == "/v" {
			w.Header().Set("Vary", "Accept-Language")
			return
		}
		w.WriteHeader(404)
	}
	inLab(t, origin, nil, func(l *lab) {
		for _, language := range []string{"de", "en", "fr"} {
			l.want(l.get("/v", "Accept-Language", language), 200, "Miss")
		}
		l.want(l.get("/gone"), 404, "Error")
		l.want(l.get("/gone"), 404, "Error")
		l.wantAsked(4)
		l.invalidate(4, "/v", "/gone")
		l.want(l.get("/v", "Accept-Language", "en"), 200, "Miss")
		l.want(l.get("/gone"), 404, "Error")
		l.wantAsked(6)
	})
}

// TestInvalidatedIsAMissNotARefresh: a stale object that could be renewed is gone
// all the same.
func TestInvalidatedIsAMissNotARefresh(t *testing.T) {
	origin := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=1")
		w.Header().Set("Etag", `"1"`)
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(304)
		}
	}
	inLab(t, origin, nil, func(l *lab) {
		l.want(l.get("/a"), 200, "Miss")
		time.Sleep(2 * time.Second)
		l.want(l.get("/a"), 200, "RefreshHit")
		time.Sleep(2 * time.Second)
		l.invalidate(1, "/a")
		l.want(l.get("/a"), 200, "Miss")
	})
}

// TestFlightsBeforeAnInvalidationKeepNothing: whatever kind of flight is under
// way when paths are invalidated, the next request asks the origin anew, and
// gets what is kept from then on.
func TestFlightsBeforeAnInvalidationKeepNothing(t *testing.T) {
	for _, x := range []struct {
		name   string
		stored bool // an object is there, stale, when the flight begins
		reply  string
		at     time.Duration // of the invalidation, into the flight of 2 s + 2 s
	}{
		{"before its header", false, "body", time.Second},
		{"during its body", false, "body", 3 * time.Second},
		{"renewal with a 304", true, "304", time.Second},
		{"renewal with a body", true, "body", 3 * time.Second},
		{"failure that lets the stale stand in", true, "503", time.Second},
		{"variant", false, "vary", 3 * time.Second},
	} {
		for _, path := range []string{"/a", "/*"} {
			t.Run(x.name+" "+path, func(t *testing.T) {
				var slow atomic.Bool
				slow.Store(!x.stored)
				origin := func(w http.ResponseWriter, r *http.Request) {
					age := "max-age=1, stale-if-error=100"
					if slow.Load() || !x.stored {
						age = "max-age=3600"
					}
					w.Header().Set("Cache-Control", age)
					w.Header().Set("Etag", `"1"`)
					if !slow.Load() {
						io.WriteString(w, "body")
						return
					}
					time.Sleep(2 * time.Second)
					switch x.reply {
					case "304":
						w.WriteHeader(304)
						return
					case "503":
						w.WriteHeader(503)
						return
					case "vary":
						w.Header().Set("Vary", "Accept")
					}
					w.(http.Flusher).Flush()
					time.Sleep(2 * time.Second)
					io.WriteString(w, "body")
				}
				inLab(t, origin, nil, func(l *lab) {
					if x.stored {
						l.get("/a")
						time.Sleep(5 * time.Second)
						slow.Store(true)
					}
					got := make(chan answer)
					go func() { got <- l.get("/a") }()
					time.Sleep(x.at)
					if _, err := l.edge.Invalidate("", []string{path}); err != nil {
						t.Fatal(err)
					}
					if list := l.edge.Flying(10); len(list) != 1 || !list[0].Void || list[0].URL != "/a" {
						t.Errorf("flights %+v", list)
					}
					slow.Store(false)
					l.want(l.get("/a"), 200, "Miss")
					if a := <-got; a.err != nil || string(a.body) != "body" {
						t.Errorf("who asked before got %q, %v", a.body, a.err)
					}
					synctest.Wait()
					asked := l.asked.Load()
					if list := l.edge.Flying(10); len(list) != 0 {
						t.Errorf("flights %+v", list)
					}
					if x.stored {
						time.Sleep(2 * time.Second) // what is kept is of max-age=1, not of 3600
						l.get("/a")
						asked++
					} else {
						l.want(l.get("/a"), 200, "Hit")
					}
					l.wantAsked(asked)
				})
			})
		}
	}
}

// TestRenewalDuringAnInvalidation: a flight that begins while an invalidation is
// at work, and renews what that removes next, does not bring it back.
func TestRenewalDuringAnInvalidation(t *testing.T) {
	for _, during := range []bool{true, false} { // the renewal ends before or after the invalidation does
		origin := func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "max-age=1")
			w.Header().Set("Etag", `"1"`)
			if r.Header.Get("If-None-Match") != "" {
				time.Sleep(time.Second)
				w.Header().Set("Cache-Control", "max-age=3600")
				w.WriteHeader(304)
			}
		}
		inLab(t, origin, nil, func(l *lab) {
			l.get("/a")
			time.Sleep(2 * time.Second)
			synctest.Wait()
			paths, _ := behavior.ParsePaths([]string{"/*"})
			w := &purge{e: l.edge, id: "E1", paths: paths}
			w.begin()
			got := make(chan answer)
			go func() { got <- l.get("/a") }()
			time.Sleep(500 * time.Millisecond)
			if n, _ := w.step(l.edge.parts[0], 0); n != 1 {
				t.Fatalf("%d objects were removed", n)
			}
			if !during {
				w.end()
			}
			l.want(<-got, 200, "RefreshHit")
			synctest.Wait()
			if during {
				w.end()
			}
			if list, _ := l.edge.Cached("", "", 9); len(list) != 0 {
				t.Errorf("back in the cache: %+v", list)
			}
		})
	}
}

// TestInvalidationUnderLoad: with objects coming and going, what was asked after
// an invalidation is never from before it.
func TestInvalidationUnderLoad(t *testing.T) {
	var version atomic.Int64
	addr, e := onSocketWith(t, func(w http.ResponseWriter, r *http.Request) {
		v := version.Load()
		w.Header().Set("Cache-Control", "max-age=3600")
		fmt.Fprintf(w, "%08d", v)
	}, func(c *Config) { c.Capacity = 1 << 20 })
	var stop atomic.Bool
	var viewers sync.WaitGroup
	for v := range 4 {
		viewers.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for i := 0; !stop.Load(); i++ {
				least := version.Load() - 1 // the one before may not be invalidated yet
				r, _ := http.NewRequest("GET", fmt.Sprintf("http://%s/%d/%d", addr, v, i%50), nil)
				r.Host = "example.com"
				res, err := client.Do(r)
				if err != nil {
					t.Error(err)
					return
				}
				b, _ := io.ReadAll(res.Body)
				res.Body.Close()
				var got int64
				fmt.Sscanf(string(b), "%d", &got)
				if got < least {
					t.Errorf("version %d after %d was current", got, least)
				}
			}
		})
	}
	for range 50 {
		version.Add(1)
		if _, err := e.Invalidate("", []string{"/*"}); err != nil {
			t.Fatal(err)
		}
	}
	stop.Store(true)
	viewers.Wait()
}

func TestInvalidateSaysWhatIsWrong(t *testing.T) {
	two := func(c *Config) {
		other := c.Distributions[0]
		other.ID, other.Domain = "E2", "other.example.com"
		c.Distributions = append(c.Distributions, other)
	}
	inLab(t, fresh, two, func(l *lab) {
		for _, x := range []struct{ id, path, want string }{
			{"E3", "/*", `no distribution "E3": there is E1, E2`},
			{"", "/*", "say which distribution: E1, E2"},
			{"E1", "a", "begin with a slash"},
		} {
			if _, err := l.edge.Invalidate(x.id, []string{x.path}); err == nil || !strings.Contains(err.Error(), x.want) {
				t.Errorf("%q %q: error %v, want %s", x.id, x.path, err, x.want)
			}
		}
		l.want(l.get("/a"), 200, "Miss")
		l.want(l.get("/a", "Host", "other.example.com"), 200, "Miss")
		l.invalidate(1, "/*")
		l.want(l.get("/a", "Host", "other.example.com"), 200, "Hit") // another distribution's
	})
}

func TestCachedListsWhatIsThere(t *testing.T) {
	origin := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=60")
		w.Header().Set("Vary", "Accept, Accept-Language")
		io.WriteString(w, "0123456789")
	}
	inLab(t, origin, nil, func(l *lab) {
		l.get("/a?x=1", "Accept", "text/html", "Accept-Language", "de")
		l.get("/b")
		time.Sleep(90 * time.Second)
		l.get("/c")
		synctest.Wait()
		list, err := l.edge.Cached("E1", "", 100)
		if err != nil || len(list) != 3 {
			t.Fatalf("%d objects, %v", len(list), err)
		}
		a := list[0]
		if a.URL != "/a?x=1" || a.Vary != "accept:text/html; accept-language:de" || a.Status != 200 || a.Length != 10 ||
			a.Age != 90 || a.Left != -30 || !a.Stale || a.Distribution != "E1" {
			t.Errorf("%+v", a)
		}
		if list[2].Stale || list[2].Left != 60 {
			t.Errorf("%+v", list[2])
		}
		if list, _ := l.edge.Cached("", "/a*", 100); len(list) != 1 {
			t.Errorf("%d objects under /a*", len(list))
		}
		if list, _ := l.edge.Cached("E1", "", 2); len(list) != 2 {
			t.Errorf("%d objects for a limit of 2", len(list))
		}
		if _, err := l.edge.Cached("E9", "", 2); err == nil {
			t.Error("a distribution that is not there has a list")
		}
	})
}

// BenchmarkInvalidate is the longest that requests wait for one step, and how
// long all of it takes, with a hundred thousand small objects.
func BenchmarkInvalidate(b *testing.B) {
	e, err := New(Config{
		Distributions: oneDistribution(nil), Origins: []Origin{{Name: "o", Addr: "127.0.0.1:1"}},
		Capacity: 256 << 20, Shards: 1,
	})
	if err != nil {
		b.Fatal(err)
	}
	d, _ := e.site.Load().table.Host([]byte("example.com"))
	p := e.parts[0]
	fill := func() {
		for i := range 100_000 {
			key := d.Rules()[0].AppendKey(nil, nil, fmt.Appendf(nil, "/images/%06d.jpg", i), nil, nil)
			p.put(hashKey(key), &object{key: string(key), body: bodyOf(nil), expires: forever})
		}
	}
	paths := []string{"/images/01*", "/other/*", "/images/000002.jpg"}
	var longest time.Duration
	for b.Loop() {
		b.StopTimer()
		fill()
		b.StartTimer()
		m, _ := behavior.ParsePaths(paths)
		w := &purge{e: e, id: "E1", paths: m}
		for from, more := 0, true; more; from += purgeStep {
			began := time.Now()
			_, more = w.step(p, from)
			longest = max(longest, time.Since(began))
		}
	}
	b.ReportMetric(float64(longest.Microseconds()), "µs-longest-step")
}
