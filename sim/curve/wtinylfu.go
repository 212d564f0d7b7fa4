package curve

import "edgesim/edge/policy"

// wtinylfuLane is one cell of W-TinyLFU without a doorkeeper; edge/policy has the
// rules, and the sketch. Its three lists are logs. What is known of an object, the
// hash of its name included, is 16 bytes side by side, so that a hit costs two cache
// misses, there and in the sketch, and those of many requests are under way together.
type wtinylfuLane struct {
	purse
	lists
	sketch policy.Frequencies

	windowCap    int64 // in bytes
	mainCap      int64 // in bytes
	protectedCap int64 // in bytes
	aggregate    bool

	hashed int    // objects whose names have been hashed
	winner uint32 // while room is made: number+1 of the window's oldest, if it has beaten all who must go
	cell   [1]count
}

// The lists.
const (
	tinyWindow = 1 + iota
	tinyProbation
	tinyProtected
)

func newWTinyLFULane(k policy.Kind, c policy.Config) lane {
	main := partOf(c.Capacity, 1-k.Get(c, "window"))
	return &wtinylfuLane{
		purse: purse{capacity: c.Capacity}, lists: newLists(tinyProtected), sketch: policy.NewFrequencies(c.Seed),
		windowCap: c.Capacity - main, mainCap: main, protectedCap: partOf(main, k.Get(c, "protected")),
		aggregate: k.Get(c, "aggregate") == 1,
	}
}

func (l *wtinylfuLane) clear() { l.count = count{} }

func (l *wtinylfuLane) counts() []count {
	l.cell[0] = l.count
	return l.cell[:]
}

func (l *wtinylfuLane) play(b *batch) {
	l.number(b)
	b.chunks(func(asks []ask, _ int) {
		l.touch(asks)
		for _, a := range asks {
			s := &l.states[a.object]
			if s.list == 0 {
				l.admit(b, a, s)
				continue
			}
			l.sketch.Note(s.hash)
			if s.list == tinyProbation {
				l.protect(b, a.object, s)
			} else {
				l.push(s.list, a.object, s)
			}
		}
	})
}

// number hashes the names of new objects.
func (l *wtinylfuLane) number(b *batch) {
	l.states = lengthened(l.states, b.objects)
	for ; l.hashed < b.objects; l.hashed++ {
		l.states[l.hashed].hash = l.sketch.Hash(b.names[l.hashed])
	}
}

// touch loads what will be asked for; the loads do not wait for each other.
func (l *wtinylfuLane) touch(asks []ask) {
	sum := uint32(0)
	for _, a := range asks {
		sum += l.states[a.object].list
	}
	for _, a := range asks {
		sum += uint32(l.sketch.Touch(l.states[a.object].hash))
	}
	l.warmed += sum
}

// protect takes an object from probation to protection, and whom it displaces back.
func (l *wtinylfuLane) protect(b *batch, object uint32, s *listed) {
	size := b.sizeOf(s.size)
	if size > l.protectedCap {
		l.push(tinyProbation, object, s)
		return
	}
	l.leave(s, size)
	l.enter(tinyProtected, object, s, size)
	for l.logs[tinyProtected].bytes > l.protectedCap {
		object, s := l.oldest(tinyProtected)
		size := b.sizeOf(s.size)
		l.leave(s, size)
		l.enter(tinyProbation, object, s, size)
	}
}

// main is the bytes of the main part.
func (l *wtinylfuLane) main() int64 { return l.logs[tinyProbation].bytes + l.logs[tinyProtected].bytes }

