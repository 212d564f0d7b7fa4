package curve

import "math/bits"

// s3fifoLane is cells of S3-FIFO: three queues each, and per object a few words
// with a bit for each cell. Hits up to 3 are two such words, counted for all cells
// at once; edge/policy has the rules.
type s3fifoLane[W word] struct {
	together
	states  []s3State[W]
	caches  []s3Cache
	move    uint32 // hits on probation after which an object stays
	largest []int64
	sizes   sizesByCell
	spare   map[spareKey]int // ghosts' entries that do not count, beside the one that stale tells of
}

// s3State is one object's. Where it is not resident it has no hits, so low tells there
// whether it is remembered.
type s3State[W word] struct {
	size      uint32 // code of the size it is remembered with; mixed: it depends on the cell
	resident  W
	low, high W // bits of the hits since the object came into its queue
	stale     W // the ghost's queue has an older entry of it, from before it came back
}

type spareKey struct {
	object uint32
	cell   int
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
		l := &s3fifoLane[W]{together: newTogether(capacities), move: uint32(move), sizes: newSizesByCell(len(capacities)), spare: map[spareKey]int{}}
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
	b.chunks(func(asks []ask, _ int) {
		states, all, sum := l.states, W(l.all), W(0)
		for _, a := range asks {
			sum += states[a.object].resident
		}
		l.warmed += uint32(sum)
		for _, a := range asks {
			s := &states[a.object]
			s.hit()
			if missing := all &^ s.resident; missing != 0 {
				l.admit(b, a, missing)
			}
		}
	})
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
	s := &l.states[a.object]
	for ; missing != 0; missing &= missing - 1 {
		j := bits.TrailingZeros32(uint32(missing))
		p := &l.cells[j]
		if p.miss(b, a.object, size); size > l.largest[j] {
			p.refuse(size)
			continue
		}
		c := &l.caches[j]
		remembered := has(s.low, j)
		if remembered {
			l.recall(b, s, j, a.object)
		}
		for p.full(size) {
			p.used -= l.evict(b, j)
		}
		s.resident |= 1 << (j & 31)
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

// evict takes the object that leaves cell j out of it, and returns its size.
func (l *s3fifoLane[W]) evict(b *batch, j int) int64 {
	c := &l.caches[j]
	c.full = true
	if c.mainBytes <= c.mainLimit {
		for !c.small.empty() {
			l.ahead(&c.small)
			a := c.small.pop()
			size := b.sizeOf(a.size)
			c.smallBytes -= size
			s := &l.states[a.object]
			stays := s.hits(j) >= l.move
			s.noHits(j)
			if !stays {
				s.resident = without(s.resident, j)
				l.remember(b, s, j, a, size)
				return size
			}
			c.main.push(a)
			c.mainBytes += size
		}
	}
	for {
		l.ahead(&c.main)
		a := c.main.pop()
		s := &l.states[a.object]
		if s.hits(j) == 0 {
			s.resident = without(s.resident, j)
			size := b.sizeOf(a.size)
			c.mainBytes -= size
			return size
		}
		s.oneLess(j)
		c.main.push(a)
	}
}

// remember puts an object that has left cell j into its ghost.
func (l *s3fifoLane[W]) remember(b *batch, s *s3State[W], j int, a ask, size int64) {
	c := &l.caches[j]
	if size > c.mainLimit {
		return
	}
	for c.ghostBytes > c.mainLimit-size {
		c.ghostBytes -= l.forget(b, j)
	}
	if s.size != a.size {
		l.sizes.note(a.object, &s.size, a.size, 1<<j, uint32(s.low&^s.resident))
	}
	s.low |= 1 << (j & 31)
	c.ghost.push(a)
	c.ghostBytes += size
}

// forget takes the oldest entry out of cell j's ghost, and returns its size; 0 of one
// whose object has come back since.
func (l *s3fifoLane[W]) forget(b *batch, j int) int64 {
	l.ahead(&l.caches[j].ghost)
	old := l.caches[j].ghost.pop()
	s := &l.states[old.object]
	if !has(s.stale, j) {
		s.low = without(s.low, j)
		return b.sizeOf(old.size)
	}
	key := spareKey{old.object, j}
	if n := l.spare[key]; n == 0 {
		s.stale = without(s.stale, j)
	} else if l.spare[key]--; n == 1 {
		delete(l.spare, key)
	}
	return 0
}

// recall forgets an object that cell j remembers. Its entry stays in the ghost's queue.
func (l *s3fifoLane[W]) recall(b *batch, s *s3State[W], j int, object uint32) {
	s.low = without(s.low, j)
	l.caches[j].ghostBytes -= b.sizeOf(l.sizes.of(object, s.size, j))
	if has(s.stale, j) {
		l.spare[spareKey{object, j}]++
	}
	s.stale |= 1 << (j & 31)
}

// ahead loads what is known of the next objects of a queue; the loads do not wait
// for each other.
func (l *s3fifoLane[W]) ahead(queue *ring) {
	if queue.head%aheadSize != 0 {
		return
	}
	states, sum := l.states, W(0)
	for _, a := range queue.next(aheadSize) {
		sum += states[a.object].low
	}
	l.warmed += uint32(sum)
}
