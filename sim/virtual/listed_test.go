package virtual

import (
	"testing"

	"pgregory.net/rapid"
)

// A list of flights does what a map would, with hashes that share their homes.
func TestListedIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l listed
		model := map[uint64]*flight{}
		flights := make([]flight, 40)
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			hash := rapid.Uint64Range(0, 60).Draw(t, "hash") << rapid.SampledFrom([]uint{0, 58}).Draw(t, "shift")
			f := &flights[rapid.IntRange(0, len(flights)-1).Draw(t, "flight")]
			switch rapid.IntRange(0, 2).Draw(t, "what") {
			case 0:
				l.put(hash, f)
				model[hash] = f
			case 1:
				l.drop(hash, f)
				if model[hash] == f {
					delete(model, hash)
				}
			case 2:
				if had := model[hash]; had != nil {
					l.drop(hash, had)
					delete(model, hash)
				}
			}
			if l.n != len(model) {
				t.Fatalf("%d flights, want %d", l.n, len(model))
			}
			for h, want := range model {
				if l.find(h) != want {
					t.Fatalf("another flight under %x", h)
				}
			}
			if model[hash] == nil && l.find(hash) != nil {
				t.Fatalf("a flight under %x, which was dropped", hash)
			}
		}
	})
}
