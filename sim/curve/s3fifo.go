package curve

import "math/bits"

// s3fifoLane is cells of S3-FIFO: three queues each, and per object a few words
// with a bit for each cell. Hits up to 3 are two such words, counted for all cells
// at once; edge/policy has the rules.
type s3fifoLane[W word] struct {
	together
	states  []s3State[W]
	places  []uint32 // by object and cell: where in the ghost's queue it stands
	caches  []s3Cache
	move    uint32 // hits on probation after which an object stays
	largest []int64
}

type s3State[W word] struct {
	resident  W
	low, high W // bits of the hits since the object came into its queue
	ghost     W // remembered
}

// s3Cache is one cell's queues.
type s3Cache struct {
	small, main, ghost                ring
	smallBytes, mainBytes, ghostBytes int64
	smallLimit, mainLimit             int64 // the ghost's limit is the main queue's
	full                              bool  // has evicted once
}

func newS3FIFOLane(capacities []int64, small, largest, move float64) lane {
	return wide(len(capacities), s3fifoOf[uint8](capacities, small, largest, move),
		s3fifoOf[uint16](capacities, small, largest, move), s3fifoOf[uint32](capacities, small, largest, move))
}

func s3fifoOf[W word](capacities []int64, small, largest, move float64) func() lane {
	return func() lane {
		l := &s3fifoLane[W]{together: newTogether(capacities), move: uint32(move)}
		for _, c := range capacities {
			limit := partOf(c, small)
			l.caches = append(l.caches, s3Cache{smallLimit: limit, mainLimit: c - limit})
			l.largest = append(l.largest, partOf(c, largest))
		}
		return l
	}
}

// partOf is a share of a capacity as policies reckon it.
func partOf(capacity int64, part float64) int64 {
	if part >= 1 {
		return capacity
	}
	return int64(float64(capacity) * part)
}

func (l *s3fifoLane[W]) play(b *batch) {
	l.states = lengthened(l.states, b.objects)
	l.places = lengthened(l.places, b.objects*len(l.caches))
	b.chunks(func(asks []ask, _ int) {
		l.touch(asks)
		states, all := l.states, W(l.all)
		for _, a := range asks {
			s := &states[a.object]
			s.hit()
			if missing := all &^ s.resident; missing != 0 {
				l.admit(b, a, missing)
			}
		}
	})
}

// touch loads what will be asked for; the loads do not wait for each other.
func (l *s3fifoLane[W]) touch(asks []ask) {
	states, sum := l.states, W(0)
	for _, a := range asks {
		sum += states[a.object].resident
	}
	l.warmed += uint32(sum)
	places, n := l.places, len(l.caches)
	for _, a := range asks {
		at := 0
		if states[a.object].ghost != 0 {
			at = int(a.object) * n
		}
		l.warmed += places[at]
	}
}

// hit adds one to the hits in the cells where the object is resident, up to 3.
func (s *s3State[W]) hit() {
	carry := s.low & s.resident
	s.low = (s.low ^ s.resident) | carry&s.high
	s.high |= carry
}

func (s *s3State[W]) hits(j int) uint32 { return uint32(s.low>>(j&31)&1 | s.high>>(j&31)&1<<1) }

func (s *s3State[W]) noHits(j int) {
	s.low, s.high = without(s.low, j), without(s.high, j)
}

// oneLess takes one from at least one hit.
func (s *s3State[W]) oneLess(j int) {
	bit := W(1) << (j & 31)
	s.high ^= bit &^ s.low // borrows where low is 0
	s.low ^= bit
}

func (l *s3fifoLane[W]) admit(b *batch, a ask, missing W) {
	size := b.sizeOf(a.size)
	for ; missing != 0; missing &= missing - 1 {
		j := bits.TrailingZeros32(uint32(missing))
		p := &l.cells[j]
		if p.miss(b, a.object, size); size > l.largest[j] {
			p.refuse(size)
			continue
		}
		c := &l.caches[j]
		remembered := l.recall(b, j, a.object)
		for p.full(size) {
			v := l.victim(b, j)
			l.states[v.object].resident = without(l.states[v.object].resident, j)
			p.used -= b.sizeOf(v.size)
		}
		s := &l.states[a.object]
		s.resident |= 1 << (j & 31)
		s.noHits(j)
		p.used += size
		if remembered || !c.full && c.smallBytes >= c.smallLimit {
			c.main.push(a)
			c.mainBytes += size
			continue
		}
		c.small.push(a)
		c.smallBytes += size
	}
}

// victim takes the object that leaves cell j out of its queues.
func (l *s3fifoLane[W]) victim(b *batch, j int) ask {
	c := &l.caches[j]
	c.full = true
	if c.mainBytes <= c.mainLimit {
		for !c.small.empty() {
			l.ahead(&c.small)
			l.aheadPlaces(&c.small, j)
			a := c.small.pop()
			size := b.sizeOf(a.size)
			c.smallBytes -= size
			s := &l.states[a.object]
			if s.hits(j) < l.move {
				l.remember(b, j, a)
				return a
			}
			s.noHits(j)
			c.main.push(a)
			c.mainBytes += size
		}
	}
	for {
		l.ahead(&c.main)
		a := c.main.pop()
		s := &l.states[a.object]
		if s.hits(j) == 0 {
			c.mainBytes -= b.sizeOf(a.size)
			return a
		}
		s.oneLess(j)
		c.main.push(a)
	}
}

// forgotten is the object of a place in a ghost's queue whose object came back.
const forgotten = 1<<32 - 1

// remember puts an object that leaves cell j into its ghost.
func (l *s3fifoLane[W]) remember(b *batch, j int, a ask) {
	c, size := &l.caches[j], b.sizeOf(a.size)
	if size > c.mainLimit {
		return
	}
	for c.ghostBytes > c.mainLimit-size {
		l.ahead(&c.ghost)
		old := c.ghost.pop()
		if old.object == forgotten {
			continue
		}
		l.states[old.object].ghost = without(l.states[old.object].ghost, j)
		c.ghostBytes -= b.sizeOf(old.size)
	}
	l.states[a.object].ghost |= 1 << (j & 31)
	l.places[int(a.object)*len(l.caches)+j] = c.ghost.push(a)
	c.ghostBytes += size
}

// recall forgets an object and tells whether cell j remembered it.
func (l *s3fifoLane[W]) recall(b *batch, j int, object uint32) bool {
	s := &l.states[object]
	if !has(s.ghost, j) {
		return false
	}
	s.ghost = without(s.ghost, j)
	c := &l.caches[j]
	place := c.ghost.at(l.places[int(object)*len(l.caches)+j])
	c.ghostBytes -= b.sizeOf(place.size)
	place.object = forgotten
	return true
}

// ahead loads what is known of the next objects of a queue; the loads do not wait
// for each other.
func (l *s3fifoLane[W]) ahead(queue *ring) {
	if queue.head%aheadSize != 0 {
		return
	}
	states, sum := l.states, W(0)
	for _, a := range queue.next(aheadSize) {
		if a.object != forgotten {
			sum += states[a.object].low
		}
	}
	l.warmed += uint32(sum)
}

// aheadPlaces loads where the next objects of a queue will be remembered by cell j.
func (l *s3fifoLane[W]) aheadPlaces(queue *ring, j int) {
	if queue.head%aheadSize != 0 {
		return
	}
	places, n, sum := l.places, len(l.caches), uint32(0)
	for _, a := range queue.next(aheadSize) {
		sum += places[int(a.object)*n+j]
	}
	l.warmed += sum
}
