package trace

import (
	"bytes"
	"fmt"
	"math"
)

// layout says which column of a line is what. Columns count from 1; 0 is one that
// the lines do not have.
type layout struct {
	delimiter      byte // between columns; a blank stands for any number of blanks and tabs
	time, id, size int
	timeUnit       int64 // ns of a 1 in the time column
	sizeUnit       int64 // bytes of a 1 in the size column
	header         bool  // the first line names the columns
	quotes         bool  // a column may stand in double quotes (RFC 4180)
}

const blank = ' '

func (l layout) tells() Tells { return Tells{Times: l.time > 0, Sizes: l.size > 0} }

// role is what a column is.
type role uint8

const (
	asNothing role = iota
	asTime
	asID
	asSize
)

// table is the parser of lines of a layout.
type table struct {
	layout
	roles  []role             // up to the last column that is anything
	most   [asSize + 1]uint64 // in a column of each role, so that its unit makes no more than 63 bits of it
	faults *Faults
}

// lines is the decoder of a layout.
func (l layout) lines(p *parameters) *lines {
	t := &table{layout: l, faults: p.faults, roles: make([]role, max(l.time, l.id, l.size))}
	t.most[asTime], t.most[asSize] = uint64(math.MaxInt64/l.timeUnit), uint64(math.MaxInt64/l.sizeUnit)
	for _, c := range []struct {
		column int
		as     role
	}{{l.time, asTime}, {l.size, asSize}, {l.id, asID}} {
		if c.column > 0 {
			t.roles[c.column-1] = c.as
		}
	}
	return &lines{path: p.path, faults: p.faults, header: l.header, parse: t.parse, swift: t.swift}
}

func (t *table) parse(line []byte, r *Request) error {
	*r = Request{Size: 1, Next: Unknown}
	at := 0
	for i, as := range t.roles {
		if t.delimiter == blank {
			at = pastBlanks(line, at)
		}
		if at > len(line) || at == len(line) && t.delimiter == blank {
			return fmt.Errorf("it has %s; right are %d, as column %d is the %s", things(i, "column"), len(t.roles), len(t.roles), t.roles[len(t.roles)-1])
		}
		var text []byte
		text, at = t.cut(line, at)
		if err := t.slow(as, text, i+1, r); err != nil {
			return err
		}
	}
	return nil
}

// swift reads a line of whole numbers, of which there is nothing to say; 0 leaves
// any other to parse.
func (t *table) swift(data []byte, r *Request) int {
	*r = Request{Size: 1, Next: Unknown}
	at, last := 0, len(t.roles)-1
	for i, as := range t.roles {
		if as == asNothing {
			skip := t.swiftSkip(data[at:])
			if skip == 0 {
				return 0
			}
			at += skip
			continue
		}
		v, end := digits(data, at)
		n := end - at
		if n == 0 || n > safeDigits || end == len(data) || !t.quick(as, v, r, data[at], n) {
			return 0
		}
		if c := data[end]; c == t.delimiter {
			at = end + 1
		} else if c == '\n' && i == last {
			return end + 1
		} else {
			return 0
		}
	}
	if end := bytes.IndexByte(data[at:], '\n'); end >= 0 {
		return at + end + 1
	}
	return 0
}

// swiftSkip is how long a column is that nobody reads, with its delimiter; 0 leaves
// the line to parse.
func (t *table) swiftSkip(data []byte) int {
	end := bytes.IndexByte(data, t.delimiter)
	if t.delimiter == blank || end < 0 || data[0] == '"' || bytes.IndexByte(data[:end], '\n') >= 0 {
		return 0
	}
	return end + 1
}

// quick takes a whole number of n digits of which c is the first; false where that
// takes a closer look.
func (t *table) quick(as role, v uint64, r *Request, c byte, n int) bool {
	switch as {
	case asID:
		r.ID = v
		return c != '0' || n == 1
	case asTime:
		r.At = int64(v) * t.timeUnit
		return v <= t.most[asTime]
	default:
		r.Size = int64(v) * t.sizeUnit
		return v <= t.most[asSize] && v > 0
	}
}

// mostUnit is the most ns or bytes that a unit may have: an hour, a TiB.
const mostUnit = 3600 * second

// cut is the column that begins at at, and where the next one does.
func (t *table) cut(line []byte, at int) (text []byte, next int) {
	if t.quotes && at < len(line) && line[at] == '"' {
		if end := bytes.IndexByte(line[at+1:], '"'); end >= 0 {
			text = line[at+1 : at+1+end]
			at += end + 2
			if at == len(line) || line[at] == t.delimiter {
				return text, at + 1
			}
		}
	}
	end := at
	for end < len(line) && line[end] != t.delimiter && !(t.delimiter == blank && line[end] == '\t') {
		end++
	}
	return bytes.Trim(line[at:end], " \t"), end + 1
}

// slow takes any text for a column.
func (t *table) slow(as role, text []byte, column int, r *Request) error {
	ok := true
	switch as {
	case asID:
		r.ID = nameOf(text)
		ok = len(text) > 0
	case asTime:
		r.At, ok = amount(text, t.timeUnit)
	case asSize:
		if r.Size, ok = amount(text, t.sizeUnit); ok && r.Size == 0 {
			r.Size = 1
			t.faults.Empty++
		}
	}
	if !ok {
		return fmt.Errorf("column %d, the %s, is %s; right is %s", column, as, short(text), as.right())
	}
	return nil
}

func (r role) String() string {
	return [...]string{asNothing: "rest", asTime: "time", asID: "object", asSize: "size"}[r]
}

// right is what a column must be.
func (r role) right() string {
	switch r {
	case asTime:
		return "a time from 0 on that 63 bits hold in ns, as 1700000000 or 12.5; --columns time-unit=ms says what a 1 is"
	case asSize:
		return "a number of bytes from 0 to 2^63-1"
	}
	return "a number or a word"
}

func pastBlanks(line []byte, at int) int {
	for at < len(line) && (line[at] == ' ' || line[at] == '\t') {
		at++
	}
	return at
}

func things(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