// admit makes the object of a miss resident.
func (l *wtinylfuLane) admit(b *batch, a ask, s *listed) {
	size := b.sizeOf(a.size)
	if !l.missed(b, a.object, size) {
		return
	}
	l.sketch.Note(s.hash)
	large := size > l.windowCap
	if large && !l.compares(b, s.hash, size) {
		l.refuse(size)
		return
	}
	for l.full(size) {
		l.evict(b, size)
	}
	l.used += size
	s.size = a.size
	l.winner = 0
	l.sketch.Reach(l.residents() + 1)
	if large {
		l.enter(tinyProbation, a.object, s, size)
		return
	}
	l.enter(tinyWindow, a.object, s, size)
	for l.logs[tinyWindow].bytes > l.windowCap && l.passOn(b) {
	}
}

// compares tells whether an object that is larger than the window beats those in
// whose place it would come.
func (l *wtinylfuLane) compares(b *batch, hash uint32, size int64) bool {
	need := size - (l.windowCap + l.mainCap - l.logs[tinyWindow].bytes - l.main())
	return need <= 0 || l.beats(b, hash, need)
}

func (l *wtinylfuLane) residents() int {
	return l.logs[tinyWindow].live + l.logs[tinyProbation].live + l.logs[tinyProtected].live
}

// passOn takes the window's oldest to probation, if the main part has room for it.
func (l *wtinylfuLane) passOn(b *batch) bool {
	object, s := l.oldest(tinyWindow)
	size := b.sizeOf(s.size)
	if size > l.mainCap-l.main() {
		return false
	}
	l.leave(s, size)
	l.enter(tinyProbation, object, s, size)
	return true
}

// evict takes out who leaves for an object of that size, as edge/policy's Victim
// chooses.
func (l *wtinylfuLane) evict(b *batch, incoming int64) {
	if incoming > l.windowCap {
		incoming = 0
	}
	window := &l.logs[tinyWindow]
	for window.live > 0 && window.bytes > l.windowCap-incoming {
		if !l.passOn(b) {
			l.compare(b)
			return
		}
	}
	list := l.weakest()
	if list == 0 {
		list = tinyWindow
	}
	_, s := l.oldest(list)
	l.drop(b, s)
}

// compare takes out the window's oldest, or the weakest of the main part if that
// beats all who have to go for it. It has beaten the others, too, when it is their
// turn.
func (l *wtinylfuLane) compare(b *batch) {
	object, s := l.oldest(tinyWindow)
	size := b.sizeOf(s.size)
	if size > l.mainCap || l.winner != object+1 && !l.beats(b, s.hash, size-(l.mainCap-l.main())) {
		l.drop(b, s)
		return
	}
	_, s = l.oldest(l.weakest())
	l.drop(b, s)
	if l.aggregate {
		l.winner = object + 1
	}
}

// beats tells whether the object of that hash was asked for more often than the
// weakest, who together have need bytes.
func (l *wtinylfuLane) beats(b *batch, hash uint32, need int64) bool {
	mine, theirs := l.sketch.Count(hash), 0
	list := l.weakest()
	if list == 0 {
		return mine > 0
	}
	_, s := l.oldest(list)
	for ok := true; ok; s, ok = l.stronger(s) {
		theirs += l.sketch.Count(s.hash)
		if need -= b.sizeOf(s.size); theirs >= mine || need <= 0 || !l.aggregate {
			break
		}
	}
	return mine > theirs
}

// weakest is the list of the first of the main part to go, or 0.
func (l *wtinylfuLane) weakest() uint32 {
	for list := uint32(tinyProbation); list <= tinyProtected; list++ {
		if l.logs[list].live > 0 {
			return list
		}
	}
	return 0
}

// stronger is the next to go after an object of the main part.
func (l *wtinylfuLane) stronger(s *listed) (next *listed, ok bool) {
	next, ok = l.newer(s.list, s.place)
	if !ok && s.list == tinyProbation && l.logs[tinyProtected].live > 0 {
		_, next = l.oldest(tinyProtected)
		ok = true
	}
	return next, ok
}

// drop takes an object out of the cell.
func (l *wtinylfuLane) drop(b *batch, s *listed) {
	size := b.sizeOf(s.size)
	l.leave(s, size)
	l.used -= size
	l.winner = 0
}
