package edge

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"edgesim/edge/behavior"
	"edgesim/results"
)

// tiers is a lab whose edge has a regional tier before it and that one a
// shield, before the origin.
type tiers struct {
	*lab
	regional, shield *Edge
	toRegional       func(context.Context, string) (net.Conn, error)
	down             atomic.Bool // no connection to the regional tier comes about
}

func tierOrigin(name string, layer results.Layer, dial func(context.Context, string) (net.Conn, error)) Origin {
	return Origin{Name: name, Addr: name + ":80", Tier: layer, Dial: dial}
}

// inTiers runs body with three edges one behind the other.
func inTiers(t *testing.T, handler http.HandlerFunc, change func(*Config), body func(x *tiers)) {
	x := &tiers{}
	var stops []func()
	tier := func(c Config, layer results.Layer) (*Edge, func(context.Context, string) (net.Conn, error)) {
		c.Layer, c.Recorder, c.Names = layer, nil, nil
		e, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		ln := newPipes()
		go e.Serve(ln)
		stops = append(stops, func() {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			if err := e.Shutdown(ctx); err != nil {
				t.Errorf("%v: %v", layer, err)
			}
		})
		return e, ln.dial
	}
	inLab(t, handler, func(c *Config) {
		if change != nil {
			change(c)
		}
		origin := c.Origins[0]
		var dial func(context.Context, string) (net.Conn, error)
		x.shield, dial = tier(*c, results.LayerShield)
		origin.Via = "shield"
		c.Origins = []Origin{origin, tierOrigin("shield", results.LayerShield, dial)}
		x.regional, x.toRegional = tier(*c, results.LayerRegional)
		origin.Via = "regional"
		c.Origins = []Origin{origin, tierOrigin("regional", results.LayerRegional, func(ctx context.Context, addr string) (net.Conn, error) {
			if x.down.Load() {
				return nil, errRefused
			}
			return x.toRegional(ctx, addr)
		})}
	}, func(l *lab) {
		x.lab = l
		body(x)
		l.client.CloseIdleConnections()
		time.Sleep(10 * time.Second) // so that tiers' connections are idle no more
		for i := len(stops) - 1; i >= 0; i-- {
			stops[i]()
		}
	})
}

// purge drops what an edge has, as if it had left for want of room.
func (x *tiers) purge(e *Edge) {
	for _, p := range e.parts {
		p.empty()
	}
}

// tiered is an origin that counts nothing and says who asked.
func tiered(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "max-age=100")
	w.Header().Set("Etag", `"v"`)
	w.Header().Set("X-Host", r.Host)
	if r.URL.Path == "/private" {
		w.Header().Set("Cache-Control", "no-store")
	}
	w.Header().Set("X-Tier", r.Header.Get(tierField))
	if r.Header.Get("If-None-Match") == `"v"` {
		w.WriteHeader(304)
		return
	}
	if r.Method == "GET" {
		fmt.Fprint(w, "body of ", r.URL.Path)
	}
}

// Who had the bytes, and how that counts: a tier's hit is a hit, the shield's is
// told apart, and an origin is asked once for all tiers.
func TestTiersTellWhoHadIt(t *testing.T) {
	inTiers(t, tiered, nil, func(x *tiers) {
		type step struct {
			name   string
			before func()
			result results.Result
			layer  results.Layer
			detail results.Detail
			asked  uint16
		}
		for i, s := range []step{
			{"nobody has it", func() {}, results.Miss, results.LayerOrigin, 0, 1},
			{"the edge has it", func() {}, results.Hit, results.LayerEdge, 0, 0},
			{"the regional tier has it", func() { x.purge(x.edge) }, results.Hit, results.LayerRegional, 0, 0},
			{"the shield has it", func() { x.purge(x.edge); x.purge(x.regional) }, results.Hit, results.LayerShield, results.OriginShieldHit, 0},
			{"all are stale", func() { time.Sleep(101 * time.Second) }, results.RefreshHit, results.LayerEdge, 0, 1},
			{"the shield is stale, the others have nothing", func() {
				x.purge(x.edge)
				x.purge(x.regional)
				time.Sleep(101 * time.Second)
			}, results.RefreshHit, results.LayerShield, 0, 1},
		} {
			s.before()
			a := x.get("/a")
			x.want(a, 200, s.result.String())
			if string(a.body) != "body of /a" || a.header.Get(tierField) != "" || a.header.Get("X-Host") != "origin:80" || a.header.Get("X-Tier") != "" {
				t.Errorf("%s: %q %v", s.name, a.body, a.header)
			}
			if n := count(x.recorded(i+1), func(r *results.Record) bool {
				return r.Result == s.result && r.Layer == s.layer && r.Detail == s.detail && r.OriginAsked == s.asked &&
					(r.OriginBytes > 0) == (s.asked > 0)
			}); n == 0 {
				t.Errorf("%s: no such record among %+v", s.name, x.records)
			}
		}
		x.wantAsked(3)
	})
}

// Freshness is what is left of it: the time in a tier counts.
func TestTiersPassAge(t *testing.T) {
	inTiers(t, tiered, nil, func(x *tiers) {
		x.get("/a")
		time.Sleep(60 * time.Second)
		x.purge(x.edge)
		if a := x.get("/a"); a.header.Get("Age") != "60" {
			t.Errorf("Age %q", a.header.Get("Age"))
		}
		time.Sleep(39 * time.Second)
		x.want(x.get("/a"), 200, "Hit")
		time.Sleep(2 * time.Second)
		x.want(x.get("/a"), 200, "RefreshHit")
		x.wantAsked(2)
	})
}

