package analytic

import "math"

// hitsUntil is M(ttl), the mean number of hits that follow a fetch within ttl
// seconds, where gaps are exponential of the given rate and the first one of more
// than T ends the object's stay: the renewal function of the defective
// distribution F(t) = 1 − e^{−λ·min(t,T)}.
//
// With time in units of T and a = λT, its density D is a up to 1, and after that
//
//	D'(x) = −c·D(x−1),  c = a·e^{−a},  with a step down of c at x = 1
//
// (from the Laplace transform a(1−e^{−(s+a)}) / (s + c·e^{−s})). So on [n, n+1] it
// is a polynomial, whose coefficients follow from those of the interval before:
// c ≤ 1/e, and they fall like c^j/j!. After a few intervals D falls by the same
// factor from each to the next, and the rest is a geometric series.
func hitsUntil(rate, T, ttl float64) float64 {
	if ttl <= T {
		return rate * ttl
	}
	a, x := rate*T, ttl/T
	if a > 700 { // e^{−a} is nothing: no gap is too long
		return rate * ttl
	}
	r := renewal{c: a * math.Exp(-a)}
	r.d[0] = a
	sum := 0.0
	for n := 0; n < exactIntervals; n++ {
		if x <= float64(n+1) {
			return sum + r.integral(x-float64(n))
		}
		r.whole = r.integral(1)
		sum += r.whole
		r.next(n == 0)
	}
	return sum + r.rest(x-exactIntervals)
}

const (
	exactIntervals = 24
	terms          = 12 // c^12/12! is below 2·10^-14
)

// renewal is the density on one interval: d[j] is the coefficient of u^j, u from 0
// at its begin to 1.
type renewal struct {
	c     float64
	d     [terms]float64
	whole float64 // its integral over the interval before
}

// at is the density, integral its integral from the interval's begin, at u.
func (r *renewal) at(u float64) (sum float64) {
	for j := terms - 1; j >= 0; j-- {
		sum = sum*u + r.d[j]
	}
	return sum
}

func (r *renewal) integral(u float64) (sum float64) {
	for j := terms - 1; j >= 0; j-- {
		sum = sum*u + r.d[j]/float64(j+1)
	}
	return sum * u
}

// next goes on to the interval that follows.
func (r *renewal) next(first bool) {
	begin := r.at(1)
	if first {
		begin -= r.c
	}
	for j := terms - 1; j > 0; j-- {
		r.d[j] = -r.c * r.d[j-1] / float64(j)
	}
	r.d[0] = max(begin, 0)
}

// rest is the integral over x further intervals, of which the one under way has
// the same share of the one before as each has of its own.
func (r *renewal) rest(x float64) float64 {
	now := r.integral(1)
	if now <= 0 || r.whole <= 0 {
		return 0
	}
	q := min(now/r.whole, 1)
	if 1-q < 1e-9 {
		return now * x
	}
	return now * -math.Expm1(x*math.Log(q)) / (1 - q)
}
