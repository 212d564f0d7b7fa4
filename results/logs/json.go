package logs

import (
	"bytes"
	"errors"
	"unicode/utf16"
	"unicode/utf8"

	"edgesim/results"
)

// JSON lines: one object a line, of which the keys are the names of the fields
// and the values are strings, or numbers where something has been through a
// database. CloudFront's standard logging v2 and its real-time logs, by way of
// Firehose, come so (reference, sections 3.2 and 3.3).

func init() {
	register(Format{
		Name:   "json",
		About:  "CloudFront's logs as JSON lines, of standard logging v2 or real-time: told by their keys",
		Detect: detectJSON,
		ends:   func(text []byte) int { return bytes.LastIndex(text, []byte(`}{"`)) + 1 },
		new:    func(j *job) (decoder, error) { return &jsonLines{loose: loose{row: row{job: j}}}, nil },
	})
}

// jsonLines reads objects, of which the keys nearly always stand in the same
// order.
type jsonLines struct {
	loose
	keys  []jsonKey          // in the order of the last line
	known map[string]jsonKey // all that were met
	room  []byte             // of the line's values that had escapes
	left  []byte             // of the line, behind the object
}

// jsonKey is a key as it stands in the log, and what it means.
type jsonKey struct {
	raw   string
	field field
}

// jsonKeysMost is how many different keys are remembered.
const jsonKeysMost = 256

func (d *jsonLines) begin(f *file, _ string) { d.row.file = f }

// rest is what stands behind the object in the last line: Firehose lays objects
// side by side where it is not told to end them.
func (d *jsonLines) rest() []byte { return d.left }

var (
	errNotJSON = errors.New("not a JSON object with strings and numbers")
	errNoField = errors.New("a JSON object without a field of CloudFront's")
)

func (d *jsonLines) line(line []byte, r *results.Record) error {
	d.start(line)
	d.room, d.left = d.room[:0], nil
	p := jsonParser{b: line}
	n, matched := 0, 0
	if !p.open('{') {
		return errNotJSON
	}
	for !p.closed('}') {
		if n > 0 && !p.take(',') {
			return errNotJSON
		}
		raw, ok := p.string()
		if !ok || !p.take(':') {
			return errNotJSON
		}
		v, escaped, ok := p.value()
		if !ok {
			return errNotJSON
		}
		f := d.field(n, raw)
		n++
		if f.kind == colIgnored || v == nil {
			continue
		}
		matched++
		if escaped {
			v = d.unescaped(v)
		}
		if !d.set(f, v, r) {
			return badValue(f.name, v)
		}
	}
	d.left = bytes.TrimLeft(p.b[p.at:], " \t,")
	if matched == 0 {
		return errNoField
	}
	return d.finish(r)
}

// field is the meaning of a line's n-th key.
func (d *jsonLines) field(n int, raw []byte) field {
	if n < len(d.keys) && d.keys[n].raw == string(raw) {
		return d.keys[n].field
	}
	key, ok := d.known[string(raw)]
	if !ok {
		key = jsonKey{string(raw), fieldOf(string(unescapeServer(nil, raw)))}
		if d.known == nil || len(d.known) >= jsonKeysMost {
			d.known = map[string]jsonKey{}
		}
		d.known[key.raw] = key
	}
	if n <= len(d.keys) && n < jsonKeysMost {
		d.keys = append(d.keys[:n], key)
	}
	return key.field
}

// unescaped is a value without JSON's escapes; it stays until the next line.
func (d *jsonLines) unescaped(v []byte) []byte {
	at := len(d.room)
	d.room = unescapeServer(d.room, v)
	return d.room[at:]
}

// jsonParser walks over one object. It takes what is well-formed JSON, and some
// that is not: a value is what a record is made of, not what a standard says.
type jsonParser struct {
	b  []byte
	at int
}

func (p *jsonParser) space() {
	for p.at < len(p.b) && (p.b[p.at] == ' ' || p.b[p.at] == '\t') {
		p.at++
	}
}

