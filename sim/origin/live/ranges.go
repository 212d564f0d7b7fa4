package live

import (
	"bytes"
	"math"
	"strconv"
)

// request for a range, judged
type rangeVerdict uint8

const (
	whole         rangeVerdict = iota // no range that can be honoured: the object is sent whole
	part                              // one range, cut to the object
	unsatisfiable                     // one range, outside the object: 416
)

// parseRange reads a Range field (RFC 9110 §14.1.2) for an object of size
// bytes. Like a bucket it honours a single range only; several, another unit
// and what is not a range mean the whole object.
func parseRange(field []byte, size int64) (off, n int64, r rangeVerdict) {
	unit, spec, ok := bytes.Cut(trim(field), []byte("="))
	if !ok || !bytes.EqualFold(unit, valueBytes) {
		return 0, size, whole
	}
	from, to, ok := bytes.Cut(trim(spec), []byte("-"))
	first, hasFirst := parsePosition(from)
	last, hasLast := parsePosition(to)
	switch {
	case !ok, len(from) > 0 && !hasFirst, len(to) > 0 && !hasLast, !hasFirst && !hasLast, hasFirst && hasLast && last < first:
		return 0, size, whole
	case !hasFirst && last == 0, size == 0, hasFirst && first >= size:
		return 0, 0, unsatisfiable
	case !hasFirst:
		n = min(last, size)
		return size - n, n, part
	case !hasLast:
		return first, size - first, part
	}
	return first, min(last, size-1) - first + 1, part
}

// parsePosition reads decimal digits; more than an int64 holds is the largest
// int64, which lies behind every object.
func parsePosition(b []byte) (v int64, ok bool) {
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		if d := int64(c - '0'); v > (math.MaxInt64-d)/10 {
			v = math.MaxInt64
		} else {
			v = v*10 + d
		}
	}
	return v, len(b) > 0
}

// appendContentRange appends "bytes first-last/size".
func appendContentRange(b []byte, off, n, size int64) []byte {
	b = strconv.AppendInt(append(b, "bytes "...), off, 10)
	b = strconv.AppendInt(append(b, '-'), off+n-1, 10)
	return strconv.AppendInt(append(b, '/'), size, 10)
}
