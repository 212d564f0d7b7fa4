package workloads

import (
	"math"
	"math/rand/v2"
	"time"
)

func init() {
	arrivals.register(ArrivalKind{
		Name:  "poisson",
		Usage: "at random, independent of each other",
		New: func(c ArrivalConfig, _ Params) (Arrivals, error) {
			return &poisson{rng: c.RNG, mean: float64(time.Second) / c.Rate}, nil
		},
	})
}

// poisson arrivals are a Poisson process: the gaps are independent and
// exponentially distributed, P(gap > t) = e^(−t/mean), so that a gap is
// −mean·ln U with U uniform on (0, 1). A request at a random moment sees the
// average state of the system (PASTA).
type poisson struct {
	rng  *rand.PCG
	mean float64 // ns
	clock
}

// Next implements Arrivals.
func (p *poisson) Next() time.Duration {
	return p.advance(-p.mean * math.Log(open(p.rng.Uint64())))
}
