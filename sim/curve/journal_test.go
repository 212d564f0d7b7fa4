package curve

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestJournalKeepsWhatCounts holds a journal, begun short of where places begin again
// at 0, to a plain list of what was written and not struck out.
func TestJournalKeepsWhatCounts(t *testing.T) {
	type entry struct{ place, object uint32 }
	rapid.Check(t, func(rt *rapid.T) {
		j := journal{objects: make([]uint32, 4*wordBits), valid: make([]uint64, 4)}
		j.head = -rapid.Uint32Range(1, 6*wordBits).Draw(rt, "short of the end")
		j.tail = j.head
		least := rapid.IntRange(1, 9).Draw(rt, "one strike in ten for each below ten")
		var kept []entry
		for object := range rapid.Uint32Range(1, 1500).Draw(rt, "objects") {
			if j.room() < 1 {
				end := j.tail
				moved := 0
				for at := j.next(j.rewind(), end); at != end; at = j.next(at+1, end) {
					kept[moved].place = j.move(at)
					moved++
				}
				if moved != len(kept) {
					rt.Fatalf("%d entries count, of %d", moved, len(kept))
				}
				j.growIf(moved)
			}
			j.open(1)
			kept = append(kept, entry{j.write(object), object})
			for len(kept) > 0 && rapid.IntRange(0, 9).Draw(rt, "strike") >= least {
				i := rapid.IntRange(0, len(kept)-1).Draw(rt, "which")
				j.strike(kept[i].place)
				kept = slices.Delete(kept, i, i+1)
			}
			if len(kept) > 0 && rapid.IntRange(0, 50).Draw(rt, "leave behind") == 0 {
				j.strike(kept[0].place)
				j.head, kept = kept[0].place+1, kept[1:]
			}
			var got []entry
			for at := j.next(j.head, j.tail); at != j.tail; at = j.next(at+1, j.tail) {
				got = append(got, entry{at, j.object(at)})
			}
			if !slices.Equal(got, kept) {
				rt.Fatalf("after %d writes the journal has\n%v, right is\n%v", object+1, got, kept)
			}
		}
	})
}
