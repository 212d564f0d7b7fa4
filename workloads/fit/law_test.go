package fit

import (
	"math"
	"math/rand/v2"
	"testing"

	"edgesim/workloads/trace"
	"edgesim/workloads/trace/stat"
)

// TestALadderIsTheSum holds sums by pieces to sums over all ranks.
func TestALadderIsTheSum(t *testing.T) {
	for _, l := range []law{{0, 0}, {0.6, 0}, {1, 0}, {1.4, 20}, {0.9, 300}} {
		d := l.ladder()
		for _, n := range []float64{1, 50, 101, 2000, 300_000} {
			sum, distinct, once := 0.0, 0.0, 0.0
			for rank := 1.0; rank <= n; rank++ {
				sum += l.weight(rank)
			}
			const r = 40_000
			for rank := 1.0; rank <= n; rank++ {
				x := r * l.weight(rank) / sum
				distinct -= math.Expm1(-x)
				once += x * math.Exp(-x)
			}
			gotDistinct, gotOnce := d.asked(n, r)
			for _, pair := range [][2]float64{{d.sum(n), sum}, {gotDistinct, distinct}, {gotOnce - once + distinct, distinct}} {
				if math.Abs(pair[0]-pair[1]) > 2e-3*pair[1]+1e-6 {
					t.Errorf("%+v, n %v: %v, want %v", l, n, pair[0], pair[1])
				}
			}
		}
	}
}

// TestTheSpectrumTellsTheExponent: of counts whose exponent cannot be had from the tail
// the spectrum has it.
func TestTheSpectrumTellsTheExponent(t *testing.T) {
	for _, alpha := range []float64{0.6, 0.9, 1.2} {
		g := groupOf(objectsOf(drawn(t, trace.Generation{Objects: 4000, Requests: 60_000, Zipf: alpha, Seed: 9})), 1)
		if off := g.misfit(law{alpha: alpha}); off > 2*goodSpectrum {
			t.Errorf("%v: the law that it was drawn by is %v off", alpha, off)
		}
		if got := g.nearestOf(law{alpha: 2.5}); math.Abs(got.alpha-alpha) > 0.06 {
			t.Errorf("%v: told as %v", alpha, got.alpha)
		}
	}
}

func objectsOf(m *Measured) (list []*object) {
	for _, o := range m.objects.All() {
		list = append(list, o)
	}
	return list
}

// TestHeadsAreWithinTheirIntervals: of 30 heads drawn by the law of Zipf and Mandelbrot
// both parameters' intervals have them in 20 at least: the order by counts, which are
// chance's, too, makes both a little too small.
func TestHeadsAreWithinTheirIntervals(t *testing.T) {
	const alpha, q, ranks, heads = 0.9, 30.0, 2000, 30
	l, hits := law{alpha, q}, [2]int{}
	for seed := range uint64(heads) {
		chance := rand.New(rand.NewPCG(seed, 1))
		sum := 0.0
		for i := 1.0; i <= ranks; i++ {
			sum += l.weight(i)
		}
		var counts []stat.Count
		for i := 1.0; i <= ranks; i++ {
			mean := 1e6 * l.weight(i) / sum
			counts = append(counts, stat.Count{Requests: int64(mean + math.Sqrt(mean)*chance.NormFloat64() + 0.5), Objects: 1})
		}
		m := fitMandelbrot(counts)
		if m == nil {
			continue
		}
		for i, ok := range []bool{m.Alpha.Has(alpha), m.Q.Has(q)} {
			if ok {
				hits[i]++
			}
		}
	}
	if hits[0] < 20 || hits[1] < 20 {
		t.Errorf("the intervals of alpha and q have them in %v of %d", hits, heads)
	}
}
