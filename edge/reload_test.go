package edge

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"edgesim/edge/behavior"
	"edgesim/results"
)

// oneDistribution is E1 with its default behavior going to origin o, changed.
func oneDistribution(change func(*behavior.Distribution)) []behavior.Distribution {
	d := behavior.Distribution{ID: "E1", Domain: "example.com", Default: behavior.Standard()}
	d.Default.Origin = "o"
	if change != nil {
		change(&d)
	}
	return []behavior.Distribution{d}
}

func fresh(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "max-age=3600")
	io.WriteString(w, "body of "+r.URL.Path)
}

func TestReloadKeepsTheCacheAndTakesNewRules(t *testing.T) {
	inLab(t, fresh, nil, func(l *lab) {
		l.want(l.get("/a"), 200, "Miss")
		origins := l.edge.conf.Origins
		err := l.edge.Reload(oneDistribution(func(d *behavior.Distribution) {
			d.Aliases = []string{"new.example.com"}
			no := d.Default
			no.Path, no.AllowedMethods = "/shut/*", behavior.ReadMethods
			d.Behaviors = append(d.Behaviors, no)
		}), origins, nil)
		if err != nil {
			t.Fatal(err)
		}
		l.want(l.get("/a"), 200, "Hit")
		l.want(l.get("/a", "Host", "new.example.com"), 200, "Hit")
		l.want(l.do("POST", "/shut/a"), 405, "Error")
		l.wantAsked(1)
		recs := l.recorded(4)
		for _, r := range recs {
			if id := l.names.DistributionOf(&r).ID; id != "E1" || r.Distribution != 0 {
				t.Errorf("a record of distribution %d, %q: want number 0, E1, for ever", r.Distribution, id)
			}
		}
	})
}

// TestUnknownHostsBelongToNoDistribution: nobody's report and log has them.
func TestUnknownHostsBelongToNoDistribution(t *testing.T) {
	inLab(t, fresh, nil, func(l *lab) {
		l.want(l.get("/a", "Host", "stranger.example.net"), 403, "Error")
		if r := l.recorded(1)[0]; r.Distribution != results.NoDistribution || l.names.DistributionOf(&r).ID != "" {
			t.Errorf("recorded as of distribution %d", r.Distribution)
		}
	})
}

func TestReloadRefusesWhatIsWrongAndGoesOn(t *testing.T) {
	inLab(t, fresh, nil, func(l *lab) {
		origins := l.edge.conf.Origins
		for what, err := range map[string]error{
			"no distribution":   l.edge.Reload(nil, origins, nil),
			"an unknown origin": l.edge.Reload(oneDistribution(func(d *behavior.Distribution) { d.Default.Origin = "x" }), origins, nil),
			"no origin":         l.edge.Reload(oneDistribution(nil), nil, nil),
			"an origin twice":   l.edge.Reload(oneDistribution(nil), append(origins, origins...), nil),
			"a bad address":     l.edge.Reload(oneDistribution(nil), []Origin{{Name: "o", Addr: "nonsense"}}, nil),
		} {
			if err == nil {
				t.Errorf("%s was taken", what)
			}
		}
		l.want(l.get("/a"), 200, "Miss")
	})
}

// TestReloadLetsAFlightEndByWhatItBeganWith: the origin is taken away while it
// sends; its viewer gets all of it, and its connection closes then.
func TestReloadLetsAFlightEndByWhatItBeganWith(t *testing.T) {
	slow := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=3600")
		for range 4 {
			io.WriteString(w, "piece ")
			w.(http.Flusher).Flush()
			time.Sleep(time.Second)
		}
	}
	inLab(t, slow, nil, func(l *lab) {
		var other lab
		stop, dial := other.origin(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "other") })
		defer stop()
		before := l.edge.site.Load().ups[0]
		got := make(chan answer)
		go func() { got <- l.get("/slow") }()
		time.Sleep(1500 * time.Millisecond)
		if err := l.edge.Reload(oneDistribution(nil), []Origin{{Name: "o", Addr: "other:80", Dial: dial}}, nil); err != nil {
			t.Fatal(err)
		}
		if a := l.get("/new"); string(a.body) != "other" {
			t.Errorf("the new origin's response is %q", a.body)
		}
		if a := <-got; a.err != nil || string(a.body) != strings.Repeat("piece ", 4) {
			t.Errorf("the old origin's response is %q, %v", a.body, a.err)
		}
		time.Sleep(time.Second)
		before.mu.Lock()
		defer before.mu.Unlock()
		if len(before.live) != 0 || len(before.idle) != 0 {
			t.Errorf("the old origin still has %d connections, %d of them idle", len(before.live), len(before.idle))
		}
	})
}

func TestReloadLeavesTheConnectionsOfAnUnchangedOrigin(t *testing.T) {
	addr, e := onSocketWith(t, fresh, func(*Config) {})
	origins := e.conf.Origins
	before := e.site.Load().ups[0]
	c := newRawClient(t, addr, "/a", len("body of /a"))
	if err := c.get(); err != nil {
		t.Fatal(err)
	}
	if err := e.Reload(oneDistribution(nil), origins, nil); err != nil {
		t.Fatal(err)
	}
	if e.site.Load().ups[0] != before {
		t.Error("an origin whose settings are the same was made anew")
	}
	changed := origins[0]
	changed.MaxIdle = 7
	if err := e.Reload(oneDistribution(nil), []Origin{changed}, nil); err != nil {
		t.Fatal(err)
	}
	if e.site.Load().ups[0] == before {
		t.Error("an origin whose settings have changed was left as it was")
	}
}

// TestReloadUnderLoad swaps fifty configurations under eight viewers on
// keep-alive connections: none sees an error or a closed connection.
func TestReloadUnderLoad(t *testing.T) {
	origin := func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/fresh") {
			w.Header().Set("Cache-Control", "max-age=3600")
		}
		io.WriteString(w, "body of "+r.URL.Path)
	}
	second := httptest.NewServer(http.HandlerFunc(origin))
	defer second.Close()
	addr, e := onSocketWith(t, origin, func(*Config) {})
	var stop atomic.Bool
	var asked atomic.Int64
	var viewers sync.WaitGroup
	for v := range 8 {
		path := fmt.Sprintf("/fresh/%d", v)
		if v%2 == 1 {
			path = fmt.Sprintf("/passed/%d", v)
		}
		c := newRawClient(t, addr, path, 0)
		viewers.Go(func() {
			for !stop.Load() {
				c.size = len("body of ") + len(path)
				if err := c.get(); err != nil {
					t.Errorf("%s: %v", path, err)
					return
				}
				asked.Add(1)
			}
		})
	}
	for i := range 50 {
		o := e.conf.Origins[0]
		if i%2 == 0 {
			o, _ = ParseOrigin("o", second.URL)
		}
		err := e.Reload(oneDistribution(func(d *behavior.Distribution) {
			d.Aliases = []string{fmt.Sprintf("a%d.example.com", i)}
			d.Default.Key.Host = i%3 == 0
		}), []Origin{o}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for had := asked.Load(); asked.Load() < had+4 && !t.Failed(); {
			time.Sleep(5 * time.Millisecond)
		}
	}
	stop.Store(true)
	viewers.Wait()
	if n := e.Names(); len(n.Distributions) != 1 || len(n.Origins) != 1 {
		t.Errorf("names have grown to %d distributions and %d origins", len(n.Distributions), len(n.Origins))
	}
	r := results.Record{}
	if got := e.Names().DistributionOf(&r).Aliases[0]; got != "a49.example.com" {
		t.Errorf("records are told of alias %q", got)
	}
}
