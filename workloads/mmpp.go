package workloads

import "math/rand/v2"

func init() {
	arrivals.register(ArrivalKind{
		Name:  "mmpp",
		Usage: "at random, in bursts: at two rates by turns (Markov-modulated Poisson)",
		Params: []Param{
			{Name: "high", Usage: "the high rate as a multiple of the low one", Default: 5, Low: 1, High: 1e6},
			{Name: "low_for", Usage: "how long it stays low, on average", Unit: Seconds, Default: 60, Low: 1e-6, High: 1e8},
			{Name: "high_for", Usage: "how long it stays high, on average", Unit: Seconds, Default: 6, Low: 1e-6, High: 1e8},
		},
		New: newMMPP,
	})
}

// mmpp is a Markov-modulated Poisson process of two states (Fischer and
// Meier-Hellstern, "The Markov-modulated Poisson process (MMPP) cookbook",
// Performance Evaluation 1993): requests are Poisson at the rate λ₁ or λ₂, and
// sojourns in a state are exponential with means s₁ and s₂. With r = λ₂/λ₁ the
// rate is on average
//
//	(λ₁·s₁ + λ₂·s₂) / (s₁ + s₂)  =  λ₁·(s₁ + r·s₂) / (s₁ + s₂)
//
// from which λ₁ follows for a given one. It begins in a state with the
// probability of the time spent there, and is stationary from the first request
// on, as what is left of an exponential sojourn is like a new one.
type mmpp struct {
	rng   *rand.PCG
	rates [2]float64 // per ns: low, high
	means [2]float64 // ns
	state int
}

func newMMPP(c ArrivalConfig, p Params) (Arrivals, error) {
	low, high := p["low_for"], p["high_for"]
	if err := checkTurns(c.Rate, (low+high)/2); err != nil {
		return nil, err
	}
	slow := c.Rate * ((low + high) / (low + p["high"]*high))
	m := &mmpp{rng: c.RNG, rates: [2]float64{slow / 1e9, p["high"] * slow / 1e9}, means: [2]float64{low * 1e9, high * 1e9}}
	if unit64(c.RNG.Uint64()) >= high/(low+high) {
		m.state = 1 // which the first turn leaves
	}
	return newModulated(c.RNG, m), nil
}

// turn implements levels.
func (m *mmpp) turn() (rate, left float64) {
	m.state = 1 - m.state
	return m.rates[m.state], exponential(m.rng, m.means[m.state])
}
