package report

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

var anyMicros = rapid.OneOf(rapid.Int64Range(0, 300), rapid.Int64Range(0, 1e6), rapid.Int64Range(0, mostMicros))

// Every time lies in its bin, and no bin above 256 µs is wider than 1/128 of
// what it holds.
func TestSpreadBins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		us := anyMicros.Draw(t, "µs")
		bin := binOf(us)
		least, width := binRange(bin)
		if us < least || us >= least+width {
			t.Fatalf("%d µs are in bin %d of %d µs and %d more", us, bin, least, width)
		}
		if width > 1 && width*perPage > least {
			t.Fatalf("bin %d of %d µs is %d wide", bin, least, width)
		}
	})
	if bin := binOf(mostMicros); bin != perPage*spreadPages-1 {
		t.Errorf("the longest time is in bin %d, want the last", bin)
	}
	if got := micros(-5); got != 0 {
		t.Errorf("a negative time counts as %d µs", got)
	}
	if got := micros(math.MaxInt64 - 500); got != mostMicros {
		t.Errorf("an endless time counts as %d µs", got)
	}
}

// Quantiles are those of the sorted times to 0.4 %, mean and longest exact, also
// when two spreads are put together.
func TestSpreadIsAsSorting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		times := rapid.SliceOfN(anyMicros, 1, 100).Draw(t, "times")
		cut := rapid.IntRange(0, len(times)).Draw(t, "cut")
		var a, b spread
		var sum int64
		for i, us := range times {
			sum += us
			if i < cut {
				a.add(us)
			} else {
				b.add(us)
			}
		}
		a.merge(&b)
		slices.Sort(times)
		qs := []float64{0, 0.5, 0.9, 0.99, 1}
		for i, got := range a.quantiles(qs...) {
			want := float64(times[max(int(math.Ceil(qs[i]*float64(len(times)))), 1)-1]) / 1000
			if math.Abs(got-want) > 0.004*want+1e-9 {
				t.Fatalf("quantile %v is %v ms, want %v", qs[i], got, want)
			}
		}
		if want := float64(sum) / float64(len(times)) / 1000; math.Abs(a.mean()-want) > 1e-9*want {
			t.Fatalf("mean %v, want %v", a.mean(), want)
		}
		if a.most() != float64(times[len(times)-1])/1000 || a.total() != int64(len(times)) {
			t.Fatalf("longest %v of %d", a.most(), a.total())
		}
	})
}

// A bin counts beyond 32 bits.
func TestSpreadCountsBillions(t *testing.T) {
	var s, twice spread
	s.count(5, math.MaxUint32)
	s.note(math.MaxUint32, 0, 5)
	for range 3 {
		s.add(5)
	}
	twice.merge(&s)
	twice.merge(&s)
	twice.each(func(bin int, n int64) {
		if bin != 5 || n != 2*(math.MaxUint32+3) {
			t.Errorf("bin %d counts %d", bin, n)
		}
	})
	if got := twice.quantiles(1)[0]; got != 0.005 {
		t.Errorf("all took %v ms, want 0.005", got)
	}
}

func TestSpreadOfNothing(t *testing.T) {
	var none *spread
	if none.total() != 0 || !math.IsNaN(none.mean()) || !math.IsNaN(none.most()) || !math.IsNaN(none.quantiles(0.5)[0]) {
		t.Error("no times have figures")
	}
}
