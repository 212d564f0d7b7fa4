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
	nodes    []node // marked with the list
	keys     []uint64
	asked    []bool // for since the hand passed: all that a hit touches
	t, b     [2]chain
	memory   memory
	target   float64 // of T1, in bytes
	capacity int64   // bytes
}

func newCAR(c Config) *car {
	return &car{
		t:        [2]chain{newChain(), newChain()},
		b:        [2]chain{newChain(), newChain()},
		memory:   newMemory(c),
		capacity: c.Capacity,
	}
}

func (p *car) Hit(s Slot) { p.asked[s] = true }

func (p *car) Add(s Slot, it Item) {
	p.nodes, p.keys, p.asked = reach(p.nodes, s), reach(p.keys, s), reach(p.asked, s)
	list := uint8(arcOnce)
	if at := p.memory.find(it.Key); at != None {
		n := &p.memory.nodes[at]
		p.adapt(n.mark(), n.size())
		p.memory.drop(&p.b[n.mark()], at)
		list = arcOften
	}
	p.nodes[s], p.keys[s], p.asked[s] = newNode(it.Size, list), it.Key, false
	p.t[list].push(p.nodes, s)
	p.forget()
}

// adapt moves the target towards the list that an object of that size has come
// back to, and is counted in still.
func (p *car) adapt(list uint8, size int64) {
	step := float64(size) * max(1, float64(p.b[1-list].bytes)/float64(p.b[list].bytes))
	if list == arcOnce {
		p.target = min(p.target+step, float64(p.capacity))
	} else {
		p.target = max(p.target-step, 0)
	}
}

func (p *car) Victim(Item) Slot {
	for {
		list := uint8(arcOften)
		if float64(p.t[arcOnce].bytes) >= max(1, p.target) || p.t[arcOften].empty() {
			list = arcOnce
		}
		s := p.t[list].tail
		p.t[list].remove(p.nodes, s)
		if !p.asked[s] {
			p.memory.add(&p.b[list], Item{p.keys[s], p.nodes[s].size()}, list)
			return s
		}
		p.asked[s] = false
		p.nodes[s].setMark(arcOften)
		p.t[arcOften].push(p.nodes, s)
	}
}

func (p *car) forget() {
	for p.t[0].bytes+p.b[0].bytes > p.capacity && !p.b[0].empty() {
		p.memory.drop(&p.b[0], p.b[0].tail)
	}
	for p.t[0].bytes+p.t[1].bytes+p.b[0].bytes > 2*p.capacity-p.b[1].bytes && !p.b[1].empty() {
		p.memory.drop(&p.b[1], p.b[1].tail)
	}
}

func (p *car) Remove(s Slot) { p.t[p.nodes[s].mark()].remove(p.nodes, s) }
