package fit

import (
	"fmt"

	"edgesim/results/plot"
)

// Figure is the trace's curves and those of the fit over each other.
func (f *Fit) Figure() *plot.Figure {
	t := &f.Tried[f.Chosen]
	d := t.Distance
	fig := &plot.Figure{
		Name: "fit", Title: "Miss ratio by cache size: a trace and what was fitted to it",
		About: "LRU's miss-ratio curves of the trace and of the fitted scenario played as long, for all sizes. " +
			"Where they lie over each other the scenario stands for the trace.",
		Subtitle: fmt.Sprintf("%s · %s · %.2f percentage points apart on average, %.2f at most", f.Name, t.Model, 100*max(d.Mean, d.ByteMean), 100*max(d.Max, d.ByteMax)),
		X:        plot.Axis{Label: "capacity (log scale)", Scale: plot.Log, Unit: plot.Octets},
		Y:        plot.Axis{Label: "requests that miss", Unit: plot.Percents, Max: 100},
	}
	dash := []float64{7, 4}
	requests := func(c *Curve, at int64) float64 { r, _ := c.At(at); return r }
	bytes := func(c *Curve, at int64) float64 { _, b := c.At(at); return b }
	fitted, traced := f.curve(&t.played.Curve, requests), f.curve(&f.measured.Curve, requests)
	fitted.Label, fitted.Color, fitted.Dash = "requests, fitted", "ink", dash
	traced.Label, traced.Color = "requests, trace", "sky"
	fig.Series = []plot.Line{fitted, traced}
	if !f.measured.Tells.Sizes {
		fig.X.Label, fig.X.Unit = "capacity in objects (log scale)", plot.Counts
		fitted.Label, traced.Label = "fitted", "trace"
		fig.Series = []plot.Line{fitted, traced}
		return fig
	}
	fig.Y.Label = "requests, and bytes, that miss"
	fitted, traced = f.curve(&t.played.Curve, bytes), f.curve(&f.measured.Curve, bytes)
	fitted.Label, fitted.Color, fitted.Dash = "bytes, fitted", "vermillion", dash
	traced.Label, traced.Color = "bytes, trace", "orange"
	fig.Series = append(fig.Series, fitted, traced)
	return fig
}

func (f *Fit) curve(c *Curve, of func(c *Curve, at int64) float64) (l plot.Line) {
	for _, at := range f.measured.Capacities() {
		l.X, l.Y = append(l.X, float64(at)), append(l.Y, 100*of(c, at))
	}
	return l
}
