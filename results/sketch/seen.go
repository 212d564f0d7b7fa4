package sketch

import "edgesim/results/pages"

// Seen tells for every name of a stream whether it was there before: exactly
// while the names fit its memory, from then on by a Bloom filter of the same
// size, which is never wrong about a name that was there.
//
// Names are 64-bit hashes. Two things whose hashes are one count as one: among
// n names such a pair exists with a probability of at most n² / 2^65, one in a
// million for the 6.3 million names of 64 MiB.
type Seen struct {
	most   int      // slots that memory allows
	slots  []uint64 // open addressing; 0 is free
	n      int
	filter *Bloom // nil while exact
	added  int64
	since  int64 // how many were added while all was exact
}

// NewSeen returns a Seen that takes at most bytes of memory in the long run: a
// power of two, 1 KiB or more; others are rounded down. While a table grows the
// old one lies beside it.
func NewSeen(bytes int) *Seen {
	most := 128
	for most*2*8 <= bytes {
		most *= 2
	}
	return &Seen{most: most, slots: make([]uint64, 64)}
}

// Add puts the names and says of each in had, as long, whether it was there
// before. It is fastest with hundreds at once: all their places are fetched from
// memory together before the first is looked at.
func (s *Seen) Add(names []uint64, had []bool) {
	s.added += int64(len(names))
	i := 0
	if s.filter == nil {
		s.fetch(names)
		for ; i < len(names) && s.room(); i++ {
			had[i] = s.put(name(names[i]))
		}
		if i < len(names) {
			s.overflow(s.added - int64(len(names)-i))
		}
	}
	if s.filter != nil {
		s.filter.add(names[i:], had[i:])
	}
}

// AddApart is Add of names between which others came that were there before: as many
// as between says before each.
func (s *Seen) AddApart(names []uint64, between []uint32, had []bool) {
	if s.filter == nil {
		s.fetch(names)
	} else {
		s.filter.fetch(names)
	}
	for i, n := range names {
		s.Skip(int64(between[i]))
		if s.filter == nil && !s.room() {
			s.overflow(s.added)
		}
		s.added++
		if s.filter == nil {
			had[i] = s.put(name(n))
		} else {
			had[i] = s.filter.Add(name(n))
		}
	}
}

// Skip is Add of n names that were there before.
func (s *Seen) Skip(n int64) {
	if n > 0 && s.filter == nil && !s.room() {
		s.overflow(s.added)
	}
	s.added += n
}

// Takes reports whether all stays exact with n names more, and then some.
func (s *Seen) Takes(n int) bool { return s.filter == nil && (s.n+n)*4 < s.most*3 }

// Exact reports whether all answers so far were exact.
func (s *Seen) Exact() bool { return s.filter == nil }

// Since is how many names had been added before the first that the filter
// answered for; meaningless while Exact.
func (s *Seen) Since() int64 { return s.since }

// Rate is the probability that a new name is taken for an old one now, which
// was never higher before; 0 while Exact.
func (s *Seen) Rate() float64 {
	if s.filter == nil {
		return 0
	}
	return s.filter.Rate()
}

// name keeps 0 for the free slots.
func name(n uint64) uint64 {
	if n == 0 {
		return 0x452821E638D01377
	}
	return n
}

// room makes sure that one more name fits; false when it cannot.
func (s *Seen) room() bool {
	if s.n*4 < len(s.slots)*3 {
		return true
	}
	if len(s.slots) >= s.most {
		return false
	}
	s.grow(2 * len(s.slots))
	return true
}

func (s *Seen) grow(slots int) {
	old := s.slots
	s.slots = pages.Large(make([]uint64, slots))
	for _, n := range old {
		if n != 0 {
			s.slots[s.find(n)] = n
		}
	}
}

// Reserve makes room for n names more at once, as far as memory allows.
func (s *Seen) Reserve(n int) {
	slots := len(s.slots)
	for s.filter == nil && slots < s.most && (s.n+n)*4 >= slots*3 {
		slots *= 2
	}
	if slots > len(s.slots) {
		s.grow(slots)
	}
}

func (s *Seen) put(n uint64) (had bool) {
	i := s.find(n)
	if s.slots[i] == n {
		return true
	}
	s.slots[i] = n
	s.n++
	return false
}

// find is the slot that holds n, or the free one where it belongs.
func (s *Seen) find(n uint64) uint64 {
	mask := uint64(len(s.slots) - 1)
	for i := n & mask; ; i = (i + 1) & mask {
		if s.slots[i] == 0 || s.slots[i] == n {
			return i
		}
	}
}

// overflow hands the names over to a filter.
func (s *Seen) overflow(since int64) {
	s.filter, s.since = NewBloom(s.most*8), since
	for _, n := range s.slots {
		if n != 0 {
			s.filter.Add(n)
		}
	}
	s.slots = nil
}

// fetch reads the names' places, which do not depend on each other, so that the
// processor waits for many of them at once.
func (s *Seen) fetch(names []uint64) {
	mask := uint64(len(s.slots) - 1)
	var sum uint64
	for _, n := range names {
		sum += s.slots[n&mask]
	}
	keep(sum)
}

func (b *Bloom) add(names []uint64, had []bool) {
	b.fetch(names)
	for i, n := range names {
		had[i] = b.Add(name(n))
	}
}

func (b *Bloom) fetch(names []uint64) {
	var sum uint64
	for _, n := range names {
		sum += b.lines[b.line(name(n))][0]
	}
	keep(sum)
}

// keep stands for a use of sum, so that the compiler leaves the reads in.
//
//go:noinline
func keep(sum uint64) {}
