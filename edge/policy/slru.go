package policy

import "unsafe"

func init() {
	k := Kind{
		Name:  "slru",
		Title: "SLRU",
		Paper: "R. Karedla, J. S. Love, B. G. Wherry, Caching strategies to improve disk system performance, IEEE Computer 27(3), 1994",
		Params: []Param{
			{Name: "segments", Usage: "number of segments", Default: 2, Lowest: 2, Most: 16, Whole: true},
			{Name: "protected", Usage: "share of the capacity for the segments above the first, in equal parts", Default: 0.8, Lowest: 0.001, Most: 0.999},
			{Name: "max", Usage: "largest object admitted, as a share of the capacity", Default: 1, Lowest: 0.001, Most: 1},
		},
		SlotBytes: int(unsafe.Sizeof(node{})),
	}
	k.New = func(c Config) Policy { return newSLRU(k, c) }
	register(k)
}

// slru is LRU in segments. A new object comes into the first, on probation; a
// hit takes it to the head of the next higher one, or of its own if that is the
// highest. What a higher segment then has too much goes from its tail to the
// head of the next lower one. The victim is the tail of the first segment, or of
// the lowest that has an object. An object asked for once so pushes out only its
// likes.
//
// The segments above the first have a share of the bytes, in equal parts, and
// the first has what they leave. The paper leaves the share to tuning; 0.8 is
// that of the main cache of W-TinyLFU (Einziger, Friedman, Manes, ACM Trans.
// Storage 13(4), 2017). Four segments of the same size, protected=0.75, are S4LRU
// (Huang et al., SOSP 2013). An object larger than a segment above does not go
// there, where it would push out everybody and then itself: a hit makes it the
// head of its own.
type slru struct {
	nodes    []node // marked with the segment
	segments []chain
	most     int64 // bytes of each segment above the first
	largest  int64 // admitted, in bytes
}

func newSLRU(k Kind, c Config) *slru {
	n := int(k.Get(c, "segments"))
	p := &slru{
		segments: make([]chain, n),
		most:     share(c.Capacity, k.Get(c, "protected")/float64(n-1)),
		largest:  share(c.Capacity, k.Get(c, "max")),
	}
	for i := range p.segments {
		p.segments[i] = newChain()
	}
	return p
}

func (p *slru) Admit(in Item) bool { return in.Size <= p.largest }

func (p *slru) Hit(s Slot) {
	n := &p.nodes[s]
	at := int(n.mark())
	if at+1 == len(p.segments) || n.size() > p.most {
		p.segments[at].touch(p.nodes, s)
		return
	}
	p.move(s, at, at+1)
	for i := at + 1; i > 0; i-- {
		for p.segments[i].bytes > p.most {
			p.move(p.segments[i].tail, i, i-1)
		}
	}
}

// move takes s from one segment to the head of another.
func (p *slru) move(s Slot, from, to int) {
	p.segments[from].remove(p.nodes, s)
	p.nodes[s].setMark(uint8(to))
	p.segments[to].push(p.nodes, s)
}

func (p *slru) Add(s Slot, it Item) {
	p.nodes = reach(p.nodes, s)
	p.nodes[s] = newNode(it.Size, 0)
	p.segments[0].push(p.nodes, s)
}

func (p *slru) Victim(Item) Slot {
	i := 0
	for p.segments[i].empty() {
		i++
	}
	s := p.segments[i].tail
	p.segments[i].remove(p.nodes, s)
	return s
}

func (p *slru) Remove(s Slot) { p.segments[p.nodes[s].mark()].remove(p.nodes, s) }
