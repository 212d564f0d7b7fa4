package stat

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// Zipf is Zipf's law fitted to a trace: the object of rank i is asked for with a
// probability in proportion to i^−Alpha.
type Zipf struct {
	Alpha    float64 `json:"alpha"`
	Low      float64 `json:"low"`      // of the interval that has the true exponent in 95 of 100 traces
	High     float64 `json:"high"`     //
	Least    int64   `json:"least"`    // the fit is of the objects asked for at least so often,
	Objects  int64   `json:"objects"`  // which are so many
	Share    float64 `json:"share"`    // and have this share of all requests
	Distance float64 `json:"distance"` // the largest between their observed and fitted distributions (Kolmogorov and Smirnov)
	Good     bool    `json:"good"`     // Distance is at most 0.05, or what chance alone makes of so few objects
}

const (
	// fitObjects is the least number of objects worth a fit.
	fitObjects = 100
	// fitTries is how many bounds are tried for the objects that count.
	fitTries = 40
	// poorFit is the distance from which on the law does not describe the requests.
	poorFit = 0.05
	z95     = 1.959963984540054 // Φ⁻¹(0.975)
)

// Count is how many objects were asked for so often.
type Count struct{ Requests, Objects int64 }

// FitZipf fits Zipf's law to how often objects were asked for, by maximum
// likelihood over the counts, which it sorts; nil where there are too few.
//
// Under the law with exponent α the number of objects that are asked for more often
// than x falls as x^−s, s = 1/α. How often an object was asked for is a Poisson
// number around what it is asked for on average, so that of the objects with a count
// of at least m, a count c has the probability
//
//	P(c) = s · Γ(c−s)/Γ(c+1) · Γ(m)/Γ(m−s),   P(count ≥ c) = Γ(c−s)/Γ(c) · Γ(m)/Γ(m−s)
//
// (a Pareto mixture of Poisson distributions; the sum over c telescopes). Nothing is
// said of ranks: an order by observed counts puts the lucky before the unlucky, and
// a fit to ranks, or a line through log-log points, is biased by that (Clauset,
// Shalizi and Newman, SIAM Review 51, 2009). With K objects of counts c_i
//
//	dlnL/ds = K/s − Σψ(c_i−s) + Kψ(m−s) = 0,   −d²lnL/ds² = K/s² − Σψ'(c_i−s) + Kψ'(m−s)
//
// give s and its standard error, and α = 1/s with se(α) = α²·se(s). The law holds
// down to the least popular object of a catalog only, so m is the one of up to 40
// bounds at which the distance of observed and fitted distributions is least, as
// Clauset, Shalizi and Newman choose it.
//
// Limits: requests are taken as independent of each other. The interval is that of K
// objects whose popularity was drawn from the law, which is wider than what chance
// makes of exactly i^−α, and says nothing of the law's being wrong: Distance does. It
// is of shares of objects, in which a head of a few that bends away hardly shows.
func FitZipf(counts []Count) *Zipf {
	slices.SortFunc(counts, func(a, b Count) int { return cmp.Compare(b.Requests, a.Requests) })
	var all, requests int64
	for _, c := range counts {
		all += c.Requests * c.Objects
	}
	var best *Zipf
	next, objects := int64(fitObjects), int64(0)
	total := int64(0)
	for _, c := range counts {
		total += c.Objects
	}
	step := math.Pow(float64(total)/fitObjects, 1.0/fitTries)
	for i, c := range counts {
		objects += c.Objects
		requests += c.Requests * c.Objects
		if objects < next || c.Requests < 2 {
			continue
		}
		next = max(objects+1, int64(float64(objects)*step))
		if z := fitFrom(counts[:i+1], objects); z != nil && (best == nil || z.Distance < best.Distance) {
			z.Share = float64(requests) / float64(all)
			best = z
		}
	}
	return best
}

// fitFrom is the fit to all of the counts, the last of which is m; nil where there
// is none within bounds.
func fitFrom(counts []Count, objects int64) *Zipf {
	m, k := float64(counts[len(counts)-1].Requests), float64(objects)
	slope := func(s float64) float64 {
		sum := k/s + k*mathext.Digamma(m-s)
		for _, c := range counts {
			sum -= float64(c.Objects) * mathext.Digamma(float64(c.Requests)-s)
		}
		return sum
	}
	low, high := 0.05, m-1e-6 // α up to 20
	if slope(low) < 0 || slope(high) > 0 {
		return nil
	}
	for range 40 {
		if s := (low + high) / 2; slope(s) > 0 {
			low = s
		} else {
			high = s
		}
	}
	s := (low + high) / 2
	information := k/(s*s) + k*mathext.Zeta(2, m-s)
	for _, c := range counts {
		information -= float64(c.Objects) * mathext.Zeta(2, float64(c.Requests)-s)
	}
	if !(information > 0) {
		return nil
	}
	alpha, off := 1/s, z95/math.Sqrt(information)/(s*s)
	d := distance(counts, s, m, k)
	return &Zipf{Alpha: alpha, Low: alpha - off, High: alpha + off, Least: int64(m), Objects: objects,
		Distance: d, Good: d <= max(poorFit, 1.36/math.Sqrt(k))}
}

// distance is that of Kolmogorov and Smirnov, of the shares of objects with at
// least so many requests.
func distance(counts []Count, s, m, k float64) float64 {
	base := lgamma(m) - lgamma(m-s)
	most, objects := 0.0, 0.0
	for _, c := range counts {
		objects += float64(c.Objects)
		x := float64(c.Requests)
		most = max(most, math.Abs(objects/k-math.Exp(lgamma(x-s)-lgamma(x)+base)))
	}
	return most
}

// at is how often the fitted law has the object of that rank asked for, on average:
// K · Γ(m)/Γ(m−s) · x^−s objects are asked for more often than x.
func (z *Zipf) at(rank float64) float64 {
	m, s := float64(z.Least), 1/z.Alpha
	return math.Pow(rank/float64(z.Objects)/math.Exp(lgamma(m)-lgamma(m-s)), -z.Alpha)
}

func lgamma(x float64) float64 { v, _ := math.Lgamma(x); return v }
