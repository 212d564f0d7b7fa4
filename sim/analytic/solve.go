package analytic

import (
	"cmp"
	"math"
	"slices"
)

// sortClasses puts classes into an order that does not depend on how they were
// gathered, so that sums come out the same to the last bit.
func sortClasses(p Population) {
	slices.SortFunc(p, func(a, b Class) int {
		if c := cmp.Compare(b.Rate, a.Rate); c != 0 {
			return c
		}
		return cmp.Compare(a.Size, b.Size)
	})
}

// rising is where a function that does not fall reaches want, looked for from
// low up, where it lies below or at it. It is +Inf where the function stays below.
func rising(f func(x float64) float64, want, low float64) float64 {
	a, fa := low, f(low)-want
	if fa >= 0 {
		return low
	}
	b, fb := a, fa
	for step := 4.0; fb < 0; step *= step {
		a, fa = b, fb
		if b *= step; b > 1e300 {
			return math.Inf(1)
		}
		fb = f(b) - want
	}
	return math.Exp(ridders(func(x float64) float64 { return f(math.Exp(x)) - want }, math.Log(a), fa, math.Log(b), fb))
}

// ridders is a root of f between a, where it is below 0, and b, where it is not
// (C. Ridders, IEEE Transactions on Circuits and Systems 26(11), 1979): the value
// in the middle makes an exponential of the three, whose root is the next guess.
// It is known to 10^-11.
func ridders(f func(x float64) float64, a, fa, b, fb float64) float64 {
	last := math.Inf(1)
	for b-a > 1e-11 {
		m := (a + b) / 2
		fm := f(m)
		if fm == 0 {
			return m
		}
		x := m - (m-a)*fm/math.Sqrt(fm*fm-fa*fb)
		fx := f(x)
		if fx == 0 || math.Abs(x-last) < 1e-11 {
			return x
		}
		last = x
		for _, p := range [2][2]float64{{m, fm}, {x, fx}} {
			if at, v := p[0], p[1]; v < 0 && at > a {
				a, fa = at, v
			} else if v > 0 && at < b {
				b, fb = at, v
			}
		}
	}
	return (a + b) / 2
}
