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

// word is a bit for each cell of a lane. What is known of an object is the smaller
// the fewer cells there are, and the more objects are in the processor's cache.
type word interface{ uint8 | uint16 | uint32 }

// wide makes the lane whose words are as wide as so many cells need.
func wide(cells int, of8, of16, of32 func() lane) lane {
	switch {
	case cells <= 8:
		return of8()
	case cells <= 16:
		return of16()
	}
	return of32()
}

// without is w without the bit of cell j.
func without[W word](w W, j int) W { return w &^ (1 << (j & 31)) }

// has tells whether w has the bit of cell j.
func has[W word](w W, j int) bool { return w>>(j&31)&1 != 0 }

// fifoLane is cells of FIFO: a queue each, and one word of residency.
type fifoLane[W word] struct {
	together
	resident []W // by object, a bit for each cell
	queues   []ring
}

func newFIFOLane(capacities []int64) lane {
	return wide(len(capacities), fifoOf[uint8](capacities), fifoOf[uint16](capacities), fifoOf[uint32](capacities))
}

func fifoOf[W word](capacities []int64) func() lane {
	return func() lane {
		return &fifoLane[W]{together: newTogether(capacities), queues: make([]ring, len(capacities))}
	}
}

func (l *fifoLane[W]) play(b *batch) {
	l.resident = lengthened(l.resident, b.objects)
	b.chunks(func(asks []ask, _ int) {
		resident, all, sum := l.resident, W(l.all), W(0)
		for _, a := range asks {
			sum += resident[a.object]
		}
		l.warmed += uint32(sum)
		for _, a := range asks {
			if missing := all &^ resident[a.object]; missing != 0 {
				l.admit(b, a, missing)
			}
		}
	})
}

func (l *fifoLane[W]) admit(b *batch, a ask, missing W) {
	size := b.sizeOf(a.size)
	kept := W(0)
	for ; missing != 0; missing &= missing - 1 {
		j := bits.TrailingZeros32(uint32(missing))
		p := &l.cells[j]
		if !p.missed(b, a.object, size) {
			continue
		}
		queue := &l.queues[j]
		for p.full(size) {
			if queue.head%aheadSize == 0 {
				l.ahead(queue)
			}
			v := queue.pop()
			l.resident[v.object] = without(l.resident[v.object], j)
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
func (l *fifoLane[W]) ahead(queue *ring) {
	sum := W(0)
	for _, a := range queue.next(aheadSize) {
		sum += l.resident[a.object]
	}
	l.warmed += uint32(sum)
}
