package curve

import "math/bits"

// state is what cells that play together know of an object: a bit for each cell.
type state struct {
	resident uint32
	visited  uint32 // asked for since the hand last passed
}

// handLane is cells of CLOCK or SIEVE: a queue each, and two words of state. All
// cells in which an object is resident note a visit by one OR.
type handLane struct {
	together
	states []state
	hands  []hand
}

// hand is a cell's queue and where it looks for a victim.
type hand interface {
	push(a ask)
	// victim takes out the object that leaves cell j.
	victim(states []state, j int) ask
}

func newHandLane(capacities []int64, newHand func() hand) lane {
	l := &handLane{together: newTogether(capacities)}
	for range capacities {
		l.hands = append(l.hands, newHand())
	}
	return l
}

func newClockLane(capacities []int64) lane {
	return newHandLane(capacities, func() hand { return new(clockHand) })
}

func newSieveLane(capacities []int64) lane {
	return newHandLane(capacities, func() hand { return new(sieveHand) })
}

func (l *handLane) play(b *batch) {
	l.states = lengthened(l.states, b.objects)
	b.chunks(func(asks []ask, _ int) {
		sum := uint32(0)
		for _, a := range asks {
			sum += l.states[a.object].resident
		}
		l.warmed += sum
		for _, a := range asks {
			s := &l.states[a.object]
			s.visited |= s.resident
			if missing := l.all &^ s.resident; missing != 0 {
				l.admit(b, a, missing)
			}
		}
	})
}

func (l *handLane) admit(b *batch, a ask, missing uint32) {
	size := b.sizeOf(a.size)
	kept := uint32(0)
	for ; missing != 0; missing &= missing - 1 {
		j := bits.TrailingZeros32(missing)
		p := &l.cells[j]
		if !p.missed(b, a.object, size) {
			continue
		}
		for p.full(size) {
			v := l.hands[j].victim(l.states, j)
			l.states[v.object].resident &^= 1 << j
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
func (q *ring) ahead(states []state) {
	if q.head%aheadSize != 0 {
		return
	}
	sum := uint32(0)
	for _, a := range q.next(aheadSize) {
		sum += states[a.object].visited
	}
	q.warmed += sum
}

// clockHand is CLOCK as a queue: its oldest goes back to the end without its
// visit, or leaves where it has none.
type clockHand struct{ queue ring }

func (h *clockHand) push(a ask) { h.queue.push(a) }

func (h *clockHand) victim(states []state, j int) ask {
	for {
		h.queue.ahead(states)
		a := h.queue.pop()
		s := &states[a.object]
		if s.visited>>j&1 == 0 {
			return a
		}
		s.visited &^= 1 << j
		h.queue.push(a)
	}
}

// sieveHand is SIEVE as two queues: those that the hand has not yet passed in its
// round, new ones at the end, and those that it has passed and spared, in their
// order. When it has passed the newest, the spared ones are the queue. So the
// hand moves through memory in sequence, where a list would be chased.
type sieveHand struct{ ahead, spared ring }

func (h *sieveHand) push(a ask) { h.ahead.push(a) }

func (h *sieveHand) victim(states []state, j int) ask {
	for {
		h.ahead.ahead(states)
		a := h.ahead.pop()
		s := &states[a.object]
		out := s.visited>>j&1 == 0
		s.visited &^= 1 << j
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
