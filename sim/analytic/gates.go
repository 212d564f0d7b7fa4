package analytic

import (
	"math"

	"edgesim/edge/policy"
)

func init() {
	for name, build := range map[string]func(params map[string]float64) gate{
		"prob":  func(params map[string]float64) gate { return chance(params["p"]) },
		"size":  func(params map[string]float64) gate { return sizeLimit(params["max"]) },
		"bloom": func(params map[string]float64) gate { return secondHit(params["window"]) },
	} {
		rules = append(rules, ruleOf(name, build))
	}
}

// ruleOf is the rule of the same name in edge/policy, with its parameters filled
// in.
func ruleOf(name string, build func(params map[string]float64) gate) rule {
	a, err := policy.FindAdmission(name)
	if err != nil {
		panic(err)
	}
	return rule{a.Kind, func(params map[string]float64) gate {
		all := map[string]float64{}
		for _, p := range a.Params {
			all[p.Name] = given(params, p.Name, p.Default)
		}
		return build(all)
	}}
}

// chance admits every miss with the same probability: h = q(1−e)/(e + q(1−e)) with
// e = e^{−λT}. As q goes to 0 it keeps the most popular ones.
type chance float64

func (q chance) settled() bool { return false }

func (q chance) before(n float64) float64 { return -math.Expm1(n*math.Log1p(-float64(q))) / float64(q) }

func (q chance) enter(_ Population, _ float64, _, into []float64) {
	for i := range into {
		into[i] = float64(q)
	}
}

// sizeLimit admits what is not larger.
type sizeLimit float64

func (most sizeLimit) settled() bool { return false }

func (most sizeLimit) before(float64) float64 { return 1 }

func (most sizeLimit) enter(p Population, _ float64, _, into []float64) {
	for i, c := range p {
		into[i] = 0
		if c.Size <= float64(most) {
			into[i] = 1
		}
	}
}

// chain is k−1 caches of names before the cache of k-LRU, each of so many capacities:
// what is stored was found in the last of them, which holds what was found in the
// one before. Each is solved like a cache of its own, as if the gaps before were
// independent of those after.
type chain struct {
	stages int
	ghost  float64
}

func (chain) settled() bool { return false }

func (k chain) before(float64) float64 { return float64(k.stages + 1) }

func (k chain) enter(p Population, capacity float64, _, into []float64) {
	lru := Cache{Capacity: k.ghost * capacity, pop: p, order: order{hit: lruHit}, hits: make([]float64, len(p)), enter: into}
	for i := range into {
		into[i] = 1
	}
	for range k.stages {
		for i, c := range p {
			if c.Barred || c.weight() > capacity {
				into[i] = 0
			}
		}
		lru.remember()
		copy(into, lru.hits)
	}
}

// secondHit admits what one of two Bloom filters knows. A filter is filled by
// misses for objects that it does not know, until these are window·capacity bytes,
// which takes W seconds:
//
//	Σ s·(1 − e^{−λ(1−h)W}) = window·capacity
//
// A note lasts for the rest of its filter's time and all of the next, W to 2W, so
// the request before lies in that time with probability
//
//	1 − e^{−λW}·(1−e^{−λW})/(λW)
//
// False positives of the filters are left out.
type secondHit float64

func (secondHit) settled() bool { return true }

func (window secondHit) before(float64) float64 { return 2 }

func (window secondHit) enter(p Population, capacity float64, hits, into []float64) {
	noted := func(W float64) (sum float64) {
		for i, c := range p {
			if missed := c.Rate * (1 - hits[i]); !c.Barred && c.weight() <= capacity && missed > 0 {
				sum -= c.Count * c.weight() * math.Expm1(-missed*W)
			}
		}
		return sum
	}
	want, W := float64(window)*capacity, math.Inf(1)
	if noted(math.Inf(1)) > want {
		W = rising(noted, want, want/p.weightRate())
	}
	for i, c := range p {
		x := c.Rate * W
		switch {
		case c.Rate == 0:
			into[i] = 0
		case math.IsInf(x, 1):
			into[i] = 1
		case x < 1e-6:
			into[i] = 1.5 * x
		default:
			into[i] = 1 + math.Exp(-x)*math.Expm1(-x)/x
		}
	}
}
