package plot

import (
	"image/color"
	"slices"

	"edgesim/results"
	"edgesim/results/report"
)

// namedColors are the colours of lines that are of no result type.
var namedColors = map[string]color.RGBA{
	"blue": Blue, "sky": Sky, "vermillion": Vermillion, "purple": Purple,
	"green": Green, "orange": Orange, "gray": Gray, "ink": Ink,
}

// ColorOf is the colour of a Line's Color: of the result type of that name,
// or one of blue, sky, vermillion, purple, green, orange, gray and ink. Any
// other, "" too, is gray.
func ColorOf(name string) color.RGBA {
	if c, ok := namedColors[name]; ok {
		return c
	}
	for r := results.Result(0); r < results.Results; r++ {
		if name == r.Label() {
			return ResultColor(r)
		}
	}
	return Gray
}

// DashOf is the dash pattern, in points, that a result type's lines have so
// that they can be told apart without colours; nil is solid, as for any other
// name.
func DashOf(name string) []float64 {
	for r := results.Result(0); r < results.Results; r++ {
		if name != r.Label() {
			continue
		}
		var dash []float64
		for _, d := range resultDashes[r] {
			dash = append(dash, d.Points())
		}
		return dash
	}
	return nil
}

// resultLine is a line of a result type, in its colour and dash.
func resultLine(r results.Result, note string) Line {
	return Line{Label: r.Label(), Note: note, Color: r.Label(), Dash: DashOf(r.Label())}
}

// byPlace are the colours of series that ask for none, in their order.
var byPlace = []string{"blue", "orange", "green", "vermillion", "purple", "sky", "gray", "ink"}

// ColorAt is the colour that series number i asks for by name, or where it asks
// for none, one by its place.
func ColorAt(name string, i int) string {
	if name == "" {
		return byPlace[i%len(byPlace)]
	}
	return name
}

// dashes tell lines apart where colours do not, in print and to those who see
// none.
var dashes = [][]float64{nil, {9, 3}, {12, 3, 3, 3}, {3, 3}, {6, 3, 2, 3, 2, 3}, {16, 4}, {1, 3}}

// dashAt is the dash pattern of series number i: its result type's, else the
// first that no result type and none before it has.
func dashAt(all []report.Series, i int) []float64 {
	taken := map[int]bool{}
	for _, s := range all {
		if d, is := resultDash(s.Color); is {
			taken[slices.IndexFunc(dashes, func(e []float64) bool { return slices.Equal(d, e) })] = true
		}
	}
	for j, s := range all {
		if d, is := resultDash(s.Color); is {
			if j == i {
				return d
			}
			continue
		}
		free := 0
		for free < len(dashes)-1 && taken[free] {
			free++
		}
		if j == i {
			return dashes[free]
		}
		taken[free] = true
	}
	return nil
}

// resultDash is the dash of the result type of that name, if it is one.
func resultDash(name string) (dash []float64, is bool) {
	for r := results.Result(0); r < results.Results; r++ {
		if name == r.Label() {
			return DashOf(name), true
		}
	}
	return nil, false
}
