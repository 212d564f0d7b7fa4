package player

import (
	"bytes"
	"net/http"

	"edgesim/workloads"
)

// A sight is what a look at the beginning of an answer tells.
type sight int

const (
	partial sight = iota // it is short, and not whole yet
	whole                // all of it is there, and can be read without waiting
	beyond               // it is long, or it is not known how long
)

const (
	statusAt   = len("HTTP/1.1 ")
	mostHeader = 16 << 10 // of an answer that is looked at, in bytes
)

// endOfHeader is the end of the last line and an empty one.
var endOfHeader = []byte("\n\r\n")

// look says how much of the answer is in the buffer. What it does not understand
// is beyond: to judge it is for those who read it.
func (c *conn) look() sight {
	b, _ := c.in.Peek(c.in.Buffered())
	if c.need == 0 {
		end := bytes.Index(b, endOfHeader)
		if end < 0 {
			if len(b) > mostHeader {
				return beyond
			}
			return partial
		}
		if end > 0 && b[end-1] != '\r' && bytes.IndexByte(b, '\n') < end {
			return beyond // lines that end in a line feed alone: readers differ in what they take for the end
		}
		n := c.readLength(b[:end+1])
		if n < 0 || n > int64(readBuffer-end-len(endOfHeader)) {
			return beyond
		}
		c.header = end + len(endOfHeader)
		c.need = c.header + int(n)
	}
	if len(b) < c.need {
		c.pieces = true
		return partial
	}
	if c.pieces { // what was read of it may lie elsewhere now
		c.pieces = false
		c.heading.readPlain(b[:c.header-2], &c.answer)
	}
	return whole
}

// readLength is bodyLength, and reads a header of the common kind.
func (c *conn) readLength(header []byte) int64 {
	head := c.req.Method == workloads.HEAD
	if !c.heading.readPlain(header, &c.answer) {
		return bodyLength(header, head)
	}
	if status := c.heading.status; head || status == http.StatusNoContent || status == http.StatusNotModified {
		return 0
	}
	return c.heading.length
}

// bodyLength is the length of the body after a header, given with the end of its
// last line; -1: the header does not say, or it is not a final response's.
func bodyLength(header []byte, head bool) int64 {
	line, rest := cutLine(header)
	if len(line) < statusAt+3 || line[statusAt] < '2' {
		return -1
	}
	if status := string(line[statusAt : statusAt+3]); head || status == "204" || status == "304" {
		return 0
	}
	length := int64(-1)
	for len(rest) > 0 {
		line, rest = cutLine(rest)
		switch {
		case named(line, "content-length:") && length < 0:
			n, ok := parseInt(bytes.TrimSpace(line[len("content-length:"):]))
			if !ok || n < 0 {
				return -1
			}
			length = n
		case named(line, "content-length:"), named(line, "transfer-encoding:"):
			return -1
		}
	}
	return length
}

func cutLine(b []byte) (line, rest []byte) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return b, nil
	}
	return b[:i], b[i+1:]
}

// named reports whether a header line has that name, given in lower case with its
// colon.
func named(line []byte, name string) bool {
	if len(line) < len(name) || line[0]|0x20 != name[0] || line[len(name)-1] != ':' {
		return false
	}
	for i := range len(name) - 1 {
		if c := line[i]; c != name[i] && (c|0x20 != name[i] || c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}
