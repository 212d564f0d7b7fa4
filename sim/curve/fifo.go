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
	all        uint32 // a bit for each cell
	capacities []int64
	used       []int64
	counted    []count
	warmed     uint32
}

func newTogether(capacities []int64) together {
	n := len(capacities)
	return together{all: uint32(uint64(1)<<n - 1), capacities: capacities, used: make([]int64, n), counted: make([]count, n)}
}

func (t *together) clear()          { clear(t.counted) }
func (t *together) counts() []count { return t.counted }

// missed counts a miss in cell j and tells whether the object fits in.
func (t *together) missed(b *batch, object uint32, j int, size int64) bool {
	t.counted[j].miss(b, object, size)
	if size > t.capacities[j] {
		t.counted[j].refuse(size)
		return false
	}
	return true
}

// full tells whether cell j must make room for so many bytes.
func (t *together) full(j int, size int64) bool { return t.used[j] > t.capacities[j]-size }

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
	for ; missing != 0; missing &= missing - 1 {
		j := bits.TrailingZeros32(missing)
		if !l.missed(b, a.object, j, size) {
			continue
		}
		for l.full(j, size) {
			v := l.queues[j].pop()
			l.resident[v.object] &^= 1 << j
			l.used[j] -= b.sizeOf(v.size)
		}
		l.queues[j].push(a)
		l.resident[a.object] |= 1 << j
		l.used[j] += size
	}
}
