package wire

import (
	"bytes"
	"slices"
)

// What may be wrong with a request.
var (
	BadLine      = line("the request line is not method, target and version with one space between (RFC 9112 section 3)")
	BadMethod    = line("the method is not a token (RFC 9110 section 9.1)")
	BadTarget    = line("the request target has a character that must be encoded (RFC 9112 section 3.2)")
	BadForm      = line("the request target is neither a path nor an http URI (RFC 9112 section 3.2)")
	BadEscape    = line("a % in the path is not followed by two hexadecimal digits (RFC 3986 section 2.1)")
	Tunnel       = line("CONNECT is not served here (RFC 9110 section 9.3.6)")
	OtherVersion = &Fault{Status: 505, Why: "only HTTP/1.0 and HTTP/1.1 are spoken here (RFC 9110 section 15.6.6)"}
	NoHost       = field("there is no Host (RFC 9112 section 3.2)")
	TwoHosts     = field("there is more than one Host (RFC 9112 section 3.2)")
	BadHost      = field("Host is not a host name with an optional port (RFC 9112 section 3.2)")
	OtherHost    = field("Host is not that of the request target (RFC 9112 section 3.2.2)")
	BadExpect    = &Fault{Status: 417, Why: "only 100-continue can be expected (RFC 9110 section 10.1.1)", Field: true}

	LongTarget = &Fault{Status: 414, Why: "the request target is too long", Limit: true}
	LongHead   = &Fault{Status: 431, Why: "the request's header is too large", Limit: true, Field: true}
	ManyFields = &Fault{Status: 431, Why: "the request has too many fields", Limit: true, Field: true}
)

// Request is what a request's head says about the message. The zero Request is
// ready to scan.
type Request struct {
	Skip   int  // bytes of empty lines before the head (RFC 9112 §2.2)
	End    int  // where the head ends, its empty line included
	Method Span // of the bytes scanned, as all spans
	Target Span
	Host   Span // the authority of an absolute target, or the value of Host
	Minor  byte // of the version, as a digit; its place is the request line's last byte
	Expect bool // 100-continue
	fields

	at, seen int // where the unfinished line begins, and how far it has been looked at
	first    int // where the request line ends, CRLF included; 0: it has not come
	hosts    int
	expect   Span // the line
}

// Scan looks at the bytes of b that have come since the last call; the earlier
// ones must be the same. It reports whether the head is complete, or why the
// request is refused. A refused or complete Request scans no more.
func (r *Request) Scan(b []byte, l *Limits) (bool, *Fault) {
	for {
		n := bytes.IndexByte(b[r.seen:], '\n')
		if n < 0 {
			r.seen = len(b)
			return false, r.within(len(b)+1, l)
		}
		from, end := r.at, r.seen+n
		r.at, r.seen = end+1, end+1
		if f := r.within(end+1, l); f != nil {
			return false, f
		}
		if end == from || b[end-1] != '\r' {
			return false, BareLF
		}
		switch {
		case end-1 > from:
			if f := r.line(b, Span{from, end + 1}, l); f != nil {
				return false, f
			}
		case r.first > 0:
			r.End = end + 1
			f := r.finish(b)
			return f == nil, f
		default:
			r.Skip = end + 1
		}
	}
}

// within holds a head that reaches to end to its limit. Empty lines before it
// count: otherwise they could go on for ever.
func (r *Request) within(end int, l *Limits) *Fault {
	switch {
	case end <= l.Head:
		return nil
	case r.first == 0:
		return LongTarget
	}
	return LongHead
}

func (r *Request) line(b []byte, at Span, l *Limits) *Fault {
	text := b[at.From : at.To-2]
	if r.first == 0 {
		r.first = at.To
		return r.start(text, at.From, l)
	}
	if r.count++; r.count > l.Fields {
		return ManyFields
	}
	name, value, f := split(text)
	if f != nil {
		return f
	}
	switch len(name) {
	case len("Host"):
		if fold(name, "host") {
			return r.hosted(b, trim(value))
		}
	case len("Expect"):
		if fold(name, "expect") {
			if r.Expect || !fold(trim(value), "100-continue") {
				return BadExpect
			}
			r.Expect, r.expect = true, at
		}
	}
	return r.framed(name, value, at)
}

// start reads the request line; from is where it lies.
func (r *Request) start(text []byte, from int, l *Limits) *Fault {
	n := 0
	for n < len(text) && classes[text[n]]&isToken != 0 {
		n++
	}
	if n == 0 || n == len(text) || text[n] != ' ' {
		return BadMethod
	}
	rest := text[n+1:]
	end := bytes.IndexByte(rest, ' ')
	if end <= 0 {
		return BadLine
	}
	if f := r.version(rest[end+1:]); f != nil {
		return f
	}
	r.Method = Span{from, from + n}
	r.Target = Span{from + n + 1, from + n + 1 + end}
	if end > l.Target {
		return LongTarget
	}
	if string(text[:n]) == "CONNECT" {
		return Tunnel
	}
	return r.target(rest[:end], string(text[:n]) == "OPTIONS")
}

// version reads HTTP/1.x. A higher minor version is to be taken for the highest
// that one knows (RFC 9110 §2.5).
func (r *Request) version(v []byte) *Fault {
	if len(v) != len("HTTP/1.1") || string(v[:5]) != "HTTP/" || v[6] != '.' || !digit(v[5]) || !digit(v[7]) {
		return BadVersion
	}
	r.Minor = v[7]
	if v[5] != '1' {
		return OtherVersion
	}
	return nil
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// finish is what only the whole head can tell.
func (r *Request) finish(b []byte) *Fault {
	old := r.Minor == '0'
	if r.hosts == 0 && !old {
		return NoHost
	}
	if f := r.frame(old); f != nil {
		return f
	}
	r.Expect = r.Expect && !old && r.HasBody()
	r.Close = r.Close || old && !r.Keep
	return nil
}

// HasBody reports whether a body follows the head.
func (r *Request) HasBody() bool { return r.Framing == Chunked || r.Length > 0 }

// Level writes 1.1 in the place of a later minor version, for a parser that
// knows none.
func (r *Request) Level(head []byte) {
	if r.Minor > '1' {
		head[r.first-len("1\r\n")] = '1'
	}
}

// Strip takes the lines that frame the body, and Expect, out of a complete head
// and moves what follows them up, for a parser that shall not read the body. It
// returns the head that is left.
func (r *Request) Strip(head []byte) []byte {
	if r.length.To == 0 && r.transfer.To == 0 && r.expect.To == 0 {
		return head
	}
	lines := [...]Span{r.length, r.transfer, r.expect}
	slices.SortFunc(lines[:], func(a, b Span) int { return b.From - a.From })
	for _, s := range lines { // the last one first: those before it stay where they are
		head = append(head[:s.From], head[s.To:]...)
	}
	return head
}
