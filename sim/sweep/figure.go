package sweep

import (
	"fmt"
	"math"
	"slices"

	"edgesim/results/plot"
	"edgesim/sim/objective"
)

// colors are the policies' colours, in the order in which they are asked for.
var colors = []string{"blue", "vermillion", "green", "purple", "orange", "sky", "ink", "gray"}

// dashes tell policies apart that have one colour.
var dashes = [][]float64{nil, {6, 3}, {2, 2}, {8, 3, 2, 3}}

// Figures are one plot for each known quantity: over capacity, a line for every
// policy, with its interval. The ratios of hits are there as cells, too.
func (r *Result) Figures(name string, objects bool) (list []*plot.Figure) {
	for _, q := range r.Quantities {
		list = append(list, r.figure(q, name, objects))
	}
	for _, q := range r.Quantities {
		if q.Name == "hit" || q.Name == "byte-hit" {
			list = append(list, r.heat(q, name, objects))
		}
	}
	return list
}

func (r *Result) figure(q objective.Quantity, name string, objects bool) *plot.Figure {
	f := &plot.Figure{
		Name: "sweep_" + fileName(q.Name), Title: title(q.Title) + " against cache size", Subtitle: name + ", " + r.replicas(),
		About: "Each line is a policy, each point a cache of that size: " + q.About + ".",
		X:     plot.Axis{Label: "cache size (log scale)", Scale: plot.Log, Unit: plot.Octets},
		Y:     Axis(q),
	}
	if objects {
		f.X = plot.Axis{Label: "cache size in objects (log scale)", Scale: plot.Log, Unit: plot.Counts}
	}
	var doubts []plot.Line
	for i, policy := range r.policies() {
		l := plot.Line{Label: policy, Color: colors[i%len(colors)], Dash: dashes[i/len(colors)%len(dashes)]}
		doubt := plot.Line{Color: l.Color, Form: plot.AsDoubt}
		for _, row := range r.Rows {
			if row.Policy != policy {
				continue
			}
			e, x := row.Figures[q.Name], float64(row.Capacity)
			l.X, l.Y = append(l.X, x), append(l.Y, InPlot(q, e.Mean))
			if e.Doubt != nil {
				doubt.X, doubt.Y = append(doubt.X, x), append(doubt.Y, InPlot(q, e.Mean+*e.Doubt))
				doubt.Y2 = append(doubt.Y2, InPlot(q, max(0, e.Mean-*e.Doubt)))
			}
		}
		if said := r.formulaLine(policy, q, &l); len(said.X) > 0 {
			f.Series, l.Form = append(f.Series, said), plot.AsPoints
		}
		f.Series = append(f.Series, l)
		if len(doubt.X) > 0 {
			doubts = append(doubts, doubt)
		}
	}
	f.Series = append(f.Series, doubts...)
	return f
}

// formulaPoints are how many capacities a formula's line has.
const formulaPoints = 64

// formulaLine is what the policy's formula says between the ends of its line; empty
// where it says nothing of the quantity.
func (r *Result) formulaLine(policy string, q objective.Quantity, l *plot.Line) plot.Line {
	said := plot.Line{Label: policy + ", formula", Color: l.Color, Dash: l.Dash}
	if r.Formula == nil || len(l.X) == 0 {
		return said
	}
	low, high := slices.Min(l.X), slices.Max(l.X)
	if low == high {
		low, high = low/8, high*8
	}
	for k := range formulaPoints {
		x := low * math.Pow(high/low, float64(k)/(formulaPoints-1))
		if v, ok := r.Formula(policy, x)[q.Name]; ok {
			said.X, said.Y = append(said.X, x), append(said.Y, InPlot(q, v))
		}
	}
	return said
}

func (r *Result) replicas() string {
	if r.Replicas == 1 {
		return "one replica"
	}
	return fmt.Sprintf("%d replicas, 95 %% intervals", r.Replicas)
}

func (r *Result) policies() (list []string) {
	for _, row := range r.Rows {
		if !slices.Contains(list, row.Policy) {
			list = append(list, row.Policy)
		}
	}
	return list
}

func Axis(q objective.Quantity) plot.Axis {
	a := plot.Axis{Label: q.Title, Scale: plot.Linear}
	switch q.Unit {
	case objective.Share:
		a.Unit = plot.Percents
	case objective.Seconds:
		a.Label, a.Unit = q.Title+" (ms)", plot.Milliseconds
	case objective.PerSecond:
		a.Label, a.Unit = q.Title+" (per second)", plot.PerSecond
	case objective.Rate:
		a.Unit = plot.OctetsRate
	}
	return a
}

// InPlot is a value of the quantity in the axis' unit.
func InPlot(q objective.Quantity, v float64) float64 {
	switch q.Unit {
	case objective.Share:
		return 100 * v
	case objective.Seconds:
		return 1000 * v
	}
	return v
}

func fileName(s string) string {
	b := []byte(s)
	for i := range b {
		if b[i] == '-' {
			b[i] = '_'
		}
	}
	return string(b)
}

func title(s string) string { return string(s[0]-'a'+'A') + s[1:] }
