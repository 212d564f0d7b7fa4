package policy

// A ghost is a memory of one chain: it remembers the latest objects to leave, at
// most limit bytes' worth, and forgets the oldest first.
type ghost struct {
	memory
	order chain
	limit int64 // in bytes of the objects remembered
}

// ghostBytes is what one remembered object costs.
const ghostBytes = memoryBytes

// newGhost makes an empty ghost for the policy that c makes.
func newGhost(limit int64, c Config) ghost {
	return ghost{memory: newMemory(c), order: newChain(), limit: limit}
}

// remember adds an object that is not yet remembered, and returns its place. One
// larger than the limit it does not remember, and forgets nothing for it: None.
func (g *ghost) remember(it Item) Slot {
	if it.Size > g.limit {
		return None
	}
	for g.order.bytes > g.limit-it.Size {
		g.forget(g.order.tail)
	}
	return g.add(&g.order, it, 0)
}

// forget forgets the object at p.
func (g *ghost) forget(p Slot) { g.drop(&g.order, p) }

// take forgets key and tells whether it was remembered.
func (g *ghost) take(key uint64) bool {
	p := g.find(key)
	if p == None {
		return false
	}
	g.forget(p)
	return true
}
