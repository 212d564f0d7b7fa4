package plot

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"edgesim/results"
)

// The fit finds the exponent that requests were drawn with, though most of the
// catalog is never seen or seen once.
func TestFitFindsTheExponent(t *testing.T) {
	for _, alpha := range []float64{0.6, 0.75, 0.9, 1, 1.2, 1.5} {
		for _, objects := range []int{1000, 100_000} {
			t.Run(fmt.Sprintf("%g of %d", alpha, objects), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(42, uint64(objects)))
				draw := zipfDrawer(rng, objects, alpha)
				var seen results.Demand
				for range 200_000 {
					seen.Add([]results.Record{{Object: draw()}})
				}
				counts, _ := falling(&seen)
				fit, ok := fitZipf(counts)
				if !ok {
					t.Fatal("no fit")
				}
				off := math.Abs(fit.alpha - alpha)
				t.Logf("α = %.4f ± %.4f from %d ranks", fit.alpha, fit.err, fit.ranks)
				if off > 0.02+3*fit.err {
					t.Errorf("α = %.4f ± %.4f, drawn with %g", fit.alpha, fit.err, alpha)
				}
			})
		}
	}
}

// On counts that follow the law exactly there is no chance to excuse a
// difference.
func TestFitIsExactOnExactCounts(t *testing.T) {
	for _, alpha := range []float64{0, 0.3, 0.8, 1.1, 2} {
		counts := make([]int64, 1000)
		for i := range counts {
			counts[i] = int64(1e12 * math.Pow(float64(i+1), -alpha))
		}
		fit, ok := fitZipf(counts)
		if !ok || math.Abs(fit.alpha-alpha) > 1e-6 {
			t.Errorf("α = %v (%v), want %v", fit.alpha, ok, alpha)
		}
		if got := fit.expected(1); math.Abs(got-1e12)/1e12 > 1e-5 {
			t.Errorf("α = %v: expected(1) = %v, want 1e12", alpha, got)
		}
	}
}

// The standard error is what the estimate really scatters by.
func TestStandardErrorIsTheScatter(t *testing.T) {
	const runs = 60
	var sum, squares, claimed float64
	for run := range runs {
		rng := rand.New(rand.NewPCG(uint64(run), 9))
		draw := zipfDrawer(rng, 50, 0.8) // all ranks are certain here
		var seen results.Tally[int64]
		for range 20_000 {
			*seen.At(draw())++
		}
		counts := make([]int64, 50)
		for object, n := range seen.All() {
			counts[object-1] = *n
		}
		fit, ok := fitZipf(counts)
		if !ok {
			t.Fatal("no fit")
		}
		sum += fit.alpha
		squares += fit.alpha * fit.alpha
		claimed += fit.err / runs
	}
	mean := sum / runs
	scatter := math.Sqrt(squares/runs - mean*mean)
	if scatter < claimed*0.7 || scatter > claimed*1.4 {
		t.Errorf("estimates scatter by %.5f, the claimed standard error is %.5f", scatter, claimed)
	}
	if math.Abs(mean-0.8) > 3*claimed/math.Sqrt(runs) {
		t.Errorf("mean of estimates %.5f, drawn with 0.8", mean)
	}
}

// Requests that the law does not describe are told from those that it does.
func TestAPoorFitIsTold(t *testing.T) {
	counts := make([]int64, 200)
	for i := range counts {
		counts[i] = int64(100 + 10_000*math.Exp(-float64(i)/20)) // geometric, not Zipf
	}
	fit, ok := fitZipf(counts)
	if !ok || fit.off <= poorFit {
		t.Errorf("a geometric law is %v off Zipf's; want more than %v", fit.off, poorFit)
	}
	recs, _ := synthetic()
	var seen results.Demand
	seen.Add(recs)
	counts, _ = falling(&seen)
	if fit, ok := fitZipf(counts); !ok || fit.off > poorFit/2 {
		t.Errorf("requests drawn by Zipf's law are %v off", fit.off)
	}
}

func TestFitRefusesTooLittle(t *testing.T) {
	if _, ok := fitZipf(nil); ok {
		t.Error("a fit to nothing")
	}
	if _, ok := fitZipf([]int64{100, 50, 20, 1, 1}); ok {
		t.Error("a fit to three ranks")
	}
}
