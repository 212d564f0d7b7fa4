package sketch

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// anyStream draws names such that counters change hands often: few and many,
// runs of new names, and what hurts Space-Saving most, names that come back
// just after they lost their counter.
func anyStream(t *rapid.T, label string) []uint64 {
	switch rapid.IntRange(0, 3).Draw(t, label+" kind") {
	case 0:
		return rapid.SliceOfN(rapid.Uint64Range(0, 12), 0, 400).Draw(t, label)
	case 1:
		return rapid.SliceOfN(rapid.Uint64(), 0, 400).Draw(t, label)
	case 2: // a few heavy names hidden among new ones
		return rapid.SliceOfN(rapid.OneOf(rapid.Uint64Range(0, 3), rapid.Uint64Range(100, 1<<40)), 0, 400).Draw(t, label)
	}
	around := rapid.IntRange(2, 20).Draw(t, label+" around")
	s := make([]uint64, rapid.IntRange(0, 400).Draw(t, label+" long"))
	for i := range s {
		s[i] = uint64(i % around)
	}
	return s
}

// truth is the plain map that a sketch is measured by.
type truth map[uint64]uint64

func (m truth) add(stream []uint64) truth {
	for _, k := range stream {
		m[k]++
	}
	return m
}

func counted(k int, stream []uint64) *SpaceSaving[uint64] {
	s := NewSpaceSaving[uint64](k)
	for _, key := range stream {
		v, fresh := s.At(key)
		if fresh {
			*v = 0
		}
		*v++
	}
	return s
}

// checkBounds holds the sketch to the theorems its comment states.
func checkBounds(t *rapid.T, s *SpaceSaving[uint64], want truth, k int) {
	t.Helper()
	var n, sum uint64
	for _, c := range want {
		n += c
	}
	if s.Total() != n {
		t.Fatalf("total %d, want %d", s.Total(), n)
	}
	if s.Beyond() > n/uint64(k) {
		t.Fatalf("a name without a counter may have come %d times: more than %d / %d", s.Beyond(), n, k)
	}
	last, seen := ^uint64(0), map[uint64]bool{}
	for c := range s.All() {
		if c.Count > last {
			t.Fatalf("count %d comes after %d", c.Count, last)
		}
		last = c.Count
		seen[c.Key] = true
		sum += c.Least()
		if real := want[c.Key]; c.Least() > real || real > c.Count || c.Error > n/uint64(k) {
			t.Fatalf("name %d came %d times, the sketch says %d with an error of %d", c.Key, real, c.Count, c.Error)
		}
		if *c.Value != c.Least() {
			t.Fatalf("the value of name %d was raised %d times, want %d", c.Key, *c.Value, c.Least())
		}
		if again, ok := s.Count(c.Key); !ok || again != c {
			t.Fatalf("name %d is found as %v, want %v", c.Key, again, c)
		}
	}
	for key, real := range want {
		if !seen[key] && real > s.Beyond() {
			t.Fatalf("name %d came %d times and has no counter: at most %d should", key, real, s.Beyond())
		}
	}
	if len(seen) != s.Len() || s.Len() > k || sum > n {
		t.Fatalf("%d counters of %d, %d in use, %d counted of %d", len(seen), k, s.Len(), sum, n)
	}
}

// Metwally et al. 2005, theorems 1 to 3: on any stream.
func TestSpaceSavingKeepsItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(1, 16).Draw(t, "k")
		stream := anyStream(t, "stream")
		s := counted(k, stream)
		checkBounds(t, s, truth{}.add(stream), k)
		s.checkOrder(t)
	})
}

// While there are counters for all, all is exact.
func TestSpaceSavingIsExactWhileItFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stream := rapid.SliceOfN(rapid.Uint64Range(0, 200), 0, 2000).Draw(t, "stream")
		s, want := counted(201, stream), truth{}.add(stream)
		if s.Beyond() != 0 || s.Len() != len(want) {
			t.Fatalf("%d names with %d beyond, want %d and 0", s.Len(), s.Beyond(), len(want))
		}
		for key, n := range want {
			if c, ok := s.Count(key); !ok || c.Count != n || c.Error != 0 {
				t.Fatalf("name %d: %v, want %d", key, c, n)
			}
		}
	})
}

