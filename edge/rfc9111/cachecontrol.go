package rfc9111

import "strings"

// Directives is a set of Cache-Control directives, of requests (RFC 9111
// §5.2.1) and responses (§5.2.2, RFC 5861, RFC 8246).
type Directives uint32

const (
	MaxAge Directives = 1 << iota
	SMaxAge
	MaxStale
	MinFresh
	StaleWhileRevalidate
	StaleIfError
	NoCache
	NoCacheFields // no-cache came with field names (§5.2.2.4); NoCache is set where it also came without
	NoStore
	NoTransform
	OnlyIfCached
	MustRevalidate
	MustUnderstand
	Private
	PrivateFields // private came with field names (§5.2.2.7); Private is set where it also came without
	ProxyRevalidate
	Public
	Immutable
)

// CacheControl is a parsed Cache-Control field. Numbers are seconds, at most
// 2^31, and mean something where their directive is in Has. A number that is
// missing, negative, fractional or otherwise none counts as 0, which §4.2.1
// encourages; max-stale without a number is the exception and means any.
type CacheControl struct {
	Has                                Directives
	Held                               string // the fields that no-cache and private name, a comma behind each
	MaxAge, SMaxAge                    int64
	MaxStale, MinFresh                 int64
	StaleWhileRevalidate, StaleIfError int64
}

// Is reports whether any directive of d is there.
func (c *CacheControl) Is(d Directives) bool { return c.Has&d != 0 }

// maxSeconds is where numbers of seconds end (§1.2.2).
const maxSeconds = 1 << 31

// longestName is that of stale-while-revalidate.
const longestName = 22

// Parse adds the directives of one field line. Of directives given twice the
// first counts (§4.2.1). Unknown directives are ignored (§5.2.3).
func (c *CacheControl) Parse(value []byte) {
	for len(value) > 0 {
		var d directive
		d, value = nextDirective(value)
		if len(d.name) > 0 && len(d.name) <= longestName {
			c.add(d)
		}
	}
}

func (c *CacheControl) add(d directive) {
	var lower [longestName]byte
	for i, b := range d.name {
		lower[i] = lowerByte(b)
	}
	switch string(lower[:len(d.name)]) {
	case "max-age":
		c.number(MaxAge, &c.MaxAge, d)
	case "s-maxage":
		c.number(SMaxAge, &c.SMaxAge, d)
	case "max-stale":
		c.maxStale(d)
	case "min-fresh":
		c.number(MinFresh, &c.MinFresh, d)
	case "stale-while-revalidate":
		c.number(StaleWhileRevalidate, &c.StaleWhileRevalidate, d)
	case "stale-if-error":
		c.number(StaleIfError, &c.StaleIfError, d)
	case "no-cache":
		c.fields(NoCache, NoCacheFields, d)
	case "private":
		c.fields(Private, PrivateFields, d)
	default:
		c.Has |= plainDirective(lower[:len(d.name)])
	}
}

// plainDirective is a directive that takes no argument; one that is given all
// the same changes nothing.
func plainDirective(lower []byte) Directives {
	switch string(lower) {
	case "no-store":
		return NoStore
	case "no-transform":
		return NoTransform
	case "only-if-cached":
		return OnlyIfCached
	case "must-revalidate":
		return MustRevalidate
	case "must-understand":
		return MustUnderstand
	case "proxy-revalidate":
		return ProxyRevalidate
	case "public":
		return Public
	case "immutable":
		return Immutable
	}
	return 0
}

func (c *CacheControl) number(bit Directives, into *int64, d directive) {
	if c.Has&bit != 0 {
		return
	}
	c.Has |= bit
	*into, _ = parseSeconds(d.arg)
}

func (c *CacheControl) maxStale(d directive) {
	if c.Has&MaxStale == 0 && !d.hasArg {
		c.Has |= MaxStale
		c.MaxStale = maxSeconds
		return
	}
	c.number(MaxStale, &c.MaxStale, d)
}

// fields notes a no-cache or private. An argument that is not quoted, as field
// names have to be, or is no list of them makes it the plain form, the stricter
// reading.
func (c *CacheControl) fields(plain, named Directives, d directive) {
	if !d.quoted || !isFieldList(d.arg) {
		c.Has |= plain
		return
	}
	c.Has |= named
	c.Held += string(d.arg) + ","
}

// isFieldList reports whether s is a list of field names, at least one.
func isFieldList(s []byte) bool {
	some := false
	for len(s) > 0 {
		var member []byte
		member, s = cutMember(s)
		for _, b := range trimSpace(member) {
			if some = true; !isToken(b) {
				return false
			}
		}
	}
	return some
}

// Holds reports whether no-cache or private names the field.
func (c *CacheControl) Holds(name []byte) bool {
	for list := c.Held; list != ""; {
		var member string
		member, list, _ = strings.Cut(list, ",")
		if equalFold(name, strings.Trim(member, " \t")) {
			return true
		}
	}
	return false
}

// directive is one member of the list: a name and, after "=", an argument,
// which is a token or the inside of a quoted string. The argument of a
// directive that breaks the grammar is empty.
type directive struct {
	name, arg []byte
	hasArg    bool
	quoted    bool
}

// nextDirective cuts the first member off a non-empty list. Empty members give
// an empty name.
func nextDirective(list []byte) (d directive, rest []byte) {
	member, rest := cutMember(list)
	member = trimSpace(member)
	n := 0
	for n < len(member) && isToken(member[n]) {
		n++
	}
	d.name = member[:n]
	if n == len(member) {
		return d, rest
	}
	d.hasArg = true
	if member[n] == '=' {
		d.arg, d.quoted = unquote(member[n+1:])
	}
	return d, rest
}

// cutMember cuts at the first comma outside a quoted string. A quotation mark
// that is never closed quotes nothing, so that it cannot hide a no-store.
func cutMember(list []byte) (member, rest []byte) {
	for i := 0; i < len(list); i++ {
		switch list[i] {
		case ',':
			return list[:i], list[i+1:]
		case '"':
			if n := quotedLen(list[i:]); n > 0 {
				i += n - 1
			}
		}
	}
	return list, nil
}

// quotedLen is the length of the quoted string that s begins with, quotation
// marks included; 0 when it is not closed.
func quotedLen(s []byte) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 0
}

// unquote is the inside of a quoted string that is all of s, or s itself.
func unquote(s []byte) (inside []byte, quoted bool) {
	if len(s) >= 2 && s[0] == '"' && quotedLen(s) == len(s) {
		return s[1 : len(s)-1], true
	}
	return s, false
}

// parseSeconds reads delta-seconds (§1.2.2): digits, and nothing else.
func parseSeconds(s []byte) (n int64, ok bool) {
	if len(s) == 0 {
		return 0, false
	}
	for _, b := range s {
		if b < '0' || b > '9' {
			return 0, false
		}
		n = min(n*10+int64(b-'0'), maxSeconds)
	}
	return n, true
}

func lowerByte(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}

// trimSpace takes optional whitespace (RFC 9110 §5.6.3) off both ends.
func trimSpace(s []byte) []byte {
	for len(s) > 0 && isSpace(s[0]) {
		s = s[1:]
	}
	for len(s) > 0 && isSpace(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func isSpace(b byte) bool { return b == ' ' || b == '\t' }

// isToken reports whether b may stand in a token (RFC 9110 §5.6.2).
func isToken(b byte) bool { return tokenBytes[b] }

var tokenBytes = func() (t [256]bool) {
	for _, b := range []byte("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		t[b] = true
	}
	return t
}()
