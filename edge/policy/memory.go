package policy

import "unsafe"

// A memory remembers objects that have left, in one or several chains of its
// own, each object in a place by which a policy can keep more of it. Places are
// used again, so that nothing is allocated once it has been full.
//
// Where keys are small numbers (Config.Dense), a place is a key, and nothing has
// to be found: there are places up to the largest key that was ever added.
type memory struct {
	index Index // unused where dense
	keys  []uint64
	nodes []node // a free place has size 0
	free  Slot   // chained by next
	count int
	dense bool
}

// memoryBytes is what one remembered object costs.
const memoryBytes = int(unsafe.Sizeof(uint64(0))+unsafe.Sizeof(node{})) + CellBytes

func newMemory(c Config) memory {
	if c.Dense > 0 {
		return memory{dense: true, nodes: make([]node, c.Dense)}
	}
	return memory{index: NewIndex(c.Seed), free: None}
}

// find is the place of key, or None.
func (m *memory) find(key uint64) Slot {
	if m.dense {
		if key < uint64(len(m.nodes)) && m.nodes[key].size() > 0 {
			return Slot(key)
		}
		return None
	}
	at, p := m.index.Seek(key)
	for p != None && m.keys[p] != key {
		at, p = m.index.Next(key, at)
	}
	return p
}

// add remembers an object, which is not remembered yet, in c under a mark of
// its own, and returns its place.
func (m *memory) add(c *chain, it Item, mark uint8) Slot {
	p := Slot(it.Key)
	if m.dense {
		m.nodes = reach(m.nodes, p)
	} else {
		p = m.place(it.Key)
		m.index.Insert(it.Key, p)
	}
	m.nodes[p] = newNode(it.Size, mark)
	c.push(m.nodes, p)
	m.count++
	return p
}

// drop forgets the object at p, which is in c.
func (m *memory) drop(c *chain, p Slot) {
	c.remove(m.nodes, p)
	m.nodes[p] = node{}
	m.count--
	if m.dense {
		return
	}
	m.index.Delete(m.keys[p], p)
	m.nodes[p].next = m.free
	m.free = p
}

// place is a free place, made key's.
func (m *memory) place(key uint64) Slot {
	if m.free == None {
		m.keys = append(m.keys, key)
		m.nodes = append(m.nodes, node{})
		return Slot(len(m.nodes) - 1)
	}
	p := m.free
	m.free = m.nodes[p].next
	m.keys[p] = key
	return p
}
