package plot

import (
	"math"
	"slices"
	"strconv"
	"time"

	"gonum.org/v1/plot"
)

// edge is the share of an axis left free beyond the data.
const edge = 0.04

// ticks are the marks of an axis, computed once from its final range.
type ticks []plot.Tick

// Ticks returns the marks; those outside the range are not drawn by gonum.
func (t ticks) Ticks(_, _ float64) []plot.Tick { return t }

// lg is the place of v on a logarithmic axis. Such an axis is a linear one of
// logarithms here: gonum's own scale panics at zero, and puts the axis label's
// box where it costs a fifth of the slide. What has no logarithm is a mistake
// of ours.
func lg(v float64) float64 {
	if !(v > 0) {
		panic("plot: " + strconv.FormatFloat(v, 'g', -1, 64) + " on a log axis")
	}
	return math.Log10(v)
}

// leastSpan is the least that a log axis spans, as a logarithm: enough for two
// of 1, 2, 5 and 10 wherever it lies.
const leastSpan = 0.8

// logAxis makes a an axis of decades over low..high, both above zero, with
// room beyond the data. Points on it are placed by lg. label names a tick's
// value.
func logAxis(a *plot.Axis, low, high float64, title string, label func(float64) string) {
	a.Min, a.Max = lg(low), lg(high)
	span := a.Max - a.Min
	room := max(edge*span, (leastSpan-span)/2)
	a.Min, a.Max = a.Min-room, a.Max+room
	a.Label.Text = title
	a.Tick.Marker = decades(a.Min, a.Max, label)
}

// decades marks the powers of ten between the logarithms low and high; 2 and 5
// too where there are few of them.
func decades(low, high float64, label func(float64) string) ticks {
	var marks ticks
	span := high - low
	for e := int(math.Floor(low)); e <= int(math.Ceil(high)); e++ {
		for m := 1.0; m < 10; m++ {
			v := m * math.Pow10(e)
			if lg(v) < low || lg(v) > high {
				continue
			}
			named := m == 1 || (m == 2 || m == 5) && span < 2.2
			mark := plot.Tick{Value: lg(v)}
			if named {
				mark.Label = label(v)
			}
			if named || span < 7 {
				marks = append(marks, mark)
			}
		}
	}
	return marks
}

// onlyFromOne leaves out marks below 1, of which there are no whole numbers.
func onlyFromOne(a *plot.Axis) {
	all := a.Tick.Marker.Ticks(a.Min, a.Max)
	a.Tick.Marker = ticks(slices.DeleteFunc(all, func(t plot.Tick) bool { return t.Value < 0 }))
}

// linearAxis makes a an axis from 0, or from what is below it, to a little above
// the data. Its marks are round in units of unit.
func linearAxis(a *plot.Axis, e extent, unit float64, title string, label func(float64) string) {
	low, high := min(e.low, 0), max(e.high, 0)
	if e.empty() || low == high {
		low, high, unit = 0, 1, 1
	}
	step := roundStep((high-low)/6/unit) * unit
	a.Min, a.Max = low, high+(high-low)*edge
	if low < 0 {
		a.Min -= (high - low) * edge
	}
	a.Label.Text = title
	a.Tick.Marker = steps(math.Ceil(a.Min/step)*step, a.Max, step, label)
}

// roundStep is the smallest of 1, 2, 2.5 and 5 times a power of ten that is at
// least x.
func roundStep(x float64) float64 {
	unit := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 2.5, 5, 10} {
		if m*unit >= x*0.999 {
			return m * unit
		}
	}
	return 10 * unit
}

func steps(low, high, step float64, label func(float64) string) ticks {
	var marks ticks
	for i := 0; ; i++ {
		v := low + float64(i)*step
		if v > high*(1+1e-9) || i > 1000 {
			return marks
		}
		marks = append(marks, plot.Tick{Value: v, Label: label(v)})
	}
}

// percentAxis runs from 0 to 100 %, always, so that plots can be compared.
func percentAxis(a *plot.Axis, title string) {
	a.Min, a.Max = 0, 102
	a.Label.Text = title
	a.Tick.Marker = steps(0, 100, 20, func(v float64) string { return num(v) + " %" })
}

// timeUnits are the units of time axes: each serves runs of up to most.
var timeUnits = []struct {
	most  time.Duration
	unit  time.Duration
	name  string
	steps []float64
}{
	{time.Second, time.Millisecond, "ms", nil},
	{3 * time.Minute, time.Second, "s", []float64{0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 20, 30}},
	{3 * time.Hour, time.Minute, "min", []float64{0.5, 1, 2, 5, 10, 15, 20, 30}},
	{4 * 24 * time.Hour, time.Hour, "h", []float64{0.5, 1, 2, 3, 6, 12}},
	{math.MaxInt64, 24 * time.Hour, "days", []float64{1, 2, 5, 7, 14, 30, 60, 90, 180, 365}},
}

// elapsedAxis runs over e, in seconds since the run began, in the unit that
// suits its length. It returns the unit, in seconds.
func elapsedAxis(a *plot.Axis, e extent, title string) float64 {
	if e.empty() {
		e = extent{}
	}
	length := min(max(e.high-min(e.low, 0), 1e-3), 1e300)
	for _, u := range timeUnits {
		if length > u.most.Seconds() && u.most != math.MaxInt64 {
			continue
		}
		unit := u.unit.Seconds()
		a.Min, a.Max = min(e.low, 0)/unit, (min(e.low, 0)+length*1.015)/unit
		a.Label.Text = title + " (" + u.name + ")"
		step := timeStep(length/unit, u.steps)
		a.Tick.Marker = steps(math.Ceil(a.Min/step)*step, a.Max, step, num)
		return unit
	}
	panic("plot: a length of time beyond every unit")
}

func timeStep(whole float64, nice []float64) float64 {
	for _, s := range nice {
		if whole/s <= 12 {
			return s
		}
	}
	return roundStep(whole / 10)
}

// powersOfTwo marks bytes between the logarithms low and high at powers of two,
// eight of them or a few more.
func powersOfTwo(low, high float64) ticks {
	first, last := math.Ceil(low/math.Log10(2)), math.Floor(high/math.Log10(2))
	step := 1.0
	for _, s := range []float64{2, 5, 10, 20, 40, 100} {
		if (last-first)/step > 10 {
			step = s
		}
	}
	var marks ticks
	for e := math.Ceil(first/step) * step; e <= last; e += step {
		marks = append(marks, plot.Tick{Value: e * math.Log10(2), Label: octets(math.Pow(2, e))})
	}
	return marks
}
