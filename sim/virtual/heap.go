package virtual

// event is something that happens at a moment, unless a request comes first. It
// has no pointers: the heap costs the garbage collector nothing, and a move 24
// bytes.
type event struct {
	at    int64  // virtual time, ns
	order uint64 // of events at one moment: reads come last | which was planned first | what
	who   int32  // number of the flight, exchange or ask that it happens to,
	rider int32  // and of the ask that waits for the flight
}

// The parts of event.order.
const (
	whatBits  = 8
	lastOfAll = 1 << 63
)

func (e *event) what() what { return what(e.order & (1<<whatBits - 1)) }

// what happens.
type what uint8

const (
	arrives   what = iota // the exchange's request reaches its origin
	resumes               // the outage is over in which the exchange hung
	answered              // the exchange has a header, or has failed
	leaves                // the exchange's place at the origin becomes free
	overdue               // the exchange's time is over
	crowded               // the flight has waited long enough for a connection
	comes                 // the request reaches a tier
	tells                 // the flight's tier has answered
	outgrown              // the flight's body has become larger than what is kept
	lands                 // the flight's body has come to its end
	reads                 // the request has read a slice to its end
	impatient             // the rider has waited long enough for the flight
)

// events is a heap of what is to happen, the next first: a 4-ary one, which is
// half as deep as a binary one and has a node's children in two cache lines.
type events struct {
	heap []event
	seq  uint64
}

// plan adds an event, of whom that number is.
func (e *events) plan(at int64, w what, who int32) { e.planFor(at, w, who, 0) }

// planFor adds an event of a flight and one who rides it.
func (e *events) planFor(at int64, w what, who, rider int32) {
	e.seq++
	it := event{at: at, order: e.seq<<whatBits | uint64(w), who: who, rider: rider}
	if w == reads {
		it.order |= lastOfAll
	}
	e.heap = append(e.heap, it)
	h := e.heap
	i := len(h) - 1
	for i > 0 {
		up := (i - 1) / 4
		if !it.before(&h[up]) {
			break
		}
		h[i], h[up] = h[up], it
		i = up
	}
}

// due reports whether something happens until a moment, it included.
func (e *events) due(at int64) bool { return len(e.heap) > 0 && e.heap[0].at <= at }

// next takes the next event out.
func (e *events) next() event {
	h := e.heap
	first, last := h[0], len(h)-1
	it := h[last]
	e.heap = h[:last]
	if h = e.heap; last > 0 {
		sink(h, it)
	}
	return first
}

// sink puts it where it belongs from the top on.
func sink(h []event, it event) {
	i := 0
	for {
		child := 4*i + 1
		if child >= len(h) {
			break
		}
		least := child
		for c := child + 1; c < min(child+4, len(h)); c++ {
			if h[c].before(&h[least]) {
				least = c
			}
		}
		if !h[least].before(&it) {
			break
		}
		h[i] = h[least]
		i = least
	}
	h[i] = it
}

// before orders events by moment. What a flight has brought is in the cache before
// those who read it to its end look for more.
func (e *event) before(x *event) bool {
	if e.at != x.at {
		return e.at < x.at
	}
	return e.order < x.order
}
