package policy

import "unsafe"

func init() {
	k := Kind{
		Name:  "clock",
		Title: "CLOCK",
		Paper: "F. J. Corbató, A paging experiment with the Multics system, in: In Honor of P. M. Morse, MIT Press, 1969",
		Params: []Param{
			{Name: "bits", Usage: "bits of the counter of hits", Default: 1, Lowest: 1, Most: 8, Whole: true},
		},
		SlotBytes: int(unsafe.Sizeof(link{})) + 1,
	}
	k.New = func(c Config) Policy {
		return &clock{order: newList(), most: uint8(1<<int(k.Get(c, "bits")) - 1)}
	}
	register(k)
}

// clock keeps objects in a ring and one bit each: asked for since the hand last
// passed. The hand clears the bits it meets and evicts the first object without
// one; a new object comes in just behind the hand. A ring with a hand is a queue
// whose oldest is put back in front when its bit is set ("second chance"), and
// that is how it is kept. With more bits a hit adds one, up to 2^bits−1, and the
// hand takes one away (Nicola, Dan, Dias, SIGMETRICS 1992: generalized CLOCK).
type clock struct {
	links []link
	hits  []uint8 // up to most; all that a hit touches
	order list
	most  uint8
}

func (p *clock) Hit(s Slot) {
	if p.hits[s] < p.most {
		p.hits[s]++
	}
}

func (p *clock) Add(s Slot, _ Item) {
	p.links, p.hits = reach(p.links, s), reach(p.hits, s)
	p.hits[s] = 0
	p.order.push(p.links, s)
}

func (p *clock) Victim(Item) Slot {
	for {
		s := p.order.tail
		p.order.remove(p.links, s)
		if p.hits[s] == 0 {
			return s
		}
		p.hits[s]--
		p.order.push(p.links, s)
	}
}

func (p *clock) Remove(s Slot) { p.order.remove(p.links, s) }
