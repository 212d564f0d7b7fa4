package workloads

import (
	"math"
	"sort"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

// ksFit is the probability that n samples differ from the distribution function
// at least so much by chance (Kolmogorov's limit, good for large n).
func ksFit(samples []float64, cdf func(float64) float64) float64 {
	sort.Float64s(samples)
	n, d := float64(len(samples)), 0.0
	for i, x := range samples {
		f := cdf(x)
		d = max(d, f-float64(i)/n, float64(i+1)/n-f)
	}
	p, t := 0.0, d*math.Sqrt(n)
	for k := 1.0; k <= 100; k++ {
		p += 2 * math.Pow(-1, k-1) * math.Exp(-2*k*k*t*t)
	}
	return min(max(p, 0), 1)
}

func mustSizes(t *testing.T, m SizeModel) sizes {
	t.Helper()
	s, err := newSizes(m)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSizesFollowTheirModel compares sizes with the distribution function of the
// SURGE hybrid, and of its body and its tail alone. Sizes are a hundred times
// SURGE's, so that rounding to whole bytes does not show.
func TestSizesFollowTheirModel(t *testing.T) {
	for _, share := range []float64{0, 0.07, 1} {
		m := SizeModel{Median: 1_160_000, Sigma: 1.318, TailShare: share, TailFrom: 13_300_000, TailIndex: 1.1, Max: MaxObjects}
		s := mustSizes(t, m)
		body := distuv.LogNormal{Mu: math.Log(float64(m.Median)), Sigma: m.Sigma}
		tail := distuv.Pareto{Xm: float64(m.TailFrom), Alpha: m.TailIndex}
		samples := make([]float64, 50_000)
		for i := range samples {
			samples[i] = float64(s.at(open(hash(7, uint64(i)))))
		}
		p := ksFit(samples, func(x float64) float64 { return (1-share)*body.CDF(x) + share*tail.CDF(x) })
		if p < 1e-3 {
			t.Errorf("with a tail of %v: Kolmogorov-Smirnov p = %v", share, p)
		}
	}
}

func TestSizesFromP99(t *testing.T) {
	s := mustSizes(t, SizeModel{Median: 10_000, P99: 400_000})
	if got := s.at(0.99); got < 399_990 || got > 400_010 {
		t.Errorf("99th percentile is %d, want 400,000", got)
	}
	if got := s.at(0.5); got < 9_999 || got > 10_001 {
		t.Errorf("median is %d, want 10,000", got)
	}
}

func TestSizesKeepTheirBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		least := rapid.Int64Range(1, 1000).Draw(t, "min")
		m := SizeModel{
			Median: rapid.Int64Range(1, 1e9).Draw(t, "median"), Sigma: rapid.Float64Range(0, 20).Draw(t, "sigma"),
			TailShare: rapid.Float64Range(0, 1).Draw(t, "share"), TailFrom: 10, TailIndex: rapid.Float64Range(0.01, 3).Draw(t, "index"),
			Min: least, Max: rapid.Int64Range(least, 1<<53).Draw(t, "max"),
		}
		s, err := newSizes(m)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.at(open(rapid.Uint64().Draw(t, "chance"))); got < m.Min || got > m.Max {
			t.Fatalf("size %d outside %d to %d", got, m.Min, m.Max)
		}
	})
}

func TestSizeModelRefuses(t *testing.T) {
	good := SizeModel{Median: 1000, Sigma: 1}
	for field, spoil := range map[string]func(*SizeModel){
		"Median":      func(m *SizeModel) { m.Median = 0 },
		"Sigma":       func(m *SizeModel) { m.Sigma = math.NaN() },
		"P99":         func(m *SizeModel) { m.P99 = 5000 },
		"P99 ":        func(m *SizeModel) { m.Sigma, m.P99 = 0, 5 },
		"Min and Max": func(m *SizeModel) { m.Min, m.Max = 10, 5 },
		"TailShare":   func(m *SizeModel) { m.TailShare = 1.5 },
		"TailFrom":    func(m *SizeModel) { m.TailShare = 0.5 },
		"TailIndex":   func(m *SizeModel) { m.TailShare, m.TailFrom = 0.5, 5 },
	} {
		m := good
		spoil(&m)
		if _, err := newSizes(m); err == nil || !strings.HasPrefix(err.Error(), strings.TrimSpace(field)) {
			t.Errorf("error %v; want one about %s", err, field)
		}
	}
}
