package curve

import "math/bits"

// state is what cells that play together know of an object: a bit for each cell.
type state[W word] struct {
	resident W
	visited  W // asked for since the hand last passed
}

// states are by object.
type states[W word] []state[W]

// handLane is cells of CLOCK or SIEVE: a queue each, and two words of state. All
// cells in which an object is resident note a visit by one OR.
type handLane[W word] struct {
	together
	states states[W]
	hands  []hand[W]
}

// hand is a cell's queue and where it looks for a victim.
type hand[W word] interface {
	push(a ask)
	// victim takes out the object that leaves cell j.
	victim(all states[W], j int) ask
}

func newClockLane(capacities []int64) lane {
	return wide(len(capacities), clockOf[uint8](capacities), clockOf[uint16](capacities), clockOf[uint32](capacities))
}

func newSieveLane(capacities []int64) lane {
	return wide(len(capacities), sieveOf[uint8](capacities), sieveOf[uint16](capacities), sieveOf[uint32](capacities))
}

func clockOf[W word](capacities []int64) func() lane {
	return handsOf(capacities, func() hand[W] { return new(clockHand[W]) })
}

func sieveOf[W word](capacities []int64) func() lane {
	return handsOf(capacities, func() hand[W] { return new(sieveHand[W]) })
}

func handsOf[W word](capacities []int64, newHand func() hand[W]) func() lane {
	return func() lane {
		l := &handLane[W]{together: newTogether(capacities)}
		for range capacities {
			l.hands = append(l.hands, newHand())
		}
		return l
	}
}

func (l *handLane[W]) play(b *batch) {
	l.states = lengthened(l.states, b.objects)
	b.chunks(func(asks []ask, _ int) {
		known, all, sum := l.states, W(l.all), W(0)
		for _, a := range asks {
			sum += known[a.object].resident
		}
		l.warmed += uint32(sum)
		for _, a := range asks {
			s := &known[a.object]
			s.visited |= s.resident
			if missing := all &^ s.resident; missing != 0 {
				l.admit(b, a, missing)
			}
		}
	})
}

func (l *handLane[W]) admit(b *batch, a ask, missing W) {
	size := b.sizeOf(a.size)
	kept := W(0)
	for ; missing != 0; missing &= missing - 1 {
		j := bits.TrailingZeros32(uint32(missing))
		p := &l.cells[j]
		if !p.missed(b, a.object, size) {
			continue
		}
		for p.full(size) {
			v := l.hands[j].victim(l.states, j)
			l.states[v.object].resident = without(l.states[v.object].resident, j)
			p.used -= b.sizeOf(v.size)
		}
		l.hands[j].push(a)
		kept |= 1 << j
		p.used += size
	}
	l.states[a.object].resident |= kept // unvisited: who left was
}

// ahead loads what is known of the next objects of a queue; the loads do not wait
// for each other.
func (t states[W]) ahead(q *ring) {
	if q.head%aheadSize != 0 {
		return
	}
	sum := W(0)
	for _, a := range q.next(aheadSize) {
		sum += t[a.object].visited
	}
	q.warmed += uint32(sum)
}

// clockHand is CLOCK as a queue: its oldest goes back to the end without its
// visit, or leaves where it has none.
type clockHand[W word] struct{ queue ring }

func (h *clockHand[W]) push(a ask) { h.queue.push(a) }

func (h *clockHand[W]) victim(all states[W], j int) ask {
	for {
		all.ahead(&h.queue)
		a := h.queue.pop()
		s := &all[a.object]
		if !has(s.visited, j) {
			return a
		}
		s.visited = without(s.visited, j)
		h.queue.push(a)
	}
}

// sieveHand is SIEVE as two queues: those that the hand has not yet passed in its
// round, new ones at the end, and those that it has passed and spared, in their
// order. When it has passed the newest, the spared ones are the queue. So the
// hand moves through memory in sequence, where a list would be chased.
type sieveHand[W word] struct{ ahead, spared ring }

func (h *sieveHand[W]) push(a ask) { h.ahead.push(a) }

func (h *sieveHand[W]) victim(all states[W], j int) ask {
	for {
		all.ahead(&h.ahead)
		a := h.ahead.pop()
		s := &all[a.object]
		out := !has(s.visited, j)
		s.visited = without(s.visited, j)
		if !out {
			h.spared.push(a)
		}
		if h.ahead.empty() {
			h.ahead, h.spared = h.spared, ring{asks: h.ahead.asks}
		}
		if out {
			return a
		}
	}
}
