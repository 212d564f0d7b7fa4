package fit

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// An exponent that is right for objects asked for often may be wrong for the many that
// are asked for a few times. What a cache makes of independent requests follows from
// their spectrum: which share of the requests is for objects asked for at most k times.

// goodSpectrum is how far a law's spectrum may be from the one observed.
const goodSpectrum = 0.01

// nearestOf is the first of the laws whose spectrum is near the group's; where none is,
// the nearest of those and of other exponents, to a hundredth.
func (g *group) nearestOf(laws ...law) (best law) {
	off := math.Inf(1)
	try := func(l law) bool {
		if d := g.misfit(l); d < off {
			best, off = l, d
		}
		return off <= goodSpectrum
	}
	for _, l := range laws {
		if try(l) {
			return best
		}
	}
	for alpha := 0.2; alpha < 2.1; alpha += 0.2 {
		try(law{alpha, laws[0].q})
	}
	for step := 0.1; step > 0.01; step /= 2 {
		mid := best
		try(law{mid.alpha + step, mid.q})
		try(law{max(mid.alpha-step, 0), mid.q})
	}
	return best
}

// misfit is the largest difference of the spectra, at k = 1, 4, 16 …, with as many
// objects and one-hit wonders as suit the law.
//
// An object that is asked for λ times on average has Σ_{c≤k} c·e^−λ·λ^c/c! = λ·P(k−1, λ)
// requests on average while it has at most k, with P the distribution of Poisson.
func (g *group) misfit(l law) (off float64) {
	d := l.ladder()
	n, once := d.population(g.asked, g.objects, g.once)
	w := once.Value
	seen, at := 0.0, 0
	for k := int64(1); at < len(g.counts) && k <= mostSpectrum; k *= 4 {
		for ; at < len(g.counts) && g.counts[at].Requests <= k; at++ {
			seen += float64(g.counts[at].Requests*g.counts[at].Objects) * g.scale
		}
		has := w + (1-w)*d.below(float64(n), g.asked*(1-w), float64(k))
		off = max(off, math.Abs(seen/g.asked-has))
	}
	return off
}

// mostSpectrum is the largest k that is looked at: an object asked for more often is in
// almost any cache.
const mostSpectrum = 1 << 10

// below is which share of r requests for n objects is for those asked for at most k
// times.
func (d *ladder) below(n, r, k float64) (share float64) {
	whole := d.sum(n)
	d.each(n, func(many, weight float64) {
		if x := r * weight / whole; x < k+10*math.Sqrt(k)+20 {
			share += many * weight / whole * mathext.GammaIncRegComp(k, x)
		}
	})
	return share
}
