package behavior

import (
	"bytes"
	"strings"
)

// longestHost is the longest name that DNS has, and room for a trailing dot or
// brackets. Longer ones name no distribution.
const longestHost = 256

// normalHost writes the name of a Host field in lower case, without port and
// trailing dot, into buf. Too long a name is cut, and ok is false.
func normalHost(buf *[longestHost]byte, host []byte) (name []byte, ok bool) {
	host = WithoutPort(host)
	if n := len(host); n > 1 && host[n-1] == '.' {
		host = host[:n-1]
	}
	n := copy(buf[:], host)
	for i, b := range buf[:n] {
		if 'A' <= b && b <= 'Z' {
			buf[i] = b + 'a' - 'A'
		}
	}
	return buf[:n], n == len(host)
}

// WithoutPort takes ":port" off; the colons inside an IPv6 address's brackets are
// none of it.
func WithoutPort(host []byte) []byte {
	if len(host) > 0 && host[0] == '[' {
		if i := bytes.IndexByte(host, ']'); i >= 0 {
			return host[:i+1]
		}
		return host
	}
	if i := bytes.IndexByte(host, ':'); i >= 0 {
		return host[:i]
	}
	return host
}

// appendAuthority appends a Host field in the one form that all ways of writing
// it share: the name in lower case, without trailing dot, and the port unless
// it is that of http or https.
func appendAuthority(dst, host []byte) []byte {
	var buf [longestHost]byte
	name, _ := normalHost(&buf, host)
	dst = append(dst, name...)
	switch port := host[len(WithoutPort(host)):]; string(port) {
	case ":", ":80", ":443":
		return dst
	default:
		return append(dst, port...)
	}
}

// AppendHost appends the Host that an origin gets where the viewer's is
// forwarded: what the key has of it. Where the key has nothing of it the port
// stays behind too, because with it one viewer could decide on the links that
// all others get.
func (r *Rule) AppendHost(dst, host []byte) []byte {
	if r.Key.Host {
		return appendAuthority(dst, host)
	}
	return appendAuthority(dst, WithoutPort(host))
}

func lowerName(name string) string { return strings.ToLower(name) }

// hosts finds the distribution that a name belongs to.
type hosts struct {
	exact map[string]*Compiled
	below map[string]*Compiled // "*.example.com" as ".example.com"
	any   *Compiled            // "*"
}

// find is the most specific match: the name itself, then the longest wildcard.
func (h *hosts) find(name []byte) *Compiled {
	if d, ok := h.exact[string(name)]; ok {
		return d
	}
	if len(h.below) > 0 {
		for i := 1; i < len(name); i++ {
			if name[i] != '.' {
				continue
			}
			if d, ok := h.below[string(name[i:])]; ok {
				return d
			}
		}
	}
	return h.any
}

// add enters a checked name; false when another distribution has it.
func (h *hosts) add(name string, d *Compiled) (other *Compiled, ok bool) {
	switch {
	case name == "*":
		if h.any != nil {
			return h.any, false
		}
		h.any = d
	case strings.HasPrefix(name, "*."):
		return enter(h.below, name[1:], d)
	default:
		return enter(h.exact, name, d)
	}
	return nil, true
}

func enter(names map[string]*Compiled, name string, d *Compiled) (other *Compiled, ok bool) {
	if other, ok := names[name]; ok {
		return other, false
	}
	names[name] = d
	return nil, true
}
