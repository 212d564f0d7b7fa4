package wire

// fields is what the fields of a message say about the message itself.
type fields struct {
	Framing Framing
	Length  int64 // of the body, where Framing is Length; else 0
	Close   bool  // Connection lists close
	Keep    bool  // Connection lists keep-alive

	count     int
	length    Span // the line of Content-Length; empty: none
	transfer  Span // the line of Transfer-Encoding
	transfers int
}

// split takes a field line apart, its CRLF already cut off.
func split(line []byte) (name, value []byte, f *Fault) {
	n := 0
	for n < len(line) && classes[line[n]]&isToken != 0 {
		n++
	}
	if n == 0 || n == len(line) || line[n] != ':' {
		return nil, nil, misnamed(line, n)
	}
	if value = line[n+1:]; control(value) {
		return nil, nil, BadValue
	}
	return line[:n], value, nil
}

// misnamed says what is wrong with a line that has no field name of n bytes.
func misnamed(line []byte, n int) *Fault {
	switch {
	case n == len(line):
		return BadName
	case n == 0 && (line[0] == ' ' || line[0] == '\t'):
		return Folded
	case n == 0 && line[0] == ':':
		return EmptyName
	case line[n] == ' ' || line[n] == '\t':
		return SpacedName
	}
	return BadName
}

// framed looks at the fields that frame the message; at is where in the head
// the line lies, CRLF included.
func (h *fields) framed(name, value []byte, at Span) *Fault {
	switch len(name) {
	case len("Connection"):
		if fold(name, "connection") {
			members(value, h.option)
		}
	case len("Content-Length"):
		if fold(name, "content-length") {
			return h.measure(value, at)
		}
	case len("Transfer-Encoding"):
		if fold(name, "transfer-encoding") {
			h.transfers++
			h.transfer = at
			if h.transfers > 1 || !fold(trim(value), "chunked") {
				return BadCoding
			}
		}
	}
	return nil
}

func (h *fields) option(o []byte) {
	h.Close = h.Close || fold(o, "close")
	h.Keep = h.Keep || fold(o, "keep-alive")
}

func (h *fields) measure(value []byte, at Span) *Fault {
	if h.length.To > 0 {
		return TwoLengths
	}
	n, ok := number(trim(value))
	if !ok {
		return BadLength
	}
	h.length, h.Length = at, n
	return nil
}

// frame settles how the message is framed; old means HTTP/1.0, which knows no
// transfer codings (RFC 9112 §6.1).
func (h *fields) frame(old bool) *Fault {
	switch {
	case h.transfers > 0 && h.length.To > 0:
		return TwoFramings
	case h.transfers > 0 && old:
		return BadCoding
	case h.transfers > 0:
		h.Framing = Chunked
	case h.length.To > 0:
		h.Framing = Length
	}
	return nil
}
