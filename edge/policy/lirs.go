package policy

import "unsafe"

func init() {
	k := Kind{
		Name:  "lirs",
		Title: "LIRS",
		Paper: "S. Jiang, X. Zhang, LIRS: an efficient low inter-reference recency set replacement policy to improve buffer cache performance, SIGMETRICS 2002",
		Params: []Param{
			{Name: "hir", Usage: "share of the capacity for objects asked for at long intervals", Default: 0.01, Lowest: 0.001, Most: 0.999},
			{Name: "stack", Usage: "bytes of the objects remembered, in capacities", Default: 1, Lowest: 0, Most: 100},
			{Name: "max", Usage: "largest object admitted, as a share of the capacity", Default: 1, Lowest: 0.001, Most: 1},
		},
		SlotBytes: 2*int(unsafe.Sizeof(lirsBlock{})+2*unsafe.Sizeof(link{})) + CellBytes + int(unsafe.Sizeof(Slot(0))),
	}
	k.New = func(c Config) Policy { return newLIRS(k, c) }
	register(k)
}

// lirs parts objects by how many others were asked for between their last two
// requests. LIR objects (few others) have all of the cache but a small share, and
// do not leave; the rest is Q, a FIFO of the HIR objects that are resident. The
// stack S has, most recently asked for on top, the LIR objects and every HIR object
// asked for since the lowest of them, resident or left: below the lowest LIR object
// it is cut off ("pruned"). So an HIR object asked for while it is in S has a
// shorter interval than the lowest LIR object, and changes place with it: it
// becomes LIR, and the lowest LIR object goes to the end of Q. One that is not in
// S comes to its top, and to the end of Q. The victim is Q's oldest; S remembers
// it if it is still there. While the LIR objects have not their share, a new
// object is LIR at once.
//
// Shares are of bytes: LIR objects have at most the capacity less the share of
// HIR ones, Q what room there is. When an object becomes LIR, as many of the
// lowest go to Q as its size asks for. One larger than the LIR share stays HIR.
// When Q is empty and there is no room yet, the lowest LIR object leaves. The
// paper's S has no bound; ours remembers as many bytes of objects that have left
// as the cache has, the latest to leave. libCacheSim refuses what is larger than the
// HIR share; we admit what fits, and max=0.01 is its rule.
type lirs struct {
	blocks   []lirsBlock
	stack    []link // of S, by block
	queue    []link // of Q or of those that have left, by block
	free     list   // blocks, by stack's links
	s        list
	q        list
	left     list   // those remembered
	index    Index  // of those remembered
	block    []Slot // by slot
	lir      int64  // bytes of LIR objects
	lirCap   int64  // bytes
	out      int64  // bytes of those remembered
	outCap   int64  // bytes
	largest  int64  // admitted, in bytes
	incoming Slot   // the block of the object that room is made for, out of left; None
	asked    bool   // for the incoming object
}

// A lirsBlock is one object that lirs knows.
type lirsBlock struct {
	Item
	slot  Slot
	state lirsState
	in    bool // S
}

type lirsState uint8

const (
	lirsLIR  lirsState = iota
	lirsHIR            // resident, in Q
	lirsLeft           // remembered
)

func newLIRS(k Kind, c Config) *lirs {
	hir := max(1, share(c.Capacity, k.Get(c, "hir")))
	return &lirs{
		free: newList(), s: newList(), q: newList(), left: newList(),
		index:    c.index(),
		lirCap:   c.Capacity - hir,
		outCap:   times(c.Capacity, k.Get(c, "stack")),
		largest:  share(c.Capacity, k.Get(c, "max")),
		incoming: None,
	}
}

func (p *lirs) Admit(in Item) bool { return in.Size <= p.largest }

func (p *lirs) Hit(s Slot) {
	b := p.block[s]
	k := &p.blocks[b]
	near := k.in
	p.climb(b)
	switch {
	case k.state == lirsLIR:
		p.prune()
	case near && k.Size <= p.lirCap:
		p.q.remove(p.queue, b)
		p.promote(b)
	default:
		p.q.remove(p.queue, b)
		p.q.push(p.queue, b)
	}
}

// climb puts b on top of S.
func (p *lirs) climb(b Slot) {
	if p.blocks[b].in {
		if p.s.head == b {
			return
		}
		p.s.remove(p.stack, b)
	}
	p.blocks[b].in = true
	p.s.push(p.stack, b)
}

