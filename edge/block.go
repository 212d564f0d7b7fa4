package edge

import (
	"bytes"
	"iter"
	"strconv"
	"time"

	"github.com/valyala/fasthttp"
)

// block is header fields as they go over the wire, "Name: value" CRLF each, the
// Date line first.
//
// An object keeps its fields so, and a response is sent from it in one piece.
// fasthttp takes fields one by one and drops a Date that a handler sets, which
// a cache must send. So inject hands it one field of the right length, under
// another name, and then writes Date and all the other lines over it where it
// lies. What is in a block has come through fasthttp's parser, or is ours:
// values hold no line breaks.
type block []byte

func (b block) add(name, value []byte) block {
	b = append(b, name...)
	b = append(b, ": "...)
	b = append(b, value...)
	return append(b, "\r\n"...)
}

// all are the block's fields.
func (b block) all() iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		for rest := []byte(b); len(rest) > 0; {
			var line []byte
			line, rest, _ = bytes.Cut(rest, crlf)
			name, value, _ := bytes.Cut(line, colon)
			if !yield(name, value) {
				return
			}
		}
	}
}

// get is the value of the first field of that name.
func (b block) get(name string) []byte {
	for n, value := range b.all() {
		if is(n, name) {
			return value
		}
	}
	return nil
}

// inject puts a whole block into a header that has no other fields.
func inject(h *fasthttp.ResponseHeader, b block) {
	value := b[len("Date: ") : len(b)-len(crlf)]
	fill := filler
	if len(value) > len(fill) {
		fill = bytes.Repeat(filler[:1], len(value))
	}
	h.AddBytesKV(standIn, fill[:len(value)])
	for name, v := range h.All() {
		if string(name) == string(standIn) {
			copy(name, nameDate)
			copy(v, value)
			return
		}
	}
	panic("edge: the field just added is not there")
}

var (
	crlf     = []byte("\r\n")
	colon    = []byte(": ")
	nameDate = []byte("Date")
	standIn  = []byte("Dat-")
	filler   = bytes.Repeat([]byte{'-'}, 64<<10)
)

// appendDate appends an HTTP date (RFC 9110 §5.6.7).
func appendDate(dst []byte, unix int64) []byte {
	return time.Unix(unix, 0).UTC().AppendFormat(dst, "Mon, 02 Jan 2006 15:04:05 GMT")
}

func appendNumber(b block, name string, n int64) block {
	b = append(b, name...)
	b = append(b, ": "...)
	b = strconv.AppendInt(b, n, 10)
	return append(b, "\r\n"...)
}
