package policy

import "unsafe"

func init() {
	k := Kind{
		Name:  "lruk",
		Title: "LRU-K",
		Paper: "E. J. O'Neil, P. E. O'Neil, G. Weikum, The LRU-K page replacement algorithm for database disk buffering, SIGMOD 1993",
		Params: []Param{
			{Name: "k", Usage: "how many requests back an object is judged", Default: 2, Lowest: 1, Most: 16, Whole: true},
			{Name: "retained", Usage: "bytes of the objects whose requests are remembered, in capacities", Default: 1, Lowest: 0, Most: 100},
		},
		SlotBytes: heapBytes + 3*int(unsafe.Sizeof(uint64(0))) + ghostBytes + 2*int(unsafe.Sizeof(uint64(0))),
	}
	k.New = func(c Config) Policy { return newLRUK(k, c) }
	register(k)
}

// lruk evicts the object whose K-th last request is longest ago. One with fewer
// requests than K has none, which is longer ago than any; of those the one asked
// for least recently leaves first (the paper's subsidiary policy is LRU). K = 1
// is LRU; with K = 2 an object must have been asked for twice, lately, to stay.
//
// The requests of an object that has left count on when it comes back. The paper
// remembers them for a period of time, about the longest K-distance of a
// resident; a cache knows no time, so we remember as many bytes of objects as the
// cache has, the latest to leave. Its other period, within which requests count
// as one, is for the bursts of a database's transactions, and 0 here: a
// distribution's requests are of different viewers.
//
// Time is the number of requests. Sizes count in what is remembered, only.
type lruk struct {
	heap
	k     int
	times []uint64 // k by slot, newest first; 0: none
	keys  []uint64 // by slot
	left  ghost
	past  []uint64 // k by place in left
	clock uint64
}

func newLRUK(k Kind, c Config) *lruk {
	return &lruk{
		k:    int(k.Get(c, "k")),
		left: newGhost(times(c.Capacity, k.Get(c, "retained")), c),
	}
}

func (p *lruk) Hit(s Slot) { p.request(s) }

func (p *lruk) Add(s Slot, it Item) {
	p.slots, p.keys = reach(p.slots, s), reach(p.keys, s)
	p.times = reach(p.times, s*Slot(p.k)+Slot(p.k)-1)
	p.slots[s].size, p.keys[s] = it.Size, it.Key
	of := p.of(p.times, s)
	clear(of)
	if at := p.left.find(it.Key); at != None {
		copy(of, p.of(p.past, at))
		p.left.forget(at)
	}
	p.request(s)
	p.push(s)
}

// of is the times of the object at i.
func (p *lruk) of(times []uint64, i Slot) []uint64 {
	return times[int(i)*p.k : (int(i)+1)*p.k]
}

// request ranks s by its K-th last request, and of those that have none by its
// last.
func (p *lruk) request(s Slot) {
	p.clock++
	of := p.of(p.times, s)
	copy(of[1:], of)
	of[0] = p.clock
	p.slots[s].rank = rank{of[p.k-1], p.clock}
}

func (p *lruk) Victim(Item) Slot {
	s := p.pop()
	if at := p.left.remember(Item{p.keys[s], p.slots[s].size}); at != None {
		p.past = reach(p.past, at*Slot(p.k)+Slot(p.k)-1)
		copy(p.of(p.past, at), p.of(p.times, s))
	}
	return s
}

func (p *lruk) Remove(s Slot) { p.remove(s) }
