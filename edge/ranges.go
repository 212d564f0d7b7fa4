package edge

import (
	"bytes"
	"math"
)

// span is the bytes [from, to) of a representation.
type span struct{ from, to int64 }

func (s span) has(x span) bool { return s.from <= x.from && x.to <= s.to }

// rangeSpec is one byte range as a viewer wrote it (RFC 9110 §14.1.1): first
// to last, inclusive; without last (-1) to the end; without first (-1) the last
// so many bytes.
type rangeSpec struct{ first, last int64 }

// mostSpecs is how many ranges are read at all. A behavior allows fewer.
const mostSpecs = 64

// rangeSet is the ranges of one Range field, not yet held against a length.
type rangeSet struct {
	specs [mostSpecs]rangeSpec
	n     int
}

// parse reads a Range field. It reports false for one that is to be ignored
// (RFC 9110 §14.2): of another unit, invalid in any of its ranges, or with more
// than most of them.
func (s *rangeSet) parse(value []byte, most int) bool {
	s.n = 0
	unit, list, ok := bytes.Cut(value, []byte{'='})
	if !ok || !is(unit, "bytes") {
		return false
	}
	for member := range bytes.SplitSeq(list, []byte{','}) {
		member = bytes.Trim(member, " \t")
		if len(member) == 0 {
			continue // RFC 9110 §5.6.1.2
		}
		spec, ok := parseSpec(member)
		if !ok || s.n >= min(most, mostSpecs) {
			return false
		}
		s.specs[s.n] = spec
		s.n++
	}
	return s.n > 0
}

func parseSpec(member []byte) (r rangeSpec, ok bool) {
	first, last, ok := bytes.Cut(member, []byte{'-'})
	if !ok || len(first)+len(last) == 0 {
		return r, false
	}
	r = rangeSpec{-1, -1}
	if len(first) > 0 {
		if r.first, ok = position(first); !ok {
			return r, false
		}
	}
	if len(last) > 0 {
		if r.last, ok = position(last); !ok {
			return r, false
		}
	}
	return r, r.first < 0 || r.last < 0 || r.first <= r.last
}

// position reads a byte position. One beyond what fits is as good as the
// largest that does: no representation reaches it.
func position(b []byte) (int64, bool) {
	var n int64
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		if n > (math.MaxInt64-9)/10 {
			n = (math.MaxInt64 - 9) / 10
		}
		n = n*10 + int64(c-'0')
	}
	return n, len(b) > 0
}

// resolve is the bytes of a representation of that size that the range stands
// for (RFC 9110 §14.1.2); false when there are none.
func (r rangeSpec) resolve(size int64) (span, bool) {
	switch {
	case r.first < 0:
		return span{max(0, size-r.last), size}, r.last > 0 && size > 0
	case r.last < 0 || r.last >= size:
		return span{r.first, size}, r.first < size
	}
	return span{r.first, r.last + 1}, true
}

// resolve appends the spans that can be satisfied, in the order they were asked
// for.
func (s *rangeSet) resolve(size int64, into []span) []span {
	for _, spec := range s.specs[:s.n] {
		if x, ok := spec.resolve(size); ok {
			into = append(into, x)
		}
	}
	return into
}

// partOverhead is about what another part of a multipart response costs, in
// bytes. Ranges closer than that are sent as one (RFC 9110 §15.3.7.2).
const partOverhead = 128

// coalesce joins spans that overlap or nearly touch, each into the first that
// it touches. What is left is disjoint, so a response is never longer than the
// representation and its parts' headers.
func coalesce(spans []span) []span {
	for joined := true; joined; {
		joined = false
		for i := 0; i < len(spans); i++ {
			for j := i + 1; j < len(spans); j++ {
				if spans[j].from > spans[i].to+partOverhead || spans[i].from > spans[j].to+partOverhead {
					continue
				}
				spans[i] = span{min(spans[i].from, spans[j].from), max(spans[i].to, spans[j].to)}
				spans = append(spans[:j], spans[j+1:]...)
				joined = true
				j--
			}
		}
	}
	return spans
}

// ascending reports whether spans come in order and do not overlap, as
// CloudFront wants them.
func ascending(spans []span) bool {
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			return false
		}
	}
	return true
}

// contentRange is a Content-Range field (RFC 9110 §14.4); total is -1 for "*".
type contentRange struct {
	span
	total int64
}

// parseContentRange reads the Content-Range of a 206.
func parseContentRange(value []byte) (c contentRange, ok bool) {
	unit, rest, ok := bytes.Cut(bytes.Trim(value, " \t"), []byte{' '})
	if !ok || !is(unit, "bytes") {
		return c, false
	}
	positions, total, ok := bytes.Cut(rest, []byte{'/'})
	first, last, ok2 := bytes.Cut(positions, []byte{'-'})
	if !ok || !ok2 {
		return c, false
	}
	from, ok := position(first)
	to, ok2 := position(last)
	c = contentRange{span{from, to + 1}, -1}
	if !ok || !ok2 || from > to || to > farthest {
		return c, false
	}
	if string(total) == "*" {
		return c, true
	}
	c.total, ok = position(total)
	return c, ok && to < c.total && c.total <= farthest
}

// farthest is beyond any byte that an origin can truly have.
const farthest = 1 << 60
