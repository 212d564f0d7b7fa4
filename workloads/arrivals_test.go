package workloads

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/gonum/stat"
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
			if err != nil && rate < 0.1 && strings.Contains(err.Error(), "would step more than") {
				return
			}
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

// countsOf is how many requests of the kind come in each of n bins.
func countsOf(t *testing.T, spec string, rate float64, seed uint64, bin time.Duration, n int) []float64 {
	t.Helper()
	a, err := NewArrivals(spec, ArrivalConfig{Rate: rate, RNG: rand.NewPCG(seed, 9)})
	if err != nil {
		t.Fatal(err)
	}
	counts := make([]float64, n)
	for at := a.Next(); at < bin*time.Duration(n); at = a.Next() {
		counts[at/bin]++
	}
	return counts
}

// dispersion is the variance of counts over their mean, and the mean.
func dispersion(counts []float64) (index, mean float64) {
	mean, variance := stat.PopMeanVariance(counts, nil)
	return variance / mean, mean
}

// What a load generator paces by: the index of dispersion in windows of 1 ms at
// 5000 per second is 0 for constant, and 1 for Poisson.
func TestCountsInMillisecondsAreAsEvenAsTheirKind(t *testing.T) {
	for kind, within := range map[string][2]float64{"constant": {0, 0}, "poisson": {0.98, 1.02}} {
		index, mean := dispersion(countsOf(t, kind, 5000, 1, time.Millisecond, 200_000))
		if index < within[0] || index > within[1] || math.Abs(mean-5) > 0.05 {
			t.Errorf("%s: variance over mean %.4f of a mean of %.4f, want %v and 5", kind, index, mean, within)
		}
	}
}

// mmppDispersion is the index of dispersion of the counts in t seconds of a
// two-state MMPP with rates a and b and mean sojourns s and u: Fischer and
// Meier-Hellstern, "The MMPP cookbook", 1993, the variance of N(t) of §2.
func mmppDispersion(a, b, s, u, t float64) float64 {
	p, q := 1/s, 1/u
	sum := p + q
	k := 2 * (a - b) * (a - b) * p * q / (sum * sum * (a*q + b*p))
	return 1 + k - k/(sum*t)*(1-math.Exp(-sum*t))
}

func TestMMPPIsDispersedAsItsClosedForm(t *testing.T) {
	const rate, high, low, up = 200.0, 5.0, 6.0, 2.0
	slow := rate * (low + up) / (low + high*up)
	for _, bin := range []time.Duration{10 * time.Millisecond, time.Second, 10 * time.Second} {
		n := int(100_000 * time.Second / bin)
		n = min(n, 1_000_000)
		index, mean := dispersion(countsOf(t, "mmpp:high=5,low_for=6s,high_for=2s", rate, 2, bin, n))
		want := mmppDispersion(slow, high*slow, low, up, bin.Seconds())
		if math.Abs(index/want-1) > 0.04 || math.Abs(mean/bin.Seconds()/rate-1) > 0.02 {
			t.Errorf("in %v: dispersion %.3f and mean %.2f, want %.3f and %v", bin, index, mean, want, rate*bin.Seconds())
		}
	}
}

// The sojourns themselves are exponential, half of the turns to each state.
func TestMMPPSojournsAreExponential(t *testing.T) {
	a, err := NewArrivals("mmpp:low_for=60s,high_for=6s", ArrivalConfig{Rate: 100, RNG: rand.NewPCG(4, 4)})
	if err != nil {
		t.Fatal(err)
	}
	states, sojourns := a.(*modulated).next.(*mmpp), [2][]float64{}
	for range 100_000 {
		_, left := states.turn()
		sojourns[states.state] = append(sojourns[states.state], left/1e9)
	}
	for state, mean := range []float64{60, 6} {
		if p := ksFit(sojourns[state], distuv.Exponential{Rate: 1 / mean}.CDF); p < 1e-3 {
			t.Errorf("state %d: Kolmogorov-Smirnov p = %v for sojourns of %v s", state, p, mean)
		}
	}
}

// hurst is the Hurst parameter by the variance of means over ever larger blocks,
// which falls with m^(2H−2) (Beran, "Statistics for long-memory processes", 1994,
// §4.4): from the slope over the given block sizes.
func hurst(counts []float64, blocks []int) float64 {
	var x, y []float64
	for _, m := range blocks {
		var means []float64
		for i := 0; i+m <= len(counts); i += m {
			means = append(means, total(counts[i:i+m])/float64(m))
		}
		_, variance := stat.PopMeanVariance(means, nil)
		x, y = append(x, math.Log(float64(m))), append(y, math.Log(variance))
	}
	_, slope := stat.LinearRegression(x, y, nil, false)
	return 1 + slope/2
}

func TestSelfSimilarHasItsHurstParameter(t *testing.T) {
	blocks := []int{10, 20, 40, 80, 160, 320}
	for index, want := range map[string]float64{"1.3": 0.85, "1.5": 0.75, "1.8": 0.6} {
		sum, rate := 0.0, 0.0
		const seeds = 2
		for seed := range uint64(seeds) {
			counts := countsOf(t, "selfsimilar:sources=20,on=200ms,off=400ms,index="+index, 40, seed, time.Second, 50_000)
			sum += hurst(counts, blocks) / seeds
			rate += total(counts) / float64(len(counts)) / seeds
		}
		if math.Abs(sum-want) > 0.07 || math.Abs(rate/40-1) > 0.06 {
			t.Errorf("index %s: H = %.3f at %.2f/s, want %v at 40", index, sum, rate, want)
		}
	}
	if h := hurst(countsOf(t, "poisson", 40, 1, time.Second, 100_000), blocks); math.Abs(h-0.5) > 0.05 {
		t.Errorf("poisson: H = %.3f, want 0.5", h)
	}
}

// What a source has left when the run begins is what is left at a random moment: the
// density P(T > x)/mean.
func TestSelfSimilarBeginsInTheMiddle(t *testing.T) {
	s := &selfSimilar{rng: rand.NewPCG(6, 6), index: 1.5}
	left := make([]float64, 100_000)
	for i := range left {
		left[i] = s.leftover(3)
	}
	least := 3 * 0.5 / 1.5
	cdf := func(x float64) float64 {
		if x < least {
			return x / 3
		}
		return 1 - math.Pow(least/x, 0.5)/1.5
	}
	if p := ksFit(left, cdf); p < 1e-3 {
		t.Errorf("Kolmogorov-Smirnov p = %v", p)
	}
	whole := make([]float64, 100_000)
	for i := range whole {
		whole[i] = s.pareto(3)
	}
	if p := ksFit(whole, distuv.Pareto{Xm: least, Alpha: 1.5}.CDF); p < 1e-3 {
		t.Errorf("whole times: Kolmogorov-Smirnov p = %v", p)
	}
}
