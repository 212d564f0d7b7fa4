package policy

import (
	"math"
	"math/rand/v2"
	"unsafe"
)

func init() {
	k := Kind{
		Name:  "hyperbolic",
		Title: "Hyperbolic",
		Paper: "A. Blankstein, S. Sen, M. J. Freedman, Hyperbolic caching: flexible caching for web applications, USENIX ATC 2017",
		Params: []Param{
			{Name: "sample", Usage: "objects looked at for a victim, made even", Default: 64, Lowest: 1, Most: 1024, Whole: true},
			{Name: "size", Usage: "1: priorities are for each byte; 0: sizes do not count", Default: 0, Lowest: 0, Most: 1, Whole: true},
		},
		SlotBytes: int(unsafe.Sizeof(hyperbola{}) + unsafe.Sizeof(uint32(0))),
	}
	k.New = func(c Config) Policy { return newHyperbolic(k, c) }
	register(k)
}

// hyperbolic evicts, of a random sample, the object with the lowest priority
//
//	p = n / t        n requests since it was stored, t requests of all ago
//
// which is the rate it was asked for at while it was here. The priority of an
// object that is not asked for falls as a hyperbola, and the order of two objects
// changes with time alone, so it cannot be kept sorted: hence the sample. A new
// object begins high and has time to show its rate.
//
// With size=1 it is n/(t·s), the paper's priority for objects of s bytes, which
// brings more hits and fewer of their bytes. Time is the number of hits and stores.
type hyperbolic struct {
	tags   []hyperbola // of the residents, in no order
	place  []uint32    // of a slot's tag
	rng    rand.PCG
	now    uint64
	sample int
	sized  bool
}

// A hyperbola is what a sample looks at.
type hyperbola struct {
	since uint64 // stored
	count uint32 // requests
	slot  Slot
	size  float64 // in bytes, or 1
}

func newHyperbolic(k Kind, c Config) *hyperbolic {
	return &hyperbolic{
		rng:    c.chance("hyperbolic"),
		sample: int(k.Get(c, "sample")),
		sized:  k.Get(c, "size") == 1,
	}
}

func (p *hyperbolic) Hit(s Slot) {
	p.now++
	t := &p.tags[p.place[s]]
	t.count = max(t.count, t.count+1)
}

func (p *hyperbolic) Add(s Slot, it Item) {
	p.now++
	p.place = reach(p.place, s)
	p.place[s] = uint32(len(p.tags))
	t := hyperbola{since: p.now, count: 1, slot: s, size: 1}
	if p.sized {
		t.size = float64(it.Size)
	}
	p.tags = append(p.tags, t)
}

func (p *hyperbolic) Victim(Item) Slot {
	at, least := 0, math.Inf(1)
	for n := 0; n < p.sample; n += 2 {
		i, j := drawTwo(&p.rng, len(p.tags))
		f, g := p.priority(i), p.priority(j)
		if f < least {
			at, least = i, f
		}
		if g < least {
			at, least = j, g
		}
	}
	victim := p.tags[at].slot
	p.Remove(victim)
	return victim
}

// priority is that of the object at i. The request that makes room has come, and
// is not counted in now yet.
func (p *hyperbolic) priority(i int) float64 {
	t := &p.tags[i]
	return float64(t.count) / (float64(int64(p.now+1-t.since)) * t.size)
}

// Remove fills the gap with the last.
func (p *hyperbolic) Remove(s Slot) {
	gap, last := p.place[s], len(p.tags)-1
	p.tags[gap] = p.tags[last]
	p.place[p.tags[gap].slot] = gap
	p.tags = p.tags[:last]
}
