package policy

import (
	"math"
	"math/bits"
	"unsafe"
)

func init() {
	k := Kind{
		Name:  "mq",
		Title: "MQ",
		Paper: "Y. Zhou, J. F. Philbin, K. Li, The multi-queue replacement algorithm for second level buffer caches, USENIX ATC 2001",
		Params: []Param{
			{Name: "queues", Usage: "number of queues", Default: 8, Lowest: 1, Most: 32, Whole: true},
			{Name: "life", Usage: "requests after which an object that waits goes down a queue; 0: twice the number of residents", Default: 0, Lowest: 0, Most: 1 << 50, Whole: true},
			{Name: "out", Usage: "bytes of the objects remembered, in capacities", Default: 4, Lowest: 0, Most: 100},
		},
		SlotBytes: int(unsafe.Sizeof(node{})+unsafe.Sizeof(mqObject{})) + 4*(ghostBytes+int(unsafe.Sizeof(uint32(0)))),
	}
	k.New = func(c Config) Policy { return newMQ(k, c) }
	register(k)
}

// mq keeps LRU queues Q0 to Qm−1. An object asked for f times is in the queue
// log2 f, the last one if that is higher. One that has waited in its queue for
// lifeTime requests since it was asked for goes down to the next lower: with every
// request, the oldest of each queue is looked at. The victim is the oldest of the
// lowest queue that has an object; Qout, a FIFO, remembers it with its f, and so
// it comes back with f+1.
//
// Time is in requests, as in the paper; sizes count in Qout, which has out
// capacities of bytes (the paper: four times the blocks of the cache).
//
// lifeTime is to be the peak of the distances between two requests for the same
// object. At the paper's second level that lies beyond what the first level keeps,
// and is measured. An edge has no first level, and in a web workload distances of
// every power of two are about as many, so that there is no such peak; beyond what
// LRU would keep, which needs no help, they are densest at once. Unless told
// otherwise lifeTime is twice the number of residents: of one, two, four and up to
// sixty-four times that, one or two is best, or half a point from it, on the traces
// of a shop's pages and of OLTP that edge/cache's goldens have.
type mq struct {
	nodes   []node // marked with the queue
	objects []mqObject
	queues  []chain
	out     ghost
	past    []uint32 // by place in out: how often it was asked for
	clock   int64    // requests
	life    int64    // requests; 0: twice the residents
	soonest int64    // the oldest of no queue goes down before

	residents int64
}

// An mqObject is what mq knows of a resident.
type mqObject struct {
	key     uint64
	expires int64 // when it goes down, on the clock of requests
	asked   uint32
}

func newMQ(k Kind, c Config) *mq {
	p := &mq{
		queues: make([]chain, int(k.Get(c, "queues"))),
		out:    newGhost(times(c.Capacity, k.Get(c, "out")), c),
		life:   int64(k.Get(c, "life")),
	}
	for i := range p.queues {
		p.queues[i] = newChain()
	}
	return p
}

func (p *mq) Hit(s Slot) {
	p.leave(s)
	p.request(s)
}

func (p *mq) Add(s Slot, it Item) {
	p.nodes, p.objects = reach(p.nodes, s), reach(p.objects, s)
	p.nodes[s] = newNode(it.Size, 0)
	p.objects[s] = mqObject{key: it.Key}
	if at := p.out.find(it.Key); at != None {
		p.objects[s].asked = p.past[at]
		p.out.forget(at)
	}
	p.residents++
	p.request(s)
}

// request counts one for s, which is in no queue.
func (p *mq) request(s Slot) {
	o := &p.objects[s]
	p.clock++
	if o.asked < math.MaxUint32 {
		o.asked++
	}
	o.expires = p.clock + p.lifetime()
	p.enter(s, min(bits.Len32(o.asked)-1, len(p.queues)-1))
	p.adjust()
}

func (p *mq) lifetime() int64 {
	if p.life > 0 {
		return p.life
	}
	return 2 * p.residents
}

func (p *mq) enter(s Slot, queue int) {
	p.nodes[s].setMark(uint8(queue))
	q := &p.queues[queue]
	if q.empty() {
		p.soonest = min(p.soonest, p.objects[s].expires)
	}
	q.push(p.nodes, s)
}

func (p *mq) leave(s Slot) {
	q := &p.queues[p.nodes[s].mark()]
	if next := p.nodes[s].prev; q.tail == s && next != None {
		p.soonest = min(p.soonest, p.objects[next].expires)
	}
	q.remove(p.nodes, s)
}

// adjust takes those that have waited too long down a queue.
func (p *mq) adjust() {
	if p.soonest >= p.clock {
		return
	}
	p.soonest = math.MaxInt64
	for i := 1; i < len(p.queues); i++ {
		s := p.queues[i].tail
		if s == None {
			continue
		}
		if p.objects[s].expires < p.clock {
			p.leave(s)
			p.objects[s].expires = p.clock + p.lifetime()
			p.enter(s, i-1)
		} else {
			p.soonest = min(p.soonest, p.objects[s].expires)
		}
	}
}

func (p *mq) Victim(Item) Slot {
	i := 0
	for p.queues[i].empty() {
		i++
	}
	s := p.queues[i].tail
	p.Remove(s)
	o := &p.objects[s]
	if at := p.out.remember(Item{o.key, p.nodes[s].size()}); at != None {
		p.past = reach(p.past, at)
		p.past[at] = o.asked
	}
	return s
}

func (p *mq) Remove(s Slot) {
	p.leave(s)
	p.residents--
}
