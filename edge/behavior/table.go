package behavior

import "bytes"

// Table is a set of distributions, checked and ready. It does not change and
// may be used by any number of goroutines.
type Table struct {
	distributions []Compiled
	hosts         hosts
}

// Compiled is a distribution of a Table.
type Compiled struct {
	Distribution
	Index int // among the Table's distributions
	rules []Rule
	root  []byte // path of the default root object; nil: there is none
}

// Rule is a behavior of a Compiled distribution. Its NoCollapse is also set
// where nothing is kept, and where cookies are forwarded as CloudFront does; its
// ForwardHost wherever key or Forward have Host.
type Rule struct {
	Behavior
	Index   int    // among the distribution's rules; the default is the last
	Name    string // as reports and log lines have it: "E2EXAMPLE1IMGS *.jpg"
	pattern Pattern
	key     keyMaker
	sieve   sieve

	normalises bool // Accept-Encoding
}

// Distributions are all of the table's, in the order they were given.
func (t *Table) Distributions() []Compiled { return t.distributions }

// Host is the distribution that a Host field names: exactly, else by the
// longest wildcard, else by "*". Case, port and a trailing dot do not count. A
// disabled distribution keeps its names and is not found.
func (t *Table) Host(host []byte) (*Compiled, bool) {
	var buf [longestHost]byte
	name, ok := normalHost(&buf, host)
	if !ok {
		return nil, false
	}
	d := t.hosts.find(name)
	if d == nil || d.Disabled {
		return nil, false
	}
	return d, true
}

// Rules are the distribution's behaviors in the order they are tried, the
// default last.
func (d *Compiled) Rules() []Rule { return d.rules }

// Rooted is the path that a request for path is about: that of the default root
// object for exactly "/", where there is one. It is not to be changed.
func (d *Compiled) Rooted(path []byte) []byte {
	if d.root != nil && len(path) == 1 && path[0] == '/' {
		return d.root
	}
	return path
}

// Route is the first behavior whose pattern matches the path, as the viewer
// sent it and without query; else the default.
func (d *Compiled) Route(path []byte) *Rule {
	if d.DecodePaths && bytes.IndexByte(path, '%') >= 0 {
		var buf [1024]byte
		path = appendDecoded(buf[:0], path)
	}
	last := len(d.rules) - 1
	for i := range d.rules[:last] {
		if d.rules[i].pattern.Match(path) {
			return &d.rules[i]
		}
	}
	return &d.rules[last]
}

// appendDecoded appends a path with its percent-encoded bytes as themselves
// (RFC 3986 §2.1). A "%" without two hexadecimal digits behind it stays.
func appendDecoded(dst, path []byte) []byte {
	for i := 0; i < len(path); i++ {
		b := path[i]
		if b == '%' && i+2 < len(path) {
			high, okHigh := hexDigit(path[i+1])
			low, okLow := hexDigit(path[i+2])
			if okHigh && okLow {
				b, i = high<<4|low, i+2
			}
		}
		dst = append(dst, b)
	}
	return dst
}

func hexDigit(b byte) (byte, bool) {
	switch {
	case '0' <= b && b <= '9':
		return b - '0', true
	case 'a' <= b|0x20 && b|0x20 <= 'f':
		return b | 0x20 - 'a' + 10, true
	}
	return 0, false
}

// SchemeField is the name by which AppendKey asks for the scheme of a request.
const SchemeField = ":scheme"

// AppendKey appends the request's cache key to dst: the distribution, the path
// and what the behavior's Key names of host, query and headers. header returns
// a field's value, its lines joined, or nil where there is none; it is asked
// only for names that the key has, in lower case: for SchemeField it returns http
// or https, and for accept-encoding what Rule.AcceptEncoding makes of it where
// Rule.NormalisesEncoding. Different requests never get the same key.
//
// GET and HEAD share a key. An edge that keeps responses to OPTIONS must keep
// them apart itself.
func (r *Rule) AppendKey(dst, host, path, query []byte, header func(name string) []byte) []byte {
	return r.key.append(dst, host, path, query, header)
}
