package curve

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"edgesim/workloads/trace"
)

// sharded plays all shards.
func sharded(t testing.TB, reqs []trace.Request, s Sharding, cells []Cell, c Config) (parts []*Part) {
	t.Helper()
	for i := range s.N {
		p, err := Shard(context.Background(), read(reqs), s, i, cells, c)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, p)
	}
	return parts
}

func meanSize(t testing.TB, reqs []trace.Request) float64 {
	_, sum := played(t, reqs, nil, Config{})
	return float64(sum.WorkingSet) / float64(sum.Objects)
}

// Every request is in some shards and stands there for as much as makes one of it.
func TestShardsAddUpToTheTrace(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		reqs := zipfTrace(2000, 10_000, 0.8, rapid.Bool().Draw(rt, "sized"), rapid.Float64Range(0, 0.3).Draw(rt, "resized"), 9)
		s := Sharding{N: rapid.IntRange(LeastShards, 40).Draw(rt, "n"), Mean: meanSize(t, reqs), Seed: rapid.Uint64().Draw(rt, "seed")}
		c := Config{Warmup: rapid.Int64Range(0, 9_000).Draw(rt, "warmup"), ResizedNew: rapid.Bool().Draw(rt, "new")}
		requests, bytes, objects := 0.0, 0.0, 0
		parts := sharded(t, reqs, s, []Cell{{"fifo", 1 << 20}}, c)
		for _, p := range parts {
			requests, bytes, objects = requests+p.Requests, bytes+p.Bytes, objects+p.Objects
		}
		counted, sum := float64(parts[0].Counted), float64(parts[0].Sum)
		if n := float64(s.N); math.Abs(requests/n-counted) > 1e-6*counted || math.Abs(bytes/n-sum) > 1e-6*sum {
			rt.Errorf("%d shards have %.3f requests and %.1f bytes; right are %v and %v", s.N, requests/n, bytes/n, counted, sum)
		}
		if counted != 10_000-float64(c.Warmup) {
			rt.Errorf("%v counted", counted)
		}
	})
}

// Of objects of one size each is in one shard, which is the trace of its objects in a
// cache of an N-th: played here by the cells that all curves are played by.
func TestAShardOfEqualObjectsIsASmallTrace(t *testing.T) {
	reqs := zipfTrace(4000, 40_000, 0.8, false, 0, 3)
	s := Sharding{N: 8, Mean: 1, Seed: 11}
	for _, policy := range []string{"lru", "sieve", "s3fifo", "lirs", "wtinylfu", "adaptsize"} {
		cells := []Cell{{policy, 80}, {policy, 800}, {policy, 1600}}
		dealt := map[uint64]int{}
		for i, p := range sharded(t, reqs, s, cells, Config{Warmup: 5000}) {
			var own []trace.Request
			warmup := int64(0)
			for k, r := range reqs {
				if spread(r.ID^spread(s.Seed^0x5a4d3))%8 == uint64(i) {
					own = append(own, r)
					dealt[r.ID]++
					if k < 5000 {
						warmup++
					}
				}
			}
			small := make([]Cell, len(cells))
			for k, c := range cells {
				small[k] = Cell{c.Policy, c.Capacity / 8}
			}
			want, _ := played(t, own, small, Config{Warmup: warmup})
			for k, w := range want {
				got := p.Missed[k].Requests / 8
				// policies that reckon with the capacity in bytes differ by the scale
				tolerance := 0.0
				if policy != "lru" && policy != "sieve" {
					tolerance = 0.03
				}
				if math.Abs(got-float64(w.Misses)) > tolerance*float64(w.Misses)+1e-6 {
					t.Errorf("%s, shard %d: %v misses %.0f times, and the small trace %d times", policy, i, cells[k], got, w.Misses)
				}
			}
		}
	}
}

// The exact curve is where the intervals say.
func TestShardsKnowHowSureTheyAre(t *testing.T) {
	if raceEnabled {
		t.Skip("slow with the race detector, which has nothing to find in one goroutine")
	}
	reqs := zipfTrace(60_000, 300_000, 0.9, true, 0, 5)
	set := workingSet(reqs)
	for _, n := range []int{8, 16} {
		covered, all := 0, 0
		for _, policy := range []string{"lru", "sieve", "s3fifo", "gdsf", "wtinylfu"} {
			cells := []Cell{{policy, set / 32}, {policy, set / 8}, {policy, set / 2}}
			truth, _ := played(t, reqs, cells, Config{})
			s := Sharding{N: n, Mean: meanSize(t, reqs), Seed: 1}
			for i, e := range s.Joined(sharded(t, reqs, s, cells, Config{}), cells) {
				r, b := truth[i].MissRatio(), truth[i].ByteMissRatio()
				for _, one := range []struct{ at, low, high, truth float64 }{{e.MissRatio, e.Low, e.High, r}, {e.ByteMissRatio, e.ByteLow, e.ByteHigh, b}} {
					all++
					if one.low <= one.truth && one.truth <= one.high {
						covered++
					}
					most := 0.01
					if policy == "wtinylfu" {
						most = 0.03
					}
					if math.Abs(one.at-one.truth) > most {
						t.Errorf("%d shards, %v: %.4f (%.4f to %.4f), and the truth is %.4f", n, cells[i], one.at, one.low, one.high, one.truth)
					}
				}
			}
		}
		t.Logf("%d shards: the truth is in %d of %d intervals", n, covered, all)
		if float64(covered) < 0.9*float64(all) {
			t.Errorf("%d shards: of %d intervals of 95 %% the truth is in %d", n, all, covered)
		}
	}
}

