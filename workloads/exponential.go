package workloads

import "math"

// exp is e^x, in half the time of math.Exp, within 2 units of the last place. It is
// Tang's method ("Table-driven implementation of the exponential function in IEEE
// floating-point arithmetic", ACM TOMS 1989) with a table of 2^(j/64):
//
//	x = n·ln2/64 + r with |r| ≤ ln2/128;  e^x = 2^(n div 64) · 2^((n mod 64)/64) · e^r
//
// and e^r by its series up to r^5/120, of which the next term is below 2^-54.
// ln2/64 is taken in two parts, of which n times the first is exact.
func exp(x float64) float64 {
	const high, low = 6.93147180369123816490e-01 / powersOf, 1.90821492927058770002e-10 / powersOf
	if !(x > -700 && x < 700) {
		return math.Exp(x) // overflow, underflow, what is no number
	}
	n := math.RoundToEven(x * (powersOf / math.Ln2))
	r := (x - n*high) - n*low
	i := int64(n)
	power := powers[i&(powersOf-1)]
	grown := r + r*r*(1./2+r*(1./6+r*(1./24+r*(1./120))))
	return math.Float64frombits(math.Float64bits(power+power*grown) + uint64(i>>6)<<52)
}

const powersOf = 64 // steps from one power of two to the next

// powers are 2^(j/64).
var powers = func() (p [powersOf]float64) {
	for j := range p {
		p[j] = math.Exp2(float64(j) / powersOf)
	}
	return p
}()
