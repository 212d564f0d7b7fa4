// Package sweep plays a grid of cells, each a policy and a capacity, a few times
// with different seeds, and says what came of each and how sure that is. It
// knows figures, replicas and intervals; it must never know how a cell is
// played.
package sweep

import (
	"slices"

	"edgesim/sim/objective"
)

// Values are what a trial came to, by the quantities' names. One that is not
// there is not known: a trace of a cache says nothing of times.
type Values = objective.Values

// Known lists the quantities that every one of the values has.
func Known(all []Values) (list []objective.Quantity) {
	for _, q := range objective.Quantities() {
		if !slices.ContainsFunc(all, func(v Values) bool { _, ok := v[q.Name]; return !ok }) {
			list = append(list, q)
		}
	}
	return list
}
