package edge

import (
	"bytes"
	"time"

	"edgesim/edge/rfc9111"
	"edgesim/results"
)

// A viewer's conditions (RFC 9110 §13). A cache answers those that ask whether
// the viewer's copy is still good: If-None-Match and If-Modified-Since. Those
// that protect from acting on the wrong version, If-Match and
// If-Unmodified-Since, are an origin's to judge (RFC 9111 §4.3.2); a cache may
// pass over them (RFC 9110 §13.1.1, §13.1.4), which ours does only where its
// response meets them.

// condition notes one of these fields. Lines of one name make one list; two
// dates make a value that is no date, and so is not looked at (§13.1.3).
func (a *ask) condition(name, value []byte) {
	var into *[]byte
	switch string(name) {
	case "If-None-Match":
		into = &a.ifNoneMatch
	case "If-Modified-Since":
		into = &a.ifModifiedSince
	case "If-Match":
		into = &a.ifMatch
	case "If-Unmodified-Since":
		into = &a.ifUnmodifiedSince
	default:
		return
	}
	if *into != nil {
		value = append(append(append([]byte(nil), *into...), ", "...), value...)
	}
	*into = value
}

// conditional reports whether conditions and ranges mean anything with the
// request's method (§13.2.1, §14.2).
func (a *ask) conditional() bool {
	return a.method == results.GET || a.method == results.HEAD
}

// conditional reports whether conditions mean anything with the object's status:
// a successful one, and not that of a part (§13.2.1).
func (o *object) conditional() bool { return o.status >= 200 && o.status < 300 && o.status != 206 }

// unmodified reports whether the viewer's own copy is good. Where If-None-Match
// is given, If-Modified-Since is not looked at (§13.1.3).
func (a *ask) unmodified(o *object) bool {
	if len(a.ifNoneMatch) > 0 {
		return holdsTag(a.ifNoneMatch, o.etag, false)
	}
	if len(a.ifModifiedSince) == 0 {
		return false
	}
	since, ok := rfc9111.ParseDateAt(a.ifModifiedSince, o.meta.Received)
	return ok && o.changed() <= since
}

// changed is when the object changed last, in Unix seconds, as far as a
// condition is concerned: where the origin does not say, when it was made (RFC
// 9111 §4.3.2).
func (o *object) changed() int64 {
	switch {
	case o.lastModified != 0:
		return o.lastModified
	case o.meta.HasDate:
		return o.meta.Date
	}
	return o.meta.Received / int64(time.Second)
}

// demanding reports whether the request has a condition for the origin.
func (a *ask) demanding() bool {
	return (len(a.ifMatch) > 0 || len(a.ifUnmodifiedSince) > 0) && a.conditional()
}

// meets reports whether the object does what such a condition asks for. If-Match
// takes precedence and compares strongly (§13.1.1, §13.2.2).
func (o *object) meets(a *ask) bool {
	if !o.conditional() {
		return false
	}
	if len(a.ifMatch) > 0 {
		return holdsTag(a.ifMatch, o.etag, true)
	}
	since, ok := rfc9111.ParseDateAt(a.ifUnmodifiedSince, o.meta.Received)
	return !ok || o.lastModified != 0 && o.lastModified <= since
}

// holdsTag reports whether a list of entity tags holds etag, by strong or by
// weak comparison (§8.8.3.2), or is "*". What follows a member that is no entity
// tag is not looked at.
func holdsTag(list, etag []byte, strong bool) bool {
	list = bytes.Trim(list, " \t")
	if string(list) == "*" {
		return true
	}
	if len(etag) == 0 || strong && isWeak(etag) {
		return false
	}
	if bytes.Equal(list, etag) {
		return !strong || !isWeak(etag)
	}
	for {
		var tag []byte
		if tag, list = nextTag(list); tag == nil {
			return false
		}
		if strong && bytes.Equal(tag, etag) || !strong && bytes.Equal(opaque(tag), opaque(etag)) {
			return true
		}
	}
}

// nextTag cuts the first entity tag (§8.8.3) off a list; nil when there is none
// or what is there is none.
func nextTag(list []byte) (tag, rest []byte) {
	list = bytes.TrimLeft(list, " \t,")
	start := len(list) - len(opaque(list))
	if len(list) == start || list[start] != '"' {
		return nil, nil
	}
	end := bytes.IndexByte(list[start+1:], '"')
	if end < 0 {
		return nil, nil
	}
	end += start + 2
	rest = bytes.TrimLeft(list[end:], " \t")
	if len(rest) > 0 && rest[0] != ',' {
		return nil, nil
	}
	return list[:end], rest
}

func isWeak(etag []byte) bool { return bytes.HasPrefix(etag, []byte("W/")) }

// opaque is an entity tag without its weakness.
func opaque(etag []byte) []byte { return bytes.TrimPrefix(etag, []byte("W/")) }

// beside304 reports whether a 304 carries the field: it leaves out what
// describes a content that it does not have (§15.4.5).
func beside304(name []byte, hasTag bool) bool {
	switch len(name) {
	case len("Content-Type"):
		return !is(name, "Content-Type")
	case len("Content-Language"): // and Content-Encoding
		return !is(name, "Content-Language") && !is(name, "Content-Encoding")
	case len("Content-Range"): // and Last-Modified
		return !is(name, "Content-Range") && !(hasTag && is(name, "Last-Modified"))
	}
	return true
}

// beside304 is the block as it goes out with a 304.
func (o *object) beside304(b block) block {
	for name, value := range o.block.all() {
		if beside304(name, len(o.etag) > 0) {
			b = b.add(name, value)
		}
	}
	return b
}
