package policy

import "unsafe"

func init() {
	k := Kind{
		Name:  "klru",
		Title: "k-LRU",
		Paper: "V. Martina, M. Garetto, E. Leonardi, A unified approach to the performance analysis of caching systems, INFOCOM 2014",
		Params: []Param{
			{Name: "k", Usage: "stages: k−1 of names, and the cache", Default: 2, Lowest: 2, Most: 16, Whole: true},
			{Name: "ghost", Usage: "bytes of objects that a stage of names remembers, in capacities", Default: 1, Lowest: 0.001, Most: 1000},
		},
		SlotBytes: int(unsafe.Sizeof(Item{})+unsafe.Sizeof(link{})) + ghostBytes,
	}
	k.New = func(c Config) Policy { return newKLRU(k, c) }
	register(k)
}

// klru is a chain of k LRU caches, of which all but the last hold names only. A
// request goes to all of them at once: where the object is, it becomes the newest;
// it comes into a stage if it was in the one before; into the first it always
// comes. So an object is admitted when it is asked for again while the stage before
// remembers it. With k = 2 and a characteristic time T₁ of the names, an object
// asked for at rate λ passes with probability 1−e^{−λT₁} a request.
//
// The paper's caches hold as many objects each. Here a stage of names remembers
// objects of as many bytes as the cache holds (ghost=1), as the names would have
// if they were the objects.
type klru struct {
	lru
	items  []Item
	stages []ghost // of names; the first sees every request
}

func newKLRU(k Kind, c Config) *klru {
	p := &klru{lru: lru{order: newList()}}
	limit := times(c.Capacity, k.Get(c, "ghost"))
	for range int(k.Get(c, "k")) - 1 {
		p.stages = append(p.stages, newGhost(limit, c))
	}
	return p
}

func (p *klru) Hit(s Slot) {
	p.pass(p.items[s])
	p.lru.Hit(s)
}

// Admit is the request of an object that missed.
func (p *klru) Admit(in Item) bool { return p.pass(in) }

// pass lets a request through the stages of names, the last first, and tells
// whether the object was in that.
func (p *klru) pass(it Item) (known bool) {
	last := len(p.stages) - 1
	for i := last; i >= 0; i-- {
		g := &p.stages[i]
		at := g.find(it.Key)
		if at != None {
			g.order.touch(g.nodes, at)
		} else if i == 0 || p.stages[i-1].find(it.Key) != None {
			g.remember(it)
		}
		known = known || i == last && at != None
	}
	return known
}

func (p *klru) Add(s Slot, it Item) {
	p.items = reach(p.items, s)
	p.items[s] = it
	p.lru.Add(s, it)
}
