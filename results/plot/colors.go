package plot

import (
	"image/color"

	"edgesim/results"
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
