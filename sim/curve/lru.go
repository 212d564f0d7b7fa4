package curve

import "math/bits"

// lruLane is cells of LRU over one list. All caches hold the objects asked for
// most recently, in one order; a cell is a place in it, its tail, and a bit of
// each object for being resident (an object above the tail is not, where it is
// too large for the cell). So an object that every cell has is moved to the head
// once for all of them, and an eviction moves a tail up by one (Mattson, Gecsei,
// Slutz, Traiger, IBM Systems Journal 9(2), 1970, with bytes for pages).
type lruLane struct {
	together
	entries []lruEntry // by object+1; entries[0] is before the head and behind the last
	sizes   []uint32   // by object+1: code of the size it was admitted with; mixed: it depends on the cell
	mixed   map[uint32][]uint32
	tails   []uint32 // of each cell; 0: it is empty
}

type lruEntry struct {
	up, down uint32 // towards the head, away from it
	resident uint32 // a bit for each cell; 0: not in the list
	tail     uint32 // a bit for each cell of which it is the tail
}

// mixed is no code of a size.
const mixed = 0

func newLRULane(capacities []int64) lane {
	l := &lruLane{together: newTogether(capacities), mixed: map[uint32][]uint32{}, tails: make([]uint32, len(capacities))}
	l.entries, l.sizes = make([]lruEntry, 1), make([]uint32, 1)
	l.entries[0].resident = l.all
	return l
}

func (l *lruLane) play(b *batch) {
	l.entries, l.sizes = lengthened(l.entries, b.objects+1), lengthened(l.sizes, b.objects+1)
	b.chunks(func(asks []ask, _ int) {
		l.touch(asks)
		for _, a := range asks {
			at := a.object + 1
			e := &l.entries[at]
			missing := l.all &^ e.resident
			if e.resident != 0 {
				l.raise(at, e)
			}
			if missing != 0 {
				l.admit(b, a, missing)
			}
		}
	})
}

// touch loads the entries that will be asked for, then their neighbours.
func (l *lruLane) touch(asks []ask) {
	sum := uint32(0)
	for _, a := range asks {
		sum += l.entries[a.object+1].resident
	}
	for _, a := range asks {
		e := &l.entries[a.object+1]
		sum += l.entries[e.up].down + l.entries[e.down].up
	}
	l.warmed += sum
}

// raise moves an object of the list to its head.
func (l *lruLane) raise(at uint32, e *lruEntry) {
	if e.up == 0 {
		return
	}
	for tail := e.tail; tail != 0; tail &= tail - 1 {
		j := bits.TrailingZeros32(tail)
		if up := l.above(at, j); up != 0 {
			e.tail &^= 1 << j
			l.setTail(j, up)
		}
	}
	l.unlink(e)
	l.push(at, e)
}

func (l *lruLane) unlink(e *lruEntry) {
	l.entries[e.up].down, l.entries[e.down].up = e.down, e.up
}

func (l *lruLane) push(at uint32, e *lruEntry) {
	head := l.entries[0].down
	e.up, e.down = 0, head
	l.entries[head].up, l.entries[0].down = at, at
}

// above is the next object towards the head that is resident in cell j; 0: none.
// It never passes an object twice before that is asked for again.
func (l *lruLane) above(at uint32, j int) uint32 {
	for {
		at = l.entries[at].up
		if l.entries[at].resident>>j&1 != 0 {
			return at
		}
	}
}

func (l *lruLane) setTail(j int, at uint32) {
	l.tails[j] = at
	l.entries[at].tail |= 1 << j
}

// admit makes the object of a resident in cells that miss it.
func (l *lruLane) admit(b *batch, a ask, missing uint32) {
	size, at := b.sizeOf(a.size), a.object+1
	fits := missing
	for m := missing; m != 0; m &= m - 1 {
		j := bits.TrailingZeros32(m)
		if !l.missed(b, a.object, j, size) {
			fits &^= 1 << j
		}
	}
	if fits == 0 {
		return
	}
	e := &l.entries[at]
	l.note(at, e, a.size, fits)
	if e.resident == 0 {
		l.push(at, e)
	}
	for ; fits != 0; fits &= fits - 1 {
		j := bits.TrailingZeros32(fits)
		for l.full(j, size) {
			l.evict(b, j)
		}
		e.resident |= 1 << j
		l.used[j] += size
		if l.tails[j] == 0 {
			l.setTail(j, at)
		}
	}
}

// note keeps the size that an object is admitted with to some cells; those that
// have it already keep theirs.
func (l *lruLane) note(at uint32, e *lruEntry, size, fits uint32) {
	old := l.sizes[at]
	switch {
	case e.resident == 0:
		if old == mixed {
			delete(l.mixed, at)
		}
		l.sizes[at] = size
		return
	case old == size:
		return
	}
	each := l.mixed[at]
	if old != mixed {
		each = make([]uint32, len(l.capacities))
		for j := range each {
			each[j] = old
		}
		l.mixed[at], l.sizes[at] = each, mixed
	}
	for ; fits != 0; fits &= fits - 1 {
		each[bits.TrailingZeros32(fits)] = size
	}
}

// evict takes the tail of cell j out of it.
func (l *lruLane) evict(b *batch, j int) {
	at := l.tails[j]
	e := &l.entries[at]
	code := l.sizes[at]
	if code == mixed {
		code = l.mixed[at][j]
	}
	l.used[j] -= b.sizeOf(code)
	e.resident &^= 1 << j
	e.tail &^= 1 << j
	l.setTail(j, l.above(at, j))
	if e.resident == 0 {
		l.unlink(e)
	}
}
