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

// appendVariant extends key by the values of the fields that o's Vary names, as
// the request has them. The separators cannot occur in field names or values. A
// field that is not there is another thing than an empty one.
func appendVariant(key []byte, o *object, normalize bool, field func(name string) []byte) []byte {
	key = append(key, 0)
	key = binary.AppendVarint(key, o.generation)
	for _, name := range o.vary {
		key = append(key, name...)
		value := field(name)
		if value == nil {
			key = append(key, '\n')
			continue
		}
		key = append(key, ':')
		if normalize {
			key = appendMeaning(key, name, value)
		} else {
			key = append(key, value...)
		}
		key = append(key, '\n')
	}
	return key
}

// selectVariant moves a response with Vary under its variant's key, and leaves
// a marker with the names under the plain key. Where the leader's fields are
// gone or the names are "*", the response is not kept.
func (f *flight) selectVariant(o *object) {
	if o.meta.VaryAny || f.headers == nil {
		o.verdict.Store = o.verdict.Store && f.old != nil && slices.Equal(f.old.vary, o.vary)
		if f.old != nil {
			o.generation, o.base = f.old.generation, f.old.base
		}
		return
	}
	p, base := f.p, f.key[:f.base]
	p.mu.Lock()
	defer p.mu.Unlock()
	o.generation, o.base = p.mark(f.baseHash, base, o, f.rule.MaxVariants), f.base
	o.key = string(appendVariant([]byte(base), o, f.rule.NormalizeVary, f.headers))
	if !f.private && p.flights[f.key] == f && p.flights[o.key] == nil {
		f.variant = o.key
		p.flights[o.key] = f
	}
}

const forever = 1<<63 - 1

// mark sees to it that a marker with the object's names stands under the plain
// key, and returns its generation. The caller holds the lock.
func (p *partition) mark(hash uint64, base string, o *object, most int) int64 {
	at, _ := p.peek(hash, base)
	if at != nil && at.marker && slices.Equal(at.vary, o.vary) {
		at.family.most = most
		return at.generation
	}
	p.remove(hash, base)
	p.generation++
	p.put(hash, &object{key: base, marker: true, vary: o.vary, generation: p.generation, family: &family{most: most},
		body: bodyOf(nil), stored: o.stored, expires: forever})
	return p.generation
}
