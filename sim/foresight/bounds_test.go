package foresight

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"edgesim/edge/policy"
)

func intervalsOf(t testing.TB, asks []ask) *Intervals {
	v := new(Intervals)
	for _, a := range asks {
		if err := v.Add(a.object, a.size); err != nil {
			t.Fatal(err)
		}
	}
	return v
}

// TestPublishedBounds are the figures of the paper's authors' own program, as
// object hit ratios at 1, 10 and 100 MiB.
func TestPublishedBounds(t *testing.T) {
	for _, c := range []struct {
		trace string
		asks  []ask
		want  [3]string
	}{
		{"cloudPhysics", cloudPhysics(t), [3]string{"0.1931", "0.2418", "0.4026"}},
		{"adapt_size", adaptSize(t, true), [3]string{"", "0.3993", "0.3993"}},
	} {
		v := intervalsOf(t, c.asks)
		for i, capacity := range []int64{1 << 20, 10 << 20, 100 << 20} {
			b := boundOf("pfoo-l", v, capacity)
			if got := fmt.Sprintf("%.4f", 1-float64(b.Misses)/float64(b.Requests)); c.want[i] != "" && got != c.want[i] {
				t.Errorf("%s at %d bytes: hit ratio at the most %s, published %s", c.trace, capacity, got, c.want[i])
			}
		}
	}
}

func boundOf(name string, v *Intervals, capacity int64) Bound {
	for _, k := range Bounds() {
		if k.Name == name {
			return k.Of(v, capacity)
		}
	}
	panic(name)
}

// TestEveryPolicyIsAboveTheLowerBound, and the two bounds in order, on what is
// generated.
func TestEveryPolicyIsAboveTheLowerBound(t *testing.T) {
	asks := generated(3, 60_000, 8000, 0.8)
	v := intervalsOf(t, asks)
	for _, capacity := range []int64{30_000, 1 << 20, 20 << 20} {
		loose, low, high := boundOf("pfoo-l", v, capacity), boundOf("lagrange", v, capacity), boundOf("packed", v, capacity)
		if loose.Misses > low.Misses || low.Misses > high.Misses || loose.MissBytes > low.MissBytes || low.MissBytes > high.MissBytes {
			t.Errorf("at %d bytes: %+v above %+v above %+v", capacity, loose, low, high)
		}
		if gap, was := high.Misses-low.Misses, high.Misses-loose.Misses; float64(gap) > 0.8*float64(was)+10 {
			t.Errorf("at %d bytes: %d misses between the bounds, %d without prices", capacity, gap, was)
		}
		for _, k := range append(Kinds(), policy.Zoo()...) {
			got := play(k.New(policy.Config{Capacity: capacity}), asks, capacity)
			if got.misses < low.Misses || got.missBytes < low.MissBytes {
				t.Errorf("%s at %d bytes: %+v, below the bound %+v", k.Name, capacity, got, low)
			}
		}
	}
}

// drawSized is a tiny trace. Some objects change their sizes.
func drawSized(t *rapid.T) (asks []ask, capacity int64) {
	objects := rapid.IntRange(1, 5).Draw(t, "objects")
	sizes := rapid.SliceOfN(rapid.Int64Range(1, 9), objects, objects).Draw(t, "sizes")
	for _, o := range rapid.SliceOfN(rapid.IntRange(0, objects-1), 1, 12).Draw(t, "trace") {
		size := sizes[o]
		if rapid.IntRange(0, 7).Draw(t, "resized") == 0 {
			size = rapid.Int64Range(1, 9).Draw(t, "size")
		}
		asks = append(asks, ask{uint32(o), size})
	}
	return asks, rapid.Int64Range(1, 20).Draw(t, "capacity")
}

// TestBoundsBracketTheBestSchedule tries every schedule.
func TestBoundsBracketTheBestSchedule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		asks, capacity := drawSized(t)
		v := new(Intervals)
		for _, a := range asks {
			if err := v.Add(a.object, a.size); err != nil {
				t.Fatal(err)
			}
		}
		best, bestBytes := fewest(asks, capacity, false, false), fewest(asks, capacity, false, true)
		for _, k := range Bounds() {
			b := k.Of(v, capacity)
			if k.Lower && (b.Misses > best || b.MissBytes > bestBytes) {
				t.Fatalf("%s says at least %d misses, %d bytes; the best schedules have %d, %d", k.Name, b.Misses, b.MissBytes, best, bestBytes)
			}
			if !k.Lower && (b.Misses < best || b.MissBytes < bestBytes) {
				t.Fatalf("%s says %d misses, %d bytes can be had; the best schedules have %d, %d", k.Name, b.Misses, b.MissBytes, best, bestBytes)
			}
		}
	})
}

func TestSortByHigh(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOf(rapid.Uint64Range(0, 1<<63-1)).Draw(t, "numbers")
		want := slices.SortedStableFunc(slices.Values(all), func(a, b uint64) int { return cmp.Compare(a>>32, b>>32) })
		if sortByHigh(all); !slices.Equal(all, want) {
			t.Fatalf("%x, want %x", all, want)
		}
	})
}

func TestLoadsAgainstAnArray(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 70).Draw(t, "moments")
		held, plain := newLoads(n), make([]int64, n)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			from := rapid.IntRange(0, n-1).Draw(t, "from")
			to := rapid.IntRange(from+1, n).Draw(t, "to")
			if got, want := held.most(uint32(from), uint32(to)), slices.Max(plain[from:to]); got != want {
				t.Fatalf("most of %d to %d: %d, want %d", from, to, got, want)
			}
			size := rapid.Int64Range(1, 1000).Draw(t, "size")
			held.add(uint32(from), uint32(to), size)
			for i := from; i < to; i++ {
				plain[i] += size
			}
		}
	})
}

func BenchmarkBounds(b *testing.B) {
	asks := generated(1, 200_000, 20_000, 0.9)
	for _, k := range Bounds() {
		b.Run(k.Name, func(b *testing.B) {
			for b.Loop() {
				got := k.Of(intervalsOf(b, asks), 50<<20)
				b.ReportMetric(float64(got.Misses)/float64(got.Requests), "miss-ratio")
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(asks)), "ns/request")
		})
	}
}
