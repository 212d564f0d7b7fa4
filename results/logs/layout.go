package logs

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// layout is how a server writes a line: values with texts between them.
type layout struct {
	head  []byte // before the first value
	parts []part
	need  int  // so many values must be there; a line may end after any of the others
	runs  bool // a space stands for any number of them
}

// part is one value of a layout.
type part struct {
	name   string
	read   reading // nil: nobody needs it
	until  []byte  // what ends the value; empty: the end of the line
	quoted bool    // it stands in quotes, and a quote inside is escaped by a backslash
	listed bool    // it may be a list with a space after each comma or around each colon
}

// reading takes a value of a line; false: it is none.
type reading func(s *server, v []byte) bool

// errUnfit is what is wrong with a line that is not of the layout.
type errUnfit struct{ part *part }

func (e errUnfit) Error() string {
	return fmt.Sprintf("ends, or has something else, at %s: not a line of this layout", e.part.name)
}

type errValue struct {
	part  *part
	value string
}

func (e errValue) Error() string { return fmt.Sprintf("%s is %s", e.part.name, e.value) }

var errHead = errors.New("begins otherwise than a line of this layout")

// read hands the values of a line to the readings.
func (l *layout) read(line []byte, s *server) error {
	rest, ok := bytes.CutPrefix(line, l.head)
	if !ok {
		return errHead
	}
	for i := range l.parts {
		p := &l.parts[i]
		v, after, more, ok := l.cut(p, rest, i+1 >= l.need)
		if !ok {
			return errUnfit{p}
		}
		if p.read != nil && !p.read(s, v) {
			return errValue{p, short(v)}
		}
		if rest = after; !more {
			break
		}
	}
	return nil
}

// cut takes a value from the front of rest. more is false where the line ended
// with it.
func (l *layout) cut(p *part, rest []byte, may bool) (v, after []byte, more, ok bool) {
	if l.runs {
		rest = bytes.TrimLeft(rest, " ")
	}
	if len(p.until) == 0 {
		return unquoted(rest), nil, false, true
	}
	at := p.end(rest)
	if at < 0 {
		end := bytes.TrimRight(p.until, " ")
		if !may || !bytes.HasSuffix(rest, end) {
			return nil, nil, false, false
		}
		return unquoted(rest[:len(rest)-len(end)]), nil, false, true
	}
	return unquoted(rest[:at]), rest[at+len(p.until):], true, true
}

// end is where the text is that ends the value; -1 where it is missing.
func (p *part) end(rest []byte) int {
	quoted := p.quoted
	from := 0
	if p.until[0] == ' ' && len(rest) > 0 && rest[0] == '"' {
		quoted, from = true, 1 // quotes of which the layout says nothing
	}
	for {
		at := bytes.Index(rest[from:], p.until)
		if at < 0 {
			return -1
		}
		at += from
		if !(quoted && p.until[0] == '"' && escapedAt(rest, at)) && !(p.listed && listGoesOn(rest, at)) &&
			!(quoted && p.until[0] == ' ' && (rest[at-1] != '"' || at == 1 || escapedAt(rest, at-1))) {
			return at
		}
		from = at + 1
	}
}

// escapedAt reports whether an odd number of backslashes stands before at.
func escapedAt(b []byte, at int) bool {
	n := 0
	for at-n > 0 && b[at-n-1] == '\\' {
		n++
	}
	return n%2 == 1
}

// listGoesOn reports whether the space at that place is one inside a list: after
// a comma, or around a colon.
func listGoesOn(rest []byte, at int) bool {
	if rest[at] != ' ' || at == 0 {
		return false
	}
	return rest[at-1] == ',' || rest[at-1] == ':' || bytes.HasPrefix(rest[at:], []byte(" : "))
}

// unquoted is a value without quotes around it.
func unquoted(v []byte) []byte {
	if n := len(v); n >= 2 && v[0] == '"' && v[n-1] == '"' {
		return v[1 : n-1]
	}
	return v
}

// builder puts a layout together from what its syntax says.
type builder struct {
	l    layout
	text []byte // since the last value
	err  error
}

func (b *builder) literal(text string) { b.text = append(b.text, text...) }

func (b *builder) value(name string, read reading) {
	last := len(b.l.parts) - 1
	switch {
	case last < 0:
		b.l.head = b.text
	case len(b.text) == 0:
		b.fail("%s and %s have nothing between them that would tell where one ends", b.l.parts[last].name, name)
	default:
		b.l.parts[last].until = b.text
	}
	quoted := len(b.text) > 0 && b.text[len(b.text)-1] == '"'
	b.text = nil
	b.l.parts = append(b.l.parts, part{name: name, read: read, quoted: quoted, listed: strings.HasPrefix(name, "$upstream_")})
}

func (b *builder) fail(format string, args ...any) {
	if b.err == nil {
		b.err = fmt.Errorf(format, args...)
	}
}

// done is the layout, if it says what a record needs at least: when, what and
// how it ended.
func (b *builder) done() (*layout, error) {
	if n := len(b.l.parts); n > 0 {
		b.l.parts[n-1].until = b.text
	}
	b.l.need = len(b.l.parts)
	var has trait
	for i := range b.l.parts {
		has |= traits[b.l.parts[i].name]
	}
	for _, t := range []struct {
		trait trait
		what  string
	}{{tellsTime, "when"}, {tellsRequest, "what was asked for"}, {tellsStatus, "the status"}} {
		if has&t.trait == 0 {
			b.fail("nothing in it says %s", t.what)
		}
	}
	if b.err != nil {
		return nil, b.err
	}
	return &b.l, nil
}

// trait is what a value tells that a record cannot do without.
type trait uint8

const (
	tellsTime trait = 1 << iota
	tellsRequest
	tellsStatus
)

// traits are those of the values, by their names in both syntaxes.
var traits = map[string]trait{
	"$time_local": tellsTime, "$time_iso8601": tellsTime, "$msec": tellsTime,
	"$request": tellsRequest, "$request_uri": tellsRequest, "$uri": tellsRequest, "$document_uri": tellsRequest,
	"$status": tellsStatus,
	"%t":      tellsTime, "%r": tellsRequest, "%U": tellsRequest, "%s": tellsStatus,
}
