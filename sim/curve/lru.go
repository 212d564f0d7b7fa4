package curve

import (
	"math/bits"
	"slices"
)

// lruLane is cells of LRU over one log of requests. All caches hold the objects
// asked for most recently, in one order, so the log of who was asked for is the
// order of all: an entry counts where it is its object's last. A cell is a place in
// the log, before which it has nothing, and a bit of each object for being resident;
// it evicts by going on to the next entry that counts and is resident.
//
// No list is kept, so a hit in all cells is a bit test, a number noted beside it and
// four bytes written in sequence, and an eviction reads in sequence. Where a list
// moves an object to its head, here an entry that does not count any more stays
// behind, and a bit map that lies in the processor's cache says that it does not. The
// log is a ring: what all cells have passed makes room. Where that is too little, what
// does not count is taken out.
type lruLane struct {
	together
	journal
	entries []lruEntry // by object
	begins  []uint32   // of each cell: the place where its residents begin
	sizes   sizesByCell
}

type lruEntry struct {
	last     uint32 // place in the log; of a resident object
	resident uint32 // a bit for each cell
	size     uint32 // code of the size it was admitted with; mixed: it depends on the cell
}

func newLRULane(capacities []int64) lane {
	return &lruLane{
		together: newTogether(capacities), sizes: newSizesByCell(len(capacities)),
		begins: make([]uint32, len(capacities)), journal: newJournal(),
	}
}

func (l *lruLane) play(b *batch) {
	l.entries = lengthened(l.entries, b.objects)
	b.chunks(func(asks []ask, _ int) {
		l.roomy(len(asks))
		l.touch(asks)
		l.open(len(asks))
		entries, all := l.entries, l.all
		for _, a := range asks {
			e := &entries[a.object]
			if e.resident != 0 {
				l.strike(e.last)
			}
			if missing := all &^ e.resident; missing != 0 {
				if l.admit(b, a, missing); e.resident == 0 {
					continue
				}
			}
			e.last = l.write(a.object)
		}
	})
}

// touch loads the entries that will be asked for; the loads do not wait for each
// other.
func (l *lruLane) touch(asks []ask) {
	sum := uint32(0)
	for _, a := range asks {
		sum += l.entries[a.object].resident
	}
	l.warmed += sum
}

// admit makes the object of a resident in cells that miss it.
func (l *lruLane) admit(b *batch, a ask, missing uint32) {
	size := b.sizeOf(a.size)
	e := &l.entries[a.object]
	for m := missing; m != 0; m &= m - 1 {
		j := bits.TrailingZeros32(m)
		p := &l.cells[j]
		if !p.missed(b, a.object, size) {
			missing &^= 1 << j
			continue
		}
		for p.full(size) {
			p.used -= l.evict(b, j)
		}
		p.used += size
	}
	if e.size != a.size && missing != 0 {
		l.sizes.note(a.object, &e.size, a.size, missing, e.resident)
	}
	e.resident |= missing
}

// evict takes the object that cell j was asked for least recently out of it, and
// returns its size.
func (l *lruLane) evict(b *batch, j int) int64 {
	bit := uint32(1) << j
	for at := l.begins[j]; ; at++ {
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
		e := &l.entries[object]
		if e.resident&bit == 0 {
			continue
		}
		l.begins[j] = at + 1
		if e.resident &^= bit; e.resident == 0 {
			l.strike(at)
		}
		return b.sizeOf(l.sizes.of(object, e.size, j))
	}
}

// ahead loads what the entries of a word that count are about.
func (l *lruLane) ahead(at uint32, word uint64) {
	sum := uint32(0)
	for ; word != 0; word &= word - 1 {
		sum += l.entries[l.object(at+uint32(bits.TrailingZeros64(word)))].resident
	}
	l.warmed += sum
}

// roomy makes room for so many more entries.
func (l *lruLane) roomy(more int) {
	if l.room() >= more {
		return
	}
	l.head = l.tail
	for _, begin := range l.begins {
		if l.tail-begin > l.tail-l.head {
			l.head = begin
		}
	}
	if l.room() < more {
		l.close()
	}
}

// close takes out of the log what does not count, and makes it longer if that
// leaves less than three quarters of it.
func (l *lruLane) close() {
	cells := make([]int, len(l.begins))
	for j := range cells {
		cells[j] = j
	}
	head, tail := l.head, l.tail
	slices.SortFunc(cells, func(a, b int) int { return int(int64(l.begins[a]-head) - int64(l.begins[b]-head)) })
	for at := l.rewind(); ; at++ {
		at = l.next(at, tail)
		for len(cells) > 0 && l.begins[cells[0]]-head <= at-head {
			l.begins[cells[0]] = l.tail
			cells = cells[1:]
		}
		if at == tail {
			break
		}
		l.entries[l.object(at)].last = l.move(at)
	}
	l.growIf(int(l.tail - l.head))
}
