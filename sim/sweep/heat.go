package sweep

import (
	"slices"

	"edgesim/edge/policy"
	"edgesim/results/plot"
	"edgesim/sim/objective"
)

// heat is the grid as cells: a row for each policy, a column for each capacity.
func (r *Result) heat(q objective.Quantity, name string, objects bool) *plot.Figure {
	f := &plot.Figure{
		Name: "heat_" + fileName(q.Name), Title: title(q.Title) + " by policy and cache size", Subtitle: name + ", " + r.replicas(),
		About: "Each cell is a policy in a cache of that size: " + q.About + ". The policies are in the order of their average; the best of each size has a frame.",
		X:     plot.Axis{Label: "cache size", Scale: plot.Columns},
		Y:     Axis(q),
	}
	if objects {
		f.X.Label = "cache size in objects"
	}
	sizes := r.capacities()
	for _, c := range sizes {
		f.X.Names = append(f.X.Names, plot.ColumnName(c, objects))
	}
	for _, spec := range r.policies() {
		l := plot.Line{Label: spec}
		for _, row := range r.Rows {
			if row.Policy == spec {
				l.X = append(l.X, float64(slices.Index(sizes, row.Capacity)))
				l.Y = append(l.Y, InPlot(q, row.Figures[q.Name].Mean))
			}
		}
		f.Series = append(f.Series, l)
	}
	f.Ranked(!q.More, "best of its size that an edge can run", func(l plot.Line) bool { return onEdge(l.Label) })
	return f
}

// onEdge reports whether an edge can have the policy: one with foresight it
// cannot.
func onEdge(spec string) bool {
	_, _, err := policy.Parse(spec)
	return err == nil
}

func (r *Result) capacities() (list []int64) {
	for _, row := range r.Rows {
		if !slices.Contains(list, row.Capacity) {
			list = append(list, row.Capacity)
		}
	}
	slices.Sort(list)
	return list
}
