package player

import (
	"bytes"
	"encoding/binary"

	"github.com/valyala/fasthttp"
)

// heading is what of a response's header matters to its reader. Bytes are those of
// the buffer: they are good until more is read.
type heading struct {
	status      int
	length      int64 // Content-Length; -1: chunks; -2: not said
	closes      bool  // the connection, after it
	contentType []byte
	tag         []byte // ETag; nil: none

	plain bool // readPlain has read it
}

// headingOf is of a header that fasthttp has read.
func headingOf(h *fasthttp.ResponseHeader) heading {
	return heading{status: h.StatusCode(), length: int64(h.ContentLength()), closes: h.ConnectionClose(),
		contentType: h.ContentType(), tag: h.Peek("Etag")}
}

// readPlain reads a header of the common kind in one pass, and notes in a what it
// says of caches; header ends with its last line. The common kind is a final
// response of HTTP/1.1 with one Content-Length, one Content-Type and nothing else
// that frames it, in printable ASCII. All else is false, and for fasthttp to judge;
// of the common kind it says the same.
func (h *heading) readPlain(header []byte, a *answer) bool {
	*h, *a = heading{length: -2}, answer{}
	i := bytes.IndexByte(header, '\n')
	if i < statusAt+4 || header[i-1] != '\r' || string(header[:statusAt]) != "HTTP/1.1 " || !visible(header[:i-1]) {
		return false
	}
	h.status = int(decimal(header[statusAt : statusAt+3]))
	if end := header[statusAt+3]; h.status < 200 || end != ' ' && end != '\r' {
		return false
	}
	for rest := header[i+1:]; len(rest) > 0; rest = rest[i+1:] {
		if i = bytes.IndexByte(rest, '\n'); i < 1 || rest[i-1] != '\r' || !h.readLine(rest[:i-1], a) {
			return false
		}
	}
	h.plain = h.length >= 0 && h.contentType != nil
	return h.plain
}

// readLine is false for a line that is not of the common kind.
func (h *heading) readLine(line []byte, a *answer) bool {
	colon := bytes.IndexByte(line, ':')
	if colon < 1 || !visible(line) || !simpleName(line[:colon]) {
		return false
	}
	name, value := line[:colon], line[colon+1:]
	for len(value) > 0 && value[0] == ' ' {
		value = value[1:]
	}
	for len(value) > 0 && value[len(value)-1] == ' ' {
		value = value[:len(value)-1]
	}
	switch name[0] | 0x20 {
	case 'c':
		return h.readC(name, value, a)
	case 'e':
		if is(name, "etag") {
			once := h.tag == nil
			h.tag = value
			a.etag(value)
			return once
		}
	case 'a':
		if is(name, "age") {
			a.age(value)
		}
	case 'x':
		if is(name, "x-cache") || is(name, "x-cache-status") {
			a.cacheWord(value)
		}
	case 't', 'u':
		return !is(name, "transfer-encoding") && !is(name, "trailer") && !is(name, "upgrade")
	}
	return true
}

// readC reads the lines whose names begin with a C.
func (h *heading) readC(name, value []byte, a *answer) bool {
	switch {
	case is(name, "content-length"):
		once := h.length < 0
		h.length = decimal(value)
		return once && h.length >= 0
	case is(name, "content-type"):
		once := h.contentType == nil
		h.contentType = value
		return once && len(value) > 0
	case is(name, "connection"):
		h.closes = string(value) == "close"
		return h.closes || string(value) == "keep-alive"
	case is(name, "content-range"):
		a.contentRange(value)
	case is(name, "cache-status"):
		a.cacheStatus(value)
	case is(name, "cf-cache-status"):
		a.cacheWord(value)
	}
	return true
}

// is reports whether a field's name is that one, given in lower case.
func is(name []byte, word string) bool {
	if len(name) != len(word) {
		return false
	}
	for i, c := range name {
		if c-'A' < 26 {
			c |= 0x20
		}
		if c != word[i] {
			return false
		}
	}
	return true
}

// simpleName reports names of letters, digits and hyphens that begin with a letter.
func simpleName(name []byte) bool {
	if (name[0]|0x20)-'a' >= 26 {
		return false
	}
	for _, c := range name {
		if (c|0x20)-'a' >= 26 && c-'0' >= 10 && c != '-' {
			return false
		}
	}
	return true
}

// visible reports whether all bytes are ASCII's and no controls. It takes eight at a
// time and looks at their highest bits: set from 0x80 on; when 1 is added, by 0x7f;
// and when 0x20 is taken off each with that bit set, lost below 0x20.
func visible(b []byte) bool {
	const high, low = 0x8080808080808080, 0x0101010101010101
	for ; len(b) >= 8; b = b[8:] {
		x := binary.LittleEndian.Uint64(b)
		if (x|(x+low)|^((x|high)-0x20*low))&high != 0 {
			return false
		}
	}
	for _, c := range b {
		if c < 0x20 || c >= 0x7f {
			return false
		}
	}
	return true
}

// decimal is -1 for what is no number of digits alone, at most 15 of them.
func decimal(b []byte) (n int64) {
	if len(b) == 0 || len(b) > 15 {
		return -1
	}
	for _, c := range b {
		if c-'0' >= 10 {
			return -1
		}
		n = n*10 + int64(c-'0')
	}
	return n
}
