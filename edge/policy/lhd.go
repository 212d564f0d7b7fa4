package policy

import (
	"math"
	"math/rand/v2"
	"unsafe"
)

func init() {
	k := Kind{
		Name:  "lhd",
		Title: "LHD",
		Paper: "N. Beckmann, H. Chen, A. Cidon, LHD: improving cache hit rate by maximizing hit density, NSDI 2018",
		Params: []Param{
			{Name: "sample", Usage: "objects looked at for a victim, once the model has settled, made even", Default: 32, Lowest: 1, Most: 1024, Whole: true},
			{Name: "every", Usage: "requests after which hit densities are computed anew", Default: 1 << 20, Lowest: 16, Most: 1 << 22, Whole: true},
			{Name: "ages", Usage: "steps of an object's age (192 bytes each)", Default: 20_000, Lowest: 64, Most: 1 << 15, Whole: true},
		},
		SlotBytes: int(unsafe.Sizeof(lhdTag{}) + unsafe.Sizeof(uint32(0))),
	}
	k.New = func(c Config) Policy { return newLHD(k, c) }
	register(k)
}

// lhd evicts the object with the least hit density among a sample: the hits that
// it may be expected to bring yet, for each byte and each request of the time that
// it will take the room (lhdModel has the mathematics). The sample is random, with
// the last eight newcomers that looked worse than victims of late did; so a large
// object that is not worth its room leaves at once.
//
// Densities are learned from what the cache evicts, which teaches nothing of those
// it always evicts early. So one in 32, while they have less than a hundredth of
// the capacity together, are explorers that stay.
//
// Where the paper is silent, as its authors' simulator: time is the number of hits
// and stores; until the fiftieth model a sample has eight objects, and no explorers
// are chosen after it. Objects that are removed, not evicted, teach nothing.
//
// What a sample costs is cache misses, one an object. So what is asked of an object
// is 16 bytes, four to a cache line, and the residents' lie without gaps: drawing
// one is a number below theirs, its tag has all that the density table is asked
// for, and no draw waits for another.
type lhd struct {
	model lhdModel
	tags  []lhdTag // of the residents, in no order
	place []uint32 // of a slot's tag
	rng   rand.PCG

	now     uint32 // hits and stores, modulo 2^32
	until   int    // requests to the next model
	every   int
	sample  int
	suspect [lhdSuspects]Slot // newcomers to look at, or None
	oldest  int               // of suspect
	usual   float32           // a moving average of victims' densities
	budget  int64             // left to explorers, in bytes
}

// A lhdTag is what a sample looks at.
type lhdTag struct {
	when     uint32 // stored or last hit
	slot     Slot
	size     float32 // in bytes
	lastAge  uint16  // when it was last hit; 0 before
	class    uint8
	explorer bool
}

const (
	lhdSuspects  = 8
	lhdEarly     = 8  // the sample, until the model has settled
	lhdSettled   = 50 // models
	lhdExplorers = 32 // one in so many requests makes an explorer
	lhdBudget    = 0.01
)

func newLHD(k Kind, c Config) *lhd {
	p := &lhd{
		model:  newLHDModel(int(k.Get(c, "ages"))),
		rng:    c.chance("lhd"),
		every:  int(k.Get(c, "every")),
		sample: int(k.Get(c, "sample")),
		budget: share(c.Capacity, lhdBudget),
	}
	p.until = p.every
	for i := range p.suspect {
		p.suspect[i] = None
	}
	return p
}

func (p *lhd) Hit(s Slot) {
	t := &p.tags[p.place[s]]
	age := p.age(t)
	p.model.hit(t.class, age)
	if t.explorer {
		p.budget += int64(t.size)
	}
	t.class = p.model.classOf(age + int(t.lastAge))
	t.lastAge = uint16(age)
	t.when = p.now
	p.explore(t)
	p.tick()
}

func (p *lhd) Add(s Slot, it Item) {
	p.place = reach(p.place, s)
	p.place[s] = uint32(len(p.tags))
	p.tags = append(p.tags, lhdTag{when: p.now, slot: s, size: float32(it.Size)})
	t := &p.tags[len(p.tags)-1]
	if !p.explore(t) && p.density(t) < p.usual {
		p.suspect[p.oldest] = s
		p.oldest = (p.oldest + 1) % lhdSuspects
	}
	p.tick()
}

// explore draws whether t's object is to be an explorer, and makes it one if the
// budget allows.
func (p *lhd) explore(t *lhdTag) (drawn bool) {
	t.explorer = false
	if p.model.made >= lhdSettled {
		return false
	}
	drawn = p.rng.Uint64()%lhdExplorers == 0
	if drawn && p.budget > 0 {
		t.explorer = true
		p.budget -= int64(t.size)
	}
	return drawn
}

// tick counts a request.
func (p *lhd) tick() {
	p.now++
	p.until--
	if p.until > 0 {
		return
	}
	p.until = p.every
	p.model.learn(len(p.tags))
	if p.now&(1<<30-1) < uint32(p.every) {
		p.forgetAges()
	}
}

// forgetAges keeps ages from passing 2^32, beyond which an object would look young
// again: every 2^30 requests none stays older than 2^31.
func (p *lhd) forgetAges() {
	for i := range p.tags {
		if p.now-p.tags[i].when > 1<<31 {
			p.tags[i].when = p.now - 1<<31
		}
	}
}

func (p *lhd) age(t *lhdTag) int { return p.model.age(p.now - t.when) }

func (p *lhd) density(t *lhdTag) float32 {
	d := p.model.density(t.class, p.age(t)) / t.size
	if t.explorer {
		d++
	}
	return d
}

func (p *lhd) Victim(Item) Slot {
	at, least := 0, float32(math.Inf(1))
	for n := p.draws(); n > 0; n -= 2 {
		i, j := drawTwo(&p.rng, len(p.tags))
		d, e := p.density(&p.tags[i]), p.density(&p.tags[j])
		if d < least {
			at, least = i, d
		}
		if e < least {
			at, least = j, e
		}
	}
	for _, s := range p.suspect {
		if s == None {
			continue
		}
		if d := p.density(&p.tags[p.place[s]]); d < least {
			at, least = int(p.place[s]), d
		}
	}
	p.usual = lhdDecay*p.usual + (1-lhdDecay)*max(least, 0)
	t := p.tags[at]
	p.model.evicted(t.class, p.age(&t))
	p.Remove(t.slot)
	return t.slot
}

// draws is the size of the sample.
func (p *lhd) draws() int {
	if p.model.made > lhdSettled {
		return p.sample
	}
	return lhdEarly
}

func (p *lhd) Remove(s Slot) {
	at, last := p.place[s], len(p.tags)-1
	if p.tags[at].explorer {
		p.budget += int64(p.tags[at].size)
	}
	p.tags[at] = p.tags[last]
	p.place[p.tags[at].slot] = at
	p.tags = p.tags[:last]
	for i := range p.suspect {
		if p.suspect[i] == s {
			p.suspect[i] = None
		}
	}
}