// take passes over c, with spaces before and after it.
func (p *jsonParser) take(c byte) bool {
	p.space()
	if p.at == len(p.b) || p.b[p.at] != c {
		return false
	}
	p.at++
	p.space()
	return true
}

func (p *jsonParser) open(c byte) bool { return p.take(c) }

func (p *jsonParser) closed(c byte) bool {
	p.space()
	if p.at == len(p.b) || p.b[p.at] != c {
		return false
	}
	p.at++
	return true
}

// string takes a string, without its quotes and with its escapes.
func (p *jsonParser) string() ([]byte, bool) {
	if p.at == len(p.b) || p.b[p.at] != '"' {
		return nil, false
	}
	from := p.at + 1
	for at := from; ; at++ {
		end := bytes.IndexByte(p.b[at:], '"')
		if end < 0 {
			return nil, false
		}
		at += end
		if !escapedAt(p.b[from:at], at-from) {
			p.at = at + 1
			return p.b[from:at], true
		}
	}
}

// value takes a string or another scalar; nil of null and of what is no scalar.
func (p *jsonParser) value() (v []byte, escaped, ok bool) {
	if p.at == len(p.b) {
		return nil, false, false
	}
	switch p.b[p.at] {
	case '"':
		v, ok = p.string()
		return v, bytes.IndexByte(v, '\\') >= 0, ok
	case '{', '[':
		return nil, false, p.nested()
	}
	from := p.at
	for p.at < len(p.b) && bytes.IndexByte([]byte(",}] \t"), p.b[p.at]) < 0 {
		p.at++
	}
	if v = p.b[from:p.at]; string(v) == "null" {
		v = nil
	}
	return v, false, p.at > from
}

// nested passes over an object or a list.
func (p *jsonParser) nested() bool {
	for depth := 0; p.at < len(p.b); {
		switch p.b[p.at] {
		case '"':
			if _, ok := p.string(); !ok {
				return false
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		p.at++
		if depth == 0 {
			return true
		}
	}
	return false
}

// distinctive is how many names of CloudFront's an object must have to be one of
// its rows.
const distinctive = 2

// detectJSON reports whether the first line begins an object with CloudFront's
// names.
func detectJSON(head []byte) bool {
	line, _, _ := bytes.Cut(bytes.TrimLeft(head, " \t\r\n"), []byte{'\n'})
	p := jsonParser{b: line}
	if !p.open('{') {
		return false
	}
	found := 0
	for !p.closed('}') {
		raw, ok := p.string()
		if !ok || !p.take(':') {
			return false
		}
		if f := fieldOf(string(raw)); f.kind != colIgnored && bytes.ContainsAny(raw, "-_(") {
			found++
		}
		if _, _, ok := p.value(); !ok {
			return false
		}
		if found >= distinctive {
			return true
		}
		p.take(',')
	}
	return false
}

// appendUnicode appends the character of four hexadecimal digits; 0 where they
// are none. Halves of a pair that stand alone become the replacement character.
func appendUnicode(dst, digits []byte) ([]byte, rune) {
	var n rune
	for _, c := range digits {
		h := hex(c)
		if h > 15 {
			return append(dst, 'u'), 0
		}
		n = n<<4 | rune(h)
	}
	if n == 0 {
		return append(dst, 0), 1
	}
	if utf16.IsSurrogate(n) {
		return appendSurrogate(dst, n), n
	}
	return utf8.AppendRune(dst, n), n
}

// appendSurrogate appends half of a pair: the first is laid down as it is, in
// three bytes, and the second makes a character of both.
func appendSurrogate(dst []byte, half rune) []byte {
	if n := len(dst); n >= 3 && half >= 0xDC00 && dst[n-3] == 0xED && dst[n-2] >= 0xA0 && dst[n-2] < 0xB0 {
		first := 0xD000 | rune(dst[n-2]&0x3F)<<6 | rune(dst[n-1]&0x3F)
		return utf8.AppendRune(dst[:n-3], utf16.DecodeRune(first, half))
	}
	return append(dst, 0xE0|byte(half>>12), 0x80|byte(half>>6)&0x3F, 0x80|byte(half)&0x3F)
}