// Of real traces, too, and of policies that are themselves only in large caches: nine of
// ten points are where the intervals say, of each trace.
func TestShardsKnowHowSureTheyAreOfRealTraces(t *testing.T) {
	data := os.Getenv("EDGESIM_DATA")
	switch {
	case data == "":
		t.Skip("EDGESIM_DATA is unset: the traces are not part of the project")
	case testing.Short() || raceEnabled:
		t.Skip("slow with the race detector, which has nothing to find in one goroutine")
	}
	for name, file := range map[string]string{
		"adaptsize": "adaptsize/adapt_size_request.trace.xz", "web12": "cache2k/cache2k_web12.trace.xz", "sprite": "lirs/lirs_sprite.trace.gz",
		"oltp": "arc/arc_oltp.gz", "multi3": "lirs/lirs_multi3.trace.gz",
	} {
		open := func() *trace.Trace {
			tr, err := trace.Open(trace.Options{Files: []string{filepath.Join(data, "traces", file)}, Limit: 200_000})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { tr.Close() })
			return tr
		}
		_, sum, err := Play(context.Background(), open(), nil, Config{})
		if err != nil {
			t.Fatal(err)
		}
		var cells []Cell
		for _, policy := range []string{"lru", "sieve", "s3fifo", "gdsf", "lirs", "wtinylfu", "lruk"} {
			for _, share := range []int64{200, 40, 10, 3} {
				cells = append(cells, Cell{policy, sum.WorkingSet / share})
			}
		}
		truth, _, err := Play(context.Background(), open(), cells, Config{})
		if err != nil {
			t.Fatal(err)
		}
		s := Sharding{N: 12, Mean: float64(sum.WorkingSet) / float64(sum.Objects), Seed: 3}
		var parts []*Part
		for i := range s.N {
			p, err := Shard(context.Background(), open(), s, i, cells, Config{})
			if err != nil {
				t.Fatal(err)
			}
			parts = append(parts, p)
		}
		covered := 0
		for i, e := range s.Joined(parts, cells) {
			if v := truth[i].MissRatio(); e.Low <= v && v <= e.High {
				covered++
			} else {
				t.Logf("%s, %v: %.4f to %.4f, and the truth is %.4f", name, cells[i], e.Low, e.High, v)
			}
		}
		t.Logf("%s: the truth is in %d of %d intervals", name, covered, len(cells))
		if float64(covered) < 0.9*float64(len(cells)) {
			t.Errorf("%s: of %d intervals of 95 %% the truth is in %d", name, len(cells), covered)
		}
	}
}

// What is allowed for playing in small gets less as caches get larger.
func TestBiasShrinks(t *testing.T) {
	for _, policy := range []string{"lru", "sieve", "lhd"} {
		last := 1.0
		for n := 0.01; n < 1e9; n *= 3 {
			b := bias(policy, n)
			if b > last || b <= 0 {
				t.Errorf("%s: %v of %v objects, and %v of a third", policy, b, n, last)
			}
			last = b
		}
		if last > 1e-4 {
			t.Errorf("%s: %v of 10⁹ objects", policy, last)
		}
	}
}

func TestShardsThatAreNone(t *testing.T) {
	good := Sharding{N: 8, Mean: 1}
	for i, c := range []struct {
		s      Sharding
		number int
		cell   Cell
	}{
		{Sharding{N: 3, Mean: 1}, 0, Cell{"lru", 1}},
		{Sharding{N: MostShards + 1, Mean: 1}, 0, Cell{"lru", 1}},
		{Sharding{N: 8}, 0, Cell{"lru", 1}},
		{Sharding{N: 8, Mean: math.Inf(1)}, 0, Cell{"lru", 1}},
		{Sharding{N: 8, Mean: math.NaN()}, 0, Cell{"lru", 1}},
		{good, 8, Cell{"lru", 1}}, {good, -1, Cell{"lru", 1}},
		{good, 0, Cell{"lru", 0}}, {good, 0, Cell{"belady", 1}}, {good, 0, Cell{"none", 1}}, {good, 0, Cell{Bounds()[0], 1}},
	} {
		if _, err := Shard(context.Background(), read(nil), c.s, c.number, []Cell{c.cell}, Config{}); err == nil {
			t.Errorf("case %d, %+v, shard %d is played", i, c.s, c.number)
		}
	}
}

func TestCurvesTravelWhole(t *testing.T) {
	reqs := zipfTrace(3000, 30_000, 0.9, true, 0, 6)
	c, _ := exactCurve(t, reqs, Config{})
	text, err := c.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	var got Curve
	if err := got.UnmarshalJSON(text); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got.Points(128)) != fmt.Sprint(c.Points(128)) {
		t.Error("a curve changes on its way")
	}
	if err := got.UnmarshalJSON([]byte(`{"distances":[1],"weights":[]}`)); err == nil {
		t.Error("half a curve is read")
	}
}

func BenchmarkShard(b *testing.B) {
	reqs := zipfTrace(60_000, 300_000, 0.9, true, 0, 5)
	cells := []Cell{{"lru", 1 << 28}, {"sieve", 1 << 28}}
	for b.Loop() {
		if _, err := Shard(context.Background(), read(reqs), Sharding{N: 16, Mean: 3e4}, 3, cells, Config{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(reqs)), "ns/request")
}
