package live

import (
	"bytes"
	"time"

	"github.com/valyala/fasthttp"
)

// validators are what conditional requests are judged by (RFC 9110 §8.8).
type validators struct {
	version  uint64
	etag     []byte    // as the ETag field has it
	modified time.Time // Last-Modified, in whole seconds
	exact    bool      // the object never changes twice in a second: its date is a strong validator (§8.8.2.2)
}

// precondition judges a request in the order of RFC 9110 §13.2.2 and returns
// 200, 304 or 412. safe means GET or HEAD.
func (v *validators) precondition(h *fasthttp.RequestHeader, safe bool) int {
	if !v.mayProceed(h) {
		return fasthttp.StatusPreconditionFailed
	}
	if tags := h.PeekAll("If-None-Match"); len(tags) > 0 {
		switch {
		case !v.in(tags, weakly):
			return fasthttp.StatusOK
		case safe:
			return fasthttp.StatusNotModified
		}
		return fasthttp.StatusPreconditionFailed
	}
	if since, ok := parseDate(h.Peek("If-Modified-Since")); ok && safe && !v.modified.After(since) {
		return fasthttp.StatusNotModified
	}
	return fasthttp.StatusOK
}

// mayProceed judges If-Match, and without it If-Unmodified-Since: steps 1 and 2.
func (v *validators) mayProceed(h *fasthttp.RequestHeader) bool {
	if tags := h.PeekAll("If-Match"); len(tags) > 0 {
		return v.in(tags, strongly)
	}
	since, ok := parseDate(h.Peek("If-Unmodified-Since"))
	return !ok || !v.modified.After(since)
}

// ifRange says whether a Range may be honoured (RFC 9110 §13.1.5): the entity
// tag must match strongly, a date must be Last-Modified exactly.
func (v *validators) ifRange(h *fasthttp.RequestHeader) bool {
	field := h.Peek("If-Range")
	if len(field) == 0 {
		return true
	}
	if date, ok := parseDate(field); ok {
		return v.exact && date.Equal(v.modified)
	}
	return strongly(field, v.etag)
}

// in says whether one of the lists of entity tags names what is here.
func (v *validators) in(lists [][]byte, same func(a, b []byte) bool) bool {
	for _, list := range lists {
		if string(trim(list)) == "*" {
			return true
		}
		for tag, rest := nextTag(list); tag != nil; tag, rest = nextTag(rest) {
			if same(tag, v.etag) {
				return true
			}
		}
	}
	return false
}

// nextTag takes the first entity tag from a list; nil at its end, or where it
// is no list of entity tags any more.
func nextTag(list []byte) (tag, rest []byte) {
	list = bytes.TrimLeft(list, " \t,")
	open := 0
	if bytes.HasPrefix(list, []byte("W/")) {
		open = 2
	}
	if len(list) <= open || list[open] != '"' {
		return nil, nil
	}
	end := bytes.IndexByte(list[open+1:], '"')
	if end < 0 {
		return nil, nil
	}
	end += open + 2
	return list[:end], list[end:]
}

// strongly and weakly are the two comparisons of RFC 9110 §8.8.3.2.
func strongly(a, b []byte) bool {
	return len(a) > 0 && a[0] == '"' && bytes.Equal(a, b)
}

func weakly(a, b []byte) bool {
	return bytes.Equal(bytes.TrimPrefix(a, []byte("W/")), bytes.TrimPrefix(b, []byte("W/")))
}

// parseDate reads the three forms of RFC 9110 §5.6.7.
func parseDate(field []byte) (time.Time, bool) {
	if len(field) == 0 {
		return time.Time{}, false
	}
	if t, err := fasthttp.ParseHTTPDate(field); err == nil {
		return t, true
	}
	for _, layout := range []string{time.RFC850, time.ANSIC} {
		if t, err := time.Parse(layout, string(field)); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func trim(b []byte) []byte { return bytes.Trim(b, " \t") }
