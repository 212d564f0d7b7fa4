package workloads

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

var exponents = []float64{0, 0.6, 0.8, 0.995, 1, 1.2, 2}

// chiSquare is the probability that counts differ from expected at least so
// much by chance. Bins of fewer than 20 expected draws are taken together.
func chiSquare(counts, expected []float64) float64 {
	sum, bins, restCount, restExpected := 0.0, 0, 0.0, 0.0
	for i, e := range expected {
		if restCount, restExpected = restCount+counts[i], restExpected+e; restExpected >= 20 {
			sum += (restCount - restExpected) * (restCount - restExpected) / restExpected
			restCount, restExpected, bins = 0, 0, bins+1
		}
	}
	return distuv.ChiSquared{K: float64(bins - 1)}.Survival(sum)
}

// zipfFit draws from ranks and compares with Zipf's law in bins that end
// before the given ranks.
func zipfFit(r Ranks, n uint64, s float64, ends []uint64, draws int) float64 {
	counts, expected := make([]float64, len(ends)), make([]float64, len(ends))
	for range draws {
		k := r.Draw()
		if k >= n {
			return 0
		}
		lo, hi := 0, len(ends)-1
		for lo < hi {
			if mid := (lo + hi) / 2; k < ends[mid] {
				hi = mid
			} else {
				lo = mid + 1
			}
		}
		counts[lo]++
	}
	before, whole := 0.0, harmonic(n, s)
	for i, end := range ends {
		until := harmonic(end, s)
		expected[i], before = (until-before)/whole*float64(draws), until
	}
	return chiSquare(counts, expected)
}

// binsOf are all ranks one by one up to 100, then bins a tenth wider each.
func binsOf(n uint64) (ends []uint64) {
	for end := uint64(1); end < n; end += 1 + end/100*10 {
		ends = append(ends, end)
	}
	return append(ends, n)
}

func TestRanksFollowZipf(t *testing.T) {
	const doubt = 1e-3 // fixed seeds: once passed, always passed
	for _, s := range exponents {
		for _, n := range []uint64{1, 2, 10, 50_000} {
			fits(t, "binned", newBinned(n, mandelbrot(s, 0), rand.NewPCG(1, n)), n, s, doubt)
		}
		for _, n := range []uint64{1e6, 1e9, 1e12} {
			r, err := NewZipf(n, s, rand.NewPCG(3, n))
			if err != nil {
				t.Fatal(err)
			}
			fits(t, fmt.Sprintf("%T", r), r, n, s, doubt)
		}
	}
}

func fits(t *testing.T, name string, r Ranks, n uint64, s, doubt float64) {
	t.Helper()
	if n == 1 {
		if k := r.Draw(); k != 0 {
			t.Errorf("%s: rank %d of one", name, k)
		}
		return
	}
	if p := zipfFit(r, n, s, binsOf(n), 100_000); !(p > doubt) {
		t.Errorf("%s n=%d s=%v: chi-square p = %v; want above %v", name, n, s, p, doubt)
	}
}

func TestAliasTableIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.OneOf(rapid.Just(0.0), rapid.Float64Range(0, 1), rapid.Float64Range(0, 1e6)), 1, 200).
			Filter(func(w []float64) bool { return total(w) > 1e-200 }).Draw(t, "weights")
		table := newAlias(weights)
		got := make([]float64, len(weights))
		for i, c := range table {
			got[i] += float64(c.cut) / (1 << 32)
			got[c.other] += 1 - float64(c.cut)/(1<<32)
		}
		for i, w := range weights {
			want := w / total(weights)
			if d := math.Abs(got[i]/float64(len(table)) - want); d > 0x1p-31 {
				t.Fatalf("index %d has probability %v, want %v", i, got[i]/float64(len(table)), want)
			}
			if w == 0 && got[i] > 1e-9 {
				t.Fatalf("index %d of weight 0 has probability %v", i, got[i])
			}
		}
	})
}

func total(w []float64) (sum float64) {
	for _, x := range w {
		sum += x
	}
	return sum
}

func TestZipfShare(t *testing.T) {
	for _, c := range []struct { // exact shares, in whole per cent
		n    uint64
		s    float64
		k    uint64
		want float64
	}{
		{1e5, 0.6, 1e3, .15}, {1e5, 0.6, 1e4, .39}, {1e5, 0.8, 1e3, .34}, {1e5, 0.8, 1e4, .60},
		{1e5, 1.0, 1e3, .62}, {1e5, 1.0, 1e4, .81}, {1e5, 1.1, 1e3, .75}, {1e5, 1.1, 1e4, .89},
		{1e6, 0.8, 1e4, .36}, {1e6, 0.8, 1e5, .61}, {1e6, 1.0, 1e4, .68}, {1e6, 1.0, 1e5, .84},
		{1000, 0, 10, .01}, {5, 3, 5, 1},
	} {
		if got := ZipfShare(c.n, c.s, c.k); math.Abs(got-c.want) > 0.005 {
			t.Errorf("ZipfShare(%d, %v, %d) = %.4f, want %.2f", c.n, c.s, c.k, got, c.want)
		}
	}
}

func TestHarmonicAgreesWithItsSum(t *testing.T) {
	for _, s := range []float64{0, 0.5, 0.999, 1, 1.001, 2, 7} {
		sum := 0.0
		for k := 200_000; k > 0; k-- {
			sum += math.Pow(float64(k), -s)
		}
		if got := harmonic(200_000, s); math.Abs(got/sum-1) > 1e-11 {
			t.Errorf("s=%v: %v, want %v", s, got, sum)
		}
	}
}

func TestNewZipfRefuses(t *testing.T) {
	for _, c := range []struct {
		n uint64
		s float64
	}{{0, 1}, {MaxObjects + 1, 1}, {1, -0.1}, {1, math.NaN()}, {1, math.Inf(1)}, {1, 20.5}} {
		if _, err := NewZipf(c.n, c.s, rand.NewPCG(1, 1)); err == nil {
			t.Errorf("NewZipf(%d, %v) took it", c.n, c.s)
		}
	}
}

func TestTheLargestCatalogKeepsItsBounds(t *testing.T) {
	for _, s := range []float64{0, 0.001, 0.5, 0.9999, 1, 1.0001, 3, 20} {
		r, err := NewZipf(MaxObjects, s, rand.NewPCG(1, 1))
		if err != nil {
			t.Fatal(err)
		}
		for range 10_000 {
			if k := r.Draw(); k >= MaxObjects {
				t.Fatalf("s=%v: rank %d", s, k)
			}
		}
	}
}

func BenchmarkRanks(b *testing.B) {
	for _, s := range []float64{0.8, 0.999, 1, 1.2} {
		for _, n := range []uint64{1e4, 1e6, 1e9} {
			b.Run(fmt.Sprintf("s=%v/n=%.0e", s, float64(n)), func(b *testing.B) {
				benchRanks(b, newBinned(n, mandelbrot(s, 0), rand.NewPCG(1, 1)))
			})
		}
	}
}

// benchRanks draws through the interface, as a Synthetic does. The share of the
// first ten ranks, printed beside the speed, says that the law is the same.
func benchRanks(b *testing.B, r Ranks) {
	b.ReportAllocs()
	top := 0
	for b.Loop() {
		if r.Draw() < 10 {
			top++
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "M/s")
	b.ReportMetric(float64(top)/float64(b.N), "top10")
}
