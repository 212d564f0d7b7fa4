package virtual

import (
	"context"
	"testing"

	"edgesim/results"
	"edgesim/sim/scenario"
)

// What is answered at once has the record that the long way makes of it, whatever is
// asked for and at whichever edge.
func TestThePlainWayIsTheLongWay(t *testing.T) {
	for _, name := range []string{"quickstart", "world", "storm"} {
		for _, mode := range []string{"standard", "cloudfront"} {
			t.Run(name+" "+mode, func(t *testing.T) {
				s := load(t, name, "duration=40s", "warmup=1s", "workload.rate=200/s", "edge.mode="+mode)
				sameEitherWay(t, s, 0.05)
			})
		}
	}
	for _, p := range scenario.Presets() {
		t.Run(p.Name, func(t *testing.T) {
			s, err := scenario.OfPreset(p.Name, "www.example.com", "duration=60s", "warmup=1s", "workload.rate=100/s")
			if err != nil {
				t.Fatal(err)
			}
			sameEitherWay(t, s, 0)
		})
	}
}

// sameEitherWay plays a scenario both ways; at least that share of its requests hits.
func sameEitherWay(t *testing.T, s *scenario.Scenario, hits float64) {
	short, long := playedWith(t, s, true), playedWith(t, s, false)
	if len(short) != len(long) || len(short) == 0 {
		t.Fatalf("%d records, and %d the long way", len(short), len(long))
	}
	n := 0
	for i := range short {
		if short[i] != long[i] {
			t.Fatalf("record %d is\n%+v, the long way\n%+v", i, short[i], long[i])
		}
		if short[i].Response == results.Hit {
			n++
		}
	}
	if float64(n) < hits*float64(len(short)) {
		t.Errorf("%d of %d requests hit: too few to tell", n, len(short))
	}
}

// playedWith plays the scenario, its plain requests the short way or as all others.
func playedWith(t *testing.T, s *scenario.Scenario, short bool) []results.Record {
	t.Helper()
	c, got := Config{Scenario: s, RTT: 1}, collected{}
	w, err := newWorld(&c, c.names())
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range w.site.routes {
		for _, r := range list {
			r.open = r.open && short
		}
	}
	if _, err := w.play(context.Background(), &c, &got, nil); err != nil {
		t.Fatal(err)
	}
	return got.recs
}
