package edge

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// Variants (RFC 9111 §4.1): a response with Vary is kept under its key
// extended by the values of the fields that Vary names; under the key itself
// stands a marker that tells the names.

// varyNames adds the members of one Vary field line: lower case, sorted, each
// once.
func varyNames(names []string, value []byte) []string {
	for member := range bytes.SplitSeq(value, []byte{','}) {
		name := string(bytes.ToLower(bytes.TrimSpace(member)))
		if at, found := slices.BinarySearch(names, name); name != "" && !found {
			names = slices.Insert(names, at, name)
		}
	}
	return names
}

// appendVariant extends key by the values of the named fields. The separators
// cannot occur in field names or values.
func appendVariant(key []byte, generation int64, names []string, field func(name string) []byte) []byte {
	key = append(key, 0)
	key = binary.AppendVarint(key, generation)
	for _, name := range names {
		key = append(key, name...)
		key = append(key, ':')
		key = appendFolded(key, field(name))
		key = append(key, '\n')
	}
	return key
}

// appendFolded appends a field's value without the white space that means
// nothing: around it, around commas, and all but one of a run. A value with
// quoted strings is taken as it is.
func appendFolded(dst, value []byte) []byte {
	if bytes.IndexByte(value, '"') >= 0 {
		return append(dst, value...)
	}
	from, gap := len(dst), false
	for _, b := range value {
		if b == ' ' || b == '\t' {
			gap = true
			continue
		}
		if gap && b != ',' && len(dst) > from && dst[len(dst)-1] != ',' {
			dst = append(dst, ' ')
		}
		gap = false
		dst = append(dst, b)
	}
	return dst
}

// selectVariant moves a response with Vary under its variant's key, and leaves
// a marker with the names under the plain key. Where the leader's fields are
// gone or the names are "*", the response is not kept.
func (f *flight) selectVariant(o *object) {
	if o.meta.VaryAny || f.headers == nil {
		o.verdict.Store = o.verdict.Store && f.old != nil && slices.Equal(f.old.vary, o.vary)
		if f.old != nil {
			o.generation = f.old.generation
		}
		return
	}
	p, base := f.p, f.key[:f.base]
	p.mu.Lock()
	defer p.mu.Unlock()
	o.generation = p.mark(f.baseHash, base, o)
	o.key = string(appendVariant([]byte(base), o.generation, o.vary, f.headers))
	if !f.private && p.flights[f.key] == f && p.flights[o.key] == nil {
		f.variant = o.key
		p.flights[o.key] = f
	}
}

const forever = 1<<63 - 1

// mark sees to it that a marker with the object's names stands under the plain
// key, and returns its generation. The caller holds the lock.
func (p *partition) mark(hash uint64, base string, o *object) int64 {
	at, _ := p.peek(hash, base)
	if at != nil && at.marker && slices.Equal(at.vary, o.vary) {
		return at.generation
	}
	p.remove(hash, base)
	p.generation++
	p.put(hash, &object{key: base, marker: true, vary: o.vary, generation: p.generation,
		body: bodyOf(nil), stored: o.stored, expires: forever})
	return p.generation
}