// What is not cached passes the tiers by; what is may not, whatever its method,
// unless the origin's settings let proxied methods.
func TestWhatPassesTiersBy(t *testing.T) {
	for _, direct := range []bool{false, true} {
		inTiers(t, tiered, func(c *Config) {
			c.Origins[0].MethodsDirect = direct
			off := c.Distributions[0].Default
			off.Path, off.TTL = "/off/*", behavior.TTL{}
			c.Distributions[0].Behaviors = append(c.Distributions[0].Behaviors, off)
		}, func(x *tiers) {
			through := func(method, path string) int {
				n := 0
				for _, via := range x.do(method, path).header.Values("Via") {
					n += strings.Count(via, "edgesim")
				}
				return n
			}
			want := 3
			if direct {
				want = 1
			}
			if n := through("GET", "/a"); n != 3 {
				t.Errorf("GET goes through %d edges", n)
			}
			if n := through("POST", "/a"); n != want {
				t.Errorf("direct %v: POST goes through %d edges", direct, n)
			}
			if n := through("GET", "/off/a"); n != 1 {
				t.Errorf("what is not cached goes through %d edges", n)
			}
			through("GET", "/private")
			if n := through("GET", "/private"); n != 1 {
				t.Errorf("what is known not to be shared goes through %d edges", n)
			}
		})
	}
}

// A POST that goes through the tiers makes them forget what it changed.
func TestTiersForgetWhatIsChanged(t *testing.T) {
	var version atomic.Int64
	inTiers(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=100")
		if r.Method == "POST" {
			version.Add(1)
			w.WriteHeader(204)
			return
		}
		fmt.Fprint(w, version.Load())
	}, nil, func(x *tiers) {
		x.get("/a")
		x.do("POST", "/a")
		if a := x.get("/a"); string(a.body) != "1" {
			t.Errorf("after POST: %q", a.body)
		}
	})
}

// Several edges that ask one tier at once are one request to the origin, and
// bytes come through as they leave it.
func TestTiersCollapseAndStream(t *testing.T) {
	inTiers(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=100")
		for range 5 {
			w.Write(bytes.Repeat([]byte{'x'}, 1000))
			w.(http.Flusher).Flush()
			time.Sleep(time.Second)
		}
	}, nil, func(x *tiers) {
		conf := x.edge.conf
		conf.Recorder, conf.Names = nil, nil
		other, err := New(conf)
		if err != nil {
			t.Fatal(err)
		}
		ln := newPipes()
		go other.Serve(ln)
		second := &lab{t: t, edge: other, client: &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, addr string) (net.Conn, error) {
			return ln.dial(ctx, addr)
		}}}}
		var wg sync.WaitGroup
		for _, l := range []*lab{x.lab, second} {
			for range 25 {
				wg.Go(func() {
					if a := l.get("/a"); len(a.body) != 5000 || a.first != 0 || a.total != 5*time.Second {
						t.Errorf("%d bytes, first after %v, last after %v", len(a.body), a.first, a.total)
					}
				})
			}
		}
		wg.Wait()
		x.wantAsked(1)
		second.client.CloseIdleConnections()
		time.Sleep(10 * time.Second)
		other.Shutdown(context.Background())
		if n := count(x.recorded(25), func(r *results.Record) bool { return r.Result == results.Hit }); n < 24 {
			t.Errorf("%d hits of 25", n)
		}
	})
}

// A tier that cannot be reached is passed by; a dead origin is told as what it
// is, and kept no longer than the tier keeps it.
func TestTiersThatFail(t *testing.T) {
	var dead atomic.Bool
	inTiers(t, tiered, func(c *Config) {
		asCloudFront(c)
		dial := c.Origins[0].Dial
		c.Origins[0].KeepAlive = time.Nanosecond
		c.Origins[0].Dial = func(ctx context.Context, addr string) (net.Conn, error) {
			if dead.Load() {
				return nil, errRefused
			}
			return dial(ctx, addr)
		}
	}, func(x *tiers) {
		x.down.Store(true)
		x.want(x.get("/a"), 200, "Miss")
		x.wantAsked(1)
		x.down.Store(false)
		time.Sleep(10 * time.Second)
		dead.Store(true)
		x.want(x.get("/b"), 502, "Error")
		time.Sleep(6 * time.Second)
		x.purge(x.edge)
		x.want(x.get("/b"), 502, "Error") // the tiers' 502 is 6 s old
		dead.Store(false)
		time.Sleep(5 * time.Second)
		x.want(x.get("/b"), 200, "Miss")
		if n := count(x.recorded(4), func(r *results.Record) bool {
			return r.Detail == results.OriginConnectError && r.Result == results.Error
		}); n < 1 {
			t.Errorf("no record tells why: %+v", x.records)
		}
	})
}

// An origin that is no tier is not believed, and what viewers say of tiers goes
// nowhere.
func TestOnlyTiersAreBelieved(t *testing.T) {
	got := make(chan string, 1)
	inLab(t, func(w http.ResponseWriter, r *http.Request) {
		got <- r.Header.Get(tierField)
		w.Header().Set(tierField, "Hit; layer=shield; asked=0")
	}, nil, func(l *lab) {
		a := l.get("/a", tierField, "1")
		l.want(a, 200, "Miss")
		if a.header.Get(tierField) != "" || <-got != "" {
			t.Errorf("%v", a.header)
		}
		if r := l.recorded(1)[0]; r.Layer != results.LayerOrigin || r.OriginAsked != 1 || r.Detail != results.SameAsResult {
			t.Errorf("%v, %d, %v", r.Layer, r.OriginAsked, r.Detail)
		}
	})
}
