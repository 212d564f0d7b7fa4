package edge

import (
	"bytes"
	"strconv"
)

// part is what of an object goes to the viewer.
type part struct {
	status   int
	from, to int64 // bytes [from, to); to -1: to the end
	cut      bool  // by the edge, in answer to Range
}

// sends reports whether any of the object's bytes go out.
func (p *part) sends() bool { return p.status != 304 && p.status != 416 && p.status != 204 }

// length is the part's length; -1 while it is unknown.
func (p *part) length(o *object) int64 {
	if p.to >= 0 {
		return p.to - p.from
	}
	if size := o.size(); size >= 0 {
		return size - p.from
	}
	return -1
}

// narrow cuts the part to a single byte range (RFC 9110 §14.1.2). A range that
// does not parse, or more than one, is not looked at (§14.2): the whole object
// answers. So does one for an object whose length is not known yet. A range
// beyond the end gives 416.
func (p *part) narrow(value []byte, o *object) {
	size := o.size()
	spec, ok := bytes.CutPrefix(value, []byte("bytes="))
	if !ok || size < 0 || bytes.IndexByte(spec, ',') >= 0 {
		return
	}
	first, last, ok := bytes.Cut(bytes.TrimSpace(spec), []byte{'-'})
	if !ok {
		return
	}
	from, okFrom := offset(first)
	to, okTo := offset(last)
	switch {
	case okFrom && okTo && to < from, !okFrom && len(first) > 0, !okTo && len(last) > 0, !okFrom && !okTo:
		return
	case !okFrom:
		from, to = max(0, size-to), size-1 // the last "to" bytes
		if len(last) > 0 && from >= size {
			p.status, p.cut = 416, true
			return
		}
	case !okTo || to >= size:
		to = size - 1
	}
	if from >= size || to < from {
		p.status, p.cut = 416, true
		return
	}
	*p = part{206, from, to + 1, true}
}

// offset reads a byte position; ok is false for "" and for what is no number.
func offset(b []byte) (int64, bool) {
	if len(b) == 0 || len(b) > 18 {
		return 0, false
	}
	var n int64
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// describe appends Content-Range (RFC 9110 §14.4).
func (p *part) describe(b block, o *object) block {
	b = append(b, "Content-Range: bytes "...)
	if p.status == 416 {
		b = append(b, '*')
	} else {
		b = strconv.AppendInt(b, p.from, 10)
		b = append(b, '-')
		b = strconv.AppendInt(b, p.to-1, 10)
	}
	b = append(b, '/')
	b = strconv.AppendInt(b, o.size(), 10)
	return append(b, crlf...)
}

// size is the length of the object's body; -1 while it is not known.
func (o *object) size() int64 {
	if o.length >= 0 || !o.body.is(complete) {
		return o.length
	}
	return o.body.length()
}
