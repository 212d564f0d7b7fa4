package sketch

import "math"

// Reuse tells how far apart the uses of a name are, in bytes of other names that
// came in between: the size that an LRU cache must have to hold a name until it is
// asked for again (Mattson, Gecsei, Slutz, Traiger: Evaluation Techniques for
// Storage Hierarchies, IBM Systems Journal 9, 1970).
//
// It keeps the names of a sample, one in 2^level by their hashes, whose level rises
// so that there are never more than most of them, and takes what is in the sample
// for as much of what is not (Waldspurger, Park, Garthwaite, Ahmad: Efficient MRC
// Construction with SHARDS, FAST 2015, fixed size). A name's own size counts as it
// is. While level is 0 everything is exact.
//
// The stack is a row of places, one for each use, in order of time; a tree of sums
// over it (Fenwick: A New Data Structure for Cumulative Frequency Tables, 1994)
// tells the bytes from a place on in O(log most). Places run out now and then and
// are given anew. A name takes about 100 bytes.
//
// One goroutine at a time may use it. Names are well mixed hashes.
type Reuse struct {
	most   int
	level  uint
	index  map[uint64]int32 // slot of a name
	slots  []used
	free   []int32 // slots that nobody has
	places []int32 // by place: slot plus 1; 0 is nobody's
	sums   []int64 // the tree, over places; sums[0] is unused
	next   int     // place of the next use
	total  int64   // bytes of all names kept
}

type used struct {
	name  uint64
	size  int64
	place int32
}

// NewReuse keeps at most so many names, at least 16.
func NewReuse(most int) *Reuse {
	r := &Reuse{most: max(most, 16), index: map[uint64]int32{}}
	r.resize(64)
	return r
}

// Level says that one name in 2^level is in the sample.
func (r *Reuse) Level() uint { return r.level }

// Kept is how many names are in the sample.
func (r *Reuse) Kept() int { return len(r.index) }

// Use is what a use of a name comes to.
type Use struct {
	// Weight is how many uses it stands for; 0: the name is not in the sample, and
	// the rest means nothing.
	Weight int64
	// Again says that the name was there before, and Distance what a cache must hold
	// so that it still is: bytes, its own included.
	Again    bool
	Distance int64
}

// Add is a use of name, of size bytes and at least 1. What it was known to have
// before counts if it is more.
func (r *Reuse) Add(name uint64, size int64) Use {
	if name>>(64-r.level) != 0 {
		return Use{}
	}
	slot, again := r.index[name]
	u := Use{Weight: 1 << r.level, Again: again}
	size = max(size, 1)
	if again {
		s := &r.slots[slot]
		u.Distance = r.scaled(r.from(int(s.place))-s.size) + s.size
		size = max(size, s.size)
		r.change(int(s.place), -s.size)
		r.places[s.place] = 0
		r.total -= s.size
	} else {
		slot = r.take(name)
	}
	r.put(slot, size)
	if !again && len(r.index) > r.most {
		r.thin()
	}
	return u
}

// scaled is what bytes of the sample stand for.
func (r *Reuse) scaled(bytes int64) int64 {
	if bytes > math.MaxInt64>>(r.level+1) {
		return math.MaxInt64 / 2
	}
	return bytes << r.level
}

func (r *Reuse) take(name uint64) (slot int32) {
	if last := len(r.free) - 1; last >= 0 {
		slot = r.free[last]
		r.free = r.free[:last]
	} else {
		slot = int32(len(r.slots))
		r.slots = append(r.slots, used{})
	}
	r.slots[slot].name = name
	r.index[name] = slot
	return slot
}

// put gives the slot the next place.
func (r *Reuse) put(slot int32, size int64) {
	if r.next == len(r.places) {
		r.resize(max(64, 4*len(r.index)))
	}
	s := &r.slots[slot]
	s.size, s.place = size, int32(r.next)
	r.places[r.next] = slot + 1
	r.next++
	r.change(int(s.place), size)
	r.total += size
}

// thin makes the sample half as large.
func (r *Reuse) thin() {
	for len(r.index) > r.most && r.level < 62 {
		r.level++
		for name, slot := range r.index {
			if name>>(64-r.level) != 0 {
				s := &r.slots[slot]
				r.places[s.place] = 0
				r.total -= s.size
				delete(r.index, name)
				r.free = append(r.free, slot)
			}
		}
	}
	r.resize(len(r.places))
}

// resize gives all names places anew, in their order, of so many.
func (r *Reuse) resize(places int) {
	old := r.places
	if places != len(old) {
		r.places, r.sums = make([]int32, places), make([]int64, places+1)
	}
	clear(r.sums)
	r.next = 0
	for i, slot := range old {
		if slot == 0 {
			continue
		}
		old[i] = 0 // before it is written to, where the places stay
		r.slots[slot-1].place = int32(r.next)
		r.places[r.next] = slot
		r.sums[r.next+1] = r.slots[slot-1].size
		r.next++
	}
	for i := 1; i <= places; i++ { // each node to its parent
		if up := i + i&-i; up <= places {
			r.sums[up] += r.sums[i]
		}
	}
}

func (r *Reuse) change(place int, by int64) {
	for i := place + 1; i < len(r.sums); i += i & -i {
		r.sums[i] += by
	}
}

// from is the bytes of the names used since that place, the one there included.
func (r *Reuse) from(place int) int64 {
	before := int64(0)
	for i := place; i > 0; i -= i & -i {
		before += r.sums[i]
	}
	return r.total - before
}
