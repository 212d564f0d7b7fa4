package edge

import "slices"

// family is what a marker knows of the variants under its key. It changes while
// the partition's lock is held.
type family struct {
	keys []string // in the order they were first stored; some may have been evicted since
	most int      // how many may be kept; 0: any number
}

// mostListed is how many variants are known where any number may be kept. The
// others are found by their keys alone.
const mostListed = 1024

// adopt makes a variant that was just stored known to its marker, which keeps
// no more of them than it may: the oldest leave. The caller holds the lock.
func (p *partition) adopt(o *object) {
	m := p.markerOf(o.key[:o.base])
	if m == nil || m.generation != o.generation || slices.Contains(m.family.keys, o.key) {
		return
	}
	fam := m.family
	most := fam.most
	if most == 0 {
		most = mostListed
	}
	if len(fam.keys) >= most {
		fam.keys = slices.DeleteFunc(fam.keys, func(key string) bool {
			at, _ := p.peek(hashKey(bytesOf(key)), key)
			return at == nil
		})
	}
	if len(fam.keys) >= most && fam.most == 0 {
		return
	}
	for len(fam.keys) >= most {
		p.remove(hashKey(bytesOf(fam.keys[0])), fam.keys[0])
		fam.keys = slices.Delete(fam.keys, 0, 1)
	}
	fam.keys = append(fam.keys, o.key)
}

// markerOf is the marker under a plain key; nil when there is none.
func (p *partition) markerOf(base string) *object {
	if m, _ := p.peek(hashKey(bytesOf(base)), base); m != nil && m.marker {
		return m
	}
	return nil
}

// mostAsked is how many variants' entity tags a request to the origin lists.
const mostAsked = 16

// siblings are the stored variants of the key that f fetches for one that is not
// stored: the origin may say with a 304 that one of them answers the request too
// (RFC 9111 §4.1). Only strong entity tags are good for that: weak ones may be
// alike for two codings of one content. The newest come first, and their bodies
// are held. The caller holds the lock.
func (p *partition) siblings(f *flight) (list []*object) {
	m := p.markerOf(f.key[:f.base])
	if m == nil {
		return nil
	}
	for _, key := range slices.Backward(m.family.keys) {
		o, _ := p.peek(hashKey(bytesOf(key)), key)
		if o != nil && o.status == 200 && len(o.etag) > 0 && !isWeak(o.etag) && len(list) < mostAsked && o.body.hold() {
			list = append(list, o)
		}
	}
	return list
}
