package policy

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestHeapGivesTheLowestRank compares a heap whose ranks rise beside the tree
// with a list that is sorted each time.
func TestHeapGivesTheLowestRank(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := heap{slots: make([]ranked, 30)}
		in := map[Slot]bool{}
		stamp := uint64(0)
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			s := Slot(rapid.IntRange(0, 29).Draw(t, "slot"))
			stamp++
			rise := rapid.Uint64Range(0, 5).Draw(t, "rise")
			switch what := rapid.IntRange(0, 9).Draw(t, "what"); {
			case what < 6 && in[s]:
				h.slots[s].rank = rank{h.slots[s].key + rise, stamp}
			case what < 6:
				h.slots[s].rank = rank{rise, stamp}
				h.push(s)
				in[s] = true
			case what < 8 && in[s]:
				h.remove(s)
				delete(in, s)
			case len(in) > 0:
				want := lowest(&h, in)
				if got := h.pop(); got != want {
					t.Fatalf("slot %d of rank %v, want %d of %v", got, h.slots[got].rank, want, h.slots[want].rank)
				}
				delete(in, want)
			}
			if wrong := brokenHeap(&h, len(in)); wrong != "" {
				t.Fatal(wrong)
			}
		}
	})
}

func lowest(h *heap, in map[Slot]bool) Slot {
	var all []Slot
	for s := range in {
		all = append(all, s)
	}
	return slices.MinFunc(all, func(a, b Slot) int {
		x, y := h.slots[a].rank, h.slots[b].rank
		return cmp.Or(cmp.Compare(x.key, y.key), cmp.Compare(x.stamp, y.stamp))
	})
}
