package policy

import (
	"math/rand/v2"
	"runtime"
	"testing"
)

// TestSlotBytesAreHonest holds what kinds say they cost to what the heap has after
// a full cache of small objects has seen many more: growing slices
// keep up to a quarter in reserve, indexes are between half and three quarters
// full, and not every policy remembers all that it may.
func TestSlotBytesAreHonest(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector has memory of its own")
	}
	const n = 1 << 13
	for _, k := range Zoo() {
		h := &flags{p: k.New(Config{Capacity: n, Seed: 1}), resident: make([]Slot, 10*n), key: make([]uint64, n)}
		before := heapInUse() // with tables that do not grow with the objects
		rng := rand.New(rand.NewPCG(3, 3))
		for range 30 * n {
			h.request(uint64(float64(10*n-1) * rng.Float64() * rng.Float64() * rng.Float64()))
		}
		got := float64(heapInUse()-before) / n
		if said := float64(k.SlotBytes); got > 1.35*said+1 || got < 0.6*said-1 {
			t.Errorf("%s: %.1f bytes an object; SlotBytes says %v", k.Name, got, said)
		}
		runtime.KeepAlive(h)
	}
}

func heapInUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// flags is a cache of unit-sized objects of which it knows the slots.
type flags struct {
	p        Policy
	resident []Slot   // by key: slot+1
	key      []uint64 // by slot
	used     int
}

func (f *flags) request(key uint64) {
	if s := f.resident[key]; s > 0 {
		f.p.Hit(s - 1)
		return
	}
	in := Item{Key: key, Size: 1}
	if a, ok := f.p.(Admitter); ok && !a.Admit(in) {
		return
	}
	s := Slot(f.used)
	if f.used < len(f.key) {
		f.used++
	} else {
		s = f.p.Victim(in)
		f.resident[f.key[s]] = 0
	}
	f.resident[key], f.key[s] = s+1, key
	f.p.Add(s, in)
}
