package report

import (
	"edgesim/results"
	"edgesim/results/sketch"
)

// demand is how often an object was asked for, and the bytes that it took.
type demand struct{ requests, bytes int64 }

// objectTable counts the demand for objects by their mixed names: open
// addressing, 20 bytes a place, at most three quarters of them taken.
type objectTable struct {
	keys   []uint64 // 0 is free
	counts []packedDemand
	n      int
}

// packedDemand is a demand of twelve bytes. A count stays at its highest.
type packedDemand struct{ requests, low, high uint32 }

func (p *packedDemand) add(bytes int64) {
	p.requests += uint32(min(1, ^p.requests)) // stays at 2^32 − 1
	sum := uint64(p.high)<<32 + uint64(p.low) + uint64(max(bytes, 0))
	p.low, p.high = uint32(sum), uint32(sum>>32)
}

func (p packedDemand) demand() demand {
	return demand{int64(p.requests), int64(uint64(p.high)<<32 | uint64(p.low))}
}

func newObjectTable() *objectTable {
	return &objectTable{keys: make([]uint64, 64), counts: make([]packedDemand, 64)}
}

// place is where key is or belongs.
func (t *objectTable) place(key uint64) uint64 {
	mask := uint64(len(t.keys) - 1)
	at := key & mask
	for t.keys[at] != 0 && t.keys[at] != key {
		at = (at + 1) & mask
	}
	return at
}

// add counts one request and reports whether the object is new.
func (t *objectTable) add(key uint64, bytes int64) (fresh bool) {
	at := t.place(key)
	if fresh = t.keys[at] == 0; fresh {
		if 4*(t.n+1) > 3*len(t.keys) {
			t.rebuild(2*len(t.keys), func(uint64) bool { return true })
			at = t.place(key)
		}
		t.keys[at] = key
		t.n++
	}
	t.counts[at].add(bytes)
	return fresh
}

// rebuild makes a table of so many places with the keys that keep keeps.
func (t *objectTable) rebuild(places int, keep func(key uint64) bool) {
	old := *t
	*t = objectTable{keys: make([]uint64, places), counts: make([]packedDemand, places)}
	for i, key := range old.keys {
		if key != 0 && keep(key) {
			at := t.place(key)
			t.keys[at], t.counts[at] = key, old.counts[i]
			t.n++
		}
	}
}

// each calls f with every object's demand.
func (t *objectTable) each(f func(demand)) {
	for i, key := range t.keys {
		if key != 0 {
			f(t.counts[i].demand())
		}
	}
}

// objectSample is the demand for every object of every distribution or, where
// there are more objects than it may keep, for a sample of them: those whose
// mixed name begins with level zero bits, which is one in 2^level whatever their
// demand (Waldspurger, Park, Garthwaite, Ahmad: Efficient MRC Construction with
// SHARDS, FAST 2015, which samples the same way). What it says of objects that
// were asked for rarely is right to about 1/√n of the n objects it kept.
type objectSample struct {
	most   int // objects; 0: any number
	level  uint
	kept   int
	tables []*objectTable // by distribution + 1; nil where nothing was asked for

	keys   [objectBatch]uint64
	warmed uint64 // so that the looks of warm are not left out
}

const objectBatch = 128

// add counts the records. All places of a batch are fetched from memory before
// the first is written, so that the processor waits for them together.
func (s *objectSample) add(recs []results.Record) {
	for len(recs) > 0 {
		n := min(len(recs), objectBatch)
		for i := range n {
			s.warm(i, &recs[i])
		}
		for i := range n {
			if key := s.keys[i]; s.samples(key) && s.table(recs[i].Distribution).add(key, recs[i].BytesOut) {
				s.kept++
				s.shrink()
			}
		}
		recs = recs[n:]
	}
}

func (s *objectSample) warm(i int, r *results.Record) {
	key := max(sketch.Mix(r.Object, 0), 1)
	s.keys[i] = key
	if at := int(r.Distribution + 1); s.samples(key) && at < len(s.tables) && s.tables[at] != nil {
		t := s.tables[at]
		home := key & uint64(len(t.keys)-1)
		s.warmed += t.keys[home] + uint64(t.counts[home].low)
	}
}

func (s *objectSample) samples(key uint64) bool { return key>>(64-s.level) == 0 }

func (s *objectSample) table(distribution uint16) *objectTable {
	t := placeOf(&s.tables, distribution)
	if *t == nil {
		*t = newObjectTable()
	}
	return *t
}

// shrink halves the sample while it is too large.
func (s *objectSample) shrink() {
	for s.most > 0 && s.kept > s.most {
		s.level++
		s.kept = 0
		for _, t := range s.tables {
			if t != nil {
				t.rebuild(len(t.keys), s.samples)
				s.kept += t.n
			}
		}
	}
}

// each calls f with the demand of every object kept of the distributions wanted.
func (s *objectSample) each(wanted func(distribution int) bool, f func(demand)) {
	for i, t := range s.tables {
		if t != nil && wanted(int(uint16(i-1))) {
			t.each(f)
		}
	}
}

// one is how many objects stand behind one that is kept.
func (s *objectSample) one() int64 { return 1 << s.level }
