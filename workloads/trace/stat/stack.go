package stat

import (
	"cmp"
	"math"

	"edgesim/results"
)

// Stack is LRU's: objects in the order of their last request. How deep an object
// lies when it is asked for again, in objects and in bytes and with itself counted,
// is the least LRU cache that has a hit (Mattson, Gecsei, Slutz and Traiger, IBM
// Systems Journal 1970).
//
// Objects stand at places in the order of their last request, and a binary indexed
// tree (Fenwick 1994) over the places has the sums of all behind one, as Olken's
// tree of 1981 does, in O(log n). When the places run out, the objects move together.
//
// Where there are more than most objects, those of every second name are forgotten,
// and so on: a sample of one in 1/rate objects, drawn by a mixed name, in which
// depths are 1/rate as large (SHARDS, Waldspurger, Park, Garthwaite and Ahmad, FAST
// 2015). The most popular objects are few, and in the sample or not as chance will
// have it: by how much the sample's requests are fewer or more than they ought to be,
// so many are added at depth 1 or taken away from the smallest depths (SHARDS_adj,
// section 4.4 there). What it says is right to about 1/√n of the n objects in the
// sample; of bytes less so where few objects have most of them.
type Stack struct {
	most  int                  // objects followed; 0: no bound
	level uint                 // one in 2^level objects is followed
	at    results.Tally[int32] // place plus 1
	ids   []uint64
	sizes []int64 // by place; 0: nobody stands there
	tree  []node  // from 1
	top   int     // places taken
	alive int
	bytes int64
}

type node struct{ objects, bytes int64 }

const defaultTracked = 1 << 18

// NewStack follows so many objects at most; 0: 262,144, below: all.
func NewStack(tracked int) *Stack {
	most := cmp.Or(max(tracked, 0), defaultTracked)
	if tracked < 0 {
		most = 0
	}
	s := &Stack{most: most}
	s.room(1 << 12)
	return s
}

// Depth is how deep an object lies: what of others was asked for since it was.
type Depth struct {
	Objects, Bytes int64 // in the whole trace, as the sample tells
	Own            int64 // what it weighs itself, by the size it was given last
	Known          bool  // false: it was not asked for before, and all else is 0
}

// Level says that one in 2^Level objects is followed.
func (s *Stack) Level() uint { return s.level }

// Alive is how many objects are followed.
func (s *Stack) Alive() int { return s.alive }

// room makes n places.
func (s *Stack) room(n int) {
	s.ids, s.sizes = append(s.ids, make([]uint64, n-len(s.ids))...), append(s.sizes, make([]int64, n-len(s.sizes))...)
	if len(s.tree) == n+1 {
		clear(s.tree)
		return
	}
	s.tree = make([]node, n+1)
}

// Follows reports whether the object is in the sample. One that is not will not be
// again.
func (s *Stack) Follows(id uint64) bool { return Sampled(id, s.level) }

// Sampled reports whether an object is in the sample of one in 2^level objects.
func Sampled(id uint64, level uint) bool { return level == 0 || mixed(id)>>(64-level) == 0 }

// mixed spreads a name over 64 bits (SplitMix64's finalizer; Steele, Lea and Flood,
// OOPSLA 2014): the sample is by its highest bits.
func mixed(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Ask is a request for an object that is followed, of that size.
func (s *Stack) Ask(id uint64, size int64) (d Depth) {
	if at := s.at.Find(id); at != nil && *at > 0 {
		place := int(*at) - 1
		before := s.sum(place + 1) // those below, and itself
		d = Depth{scaled(int64(s.alive)-before.objects, s.level), scaled(s.bytes-before.bytes, s.level), s.sizes[place], true}
		s.take(place)
	}
	if s.top == len(s.ids) {
		s.compact()
	}
	s.put(id, size)
	if s.most > 0 && s.alive > s.most {
		s.thin()
	}
	return d
}

// scaled is v times 2^level, or the most there is.
func scaled(v int64, level uint) int64 {
	if v > math.MaxInt64>>1>>level {
		return math.MaxInt64 >> 1
	}
	return v << level
}

func (s *Stack) put(id uint64, size int64) {
	s.ids[s.top], s.sizes[s.top] = id, size
	s.change(s.top, 1, size)
	s.top++
	*s.at.At(id) = int32(s.top)
}

func (s *Stack) take(place int) {
	s.change(place, -1, -s.sizes[place])
	s.sizes[place] = 0
}

// change adds to a place's sums.
func (s *Stack) change(place int, objects, bytes int64) {
	s.alive += int(objects)
	s.bytes += bytes
	for i := place + 1; i < len(s.tree); i += i & -i {
		s.tree[i].objects += objects
		s.tree[i].bytes += bytes
	}
}

// sum is of the first n places.
func (s *Stack) sum(n int) (sum node) {
	for i := n; i > 0; i -= i & -i {
		sum.objects += s.tree[i].objects
		sum.bytes += s.tree[i].bytes
	}
	return sum
}

// compact moves the objects together, and makes twice as many places as there are
// objects.
func (s *Stack) compact() {
	n := 0
	for i := range s.top {
		if s.sizes[i] == 0 {
			continue
		}
		s.ids[n], s.sizes[n] = s.ids[i], s.sizes[i]
		n++
		*s.at.At(s.ids[n-1]) = int32(n)
	}
	clear(s.sizes[n:])
	s.top = n
	s.room(max(len(s.ids), 2*n))
	for i := range n { // a tree in one pass: each node adds itself to the one above
		s.tree[i+1].objects++
		s.tree[i+1].bytes += s.sizes[i]
	}
	for i := 1; i < len(s.tree); i++ {
		if up := i + i&-i; up < len(s.tree) {
			s.tree[up].objects += s.tree[i].objects
			s.tree[up].bytes += s.tree[i].bytes
		}
	}
}

// thin forgets about half of the objects.
func (s *Stack) thin() {
	s.level++
	kept := results.Tally[int32]{}
	s.alive, s.bytes = 0, 0
	for i := range s.top {
		if s.sizes[i] == 0 || !s.Follows(s.ids[i]) {
			s.sizes[i] = 0
			continue
		}
		s.alive++
		s.bytes += s.sizes[i]
		*kept.At(s.ids[i]) = int32(i + 1)
	}
	s.at = kept
	s.compact()
}
