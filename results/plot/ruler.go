package plot

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

// ruler turns a figure's values into places on the paper.
type ruler struct {
	log      bool
	unit     float64 // of an elapsed axis: seconds of its unit; else 1
	min, max float64 // the axis' range, as gonum has it: logarithms on a log axis
	from, to vg.Length
}

// at is the place of v; NaN where it has none, as 0 has none on a log axis.
func (r ruler) at(v float64) vg.Length {
	return r.from + (r.to-r.from)*vg.Length((r.value(v)-r.min)/(r.max-r.min))
}

// value is what gonum's axis has for v; NaN where the axis does not reach.
func (r ruler) value(v float64) float64 {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0) || r.log && v <= 0:
		return math.NaN()
	case r.log:
		v = lg(v)
	default:
		v /= r.unit
	}
	if slack := (r.max - r.min) * 1e-9; v < r.min-slack || v > r.max+slack {
		return math.NaN()
	}
	return v
}

// has reports whether v has a place.
func (r ruler) has(v float64) bool { return !math.IsNaN(r.value(v)) }

// extent is a range of values; it has none while low is above high.
type extent struct{ low, high float64 }

func nowhere() extent { return extent{math.Inf(1), math.Inf(-1)} }

func (e extent) empty() bool { return e.low > e.high }

// farthest bounds values, so that a range of them is still a number.
const farthest = 1e300

// add widens e to v, if v is a number that the scale has a place for.
func (e *extent) add(v float64, scale string) {
	logarithmic := scale == Log || scale == Nines
	if math.IsNaN(v) || math.Abs(v) > farthest || logarithmic && v < 1e-300 {
		return
	}
	e.low, e.high = min(e.low, v), max(e.high, v)
}

// dress gives a the marks of the figure's axis over the range e, and returns
// its ruler without a place on paper.
func (x Axis) dress(a *plot.Axis, e extent) ruler {
	r := ruler{unit: 1}
	switch x.Scale {
	case Log:
		r.log = true
		if e.empty() {
			e = extent{1, 10}
		}
		logAxis(a, e.low, e.high, x.Label, x.tick())
		if x.Unit == Counts {
			onlyFromOne(a)
		}
		if x.Unit == Octets {
			a.Tick.Marker = powersOfTwo(a.Min, a.Max)
		}
	case Nines:
		r.log = true
		nines(a, max(e.high, 10), x.Label)
	case Elapsed:
		r.unit = elapsedAxis(a, e, x.Label)
	case Time:
		clockAxis(a, e, x.Label)
	default:
		x.linear(a, e)
	}
	r.min, r.max = a.Min, a.Max
	return r
}

// linear makes a an axis from 0, or from what is below it, to beyond the data.
func (x Axis) linear(a *plot.Axis, e extent) {
	switch {
	case x.Unit == Percents && x.Max == 100 && e.low >= 0 && e.high <= 100:
		percentAxis(a, x.Label)
	case x.Unit == Octets || x.Unit == OctetsRate:
		linearAxis(a, e, binary(max(e.high, -e.low)), x.Label, x.tick())
	default:
		linearAxis(a, e, 1, x.Label, x.tick())
	}
}

// tick is how the axis writes a value.
func (x Axis) tick() func(float64) string {
	switch x.Unit {
	case Percents:
		return func(v float64) string { return num(v) + " %" }
	case Octets:
		return octets
	case OctetsRate:
		return func(v float64) string { return octets(v) + "/s" }
	case Dollars:
		return dollars
	case Milliseconds:
		return num
	}
	return short
}
