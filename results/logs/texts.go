package logs

import (
	"bytes"
	"unsafe"

	"github.com/zeebo/xxh3"

	"edgesim/results"
)

// textsKept is how many of the last escaped strings a worker knows by heart:
// agents and referrers come again and again.
const textsKept = 1 << 12

// texts interns what stands in a log.
type texts struct {
	table      *results.Strings
	generation uint64 // of the table that kept is of
	kept       [textsKept]keptText
	noSlash    bool   // no backslash is in the line, as in all of CloudFront's
	room       []byte // of the last plain
}

// keptText is a string as it stands in a log, and its Sym.
type keptText struct {
	raw []byte
	sym results.Sym
}

// begin is called before every block, within which the table is not emptied.
func (t *texts) begin() {
	if now := t.table.Generation(); now != t.generation {
		t.generation = now
		for i := range t.kept {
			t.kept[i].raw = t.kept[i].raw[:0]
		}
	}
}

// sym is the Sym of an escaped string; 0 for a hyphen.
func (t *texts) sym(raw []byte) results.Sym {
	if isNothing(raw) {
		return 0
	}
	if !t.escaped(raw) {
		return t.table.Bytes(raw)
	}
	return t.byHeart(raw)
}

// byHeart is the same for what comes again and again.
func (t *texts) byHeart(raw []byte) results.Sym {
	k := &t.kept[xxh3.Hash(raw)%textsKept]
	if !bytes.Equal(k.raw, raw) {
		k.raw = append(k.raw[:0], raw...)
		k.sym = t.table.Bytes(t.plain(raw))
	}
	return k.sym
}

// plain is an escaped string as it was; it is good until the next call.
func (t *texts) plain(raw []byte) []byte {
	if !t.escaped(raw) {
		return raw
	}
	t.room = unescape(t.room[:0], raw)
	return t.room
}

func isNothing(raw []byte) bool { return len(raw) == 0 || len(raw) == 1 && raw[0] == '-' }

func (t *texts) escaped(raw []byte) bool {
	return bytes.IndexByte(raw, '%') >= 0 || !t.noSlash && bytes.IndexByte(raw, '\\') >= 0
}

// unescape appends raw with %XX undone, once: what a viewer sent encoded stays
// encoded. Some logs write \xXX as well; CloudFront's write a backslash as %5C,
// so that nothing of theirs is mistaken for it.
func unescape(dst, raw []byte) []byte {
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		switch {
		case c == '%' && i+2 < len(raw) && hex(raw[i+1]) < 16 && hex(raw[i+2]) < 16:
			c = hex(raw[i+1])<<4 | hex(raw[i+2])
			i += 2
		case c == '\\' && i+3 < len(raw) && raw[i+1] == 'x' && hex(raw[i+2]) < 16 && hex(raw[i+3]) < 16:
			c = hex(raw[i+2])<<4 | hex(raw[i+3])
			i += 3
		}
		dst = append(dst, c)
	}
	return dst
}

// hex is the value of a hexadecimal digit; 16 of anything else.
func hex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	}
	return 16
}

// text is b as a string, for as long as b is not changed.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// origin is scheme and host of a referrer, which is all that reports need of it.
func origin(raw []byte) []byte {
	at := bytes.IndexByte(raw, ':')
	if at < 0 || !bytes.HasPrefix(raw[at:], []byte("://")) {
		return raw
	}
	at += 3
	for i := at; i < len(raw); i++ {
		if raw[i] == '/' || raw[i] == '?' {
			return raw[:i]
		}
	}
	return raw
}
