package policy

import "unsafe"

func init() {
	k := Kind{
		Name:  "arc",
		Title: "ARC",
		Paper: "N. Megiddo, D. S. Modha, ARC: a self-tuning, low overhead replacement cache, FAST 2003",
		Params: []Param{
			{Name: "step", Usage: "bytes by which a returning object moves the target; 0: its own size", Default: 0, Lowest: 0, Most: 1 << 40},
			{Name: "forget", Usage: "1: one object is forgotten for a victim, however large; 0: what the bounds in bytes ask for", Default: 0, Lowest: 0, Most: 1, Whole: true},
		},
		SlotBytes: int(unsafe.Sizeof(node{})+unsafe.Sizeof(uint64(0))) + memoryBytes,
	}
	k.New = func(c Config) Policy { return newARC(k, c) }
	register(k)
}

// arc keeps two LRU lists, T1 of objects asked for once lately and T2 of those
// asked for at least twice, and remembers who left each in B1 and B2. T1 has a
// target p: room is made at the end of T1 while it has more than p, else at the
// end of T2. An object that comes back while B1 remembers it says that T1 was too
// small, and moves p up by max(1, |B2|/|B1|); one that B2 remembers moves it down
// by max(1, |B1|/|B2|); both go to T2, as does every hit. T1 and B1 together have
// at most the capacity c, all four lists 2c.
//
// All sizes of lists are in bytes, and so is p, a real number. A returning object
// moves the target by its own size times the ratio: the paper's 1 is a page, the
// size of what came back. The two bounds are restored when the newcomer is in, by
// forgetting the oldest of B1 or of B2; with pages of one size that is the paper's
// case IV: the page that it would not remember is the one forgotten at once. The
// target moves before room is made.
//
// libCacheSim moves the target by single bytes, which is hardly at all where
// sizes vary, and forgets one object for each that leaves: step=1,forget=1 are its
// rules.
type arc struct {
	nodes     []node // marked with the list, arcOnce or arcOften
	keys      []uint64
	t, b      [2]chain
	memory    memory  // marked with the list
	target    float64 // of T1, in bytes
	capacity  int64   // bytes
	step      float64 // bytes; 0: the object's size
	oneForOne bool

	// While room is being made: whether the incoming object was remembered when
	// that began, and in B2.
	asked, remembered, inB2 bool
}

const (
	arcOnce = iota
	arcOften
)

func newARC(k Kind, c Config) *arc {
	return &arc{
		t:         [2]chain{newChain(), newChain()},
		b:         [2]chain{newChain(), newChain()},
		memory:    newMemory(c),
		capacity:  c.Capacity,
		step:      k.Get(c, "step"),
		oneForOne: k.Get(c, "forget") == 1,
	}
}

func (p *arc) Hit(s Slot) {
	if p.nodes[s].mark() == arcOften {
		p.t[arcOften].touch(p.nodes, s)
		return
	}
	p.t[arcOnce].remove(p.nodes, s)
	p.nodes[s].setMark(arcOften)
	p.t[arcOften].push(p.nodes, s)
}

func (p *arc) Add(s Slot, it Item) {
	p.nodes, p.keys = reach(p.nodes, s), reach(p.keys, s)
	p.recall(it.Key)
	list := uint8(arcOnce)
	if p.remembered {
		list = arcOften
	}
	p.asked = false
	p.nodes[s], p.keys[s] = newNode(it.Size, list), it.Key
	p.t[list].push(p.nodes, s)
	if !p.oneForOne {
		p.forget()
	}
}

// recall asks whether the incoming object is remembered, and moves the target if
// so, once from the first Victim to Add.
func (p *arc) recall(key uint64) {
	if p.asked {
		return
	}
	at := p.memory.find(key)
	p.asked, p.remembered, p.inB2 = true, at != None, false
	if at == None {
		return
	}
	n := &p.memory.nodes[at]
	list := n.mark()
	p.inB2 = list == arcOften
	p.adapt(list, n.size())
	p.memory.drop(&p.b[list], at)
}

// adapt moves the target towards the list that an object of that size has come
// back to, and is counted in still.
func (p *arc) adapt(list uint8, size int64) {
	step := p.step
	if step == 0 {
		step = float64(size)
	}
	step *= max(1, float64(p.b[1-list].bytes)/float64(p.b[list].bytes))
	if list == arcOnce {
		p.target = min(p.target+step, float64(p.capacity))
	} else {
		p.target = max(p.target-step, 0)
	}
}

func (p *arc) Victim(in Item) Slot {
	p.recall(in.Key)
	if p.oneForOne && !p.remembered && p.forgetOne(in.Size) {
		s := p.t[arcOnce].tail
		p.t[arcOnce].remove(p.nodes, s)
		return s
	}
	return p.replace()
}

// replace is the paper's REPLACE.
func (p *arc) replace() Slot {
	list := uint8(arcOften)
	t1 := float64(p.t[arcOnce].bytes)
	if t1 > p.target || t1 == p.target && p.inB2 && t1 > 0 || p.t[arcOften].empty() {
		list = arcOnce
	}
	s := p.t[list].tail
	p.t[list].remove(p.nodes, s)
	p.memory.add(&p.b[list], Item{p.keys[s], p.nodes[s].size()}, list)
	return s
}

// forget restores the bounds of the lists' sums.
func (p *arc) forget() {
	for p.t[0].bytes+p.b[0].bytes > p.capacity && !p.b[0].empty() {
		p.memory.drop(&p.b[0], p.b[0].tail)
	}
	for p.sum() > 2*float64(p.capacity) && !p.b[1].empty() {
		p.memory.drop(&p.b[1], p.b[1].tail)
	}
}

// forgetOne forgets one object where there is no room for the incoming one. It
// tells whether B1 has none and T1 all the room: the paper's case IV A, in which
// T1's oldest leaves and is not remembered.
func (p *arc) forgetOne(size int64) (all bool) {
	switch {
	case p.t[0].bytes+p.b[0].bytes > p.capacity-size:
		if p.b[0].empty() {
			return true
		}
		p.memory.drop(&p.b[0], p.b[0].tail)
	case p.sum() >= 2*float64(p.capacity) && !p.b[1].empty():
		p.memory.drop(&p.b[1], p.b[1].tail)
	}
	return false
}

func (p *arc) sum() float64 {
	return float64(p.t[0].bytes) + float64(p.b[0].bytes) + float64(p.t[1].bytes) + float64(p.b[1].bytes)
}

func (p *arc) Remove(s Slot) { p.t[p.nodes[s].mark()].remove(p.nodes, s) }
