// Package wire says which bytes are an HTTP/1.1 message (RFC 9112) and which
// are refused. It knows the grammar of heads, fields and chunks, strictly where
// two readers of the same bytes could disagree: what it takes, every parser
// behind it understands alike. It must never know a socket, a clock, what a
// field means to a cache, or who is asking.
//
// Heads are checked line by line as they arrive, each byte once: Request.Scan
// and Response.Scan go on where the last call ended. Chunks checks what lies
// between the data of a chunked body. Nothing here copies or allocates.
package wire

import "encoding/binary"

// Fault says why bytes are refused. There is one value for each reason.
type Fault struct {
	Status int    // that a request is answered with; a response is 502 for all of them
	Why    string // for whoever sent it, with the section it breaks
	Limit  bool   // nothing is wrong but the size
	Field  bool   // it lies in the fields, not in the first line
}

func (f *Fault) Error() string { return f.Why }

func line(why string) *Fault  { return &Fault{Status: 400, Why: why} }
func field(why string) *Fault { return &Fault{Status: 400, Why: why, Field: true} }

// What may be wrong with any message's lines.
var (
	BareLF      = field("a line ends with LF alone (RFC 9112 section 2.2)")
	BadName     = field("a field's name is not a token (RFC 9110 section 5.1)")
	EmptyName   = field("a field has no name (RFC 9110 section 5.1)")
	SpacedName  = field("there is a space between a field's name and its colon (RFC 9112 section 5.1)")
	Folded      = field("a field goes on in a second line (RFC 9112 section 5.2)")
	BadValue    = field("a field's value has a control character (RFC 9110 section 5.5)")
	BadLength   = field("Content-Length is not a number of bytes (RFC 9110 section 8.6)")
	TwoLengths  = field("there is more than one Content-Length (RFC 9112 section 6.3)")
	BadCoding   = field("Transfer-Encoding is not chunked, once, in HTTP/1.1 (RFC 9112 section 6.1)")
	TwoFramings = field("there are both Transfer-Encoding and Content-Length (RFC 9112 section 6.1)")
	BadVersion  = line("the HTTP version is not one (RFC 9112 section 2.3)")
)

// Limits bound a head.
type Limits struct {
	Head   int // bytes from the first line's first to the empty line's last
	Target int // bytes of the request target
	Fields int // field lines
}

// MostLength is the longest body that a message may announce, in bytes: 8 PiB,
// far from where sums of lengths overflow.
const MostLength = 1 << 53

// Framing is how the end of a message's body is known (RFC 9112 §6.3).
type Framing uint8

const (
	None    Framing = iota // neither field: a request has no body, a response ends with the connection
	Length                 // Content-Length
	Chunked                // Transfer-Encoding: chunked
)

// Span is bytes [From, To) of the head that was scanned.
type Span struct{ From, To int }

// Of is the span's bytes.
func (s Span) Of(head []byte) []byte { return head[s.From:s.To] }

const (
	isToken  = 1 << iota // RFC 9110 §5.6.2
	isTarget             // of a request target, other than "%"
	isHost               // of a registered name or an IPv4 address
)

var classes = func() (t [256]uint8) {
	for c := '!'; c <= '~'; c++ {
		switch {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
			t[c] = isToken | isTarget | isHost
		default:
			t[c] = isTarget
		}
	}
	for _, c := range "!#$%&'*+-.^_`|~" {
		t[c] |= isToken
	}
	for _, c := range "-._~!$&'()*+,;=" {
		t[c] |= isHost
	}
	t['#'] &^= isTarget
	t['%'] &^= isTarget
	return t
}()

// control reports whether b has a control character other than a tab.
func control(b []byte) bool {
	for len(b) >= 8 {
		if suspicious(binary.LittleEndian.Uint64(b)) && controlIn(b[:8]) {
			return true
		}
		b = b[8:]
	}
	return controlIn(b)
}

// suspicious reports whether one of eight bytes is below 0x20 or is DEL. A byte
// is, where taking 0x20 from it borrows and it has not the high bit itself; a
// borrow from a neighbour may cry wolf, so the bytes are looked at then.
func suspicious(x uint64) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	del := x ^ 0x7f*ones
	return ((x-0x20*ones)&^x|(del-ones)&^del)&highs != 0
}

func controlIn(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\t' || c == 0x7f {
			return true
		}
	}
	return false
}

// trim cuts optional whitespace off both ends (RFC 9110 §5.6.3).
func trim(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	return b
}

// fold reports whether b is want, which is in lower case, in any case.
func fold(b []byte, want string) bool {
	if len(b) != len(want) {
		return false
	}
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != want[i] {
			return false
		}
	}
	return true
}

// number reads a length: digits and nothing else.
func number(b []byte) (int64, bool) {
	if len(b) == 0 || len(b) > 20 {
		return 0, false
	}
	var n int64
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		if n = n*10 + int64(c-'0'); n > MostLength {
			return 0, false
		}
	}
	return n, true
}

// members calls do with each element of a comma-separated list.
func members(list []byte, do func([]byte)) {
	from := 0
	for i := 0; i <= len(list); i++ {
		if i == len(list) || list[i] == ',' {
			do(trim(list[from:i]))
			from = i + 1
		}
	}
}
