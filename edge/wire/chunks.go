package wire

// What may be wrong with a chunked body.
var (
	BadSize     = field("a chunk's size is not a hexadecimal number of bytes (RFC 9112 section 7.1)")
	BadChunk    = field("a chunk's data do not end with CRLF (RFC 9112 section 7.1)")
	LongChunk   = field("chunk extensions or trailers are too long (RFC 9112 sections 7.1.1, 7.1.2)")
	BareInChunk = field("a chunk's line holds a control character or ends without CRLF (RFC 9112 section 7.1)")
)

// Chunks reads the framing of a chunked body (RFC 9112 §7.1): sizes, extensions
// and the trailer section. The caller reads the data itself, Left bytes at a
// time, and tells with Took how much. Extensions and trailers are checked and
// dropped (§7.1.1, §7.1.2). The zero Chunks stands before the first size.
//
//	size digits ──► CRLF ──► data ──► CRLF ──► size digits ...
//	     └─► ; extension ─┘
//	size 0 ──► CRLF ──► trailer lines ──► empty line ──► ended
type Chunks struct {
	state  chunkState
	left   int64 // of the chunk's data
	digits int
	extra  int // bytes of extensions and trailers so far
	line   int // bytes of the trailer line under way
}

type chunkState uint8

const (
	inSize          chunkState = iota
	beforeExtension            // only whitespace since the size
	inExtension
	wantSizeLF
	inData
	wantCR
	wantLF
	inTrailer
	wantTrailerLF
	ended
)

// mostExtra is how much of a body may be extensions and trailers, in bytes,
// beside one for each byte of data: a body that is nothing else keeps a reader
// busy for nothing.
const mostExtra = 8 << 10

// Left is how many bytes of data come next; 0: framing, or the end.
func (c *Chunks) Left() int64 {
	if c.state == inData {
		return c.left
	}
	return 0
}

// Took notes that n bytes of data have been read.
func (c *Chunks) Took(n int) {
	c.extra = max(0, c.extra-n)
	if c.left -= int64(n); c.left == 0 {
		c.state = wantCR
	}
}

// Ended reports whether the body has come to its proven end.
func (c *Chunks) Ended() bool { return c.state == ended }

// Frame reads framing from p up to the next data or the end of the body, and
// returns how much of p that was.
func (c *Chunks) Frame(p []byte) (int, *Fault) {
	for i, b := range p {
		if c.state == inData || c.state == ended {
			return i, nil
		}
		if f := c.next(b); f != nil {
			return i, f
		}
	}
	return len(p), nil
}

func (c *Chunks) next(b byte) *Fault {
	switch c.state {
	case inSize:
		return c.size(b)
	case beforeExtension:
		if b == ' ' || b == '\t' {
			return c.drop(b)
		}
		return c.want(b, ';', inExtension, BadSize)
	case inExtension:
		return c.extension(b)
	case wantCR:
		return c.want(b, '\r', wantLF, BadChunk)
	case wantLF:
		return c.want(b, '\n', inSize, BadChunk)
	case wantSizeLF:
		next := inData
		if c.left == 0 {
			next = inTrailer
		}
		c.digits = 0
		return c.want(b, '\n', next, BareInChunk)
	case inTrailer:
		return c.trailer(b)
	}
	next := inTrailer
	if c.line == 0 {
		next = ended
	}
	c.line = 0
	return c.want(b, '\n', next, BareInChunk)
}

func (c *Chunks) want(got, want byte, next chunkState, f *Fault) *Fault {
	if got != want {
		return f
	}
	c.state = next
	return nil
}

func (c *Chunks) size(b byte) *Fault {
	switch {
	case hex(b):
		if c.digits++; c.digits > 16 {
			return BadSize
		}
		if c.left = c.left<<4 | int64(nibble(b)); c.left > MostLength {
			return BadSize
		}
		return nil
	case c.digits == 0:
		return BadSize
	case b == '\r':
		c.state = wantSizeLF
	case b == ' ' || b == '\t':
		c.state = beforeExtension
	case b == ';':
		c.state = inExtension
	default:
		return BadSize
	}
	return nil
}

// nibble is the value of a hexadecimal digit.
func nibble(b byte) byte {
	if b <= '9' {
		return b - '0'
	}
	return b&^0x20 - 'A' + 10
}

func (c *Chunks) extension(b byte) *Fault {
	if b == '\r' {
		c.state = wantSizeLF
		return nil
	}
	return c.drop(b)
}

func (c *Chunks) trailer(b byte) *Fault {
	if b == '\r' {
		c.state = wantTrailerLF
		return nil
	}
	c.line++
	return c.drop(b)
}

// drop passes over a byte of what is not kept.
func (c *Chunks) drop(b byte) *Fault {
	if b < ' ' && b != '\t' || b == 0x7f {
		return BareInChunk
	}
	if c.extra++; c.extra > mostExtra {
		return LongChunk
	}
	return nil
}
