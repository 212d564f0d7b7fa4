package policy

import (
	"math"
	"math/rand/v2"
	"unsafe"
)

func init() {
	k := Kind{
		Name:  "adaptsize",
		Title: "AdaptSize",
		Paper: "D. S. Berger, R. K. Sitaraman, M. Harchol-Balter, AdaptSize: orchestrating the hot object memory cache in a content delivery network, NSDI 2017",
		Params: []Param{
			{Name: "c", Usage: "size whose objects are admitted with probability 1/e until the first tuning, in bytes", Default: 1 << 15, Lowest: 1, Most: 1 << 53},
			{Name: "every", Usage: "requests from one tuning to the next; 0: c stays", Default: 500_000, Lowest: 0, Most: 1e9, Whole: true},
		},
		SlotBytes: int(unsafe.Sizeof(link{})+unsafe.Sizeof(Item{})) + 6*(int(unsafe.Sizeof(asked{}))+CellBytes),
	}
	k.New = func(c Config) Policy { return newAdaptSize(k, c) }
	register(k)
}

// adaptsize is LRU that admits an object of s bytes with probability e^{−s/c}, and
// tunes c for the most hits: a small c keeps large objects out, which cost the room
// of many; too small a c leaves the cache to few. Every 500,000 requests a Markov
// model of the cache (admissionModel) says what hit ratio each c would have had for
// the objects asked for of late, and the best is taken.
//
// The objects' rates are what the model is made from: requests since the last
// tuning, smoothed over tunings, 0.7 of the new count and 0.3 of what was before;
// an object below a tenth of a request is forgotten. As the authors' simulator, it
// waits with the tuning, 10,000 requests at a time, until the objects it knows are
// three times what the cache holds.
//
// SlotBytes counts six known objects for each resident, twice what a tuning needs.
// What is known is bounded by the objects asked for in some three periods, not by
// the capacity.
type adaptsize struct {
	lru
	items []Item
	rng   rand.PCG
	model admissionModel
	c     float64 // in bytes

	index Index // of places in known
	known []asked
	free  Slot  // a place in known, chained by size; or None
	bytes int64 // of the objects known

	until, every int // requests to the next tuning, and from one to the next; 0: none
}

// asked is an object that was asked for of late.
type asked struct {
	key   uint64
	size  int64 // in bytes; of a free place, −1 − the next
	rate  float32
	count uint32 // requests since the last tuning
}

const (
	adaptNew   = 0.7 // of the smoothed rate
	adaptLeast = 0.1 // requests: below, an object is forgotten
	adaptWait  = 10_000
	adaptKnown = 3 // capacities of objects that a tuning needs
)

func newAdaptSize(k Kind, c Config) *adaptsize {
	p := &adaptsize{
		lru:   lru{order: newList()},
		rng:   c.chance("adaptsize"),
		model: admissionModel{capacity: c.Capacity},
		c:     k.Get(c, "c"),
		index: c.index(),
		free:  None,
		every: int(k.Get(c, "every")),
	}
	p.until = p.every
	return p
}

func (p *adaptsize) Hit(s Slot) {
	p.note(p.items[s])
	p.lru.Hit(s)
}

func (p *adaptsize) Admit(in Item) bool {
	p.note(in)
	return below(&p.rng, math.Exp(-float64(in.Size)/p.c))
}

func (p *adaptsize) Add(s Slot, it Item) {
	p.items = reach(p.items, s)
	p.items[s] = it
	p.lru.Add(s, it)
}

// note counts a request.
func (p *adaptsize) note(it Item) {
	if p.every == 0 {
		return
	}
	a := p.find(it)
	a.count = max(a.count, a.count+1)
	p.until--
	if p.until > 0 {
		return
	}
	if p.bytes/adaptKnown < p.model.capacity {
		p.until = adaptWait
		return
	}
	p.until = p.every
	p.tune()
}

// find is what is known of an object, made if nothing was. It keeps the size that
// it was known with first.
func (p *adaptsize) find(it Item) *asked {
	at, s := p.index.Seek(it.Key)
	for s != None && p.known[s].key != it.Key {
		at, s = p.index.Next(it.Key, at)
	}
	if s == None {
		s = p.learn(it)
	}
	return &p.known[s]
}

func (p *adaptsize) learn(it Item) Slot {
	s := p.free
	if s == None {
		s = Slot(len(p.known))
		p.known = append(p.known, asked{})
	} else {
		p.free = Slot(-1 - p.known[s].size)
	}
	p.known[s] = asked{key: it.Key, size: it.Size}
	p.index.Insert(it.Key, s)
	p.bytes += it.Size
	return s
}

// tune smooths the rates and takes the best c.
func (p *adaptsize) tune() {
	p.model.clear()
	for s := range p.known {
		a := &p.known[s]
		if a.size < 0 {
			continue
		}
		if a.rate == 0 {
			a.rate = float32(a.count)
		} else {
			a.rate = (1-adaptNew)*a.rate + adaptNew*float32(a.count)
		}
		a.count = 0
		if a.rate < adaptLeast {
			p.forget(Slot(s))
			continue
		}
		p.model.add(float64(a.rate), float64(a.size))
	}
	p.c = p.model.best()
}

func (p *adaptsize) forget(s Slot) {
	a := &p.known[s]
	p.index.Delete(a.key, s)
	p.bytes -= a.size
	a.size, a.rate = -1-int64(p.free), 0
	p.free = s
}
