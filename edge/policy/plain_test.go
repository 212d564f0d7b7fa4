package policy

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"
)

// A plain policy is a second implementation: from its definition, on slices and
// maps of whole objects, with nothing done fast. It draws the same random numbers
// as the first.
type plain interface {
	hit(key uint64)
	admit(it Item) bool
	add(it Item)
	victim(in Item) uint64
	remove(key uint64)
}

// A duel plays random requests of random sizes through a policy and its plain
// twin, as a shard would, and compares every answer.
type duel struct {
	t        *testing.T
	p        Policy
	ref      plain
	capacity int64
	resident map[uint64]Item
	slots    map[uint64]Slot
	keys     map[Slot]uint64
	free     []Slot
	used     int64
	step     int
}

func newDuel(t *testing.T, p Policy, ref plain, capacity int64) *duel {
	return &duel{
		t: t, p: p, ref: ref, capacity: capacity,
		resident: map[uint64]Item{}, slots: map[uint64]Slot{}, keys: map[Slot]uint64{},
	}
}

func (d *duel) ask(it Item) {
	d.step++
	if _, ok := d.resident[it.Key]; ok {
		d.p.Hit(d.slots[it.Key])
		d.ref.hit(it.Key)
		return
	}
	d.store(it)
}

func (d *duel) store(it Item) {
	if it.Size > d.capacity {
		return
	}
	got, want := true, d.ref.admit(it)
	if a, ok := d.p.(Admitter); ok {
		got = a.Admit(it)
	}
	if got != want {
		d.t.Fatalf("step %d: Admit(%v) = %v; the second implementation says %v", d.step, it, got, want)
	}
	if !got {
		return
	}
	for d.used+it.Size > d.capacity {
		s, want := d.p.Victim(it), d.ref.victim(it)
		got, ok := d.keys[s]
		if !ok || got != want {
			d.t.Fatalf("step %d: Victim(%v) = %d in slot %d (resident: %v); the second implementation says %d", d.step, it, got, s, ok, want)
		}
		d.leave(got)
	}
	s := Slot(len(d.resident))
	if n := len(d.free); n > 0 {
		s, d.free = d.free[n-1], d.free[:n-1]
	}
	d.resident[it.Key], d.slots[it.Key], d.keys[s] = it, s, it.Key
	d.used += it.Size
	d.p.Add(s, it)
	d.ref.add(it)
}

func (d *duel) remove(key uint64) {
	if _, ok := d.resident[key]; ok {
		d.p.Remove(d.slots[key])
		d.ref.remove(key)
		d.leave(key)
	}
}

func (d *duel) leave(key uint64) {
	d.used -= d.resident[key].Size
	d.free = append(d.free, d.slots[key])
	delete(d.keys, d.slots[key])
	delete(d.resident, key)
	delete(d.slots, key)
}

// popular draws keys below n with probability ∝ (key+1)^−0.8.
func popular(n int, rng *rand.Rand) func() uint64 {
	sums, total := make([]float64, n), 0.0
	for i := range sums {
		total += math.Pow(float64(i+1), -0.8)
		sums[i] = total
	}
	return func() uint64 { return uint64(sort.SearchFloat64s(sums, rng.Float64()*total)) }
}

// fight plays steps requests for 150 objects. A known object has another size now
// and then, as it may after it was away.
func (d *duel) fight(steps int, unit bool) {
	rng := rand.New(rand.NewPCG(uint64(d.capacity), 7))
	draw := popular(150, rng)
	for range steps {
		it := Item{draw(), 1}
		if !unit {
			it.Size = 1 + rng.Int64N(40)
			if rng.IntN(20) == 0 {
				it.Size = 1 + rng.Int64N(200)
			}
		}
		d.ask(it)
		switch what := rng.IntN(100); {
		case what < 2:
			d.remove(it.Key)
		case what < 4: // replaced
			d.remove(it.Key)
			d.store(it)
		}
	}
}

// duels runs a spec against its twin at several capacities, with and without
// sizes and dense keys.
func duels(t *testing.T, spec string, twin func(Kind, Config) plain) {
	t.Helper()
	steps := 12000
	if testing.Short() {
		steps = 2000
	}
	if raceEnabled {
		steps = 600
	}
	k, params, err := Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	for _, capacity := range []int64{1, 10, 60, 200, 900} {
		for _, unit := range []bool{true, false} {
			for _, dense := range []int{0, 150} {
				t.Run(fmt.Sprintf("%s/%d/%v/%d", spec, capacity, unit, dense), func(t *testing.T) {
					t.Parallel()
					c := Config{Capacity: capacity, Seed: 3, Params: params, Dense: dense}
					newDuel(t, k.New(c), twin(k, c), capacity).fight(steps, unit)
				})
			}
		}
	}
}

func where(items []Item, key uint64) int {
	return slices.IndexFunc(items, func(it Item) bool { return it.Key == key })
}

func without(items []Item, key uint64) []Item {
	return slices.DeleteFunc(items, func(it Item) bool { return it.Key == key })
}
