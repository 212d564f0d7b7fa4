package policy

import (
	"math/rand/v2"
	"unsafe"
)

func init() {
	k := Kind{
		Name:      "cacheus",
		Title:     "Cacheus",
		Paper:     "L. V. Rodriguez, F. Yusuf, S. Lyons, E. Paz, R. Rangaswami, J. Liu, M. Zhao, G. Narasimhan, Learning cache replacement with CACHEUS, FAST 2021",
		SlotBytes: heapBytes + int(unsafe.Sizeof(node{})+unsafe.Sizeof(uint64(0))) + ghostBytes + int(unsafe.Sizeof(regret{})),
		New:       newCacheus,
	}
	register(k)
}

// cacheus is LeCaR with better experts, and a learning rate that it finds itself.
//
// SR-LRU resists scans. New objects come into Q; one that is hit there goes to S.
// While S is as large as its share its oldest goes to the head of Q, demoted; LRU's
// victim is the oldest of Q. If a demoted object is hit in Q, S is too small; if an
// object that was evicted from Q while new is asked for again, Q is too small. The
// shares move by
//
//	S: max(1, new/demoted),   Q: max(1, demoted/new)
//
// the numbers of demoted residents and of new objects in LRU's history.
//
// CR-LFU resists churn: of equally rare objects the one asked for last leaves, so
// that of too many some stay.
//
// An expert that is regretted loses e^{−rate} of its weight; learningRate has the
// rate.
//
// Carried over to bytes: shares and histories (half the capacity each) are of
// bytes, and shares move by so many times the size of the object that was asked
// for. Where the paper is silent, as its authors' program: Q begins with a
// hundredth; until the cache is full, objects come into S while Q is empty and S
// has room; what comes back from a history goes to S with the frequency it had. If
// Q is empty, LRU's victim is the oldest of S.
type cacheus struct {
	heap     // CR-LFU
	nodes    []node
	keys     []uint64
	s, q     chain
	sCap     int64 // in bytes; q's is the rest
	capacity int64
	demoted  int // residents that are
	fresh    int // new ones in LRU's history
	experts  experts
	rate     learningRate
	rng      rand.PCG
	now      uint64 // hits and stores

	asked   bool // since the first Victim: whether the histories know the incoming object
	known   bool
	count   uint32 // its frequency if so
	evicted bool   // for the incoming object
}

const (
	cacheusQ       = 1 << iota // in Q
	cacheusDemoted             // went from S to Q
	cacheusFresh               // came in as new, and has not come back from LRU's history
)

func newCacheus(c Config) Policy {
	q := max(1, share(c.Capacity, 0.01))
	return &cacheus{
		s: newChain(), q: newChain(), sCap: c.Capacity - q, capacity: c.Capacity,
		experts: newExperts(c),
		rng:     c.chance("cacheus"),
	}
}

func (p *cacheus) Hit(s Slot) {
	p.tick()
	p.rate.hits++
	r := &p.slots[s]
	r.hit()
	r.rank = churned(r.hits, p.now)
	n := &p.nodes[s]
	if n.mark()&cacheusQ == 0 {
		p.s.touch(p.nodes, s)
		return
	}
	if n.mark()&cacheusDemoted != 0 {
		p.growS(n.size())
		p.demoted--
	}
	p.q.remove(p.nodes, s)
	n.setMark(n.mark() & cacheusFresh)
	for !p.s.empty() && p.s.bytes > p.sCap-n.size() {
		p.demote()
	}
	p.s.push(p.nodes, s)
}

// churned is the rank of CR-LFU: by frequency, of equals the latest first.
func churned(hits uint32, now uint64) rank { return rank{uint64(hits), ^now} }

// tick counts a request.
func (p *cacheus) tick() {
	p.now++
	p.rate.tick(len(p.tree), &p.rng)
}

// demote takes the oldest of S to the head of Q.
func (p *cacheus) demote() {
	s := p.s.tail
	p.s.remove(p.nodes, s)
	n := &p.nodes[s]
	n.setMark(n.mark() | cacheusQ | cacheusDemoted)
	p.demoted++
	p.q.push(p.nodes, s)
}

