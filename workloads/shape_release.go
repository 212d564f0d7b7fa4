package workloads

import (
	"math"
	"time"
)

func init() {
	shapes.register(ShapeKind{
		Name:  "release",
		Usage: "something comes out: at once a multiple of the rate, which then halves and halves",
		Params: []Param{
			{Name: "at", Usage: "when, since the run began", Unit: Seconds, Default: 60, High: 1e8},
			{Name: "peak", Usage: "the rate at first as a multiple of the normal one", Default: 20, Low: 1, High: 1e6},
			{Name: "half", Usage: "how long it takes until half of the surplus is gone", Unit: Seconds, Default: 18 * 3600, Low: 1e-3, High: 1e8},
		},
		New: func(_ ShapeConfig, p Params) (Factor, error) {
			return &release{nanoseconds(p["at"] * 1e9), p["peak"] - 1, p["half"] * 1e9}, nil
		},
	})
}

// release is 1 + surplus·2^(−t/half) from a moment on, as after software is
// published. Parabolas go through it, over a 64th of a half-life each: off by
// (ln 2/64)³/(72·√3), 1e-8 of the surplus, at most. After 64 half-lives nothing
// of it is left.
type release struct {
	begins  time.Duration
	surplus float64
	half    float64 // ns
}

// Piece implements Factor.
func (r *release) Piece(at time.Duration) Piece {
	const pieces, halves = 64, 64
	after := float64(at - r.begins)
	if after < 0 {
		return Piece{End: r.begins, A: 1}
	}
	if after >= halves*r.half {
		return Piece{End: forever, A: 1}
	}
	end := at + max(1, nanoseconds(r.half/pieces))
	value := func(x float64) float64 { return 1 + r.surplus*math.Exp2(-(after+x)/r.half) }
	length := float64(end - at)
	p := through(value(0), value(length/2), value(length), length)
	p.End = end
	return p
}
