package edge

import (
	"bufio"
	"io"
	"sync"

	"edgesim/results"
)

// stream hands a body to fasthttp. It implements fasthttp.BodyWriterTo: bytes
// go out as they arrive, and whatever is buffered is flushed before it waits
// for more. That is what gives first-byte streaming with Content-Length kept:
// fasthttp itself would hold header and first bytes back.
type stream struct {
	reader
	v     *viewer // told how much went out; nil: nobody
	wrote int64
	base  int64 // where in the object the body begins: a slice's offset
}

var streams = sync.Pool{New: func() any { return new(stream) }}

// newStream reads [from, to) of b; to < 0 means to its end. It reports false
// when the beginning of that is not kept any more.
func newStream(b *body, from, to int64) (*stream, bool) {
	s := streams.Get().(*stream)
	*s = stream{reader: reader{off: from, end: to}}
	if !b.open(&s.reader) {
		s.Close()
		return nil, false
	}
	return s, true
}

// narrow moves a reader that has not begun to [from, to).
func (s *stream) narrow(from, to int64) {
	s.b.mu.Lock()
	s.off, s.end = from, to
	s.b.mu.Unlock()
	s.b.wake.Broadcast()
}

// SupportsBodyWriteTo tells fasthttp that WriteTo may replace Read.
func (s *stream) SupportsBodyWriteTo() bool { return true }

type flusher interface{ Flush() error }

// WriteTo writes the body as it arrives. An error means that the response is
// broken: fasthttp closes the connection, without a last chunk where the
// response is chunked and short of its length where it has one.
func (s *stream) WriteTo(w io.Writer) (int64, error) {
	f, canFlush := w.(flusher)
	for {
		p, err := s.b.next(&s.reader)
		switch {
		case err == io.EOF:
			return s.wrote, nil
		case err != nil:
			if canFlush {
				_ = f.Flush() // the viewer gets what has come, and then the break
			}
			s.broke()
			return s.wrote, err
		case p == nil:
			if canFlush {
				if err := f.Flush(); err != nil {
					return s.wrote, err
				}
			}
			s.b.await(&s.reader)
			if s.v != nil {
				s.v.ask.now = s.v.e.now()
			}
			continue
		}
		n, err := s.write(w, p)
		s.b.advance(&s.reader, n)
		s.wrote += int64(n)
		if err != nil {
			return s.wrote, err
		}
	}
}

// write hands p on: into the server's buffer where it fits, so that it leaves
// together with the header in front of it and with whatever comes behind; else,
// with all that has come behind it, in one call to the system with the header.
func (s *stream) write(w io.Writer, p []byte) (int, error) {
	buf, ok := w.(*bufio.Writer)
	if !ok || s.v == nil || len(p) <= buf.Available() {
		return w.Write(p)
	}
	v := s.v
	v.behind = s.b.more(&s.reader, append(v.behind[:0], p), len(p), mostAtOnce)
	return v.flushWith(buf)
}

// mostAtOnce is how much of a body is handed to the system in one call, in
// bytes, about what a socket's buffer takes.
const mostAtOnce = 1 << 20

// broke notes in the viewer's record that its response breaks off, through no
// doing of the viewer's.
func (s *stream) broke() {
	if s.v != nil {
		r := &s.v.rec
		r.Flags |= results.Truncated
		r.Result, r.Detail = results.Error, results.OriginReadError
	}
}

// Read is the plain way to the same bytes.
func (s *stream) Read(p []byte) (int, error) {
	for {
		q, err := s.b.next(&s.reader)
		if err != nil {
			return 0, err
		}
		if q != nil {
			n := copy(p, q)
			s.b.advance(&s.reader, n)
			return n, nil
		}
		s.b.await(&s.reader)
	}
}

// Close gives the reader back. fasthttp calls it once, whatever happened.
func (s *stream) Close() error {
	if s.b != nil {
		if s.v != nil {
			s.v.rec.BodyBytes = s.wrote
		}
		s.b.closeReader(&s.reader)
		*s = stream{}
		streams.Put(s)
	}
	return nil
}
