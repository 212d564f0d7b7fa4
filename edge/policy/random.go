package policy

import (
	"math/rand/v2"
	"unsafe"
)

func init() {
	register(Kind{
		Name:      "random",
		Title:     "Random",
		Paper:     "L. A. Belady, A study of replacement algorithms for a virtual-storage computer, IBM Systems Journal 5(2), 1966",
		SlotBytes: int(unsafe.Sizeof(Slot(0)) + unsafe.Sizeof(uint32(0))),
		New: func(c Config) Policy {
			return &random{rng: rand.New(rand.NewPCG(c.Seed, randomStream))}
		},
	})
}

// randomStream keeps the policy's draws apart from others of the same seed.
const randomStream = 0x72616e646f6d

// random evicts any object, each with the same probability, whatever its size.
// Under independent requests its hit ratio is that of FIFO (Gelenbe, IEEE Trans.
// Computers C-22(6), 1973): an object asked for at rate λ is found with probability
// λT/(1+λT), where T is the time that fills the cache.
type random struct {
	slots []Slot   // all that are in the order, in no order
	place []uint32 // by slot: where it stands in slots
	rng   *rand.Rand
}

func (p *random) Hit(Slot) {}

func (p *random) Add(s Slot, _ Item) {
	p.place = reach(p.place, s)
	p.place[s] = uint32(len(p.slots))
	p.slots = append(p.slots, s)
}

func (p *random) Victim(Item) Slot {
	s := p.slots[p.rng.IntN(len(p.slots))]
	p.Remove(s)
	return s
}

// Remove fills the gap with the last.
func (p *random) Remove(s Slot) {
	gap, last := p.place[s], len(p.slots)-1
	moved := p.slots[last]
	p.slots[gap], p.place[moved] = moved, gap
	p.slots = p.slots[:last]
}
