package policy

import "unsafe"

func init() {
	k := Kind{
		Name:  "2q",
		Title: "2Q",
		Paper: "T. Johnson, D. Shasha, 2Q: a low overhead high performance buffer management replacement algorithm, VLDB 1994",
		Params: []Param{
			{Name: "kin", Usage: "share of the capacity for objects seen once", Default: 0.25, Lowest: 0.001, Most: 0.999},
			{Name: "kout", Usage: "bytes of the objects remembered, in capacities", Default: 0.5, Lowest: 0, Most: 10},
			{Name: "max", Usage: "largest object admitted, as a share of the capacity", Default: 1, Lowest: 0.001, Most: 1},
		},
		SlotBytes: int(unsafe.Sizeof(node{})+unsafe.Sizeof(uint64(0))) + ghostBytes/2,
	}
	k.New = func(c Config) Policy { return newTwoQ(k, c) }
	register(k)
}

// twoQ is the paper's full version. A new object comes into A1in, a FIFO in which
// hits do not count: they are correlated references to what has just come. Room
// is made in A1in while it is over its share, and who leaves there is remembered
// in A1out, a FIFO of keys; else at the end of Am, an LRU, and not remembered. An
// object that comes back while it is remembered has been asked for twice, not
// all at once, and goes to Am.
//
// A1in's share and A1out's length are of bytes (the paper's Kin, 25 % of the page
// slots, and Kout, 50 %). Whether the incoming object is remembered is asked
// before room is made. libCacheSim refuses every object larger than A1in's
// share; we admit what fits, and max=0.25 is its rule.
type twoQ struct {
	nodes   []node // marked 1 in Am
	keys    []uint64
	in, am  chain
	out     ghost
	kin     int64 // bytes
	largest int64 // admitted, in bytes

	// While room is being made: whether the incoming object was remembered
	// when that began.
	asked, remembered bool
}

const (
	twoQIn = iota
	twoQAm
)

func newTwoQ(k Kind, c Config) *twoQ {
	return &twoQ{
		in:      newChain(),
		am:      newChain(),
		out:     newGhost(times(c.Capacity, k.Get(c, "kout")), c),
		kin:     share(c.Capacity, k.Get(c, "kin")),
		largest: share(c.Capacity, k.Get(c, "max")),
	}
}

func (p *twoQ) Admit(in Item) bool { return in.Size <= p.largest }

func (p *twoQ) Hit(s Slot) {
	if p.nodes[s].mark() == twoQAm {
		p.am.touch(p.nodes, s)
	}
}

func (p *twoQ) Add(s Slot, it Item) {
	p.nodes, p.keys = reach(p.nodes, s), reach(p.keys, s)
	p.keys[s] = it.Key
	p.recall(it.Key)
	p.asked = false
	if p.remembered {
		p.nodes[s] = newNode(it.Size, twoQAm)
		p.am.push(p.nodes, s)
		return
	}
	p.nodes[s] = newNode(it.Size, twoQIn)
	p.in.push(p.nodes, s)
}

// recall asks for the incoming object once, from the first Victim to Add.
func (p *twoQ) recall(key uint64) {
	if !p.asked {
		p.asked, p.remembered = true, p.out.take(key)
	}
}

func (p *twoQ) Victim(in Item) Slot {
	p.recall(in.Key)
	if p.in.bytes <= p.kin && !p.am.empty() {
		s := p.am.tail
		p.am.remove(p.nodes, s)
		return s
	}
	s := p.in.tail
	p.in.remove(p.nodes, s)
	p.out.remember(Item{p.keys[s], p.nodes[s].size()})
	return s
}

func (p *twoQ) Remove(s Slot) {
	if p.nodes[s].mark() == twoQAm {
		p.am.remove(p.nodes, s)
		return
	}
	p.in.remove(p.nodes, s)
}
