package policy

import "unsafe"

func init() {
	register(Kind{
		Name:      "fifo",
		Title:     "FIFO",
		Paper:     "L. A. Belady, A study of replacement algorithms for a virtual-storage computer, IBM Systems Journal 5(2), 1966",
		SlotBytes: int(unsafe.Sizeof(link{})),
		New:       func(Config) Policy { return &fifo{order: newList()} },
	})
}

// fifo evicts the object that was stored first, asked for since or not. Under
// independent requests its hit ratio is that of random eviction: an object asked
// for at rate λ is found with probability λT/(1+λT), where T is the time that
// fills the cache (Martina, Garetto, Leonardi, INFOCOM 2014).
type fifo struct {
	links []link
	order list
}

func (p *fifo) Hit(Slot) {}

func (p *fifo) Add(s Slot, _ Item) {
	p.links = reach(p.links, s)
	p.order.push(p.links, s)
}

func (p *fifo) Victim(Item) Slot {
	s := p.order.tail
	p.order.remove(p.links, s)
	return s
}

func (p *fifo) Remove(s Slot) { p.order.remove(p.links, s) }
