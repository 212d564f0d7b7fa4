package edge

import (
	"bufio"
	"errors"
	"io"
	"net/http/httputil"

	"github.com/valyala/fasthttp"
)

// How a message's end is known (RFC 9112 §6.3).
type framingKind uint8

const (
	noBody framingKind = iota
	byLength
	byChunks
	byClose
)

// framing reads one message's body. It returns io.EOF only where the end is
// proven; a connection that ends earlier gives io.ErrUnexpectedEOF. Only a
// body ended by close cannot be told from one cut off: its end is believed,
// as RFC 9112 §6.3 has it.
type framing struct {
	kind   framingKind
	br     *bufio.Reader
	left   int64 // byLength: bytes still to come
	length int64 // Content-Length; -1 when unknown
	chunks io.Reader
	ended  bool
}

func frame(br *bufio.Reader, h *fasthttp.ResponseHeader, bodiless bool) framing {
	f := framing{br: br, length: int64(h.ContentLength())}
	status := h.StatusCode()
	switch {
	case bodiless || status == 204 || status == 304:
		f.ended = true
		f.length = max(f.length, -1)
	case f.length >= 0:
		f.kind, f.left, f.ended = byLength, f.length, f.length == 0
	case f.length == -1:
		f.kind, f.chunks = byChunks, httputil.NewChunkedReader(br)
	default:
		f.kind, f.length = byClose, -1
	}
	return f
}

// reusable reports whether the connection may carry another exchange.
func (f *framing) reusable() bool { return f.ended && f.kind != byClose }

func (f *framing) Read(p []byte) (int, error) {
	if f.ended {
		return 0, io.EOF
	}
	if len(p) == 0 {
		return 0, nil
	}
	switch f.kind {
	case byLength:
		return f.readLength(p)
	case byChunks:
		return f.readChunks(p)
	}
	n, err := f.br.Read(p)
	f.ended = err == io.EOF
	return n, err
}

func (f *framing) readLength(p []byte) (int, error) {
	if int64(len(p)) > f.left {
		p = p[:f.left]
	}
	n, err := f.br.Read(p)
	f.left -= int64(n)
	if f.left == 0 {
		f.ended = true
		return n, nil
	}
	return n, unexpected(err)
}

func (f *framing) readChunks(p []byte) (int, error) {
	n, err := f.chunks.Read(p)
	if err != io.EOF {
		return n, err
	}
	if err := skipTrailer(f.br); err != nil {
		return n, err
	}
	f.ended = true
	return n, io.EOF
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

const maxTrailer = 8 << 10

var errTrailer = errors.New("the origin's trailer section is too long")

// skipTrailer reads the trailer section of a chunked message and drops it
// (RFC 9112 §7.1.2 allows a recipient to).
func skipTrailer(br *bufio.Reader) error {
	for left := maxTrailer; left > 0; {
		line, err := br.ReadSlice('\n')
		if err != nil {
			return unexpected(err)
		}
		if len(line) <= 2 && (line[0] == '\n' || line[0] == '\r') {
			return nil
		}
		left -= len(line)
	}
	return errTrailer
}
