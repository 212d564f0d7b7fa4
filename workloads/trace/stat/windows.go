package stat

import "math/bits"

// windows cut a trace into spans of equal length and count the distinct objects of
// each, whatever the length of the trace, in one reading: when the spans run out,
// neighbours are made one and their length doubles.
//
// Two spans' distinct objects do not add up: those of both count once. So the pairs
// are kept, too. Let an object's request fall into span k and its last one before
// into span j < k, and let bit L be the highest in which k and j differ. Then j lies
// in the left and k in the right half of one node of level L+1 of the binary tree
// over the spans, and the object had not been asked for in the right half before.
// Each object of both halves is met exactly once this way, so
//
//	distinct(node) = distinct(left) + distinct(right) − met(node)
//
// holds at every level, which is what making two spans one takes.
type windows struct {
	width int64 // of a span: ns, or requests
	last  int   // span of the last request
	spans []span
	met   [levels][]pair // by level, from 1; a node's number is that of its spans shifted
}

// span is what one window has seen.
type span struct {
	requests, bytes      int64
	objects, objectBytes int64 // distinct
	fresh, freshBytes    int64 // of those, asked for the first time ever
}

// pair are objects that two halves have in common.
type pair struct{ objects, bytes int64 }

const (
	levels    = 8
	spansMost = 1 << levels
	leastTime = 1e6 // ns: the first width of a window
)

func newWindows(times bool) windows {
	w := windows{width: 1, spans: make([]span, spansMost)}
	if times {
		w.width = leastTime
	}
	for l := range w.met {
		w.met[l] = make([]pair, spansMost>>(l+1))
	}
	return w
}

// spanOf is the span of a moment, for which room is made.
func (w *windows) spanOf(at int64) int {
	for at/w.width >= spansMost {
		w.double()
	}
	w.last = max(w.last, int(at/w.width))
	return int(at / w.width)
}

func (w *windows) addNew(at, size int64) {
	k := w.spanOf(at)
	s := &w.spans[k]
	s.requests++
	s.bytes += size
	s.objects++
	s.objectBytes += size
	s.fresh++
	s.freshBytes += size
}

// add takes a request for an object that was asked for before, then.
func (w *windows) add(at, then, size int64) {
	k := w.spanOf(at)
	s := &w.spans[k]
	s.requests++
	s.bytes += size
	j := int(then / w.width)
	if j == k {
		return
	}
	s.objects++
	s.objectBytes += size
	level := bits.Len(uint(j^k)) - 1
	met := &w.met[level][k>>(level+1)]
	met.objects++
	met.bytes += size
}

// double makes spans twice as long.
func (w *windows) double() {
	w.width *= 2
	w.last /= 2
	for i := range spansMost / 2 {
		a, b, met := w.spans[2*i], w.spans[2*i+1], w.met[0][i]
		w.spans[i] = span{
			requests: a.requests + b.requests, bytes: a.bytes + b.bytes,
			objects: a.objects + b.objects - met.objects, objectBytes: a.objectBytes + b.objectBytes - met.bytes,
			fresh: a.fresh + b.fresh, freshBytes: a.freshBytes + b.freshBytes,
		}
	}
	clear(w.spans[spansMost/2:])
	for l := range levels - 1 {
		n := copy(w.met[l], w.met[l+1])
		clear(w.met[l][n:])
	}
	clear(w.met[levels-1])
}

// seen are the spans up to that of the last request.
func (w *windows) seen() []span { return w.spans[:w.last+1] }
