package curve

import "math/bits"

// mostTogether is how many cells of a policy are played together: residency is a
// bit for each cell.
const mostTogether = 32

// together is what lanes have in common that play many cells of a policy over one
// state. What is known of an object is a few words with a bit for each cell, side
// by side, so that a request that every cell can answer costs one cache miss and
// a few instructions, however many cells there are; only cells that miss do work
// of their own.
type together struct {
	all    uint32 // a bit for each cell
	cells  []purse
	warmed uint32 // keeps the compiler from leaving the touching out
}

// purse is what a cell may spend, and what it counts.
type purse struct {
	capacity, used int64
	count
}

func newTogether(capacities []int64) together {
	t := together{all: uint32(uint64(1)<<len(capacities) - 1)}
	for _, c := range capacities {
		t.cells = append(t.cells, purse{capacity: c})
	}
	return t
}

func (t *together) clear() {
	for j := range t.cells {
		t.cells[j].count = count{}
	}
}

func (t *together) counts() (all []count) {
	for j := range t.cells {
		all = append(all, t.cells[j].count)
	}
	return all
}

// missed counts a miss and tells whether the object fits in.
func (p *purse) missed(b *batch, object uint32, size int64) bool {
	p.miss(b, object, size)
	if size > p.capacity {
		p.refuse(size)
		return false
	}
	return true
}

// full tells whether room must be made for so many bytes.
func (p *purse) full(size int64) bool { return p.used > p.capacity-size }

// fifoLane is cells of FIFO: a queue each, and one word of residency.
type fifoLane struct {
	together
	resident []uint32 // by object, a bit for each cell
	queues   []ring
}

func newFIFOLane(capacities []int64) lane {
	return &fifoLane{together: newTogether(capacities), queues: make([]ring, len(capacities))}
}

func (l *fifoLane) play(b *batch) {
	l.resident = lengthened(l.resident, b.objects)
	b.chunks(func(asks []ask, _ int) {
		sum := uint32(0)
		for _, a := range asks {
			sum += l.resident[a.object]
		}
		l.warmed += sum
		for _, a := range asks {
			if missing := l.all &^ l.resident[a.object]; missing != 0 {
				l.admit(b, a, missing)
			}
		}
	})
}

func (l *fifoLane) admit(b *batch, a ask, missing uint32) {
	size := b.sizeOf(a.size)
	kept := uint32(0)
	for ; missing != 0; missing &= missing - 1 {
		j := bits.TrailingZeros32(missing)
		p := &l.cells[j]
		if !p.missed(b, a.object, size) {
			continue
		}
		queue := &l.queues[j]
		for p.full(size) {
			if queue.head%aheadSize == 0 {
				l.warmed += ahead(l.resident, queue)
			}
			v := queue.pop()
			l.resident[v.object] &^= 1 << j
			p.used -= b.sizeOf(v.size)
		}
		queue.push(a)
		kept |= 1 << j
		p.used += size
	}
	l.resident[a.object] |= kept
}

// aheadSize is how many entries of a queue are looked up together before they are
// passed.
const aheadSize = 32

// ahead loads what is known of the next objects of a queue; the loads do not wait
// for each other.
func ahead(states []uint32, queue *ring) (sum uint32) {
	for _, a := range queue.next(aheadSize) {
		sum += states[a.object]
	}
	return sum
}
