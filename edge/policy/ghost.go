package policy

import "unsafe"

// A ghost remembers objects that have left: their keys and sizes, not their
// bytes. It holds at most limit bytes' worth of objects and forgets the oldest
// first. Its places are slots of its own, free ones in a list of their own, so
// that nothing is allocated once it has been full.
type ghost struct {
	index Index
	items []Item
	links []link
	order queue
	free  list
	limit int64 // in bytes of the objects remembered
}

// ghostBytes is what one remembered object costs.
const ghostBytes = int(unsafe.Sizeof(Item{})+unsafe.Sizeof(link{})) + CellBytes

// newGhost makes an empty ghost for the policy that c makes.
func newGhost(limit int64, c Config) ghost {
	return ghost{index: c.index(), order: newQueue(), free: newList(), limit: limit}
}

// remember adds an object that is not yet remembered. One larger than the
// limit it does not remember, and forgets nothing for it.
func (g *ghost) remember(it Item) {
	if it.Size > g.limit {
		return
	}
	for g.order.bytes > g.limit-it.Size {
		g.forget(g.order.tail)
	}
	s := g.place()
	g.items[s] = it
	g.order.push(g.links, s, it.Size)
	g.index.Insert(it.Key, s)
}

// take forgets key and tells whether it was remembered.
func (g *ghost) take(key uint64) bool {
	at, s := g.index.Seek(key)
	for s != None && g.items[s].Key != key {
		at, s = g.index.Next(key, at)
	}
	if s == None {
		return false
	}
	g.forget(s)
	return true
}

func (g *ghost) forget(s Slot) {
	it := g.items[s]
	g.index.Delete(it.Key, s)
	g.order.remove(g.links, s, it.Size)
	g.free.push(g.links, s)
}

// place is a free slot of the ghost's own.
func (g *ghost) place() Slot {
	if g.free.empty() {
		s := Slot(len(g.items))
		g.items = append(g.items, Item{})
		g.links = append(g.links, link{})
		return s
	}
	s := g.free.head
	g.free.remove(g.links, s)
	return s
}
