package sketch

import (
	"cmp"
	"iter"
	"slices"
)

// SpaceSaving finds the most frequent names of a stream with k counters
// (Metwally, Agrawal, El Abbadi: Efficient Computation of Frequent and Top-k
// Elements in Data Streams, ICDT 2005). A name that has no counter takes over
// the smallest one and its count as an error. After n names, for every counter
//
//	Count − Error ≤ times the name came ≤ Count,   Error ≤ n / k,
//
// a name without a counter came at most Beyond() ≤ n / k times, so that every
// name that came more often has one. What the caller keeps in V begins anew
// when a counter changes hands: it is of the Count − Error times that were
// surely of this name.
//
// Counters lie where they are; order lists them by count, and counters of one
// count share a group of neighbours in it. To count is to change places with
// the last of the group and to join the next, O(1) without a heap.
//
// One goroutine at a time may use it.
type SpaceSaving[V any] struct {
	most  int    // k
	base  uint64 // what a name without a counter may have had before there were any
	total uint64

	index  []uint64 // open addressing: high 32 bits of the hash | a counter's number plus 1; 0 is free
	items  []item
	values []V
	order  []int32 // of counters by count, from order[low] on; below it nothing
	low    int
	groups []group
	free   []int32 // groups not in use
}

type item struct {
	key   uint64
	error uint64
	place int32 // in order
	group int32
}

// group is the counters of one count: those at order[first..last].
type group struct {
	count       uint64
	first, last int32
}

// Counted is one counter as SpaceSaving gives it out.
type Counted[V any] struct {
	Key   uint64
	Count uint64 // the most that the name came
	Error uint64 // how much of Count may be of others
	Value *V     // good until the next call of At or Merge
}

// Least is how often the name came for sure.
func (c Counted[V]) Least() uint64 { return c.Count - c.Error }

// NewSpaceSaving returns a sketch of k counters; a k below 1 is 1. A counter
// takes 60 to 80 bytes and a V, most of it when it is first used.
func NewSpaceSaving[V any](k int) *SpaceSaving[V] {
	k = min(max(k, 1), 1<<30)
	return &SpaceSaving[V]{most: k, low: k, index: make([]uint64, 64), order: make([]int32, k)}
}

// At counts key once and returns its value; fresh says that the value is new:
// zero, or left by a name that gave way, for the caller to reset.
func (s *SpaceSaving[V]) At(key uint64) (v *V, fresh bool) {
	s.total++
	n, ok := s.number(key)
	if !ok {
		n, fresh = s.enter(key), true
	}
	s.raise(n)
	return &s.values[n], fresh
}

// Count is the counter of key, if it has one.
func (s *SpaceSaving[V]) Count(key uint64) (Counted[V], bool) {
	n, ok := s.number(key)
	if !ok {
		return Counted[V]{}, false
	}
	return s.counted(n), true
}

// All gives every counter, those of the highest counts first.
func (s *SpaceSaving[V]) All() iter.Seq[Counted[V]] {
	return func(yield func(Counted[V]) bool) {
		for place := s.most - 1; place >= s.low; place-- {
			if !yield(s.counted(s.order[place])) {
				return
			}
		}
	}
}

// Len is the number of counters in use.
func (s *SpaceSaving[V]) Len() int { return len(s.items) }

// Total is how many names came.
func (s *SpaceSaving[V]) Total() uint64 { return s.total }

// Beyond is the most that a name without a counter may have come; 0 while
// every name has one.
func (s *SpaceSaving[V]) Beyond() uint64 {
	if s.low > 0 {
		return s.base
	}
	return s.groups[s.items[s.order[0]].group].count
}

// Merge takes over what o counted, as if its stream had come here too: the
// bounds hold for both streams together (Agarwal, Cormode, Huang, Phillips,
// Wei, Yi: Mergeable Summaries, PODS 2012). A name that only one of the two has
// gets what it may have had in the other as an error. add joins the values.
func (s *SpaceSaving[V]) Merge(o *SpaceSaving[V], add func(into, from *V)) {
	mine, others := s.Beyond(), o.Beyond()
	var all []Counted[V]
	for c := range s.All() {
		value := *c.Value
		c.Value = &value
		if other, ok := o.Count(c.Key); ok {
			c.Count, c.Error = c.Count+other.Count, c.Error+other.Error
			add(&value, other.Value)
		} else {
			c.Count, c.Error = c.Count+others, c.Error+others
		}
		all = append(all, c)
	}
	for c := range o.All() {
		if _, ok := s.Count(c.Key); !ok {
			c.Count, c.Error = c.Count+mine, c.Error+mine
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b Counted[V]) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Error, b.Error), cmp.Compare(a.Key, b.Key))
	})
	merged := NewSpaceSaving[V](s.most)
	merged.base, merged.total = mine+others, s.total+o.total
	merged.load(all[:min(len(all), s.most)])
	*s = *merged
}

