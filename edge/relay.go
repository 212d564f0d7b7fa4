package edge

import (
	"io"

	"edgesim/results"
)

// stretch is a piece of a response's body: some text, or bytes of the object.
type stretch struct {
	text []byte // nil: span
	span
}

func lengthOf(list []stretch) (n int64) {
	for i := range list {
		n += int64(len(list[i].text)) + list[i].to - list[i].from
	}
	return n
}

// source is where the bytes of an object come from: one body, or slices.
type source interface {
	// open returns a reader of a beginning of at. It calls wait before it waits
	// for anything.
	open(at span, wait func()) (*stream, error)
	close()
}

// relay hands fasthttp a body that is made of stretches: the parts of a
// multipart response, or slices one after the other. Like a stream it flushes
// what is buffered before it waits.
type relay struct {
	v     *viewer
	from  source
	todo  []stretch
	wrote int64
}

// first is the first of the object's bytes that it sends.
func (r *relay) first() span {
	for i := range r.todo {
		if r.todo[i].text == nil {
			return r.todo[i].span
		}
	}
	return span{}
}

// SupportsBodyWriteTo tells fasthttp that WriteTo may replace Read.
func (r *relay) SupportsBodyWriteTo() bool { return true }

// WriteTo writes the stretches as their bytes arrive. An error means that the
// response is broken; see stream.WriteTo.
func (r *relay) WriteTo(w io.Writer) (int64, error) {
	wait := func() {}
	if f, ok := w.(flusher); ok {
		wait = func() { _ = f.Flush() } // an error shows at the next write
	}
	for i := range r.todo {
		if err := r.write(w, &r.todo[i], wait); err != nil {
			return r.wrote, err
		}
	}
	return r.wrote, nil
}

func (r *relay) write(w io.Writer, s *stretch, wait func()) error {
	if s.text != nil {
		n, err := w.Write(s.text)
		r.wrote += int64(n)
		return err
	}
	for at := s.span; at.from < at.to; {
		n, err := r.some(w, at, wait)
		at.from += n
		r.wrote += n
		if err != nil {
			return err
		}
		if n == 0 {
			return io.ErrUnexpectedEOF
		}
	}
	return nil
}

// some writes a beginning of at.
func (r *relay) some(w io.Writer, at span, wait func()) (int64, error) {
	s, err := r.from.open(at, wait)
	if err != nil {
		wait() // the viewer gets what has come, and then the break
		r.broke()
		return 0, err
	}
	s.v = r.v
	n, err := s.WriteTo(w)
	s.Close()
	return n, err
}

func (r *relay) broke() {
	rec := &r.v.rec
	rec.Flags |= results.Truncated
	rec.Result, rec.Detail = results.Error, results.OriginReadError
}

// Read is there because fasthttp's types want it; WriteTo is what it calls.
func (r *relay) Read([]byte) (int, error) { panic("edge: a relay is written, not read") }

// Close gives up what was not read.
func (r *relay) Close() error {
	r.from.close()
	r.v.rec.BodyBytes = r.wrote
	return nil
}

// wholeBody is a source that has everything in one body, which its stream holds.
// The stream stands behind what is being read: should the body lose its memory
// and get a window, that must not wait for one who never reads on.
type wholeBody struct{ hold *stream }

func (b *wholeBody) open(at span, _ func()) (*stream, error) {
	s, ok := newStream(b.hold.b, at.from, at.to)
	if !ok {
		return nil, errGone
	}
	b.hold.narrow(at.to, at.to)
	return s, nil
}

func (b *wholeBody) close() { b.hold.Close() }
