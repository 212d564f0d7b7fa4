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
	fourLists
	step      float64 // bytes; 0: the object's size
	oneForOne bool

	// While room is being made: whether the incoming object was remembered when
	// that began, and in B2.
	asked, remembered, inB2 bool
}

func newARC(k Kind, c Config) *arc {
	return &arc{fourLists: newFourLists(c), step: k.Get(c, "step"), oneForOne: k.Get(c, "forget") == 1}
}

func (p *arc) Hit(s Slot) {
	n := &p.nodes[s]
	if n.mark() == often {
		p.t[often].touch(p.nodes, s)
		return
	}
	p.t[once].remove(p.nodes, s)
	n.setMark(often)
	p.t[often].push(p.nodes, s)
}

func (p *arc) Add(s Slot, it Item) {
	p.recall(it.Key)
	p.asked = false
	if p.remembered {
		p.insert(s, it, often)
	} else {
		p.insert(s, it, once)
	}
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
	list, step := n.mark(), p.step
	if step == 0 {
		step = float64(n.size())
	}
	p.inB2 = list == often
	p.adapt(list, step)
	p.memory.drop(&p.b[list], at)
}

func (p *arc) Victim(in Item) Slot {
	p.recall(in.Key)
	if p.oneForOne && !p.remembered && p.forgetOne(in.Size) {
		s := p.t[once].tail
		p.t[once].remove(p.nodes, s)
		return s
	}
	return p.replace()
}

// replace is the paper's REPLACE.
func (p *arc) replace() Slot {
	list := uint8(often)
	t1 := float64(p.t[once].bytes)
	if t1 > p.target || t1 == p.target && p.inB2 && t1 > 0 || p.t[often].empty() {
		list = once
	}
	s := p.t[list].tail
	p.t[list].remove(p.nodes, s)
	p.evict(s, list)
	return s
}

// forgetOne forgets one object where there is no room for the incoming one. It
// tells whether B1 has none and T1 all the room: the paper's case IV A, in which
// T1's oldest leaves and is not remembered.
func (p *arc) forgetOne(size int64) (all bool) {
	switch {
	case p.t[once].bytes+p.b[once].bytes > p.capacity-size:
		if p.b[once].empty() {
			return true
		}
		p.memory.drop(&p.b[once], p.b[once].tail)
	case p.sum() >= 2*float64(p.capacity) && !p.b[often].empty():
		p.memory.drop(&p.b[often], p.b[often].tail)
	}
	return false
}
