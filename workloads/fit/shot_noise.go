package fit

import (
	"errors"
	"fmt"
	"math"
)

func init() {
	register(Model{
		Name:  "shot_noise",
		Usage: "objects that are born, asked for ever less, and forgotten",
		order: 5,
		sections: func(d *document) error {
			if len(d.p.Parts) == 0 || d.m.length() <= 0 {
				return errors.New("objects are not told one by one, or no time passes")
			}
			return d.byLaw(func(p *Part) (section, error) {
				if t := p.Turnover; t == nil || t.Resident {
					return section{}, fmt.Errorf("%s: objects are asked for until the trace ends, or too few again", p.Name)
				}
				return d.shots(p)
			})
		},
	})
}

// mostShots is how many objects may live at a time.
const mostShots = 1 << 24

// shots is the section of a part whose objects live.
func (d *document) shots(p *Part) (section, error) {
	life, seconds := p.Turnover.Life.Value, d.m.length()
	beta := max(1/max(p.law.alpha, 0.05), 1.05)
	rate := p.all.asked / seconds
	mean := requestsEach(rate, life, seconds, beta, p.all.objects)
	alive := 8 * life * rate / mean
	if alive > mostShots {
		return section{}, fmt.Errorf("%s: %.3g objects would live at a time", p.Name, alive)
	}
	s := section{name: p.Name, hosts: d.hosts(p), share: p.Share, objects: uint64(4*alive + 8*rate*seconds/mean + 1000), zipf: p.law.alpha,
		types: func() { d.types(p, "") }}
	s.popularity = fmt.Sprintf("shot_noise:requests=%.4g,beta=%.4g,life=%s", mean, beta, span(life))
	return s, nil
}

// requestsEach is how many requests an object has in all its life on average, so that
// as many objects are asked for as were. Births come at the rate γ = R/E[V]; of an
// object with V requests, of which a share g falls into the trace, none is seen with
// the probability e^−Vg, and with V Pareto distributed (index β, from E[V](β−1)/β on)
//
//	D = γ·[∫₀ᵀ 1−E[e^−V(1−e^{−s/L})] ds + ∫₀^8L 1−E[e^−V·e^{−s/L}(1−e^{−T/L})] ds]
//
// objects are asked for in T: those born within, with the time s left to them, and
// those born s before. D falls with E[V], which is found by halving.
func requestsEach(rate, life, seconds, beta, objects float64) float64 {
	low, high := math.Log(0.01), math.Log(1e7)
	for range 40 {
		mid := (low + high) / 2
		if seenShots(rate, life, seconds, beta, math.Exp(mid)) > objects {
			low = mid
		} else {
			high = mid
		}
	}
	return math.Exp(low)
}

// seenShots is D.
func seenShots(rate, life, seconds, beta, mean float64) float64 {
	const steps = 100
	least := mean * (beta - 1) / beta
	sum := 0.0
	for i := range steps {
		part := (float64(i) + 0.5) / steps
		within := -math.Expm1(-part * seconds / life)
		before := math.Exp(-part*8) * -math.Expm1(-seconds/life)
		sum += seenOnce(least, beta, within)*seconds/steps + seenOnce(least, beta, before)*8*life/steps
	}
	return rate / mean * sum
}

// seenOnce is 1 − E[e^−Vg], by the middles of pieces of the distribution of V that have
// half as much each.
func seenOnce(least, beta, g float64) (seen float64) {
	left, from := 1.0, least
	for range 30 {
		to := from * math.Pow(2, 1/beta)
		seen += left / 2 * -math.Expm1(-math.Sqrt(from*to)*g)
		left, from = left/2, to
	}
	return seen
}
