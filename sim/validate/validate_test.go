package validate

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"edgesim/results"
	"edgesim/sim/scenario"
	"edgesim/sim/sweep"
)

func load(seed uint64) (*scenario.Scenario, error) {
	s, err := scenario.Load("quickstart")
	if err == nil && seed != 0 {
		s.Seed = seed
	}
	return s, err
}

// world is one of made-up records: n of them, a share of hits, misses that take
// about 100 ms times slow.
func world(from []results.Vantage, hits, slow float64) sweep.World {
	return func(_ context.Context, s *scenario.Scenario, view results.View) error {
		rng := rand.New(rand.NewPCG(s.Seed, 7))
		var recs []results.Record
		for i := range 20_000 {
			r := results.Record{At: int64(i) * 700_000, Status: 200, BytesOut: 1000, BodyBytes: 800,
				Response: results.Hit, Result: results.Hit, TTFB: 100_000, Total: 200_000}
			if rng.Float64() >= hits {
				r.Response, r.Result, r.OriginAsked, r.OriginBytes = results.Miss, results.Miss, 1, 900
				r.TTFB = int64(slow * (90e6 + 20e6*rng.Float64()))
				r.Total = r.TTFB + 1e6
			}
			for _, v := range from {
				r.Vantage = v
				recs = append(recs, r)
			}
		}
		view.Add(recs)
		return nil
	}
}

var (
	both = []results.Vantage{results.AtEdge, results.AtClient}
	one  = []results.Vantage{results.AtSimulator}
)

func find(t *testing.T, r *Result, name string) Figure {
	t.Helper()
	for _, f := range r.Figures {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("no figure %q", name)
	return Figure{}
}

func TestWorldsThatAreAlikeAgree(t *testing.T) {
	r, err := Run(t.Context(), Config{Load: load, Repeats: 4, Live: world(both, 0.8, 1), Virtual: world(one, 0.8, 1)})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"hit ratio", "byte hit ratio", "Miss first byte p50", "Miss first byte p99"} {
		f := find(t, r, name)
		if f.Verdict != Agrees || f.Distance != 0 || f.Doubt == nil || *f.Doubt != 0 {
			t.Errorf("%+v", f)
		}
	}
	if f := find(t, r, "Miss first byte p50"); math.Abs(f.Live-100) > 2 {
		t.Errorf("the median of misses is %v ms, made to be about 100", f.Live)
	}
	if !r.Agree() || len(r.Seeds) != 4 || len(r.Plots) != 2 {
		t.Errorf("agree %v, seeds %v, %d plots", r.Agree(), r.Seeds, len(r.Plots))
	}
}

func TestWorldsThatDifferAreTold(t *testing.T) {
	for _, c := range []struct {
		hits, slow float64
		name       string
		distance   float64
	}{
		{0.81, 1, "hit ratio", 1},
		{0.8, 1.1, "Miss first byte p50", 10},
		{0.8, 0.9, "Miss first byte p99", -10},
	} {
		r, err := Run(t.Context(), Config{Load: load, Repeats: 3, Live: world(both, 0.8, 1), Virtual: world(one, c.hits, c.slow)})
		if err != nil {
			t.Fatal(err)
		}
		if f := find(t, r, c.name); f.Verdict != Apart || math.Abs(f.Distance-c.distance) > 0.5 {
			t.Errorf("%s: %+v, want it apart by about %v", c.name, f, c.distance)
		}
		if r.Agree() {
			t.Errorf("%s: the worlds are said to agree", c.name)
		}
	}
}

func TestOneRepetitionHasNoInterval(t *testing.T) {
	r, err := Run(t.Context(), Config{Load: load, Repeats: 1, Live: world(both, 0.8, 1), Virtual: world(one, 0.801, 1)})
	if err != nil {
		t.Fatal(err)
	}
	if f := find(t, r, "hit ratio"); f.Doubt != nil || f.Verdict != Unsure {
		t.Errorf("%+v: want neither an interval nor a verdict of one repetition", f)
	}
	var b strings.Builder
	if err := r.WriteTable(&b); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "no interval") {
		t.Error("the table does not say that there is no interval")
	}
	for _, line := range strings.Split(b.String(), "\n") {
		if len([]rune(line)) > 80 {
			t.Errorf("%d columns: %s", len([]rune(line)), line)
		}
	}
}

func TestInterruptedIsPartial(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	played := 0
	live := func(c context.Context, s *scenario.Scenario, v results.View) error {
		if played++; played == 2 {
			cancel()
			return errors.New("cut off")
		}
		return world(both, 0.8, 1)(c, s, v)
	}
	r, err := Run(ctx, Config{Load: load, Repeats: 5, Live: live, Virtual: world(one, 0.8, 1)})
	if err != nil || !r.Partial || len(r.Seeds) != 1 {
		t.Errorf("%v, %+v; want the one whole repetition, marked partial", err, r)
	}
}

func TestAWorldsFailureIsTold(t *testing.T) {
	broken := func(context.Context, *scenario.Scenario, results.View) error { return errors.New("no sockets") }
	_, err := Run(t.Context(), Config{Load: load, Repeats: 2, Live: broken, Virtual: world(one, 0.8, 1)})
	if err == nil || !strings.Contains(err.Error(), "live: no sockets") || !strings.Contains(err.Error(), "seed 1") {
		t.Errorf("error %v; want the world, the seed and the reason", err)
	}
}
