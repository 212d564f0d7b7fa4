package live

import (
	"errors"
	"io"
	"sync"
	"time"

	"edgesim/sim/origin"
)

// body is the response's body: it makes the bytes when their time has come.
//
// fasthttp would hold back the first bytes of a body of known length; so body
// writes itself (fasthttp.BodyWriterTo) and flushes the connection's buffer
// whenever it is about to wait. All times count from begin, so what a late
// timer or a slow client costs is made up for and nothing drifts.
type body struct {
	s            *Server
	key, version uint64
	off, n       int64 // the bytes from off on, n of them
	cut          int64 // where it breaks off; n: it does not
	curve        origin.Curve
	begin        time.Time // when the first byte of the response was due
	read         int64     // by Read
}

// bufLen is the most that is made at once. Buffers are taken only while
// writing, never while waiting, so thousands of slow bodies need few of them.
const bufLen = 64 << 10

var buffers = sync.Pool{New: func() any { return new([bufLen]byte) }}

var (
	errTruncated = errors.New("origin: the body breaks off here, as the model says")
	errKilled    = errors.New("origin: shut down before the body was complete")
)

// SupportsBodyWriteTo tells fasthttp to call WriteTo instead of Read.
func (b *body) SupportsBodyWriteTo() bool { return true }

type flusher interface{ Flush() error }

// WriteTo writes the body as its curve says. An error makes fasthttp close the
// connection, so that the client can tell a broken body from a whole one.
func (b *body) WriteTo(w io.Writer) (done int64, err error) {
	f, _ := w.(flusher) // a chunked writer has none: it flushes every chunk
	for done < b.cut {
		due := b.due()
		if due <= done {
			if err = b.wait(f, done); err != nil {
				return done, err
			}
			continue
		}
		n, err := b.write(w, done, min(due, b.cut))
		if done += n; err != nil {
			return done, err
		}
	}
	return done, b.end(f)
}

// due is how many bytes should be out by now, in whole pieces but for the last.
func (b *body) due() int64 {
	if !b.paced() {
		return b.n
	}
	due := min(b.curve.Sent(time.Since(b.begin)), b.n)
	if due < b.n {
		due -= due % b.curve.Piece
	}
	return due
}

func (b *body) paced() bool { return b.curve.Every > 0 || b.curve.Bandwidth > 0 }

// wait sends what is buffered and sleeps until the next piece is due.
func (b *body) wait(f flusher, done int64) error {
	if err := b.flush(f); err != nil {
		return err
	}
	next := min(done-done%b.curve.Piece+b.curve.Piece, b.n)
	if !b.s.waitUntil(b.begin.Add(b.curve.Due(next)), b.s.kill) {
		return errKilled
	}
	return nil
}

// write makes and writes the bytes from..to, and returns how many it wrote.
func (b *body) write(w io.Writer, from, to int64) (n int64, err error) {
	buf := buffers.Get().(*[bufLen]byte)
	defer buffers.Put(buf)
	for at := from; at < to; {
		p := buf[:min(to-at, bufLen)]
		origin.Fill(p, b.key, b.version, b.off+at)
		m, err := w.Write(p)
		at += int64(m)
		b.s.count.bodyBytes.Add(uint64(m))
		if err != nil {
			b.s.count.aborted.Add(1)
			return at - from, err
		}
	}
	return to - from, nil
}

// end sends what is left in the buffer, and breaks the body off where it must.
func (b *body) end(f flusher) error {
	if err := b.flush(f); err != nil {
		return err
	}
	if b.cut < b.n {
		b.s.count.truncated.Add(1)
		return errTruncated
	}
	return nil
}

func (b *body) flush(f flusher) error {
	if f == nil {
		return nil
	}
	if err := f.Flush(); err != nil {
		b.s.count.aborted.Add(1)
		return err
	}
	return nil
}

// Read is for readers other than fasthttp's server: it gives the bytes without
// their pace.
func (b *body) Read(p []byte) (int, error) {
	if b.read >= b.cut {
		if b.cut < b.n {
			return 0, errTruncated
		}
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), b.cut-b.read)]
	origin.Fill(p, b.key, b.version, b.off+b.read)
	b.read += int64(len(p))
	return len(p), nil
}

// Close ends the request: fasthttp calls it once, however the body ended.
func (b *body) Close() error {
	s := b.s
	*b = body{}
	s.bodies.Put(b)
	s.ended()
	return nil
}
