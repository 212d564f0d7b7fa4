package edge

import (
	"bytes"
	"encoding/binary"

	"edgesim/edge/cache"
)

// A stored response in the language that a request asks for first answers it,
// though it was made for one that asked in other words: no negotiation could
// give it another (RFC 9111 §4.1, RFC 9110 §12.5.4).

const languageField = "accept-language"

// inLanguage finds such a response among the variants of the key. The caller
// holds the lock.
func (p *partition) inLanguage(a *ask, now int64) *object {
	if !a.varied || a.solo || !a.rule.NormalizeVary || a.caching.Directed() {
		return nil
	}
	m := p.markerOf(string(a.key[:a.base]))
	if m == nil {
		return nil
	}
	want := preferred(a.header(languageField))
	if want == nil {
		return nil
	}
	for _, key := range m.family.keys {
		if !sameButLanguage(a.key[a.base:], bytesOf(key)[a.base:]) {
			continue
		}
		hash := hashKey(bytesOf(key))
		o, _ := p.peek(hash, key)
		if o == nil || !bytes.EqualFold(o.block.get("Content-Language"), want) {
			continue
		}
		if o, state := p.lookup(hash, bytesOf(key), now); state == cache.Fresh {
			return o
		}
	}
	return nil
}

// preferred is the one language, or "*", that an Accept-Language field gives more weight
// than any other; nil where there is none.
func preferred(field []byte) (language []byte) {
	var room [mostWeighted]weighted
	list, ok := readWeighted(room[:0], field)
	if !ok {
		return nil
	}
	most := 0
	for _, m := range list {
		switch {
		case m.weight > most:
			most, language = m.weight, m.value
		case m.weight == most:
			language = nil
		}
	}
	return language
}

// sameButLanguage compares what appendVariant appended to two keys, except for
// the language. One without the field is the same as no other.
func sameButLanguage(a, b []byte) bool {
	_, n := binary.Varint(a[1:])
	if len(b) <= 1+n || !bytes.Equal(a[:1+n], b[:1+n]) {
		return false
	}
	a, b = a[1+n:], b[1+n:]
	found := false
	for len(a) > 0 && len(b) > 0 {
		var x, y []byte
		x, a, _ = bytes.Cut(a, newline)
		y, b, _ = bytes.Cut(b, newline)
		switch {
		case isLanguage(x) && isLanguage(y):
			found = true
		case !bytes.Equal(x, y):
			return false
		}
	}
	return found && len(a) == len(b)
}

func isLanguage(part []byte) bool { return bytes.HasPrefix(part, []byte(languageField+":")) }

var newline = []byte{'\n'}
