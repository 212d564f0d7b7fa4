package edge

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"

	"github.com/zeebo/xxh3"
)

// part is what of an object goes to the viewer.
type part struct {
	status int
	span          // to -1: to the end
	cut    bool   // by the edge, in answer to Range
	many   []span // of multipart/byteranges, two at least; span is then that of the first
	mark   uint64 // of the boundary between them
	page   bool   // an error page: its status says nothing of its body
}

// sends reports whether any of the object's bytes go out.
func (p *part) sends() bool {
	return p.page || p.status != 304 && p.status != 204 && !(p.status == 416 && p.cut)
}

func (p *part) until(size int64) int64 {
	if p.to < 0 {
		return size
	}
	return p.to
}

// length is the part's length; -1 while it is unknown.
func (p *part) length(o *object) int64 {
	switch {
	case p.many != nil:
		return lengthOf(p.stretches(o))
	case p.to >= 0:
		return p.to - p.from
	}
	if size := o.size(); size >= 0 {
		return size - p.from
	}
	return -1
}

// narrow cuts the part to the ranges of a Range field (RFC 9110 §14.2). A field
// that is invalid or asks for too much at once is not looked at, and the whole
// object answers; so does an object whose length is not known yet. Ranges beyond
// the end give 416.
func (p *part) narrow(a *ask, o *object) {
	size := o.size()
	if size < 0 || !a.ranged() {
		return
	}
	var room [mostSpecs]span
	spans := a.ranges.resolve(size, room[:0])
	switch {
	case len(spans) == 0 && size == 0 && a.ranges.specs[0].first < 0:
		return // the last so many bytes of nothing
	case len(spans) == 0:
		p.status, p.cut = 416, true
		return
	case a.rule.AscendingRanges && !ascending(spans):
		return
	}
	spans = coalesce(spans)
	p.status, p.cut, p.span = 206, true, spans[0]
	if len(spans) > 1 {
		p.many, p.mark = slices.Clone(spans), a.mark()
	}
}

// undivided is the whole object in the place of a multipart.
func (p *part) undivided(o *object) part {
	return part{status: o.status, span: span{to: -1}}
}

// describe appends Content-Range (RFC 9110 §14.4).
func (p *part) describe(b block, o *object) block {
	if p.many != nil {
		return b
	}
	b = append(b, "Content-Range: "...)
	if p.status == 416 {
		b = append(append(b, "bytes */"...), strconv.AppendInt(nil, o.size(), 10)...)
	} else {
		b = appendContentRange(b, p.span, o.size())
	}
	return append(b, crlf...)
}

func appendContentRange(b []byte, s span, size int64) []byte {
	b = append(b, "bytes "...)
	b = strconv.AppendInt(b, s.from, 10)
	b = append(b, '-')
	b = strconv.AppendInt(b, s.to-1, 10)
	b = append(b, '/')
	return strconv.AppendInt(b, size, 10)
}

// appendBoundary appends what parts the parts of a multipart/byteranges response
// (RFC 9110 §14.6): another one for every response, so that no body can be made
// to hold it.
func (p *part) appendBoundary(b []byte) []byte {
	return fmt.Appendf(b, "edgesim-%016x", p.mark)
}

// mark is a number that viewers cannot guess.
func (a *ask) mark() uint64 {
	return xxh3.HashSeed(binary.LittleEndian.AppendUint64(nil, a.id), a.secret)
}

// fields are the object's stored fields as a multipart goes out with: the
// Content-Type is another.
func (p *part) fields(b block, o *object) block {
	for name, value := range o.block.all() {
		if !is(name, "Content-Type") {
			b = b.add(name, value)
		}
	}
	b = p.appendBoundary(append(b, "Content-Type: multipart/byteranges; boundary="...))
	return append(b, crlf...)
}

// stretches is the part's body, for an object of known length.
func (p *part) stretches(o *object) []stretch {
	if p.many == nil {
		if all := (span{p.from, p.until(o.size())}); all.from < all.to {
			return []stretch{{span: all}}
		}
		return nil
	}
	list := make([]stretch, 0, 2*len(p.many)+1)
	kind := o.block.get("Content-Type")
	lead := "--"
	for _, s := range p.many {
		text := append(p.appendBoundary([]byte(lead)), crlf...)
		if len(kind) > 0 {
			text = append(append(append(text, "Content-Type: "...), kind...), crlf...)
		}
		text = appendContentRange(append(text, "Content-Range: "...), s, o.size())
		list = append(list, stretch{text: append(text, "\r\n\r\n"...)}, stretch{span: s})
		lead = "\r\n--"
	}
	return append(list, stretch{text: append(p.appendBoundary([]byte(lead)), "--\r\n"...)})
}

// size is the length of the object's body; -1 while it is not known.
func (o *object) size() int64 {
	if o.length >= 0 || !o.body.is(complete) {
		return o.length
	}
	return o.body.length()
}

// ranged reports whether the request asks for ranges that are to be looked at.
func (a *ask) ranged() bool {
	if a.rangesRead == 0 {
		a.rangesRead = 1
		if a.ranges == nil {
			a.ranges = new(rangeSet)
		}
		if len(a.rangeField) > 0 && bytes.IndexByte(a.rangeField, '=') > 0 && a.ranges.parse(a.rangeField, a.rule.MaxRanges) {
			a.rangesRead = 2
		}
	}
	return a.rangesRead == 2
}
