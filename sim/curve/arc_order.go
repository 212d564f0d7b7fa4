package curve

import (
	"math/bits"
	"slices"
)

// oldest is the oldest object of a list of cell j, which has some, and its place: the
// list then begins behind it.
func (l *arcCells[W]) oldest(j, list int) (place, object uint32) {
	q := &l.caches[j].lists[list]
	remembered, rare := -W(list>>1), W(list&arcOften)-1 // all ones: to look for bits that are not set
	for at := q.begins; ; at++ {
		for {
			word := l.live(at)
			if at%wordBits == 0 {
				l.ahead(at, word)
			}
			if word != 0 {
				at += uint32(bits.TrailingZeros64(word))
				break
			}
			at = at | (wordBits - 1) + 1
		}
		object := l.object(at)
		s := &l.states[object]
		in := has(s.known&(s.resident^remembered)&(s.often^rare), j)
		if len(l.behind) > 0 {
			in = l.stands(object, s, j, list, at)
		}
		if in {
			q.begins = at + 1
			return at, object
		}
	}
}

// stands tells whether cell j has an object in a list at that place, be it left behind.
func (l *arcCells[W]) stands(object uint32, s *arcState[W], j, list int, place uint32) bool {
	if left, ok := l.left(object, j, place); ok {
		return left.list == list
	}
	of := int(s.often >> (j & 31) & 1)
	if !has(s.resident, j) {
		of += arcRemembered
	}
	return has(s.known, j) && s.last == place && of == list
}

// ahead loads what the entries of a word that count are about.
func (l *arcCells[W]) ahead(at uint32, word uint64) {
	sum := W(0)
	for ; word != 0; word &= word - 1 {
		sum += l.states[l.object(at+uint32(bits.TrailingZeros64(word)))].known
	}
	l.warmed += uint32(sum)
}

// begins are the places where lists begin that have some objects, the oldest first.
func (l *arcCells[W]) begins() (places []*uint32) {
	for j := range l.caches {
		for i := range l.caches[j].lists {
			if q := &l.caches[j].lists[i]; q.live > 0 {
				places = append(places, &q.begins)
			}
		}
	}
	head := l.head
	slices.SortFunc(places, func(a, b *uint32) int { return int(int64(*a-head) - int64(*b-head)) })
	return places
}

// roomy makes room for so many more entries.
func (l *arcCells[W]) roomy(more int) {
	if l.room() >= more {
		return
	}
	places := l.begins()
	if l.head = l.tail; len(places) > 0 {
		l.head = *places[0]
	}
	if l.room() < more {
		l.close(places)
	}
}

// close takes out of the journal what does not count, and makes it longer if that
// leaves less than three quarters of it.
func (l *arcCells[W]) close(places []*uint32) {
	head, tail := l.head, l.tail
	for at := l.rewind(); ; at++ {
		at = l.next(at, tail)
		for len(places) > 0 && *places[0]-head <= at-head {
			*places[0] = l.tail
			places = places[1:]
		}
		if at == tail {
			break
		}
		l.keep(at)
	}
	l.growIf(int(l.tail - l.head))
}

// keep moves the entry of a place, which counts, together with those that are kept.
func (l *arcCells[W]) keep(at uint32) {
	object, to := l.object(at), l.move(at)
	s := &l.states[object]
	if len(l.behind) > 0 {
		for j := range l.caches {
			if left, ok := l.left(object, j, at); ok {
				left.place = to
				l.behind[cellOf{object, j}] = left
			}
		}
	}
	if s.last == at {
		s.last = to
	}
}
