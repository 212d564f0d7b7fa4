package foresight

import (
	"math/bits"
	"unsafe"

	"edgesim/edge/policy"
)

func init() {
	register(policy.Kind{
		Name:      "beladysize",
		Title:     "Belady by size",
		Paper:     "after L. A. Belady, IBM Systems Journal 5(2), 1966, by size × distance as in D. S. Berger, N. Beckmann, M. Harchol-Balter, Practical bounds on optimal caching with variable object sizes, SIGMETRICS 2018",
		SlotBytes: int(unsafe.Sizeof(place{}) + unsafe.Sizeof(resident{}) + unsafe.Sizeof(uint32(0))),
		Params:    []policy.Param{bypass},
		New:       func(c policy.Config) policy.Policy { return &beladysize{residents: newResidents(c)} },
	})
}

// beladysize evicts the object that takes the most room until it pays: that of
// the greatest
//
//	size · (next request − this request)
//
// bytes times requests for one hit. It is a good schedule where sizes differ and
// hits are counted in objects, and no optimum.
//
// The order of two objects changes as time goes by, so no one heap holds it. But
// of objects of one size the farthest stays the first. Sizes make classes, eight
// to a doubling, each with a heap, and the tops of all are compared: whoever
// leaves has at least 8/9 of the greatest product.
type beladysize struct {
	residents
	classes [classes]farthest
	filled  [classes / 64]uint64 // a bit for every class that has objects
}

// classes are enough for sizes up to 2^63: eight for each length in bits.
const classes = 512

// classOf is made of the number of bits of the size and the three bits behind
// the first.
func classOf(size int64) int {
	n := bits.Len64(uint64(size))
	return n<<3 | int(uint64(size)<<(64-n)>>60&7)
}

func (p *beladysize) Hit(s policy.Slot) {
	class := classOf(p.slots[s].size)
	if p.next == Never {
		p.take(s, class)
		p.spend(s)
		return
	}
	p.slots[s].next = p.next
	p.classes[class].later(p.at, s, p.next)
}

// Admit refuses what would be the next to leave.
func (p *beladysize) Admit(in policy.Item) bool {
	switch {
	case p.fetched:
		return true
	case p.next == Never:
		return false
	case p.fits(in.Size):
		return true
	}
	_, most := p.worst()
	return p.cost(in.Size, p.next) < most
}

// cost is in bytes × requests.
func (p *beladysize) cost(size, next int64) float64 { return float64(size) * float64(next-p.now) }

// worst is the resident of the greatest cost that will be asked for again, and
// its cost.
func (p *beladysize) worst() (s policy.Slot, most float64) {
	s, most = policy.None, -1
	for word, set := range p.filled {
		for ; set != 0; set &= set - 1 {
			top := p.classes[word<<6|bits.TrailingZeros64(set)][0]
			if c := p.cost(p.slots[top.slot].size, top.next); c > most {
				s, most = top.slot, c
			}
		}
	}
	return s, most
}

func (p *beladysize) Add(s policy.Slot, it policy.Item) {
	if p.add(s, it.Size) {
		class := classOf(it.Size)
		p.classes[class].push(p.at, place{p.next, s})
		p.filled[class>>6] |= 1 << (class & 63)
	}
}

func (p *beladysize) Victim(policy.Item) policy.Slot {
	s := policy.None
	if n := len(p.spent); n > 0 {
		s = p.spent[n-1]
	} else {
		s, _ = p.worst()
	}
	p.Remove(s)
	return s
}

func (p *beladysize) Remove(s policy.Slot) {
	if p.drop(s) {
		p.take(s, classOf(p.slots[s].size))
	}
}

// take takes s out of the heap of its class.
func (p *beladysize) take(s policy.Slot, class int) {
	p.classes[class].take(p.at, s)
	if len(p.classes[class]) == 0 {
		p.filled[class>>6] &^= 1 << (class & 63)
	}
}
