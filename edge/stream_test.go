package edge

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"edgesim/edge/behavior"
	"edgesim/results"
)

const (
	slowPiece = 16 << 10
	slowSize  = 1 << 20
	slowEvery = 200 * time.Millisecond
	slowTime  = (slowSize/slowPiece - 1) * slowEvery
)

func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i ^ i>>8 ^ i>>16)
	}
	return b
}

// slow sends 16 KiB at once, then 16 KiB every 200 ms, 1 MiB in all. It dies
// after die bytes, where die is positive.
func slow(die *atomic.Int64, fields ...string) http.HandlerFunc {
	body := pattern(slowSize)
	return func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i+1 < len(fields); i += 2 {
			w.Header().Add(fields[i], fields[i+1])
		}
		for at := 0; at < slowSize; at += slowPiece {
			if at > 0 {
				time.Sleep(slowEvery)
			}
			if d := die.Load(); d > 0 && at >= int(d) {
				panic(http.ErrAbortHandler)
			}
			if _, err := w.Write(body[at : at+slowPiece]); err != nil {
				return
			}
			w.(http.Flusher).Flush()
		}
	}
}

var sized = []string{"Cache-Control", "max-age=600", "Content-Length", strconv.Itoa(slowSize)}
var chunked = []string{"Cache-Control", "max-age=600"}

func TestFirstByteGoesToTheLeaderAtOnce(t *testing.T) {
	for name, fields := range map[string][]string{"with length": sized, "chunked": chunked} {
		t.Run(name, func(t *testing.T) {
			inLab(t, slow(new(atomic.Int64), fields...), nil, func(l *lab) {
				a := l.get("/big")
				l.want(a, 200, "Miss")
				if a.first > time.Millisecond || a.total < slowTime {
					t.Errorf("first byte after %v, all after %v: want at once, and %v", a.first, a.total, slowTime)
				}
				if want := int64(slowSize); name == "with length" && a.length != want {
					t.Errorf("Content-Length %d, want %d", a.length, want)
				}
				if !bytes.Equal(a.body, pattern(slowSize)) {
					t.Error("the body is not the origin's")
				}
				b := l.get("/big")
				l.want(b, 200, "Hit")
				if b.total != 0 || b.length != slowSize || !bytes.Equal(b.body, a.body) {
					t.Errorf("the stored copy took %v and has length %d", b.total, b.length)
				}
			})
		})
	}
}

func TestFollowerJoinsMidway(t *testing.T) {
	inLab(t, slow(new(atomic.Int64), sized...), nil, func(l *lab) {
		var lead, follow answer
		var wg sync.WaitGroup
		wg.Go(func() { lead = l.get("/big") })
		time.Sleep(500 * time.Millisecond)
		wg.Go(func() { follow = l.get("/big") })
		wg.Wait()
		l.want(lead, 200, "Miss")
		l.want(follow, 200, "Hit")
		l.wantAsked(1)
		if follow.first > time.Millisecond {
			t.Errorf("the follower's first byte took %v", follow.first)
		}
		if d := lead.total - follow.total - 500*time.Millisecond; d < 0 || d > time.Millisecond {
			t.Errorf("the follower ended %v from the leader", d)
		}
		if !bytes.Equal(lead.body, follow.body) || len(lead.body) != slowSize {
			t.Error("leader and follower differ")
		}
		for _, r := range l.recorded(2) {
			if joined := r.Flags.Has(results.Collapsed); joined != (r.OriginAsked == 0) {
				t.Errorf("record %+v: collapsed %v with %d origin requests", r, joined, r.OriginAsked)
			}
		}
	})
}

func TestHerdMakesOneFlight(t *testing.T) {
	inLab(t, slow(new(atomic.Int64), sized...), nil, func(l *lab) {
		for i, a := range l.all(50, "/big") {
			if a.err != nil || a.status != 200 || len(a.body) != slowSize || a.first > time.Millisecond {
				t.Errorf("viewer %d: %d, %d bytes, first after %v, %v", i, a.status, len(a.body), a.first, a.err)
			}
		}
		l.wantAsked(1)
	})
}

