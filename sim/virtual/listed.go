package virtual

import mathbits "math/bits"

// listed finds the flights under way by the hash of their key: an open-addressing
// table with linear probing and deletion by backward shift, as policy.Index has
// it. Flights come and go with every miss, and there are few at a time.
type listed struct {
	table []listing // a power of two; nil: nobody has been listed yet
	n     int
}

// listing is a place of the table; f nil: it is free.
type listing struct {
	hash uint64
	f    *flight
}

// leastListed is the size of the smallest table.
const leastListed = 16

// home is where a hash would stand if it were alone. The hash's own low bits have
// chosen the partition.
func (l *listed) home(hash uint64) int {
	return int(hash * 0x9e3779b97f4a7c15 >> (64 - mathbits.TrailingZeros(uint(len(l.table)))))
}

// find is the flight under a hash; nil: there is none.
func (l *listed) find(hash uint64) *flight {
	if l.n == 0 {
		return nil
	}
	return l.table[l.place(hash)].f
}

// place is where a hash stands, or would be put.
func (l *listed) place(hash uint64) int {
	mask := len(l.table) - 1
	at := l.home(hash)
	for l.table[at].f != nil && l.table[at].hash != hash {
		at = (at + 1) & mask
	}
	return at
}

// put lists a flight, in the place of one that has the same hash.
func (l *listed) put(hash uint64, f *flight) {
	if 2*(l.n+1) > len(l.table) {
		l.grow()
	}
	at := l.place(hash)
	if l.table[at].f == nil {
		l.n++
	}
	l.table[at] = listing{hash, f}
}

func (l *listed) grow() {
	old := l.table
	l.table = make([]listing, max(leastListed, 2*len(old)))
	for _, x := range old {
		if x.f != nil {
			l.table[l.place(x.hash)] = x
		}
	}
}

// drop takes a flight out, unless another has taken its place.
func (l *listed) drop(hash uint64, f *flight) {
	if l.n == 0 {
		return
	}
	gap := l.place(hash)
	if l.table[gap].f != f {
		return
	}
	l.n--
	mask := len(l.table) - 1
	for at := (gap + 1) & mask; l.table[at].f != nil; at = (at + 1) & mask {
		if (at-l.home(l.table[at].hash))&mask >= (at-gap)&mask {
			l.table[gap] = l.table[at]
			gap = at
		}
	}
	l.table[gap] = listing{}
}
