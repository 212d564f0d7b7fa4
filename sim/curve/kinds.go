package curve

import (
	"slices"

	"edgesim/edge/policy"
)

// Names lists every policy that a cell can have.
func Names() []string { return policy.Names() }

// Check is the error of a policy that cannot be understood; nil of one that can.
func Check(spec string) error {
	_, _, err := parse(spec)
	return err
}

func parse(spec string) (policy.Kind, map[string]float64, error) { return policy.Parse(spec) }

// Foresees tells whether any of the policies asks for the future.
func Foresees(specs []string) bool {
	return slices.ContainsFunc(specs, func(spec string) bool {
		k, params, err := parse(spec)
		if err != nil {
			return false
		}
		_, sees := k.New(policy.Config{Capacity: 1, Params: params}).(seer)
		return sees
	})
}

// Title is what a legend calls a policy: its kind's title, with the parameters
// where there are some.
func Title(spec string) string {
	k, params, err := parse(spec)
	if err != nil || len(params) > 0 {
		return spec
	}
	return k.Title
}

// mostSizes is how many capacities are chosen where none are given.
const mostSizes = 12

// Sizes are capacities for a working set: all of it, and halves downwards, the
// smallest first.
func Sizes(workingSet int64) []int64 {
	var sizes []int64
	for size := workingSet; size >= 1 && len(sizes) < mostSizes; size /= 2 {
		sizes = append(sizes, size)
	}
	slices.Reverse(sizes)
	return sizes
}
