package policy

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestGhostRemembersTheLatestBytes compares a ghost with a slice, oldest first.
func TestGhostRemembersTheLatestBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.Int64Range(0, 100).Draw(t, "limit")
		g := newGhost(limit, Config{Seed: 1, Dense: rapid.SampledFrom([]int{0, 5}).Draw(t, "dense")})
		var want []Item
		bytes := func() (sum int64) {
			for _, it := range want {
				sum += it.Size
			}
			return sum
		}
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			it := Item{rapid.Uint64Range(0, 20).Draw(t, "key"), rapid.Int64Range(1, 60).Draw(t, "size")}
			i := slices.IndexFunc(want, func(w Item) bool { return w.Key == it.Key })
			if got := g.take(it.Key); got != (i >= 0) {
				t.Fatalf("take(%d) = %v, want %v", it.Key, got, i >= 0)
			}
			if i >= 0 {
				want = slices.Delete(want, i, i+1)
				continue
			}
			g.remember(it)
			if it.Size <= limit {
				for bytes()+it.Size > limit {
					want = want[1:]
				}
				want = append(want, it)
			}
			if g.order.bytes != bytes() || g.count != len(want) {
				t.Fatalf("%d bytes of %d objects, want %d of %d", g.order.bytes, g.count, bytes(), len(want))
			}
		}
	})
}

// TestGhostTellsEqualTagsApart: it takes no key for another of the same tag.
func TestGhostTellsEqualTagsApart(t *testing.T) {
	g := newGhost(100_000, Config{Seed: 1})
	rng := rand.New(rand.NewPCG(1, 1))
	for range 100_000 {
		g.remember(Item{Key: rng.Uint64(), Size: 1})
	}
	for confused := 0; confused < 3; { // about 40,000 keys each
		key := rng.Uint64()
		if _, candidate := g.index.Seek(key); candidate == None {
			continue
		}
		confused++
		if g.take(key) {
			t.Fatalf("key %x was never remembered", key)
		}
	}
}

// TestGhostReusesItsPlaces: keys that come and go beside one that stays must not
// make it grow.
func TestGhostReusesItsPlaces(t *testing.T) {
	g := newGhost(100, Config{Seed: 1})
	g.remember(Item{Key: 0, Size: 1})
	for k := uint64(1); k < 10_000; k++ {
		g.remember(Item{Key: k, Size: 1})
		g.take(k)
	}
	if len(g.nodes) > 2 || len(g.index.cells) > leastCells {
		t.Errorf("%d places and %d cells for two objects at a time", len(g.nodes), len(g.index.cells))
	}
}
