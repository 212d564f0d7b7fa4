package virtual

// event is something that happens at a moment, unless a request comes first.
type event struct {
	at   int64  // virtual time, ns
	seq  uint64 // of events at one moment, the one that was planned first comes first
	what what
	f    *flight
	x    *exchange
	a    *ask
}

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

// plan adds an event of a flight or of an exchange.
func (e *events) plan(at int64, w what, f *flight, x *exchange) {
	e.add(event{at: at, what: w, f: f, x: x})
}

// add adds an event.
func (e *events) add(it event) {
	e.seq++
	it.seq = e.seq
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
	h[last] = event{}
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
	if later := e.what == reads; later != (x.what == reads) {
		return !later
	}
	return e.seq < x.seq
}
