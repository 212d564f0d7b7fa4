package workloads

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// modulated arrivals are a Poisson process whose rate steps up and down at
// random (a doubly stochastic process; Cox 1955). In the time of ∫rate the
// process is Poisson at rate 1, so that the next request comes when the integral
// has grown by −ln U: a step in between takes away what was passed under the old
// rate, and the rest is passed under the new one.
type modulated struct {
	rng  *rand.PCG
	rate float64 // per ns, now
	left float64 // ns until it steps
	next levels
	clock
}

// levels is where the rate of modulated arrivals goes.
type levels interface {
	// turn is the next rate, per ns, and for how many ns.
	turn() (rate, left float64)
}

func newModulated(rng *rand.PCG, next levels) *modulated {
	m := &modulated{rng: rng, next: next}
	m.rate, m.left = next.turn()
	return m
}

// Next implements Arrivals.
func (m *modulated) Next() time.Duration {
	need := -math.Log(open(m.rng.Uint64()))
	for need > m.left*m.rate {
		need -= m.left * m.rate
		if m.advance(m.left) == forever {
			return forever
		}
		m.rate, m.left = m.next.turn()
	}
	gap := min(need/m.rate, m.left)
	m.left -= gap
	return m.advance(gap)
}

// mostTurns is how many steps between two requests are bearable: less than a
// millisecond's work.
const mostTurns = 10_000

// checkTurns refuses a rate at which nearly all that is drawn are steps. every is
// the mean time between two of them, in seconds.
func checkTurns(rate, every float64) error {
	if 1/(rate*every) > mostTurns {
		return fmt.Errorf("at %g requests per second the rate would step more than %d times between two of them: right are longer times, or poisson", rate, mostTurns)
	}
	return nil
}

// exponential is a time of that mean.
func exponential(rng *rand.PCG, mean float64) float64 { return -mean * math.Log(open(rng.Uint64())) }
