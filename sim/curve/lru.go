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
// processor's cache. When the log is full, what does not count is taken out.
type lruLane struct {
	together
	entries []lruEntry // by object
	log     []uint32   // objects, in the order of requests
	begins  []uint32   // of each cell: where its residents begin
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
		begins: make([]uint32, len(capacities)), log: make([]uint32, 0, leastLog),
	}
}

func (l *lruLane) play(b *batch) {
	l.entries = lengthened(l.entries, b.objects)
	b.chunks(func(asks []ask, _ int) {
		if cap(l.log)-len(l.log) < len(asks) {
			l.close()
		}
		l.touch(asks)
		for _, a := range asks {
			e := &l.entries[a.object]
			if missing := l.all &^ e.resident; missing != 0 {
				l.admit(b, a, missing)
			}
			e.last = uint32(len(l.log))
			l.log = append(l.log, a.object)
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
		object := l.log[at]
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
	for _, object := range l.log[at:min(int(at)+aheadSize, len(l.log))] {
		sum += l.entries[object].last
	}
	l.warmed += sum
}

// close takes out of the log what does not count, and makes it longer if that is
// most of it.
func (l *lruLane) close() {
	cells := make([]int, len(l.begins))
	for j := range cells {
		cells[j] = j
	}
	slices.SortFunc(cells, func(a, b int) int { return int(int64(l.begins[a]) - int64(l.begins[b])) })
	to, at := uint32(0), l.begins[cells[0]]
	for k, j := range cells {
		end := uint32(len(l.log))
		if k+1 < len(cells) {
			end = l.begins[cells[k+1]]
		}
		l.begins[j] = to
		for ; at < end; at++ {
			object := l.log[at]
			e := &l.entries[object]
			if e.last == at && e.resident != 0 {
				e.last = to
				l.log[to] = object
				to++
			}
		}
	}
	l.log = l.log[:to]
	if int(to) > cap(l.log)/4 {
		l.log = append(make([]uint32, 0, 6*int(to)), l.log...)
	}
}
