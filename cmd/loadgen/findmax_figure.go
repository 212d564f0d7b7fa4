package main

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"slices"

	"edgesim/results"
	"edgesim/results/plot"
	"edgesim/sim/objective"
	"edgesim/sim/sweep"
)

// beyond is how many times an objective's value a figure shows: what an overloaded
// server took would press all else to the ground.
const beyond = 3

// figure is an objective's quantity by the rate that was achieved, on a linear axis: a
// logarithmic one bends a straight line into a knee.
func (f *found) figure(g objective.Target, o *options) *plot.Figure {
	fig := &plot.Figure{
		Name: "find_max", Title: "Load and " + g.Title, Subtitle: fmt.Sprintf("%s, trials of %v%s", o.URL(), o.find.trial, f.partly()),
		About: fmt.Sprintf("Every trial of the search that kept its workers, by the rate that was asked for. Values beyond %d times the objective lie on the edge, in a color of their own.", beyond),
		X:     plot.Axis{Label: "requests asked for (per second)", Scale: plot.Linear, Unit: plot.PerSecond},
		Y:     sweep.Axis(g.Quantity),
		Marks: []plot.Mark{{Axis: "y", Y: sweep.InPlot(g.Quantity, g.Value), Label: g.String()}},
	}
	if f.Rate > 0 {
		fig.Marks = append(fig.Marks, plot.Mark{Axis: "x", X: f.Rate, Label: "highest that meets it: " + objective.PerSecond.Show(f.Rate)})
	}
	mean := plot.Line{Label: "mean of trials", Color: "blue"}
	met := plot.Line{Label: "trial that met it", Color: "green", Form: plot.AsPoints}
	missed := plot.Line{Label: "trial that did not", Color: "vermillion", Form: plot.AsPoints}
	off := plot.Line{Label: "more than " + g.Unit.Show(beyond*g.Value), Color: "purple", Form: plot.AsPoints}
	sorted := slices.SortedFunc(slices.Values(f.Trials), func(a, b trial) int { return cmp.Compare(a.Asked, b.Asked) })
	sums, n := 0.0, 0.0
	for i, t := range sorted {
		v, known := t.Measured[g.Name] // of a trial that lost a worker none is
		if known {
			to := &missed
			switch {
			case t.Met:
				to = &met
			case shownValue(g, v) < v:
				to = &off
			}
			to.X, to.Y = append(to.X, t.Asked), append(to.Y, sweep.InPlot(g.Quantity, shownValue(g, v)))
			sums, n = sums+v, n+1
		}
		if last := i == len(sorted)-1 || sorted[i+1].Asked != t.Asked; last && n > 0 {
			mean.X, mean.Y = append(mean.X, t.Asked), append(mean.Y, sweep.InPlot(g.Quantity, shownValue(g, sums/n)))
			sums, n = 0, 0
		}
	}
	for _, line := range []plot.Line{met, missed, off, mean} {
		if len(line.X) > 0 {
			fig.Series = append(fig.Series, line)
		}
	}
	if !g.More && g.Value > 0 { // room for the label above what lies on the edge
		fig.Y.Max = sweep.InPlot(g.Quantity, (beyond+0.4)*g.Value)
	}
	if len(fig.Series) == 0 {
		fig.Lack = "no trial told it"
	}
	return fig
}

// partly is said of a search that was broken off.
func (f *found) partly() string {
	if f.Partial {
		return "; partial: the search was broken off"
	}
	return ""
}

// shownValue is the value as far as the figure shows it.
func shownValue(g objective.Target, v float64) float64 {
	if g.More || g.Value == 0 {
		return v
	}
	return math.Min(v, beyond*g.Value)
}

// writeFigure writes a figure as JSON, SVG and PNG.
func writeFigure(path string, f *plot.Figure) error {
	if err := results.WriteJSON(path+".figure.json", f); err != nil {
		return err
	}
	size, err := plot.ParseSize(plot.SizeNames()[0])
	if err != nil {
		return err
	}
	for _, format := range []string{"svg", "png"} {
		var out bytes.Buffer
		if err := plot.Render(&out, f, format, size); err != nil {
			return err
		}
		if err := writeAll(path+"."+format, &out); err != nil {
			return err
		}
	}
	return nil
}