// An uncacheable response cannot be shared, so a key must be met once before
// the edge knows not to let viewers wait for each other; or its behavior says
// how long they may.
func TestUncacheableHerd(t *testing.T) {
	origin := func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Second)
		w.Header().Set("Cache-Control", "no-store")
		fmt.Fprint(w, "x")
	}
	slowest := func(as []answer) (most time.Duration) {
		for _, a := range as {
			if a.err != nil || a.status != 200 {
				t.Errorf("%d, %v", a.status, a.err)
			}
			most = max(most, a.total)
		}
		return most
	}
	t.Run("known", func(t *testing.T) {
		inLab(t, origin, nil, func(l *lab) {
			l.want(l.get("/x"), 200, "Miss")
			for range 2 {
				if d := slowest(l.all(50, "/x")); d > 1001*time.Millisecond {
					t.Errorf("the slowest of 50 took %v, want 1s", d)
				}
			}
			l.wantAsked(101)
		})
	})
	t.Run("cold", func(t *testing.T) {
		inLab(t, origin, nil, func(l *lab) {
			if d := slowest(l.all(50, "/x")); d > 2001*time.Millisecond {
				t.Errorf("the slowest of 50 took %v, want 2s: all released at once", d)
			}
			if d := slowest(l.all(50, "/x")); d > 1001*time.Millisecond {
				t.Errorf("the slowest of the next 50 took %v, want 1s", d)
			}
		})
	})
	t.Run("cold, with a bound on the wait", func(t *testing.T) {
		inLab(t, origin, func(c *Config) {
			c.Distributions[0].Default.CollapseWait = 150 * time.Millisecond
		}, func(l *lab) {
			if d := slowest(l.all(50, "/x")); d > 1151*time.Millisecond {
				t.Errorf("the slowest of 50 took %v, want 1.15s", d)
			}
		})
	})
}

func TestSlowLeaderHoldsNobodyBack(t *testing.T) {
	inLab(t, slow(new(atomic.Int64), sized...), nil, func(l *lab) {
		res, err := l.client.Do(l.request("GET", "/big")) // and reads nothing
		if err != nil {
			t.Fatal(err)
		}
		a := l.get("/big")
		l.want(a, 200, "Hit")
		if a.first > time.Millisecond || a.total > slowTime+time.Millisecond {
			t.Errorf("first byte after %v, all after %v, beside a leader that reads nothing", a.first, a.total)
		}
		b, err := io.ReadAll(res.Body)
		if err != nil || !bytes.Equal(b, a.body) {
			t.Errorf("the slow leader got %d bytes, %v", len(b), err)
		}
		res.Body.Close()
	})
}

func TestLeaderHangsUp(t *testing.T) {
	inLab(t, slow(new(atomic.Int64), sized...), nil, func(l *lab) {
		res, err := l.client.Do(l.request("GET", "/big"))
		if err != nil {
			t.Fatal(err)
		}
		var follow answer
		var wg sync.WaitGroup
		wg.Go(func() { follow = l.get("/big") })
		io.ReadFull(res.Body, make([]byte, slowSize/2))
		res.Body.Close()
		wg.Wait()
		l.want(follow, 200, "Hit")
		if len(follow.body) != slowSize {
			t.Errorf("the follower got %d bytes", len(follow.body))
		}
		l.want(l.get("/big"), 200, "Hit")
		l.wantAsked(1)
		aborted := 0
		for _, r := range l.recorded(3) {
			if r.Flags.Has(results.Aborted) {
				aborted++
				if r.Result != results.Error || r.Response != results.Miss || r.Detail != results.ClientCommError ||
					r.Status != 200 || r.OriginBytes < slowSize {
					t.Errorf("the leader's record: %+v", r)
				}
			}
		}
		if aborted != 1 {
			t.Errorf("%d records of viewers who left, want 1", aborted)
		}
	})
}

