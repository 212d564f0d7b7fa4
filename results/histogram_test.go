package results

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"pgregory.net/rapid"
)

// Quantiles are those of the sorted times to three digits and a microsecond;
// mean and extremes are exact.
func TestHistogramIsAsSorting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		times := rapid.SliceOfN(rapid.OneOf(
			rapid.Int64Range(0, 3e6),
			rapid.Int64Range(0, int64(2*time.Hour)),
		), 1, 400).Draw(t, "ns")
		h := NewHistogram()
		var sum float64
		for _, ns := range times {
			h.Record(ns)
			sum += float64(ns)
		}
		slices.Sort(times)
		near(t, "mean", h.Mean(), sum/float64(len(times))/1e6, 1e-9)
		near(t, "min", h.Min(), float64(times[0])/1e6, 0)
		near(t, "max", h.Max(), float64(times[len(times)-1])/1e6, 0)
		for _, q := range []float64{0.5, 0.9, 0.99, 1} {
			rank := min(len(times)-1, max(0, int(q*float64(len(times))+0.5)-1))
			near(t, "quantile", h.Quantile(q), float64(times[rank])/1e6, 0.001)
		}
		if h.Count() != int64(len(times)) || h.Clamped() != 0 {
			t.Fatalf("%d counted and %d clamped of %d", h.Count(), h.Clamped(), len(times))
		}
	})
}

// near allows a relative error and, for rounding, a microsecond.
func near(t *rapid.T, what string, got, want, relative float64) {
	t.Helper()
	slack := want * relative
	if relative > 1e-6 {
		slack += 0.001
	}
	if math.Abs(got-want) > slack+1e-9 {
		t.Fatalf("%s is %v ms, want %v ms", what, got, want)
	}
}

func TestHistogramResolvesMicroseconds(t *testing.T) {
	h := NewHistogram()
	for us := range int64(2000) {
		h.Record(us*1000 + 1)
	}
	n := int64(0)
	h.Each(func(ms float64, count int64) {
		if count != 1 || math.Abs(ms-float64(n)/1000) > 1e-9 {
			t.Fatalf("bucket %d holds %d times at %v ms", n, count, ms)
		}
		n++
	})
	if n != 2000 {
		t.Errorf("%d buckets, want 2000", n)
	}
}

func TestHistogramClamps(t *testing.T) {
	h := NewHistogram()
	h.Record(-5)
	h.Record(int64(3 * time.Hour))
	h.Record(math.MaxInt64 - 1000)
	h.Record(int64(time.Hour))
	if h.Clamped() != 3 || h.Count() != 4 {
		t.Errorf("%d of %d clamped, want 3 of 4", h.Clamped(), h.Count())
	}
	if h.Min() != 0 || h.Max() != 2*3600*1000 {
		t.Errorf("extremes %v and %v ms, want 0 and 7,200,000", h.Min(), h.Max())
	}
}

func TestHistogramWithoutTimes(t *testing.T) {
	var none *Histogram
	for _, h := range []*Histogram{none, NewHistogram()} {
		if h.Figures() != (Figures{}) || h.Quantile(0.5) != 0 || h.Mean() != 0 || h.Min() != 0 || h.Max() != 0 {
			t.Errorf("an empty histogram has figures: %+v", h.Figures())
		}
		h.Each(func(float64, int64) { t.Error("an empty histogram has a bucket") })
	}
	h := NewHistogram()
	h.Merge(nil)
	h.Merge(NewHistogram())
	h.Record(3e6)
	if h.Min() != 3 {
		t.Errorf("after a merge with nothing the smallest time is %v, want 3", h.Min())
	}
}

func TestHistogramPercentileFile(t *testing.T) {
	h := NewHistogram()
	for i := range int64(1000) {
		h.Record(i * i * 1000) // 0 to 998 ms
	}
	var b strings.Builder
	if err := h.WritePercentiles(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/squares.hgrm", b.String())
}

func BenchmarkHistogram(b *testing.B) {
	h := NewHistogram()
	b.ReportAllocs()
	for i := int64(0); b.Loop(); i++ {
		h.Record(i & (1<<26 - 1))
	}
}

func TestExtremeTimesAreClamped(t *testing.T) {
	h := NewHistogram()
	h.Record(math.MaxInt64)
	h.Record(math.MinInt64)
	if h.Clamped() != 2 || h.Max() != 2*3600*1000 {
		t.Errorf("clamped %d, most %v ms", h.Clamped(), h.Max())
	}
}

// A histogram answers as a plain HdrHistogram that was given the same times, one
// by one, merged or not.
func TestHistogramIsAnHdrHistogram(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		us := rapid.SliceOfN(rapid.OneOf(rapid.Int64Range(0, 5000), rapid.Int64Range(0, histogramMost)), 1, 50).Draw(t, "us")
		cut := rapid.IntRange(0, len(us)).Draw(t, "cut")
		plain, a, b := hdrhistogram.New(histogramLowest, histogramMost, histogramDigits), NewHistogram(), NewHistogram()
		for i, v := range us {
			if err := plain.RecordValue(v); err != nil {
				t.Fatal(err)
			}
			if i < cut {
				a.Record(v * 1000)
			} else {
				b.Record(v * 1000)
			}
			a.Quantile(0.5) // asked in between, it must not remember
		}
		a.Merge(b)
		if !a.whole().Equals(plain) {
			t.Fatalf("%v: counts differ from an HdrHistogram's", us)
		}
		for _, bin := range []int{histogramBin(us[0]), histogramBin(histogramMost)} {
			if histogramBin(binMicros(bin)) != bin || bin >= histogramPages<<histogramPageBits {
				t.Fatalf("bin %d begins at %d µs, which is in bin %d", bin, binMicros(bin), histogramBin(binMicros(bin)))
			}
		}
	})
}
