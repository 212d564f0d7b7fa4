package policy

import (
	"math"
	"math/rand/v2"
)

// experts are the weights of LRU and LFU, and what each is regretted for.
type experts struct {
	weight  [2]float64
	history [2]ghost
	regrets [2][]regret // by place in the history
}

// A regret is what is remembered of an object beside its name and size.
type regret struct {
	when  uint64 // evicted
	hits  uint32 // its frequency
	fresh bool   // of Cacheus: it had not come back yet
}

const (
	recency = iota
	frequency
	leastWeight = 0.01
)

func newExperts(c Config) experts {
	half := c.Capacity / 2
	return experts{
		weight:  [2]float64{0.5, 0.5},
		history: [2]ghost{newGhost(half, c), newGhost(half, c)},
	}
}

// remember keeps the object that was evicted on e's advice, unless it is larger
// than the history.
func (x *experts) remember(e int, it Item, r regret) {
	if at := x.history[e].remember(it); at != None {
		x.regrets[e] = reach(x.regrets[e], at)
		x.regrets[e][at] = r
	}
}

// recall takes key out of the history that has it, and tells whose it was.
func (x *experts) recall(key uint64) (e int, r regret, known bool) {
	for e := range x.history {
		if at := x.history[e].find(key); at != None {
			r := x.regrets[e][at]
			x.history[e].forget(at)
			return e, r, true
		}
	}
	return 0, regret{}, false
}

// blame makes e's weight e^−loss of what it was.
func (x *experts) blame(e int, loss float64) {
	w := x.weight[e] * math.Exp(-loss)
	w /= w + x.weight[1-e]
	x.weight[e] = min(max(w, leastWeight), 1-leastWeight)
	x.weight[1-e] = 1 - x.weight[e]
}

// draw is one of the experts.
func (x *experts) draw(rng *rand.PCG) int {
	if below(rng, x.weight[recency]) {
		return recency
	}
	return frequency
}