// promote makes b, on top of S, LIR, and those it pushes out HIR.
func (p *lirs) promote(b Slot) {
	p.blocks[b].state = lirsLIR
	p.lir += p.blocks[b].Size
	p.prune()
	for p.lir > p.lirCap {
		low := p.s.tail
		p.sinkLIR(low)
		p.blocks[low].state = lirsHIR
		p.q.push(p.queue, low)
	}
}

// sinkLIR takes the LIR object b out of S and out of the share.
func (p *lirs) sinkLIR(b Slot) {
	p.leaveStack(b)
	p.lir -= p.blocks[b].Size
	p.prune()
}

func (p *lirs) leaveStack(b Slot) {
	p.s.remove(p.stack, b)
	p.blocks[b].in = false
}

// prune cuts S off below the lowest LIR object.
func (p *lirs) prune() {
	for !p.s.empty() && p.blocks[p.s.tail].state != lirsLIR {
		b := p.s.tail
		if p.blocks[b].state == lirsLeft {
			p.forget(b)
		} else {
			p.leaveStack(b)
		}
	}
}

// forget forgets b, which is remembered, and gives its block back.
func (p *lirs) forget(b Slot) {
	p.left.remove(p.queue, b)
	p.out -= p.blocks[b].Size
	p.index.Delete(p.blocks[b].Key, b)
	p.discard(b)
}

// discard takes b out of S and gives it back.
func (p *lirs) discard(b Slot) {
	if p.blocks[b].in {
		p.leaveStack(b)
	}
	p.free.push(p.stack, b)
}

func (p *lirs) Add(s Slot, it Item) {
	p.recall(it.Key)
	b, near := p.incoming, p.incoming != None
	if !near {
		b = p.place()
	}
	p.asked, p.incoming = false, None
	p.block = reach(p.block, s)
	p.block[s] = b
	p.blocks[b] = lirsBlock{Item: it, slot: s, state: lirsHIR}
	p.climb(b)
	if it.Size <= p.lirCap && (near || it.Size <= p.lirCap-p.lir) {
		p.promote(b)
		return
	}
	p.q.push(p.queue, b)
}

// recall asks for the incoming object once, from the first Victim to Add. One that
// is remembered leaves S for its top at once: room is made when it is there.
func (p *lirs) recall(key uint64) {
	if p.asked {
		return
	}
	p.asked = true
	at, b := p.index.Seek(key)
	for b != None && p.blocks[b].Key != key {
		at, b = p.index.Next(key, at)
	}
	if b == None {
		return
	}
	p.left.remove(p.queue, b)
	p.out -= p.blocks[b].Size
	p.index.Delete(key, b)
	p.leaveStack(b)
	p.incoming = b
}

func (p *lirs) Victim(in Item) Slot {
	p.recall(in.Key)
	if p.q.empty() {
		b := p.s.tail
		p.sinkLIR(b)
		p.discard(b)
		return p.blocks[b].slot
	}
	b := p.q.tail
	p.q.remove(p.queue, b)
	s := p.blocks[b].slot
	if p.blocks[b].in && p.blocks[b].Size <= p.outCap {
		p.remember(b)
	} else {
		p.discard(b)
	}
	return s
}

// remember keeps b in S, where it lies, and forgets those that left longest ago
// until there is room.
func (p *lirs) remember(b Slot) {
	k := &p.blocks[b]
	k.state = lirsLeft
	p.left.push(p.queue, b)
	p.out += k.Size
	p.index.Insert(k.Key, b)
	for p.out > p.outCap {
		p.forget(p.left.tail)
	}
}

func (p *lirs) Remove(s Slot) {
	b := p.block[s]
	if p.blocks[b].state == lirsLIR {
		p.sinkLIR(b)
	} else {
		p.q.remove(p.queue, b)
	}
	p.discard(b)
}

// place is a free block.
func (p *lirs) place() Slot {
	if p.free.empty() {
		p.blocks = append(p.blocks, lirsBlock{})
		p.stack = append(p.stack, link{})
		p.queue = append(p.queue, link{})
		return Slot(len(p.blocks) - 1)
	}
	b := p.free.head
	p.free.remove(p.stack, b)
	return b
}
