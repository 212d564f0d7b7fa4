package policy

import (
	"math"
	"math/rand/v2"
	"unsafe"
)

func init() {
	k := Kind{
		Name:  "lecar",
		Title: "LeCaR",
		Paper: "G. Vietri, L. V. Rodriguez, W. A. Martinez, S. Lyons, J. Liu, R. Rangaswami, M. Zhao, G. Narasimhan, Driving cache replacement with ML-based LeCaR, HotStorage 2018",
		Params: []Param{
			{Name: "rate", Usage: "learning rate", Default: 0.45, Lowest: 0, Most: 10},
			{Name: "discount", Usage: "what a regret is worth after as many requests as objects are resident", Default: 0.005, Lowest: 1e-9, Most: 1},
		},
		SlotBytes: heapBytes + int(unsafe.Sizeof(link{})+unsafe.Sizeof(uint64(0))) + ghostBytes + int(unsafe.Sizeof(regret{})),
	}
	k.New = func(c Config) Policy { return newLeCaR(k, c) }
	register(k)
}

// lecar has two experts, LRU and LFU, and learns whom to believe. For each victim
// it draws one, with their weights as probabilities, and remembers whom it evicted
// on whose advice. If such an object is asked for again t requests later, the
// advice is regretted: the expert's weight is multiplied by
//
//	e^{−rate·d^t},   d = discount^{1/N}
//
// N the number of objects the cache holds, and the weights, kept from 0.01 to 0.99,
// are scaled to 1. Where both experts name the same object nothing can be learned,
// and it is not remembered.
//
// Carried over to bytes: each history remembers objects of half the capacity; N,
// which the paper has as the cache's size, is the number of residents at the time.
// As the authors' program, an object that comes back from a history goes on with
// its frequency; of equally frequent ones the one asked for least recently is LFU's
// victim.
type lecar struct {
	heap           // by frequency, then by the last request
	links   []link // by recency
	order   list
	keys    []uint64
	experts experts
	rng     rand.PCG
	now     uint64 // hits and stores

	rate     float64
	discount float64 // its logarithm
	asked    bool    // since the first Victim: whether the histories know the incoming object
	count    uint32  // its frequency if so, or 0
}

func newLeCaR(k Kind, c Config) *lecar {
	return &lecar{
		order:    newList(),
		experts:  newExperts(c),
		rng:      c.chance("lecar"),
		rate:     k.Get(c, "rate"),
		discount: math.Log(k.Get(c, "discount")),
	}
}

func (p *lecar) Hit(s Slot) {
	p.now++
	if p.order.head != s {
		p.order.remove(p.links, s)
		p.order.push(p.links, s)
	}
	r := &p.slots[s]
	r.hit()
	r.rank = rank{uint64(r.hits), p.now}
}

func (p *lecar) Add(s Slot, it Item) {
	p.recall(it.Key)
	p.asked = false
	p.now++
	p.slots, p.links, p.keys = reach(p.slots, s), reach(p.links, s), reach(p.keys, s)
	p.keys[s] = it.Key
	p.slots[s] = ranked{size: it.Size, hits: p.count}
	r := &p.slots[s]
	r.hit()
	r.rank = rank{uint64(r.hits), p.now}
	p.push(s)
	p.order.push(p.links, s)
}

// recall asks the histories for the incoming object, once from the first Victim to
// Add, and blames the expert on whose advice it left.
func (p *lecar) recall(key uint64) {
	if p.asked {
		return
	}
	e, r, known := p.experts.recall(key)
	p.asked, p.count = true, r.hits
	if known {
		ago := float64(p.now + 1 - r.when)
		p.experts.blame(e, p.rate*math.Exp(p.discount*ago/float64(max(1, len(p.tree)))))
	}
}

func (p *lecar) Victim(in Item) Slot {
	p.recall(in.Key)
	oldest, rarest := p.order.tail, p.peek()
	e, s := p.experts.draw(&p.rng), oldest
	if e == frequency {
		s = rarest
	}
	p.Remove(s)
	if oldest != rarest {
		p.experts.remember(e, Item{p.keys[s], p.slots[s].size}, regret{when: p.now + 1, hits: p.slots[s].hits})
	}
	return s
}

func (p *lecar) Remove(s Slot) {
	p.order.remove(p.links, s)
	p.remove(s)
}