func TestOriginDiesMidway(t *testing.T) {
	for name, fields := range map[string][]string{"with length": sized, "chunked": chunked} {
		t.Run(name, func(t *testing.T) {
			var die atomic.Int64
			die.Store(slowSize / 2)
			inLab(t, slow(&die, fields...), nil, func(l *lab) {
				for i, a := range l.all(10, "/big") {
					if a.err == nil {
						t.Errorf("viewer %d got a clean end after %d of %d bytes", i, len(a.body), slowSize)
					}
					if len(a.body) != slowSize/2 {
						t.Errorf("viewer %d got %d bytes, want what had come: %d", i, len(a.body), slowSize/2)
					}
				}
				l.wantAsked(1)
				for _, r := range l.recorded(10) {
					if r.Result != results.Error || !r.Flags.Has(results.Truncated) || r.Detail != results.OriginReadError {
						t.Errorf("a broken response's record says %v, %v", r.Result, r.Detail)
					}
				}
				die.Store(0)
				a := l.get("/big")
				l.want(a, 200, "Miss")
				l.wantAsked(2)
				if len(a.body) != slowSize {
					t.Errorf("the next request got %d bytes", len(a.body))
				}
			})
		})
	}
}

func TestPassThroughHasBackPressure(t *testing.T) {
	var sent atomic.Int64
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		piece := make([]byte, 64<<10)
		for range 64 {
			if _, err := w.Write(piece); err != nil {
				return
			}
			w.(http.Flusher).Flush()
			sent.Add(int64(len(piece)))
		}
	}, nil, func(l *lab) {
		l.client.Transport.(*http.Transport).DisableKeepAlives = true
		res, err := l.client.Do(l.request("GET", "/x")) // and reads nothing
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		held := sent.Load()
		n, err := io.Copy(io.Discard, res.Body)
		res.Body.Close()
		if err != nil || n != 4<<20 {
			t.Errorf("got %d bytes, %v", n, err)
		}
		if held > 1<<20 {
			t.Errorf("the origin had sent %d of %d bytes before the viewer read any", held, n)
		}
	})
}

func TestNoMemoryForBodies(t *testing.T) {
	for name, fields := range map[string][]string{"with length": sized, "chunked": chunked} {
		t.Run(name, func(t *testing.T) {
			inLab(t, slow(new(atomic.Int64), fields...), func(c *Config) {
				c.InFlight = slowSize / 4
			}, func(l *lab) {
				for i, a := range l.all(3, "/big") {
					if a.err != nil || !bytes.Equal(a.body, pattern(slowSize)) {
						t.Errorf("viewer %d: %d bytes, %v", i, len(a.body), a.err)
					}
				}
				if a := l.get("/big"); a.header.Get("X-Cache") != "Miss from edgesim" {
					t.Errorf("X-Cache %q: nothing should have been stored", a.header.Get("X-Cache"))
				}
				synctest.Wait() // until what has sent its last byte has let go of its memory
				if used := l.edge.memory.used.Load(); used != 0 {
					t.Errorf("%d bytes are still reserved", used)
				}
			})
		})
	}
}

func TestStaleWhileRevalidate(t *testing.T) {
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=10, stale-while-revalidate=60")
		time.Sleep(time.Second)
		fmt.Fprint(w, "x")
	}, nil, func(l *lab) {
		l.get("/a")
		time.Sleep(20 * time.Second)
		for i, a := range l.all(20, "/a") {
			if a.total != 0 || a.header.Get("X-Cache") != "Hit from edgesim" {
				t.Errorf("viewer %d waited %v for %q", i, a.total, a.header.Get("X-Cache"))
			}
		}
		time.Sleep(2 * time.Second)
		l.wantAsked(2)
		if a := l.get("/a"); a.header.Get("Cache-Status") != "edgesim; hit; ttl=8" {
			t.Errorf("Cache-Status %q: want the renewed object", a.header.Get("Cache-Status"))
		}
	})
}

