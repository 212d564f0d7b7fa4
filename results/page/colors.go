package page

import (
	"image/color"
	"strings"

	"edgesim/results/plot"
)

// colors are the plots' colours and the page's in their place, which turn with
// light and dark.
var colors = []struct {
	plot color.RGBA
	page string // name of the style sheet's variable, without "--"
}{
	{plot.Paper, "card"},
	{plot.Ink, "ink"},
	{plot.Soft, "soft"},
	{plot.Grid, "grid"},
	{plot.Shade, "shade"},
	{plot.Blue, "blue"},
	{plot.Sky, "sky"},
	{plot.Vermillion, "vermillion"},
	{plot.Purple, "purple"},
	{plot.Green, "green"},
	{plot.Orange, "orange"},
	{plot.Gray, "gray"},
}

// follow puts the page's variable in the place of every colour of the plots.
func follow() *strings.Replacer {
	var pairs []string
	for _, c := range colors {
		pairs = append(pairs, ":"+plot.Hex(c.plot), ":var(--"+c.page+")")
	}
	return strings.NewReplacer(pairs...)
}

// variable is the style sheet's variable for the colour of that name, as
// plot.ColorOf knows it. A series without a colour has one by its place.
func variable(name string, place int) string {
	want := plot.ColorOf(plot.ColorAt(name, place))
	for _, c := range colors {
		if c.plot == want {
			return c.page
		}
	}
	return "gray"
}
