package workloads

import (
	"math"
	"math/rand/v2"
)

// inversion draws Zipf ranks without a table, in constant time for any n:
// rejection-inversion (Hörmann and Derflinger, "Rejection-inversion to generate
// variates from monotone discrete distributions", ACM TOMACS 1996).
//
// Let h(x) = x^-s and H(x) = ∫h. Because h is convex, the area over the unit
// interval around a whole k is at least the value in its middle,
//
//	H(k+½) − H(k−½) ≥ h(k)                                       (1)
//
// so that each k ≥ 1 has a bin (H(k−½), H(k+½)] whose upper part, of length
// h(k), is there by (1). Draw U uniformly over the bins of 1 to n, find X with
// H(X) = U and K = X rounded; U is in K's bin. Accept K if U is in the upper
// part, U ≥ H(K+½) − h(K), and draw again if not: every K is accepted with a
// probability in proportion to h(K), exactly Zipf's law. The bin of 1 is cut
// to its upper part from the start, as H(1½) − h(1) is the lowest U.
//
// The test itself is rarely needed. It holds wherever K − X ≤ c(K), with
// c(k) = k − H⁻¹(H(k+½) − h(k)). c grows with k towards ½, so that c(2) serves
// all k ≥ 2, and 1 needs no test. For a billion ranks at s = 1, 98 % of draws
// pass by it, and 1 of 1000 is drawn again.
//
// U has 53 random bits. A rank's probability is true to about k·2^-53 of
// itself: 1e-7 at the billionth rank.
type inversion struct {
	rng     *rand.PCG
	hat     hat
	n       float64
	highest float64 // H(n+½)
	span    float64 // from the lowest U to the highest
	sure    float64 // c(2)
}

func newInversion(n uint64, s float64, rng *rand.PCG) *inversion {
	h := newHat(s)
	highest, lowest := h.area(float64(n)+0.5), h.area(1.5)-1
	return &inversion{
		rng: rng, hat: h, n: float64(n), highest: highest, span: highest - lowest,
		sure: 2 - h.at(h.area(2.5)-h.height(2)),
	}
}

// Draw implements Ranks.
func (r *inversion) Draw() uint64 {
	for {
		u := r.highest - unit64(r.rng.Uint64())*r.span
		x := r.hat.at(u)
		k := min(max(math.Floor(x+0.5), 1), r.n) // rounding may lead out at either end
		if k-x <= r.sure || k == 1 || u >= r.hat.area(k+0.5)-r.hat.height(k) {
			return uint64(k) - 1
		}
	}
}

// hat is h(x) = x^-s with its integral and the inverse of that. With q = 1 − s:
//
//	q ≠ 0:  H(x) = x^q/q           H⁻¹(u) = (q·u)^(1/q)
//	q = 0:  H(x) = ln x            H⁻¹(u) = e^u
//
// Near q = 0 the first form would lose its digits in the large constant 1/q.
// There H(x) = (x^q − 1)/q is used, which tends to ln x: with t = q·ln x it is
// expm1(t)/q, and its inverse is e^(log1p(q·u)/q).
//
// Powers are taken as e^(p·ln x), twice as fast as math.Pow and true to a few
// parts in 10^15.
type hat struct {
	s, q, inverse float64 // exponent, 1 − s, 1/q
	form          hatForm
}

type hatForm uint8

const (
	power hatForm = iota
	logarithm
	nearLogarithm
)

func newHat(s float64) hat {
	h := hat{s: s, q: 1 - s}
	switch {
	case h.q == 0:
		h.form = logarithm
	case math.Abs(h.q) < 0.01:
		h.form = nearLogarithm
	}
	h.inverse = 1 / h.q
	return h
}

func (h *hat) height(x float64) float64 { return math.Exp(-h.s * math.Log(x)) }

func (h *hat) area(x float64) float64 {
	switch h.form {
	case logarithm:
		return math.Log(x)
	case nearLogarithm:
		return math.Expm1(h.q*math.Log(x)) * h.inverse
	}
	return math.Exp(h.q*math.Log(x)) * h.inverse
}

// at is the x of which u is the area.
func (h *hat) at(u float64) float64 {
	switch h.form {
	case logarithm:
		return math.Exp(u)
	case nearLogarithm:
		return math.Exp(math.Log1p(h.q*u) * h.inverse)
	}
	return math.Exp(math.Log(h.q*u) * h.inverse)
}
