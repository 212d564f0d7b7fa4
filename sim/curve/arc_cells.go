package curve

import "math/bits"

// arcCells is cells of ARC over one log of requests; edge/policy has the rules. A hit
// brings an object to the head of T2, and a newcomer comes in at a head: so in T1 and
// in T2 objects stand as they were last asked for. They leave from the end, so those
// that are remembered stand likewise in B1 and B2. All lists of all cells are parts of
// one order, that of the last requests, which a journal keeps: a bit for each cell says
// which of the four an object is in, a list is a place in the journal before which it
// has nothing, and its oldest is found by going on from there.
//
// A hit in all cells is what it is for LRU. A cell that misses does work of its own.
type arcCells[W word] struct {
	together
	journal
	states []arcState[W] // by object
	caches []arcCell
	sizes  sizesByCell
	behind map[cellOf]leftBehind
}

// arcState is one object's.
type arcState[W word] struct {
	last     uint32 // place in the journal; of a known object
	size     uint32 // code of the size it was admitted with; mixed: it depends on the cell
	known    W      // resident, in T1 or T2, or remembered, in B1 or B2
	resident W
	often    W // of the known: in T2 or B2
}

// The lists, by two bits.
const (
	arcOften      = 1
	arcRemembered = 2
)

// arcCell is one cell's lists.
type arcCell struct {
	lists  [4]arcList
	target float64 // of T1, in bytes
}

// arcList is the objects of a cell that are in a list.
type arcList struct {
	begins uint32 // a place in the journal, before which there are none; of a list that has some
	live   int
	bytes  int64
}

// cellOf is an object in a cell.
type cellOf struct {
	object uint32
	cell   int
}

// leftBehind is a remembered object that was asked for and refused, as it had become
// larger than the cell: it stands where it stood, and elsewhere in other cells.
type leftBehind struct {
	place, size uint32
	list        int
}

// newARCCells is for one cell or many; one alone is faster with lists of its own.
func newARCCells(capacities []int64) lane {
	if len(capacities) == 1 {
		return newARCLane(capacities[0])
	}
	return wide(len(capacities), arcOf[uint8](capacities), arcOf[uint16](capacities), arcOf[uint32](capacities))
}

func arcOf[W word](capacities []int64) func() lane {
	return func() lane {
		return &arcCells[W]{
			together: newTogether(capacities), journal: newJournal(), caches: make([]arcCell, len(capacities)),
			sizes: newSizesByCell(len(capacities)), behind: map[cellOf]leftBehind{},
		}
	}
}

func (l *arcCells[W]) play(b *batch) {
	l.states = lengthened(l.states, b.objects)
	b.chunks(func(asks []ask, _ int) {
		l.roomy(len(asks))
		l.touch(asks)
		l.open(len(asks))
		states, all := l.states, W(l.all)
		for _, a := range asks {
			s := &states[a.object]
			if s.known != 0 {
				l.strike(s.last)
			}
			if once := s.resident &^ s.often; once != 0 {
				l.promote(b, a.object, s, once)
			}
			if missing := all &^ s.resident; missing != 0 {
				if l.admit(b, a, s, missing); s.known == 0 {
					continue
				}
			}
			s.last = l.write(a.object)
		}
	})
}

// touch loads the states that will be asked for; the loads do not wait for each other.
func (l *arcCells[W]) touch(asks []ask) {
	sum := W(0)
	for _, a := range asks {
		sum += l.states[a.object].known
	}
	l.warmed += uint32(sum)
}

// promote takes an object from T1 to T2 in some cells.
func (l *arcCells[W]) promote(b *batch, object uint32, s *arcState[W], once W) {
	s.often |= once
	for ; once != 0; once &= once - 1 {
		j := bits.TrailingZeros32(uint32(once))
		size := b.sizeOf(l.sizes.of(object, s.size, j))
		c := &l.caches[j]
		c.lists[0].leave(size)
		c.lists[arcOften].enter(l.tail, size)
	}
}

// enter is told that an object of that size comes into the list at its end.
func (q *arcList) enter(place uint32, size int64) {
	if q.live == 0 {
		q.begins = place
	}
	q.live++
	q.bytes += size
}

func (q *arcList) leave(size int64) {
	q.live--
	q.bytes -= size
}

