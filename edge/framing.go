package edge

import (
	"bufio"
	"fmt"
	"io"

	"edgesim/edge/wire"
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
	chunks wire.Chunks
	ended  bool
}

func frame(br *bufio.Reader, h *wire.Response, bodiless bool) framing {
	f := framing{br: br, length: -1}
	if h.Framing == wire.Length {
		f.length = h.Length
	}
	switch {
	case bodiless || h.Status == 204 || h.Status == 304:
		f.ended = true
	case h.Framing == wire.Length:
		f.kind, f.left, f.ended = byLength, f.length, f.length == 0
	case h.Framing == wire.Chunked:
		f.kind = byChunks
	default:
		f.kind = byClose
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
	for f.chunks.Left() == 0 {
		if _, err := f.br.Peek(1); err != nil {
			return 0, unexpected(err)
		}
		b, _ := f.br.Peek(f.br.Buffered())
		n, bad := f.chunks.Frame(b)
		_, _ = f.br.Discard(n) // of what is buffered
		if bad != nil {
			return 0, fmt.Errorf("%w: %w", errInvalidReply, bad)
		}
		if f.chunks.Ended() {
			f.ended = true
			return 0, io.EOF
		}
	}
	n, err := f.br.Read(p[:min(int64(len(p)), f.chunks.Left())])
	f.chunks.Took(n)
	return n, unexpected(err)
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
