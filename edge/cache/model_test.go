package cache

import (
	"testing"

	"pgregory.net/rapid"

	"edgesim/edge/policy"
)

// The model of a shard is a map and a sum. It does not know who should leave: it
// takes the evictions as the shard reports them and checks what holds for every
// policy.
type model struct {
	t       fataler
	s       *Shard
	config  Config
	refuses bool // the policy may refuse what fits
	objects map[uint64]modelObject
	used    int64
	most    int // residents at once, so far
	now     int64
}

type modelObject struct {
	slot policy.Slot
	size int64
	Freshness
}

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// An op is one step of a sequence: what is done, to which key, with which size
// or lifetime.
type op struct {
	what, key uint8
	size      uint16
}

const opKinds = 8

func newModel(t fataler, c Config) *model {
	s, err := New(c)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return &model{t: t, s: s, config: c, refuses: refuses(c.Policy), objects: map[uint64]modelObject{}}
}

func (m *model) do(o op) {
	key := uint64(o.key)
	m.now++
	switch o.what % opKinds {
	case 0, 1, 2:
		m.lookup(key)
	case 3, 4:
		m.store(key, int64(o.size), Freshness{m.now, m.now + int64(o.size%16)})
	case 5: // as a cache does after a miss
		if !m.lookup(key) {
			m.store(key, int64(o.size), Freshness{m.now, m.now + 9})
		}
	case 6:
		m.freshen(key, Freshness{m.now, m.now + int64(o.size%16)})
	case 7:
		m.remove(key)
	}
	m.check()
}

func (m *model) lookup(key uint64) bool {
	slot, state := m.s.Lookup(key, m.now)
	o, ok := m.objects[key]
	want := Absent
	if ok && m.now < o.Expires {
		want = Fresh
	} else if ok {
		want = Stale
	} else {
		o.slot = policy.None
	}
	if state != want || slot != o.slot {
		m.t.Fatalf("Lookup(%d) = %d, %d; want %d, %d", key, slot, state, o.slot, want)
	}
	return ok
}

func (m *model) store(key uint64, size int64, f Freshness) {
	cost := max(1, size+m.config.Overhead)
	largest := m.config.Capacity
	if m.config.MaxObject > 0 {
		largest = min(largest, m.config.MaxObject)
	}
	old, replaces := m.objects[key]
	m.drop(key)
	slot, ok := m.s.Store(key, size, f)
	if !ok {
		m.refused(slot, cost <= largest, replaces, old)
		return
	}
	if cost > largest {
		m.t.Fatalf("Store(%d) admitted %d, larger than %d", key, cost, largest)
	}
	m.evict(cost)
	if replaces && slot != old.slot {
		m.t.Fatalf("Store(%d) moved the object from slot %d to %d", key, old.slot, slot)
	}
	m.objects[key] = modelObject{slot, cost, f}
	m.used += cost
	m.most = max(m.most, len(m.objects))
}

func (m *model) refused(slot policy.Slot, fits, replaces bool, old modelObject) {
	freed := m.s.Evicted()
	switch {
	case slot != policy.None:
		m.t.Fatalf("Store refused and returned slot %d", slot)
	case fits && !m.refuses:
		m.t.Fatalf("Store refused what fits")
	case replaces && (len(freed) != 1 || freed[0] != old.slot), !replaces && len(freed) != 0:
		m.t.Fatalf("Store refused and freed %v; old object: %v in %d", freed, replaces, old.slot)
	}
}

// evict takes out of the model what the shard evicted for an object of that
// cost: residents all of them, each one once, and none of them needlessly.
func (m *model) evict(cost int64) {
	bySlot := map[policy.Slot]uint64{}
	for k, o := range m.objects {
		bySlot[o.slot] = k
	}
	for _, slot := range m.s.Evicted() {
		if m.used+cost <= m.config.Capacity {
			m.t.Fatalf("slot %d was evicted when there was room: %d used, %d coming", slot, m.used, cost)
		}
		key, ok := bySlot[slot]
		if !ok {
			m.t.Fatalf("slot %d was evicted, and nothing was resident there", slot)
		}
		delete(bySlot, slot)
		m.drop(key)
	}
}

func (m *model) freshen(key uint64, f Freshness) {
	if o, ok := m.objects[key]; ok {
		m.s.Freshen(o.slot, f)
		o.Freshness = f
		m.objects[key] = o
	}
}

