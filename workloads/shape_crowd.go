package workloads

import (
	"math"
)

func init() {
	shapes.register(ShapeKind{
		Name:  "crowd",
		Usage: "a flash crowd: a ramp to a multiple of the rate, a plateau and a long way down",
		Params: []Param{
			{Name: "at", Usage: "when it begins, since the run began", Unit: Seconds, Default: 60, High: 1e8},
			{Name: "peak", Usage: "the rate at its height as a multiple of the normal one", Default: 30, Low: 1, High: 1e6},
			{Name: "unit", Usage: "of time: the ramp takes log10(1+peak) of it", Unit: Seconds, Default: 60, Low: 1e-3, High: 1e7},
			{Name: "decay", Usage: "the way down as a multiple of the way up", Default: 10, Low: 1e-3, High: 1e4},
		},
		New: newCrowd,
	})
}

// newCrowd makes a flash crowd (Ari, Hong, Miller, Brandt and Long, "Managing flash
// crowds on the Internet", MASCOTS 2003): with the shock level S, the rate at the
// height over the normal one, it goes in a straight line up to S in log10(1+S)
// units of time, stays for log10(1+S), and comes down in n·log10(1+S).
func newCrowd(_ ShapeConfig, p Params) (Factor, error) {
	top, unit := p["peak"], math.Log10(1+p["peak"])*p["unit"]*1e9
	begins := nanoseconds(p["at"] * 1e9)
	up := begins + max(1, nanoseconds(unit))
	stays := up + max(1, nanoseconds(unit))
	down := stays + max(1, nanoseconds(unit*p["decay"]))
	return &stages{lines: []Piece{
		{End: begins, A: 1},
		{End: up, A: 1, B: (top - 1) / float64(up-begins)},
		{End: stays, A: top},
		{End: down, A: top, B: (1 - top) / float64(down-stays)},
		{End: forever, A: 1},
	}}, nil
}