// admit makes the object of a resident in cells that miss it.
func (l *arcCells[W]) admit(b *batch, a ask, s *arcState[W], missing W) {
	size := b.sizeOf(a.size)
	admitted := missing
	for ; missing != 0; missing &= missing - 1 {
		j := bits.TrailingZeros32(uint32(missing))
		p, c := &l.together.cells[j], &l.caches[j]
		if !p.missed(b, a.object, size) {
			admitted = without(admitted, j)
			l.leaveBehind(a.object, s, j)
			continue
		}
		list, from := 0, -1
		if has(s.known, j) || len(l.behind) > 0 {
			if from = l.recall(b, a.object, s, j); from >= 0 {
				list = arcOften
			}
		}
		for p.full(size) {
			p.used -= l.replace(b, j, from == arcRemembered+arcOften)
		}
		p.used += size
		if s.often = without(s.often, j); list == arcOften {
			s.often |= 1 << (j & 31)
		}
		c.lists[list].enter(l.tail, size)
		l.forget(b, j, p.capacity)
	}
	if s.size != a.size && admitted != 0 {
		l.sizes.note(a.object, &s.size, a.size, uint32(admitted), uint32(s.known))
	}
	s.resident |= admitted
	s.known |= admitted
}

// recall forgets an object, if cell j remembers it, and moves the target towards the
// list that it has come back to, which it returns; -1 if it is new.
func (l *arcCells[W]) recall(b *batch, object uint32, s *arcState[W], j int) (from int) {
	code := uint32(0)
	if has(s.known, j) {
		from, code = arcRemembered+int(s.often>>(j&31)&1), l.sizes.of(object, s.size, j)
		s.known = without(s.known, j)
	} else if left, ok := l.behind[cellOf{object, j}]; ok {
		from, code = left.list, left.size
		l.dropBehind(object, j, left.place)
	} else {
		return -1
	}
	c, size := &l.caches[j], b.sizeOf(code)
	step := float64(size) * max(1, float64(c.lists[from^arcOften].bytes)/float64(c.lists[from].bytes))
	if from == arcRemembered {
		c.target = min(c.target+step, float64(l.together.cells[j].capacity))
	} else {
		c.target = max(c.target-step, 0)
	}
	c.lists[from].leave(size)
	return from
}

// leaveBehind lets an object that cell j refuses stand where it is remembered, if it
// is, while it comes to the journal's end for others.
func (l *arcCells[W]) leaveBehind(object uint32, s *arcState[W], j int) {
	if !has(s.known, j) {
		return
	}
	list := arcRemembered + int(s.often>>(j&31)&1)
	l.behind[cellOf{object, j}] = leftBehind{s.last, l.sizes.of(object, s.size, j), list}
	s.known = without(s.known, j)
	l.restore(s.last)
}

// replace is the paper's REPLACE. It returns the size of who has left cell j.
func (l *arcCells[W]) replace(b *batch, j int, inB2 bool) int64 {
	c := &l.caches[j]
	list := arcOften
	t1 := float64(c.lists[0].bytes)
	if t1 > c.target || t1 == c.target && inB2 && t1 > 0 || c.lists[arcOften].live == 0 {
		list = 0
	}
	place, object := l.oldest(j, list)
	s := &l.states[object]
	size := b.sizeOf(l.sizes.of(object, s.size, j))
	s.resident = without(s.resident, j)
	c.lists[list].leave(size)
	c.lists[list+arcRemembered].enter(place, size)
	return size
}

// forget restores the bounds of what cell j remembers.
func (l *arcCells[W]) forget(b *batch, j int, capacity int64) {
	q := &l.caches[j].lists
	const b1, b2 = arcRemembered, arcRemembered + arcOften
	for q[0].bytes+q[b1].bytes > capacity && q[b1].live > 0 {
		l.forgetOldest(b, j, b1)
	}
	for float64(q[0].bytes)+float64(q[b1].bytes)+float64(q[arcOften].bytes)+float64(q[b2].bytes) > 2*float64(capacity) && q[b2].live > 0 {
		l.forgetOldest(b, j, b2)
	}
}

func (l *arcCells[W]) forgetOldest(b *batch, j, list int) {
	place, object := l.oldest(j, list)
	q := &l.caches[j].lists[list]
	s := &l.states[object]
	if left, ok := l.left(object, j, place); ok {
		q.leave(b.sizeOf(left.size))
		l.dropBehind(object, j, place)
		return
	}
	q.leave(b.sizeOf(l.sizes.of(object, s.size, j)))
	if s.known = without(s.known, j); s.known == 0 {
		l.strike(place)
	}
}

// left is what cell j has left behind at a place.
func (l *arcCells[W]) left(object uint32, j int, place uint32) (leftBehind, bool) {
	if len(l.behind) == 0 {
		return leftBehind{}, false
	}
	left, ok := l.behind[cellOf{object, j}]
	return left, ok && left.place == place
}

// dropBehind forgets what cell j has left behind at a place; the entry there counts no
// more if no other cell has the object there.
func (l *arcCells[W]) dropBehind(object uint32, j int, place uint32) {
	delete(l.behind, cellOf{object, j})
	for other := range l.caches {
		if _, ok := l.left(object, other, place); ok {
			return
		}
	}
	l.strike(place)
}
