package policy

import "unsafe"

func init() {
	k := Kind{
		Name:  "wtinylfu",
		Title: "W-TinyLFU",
		Paper: "G. Einziger, R. Friedman, B. Manes, TinyLFU: a highly efficient cache admission policy, ACM TOS 13(4), 2017",
		Params: []Param{
			{Name: "window", Usage: "share of the capacity for new objects", Default: 0.01, Lowest: 0, Most: 0.99},
			{Name: "protected", Usage: "share of the main part for objects hit there", Default: 0.8, Lowest: 0, Most: 1},
			{Name: "aggregate", Usage: "1: a candidate has to beat all whose place it takes together; 0: the first of them alone", Default: 1, Lowest: 0, Most: 1, Whole: true},
			{Name: "doorkeeper", Usage: "1: a Bloom filter takes the first request of each object; 0: none", Default: 0, Lowest: 0, Most: 1, Whole: true},
		},
		SlotBytes: int(unsafe.Sizeof(node{})+unsafe.Sizeof(uint32(0))) + sketchBytes,
	}
	k.New = func(c Config) Policy { return newWTinyLFU(k, c) }
	register(k)
}

// wtinylfu lets the more popular stay. New objects come into a window, an LRU of
// a hundredth of the capacity. Who falls out of it is a candidate for the main
// part, a segmented LRU: objects on probation, and those that were hit there,
// protected; what falls out of protection is on probation again. If there is no
// room, the candidate and the oldest on probation are compared by how often a
// sketch has seen them asked for, hit or missed, resident or not; the candidate
// must have been asked for more often, else it leaves. The sketch halves its
// counts after ten requests for each object it is made for.
//
// Carried over from units to bytes, after G. Einziger, O. Eytan, R. Friedman,
// B. Manes, Lightweight robust size aware cache management, ACM TOS 18(3), 2022:
//   - Shares are of bytes. The window is the capacity less the main part, rounded
//     up, so that there is one.
//   - A candidate takes the place of as many as its bytes ask for, and is compared
//     with the sum of their counts (their aggregated victims). aggregate=0 compares
//     it with the first alone, as the authors' simulator does.
//   - An object larger than the window is a candidate at once: Admit compares it
//     and it goes on probation. So an object is refused for what the others were
//     asked for, and never for its size.
//   - An object larger than the protected share stays on probation when hit.
//   - As their simulator does, the main part fills without comparison until it is
//     full. As nobody knows how many objects bytes will hold, the sketch is made
//     for those resident, and doubles with them.
type wtinylfu struct {
	nodes     []node   // mark: the part that the object is in
	hashes    []uint32 // of keys, for the sketch
	window    chain
	probation chain
	protected chain

	windowCap    int64 // in bytes
	mainCap      int64 // in bytes
	protectedCap int64 // in bytes
	aggregate    bool

	sketch   sketch
	door     filter // made for 0: none
	resident int
	winner   Slot // at the window's tail, has beaten all who must go for it; or None
}

// Where an object is.
const (
	inWindow = iota
	onProbation
	isProtected
)

func newWTinyLFU(k Kind, c Config) *wtinylfu {
	main := share(c.Capacity, 1-k.Get(c, "window"))
	p := &wtinylfu{
		window:       newChain(),
		probation:    newChain(),
		protected:    newChain(),
		windowCap:    c.Capacity - main,
		mainCap:      main,
		protectedCap: share(main, k.Get(c, "protected")),
		aggregate:    k.Get(c, "aggregate") == 1,
		sketch:       newSketch(c.Seed),
		winner:       None,
	}
	if k.Get(c, "doorkeeper") == 1 {
		p.door = p.newDoor()
	}
	return p
}

// doorBits makes the doorkeeper take an object for one that it let pass with
// probability 0.02 at the end of the sketch's period.
const doorBits = 8

func (p *wtinylfu) newDoor() filter { return newFilter(p.sketch.period, doorBits) }

// note counts a request for the key of that hash.
func (p *wtinylfu) note(h uint32) {
	if p.door.made > 0 && !p.door.has(mix(uint64(h))) {
		p.door.add(mix(uint64(h)))
	} else {
		p.sketch.note(h)
	}
	if p.sketch.tick() && p.door.made > 0 {
		p.door.clear()
	}
}

// count is how often the key of that hash was asked for of late, as far as the
// sketch knows.
func (p *wtinylfu) count(h uint32) int {
	if p.door.made > 0 && p.door.has(mix(uint64(h))) {
		return p.sketch.count(h) + 1
	}
	return p.sketch.count(h)
}

func (p *wtinylfu) Hit(s Slot) {
	p.note(p.hashes[s])
	p.winner = None
	switch p.nodes[s].mark() {
	case inWindow:
		p.window.touch(p.nodes, s)
	case isProtected:
		p.protected.touch(p.nodes, s)
	default:
		p.protect(s)
	}
}

