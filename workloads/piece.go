package workloads

import (
	"math"
	"time"
)

// Piece is a factor for a while: A + B·x + C·x², x ns after the beginning of the
// piece. Within it the factor is nowhere below 0.
type Piece struct {
	End     time.Duration // since the run began; forever only where B and C are 0
	A, B, C float64       // 1, 1/ns, 1/ns²
}

// flat reports whether the factor stays as it is.
func (p *Piece) flat() bool { return p.B == 0 && p.C == 0 }

// degree is that of the polynomial.
func (p *Piece) degree() int {
	switch {
	case p.C != 0:
		return 2
	case p.B != 0:
		return 1
	}
	return 0
}

// at is the factor after x ns.
func (p *Piece) at(x float64) float64 { return p.A + x*(p.B+x*p.C) }

// area is the integral over the first x ns, in ns.
func (p *Piece) area(x float64) float64 { return x * (p.A + x*(p.B/2+x*(p.C/3))) }

// most is the highest value within length ns.
func (p *Piece) most(length float64) float64 {
	most := max(p.at(0), p.at(length))
	if top := -p.B / (2 * p.C); p.C < 0 && top > 0 && top < length {
		most = max(most, p.at(top))
	}
	return most
}

// through is the parabola through three values, at the beginning, the middle and
// the end of length ns. Its integral is Simpson's rule, which is right for
// cubic polynomials as well.
func through(first, middle, last, length float64) Piece {
	return Piece{
		A: first,
		B: (4*middle - 3*first - last) / length,
		C: 2 * (first - 2*middle + last) / (length * length),
	}
}

// when is the x, 0 to length, up to which the area is v.
//
// With C = 0 it is a root of B/2·x² + A·x − v, in the form that loses no digits
// whatever the sign of B, and serves for B = 0 too:
//
//	x = 2v / (A + √(A² + 2·B·v))
//
// Otherwise Newton's method begins there, and is held within what is known to
// hold the root. What a step dx leaves is about dx²·|f'|/2f (Taylor): where that
// is nothing, as it is after the first step as a rule, none is taken to see so.
func (p *Piece) when(v, length float64) float64 {
	if p.flat() {
		return min(v/p.A, length)
	}
	x := 0.0
	if below := p.A + math.Sqrt(max(0, p.A*p.A+2*p.B*v)); below > 0 {
		x = min(2*v/below, length)
	}
	if p.C == 0 {
		return x
	}
	low, high, steepest := 0.0, length, math.Abs(p.B)+2*math.Abs(p.C)*length
	for range 60 {
		over, f := p.area(x)-v, p.at(x)
		if over > 0 {
			high = x
		} else {
			low = x
		}
		next := x - over/f
		if !(next >= low && next <= high) {
			next = (low + high) / 2
		} else if dx := next - x; dx*dx*steepest < tenth*f {
			return next
		}
		if math.Abs(next-x) < tenth {
			return next
		}
		x = next
	}
	return x
}

// tenth of a nanosecond is how exact a time is looked for.
const tenth = 0.1