func TestStaleIfError(t *testing.T) {
	var ill atomic.Bool
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		if ill.Load() {
			w.WriteHeader(503)
			return
		}
		w.Header().Set("Cache-Control", "max-age=10, stale-if-error=60")
		fmt.Fprint(w, "x")
	}, nil, func(l *lab) {
		l.get("/a")
		ill.Store(true)
		time.Sleep(20 * time.Second)
		a := l.get("/a")
		l.want(a, 200, "Hit")
		if string(a.body) != "x" || a.header.Get("Age") != "20" {
			t.Errorf("body %q, Age %q", a.body, a.header.Get("Age"))
		}
		time.Sleep(60 * time.Second)
		if a := l.get("/a"); a.status != 503 {
			t.Errorf("status %d after stale-if-error ran out, want 503", a.status)
		}
	})
}

func TestOriginGone(t *testing.T) {
	inLab(t, nil, func(c *Config) {
		c.Distributions[0].Behaviors = []behavior.Behavior{}
		c.Origins[0].Dial = nil
		c.Origins[0].Addr = "127.0.0.1:1" // nobody listens there
	}, func(l *lab) {
		a := l.get("/a")
		if a.status != 502 || a.header.Get("X-Cache") != "Error from edgesim" {
			t.Errorf("status %d, X-Cache %q", a.status, a.header.Get("X-Cache"))
		}
		if r := l.recorded(1)[0]; r.Detail != results.OriginConnectError || r.Result != results.Error || r.Status != 502 {
			t.Errorf("record %+v", r)
		}
	})
}

// Viewers who want different variants share one flight for each.
func TestHerdOfVariants(t *testing.T) {
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Second)
		w.Header().Set("Cache-Control", "max-age=60")
		w.Header().Set("Vary", "Accept-Language")
		fmt.Fprint(w, "in "+r.Header.Get("Accept-Language"))
	}, nil, func(l *lab) {
		var wg sync.WaitGroup
		for i := range 40 {
			lang := []string{"de", "en", "fr", "it"}[i%4]
			wg.Go(func() {
				if a := l.get("/a", "Accept-Language", lang); string(a.body) != "in "+lang || a.total > 2001*time.Millisecond {
					t.Errorf("asked in %s, got %q after %v", lang, a.body, a.total)
				}
			})
		}
		wg.Wait()
		l.wantAsked(4)
	})
}

// What a flight brings is not kept when its target was changed meanwhile.
func TestChangeSpoilsTheFlight(t *testing.T) {
	var changed atomic.Bool
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "POST" {
			changed.Store(true)
			return
		}
		w.Header().Set("Cache-Control", "max-age=60")
		body := fmt.Sprint(changed.Load())
		time.Sleep(time.Second)
		fmt.Fprint(w, body)
	}, nil, func(l *lab) {
		var wg sync.WaitGroup
		wg.Go(func() { l.get("/a") })
		time.Sleep(500 * time.Millisecond)
		l.do("POST", "/a")
		wg.Wait()
		if a := l.get("/a"); string(a.body) != "true" {
			t.Errorf("got %q, from before the change", a.body)
		}
	})
}

// Few bytes leave at once too: nothing waits in a buffer for more.
func TestFirstByteOfATrickle(t *testing.T) {
	for name, length := range map[string]string{"with length": "3", "chunked": ""} {
		t.Run(name, func(t *testing.T) {
			inLab(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Cache-Control", "max-age=60")
				if length != "" {
					w.Header().Set("Content-Length", length)
				}
				for i := range 3 {
					time.Sleep(time.Duration(i) * time.Second)
					io.WriteString(w, "x")
					w.(http.Flusher).Flush()
				}
			}, nil, func(l *lab) {
				a := l.get("/a")
				l.want(a, 200, "Miss")
				if a.first != 0 || a.total != 3*time.Second || string(a.body) != "xxx" {
					t.Errorf("%q: first byte after %v, all after %v; want at once and 3s", a.body, a.first, a.total)
				}
			})
		})
	}
}