func (m *model) remove(key uint64) {
	if o, ok := m.objects[key]; ok {
		m.s.Remove(o.slot)
		m.drop(key)
	}
}

func (m *model) drop(key uint64) {
	m.used -= m.objects[key].size
	delete(m.objects, key)
}

func (m *model) check() {
	s := m.s
	if s.Used() != m.used || s.Len() != len(m.objects) || s.Used() > s.Capacity() {
		m.t.Fatalf("Used %d, Len %d, Capacity %d; want %d, %d", s.Used(), s.Len(), s.Capacity(), m.used, len(m.objects))
	}
	if s.Bound() > m.most {
		m.t.Fatalf("Bound is %d though at most %d objects were resident at once", s.Bound(), m.most)
	}
	seen := map[policy.Slot]bool{}
	s.Each(func(slot policy.Slot, e Entry) bool {
		seen[slot] = true
		if o, ok := m.objects[e.Key]; !ok || o.slot != slot || o.size != e.Size || o.Freshness != e.Freshness || s.Entry(slot) != e {
			m.t.Fatalf("slot %d has %+v; the model: %v, %+v", slot, e, ok, o)
		}
		return true
	})
	if len(seen) != len(m.objects) {
		m.t.Fatalf("Each went to %d objects of %d", len(seen), len(m.objects))
	}
	for key := range uint64(256) {
		slot, ok := s.Peek(key)
		if o, want := m.objects[key]; ok != want || ok && slot != o.slot {
			m.t.Fatalf("Peek(%d) = %d, %v; want %d, %v", key, slot, ok, o.slot, want)
		}
	}
}

// drain removes what is left, as an index that has lost a cell cannot.
func (m *model) drain() {
	for key := range m.objects {
		m.remove(key)
	}
	m.check()
}

// TestZooAgainstModel runs random sequences through every policy.
func TestZooAgainstModel(t *testing.T) {
	for _, spec := range specs() {
		t.Run(spec, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				c := Config{
					Capacity:  rapid.OneOf(rapid.Int64Range(1, 4), rapid.Int64Range(1, 3000)).Draw(t, "capacity"),
					Policy:    spec,
					Overhead:  rapid.SampledFrom([]int64{0, 0, 1, 50}).Draw(t, "overhead"),
					MaxObject: rapid.SampledFrom([]int64{0, 0, 1, 100, 5000}).Draw(t, "largest"),
					Seed:      rapid.Uint64().Draw(t, "seed"),
				}
				m := newModel(t, c)
				ops := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) op { return drawOp(t, c.Capacity) }), 1, 200).Draw(t, "ops")
				for _, o := range ops {
					m.do(o)
				}
				m.drain()
			})
		})
	}
}

// drawOp favours few keys, and sizes of which many fit, one fits, none fits.
func drawOp(t *rapid.T, capacity int64) op {
	most := uint16(min(capacity+2, 4000))
	return op{
		what: rapid.Uint8Range(0, opKinds-1).Draw(t, "what"),
		key:  rapid.OneOf(rapid.Uint8Range(0, 5), rapid.Uint8Range(0, 40)).Draw(t, "key"),
		size: rapid.OneOf(rapid.Uint16Range(0, 3), rapid.Uint16Range(0, most/8), rapid.Uint16Range(0, most),
			rapid.Just(uint16(min(capacity, 4000)))).Draw(t, "size"),
	}
}

// FuzzAnyOperationsAgreeWithModel reads a capacity, a policy and a sequence of
// operations from bytes.
func FuzzAnyOperationsAgreeWithModel(f *testing.F) {
	for i := range specs() {
		f.Add(uint16(40), uint8(i), []byte("\x05\x01\x00\x09\x05\x02\x00\x20\x00\x01\x00\x00\x05\x03\x00\x10\x03\x01\x00\x30\x07\x02\x00\x00"))
	}
	f.Fuzz(func(t *testing.T, capacity uint16, which uint8, script []byte) {
		zoo := specs()
		m := newModel(t, Config{Capacity: 1 + int64(capacity), Policy: zoo[int(which)%len(zoo)]})
		for script = script[:min(len(script), 4000)]; len(script) >= 4; script = script[4:] {
			m.do(op{script[0], script[1], uint16(script[2])<<8 | uint16(script[3])})
		}
		m.drain()
	})
}
