package trace

import (
	"bytes"
	"errors"
)

// lines is the decoder of formats that have one request on a line. Empty lines and
// those that begin with # are none.
type lines struct {
	path   string
	faults *Faults
	header bool  // the first line names the columns
	done   int64 // lines so far
	parse  func(line []byte, r *Request) error

	// swift, when not nil, reads the line that data begins with if that is as lines
	// nearly always are, and returns how long it is; 0 leaves it to parse.
	swift func(data []byte, r *Request) int
}

// errNothing is what parse says of a line that is neither a request nor wrong.
var errNothing = errors.New("nothing")

func (d *lines) decode(data []byte, end bool, reqs []Request) (used, made int, err error) {
	for made < len(reqs) {
		if n := d.quick(data[used:], &reqs[made]); n > 0 {
			used += n
			made++
			continue
		}
		line, n := firstLine(data[used:], end)
		if n == 0 {
			break
		}
		used += n
		d.done++
		if len(line) == 0 || line[0] == '#' || d.header && d.done == 1 {
			continue
		}
		if err := d.parse(line, &reqs[made]); err == errNothing {
			continue
		} else if err != nil {
			if err := d.fault(err); err != nil {
				return used, made, err
			}
			continue
		}
		made++
	}
	return used, made, nil
}

// quick is swift where there is one and the line is no header.
func (d *lines) quick(data []byte, r *Request) int {
	if d.swift == nil || d.header && d.done == 0 {
		return 0
	}
	n := d.swift(data, r)
	if n > 0 {
		d.done++
	}
	return n
}

// fault is the error of the line just read, unless such lines are passed over.
func (d *lines) fault(err error) error {
	return d.faults.bad(Fault{d.path, d.done, inLines, err.Error()})
}

// firstLine is the line that data begins with, without its end, and how many bytes
// it takes with it; 0 where it is not whole yet. At the end of the file a last
// line may do without a line feed.
func firstLine(data []byte, end bool) (line []byte, n int) {
	at := bytes.IndexByte(data, '\n')
	switch {
	case at >= 0:
		line, n = data[:at], at+1
	case end:
		line, n = data, len(data)
	default:
		return nil, 0
	}
	if len(line) > 0 && line[len(line)-1] == '\r' {
		line = line[:len(line)-1]
	}
	return line, n
}
