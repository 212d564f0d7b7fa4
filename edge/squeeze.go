package edge

import (
	"bytes"
	"io"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

// Compression (reference 1.9, docs/adr/0011): an eligible response is compressed
// while it comes in from the origin, and kept so. A hit costs nothing.

// coding is what the edge did to an object's body.
type coding uint8

const (
	untouched coding = iota // nothing, and would do nothing for anybody
	identity                // nothing for this object; another viewer's may be compressed
	gzipped
	brotlied
)

var codingNames = [...]string{gzipped: "gzip", brotlied: "br"}

// The levels: each is where the curve of size over time bends. Brotli 5 is the
// first to model contexts, and 8 % smaller on text than 3; 6 gains 0.1 %. Gzip 6
// gains 5 % over 3, and 9 another 3 % for several times the work. Brotli's window
// of 256 KiB costs 2 to 4 MB an encoder instead of 14 with 4 MiB, for files that
// are mostly smaller than either.
const (
	gzipLevel     = 6
	brotliLevel   = 5
	brotliWindow  = 18 // bits
	squeezeBuffer = 32 << 10
)

// encoder is what the two compressors have in common.
type encoder interface {
	io.WriteCloser
	Flush() error
	Reset(w io.Writer)
}

// squeezers are the encoders, of which no more than limit are at work at a time:
// beyond it objects are kept as they come.
type squeezers struct {
	limit  int64
	atWork atomic.Int64
	pools  [len(codingNames)]sync.Pool
}

// squeezer compresses one body.
type squeezer struct {
	encoder
	as  coding
	buf [squeezeBuffer]byte
}

// take gets an encoder; nil when as many as may be are at work.
func (q *squeezers) take(as coding) *squeezer {
	if q.atWork.Add(1) > q.limit {
		q.atWork.Add(-1)
		return nil
	}
	if s, ok := q.pools[as].Get().(*squeezer); ok {
		return s
	}
	s := &squeezer{as: as}
	if as == brotlied {
		s.encoder = brotli.NewWriterOptions(nil, brotli.WriterOptions{Quality: brotliLevel, LGWin: brotliWindow})
	} else {
		s.encoder, _ = gzip.NewWriterLevel(nil, gzipLevel) // fails for levels that are not there only
	}
	return s
}

// give takes an encoder back. nil is none.
func (q *squeezers) give(s *squeezer) {
	if s == nil {
		return
	}
	s.Reset(nil)
	q.pools[s.as].Put(s)
	q.atWork.Add(-1)
}

// choose is the coding for who takes a form of Accept-Encoding (see
// behavior.Rule.AcceptEncoding): brotli where there is a choice.
func choose(takes []byte) coding {
	switch {
	case bytes.HasPrefix(takes, []byte("br")):
		return brotlied
	case len(takes) > 0:
		return gzipped
	}
	return identity
}

// squeeze decides whether the flight compresses what it fetches, and dresses the
// object for that. The header of a HEAD's response is dressed as a GET's would
// be (RFC 9110 §9.3.2).
func (f *flight) squeeze(o *object) {
	if !f.rule.Compresses() || !o.squeezable() {
		return
	}
	if o.coding = choose(f.takes); o.sliced {
		o.coding = identity // its parts come and go one by one
	}
	if o.squeezed() && !f.bodiless() {
		f.squeezer = f.e.squeezers.take(o.coding)
		if f.squeezer == nil {
			o.coding = identity
		}
	}
	if o.squeezed() {
		o.length = -1
	}
	o.dress()
}

// dress makes the object's fields those of its coding: Content-Encoding, an
// entity tag that does not promise the origin's bytes (RFC 9110 §8.8.1), and no
// digests of those. Vary is there for whoever might have got another coding.
func (o *object) dress() {
	if o.coding == untouched {
		return
	}
	dressed, varies := make(block, 0, len(o.block)+len("Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n")+len("W/")), false
	for name, value := range o.block.all() {
		if is(name, "Vary") && (listed(value, []byte("Accept-Encoding")) || listed(value, []byte{'*'})) {
			varies = true
		}
		if o.squeezed() {
			switch {
			case is(name, "Content-Encoding") || digest(name):
				continue
			case is(name, "ETag"):
				if value = weakened(value); value == nil {
					continue
				}
			}
		}
		dressed = dressed.add(name, value)
	}
	if o.squeezed() {
		dressed = dressed.add([]byte("Content-Encoding"), bytesOf(codingNames[o.coding]))
	}
	if !varies {
		dressed = dressed.add([]byte("Vary"), []byte("Accept-Encoding"))
	}
	o.block = dressed
	o.etag = dressed.get("ETag")
}

// dressLike dresses an object that renews old, of which it has the body. What
// old's Vary had for its coding alone selects among no variants.
func (o *object) dressLike(old *object) {
	o.coding = old.coding
	if o.coding != untouched && !slices.Contains(old.vary, "accept-encoding") {
		o.vary = slices.DeleteFunc(o.vary, func(name string) bool { return name == "accept-encoding" })
	}
	o.dress()
}

// squeezed reports whether the body is of our coding.
func (o *object) squeezed() bool { return o.coding > identity }

// digest are the fields that tell a hash of the body (RFC 9530, RFC 3230, RFC
// 1864).
func digest(name []byte) bool {
	return is(name, "Content-Digest") || is(name, "Repr-Digest") || is(name, "Digest") || is(name, "Content-MD5")
}

// weakened is an entity tag made weak; nil for what is none (RFC 9110 §8.8.3).
func weakened(etag []byte) []byte {
	inner := opaque(etag)
	if len(inner) < 2 || inner[0] != '"' || bytes.IndexByte(inner[1:], '"') != len(inner)-2 {
		return nil
	}
	for _, c := range inner[1 : len(inner)-1] {
		if c <= ' ' || c == 0x7F {
			return nil
		}
	}
	return append([]byte("W/"), inner...)
}

// pumpThrough moves the body from the origin through the flight's encoder. When
// the origin pauses, what the encoder holds back is pushed out: a viewer gets
// everything that has come. That costs some of the compression, and only then.
func (f *flight) pumpThrough(b *body, r *reply) {
	s := f.squeezer
	into := &squeezed{f: f, b: b, first: int(r.framing.length / 2)}
	s.Reset(into)
	for {
		n, err := r.framing.Read(s.buf[:])
		if n > 0 {
			if _, err := s.Write(s.buf[:n]); err != nil {
				return // nobody wants more
			}
		}
		switch {
		case err == io.EOF:
			if s.Close() == nil {
				f.whole(b)
			}
			return
		case err != nil:
			f.broken(b, err)
			return
		case !r.framing.ended && r.conn.quiet():
			if s.Flush() != nil {
				return
			}
		}
	}
}

// squeezed is the body as the encoder writes it.
type squeezed struct {
	f     *flight
	b     *body
	first int // size of the first chunk, in bytes: most text shrinks to less than half
}

func (w *squeezed) Write(p []byte) (int, error) {
	written := len(p)
	for len(p) > 0 {
		if len(w.b.room()) == 0 {
			n, ok := w.f.piece(w.b, -1)
			if !ok {
				return 0, errAbandoned
			}
			if !w.b.windowed() {
				n = max(n, min(w.first, onePiece))
			}
			w.b.grow(n)
			w.first = 0
		}
		n := copy(w.b.room(), p)
		w.b.wrote(n)
		p = p[n:]
	}
	if w.b.windowed() && !w.b.wait() {
		return 0, errAbandoned
	}
	return written, nil
}