// protect takes s from probation to protection, and whom it displaces back.
func (p *wtinylfu) protect(s Slot) {
	if p.nodes[s].size() > p.protectedCap {
		p.probation.touch(p.nodes, s)
		return
	}
	p.probation.remove(p.nodes, s)
	p.enter(&p.protected, s, isProtected)
	for p.protected.bytes > p.protectedCap {
		oldest := p.protected.tail
		p.protected.remove(p.nodes, oldest)
		p.enter(&p.probation, oldest, onProbation)
	}
}

// enter puts s, which is in no part, at the head of one.
func (p *wtinylfu) enter(part *chain, s Slot, mark uint8) {
	p.nodes[s].setMark(mark)
	part.push(p.nodes, s)
}

// Admit counts the request, and compares an object that is larger than the window
// with those in whose place it would come.
func (p *wtinylfu) Admit(in Item) bool {
	h := p.sketch.hash(in.Key)
	p.note(h)
	if in.Size <= p.windowCap {
		return true
	}
	need := in.Size - (p.windowCap + p.mainCap - p.window.bytes - p.main())
	return need <= 0 || p.beats(h, need)
}

func (p *wtinylfu) main() int64 { return p.probation.bytes + p.protected.bytes }

func (p *wtinylfu) Add(s Slot, it Item) {
	p.nodes, p.hashes = reach(p.nodes, s), reach(p.hashes, s)
	p.nodes[s] = newNode(it.Size, inWindow)
	p.hashes[s] = p.sketch.hash(it.Key)
	p.winner = None
	p.resident++
	if p.resident > p.sketch.made() {
		p.sketch.grow(p.resident)
		if p.door.made > 0 {
			p.door = p.newDoor()
		}
	}
	if it.Size > p.windowCap {
		p.enter(&p.probation, s, onProbation)
		return
	}
	p.enter(&p.window, s, inWindow)
	for p.window.bytes > p.windowCap && p.passes(p.window.tail) {
		p.passOn(p.window.tail)
	}
}

// passes tells whether the main part has room for s.
func (p *wtinylfu) passes(s Slot) bool { return p.nodes[s].size() <= p.mainCap-p.main() }

// passOn takes s from the window to probation.
func (p *wtinylfu) passOn(s Slot) {
	p.window.remove(p.nodes, s)
	p.enter(&p.probation, s, onProbation)
}

// Victim: while the window is over its share with the incoming object, its oldest
// passes on, or is compared and the loser leaves. Else the main part gives way.
func (p *wtinylfu) Victim(in Item) Slot {
	incoming := in.Size
	if incoming > p.windowCap {
		incoming = 0 // it goes to the main part
	}
	for !p.window.empty() && p.window.bytes > p.windowCap-incoming {
		c := p.window.tail
		if !p.passes(c) {
			return p.compare(c)
		}
		p.passOn(c)
	}
	if s := p.weakest(); s != None {
		return p.leave(s)
	}
	return p.leave(p.window.tail)
}

// compare returns c, the window's oldest, or the weakest of the main part if c
// beats all who have to go for it. It has beaten the others, too, when it is their
// turn.
func (p *wtinylfu) compare(c Slot) Slot {
	size := p.nodes[c].size()
	if size > p.mainCap {
		return p.leave(c)
	}
	if p.winner != c && !p.beats(p.hashes[c], size-(p.mainCap-p.main())) {
		return p.leave(c)
	}
	s := p.leave(p.weakest())
	if p.aggregate {
		p.winner = c
	}
	return s
}

// beats tells whether the key of that hash was asked for more often than the
// weakest, who together have need bytes.
func (p *wtinylfu) beats(h uint32, need int64) bool {
	mine, theirs := p.count(h), 0
	for s := p.weakest(); s != None; s = p.stronger(s) {
		theirs += p.count(p.hashes[s])
		if need -= p.nodes[s].size(); theirs >= mine || need <= 0 || !p.aggregate {
			break
		}
	}
	return mine > theirs
}

// weakest is the first of the main part to go, or None.
func (p *wtinylfu) weakest() Slot {
	if !p.probation.empty() {
		return p.probation.tail
	}
	if !p.protected.empty() {
		return p.protected.tail
	}
	return None
}

// stronger is the next to go after s.
func (p *wtinylfu) stronger(s Slot) Slot {
	if next := p.nodes[s].prev; next != None || p.nodes[s].mark() == isProtected || p.protected.empty() {
		return next
	}
	return p.protected.tail
}

// leave takes s out of the order.
func (p *wtinylfu) leave(s Slot) Slot {
	switch p.nodes[s].mark() {
	case inWindow:
		p.window.remove(p.nodes, s)
	case onProbation:
		p.probation.remove(p.nodes, s)
	default:
		p.protected.remove(p.nodes, s)
	}
	p.resident--
	p.winner = None
	return s
}

func (p *wtinylfu) Remove(s Slot) { p.leave(s) }
