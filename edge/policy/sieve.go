package policy

import "unsafe"

func init() {
	register(Kind{
		Name:      "sieve",
		Title:     "SIEVE",
		Paper:     "Y. Zhang, J. Yang, Y. Yue, Y. Vigfusson, K. V. Rashmi, SIEVE is simpler than LRU, NSDI 2024",
		SlotBytes: int(unsafe.Sizeof(link{})) + 1,
		New:       func(Config) Policy { return &sieve{order: newList(), hand: None} },
	})
}

// sieve keeps objects in the order they were stored, and one bit each: asked for
// since the hand last passed. The hand goes from the oldest towards the newest,
// clears the bits it meets and evicts the first object without one; past the
// newest it starts again at the oldest. Unlike CLOCK it leaves the objects it
// spares where they are, so that new ones (at the head) are judged soon and old
// ones that are asked for are met once a round.
type sieve struct {
	links   []link
	visited []bool
	order   list
	hand    Slot // where the next search begins; None: at the tail
}

func (p *sieve) Hit(s Slot) { p.visited[s] = true }

func (p *sieve) Add(s Slot, _ Item) {
	p.links = reach(p.links, s)
	p.visited = reach(p.visited, s)
	p.visited[s] = false
	p.order.push(p.links, s)
}

func (p *sieve) Victim(Item) Slot {
	s := p.hand
	if s == None {
		s = p.order.tail
	}
	for p.visited[s] {
		p.visited[s] = false
		if s = p.links[s].prev; s == None {
			s = p.order.tail
		}
	}
	p.hand = p.links[s].prev
	p.order.remove(p.links, s)
	return s
}

func (p *sieve) Remove(s Slot) {
	if p.hand == s {
		p.hand = p.links[s].prev
	}
	p.order.remove(p.links, s)
}
