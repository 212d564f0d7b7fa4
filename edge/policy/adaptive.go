package policy

// fourLists is what ARC and CAR share: T1 and T2, of objects asked for once lately
// and more often, B1 and B2, of those that left each, and a target for T1. Sizes
// of lists are in bytes.
type fourLists struct {
	nodes    []node // by slot, marked with the list
	keys     []uint64
	t, b     [2]chain
	memory   memory  // marked with the list
	target   float64 // of T1, in bytes
	capacity int64   // bytes
}

// The first and the second of a pair of lists.
const (
	once = iota
	often
)

func newFourLists(c Config) fourLists {
	return fourLists{
		t:        [2]chain{newChain(), newChain()},
		b:        [2]chain{newChain(), newChain()},
		memory:   newMemory(c),
		capacity: c.Capacity,
	}
}

// insert puts a new object at the head of a list of residents.
func (p *fourLists) insert(s Slot, it Item, list uint8) {
	p.nodes, p.keys = reach(p.nodes, s), reach(p.keys, s)
	p.nodes[s], p.keys[s] = newNode(it.Size, list), it.Key
	p.t[list].push(p.nodes, s)
}

// evict takes the tail of a list of residents, which is no longer in it, over to
// those remembered.
func (p *fourLists) evict(s Slot, list uint8) {
	p.memory.add(&p.b[list], Item{p.keys[s], p.nodes[s].size()}, list)
}

// adapt moves the target by step towards the list that an object has come back
// to, and is counted in still: by max(1, |B2|/|B1|) times step up where that is
// the first, by max(1, |B1|/|B2|) times step down where it is the second.
func (p *fourLists) adapt(list uint8, step float64) {
	step *= max(1, float64(p.b[1-list].bytes)/float64(p.b[list].bytes))
	if list == once {
		p.target = min(p.target+step, float64(p.capacity))
	} else {
		p.target = max(p.target-step, 0)
	}
}

// forget restores the bounds: T1 and B1 have no more than the capacity, all four
// no more than twice that. The oldest are forgotten.
func (p *fourLists) forget() {
	for p.t[once].bytes+p.b[once].bytes > p.capacity && !p.b[once].empty() {
		p.memory.drop(&p.b[once], p.b[once].tail)
	}
	for p.sum() > 2*float64(p.capacity) && !p.b[often].empty() {
		p.memory.drop(&p.b[often], p.b[often].tail)
	}
}

// sum is the bytes of all four.
func (p *fourLists) sum() float64 {
	return float64(p.t[once].bytes) + float64(p.b[once].bytes) + float64(p.t[often].bytes) + float64(p.b[often].bytes)
}

func (p *fourLists) Remove(s Slot) { p.t[p.nodes[s].mark()].remove(p.nodes, s) }
