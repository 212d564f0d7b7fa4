package policy

import "unsafe"

func init() {
	k := Kind{
		Name:  "qdlpfifo",
		Title: "QD-LP-FIFO",
		Paper: "J. Yang, Z. Qiu, Y. Zhang, Y. Yue, K. V. Rashmi, FIFO can be better than LRU: the power of lazy promotion and quick demotion, HotOS 2023",
		Params: []Param{
			{Name: "small", Usage: "share of the capacity for objects on probation", Default: 0.1, Lowest: 0.001, Most: 0.999},
			{Name: "max", Usage: "largest object admitted, as a share of the capacity", Default: 1, Lowest: 0.001, Most: 1},
		},
		SlotBytes: int(unsafe.Sizeof(node{})+unsafe.Sizeof(uint64(0))) + ghostBytes*9/10,
	}
	k.New = func(c Config) Policy { return newQDLP(k, c) }
	register(k)
}

// qdlp demotes quickly and promotes lazily. A new object is on probation in a
// FIFO. Its oldest leaves, and its key is remembered, unless it was hit there: then
// it goes over to the main part, a CLOCK of two bits. What comes back while it is
// remembered comes into the main part at once. It is what S3-FIFO was made from:
// there one hit on probation is not enough, and the parts lend each other room.
//
// Here each part makes its own room: for an object on its way into the main part
// the hand of the CLOCK moves, for a new one the FIFO gives way. Shares are of
// bytes; the remembered objects have as many as the main part. Where the paper is
// silent, as its authors' simulator: until the cache has first been full the FIFO
// may be larger than its share; the hand takes one hit away, and what goes over
// begins with none. That simulator refuses what is not smaller than the FIFO
// (max=0.1); we admit what fits. An object larger than the main part leaves, hit or
// not.
type qdlp struct {
	nodes   []node // mark: hits, and qdlpMain
	keys    []uint64
	small   chain
	main    chain
	ghost   ghost
	mainCap int64 // in bytes
	largest int64 // admitted, in bytes

	// While room is being made: whether the incoming object was remembered
	// when that began.
	asked, remembered bool
}

const (
	qdlpHits = 3 // where hits stop counting: two bits
	qdlpMain = 4 // in the main part
)

func newQDLP(k Kind, c Config) *qdlp {
	main := c.Capacity - share(c.Capacity, k.Get(c, "small"))
	return &qdlp{
		small:   newChain(),
		main:    newChain(),
		ghost:   newGhost(main, c),
		mainCap: main,
		largest: share(c.Capacity, k.Get(c, "max")),
	}
}

func (p *qdlp) Admit(in Item) bool { return in.Size <= p.largest }

func (p *qdlp) Hit(s Slot) {
	if n := &p.nodes[s]; n.mark()&qdlpHits < qdlpHits {
		n.setMark(n.mark() + 1)
	}
}

func (p *qdlp) Add(s Slot, it Item) {
	p.nodes, p.keys = reach(p.nodes, s), reach(p.keys, s)
	p.keys[s] = it.Key
	p.nodes[s] = newNode(it.Size, 0)
	p.recall(it.Key)
	p.asked = false
	if p.remembered {
		p.nodes[s].setMark(qdlpMain)
		p.main.push(p.nodes, s)
		return
	}
	p.small.push(p.nodes, s)
}

// recall asks the ghost for the incoming object, once from the first Victim to
// Add.
func (p *qdlp) recall(key uint64) {
	if !p.asked {
		p.asked, p.remembered = true, p.ghost.take(key)
	}
}

func (p *qdlp) Victim(in Item) Slot {
	p.recall(in.Key)
	incoming := int64(0) // bytes for the main part
	if p.remembered {
		incoming = in.Size
	}
	for {
		if p.small.empty() || !p.main.empty() && p.main.bytes > p.mainCap-incoming {
			return p.leaveMain()
		}
		s := p.small.tail
		n := &p.nodes[s]
		if n.mark() == 0 || n.size() > p.mainCap {
			return p.leaveSmall(s)
		}
		if victim := p.leaveFor(s); victim != None {
			return victim
		}
	}
}

// leaveFor promotes s if the main part has room, at least after one has left it,
// whom it returns, or None.
func (p *qdlp) leaveFor(s Slot) (victim Slot) {
	victim, room := None, p.mainCap-p.nodes[s].size()
	if p.main.bytes > room {
		victim = p.leaveMain()
	}
	if p.main.bytes <= room {
		p.promote(s)
	}
	return victim
}

func (p *qdlp) leaveSmall(s Slot) Slot {
	p.small.remove(p.nodes, s)
	p.ghost.remember(Item{p.keys[s], p.nodes[s].size()})
	return s
}

// promote takes s over to the main part, with no hits.
func (p *qdlp) promote(s Slot) {
	p.small.remove(p.nodes, s)
	p.nodes[s].setMark(qdlpMain)
	p.main.push(p.nodes, s)
}

// leaveMain moves the hand until somebody leaves.
func (p *qdlp) leaveMain() Slot {
	for {
		s := p.main.tail
		p.main.remove(p.nodes, s)
		n := &p.nodes[s]
		if n.mark() == qdlpMain {
			return s
		}
		n.setMark(n.mark() - 1)
		p.main.push(p.nodes, s)
	}
}

func (p *qdlp) Remove(s Slot) {
	if p.nodes[s].mark()&qdlpMain != 0 {
		p.main.remove(p.nodes, s)
		return
	}
	p.small.remove(p.nodes, s)
}
