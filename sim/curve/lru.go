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
// behind, most of them of popular objects, which a cell passes while they are in the
// processor's cache. The log is a ring: what all cells have passed makes room. Where
// that is too little, what does not count is taken out.
type lruLane struct {
	together
	entries []lruEntry // by object
	log     []uint32   // objects, in the order of requests; as long as a power of two
	head    uint32     // the first place that is kept; places count on, modulo 2^32
	tail    uint32     // the next place
	begins  []uint32   // of each cell: the place where its residents begin
	mixed   map[uint32][]uint32
}

type lruEntry struct {
	last     uint32 // place in the log
	resident uint32 // a bit for each cell
	size     uint32 // code of the size it was admitted with; mixed: it depends on the cell
}

// mixed is no code of a size.
const mixed = 0

const leastLog = 1 << 16

func newLRULane(capacities []int64) lane {
	return &lruLane{
		together: newTogether(capacities), mixed: map[uint32][]uint32{},
		begins: make([]uint32, len(capacities)), log: make([]uint32, leastLog),
	}
}

func (l *lruLane) play(b *batch) {
	l.entries = lengthened(l.entries, b.objects)
	b.chunks(func(asks []ask, _ int) {
		l.roomy(len(asks))
		l.touch(asks)
		entries, log, all := l.entries, l.log, l.all
		for _, a := range asks {
			e := &entries[a.object]
			if missing := all &^ e.resident; missing != 0 {
				l.admit(b, a, missing)
			}
			e.last = l.tail
			log[l.tail&uint32(len(log)-1)] = a.object
			l.tail++
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
		l.note(a.object, e, a.size, missing)
	}
	e.resident |= missing
}

// note keeps the size that an object is admitted with to some cells; those that
// have it already keep theirs.
func (l *lruLane) note(object uint32, e *lruEntry, size, admitted uint32) {
	old := e.size
	if e.resident == 0 {
		if old == mixed {
			delete(l.mixed, object)
		}
		e.size = size
		return
	}
	each := l.mixed[object]
	if old != mixed {
		each = make([]uint32, len(l.cells))
		for j := range each {
			each[j] = old
		}
		l.mixed[object], e.size = each, mixed
	}
	for ; admitted != 0; admitted &= admitted - 1 {
		each[bits.TrailingZeros32(admitted)] = size
	}
}

// evict takes the object that cell j was asked for least recently out of it, and
// returns its size.
func (l *lruLane) evict(b *batch, j int) int64 {
	bit := uint32(1) << j
	for at := l.begins[j]; ; at++ {
		if at%aheadSize == 0 {
			l.ahead(at)
		}
		object := l.log[at&uint32(len(l.log)-1)]
		e := &l.entries[object]
		if e.last != at || e.resident&bit == 0 {
			continue
		}
		l.begins[j] = at + 1
		e.resident &^= bit
		code := e.size
		if code == mixed {
			code = l.mixed[object][j]
		}
		return b.sizeOf(code)
	}
}

// ahead loads what the next entries of the log are about.
func (l *lruLane) ahead(at uint32) {
	sum := uint32(0)
	from := int(at) & (len(l.log) - 1)
	for _, object := range l.log[from : from+min(aheadSize, int(l.tail-at))] {
		sum += l.entries[object].last
	}
	l.warmed += sum
}

// roomy makes room for so many more entries.
func (l *lruLane) roomy(more int) {
	if len(l.log)-int(l.tail-l.head) >= more {
		return
	}
	l.head = l.tail
	for _, begin := range l.begins {
		if l.tail-begin > l.tail-l.head {
			l.head = begin
		}
	}
	if len(l.log)-int(l.tail-l.head) < more {
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
	to, at := head, head
	for k, j := range cells {
		end := tail
		if k+1 < len(cells) {
			end = l.begins[cells[k+1]]
		}
		l.begins[j] = to
		for ; at != end; at++ {
			to = l.keep(at, to)
		}
	}
	l.tail = to
	if size := len(l.log); int(to-head) > size/4 {
		l.grow(2 * size)
	}
}

// keep moves an entry from one place to another if it counts, and returns the place
// behind it. Which entries count follows no rule that a processor could learn, so
// there is nothing here for it to guess at.
func (l *lruLane) keep(at, to uint32) uint32 {
	mask := uint32(len(l.log) - 1)
	object := l.log[at&mask]
	e := &l.entries[object]
	place, end := e.last, to
	if place == at {
		place, end = to, to+min(e.resident, 1)
	}
	l.log[to&mask], e.last = object, place
	return end
}

func (l *lruLane) grow(size int) {
	log := make([]uint32, size)
	for at := l.head; at != l.tail; at++ {
		log[at&uint32(size-1)] = l.log[at&uint32(len(l.log)-1)]
	}
	l.log = log
}
