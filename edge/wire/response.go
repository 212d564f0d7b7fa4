package wire

import "bytes"

// What may be wrong with a response. The status of these is the edge's answer
// to a viewer.
var (
	BadStatus = line("the status line is not a version, three digits and a phrase (RFC 9112 section 4)")
	NoBody    = field("a response that has no body says how long it is (RFC 9112 section 6.1, RFC 9110 section 8.6)")
	LongReply = &Fault{Status: 502, Why: "the response's header is too large", Limit: true, Field: true}
)

// Response is what a response's head says about the message. The zero Response
// is ready to scan.
type Response struct {
	Status int
	Minor  byte // of the version, as a digit
	End    int  // where the head ends, its empty line included
	fields

	at, seen int
	first    int
}

// Scan looks at the bytes of b that have come since the last call; the earlier
// ones must be the same. It reports whether the head is complete, or why the
// response is not believed. Folded lines are refused, as RFC 9112 §5.2 allows a
// gateway; so is a repeated Content-Length even where both say the same (§6.3).
func (r *Response) Scan(b []byte, l *Limits) (bool, *Fault) {
	for {
		n := bytes.IndexByte(b[r.seen:], '\n')
		if n < 0 {
			r.seen = len(b)
			if len(b) >= l.Head {
				return false, LongReply
			}
			return false, nil
		}
		from, end := r.at, r.seen+n
		r.at, r.seen = end+1, end+1
		switch {
		case end >= l.Head:
			return false, LongReply
		case end == from || b[end-1] != '\r':
			return false, BareLF
		case end-1 == from && r.first > 0:
			r.End = end + 1
			f := r.finish()
			return f == nil, f
		}
		if f := r.line(b[from:end-1], Span{from, end + 1}, l); f != nil {
			return false, f
		}
	}
}

func (r *Response) line(text []byte, at Span, l *Limits) *Fault {
	if r.first == 0 {
		r.first = at.To
		return r.start(text)
	}
	if r.count++; r.count > l.Fields {
		return LongReply
	}
	name, value, f := split(text)
	if f != nil {
		return f
	}
	return r.framed(name, value, at)
}

// start reads the status line. The space before an empty phrase may be missing:
// many servers forget it, and nothing can be hidden in it.
func (r *Response) start(text []byte) *Fault {
	if len(text) < len("HTTP/1.1 200") || string(text[:7]) != "HTTP/1." || !digit(text[7]) || text[8] != ' ' {
		return BadStatus
	}
	code, phrase := text[9:12], text[12:]
	if !digit(code[0]) || !digit(code[1]) || !digit(code[2]) || len(phrase) > 0 && phrase[0] != ' ' || control(phrase) {
		return BadStatus
	}
	r.Minor = text[7]
	r.Status = int(code[0]-'0')*100 + int(code[1]-'0')*10 + int(code[2]-'0')
	if r.Status < 100 || r.Status > 599 {
		return BadStatus
	}
	return nil
}

func (r *Response) finish() *Fault {
	old := r.Minor == '0'
	r.Close = r.Close || old && !r.Keep
	if (r.Status < 200 || r.Status == 204) && (r.transfers > 0 || r.Length > 0) {
		return NoBody
	}
	return r.frame(old)
}
