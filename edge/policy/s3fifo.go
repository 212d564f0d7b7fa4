package policy

import "unsafe"

func init() {
	k := Kind{
		Name:  "s3fifo",
		Title: "S3-FIFO",
		Paper: "J. Yang, Y. Zhang, Z. Qiu, Y. Yue, K. V. Rashmi, FIFO queues are all you need for cache eviction, SOSP 2023",
		Params: []Param{
			{Name: "small", Usage: "share of the capacity for objects on probation", Default: 0.1, Lowest: 0.001, Most: 0.999},
			{Name: "max", Usage: "largest object admitted, as a share of the capacity", Default: 1, Lowest: 0.001, Most: 1},
			{Name: "move", Usage: "hits on probation after which an object stays", Default: 2, Lowest: 1, Most: s3fifoMost, Whole: true},
		},
		SlotBytes: int(unsafe.Sizeof(node{})+unsafe.Sizeof(uint64(0))) + 1 + ghostBytes*9/10,
	}
	k.New = func(c Config) Policy { return newS3FIFO(k, c) }
	register(k)
}

// s3fifoMost is where an object's hits stop counting: two bits.
const s3fifoMost = 3

const (
	s3fifoSmall = iota
	s3fifoMain
)

// s3fifo is three queues. A new object is on probation in the small one. When
// room is needed, the oldest on probation goes over to the main queue if it had
// at least move hits, else it leaves and its key is remembered. An object that
// comes back while it is remembered goes to the main queue at once. The main
// queue is a CLOCK with a two-bit counter: its oldest is put back with one hit
// less, and leaves, and is not remembered, once it has none. Room is made in the
// main queue while it is over its share or nothing is on probation, else in the
// small one. Most objects of a web workload are asked for once, and pass through
// a tenth of the cache without touching the rest.
//
// Where the paper is silent we do as its authors' simulator does:
//   - All shares are of bytes. The remembered objects have as many bytes as the
//     main queue's share; one larger than that is not remembered.
//   - Until the cache has first been full, what the small queue's share does not
//     hold goes to the main queue.
//   - An object that goes over to the main queue begins there with no hits.
//   - Whether the incoming object is remembered is asked before room is made.
//
// In one thing we differ: that simulator refuses every object larger than the
// small queue, which is a size admission of its own. We admit what fits; max=0.1
// is their rule.
type s3fifo struct {
	nodes    []node // marked s3fifoMain in the main queue
	keys     []uint64
	hits     []uint8 // up to s3fifoMost, since the object came into its queue: all that a hit touches
	small    chain
	main     chain
	ghost    ghost
	smallCap int64 // in bytes
	mainCap  int64 // in bytes
	largest  int64 // admitted, in bytes
	move     uint8
	full     bool // has evicted once

	// While room is being made: whether the incoming object was remembered
	// when that began.
	asked, remembered bool
}

func newS3FIFO(k Kind, c Config) *s3fifo {
	small := share(c.Capacity, k.Get(c, "small"))
	return &s3fifo{
		small:    newChain(),
		main:     newChain(),
		ghost:    newGhost(c.Capacity-small, c),
		smallCap: small,
		mainCap:  c.Capacity - small,
		largest:  share(c.Capacity, k.Get(c, "max")),
		move:     uint8(k.Get(c, "move")),
	}
}

func (p *s3fifo) Admit(in Item) bool { return in.Size <= p.largest }

func (p *s3fifo) Hit(s Slot) {
	if p.hits[s] < s3fifoMost {
		p.hits[s]++
	}
}

func (p *s3fifo) Add(s Slot, it Item) {
	p.nodes, p.keys, p.hits = reach(p.nodes, s), reach(p.keys, s), reach(p.hits, s)
	p.nodes[s], p.keys[s] = newNode(it.Size, s3fifoSmall), it.Key
	p.recall(it.Key)
	p.asked = false
	if p.remembered || !p.full && p.small.bytes >= p.smallCap {
		p.settle(s)
		return
	}
	p.hits[s] = 0
	p.small.push(p.nodes, s)
}

// recall asks the ghost for the incoming object, once from the first Victim to
// Add. No eviction between the two can remember it: it is not resident.
func (p *s3fifo) recall(key uint64) {
	if !p.asked {
		p.asked, p.remembered = true, p.ghost.take(key)
	}
}

func (p *s3fifo) Victim(in Item) Slot {
	p.full = true
	p.recall(in.Key)
	if p.main.bytes <= p.mainCap {
		if s := p.leaveSmall(); s != None {
			return s
		}
	}
	return p.leaveMain()
}

// leaveSmall ends the probation of the oldest until one leaves; None when all
// have gone over to the main queue.
func (p *s3fifo) leaveSmall() Slot {
	for !p.small.empty() {
		s := p.small.tail
		p.small.remove(p.nodes, s)
		if p.hits[s] < p.move {
			p.ghost.remember(Item{p.keys[s], p.nodes[s].size()})
			return s
		}
		p.settle(s)
	}
	return None
}

func (p *s3fifo) leaveMain() Slot {
	for {
		s := p.main.tail
		p.main.remove(p.nodes, s)
		if p.hits[s] == 0 {
			return s
		}
		p.hits[s]--
		p.main.push(p.nodes, s)
	}
}

// settle puts s at the head of the main queue, with no hits.
func (p *s3fifo) settle(s Slot) {
	p.hits[s] = 0
	p.nodes[s].setMark(s3fifoMain)
	p.main.push(p.nodes, s)
}

func (p *s3fifo) Remove(s Slot) {
	if p.nodes[s].mark() == s3fifoMain {
		p.main.remove(p.nodes, s)
		return
	}
	p.small.remove(p.nodes, s)
}
