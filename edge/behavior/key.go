package behavior

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
)

// Pick says which of a request's query parameters or cookies count.
type Pick string

const (
	None    Pick = "none" // none of them; the empty Pick means the same
	All     Pick = "all"
	Include Pick = "include" // those listed
	Except  Pick = "except"  // all but those listed
)

// Key says what of a request the cache key holds, beside the distribution and
// the path: what makes two requests for one path two objects. The zero Key adds
// nothing.
type Key struct {
	Query      Pick
	QueryNames []string // for Include and Except; case counts

	Cookies     Pick
	CookieNames []string // for Include and Except; case counts

	Headers []string // names, whose case does not count; values do, as they came
	Host    bool     // aliases do not share objects, nor ports other than 80 and 443
	Scheme  bool     // http and https do not share objects (RFC 9111 §2: the key is the URI)

	// Gzip and Brotli keep apart who takes these encodings and who does not, and
	// send origins an Accept-Encoding that says no more than that. They have no
	// effect where Headers lists Accept-Encoding.
	Gzip, Brotli bool
}

// keyMaker appends a request's part of the key. Every component is preceded by
// its length, and the prefix tells policies apart, so that no two different
// requests make the same bytes.
type keyMaker struct {
	key    Key
	tidy   bool // Behavior.TidyCookies
	prefix []byte
}

func newKeyMaker(distribution string, k Key, tidy bool) keyMaker {
	k.QueryNames, k.CookieNames = sorted(k.QueryNames), sorted(k.CookieNames)
	k.Headers = lowered(k.Headers)
	if k.normalises() {
		k.Headers = append(k.Headers, "accept-encoding")
	}
	if k.Scheme {
		k.Headers = append(k.Headers, SchemeField)
	}
	k.Headers = sorted(k.Headers) // AppendKey asks in this order, cookies first
	prefix := appendPart(nil, []byte(distribution))
	tidy = tidy && !k.Cookies.none()
	return keyMaker{key: k, tidy: tidy, prefix: appendPart(prefix, k.shape(tidy))}
}

// shape writes down what the components that follow mean. Without it a change
// of the key policy could make an old object answer for a new key.
func (k *Key) shape(tidy bool) []byte {
	var s []byte
	if k.Host {
		s = append(s, "host "...)
	}
	s = appendShape(s, "query", k.Query, k.QueryNames)
	s = appendShape(s, "cookie", k.Cookies, k.CookieNames)
	if tidy {
		s = append(s, "tidy "...)
	}
	if k.Gzip || k.Brotli {
		s = fmt.Appendf(s, "encoding %t %t ", k.Gzip, k.Brotli)
	}
	return appendShape(s, "header", None, k.Headers)
}

func appendShape(s []byte, what string, pick Pick, names []string) []byte {
	if pick.none() && len(names) == 0 {
		return s
	}
	s = append(append(s, what...), ' ')
	s = append(append(s, pick...), ' ')
	for _, name := range names {
		s = append(strconv.AppendQuote(s, name), ' ')
	}
	return s
}

func (p Pick) none() bool { return p == "" || p == None }

// append is Rule.AppendKey.
func (m *keyMaker) append(dst, host, path, query []byte, header func(string) []byte) []byte {
	dst = append(dst, m.prefix...)
	dst = appendPart(dst, path)
	if m.key.Host {
		var buf [longestHost + len(":65535")]byte
		dst = appendPart(dst, appendAuthority(buf[:0], host))
	}
	if !m.key.Query.none() {
		dst = appendParameters(dst, query, m.key.Query, m.key.QueryNames)
	}
	if !m.key.Cookies.none() {
		dst = m.appendCookies(dst, header("cookie"))
	}
	for _, name := range m.key.Headers {
		dst = appendOptional(dst, header(name))
	}
	return dst
}

// appendPart appends a component and, before it, its length.
func appendPart(dst, part []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(part)))
	return append(dst, part...)
}

// appendOptional tells an absent component (nil) from an empty one.
func appendOptional(dst, part []byte) []byte {
	if part == nil {
		return binary.AppendUvarint(dst, 0)
	}
	dst = binary.AppendUvarint(dst, uint64(len(part))+1)
	return append(dst, part...)
}

// appendParameters appends the members of a query that pick lets through, in the
// order they came: order counts, as CloudFront documents. The end of the
// members is marked by a length of 0.
func appendParameters(dst, query []byte, pick Pick, names []string) []byte {
	if pick == All {
		return appendPart(dst, query)
	}
	for len(query) > 0 {
		var member []byte
		member, query, _ = bytes.Cut(query, []byte{'&'})
		if len(member) > 0 && pick.picks(names, member) {
			dst = appendPart(dst, member)
		}
	}
	return append(dst, 0)
}

// appendCookies appends the cookies of the key, in the order in which they go
// to the origin.
func (m *keyMaker) appendCookies(dst, cookies []byte) []byte {
	if m.key.Cookies == All && !m.tidy {
		return appendPart(dst, cookies)
	}
	for member := range cookiesOf(cookies, m.tidy) {
		if m.key.Cookies.picks(m.key.CookieNames, member) {
			dst = appendPart(dst, member)
		}
	}
	return append(dst, 0)
}

// listed reports whether the name of a member "name=value" is in the list.
func listed(names []string, member []byte) bool {
	if i := bytes.IndexByte(member, '='); i >= 0 {
		member = member[:i]
	}
	for _, name := range names {
		if string(member) == name {
			return true
		}
	}
	return false
}

func sorted(names []string) []string {
	names = slices.Clone(names)
	slices.Sort(names)
	return slices.Compact(names)
}

func lowered(names []string) []string {
	lower := make([]string, len(names))
	for i, name := range names {
		lower[i] = lowerName(name)
	}
	return lower
}
