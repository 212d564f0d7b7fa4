package policy

import "unsafe"

func init() {
	register(Kind{
		Name:      "car",
		Title:     "CAR",
		Paper:     "S. Bansal, D. S. Modha, CAR: CLOCK with adaptive replacement, FAST 2004",
		SlotBytes: int(unsafe.Sizeof(node{})+unsafe.Sizeof(uint64(0))) + 1 + memoryBytes,
		New:       func(c Config) Policy { return newCAR(c) },
	})
}

// car is ARC with clocks for lists: a hit only sets the object's bit. Room is made
// at the hand of T1 while it has at least its target p, else at the hand of T2. An
// object with its bit set stays, its bit cleared, in T2, behind the hand; one
// without leaves and is remembered, in B1 or B2. A newcomer goes to T1, one that
// comes back while it is remembered to T2, and moves the target as in ARC, once
// room has been made. T1 and B1 together have at most the capacity c, all four
// 2c.
//
// Bytes come in as in ARC: a returning object moves the target by its own size
// times the ratio of B2 and B1, and the bounds are restored when the newcomer is
// in, which for pages of one size is the paper's order of things.
type car struct {
	fourLists
	asked []bool // for since the hand passed: all that a hit touches
}

func newCAR(c Config) *car { return &car{fourLists: newFourLists(c)} }

func (p *car) Hit(s Slot) { p.asked[s] = true }

func (p *car) Add(s Slot, it Item) {
	list := uint8(once)
	if at := p.memory.find(it.Key); at != None {
		n := p.memory.nodes[at]
		p.adapt(n.mark(), float64(n.size()))
		p.memory.drop(&p.b[n.mark()], at)
		list = often
	}
	p.asked = reach(p.asked, s)
	p.asked[s] = false
	p.insert(s, it, list)
	p.forget()
}

func (p *car) Victim(Item) Slot {
	for {
		list := uint8(often)
		if float64(p.t[once].bytes) >= max(1, p.target) || p.t[often].empty() {
			list = once
		}
		s := p.t[list].tail
		p.t[list].remove(p.nodes, s)
		if !p.asked[s] {
			p.evict(s, list)
			return s
		}
		p.asked[s] = false
		p.nodes[s].setMark(often)
		p.t[often].push(p.nodes, s)
	}
}
