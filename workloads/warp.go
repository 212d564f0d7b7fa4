package workloads

import "time"

// warp is arrivals in the time of a shape: what they put at u comes at F⁻¹(u). As
// neither goes back, it goes from piece to piece, and looks up nothing.
type warp struct {
	arrivals Arrivals
	shape    *Shape
	from     time.Duration // where the piece begins
	piece    Piece
	length   float64 // of the piece, ns
	area     float64 // of the piece, ns
	passed   clock   // F(from)
	last     time.Duration
}

func newWarp(a Arrivals, s *Shape) *warp {
	w := &warp{arrivals: a, shape: s}
	w.enter()
	return w
}

// enter takes up the piece that begins at from.
func (w *warp) enter() {
	w.piece = w.shape.piece(w.from)
	w.length = float64(w.piece.End - w.from)
	w.area = w.piece.area(w.length)
}

// Next implements Arrivals.
func (w *warp) Next() time.Duration {
	u := w.arrivals.Next()
	if u == forever {
		return forever
	}
	v := float64(u-w.passed.at) - w.passed.fraction
	for v > w.area || w.area <= 0 {
		if w.from = w.piece.End; w.from >= w.shape.length {
			w.from, w.piece.End = forever, forever
			return forever
		}
		w.passed.advance(max(0, w.area))
		v = float64(u-w.passed.at) - w.passed.fraction
		w.enter()
	}
	at := w.from + min(nanoseconds(w.piece.when(max(0, v), w.length)), w.piece.End-w.from)
	w.last = max(w.last, at)
	return w.last
}