// load fills an empty sketch with counters that come by count, high to low.
func (s *SpaceSaving[V]) load(all []Counted[V]) {
	for _, c := range all {
		n := s.put(c.Key, c.Error, *c.Value)
		s.settle(n, c.Count)
	}
}

func (s *SpaceSaving[V]) counted(n int32) Counted[V] {
	it := &s.items[n]
	return Counted[V]{it.key, s.groups[it.group].count, it.error, &s.values[n]}
}

// enter gives key a counter: a new one that holds base, else the smallest with
// what it holds.
func (s *SpaceSaving[V]) enter(key uint64) int32 {
	if s.low > 0 {
		var zero V
		n := s.put(key, s.base, zero)
		s.settle(n, s.base)
		return n
	}
	n := s.order[0]
	it := &s.items[n]
	s.forget(it.key)
	it.key, it.error = key, s.groups[it.group].count
	s.point(key, n)
	return n
}

// put adds a counter without a place in the order yet.
func (s *SpaceSaving[V]) put(key, wrong uint64, v V) int32 {
	s.grow()
	n := int32(len(s.items))
	s.items = append(s.items, item{key: key, error: wrong})
	s.values = append(s.values, v)
	s.point(key, n)
	return n
}

// settle places counter n below all others, with a count no higher than theirs.
func (s *SpaceSaving[V]) settle(n int32, count uint64) {
	s.low--
	g := int32(-1)
	if s.low+1 < s.most {
		g = s.items[s.order[s.low+1]].group
	}
	if g < 0 || s.groups[g].count != count {
		g = s.newGroup(group{count: count, first: int32(s.low), last: int32(s.low)})
	}
	s.groups[g].first = int32(s.low)
	s.items[n].place, s.items[n].group = int32(s.low), g
	s.order[s.low] = n
}

// raise adds one to the count of counter n.
func (s *SpaceSaving[V]) raise(n int32) {
	it := &s.items[n]
	g := &s.groups[it.group]
	place := g.last
	if it.place != place {
		other := s.order[place]
		s.order[it.place], s.order[place] = other, n
		s.items[other].place, it.place = it.place, place
	}
	next := int32(-1)
	if int(place)+1 < s.most {
		next = s.items[s.order[place+1]].group
	}
	joins := next >= 0 && s.groups[next].count == g.count+1
	switch {
	case joins && g.first == g.last:
		s.free = append(s.free, it.group)
	case joins:
		g.last--
	case g.first == g.last:
		g.count++
		return
	default:
		g.last--
		next = s.newGroup(group{count: g.count + 1, last: place})
	}
	s.groups[next].first = place
	it.group = next
}

func (s *SpaceSaving[V]) newGroup(g group) int32 {
	if last := len(s.free) - 1; last >= 0 {
		n := s.free[last]
		s.free = s.free[:last]
		s.groups[n] = g
		return n
	}
	s.groups = append(s.groups, g)
	return int32(len(s.groups) - 1)
}

// number is the number of key's counter, if it has one.
func (s *SpaceSaving[V]) number(key uint64) (int32, bool) {
	w := s.index[s.find(key)]
	return int32(uint32(w)) - 1, w != 0
}

// point makes the index lead from key, which is not in it, to counter n.
func (s *SpaceSaving[V]) point(key uint64, n int32) {
	s.index[s.find(key)] = Mix(key, 0)>>32<<32 | uint64(n+1)
}

// find is the slot that holds key, or the free one where it belongs. At most
// half of the slots are taken. Where the hash of another is not that of key its
// counter need not be looked at.
func (s *SpaceSaving[V]) find(key uint64) uint64 {
	hash := Mix(key, 0)
	mask := uint64(len(s.index) - 1)
	for i := hash >> 32 & mask; ; i = (i + 1) & mask {
		w := s.index[i]
		if w == 0 || w>>32 == hash>>32 && s.items[uint32(w)-1].key == key {
			return i
		}
	}
}

// forget frees the slot of key and moves up whoever stands behind it for want
// of a free one (Knuth, The Art of Computer Programming 3, 6.4, algorithm R).
func (s *SpaceSaving[V]) forget(key uint64) {
	mask := uint64(len(s.index) - 1)
	hole := s.find(key)
	for i := (hole + 1) & mask; s.index[i] != 0; i = (i + 1) & mask {
		home := s.index[i] >> 32 & mask
		if (i-home)&mask >= (i-hole)&mask {
			s.index[hole] = s.index[i]
			hole = i
		}
	}
	s.index[hole] = 0
}

// grow makes room in the index for one more counter.
func (s *SpaceSaving[V]) grow() {
	if 2*(len(s.items)+1) <= len(s.index) {
		return
	}
	s.index = make([]uint64, 2*len(s.index))
	for n := range s.items {
		s.point(s.items[n].key, int32(n))
	}
}
