package curve

// ring is a queue of asks: objects in the order in which they were stored, with
// the sizes they were stored with. It is read and written in sequence, so that it
// costs no cache misses. Places are numbered by when they were pushed.
type ring struct {
	asks       []ask  // as long as a power of two
	head, tail uint32 // the next to pop; the next to push
	warmed     uint32 // keeps the compiler from leaving the touching out
}

func (r *ring) empty() bool { return r.head == r.tail }

func (r *ring) push(a ask) uint32 {
	if int(r.tail-r.head) == len(r.asks) {
		r.grow()
	}
	at := r.tail
	r.asks[at&uint32(len(r.asks)-1)] = a
	r.tail++
	return at
}

// next are up to n entries from the head on, those that lie together.
func (r *ring) next(n int) []ask {
	at := int(r.head) & (len(r.asks) - 1)
	return r.asks[at:min(at+min(n, int(r.tail-r.head)), len(r.asks))]
}

func (r *ring) pop() ask {
	a := r.asks[r.head&uint32(len(r.asks)-1)]
	r.head++
	return a
}

func (r *ring) grow() {
	grown := make([]ask, max(64, 2*len(r.asks)))
	for i := r.head; i != r.tail; i++ {
		grown[i&uint32(len(grown)-1)] = r.asks[i&uint32(len(r.asks)-1)]
	}
	r.asks = grown
}
