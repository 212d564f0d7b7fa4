package foresight

import (
	"unsafe"

	"edgesim/edge/policy"
)

func init() {
	register(policy.Kind{
		Name:      "belady",
		Title:     "Belady",
		Paper:     "L. A. Belady, A study of replacement algorithms for a virtual-storage computer, IBM Systems Journal 5(2), 1966; R. L. Mattson, J. Gecsei, D. R. Slutz, I. L. Traiger, IBM Systems Journal 9(2), 1970 (proof)",
		SlotBytes: int(unsafe.Sizeof(place{}) + unsafe.Sizeof(resident{}) + unsafe.Sizeof(uint32(0))),
		Params:    []policy.Param{bypass},
		New:       func(c policy.Config) policy.Policy { return &belady{residents: newResidents(c)} },
	})
}

// belady evicts the object whose next request is farthest away, and refuses one
// that is asked for later than everything resident. Where every object has the
// same size no policy has fewer misses (MIN). Where sizes differ it is no
// optimum, and others may beat it: it gives up many small objects for a large
// one that is asked for a little sooner.
type belady struct {
	residents
	heap farthest
}

func (p *belady) Hit(s policy.Slot) {
	if p.next == Never {
		p.heap.take(p.at, s)
		p.spend(s)
		return
	}
	p.slots[s].next = p.next
	p.heap.later(p.at, s, p.next)
}

// Admit refuses what would be the next to leave.
func (p *belady) Admit(in policy.Item) bool {
	switch {
	case p.fetched:
		return true
	case p.next == Never:
		return false
	}
	return p.fits(in.Size) || len(p.heap) > 0 && p.next < p.heap[0].next
}

func (p *belady) Add(s policy.Slot, it policy.Item) {
	if p.add(s, it.Size) {
		p.heap.push(p.at, place{p.next, s})
	}
}

func (p *belady) Victim(policy.Item) policy.Slot {
	s := policy.None
	if n := len(p.spent); n > 0 {
		s = p.spent[n-1]
	} else {
		s = p.heap[0].slot
	}
	p.Remove(s)
	return s
}

func (p *belady) Remove(s policy.Slot) {
	if p.drop(s) {
		p.heap.take(p.at, s)
	}
}
