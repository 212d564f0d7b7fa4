package workloads

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

func mustArrivals(t testing.TB, name string, rate float64) Arrivals {
	t.Helper()
	a, err := NewArrivals(name, ArrivalConfig{Rate: rate, RNG: rand.NewPCG(1, 2)})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestPoissonGapsAreExponential, at a rate where a gap is a million nanoseconds
// on average and their rounding does not show.
func TestPoissonGapsAreExponential(t *testing.T) {
	a, before := mustArrivals(t, "poisson", 1000), time.Duration(0)
	gaps := make([]float64, 400_000)
	for i := range gaps {
		at := a.Next()
		gaps[i], before = (at - before).Seconds(), at
	}
	if p := ksFit(gaps, distuv.Exponential{Rate: 1000}.CDF); p < 1e-3 {
		t.Errorf("Kolmogorov-Smirnov p = %v", p)
	}
}

// TestPoissonCountsArePoisson: in windows of 1 ms the variance of the counts is
// their mean, which gaps alone do not show (they might depend on each other).
func TestPoissonCountsArePoisson(t *testing.T) {
	a := mustArrivals(t, "poisson", 5000)
	counts := make([]float64, 20_000)
	for at := a.Next(); at < 20*time.Second; at = a.Next() {
		counts[at/time.Millisecond]++
	}
	mean := total(counts) / float64(len(counts))
	variance := 0.0
	for _, c := range counts {
		variance += (c - mean) * (c - mean) / float64(len(counts))
	}
	if math.Abs(mean-5) > 0.1 || math.Abs(variance/mean-1) > 0.05 {
		t.Errorf("mean %.3f, variance over mean %.3f; want 5 and 1", mean, variance/mean)
	}
}

func TestConstantDoesNotDrift(t *testing.T) {
	for rate, k := range map[float64]int{3: 3_000_000, 7000: 7_000_000, 0.5: 1000} {
		a := mustArrivals(t, "constant", rate)
		var at time.Duration
		for range k + 1 {
			at = a.Next()
		}
		if want := time.Duration(float64(k) / rate * 1e9); at != want {
			t.Errorf("at %v/s request %d is at %v, want %v", rate, k, at, want)
		}
	}
}

// TestPoissonDoesNotDrift: the fractions of nanoseconds are kept, so that at ten
// requests per nanosecond (gaps that all round to 0) the rate still holds.
func TestPoissonDoesNotDrift(t *testing.T) {
	a := mustArrivals(t, "poisson", 1e10)
	var at time.Duration
	for range 1_000_000 {
		at = a.Next()
	}
	if at < 99_000 || at > 101_000 {
		t.Errorf("a million requests took %v, want about 100 µs", at)
	}
}

func TestTimeNeverGoesBack(t *testing.T) {
	for _, kind := range ArrivalKinds() {
		rapid.Check(t, func(t *rapid.T) {
			rate := math.Exp(rapid.Float64Range(-60, 60).Draw(t, "ln rate"))
			a, err := NewArrivals(kind.Name, ArrivalConfig{Rate: rate, RNG: rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)})
			if err != nil {
				t.Fatal(err)
			}
			before := time.Duration(0)
			for range 100 {
				at := a.Next()
				if at < before {
					t.Fatalf("%s at %v/s: %v after %v", kind.Name, rate, at, before)
				}
				before = at
			}
		})
	}
}

func TestNewArrivalsRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		rate float64
		want string
	}{
		{"poison", 1, `unknown arrivals "poison"`},
		{"poisson", 0, "Rate 0"}, {"poisson", -1, "Rate -1"}, {"constant", math.NaN(), "Rate NaN"}, {"constant", math.Inf(1), "Rate +Inf"},
	} {
		if _, err := NewArrivals(c.name, ArrivalConfig{Rate: c.rate, RNG: rand.NewPCG(1, 1)}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v; want one that says %q", err, c.want)
		}
	}
}
