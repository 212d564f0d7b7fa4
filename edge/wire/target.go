package wire

import (
	"bytes"
	"net/netip"
	"unsafe"
)

// target checks a request target: a path with or without a query, an absolute
// http URI, or "*" for OPTIONS (RFC 9112 §3.2).
func (r *Request) target(t []byte, options bool) *Fault {
	path := t
	switch {
	case t[0] == '/':
	case len(t) == 1 && t[0] == '*' && options:
		return nil
	default:
		scheme, rest, ok := bytes.Cut(t, []byte("://"))
		if !ok || !fold(scheme, "http") && !fold(scheme, "https") {
			return BadForm
		}
		end := bytes.IndexAny(rest, "/?#")
		if end < 0 {
			end = len(rest)
		}
		if !ValidHost(rest[:end]) {
			return BadHost
		}
		from := r.Target.From + len(scheme) + len("://")
		r.Host, path = Span{from, from + end}, rest[end:]
	}
	return escaped(path)
}

// escaped checks the characters of path and query. In a query a lone % is
// common and means itself to everyone.
func escaped(path []byte) *Fault {
	query := false
	for i, c := range path {
		switch {
		case classes[c]&isTarget != 0:
			query = query || c == '?'
		case c != '%':
			return BadTarget
		case !query && (len(path)-i < 3 || !hex(path[i+1]) || !hex(path[i+2])):
			return BadEscape
		}
	}
	return nil
}

func hex(c byte) bool {
	return digit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// hosted takes the value of Host. Where the target names a host too, both must
// be the same: RFC 9112 §3.2.2 has the target win, and whoever behind us reads
// the other sees another site.
func (r *Request) hosted(b, value []byte) *Fault {
	if r.hosts++; r.hosts > 1 {
		return TwoHosts
	}
	if !ValidHost(value) {
		return BadHost
	}
	if r.Host.To > 0 && !bytes.EqualFold(r.Host.Of(b), value) {
		return OtherHost
	}
	if r.Host.To == 0 {
		from := cap(b) - cap(value) // a part of b, which nothing has given another end
		r.Host = Span{from, from + len(value)}
	}
	return nil
}

// ValidHost reports whether b is a host with an optional port (RFC 3986
// §3.2.2, §3.2.3), as an http URI may have it: a registered name or an IPv4
// address, or an IPv6 address in brackets. Percent-encoding, which no name of a
// site needs, and user information are not taken.
func ValidHost(b []byte) bool {
	if len(b) > 0 && b[0] == '[' {
		end := bytes.IndexByte(b, ']')
		return end > 0 && validIPv6(b[1:end]) && validPort(b[end+1:])
	}
	n := 0
	for n < len(b) && classes[b[n]]&isHost != 0 {
		n++
	}
	return n > 0 && n <= 255 && validPort(b[n:])
}

func validIPv6(b []byte) bool {
	if len(b) < 2 || len(b) > 45 || bytes.IndexByte(b, '%') >= 0 {
		return false // a zone belongs to one machine alone (RFC 6874)
	}
	a, err := netip.ParseAddr(unsafe.String(&b[0], len(b)))
	return err == nil && a.Is6()
}

// validPort takes nothing, or a colon and a port that may be empty.
func validPort(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	if b[0] != ':' || len(b) > len(":65535") {
		return false
	}
	n := 0
	for _, c := range b[1:] {
		if !digit(c) {
			return false
		}
		n = n*10 + int(c-'0')
	}
	return n <= 65535
}
