package curve

import (
	"context"
	"fmt"
	"math"
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

// The exact curve is where the intervals say, but for W-TinyLFU: its sketch ages by a
// number of requests that does not shrink as the cache does, which no shard tells.
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
			for i, e := range Joined(sharded(t, reqs, Sharding{N: n, Mean: meanSize(t, reqs), Seed: 1}, cells, Config{}), cells) {
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
		if float64(covered) < 0.85*float64(all) {
			t.Errorf("%d shards: of %d intervals of 95 %% the truth is in %d", n, all, covered)
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
