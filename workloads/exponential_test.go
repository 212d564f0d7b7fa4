package workloads

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestExpIsTheExponential(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 1_000_000 {
		x := (rng.Float64() - 0.5) * 1500
		if got, want := exp(x), math.Exp(x); math.Abs(got-want) > 0x1p-51*want {
			t.Fatalf("e^%v is %v, right is %v", x, got, want)
		}
	}
	for _, x := range []float64{0, math.Copysign(0, -1), 1, -1, math.Ln2, 1e-300, 699.999, -699.999, 700, -745, 710, math.Inf(1), math.Inf(-1)} {
		if got, want := exp(x), math.Exp(x); got != want && !(math.Abs(got-want) <= 0x1p-51*want) {
			t.Errorf("e^%v is %v, right is %v", x, got, want)
		}
	}
	if got := exp(math.NaN()); !math.IsNaN(got) {
		t.Errorf("e^NaN is %v", got)
	}
}

func BenchmarkExp(b *testing.B) {
	rng, xs := rand.New(rand.NewPCG(1, 2)), [1024]float64{}
	for i := range xs {
		xs[i] = rng.NormFloat64()
	}
	for name, f := range map[string]func(float64) float64{"own": exp, "math": math.Exp} {
		b.Run(name, func(b *testing.B) {
			sum := 0.0
			for i := range b.N {
				sum += f(xs[i&1023])
			}
			b.ReportMetric(sum/float64(b.N), "mean")
		})
	}
}
