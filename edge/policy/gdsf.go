package policy

import "math"

func init() {
	k := Kind{
		Name:  "gdsf",
		Title: "GDSF",
		Paper: "L. Cherkasova, Improving WWW proxies performance with Greedy-Dual-Size-Frequency caching policy, HP Laboratories report HPL-98-69R1, 1998",
		Params: []Param{
			{Name: "packet", Usage: "bytes of a packet, where a miss costs 2+size/packet; 0: every miss costs 1", Default: 0, Lowest: 0, Most: 1 << 30},
			{Name: "contest", Usage: "1: an object that would be among the first to leave is refused; 0: what fits is admitted", Default: 0, Lowest: 0, Most: 1, Whole: true},
		},
		SlotBytes: heapBytes,
	}
	k.New = func(c Config) Policy { return newGDSF(k, c) }
	register(k)
}

// gdsf evicts the object with the smallest priority
//
//	H = L + F·C/S
//
// where F is how often it was asked for since it was stored, C what a miss of it
// costs, S its size in bytes, and L, the cache's age, the priority of the object
// evicted last. Per byte it holds, an object so earns by its hits and dear misses,
// and the rising L makes those that are asked for no longer be overtaken. With
// C = 1 it is after the object hit ratio; with C = 2 + S/536, the packets that a
// miss sends (Cao and Irani, USITS 1997), packet=536, it minds bytes, too. Of
// equal priorities the one asked for least recently leaves first.
//
// In the paper the newcomer takes part in the contest: an object that would be
// among those that leave to make its room is not stored, and nobody leaves for
// it. contest=1 is that rule. We admit what fits otherwise, as greedy-dual
// policies before it do. libCacheSim stores first and evicts then, newcomer or
// not, so that some leave for an object that is not stored.
//
// H is a float64: an F·C/S below L·2^−53 would not count, which takes an L of
// 10^15 objects' worth.
type gdsf struct {
	heap
	age    float64 // L
	packet float64 // bytes
	clock  uint64  // requests

	contest  bool
	capacity int64
	used     int64  // bytes in the order
	chosen   []Slot // who leaves for the object that was admitted last, next one last
}

func newGDSF(k Kind, c Config) *gdsf {
	return &gdsf{packet: k.Get(c, "packet"), contest: k.Get(c, "contest") == 1, capacity: c.Capacity}
}

// Admit chooses who would leave, in order. The newcomer loses against the first
// that stands higher.
func (p *gdsf) Admit(in Item) bool {
	if !p.contest {
		return true
	}
	p.putBack()
	h := rank{p.priority(in.Size, 1), p.clock + 1}
	for free := p.capacity - p.used; free < in.Size; {
		s := p.pop()
		p.chosen = append(p.chosen, s)
		if h.less(p.slots[s].rank) {
			p.putBack()
			return false
		}
		free += p.slots[s].size
	}
	for i, j := 0, len(p.chosen)-1; i < j; i, j = i+1, j-1 {
		p.chosen[i], p.chosen[j] = p.chosen[j], p.chosen[i]
	}
	return true
}

func (p *gdsf) putBack() {
	for _, s := range p.chosen {
		p.push(s)
	}
	p.chosen = p.chosen[:0]
}

func (p *gdsf) Hit(s Slot) { p.count(&p.slots[s]) }

func (p *gdsf) Add(s Slot, it Item) {
	p.putBack()
	p.slots = reach(p.slots, s)
	p.slots[s] = ranked{size: it.Size}
	p.count(&p.slots[s])
	p.push(s)
	p.used += it.Size
}

func (p *gdsf) count(r *ranked) {
	p.clock++
	r.hit()
	r.rank = rank{p.priority(r.size, r.hits), p.clock}
}

// priority is H's bits: those of positive floats are in the floats' order.
func (p *gdsf) priority(size int64, hits uint32) uint64 {
	f, s := float64(hits), float64(size)
	if p.packet > 0 {
		f *= 2 + s/p.packet
	}
	return math.Float64bits(p.age + f/s)
}

func (p *gdsf) Victim(Item) Slot {
	var s Slot
	if n := len(p.chosen); n > 0 {
		s, p.chosen = p.chosen[n-1], p.chosen[:n-1]
	} else {
		s = p.pop()
	}
	p.age = math.Float64frombits(p.slots[s].key)
	p.used -= p.slots[s].size
	return s
}

func (p *gdsf) Remove(s Slot) {
	p.putBack()
	p.remove(s)
	p.used -= p.slots[s].size
}
