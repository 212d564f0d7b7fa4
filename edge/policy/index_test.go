package policy

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// sameTag makes n keys whose tags in x are alike: what an adversary would send
// who knew the seed.
func sameTag(x *Index, n int) (keys []uint64) {
	want := x.tag(1) >> 16
	for k := uint64(1); len(keys) < n; k++ {
		if x.tag(k)>>16 == want {
			keys = append(keys, k)
		}
	}
	return keys
}

func lookup(x *Index, keys []uint64, key uint64) Slot {
	at, s := x.Seek(key)
	for s != None && keys[s] != key {
		at, s = x.Next(key, at)
	}
	return s
}

// TestIndexAgreesWithMap inserts, deletes and finds, with keys that share their
// home cell and lie where the table wraps round.
func TestIndexAgreesWithMap(t *testing.T) {
	crowd := NewIndex(1)
	allCrowded := sameTag(&crowd, 12)
	rapid.Check(t, func(t *rapid.T) {
		x, crowded := NewIndex(1), allCrowded
		if rapid.Bool().Draw(t, "dense") {
			x, crowded = NewDenseIndex(8), nil
		}
		keys := make([]uint64, 0, 400)
		want := map[uint64]Slot{}
		for _, n := range rapid.SliceOfN(rapid.IntRange(0, 79), 1, 400).Draw(t, "keys") {
			key := uint64(n)
			if n < len(crowded) {
				key = crowded[n]
			}
			if s, ok := want[key]; ok {
				x.Delete(key, s)
				delete(want, key)
			} else {
				keys = append(keys, key)
				want[key] = Slot(len(keys) - 1)
				x.Insert(key, want[key])
			}
			for _, k := range keys {
				s, ok := want[k]
				if got := lookup(&x, keys, k); ok && got != s || !ok && got != None {
					t.Fatalf("key %d: slot %d; want %d, %v", k, got, s, ok)
				}
			}
			if x.Len() != len(want) {
				t.Fatalf("Len %d, want %d", x.Len(), len(want))
			}
		}
	})
}

// TestIndexTellsEqualTagsApart: two keys of one tag are two keys.
func TestIndexTellsEqualTagsApart(t *testing.T) {
	x := NewIndex(0)
	tags := map[uint32]uint64{}
	rng := rand.New(rand.NewPCG(1, 1))
	for { // about 80,000 keys until two of 2^32 tags are equal
		k := rng.Uint64()
		other, ok := tags[x.tag(k)]
		if !ok {
			tags[x.tag(k)] = k
			continue
		}
		keys := []uint64{other, k}
		x.Insert(other, 0)
		if s := lookup(&x, keys, k); s != None {
			t.Fatalf("key %d is taken for %d", k, other)
		}
		x.Insert(k, 1)
		x.Delete(other, 0)
		if s := lookup(&x, keys, k); s != 1 {
			t.Fatalf("key %d: slot %d", k, s)
		}
		return
	}
}

// TestIndexSpreadsRegularKeys: dense numbers, multiples of powers of two and
// keys with only high bits need few probes at the highest load.
func TestIndexSpreadsRegularKeys(t *testing.T) {
	const n = 3 << 12 // three quarters of the cells
	for name, key := range map[string]func(i uint64) uint64{
		"dense":    func(i uint64) uint64 { return i },
		"times64":  func(i uint64) uint64 { return i << 6 },
		"times4G":  func(i uint64) uint64 { return i << 32 },
		"high":     func(i uint64) uint64 { return i << 50 },
		"repeated": func(i uint64) uint64 { return i * 0x0001000100010001 },
		"random":   func(i uint64) uint64 { return rand.New(rand.NewPCG(i, 1)).Uint64() },
	} {
		for _, seed := range []uint64{0, 1, 12345} {
			x := NewIndex(seed)
			for i := range uint64(n) {
				x.Insert(key(i), Slot(i))
			}
			if far := meanDistance(&x); far > 8 { // expected 1.5 (Knuth, 6.4: (1/(1−α)−1)/2)
				t.Errorf("%s, seed %d: cells are %.1f from home on average", name, seed, far)
			}
		}
	}
}

func meanDistance(x *Index) float64 {
	sum := 0
	for at, c := range x.cells {
		if c != 0 {
			sum += (at - x.home(c)) & (len(x.cells) - 1)
		}
	}
	return float64(sum) / float64(x.used)
}

func TestIndexDeleteOfAnUnknownKeyPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	x := NewIndex(0)
	x.Insert(1, 1)
	x.Delete(1, 2)
}

func BenchmarkIndex(b *testing.B) {
	const n = 1 << 20
	x := NewIndex(1)
	keys := make([]uint64, n)
	for i := range keys {
		keys[i] = uint64(i) * 977
		x.Insert(keys[i], Slot(i))
	}
	b.Run("found", func(b *testing.B) {
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			i = (i + 40503) & (n - 1)
			lookup(&x, keys, keys[i])
		}
	})
	b.Run("absent", func(b *testing.B) {
		b.ReportAllocs()
		key := uint64(0)
		for b.Loop() {
			key += 977 * 40503
			lookup(&x, keys, key+1)
		}
	})
}

// TestTouchReadsWhereASearchBegins: it reads the cell that Seek reads first, of keys
// that are there and of strangers, and where keys are numbers nothing.
func TestTouchReadsWhereASearchBegins(t *testing.T) {
	x, dense := NewIndex(1), NewDenseIndex(4)
	for k := range uint64(100) {
		x.Insert(k, Slot(k))
	}
	dense.Insert(2, 0)
	for k := range uint64(200) {
		if got, want := x.Touch(k), x.cells[int(x.tag(k)>>x.shift)]; got != want {
			t.Fatalf("Touch(%d) read %#x; Seek begins at %#x", k, got, want)
		}
		if dense.Touch(k) != 0 {
			t.Fatalf("Touch(%d) read something of a table by number", k)
		}
	}
}
