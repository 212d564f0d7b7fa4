package curve

import (
	"fmt"
	"slices"
	"strings"

	"edgesim/edge/policy"
	"edgesim/sim/foresight"
)

// Names lists every policy that a cell can have: the zoo, and those that know the
// future.
func Names() []string {
	names := policy.Names()
	for _, k := range foresight.Kinds() {
		names = append(names, k.Name)
	}
	return names
}

// Bounds lists the bounds that stand in a cell's place: what no policy can do
// better than, and what one could do that knew the future.
func Bounds() []string {
	var names []string
	for _, b := range foresight.Bounds() {
		names = append(names, b.Name)
	}
	return names
}

// Check is the error of a policy or bound that cannot be understood; nil of one
// that can.
func Check(spec string) error {
	if _, ok := bound(spec); ok {
		return nil
	}
	if _, _, err := parse(spec); err != nil {
		return fmt.Errorf("%w; bounds are %s", err, strings.Join(Bounds(), ", "))
	}
	return nil
}

func parse(spec string) (policy.Kind, map[string]float64, error) { return foresight.Parse(spec) }

// bound is the bound of that name.
func bound(name string) (foresight.BoundKind, bool) {
	all := foresight.Bounds()
	at := slices.IndexFunc(all, func(b foresight.BoundKind) bool { return b.Name == name })
	if at < 0 {
		return foresight.BoundKind{}, false
	}
	return all[at], true
}

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

// Online tells whether a policy is one that a server could have: it does not know
// the future, and is no bound.
func Online(spec string) bool {
	_, is := bound(spec)
	return !is && !Foresees([]string{spec})
}

// Title is what a legend calls a policy: its kind's title, with the parameters
// where there are some.
func Title(spec string) string {
	if b, ok := bound(spec); ok {
		return b.Title
	}
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