// Agarwal et al. 2012: two sketches merged, and what comes later, keep the
// bounds of all three streams together.
func TestMergedSketchesKeepTheBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(1, 16).Draw(t, "k")
		first, second, third := anyStream(t, "first"), anyStream(t, "second"), anyStream(t, "third")
		s := counted(k, first)
		s.Merge(counted(k, second), func(into, from *uint64) { *into += *from })
		checkBounds(t, s, truth{}.add(first).add(second), k)
		for _, key := range third {
			v, fresh := s.At(key)
			if fresh {
				*v = 0
			}
			*v++
		}
		checkBounds(t, s, truth{}.add(first).add(second).add(third), k)
		s.checkOrder(t)
	})
}

// A smaller sketch that is merged into a larger one brings what it does not know.
func TestMergeOfASmallerSketch(t *testing.T) {
	large, small := counted(8, []uint64{1, 1, 2}), counted(1, []uint64{1, 2, 3, 4})
	large.Merge(small, func(into, from *uint64) { *into += *from })
	if got := large.Beyond(); got != 4 {
		t.Errorf("beyond %d, want 4: any name but 4 may have come 4 times in the smaller", got)
	}
	v, fresh := large.At(9)
	if c, _ := large.Count(9); !fresh || *v != 0 || c.Count != 5 || c.Error != 4 {
		t.Errorf("a new name has %d with an error of %d, want 5 and 4", c.Count, c.Error)
	}
}

// checkOrder walks what holds the counters together.
func (s *SpaceSaving[V]) checkOrder(t *rapid.T) {
	t.Helper()
	for place := s.low; place < s.most; place++ {
		it := s.items[s.order[place]]
		g := s.groups[it.group]
		if int(it.place) != place || place < int(g.first) || place > int(g.last) {
			t.Fatalf("place %d: item %+v, group %+v", place, it, g)
		}
	}
	if used := len(s.groups) - len(s.free); used > s.Len() {
		t.Fatalf("%d groups for %d counters", used, s.Len())
	}
}

func BenchmarkSpaceSaving(b *testing.B) {
	for _, what := range []struct {
		name   string
		k      int
		domain int
		power  float64
	}{{"skewed", 1 << 16, 1 << 20, 4}, {"uniform, ever new", 1 << 16, 1 << 24, 1}, {"fits", 1 << 16, 1 << 15, 2}} {
		b.Run(what.name, func(b *testing.B) {
			keys := randomKeys(1<<20, what.domain, what.power)
			s := NewSpaceSaving[[4]uint64](what.k)
			for _, key := range keys {
				s.At(key)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				v, _ := s.At(keys[i&(len(keys)-1)])
				v[0]++
			}
			b.ReportMetric(float64(s.Beyond())/float64(s.Total())*float64(what.k), "error·k/n")
		})
	}
}

// randomKeys draws n of a domain, the low ones more often the higher the power.
func randomKeys(n, domain int, power float64) []uint64 {
	rnd := rand.New(rand.NewPCG(1, 2))
	keys := make([]uint64, n)
	for i := range keys {
		x := rnd.Float64()
		for y, p := x, power; p > 1; p-- {
			x *= y
		}
		keys[i] = Mix(uint64(x*float64(domain)), 7)
	}
	return keys
}

func ExampleSpaceSaving() {
	s := NewSpaceSaving[struct{}](2)
	for _, name := range []uint64{1, 1, 1, 2, 3, 1, 3} {
		s.At(name)
	}
	for c := range s.All() {
		fmt.Printf("%d came %d to %d times\n", c.Key, c.Least(), c.Count)
	}
	// Output:
	// 1 came 4 to 4 times
	// 3 came 2 to 3 times
}
