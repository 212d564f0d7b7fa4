package curve

import (
	"slices"

	"edgesim/results/plot"
)

// heat is every policy at every capacity as cells: what a line for each could not
// show of so many.
func (d Drawn) heat(name, title, label string, ratio func(i int) (v, low, high float64)) *plot.Figure {
	f := &plot.Figure{
		Name: name, Title: title, Subtitle: d.subtitle(),
		About: "Each cell is a cache of that size that was played on the trace. The policies are in the order of their average; the best of each size has a frame.",
		X:     plot.Axis{Label: "capacity", Scale: plot.Columns},
		Y:     plot.Axis{Label: label, Unit: plot.Percents},
	}
	if d.IgnoreSize {
		f.X.Label = "capacity in objects"
	}
	var sizes []int64
	online := map[string]bool{}
	for _, r := range d.Results {
		online[Title(r.Policy)] = Online(r.Policy)
		sizes = append(sizes, r.Capacity)
	}
	slices.Sort(sizes)
	sizes = slices.Compact(sizes)
	for _, c := range sizes {
		f.X.Names = append(f.X.Names, plot.ColumnName(c, d.IgnoreSize))
	}
	for _, l := range d.lines(ratio) {
		row := plot.Line{Label: l.Label, Y: l.Y}
		for _, c := range l.X {
			row.X = append(row.X, float64(slices.Index(sizes, int64(c))))
		}
		f.Series = append(f.Series, row)
	}
	f.Ranked(true, "best of its size, without foresight", func(l plot.Line) bool { return online[l.Label] })
	return f
}
