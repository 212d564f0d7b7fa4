package policy

import "unsafe"

func init() {
	register(Kind{
		Name:      "lru",
		Title:     "LRU",
		Paper:     "R. L. Mattson, J. Gecsei, D. R. Slutz, I. L. Traiger, Evaluation techniques for storage hierarchies, IBM Systems Journal 9(2), 1970",
		SlotBytes: int(unsafe.Sizeof(link{})),
		New:       func(Config) Policy { return &lru{order: newList()} },
	})
}

// lru evicts the object that was asked for least recently. Under independent
// requests an object asked for at rate λ is found with probability 1−e^{−λT},
// where T is the time in which the distinct objects asked for fill the cache
// (Che, Tung, Wang, IEEE JSAC 20(7), 2002).
type lru struct {
	links []link
	order list // the head was asked for last
}

func (p *lru) Hit(s Slot) {
	if p.order.head == s {
		return
	}
	p.order.remove(p.links, s)
	p.order.push(p.links, s)
}

func (p *lru) Add(s Slot, _ Item) {
	p.links = reach(p.links, s)
	p.order.push(p.links, s)
}

func (p *lru) Victim(Item) Slot {
	s := p.order.tail
	p.order.remove(p.links, s)
	return s
}

func (p *lru) Remove(s Slot) { p.order.remove(p.links, s) }
