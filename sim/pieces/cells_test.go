package pieces

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"edgesim/sim/curve"
)

// However cells are cut, they are all there in their order, none beside one of another
// policy, none too many, and as even as can be.
func TestCellsAreCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var cells []curve.Cell
		for _, policy := range []string{"lru", "sieve", "arc"} {
			for i := range rapid.IntRange(0, 200).Draw(t, policy) {
				cells = append(cells, curve.Cell{Policy: policy, Capacity: int64(i + 1)})
			}
		}
		cut := CutFor(len(cells), rapid.IntRange(0, 50).Draw(t, "slots"))
		var again []curve.Cell
		sizes := map[string][]int{}
		for _, part := range together(cells, cut) {
			again = append(again, part...)
			sizes[part[0].Policy] = append(sizes[part[0].Policy], len(part))
			if len(part) > cut || cut > mostCells || part[0].Policy != part[len(part)-1].Policy {
				t.Fatalf("%d cells from %v to %v, cut by %d", len(part), part[0], part[len(part)-1], cut)
			}
		}
		if !slices.Equal(cells, again) {
			t.Fatalf("%v are cut to %v", cells, again)
		}
		for policy, list := range sizes {
			if slices.Max(list)-slices.Min(list) > 1 {
				t.Fatalf("%s: %v", policy, list)
			}
		}
	})
	for _, c := range []struct{ cells, slots, want int }{{36, 0, 8}, {108, 2, 27}, {36, 100, 1}, {10_000, 1, mostCells}, {0, 3, 1}} {
		if got := CutFor(c.cells, c.slots); got != c.want {
			t.Errorf("%d cells for %d slots: %d in a piece; right are %d", c.cells, c.slots, got, c.want)
		}
	}
}
