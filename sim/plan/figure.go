package plan

import (
	"edgesim/results/plot"
	"edgesim/sim/objective"
	"edgesim/sim/sweep"
)

// Figures are a plot for each target, with every capacity that was tried and the
// target as a line, and what a month costs by capacity.
func (r *Result) Figures(name string, objects bool) []*plot.Figure {
	var rows []sweep.Row
	for _, a := range r.Answers {
		for _, t := range a.Tried {
			rows = append(rows, t.Row)
		}
	}
	tried := sweep.Result{Rows: rows, Replicas: rows[0].Replicas}
	var list []*plot.Figure
	for _, t := range r.targets {
		tried.Quantities = []objective.Quantity{t.Quantity}
		f := tried.Figures(name, objects)[0]
		f.Name = "plan" + f.Name[len("sweep"):]
		f.Marks = append(f.Marks, plot.Mark{Axis: "y", Y: sweep.InPlot(t.Quantity, t.Value), Label: "target"})
		if best := r.Best(); best != nil {
			f.Marks = append(f.Marks, plot.Mark{Axis: "x", X: float64(best.Capacity),
				Label: best.Policy + " " + sweep.Capacity(best.Capacity, objects)})
		}
		list = append(list, f)
	}
	if f := r.costs(name); f != nil {
		list = append(list, f)
	}
	return list
}

// costs is what a month costs beyond the bill for viewers, which no capacity
// changes; nil where prices are not known.
func (r *Result) costs(name string) *plot.Figure {
	best := r.Best()
	if best == nil {
		best = &r.Answers[0]
	}
	total := plot.Line{Label: "together", Color: "ink"}
	origin := plot.Line{Label: "origins", Color: "vermillion", Dash: []float64{6, 3}}
	memory := plot.Line{Label: "memory", Color: "blue"}
	for _, t := range best.Tried {
		if t.Cost == nil {
			return nil
		}
		x := float64(t.Capacity)
		total.X, total.Y = append(total.X, x), append(total.Y, t.Cost.Origin+t.Cost.Memory)
		origin.X, origin.Y = append(origin.X, x), append(origin.Y, t.Cost.Origin)
		memory.X, memory.Y = append(memory.X, x), append(memory.Y, t.Cost.Memory)
	}
	return &plot.Figure{
		Name: "plan_cost", Title: "What a month costs by cache size", Subtitle: name + ", " + best.Policy,
		About: "What origins send and the memory of the cache, for a month of 30 days. What viewers take costs the same at every size and is left out.",
		X:     plot.Axis{Label: "cache size (log scale)", Scale: plot.Log, Unit: plot.Octets},
		Y:     plot.Axis{Label: "a month", Unit: plot.Dollars},
		Marks: []plot.Mark{{Axis: "x", X: float64(best.Capacity), Label: sweep.Capacity(best.Capacity, false)}},

		Series: []plot.Line{total, origin, memory},
	}
}