// growS and growQ move the shares by objects of that size.
func (p *cacheus) growS(size int64) {
	p.sCap = p.grown(p.sCap, step(p.fresh, p.demoted), size)
}

func (p *cacheus) growQ(size int64) {
	p.sCap = p.capacity - p.grown(p.capacity-p.sCap, step(p.demoted, p.fresh), size)
}

// grown is a share with so many objects more, at most the capacity but 1.
func (p *cacheus) grown(share, objects, size int64) int64 {
	if most := p.capacity - 1; size > (most-share)/objects {
		return most
	}
	return share + objects*size
}

// step is a/b, rounded, at least 1.
func step(a, b int) int64 {
	b = max(1, b)
	return max(1, int64((2*a+b)/(2*b)))
}

func (p *cacheus) Add(s Slot, it Item) {
	p.recall(it)
	p.slots, p.nodes, p.keys = reach(p.slots, s), reach(p.nodes, s), reach(p.keys, s)
	p.keys[s] = it.Key
	hits := uint32(1)
	if p.known {
		hits = p.count
	}
	p.slots[s] = ranked{rank: churned(hits, p.now), size: it.Size, hits: hits}
	p.push(s)
	mark := p.comesTo(it)
	p.nodes[s] = newNode(it.Size, mark)
	if mark&cacheusQ != 0 {
		p.q.push(p.nodes, s)
	} else {
		p.s.push(p.nodes, s)
	}
	if p.known || mark&cacheusFresh != 0 {
		for !p.s.empty() && p.s.bytes >= p.sCap {
			p.demote()
		}
	}
	p.asked, p.evicted = false, false
}

// comesTo is where a new object comes, and whether it counts as new.
func (p *cacheus) comesTo(it Item) (mark uint8) {
	switch {
	case p.known, !p.evicted && p.q.empty() && p.s.bytes <= p.sCap-it.Size:
		return 0
	case !p.evicted && p.q.bytes < p.capacity-p.sCap:
		return cacheusQ
	}
	return cacheusQ | cacheusFresh
}

// recall counts the incoming request and asks the histories for its object, once
// from the first Victim to Add.
func (p *cacheus) recall(in Item) {
	if p.asked {
		return
	}
	p.asked = true
	p.tick()
	e, r, known := p.experts.recall(in.Key)
	p.known, p.count = known, r.hits
	if !known {
		return
	}
	if r.fresh && e == recency {
		p.fresh--
		p.growQ(in.Size)
	}
	p.experts.blame(e, p.rate.now)
}

func (p *cacheus) Victim(in Item) Slot {
	p.rate.begin(len(p.tree))
	p.recall(in)
	p.evicted = true
	oldest, rarest := p.q.tail, p.peek()
	if p.q.empty() {
		oldest = p.s.tail
	}
	e, s := p.experts.draw(&p.rng), oldest
	if e == frequency {
		s = rarest
	}
	p.Remove(s)
	if oldest != rarest {
		p.remember(e, s)
	}
	return s
}

// remember keeps s in e's history. The new ones among those whom it displaces
// there are not counted any more.
func (p *cacheus) remember(e int, s Slot) {
	it, g := Item{p.keys[s], p.nodes[s].size()}, &p.experts.history[e]
	for it.Size <= g.limit && g.order.bytes > g.limit-it.Size {
		last := g.order.tail
		if e == recency && p.experts.regrets[e][last].fresh {
			p.fresh--
		}
		g.forget(last)
	}
	fresh := p.nodes[s].mark()&cacheusFresh != 0
	if e == recency && fresh && it.Size <= g.limit {
		p.fresh++
	}
	p.experts.remember(e, it, regret{p.now, p.slots[s].hits, fresh})
}

func (p *cacheus) Remove(s Slot) {
	n := &p.nodes[s]
	if n.mark()&cacheusDemoted != 0 {
		p.demoted--
	}
	if n.mark()&cacheusQ != 0 {
		p.q.remove(p.nodes, s)
	} else {
		p.s.remove(p.nodes, s)
	}
	p.remove(s)
}
