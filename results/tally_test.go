package results

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func TestTallyIsAsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfN(rapid.OneOf(
			rapid.Uint64Range(0, 300),
			rapid.Just(uint64(1<<64-1)),
			rapid.Map(rapid.Uint64Range(0, 64), func(n uint64) uint64 { return n << 48 }),
			rapid.Uint64(),
		), 0, 1000).Draw(t, "keys")
		var tally Tally[int]
		want := map[uint64]int{}
		var order []uint64
		for i, k := range keys {
			tally.Fetch(keys[i:min(i+100, len(keys))])
			if want[k] == 0 {
				order = append(order, k)
			}
			if v := tally.Find(k); (v == nil) != (want[k] == 0) || v != nil && *v != want[k] {
				t.Fatalf("name %d is found as %v, want %d", k, v, want[k])
			}
			want[k] += i + 1
			*tally.At(k) += i + 1
		}
		if tally.Len() != len(want) {
			t.Fatalf("%d names, want %d", tally.Len(), len(want))
		}
		i := 0
		for k, v := range tally.All() {
			if k != order[i] || *v != want[k] {
				t.Fatalf("name %d of the tally is %d with %d, want %d with %d", i, k, *v, order[i], want[k])
			}
			i++
		}
	})
}

// Names given out one by one, or that differ in their high bits only, do not
// pile up: no lookup walks far.
func TestTallySpreads(t *testing.T) {
	for name, key := range map[string]func(uint64) uint64{
		"dense":      func(i uint64) uint64 { return i },
		"high bits":  func(i uint64) uint64 { return i << 40 },
		"both":       func(i uint64) uint64 { return i<<48 | i&7 },
		"multiples":  func(i uint64) uint64 { return i * 4096 },
		"every 2^24": func(i uint64) uint64 { return i << 24 },
	} {
		var tally Tally[struct{}]
		const n = 10_000
		for i := range uint64(n) {
			tally.At(key(i))
		}
		mask := uint64(len(tally.index) - 1)
		var far uint64
		for i := range uint64(n) {
			far += (tally.find(key(i)) - spread(key(i))>>32) & mask
		}
		if mean := float64(far) / n; mean > 2 {
			t.Errorf("%s: a name lies %.1f places from where it belongs on average", name, mean)
		}
	}
}

func BenchmarkTally(b *testing.B) {
	var tally Tally[uint64]
	rnd := rand.New(rand.NewPCG(1, 2))
	keys := make([]uint64, 1<<16)
	for i := range keys {
		keys[i] = rnd.Uint64N(50_000)
		tally.At(keys[i])
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		*tally.At(keys[i&(len(keys)-1)])++
	}
}

// A million names, which lie in no cache: one by one, and fetched together.
func BenchmarkLargeTally(b *testing.B) {
	type counts [7]uint64
	var tally Tally[counts]
	rnd := rand.New(rand.NewPCG(1, 2))
	keys := make([]uint64, 1<<20)
	for i := range keys {
		keys[i] = rnd.Uint64N(1 << 20)
		tally.At(keys[i])
	}
	for what, fetch := range map[string]bool{"one by one": false, "fetched": true} {
		b.Run(what, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if at := i & (len(keys) - 1); fetch && at&127 == 0 {
					tally.Fetch(keys[at : at+128])
				}
				tally.At(keys[i&(len(keys)-1)])[0]++
			}
		})
	}
}
