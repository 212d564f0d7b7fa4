package edge

import (
	"edgesim/edge/rfc9111"
	"edgesim/results"
)

// What becomes of slices that have come: they are stored, joined, and in the end
// may be the whole object; and whether all that is needed of one is there.

// keepSlices puts the bytes of a complete part into the slices it belongs to.
func (f *flight) keepSlices() {
	head, p := f.want.head, f.part
	for n := p.from / head.sliceSize; n*head.sliceSize < p.end(); n++ {
		in := head.slice(n)
		x := span{max(in.from, p.from), min(in.to, p.end())}
		o := *p
		o.key = string(head.sliceKey(nil, n))
		o.from, o.length = x.from, x.to-x.from
		if x == (span{p.from, p.end()}) {
			f.keepSlice(head, &o)
			continue
		}
		o.body = newBody(f.e.arena)
		o.body.copy(p.body, x.from-p.from, x.to-p.from)
		o.body.finish(complete, nil)
		f.keepSlice(head, &o)
		o.body.let()
	}
}

// keepSlice stores a slice, joined with what of it is there. A slice that turns
// out to be all of the object takes the head's place.
func (f *flight) keepSlice(head, o *object) {
	hash := hashKey([]byte(o.key))
	p := f.e.partition(hash)
	p.mu.Lock()
	there, _ := p.peek(hash, o.key)
	if there != nil && !there.body.hold() {
		there = nil
	}
	p.mu.Unlock()
	if there != nil {
		o = f.e.joined(there, o)
		defer o.body.let()
		there.body.let()
	}
	whole := o.from == 0 && o.length == head.length && f.fits(o.length) && f.home.complete(f, head, o.body)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case whole:
		p.remove(hash, o.key)
	case !f.void.Load(): // asked under the lock: an invalidation looks at this partition after it has set it
		p.put(hash, o)
	}
}

// complete puts the whole object in the place of its head, if that still stands.
func (p *partition) complete(f *flight, head *object, b *body) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	hash := hashKey([]byte(head.key))
	at, _ := p.peek(hash, head.key)
	if at == nil || !at.sliced || at.mark != head.mark || f.void.Load() || p.changedSince(f.baseHash, f.began) {
		return false
	}
	o := *at
	o.sliced, o.body = false, b
	return p.put(hash, &o)
}

// wholeOf is a reader of what took the head's place because it is all of it; nil
// when nothing did.
func (p *partition) wholeOf(head *object, at span) *stream {
	p.mu.Lock()
	o, _ := p.peek(hashKey([]byte(head.key)), head.key)
	p.mu.Unlock()
	if o == nil || o.sliced || o.mark != head.mark || o.length != head.length {
		return nil
	}
	st, _ := newStream(o.body, at.from, at.to)
	return st
}

// drop takes a head out that the origin does not stand by any more.
func (p *partition) drop(head *object) {
	p.mu.Lock()
	defer p.mu.Unlock()
	hash := hashKey([]byte(head.key))
	if at, _ := p.peek(hash, head.key); at != nil && at.sliced && at.mark == head.mark {
		p.remove(hash, head.key)
	}
}

// joined is two stretches of one slice as one, where they touch; else the new
// one. Its body is held for the caller.
func (e *Edge) joined(old, o *object) *object {
	a, b := old, o
	if b.from < a.from {
		a, b = b, a
	}
	j := *o
	switch {
	case a.end() < b.from || a == o && a.end() >= b.end():
		o.body.hold()
		return &j
	case a.end() >= b.end():
		old.body.hold()
		j.from, j.length, j.body = old.from, old.length, old.body
		return &j
	}
	j.from, j.length, j.body = a.from, b.end()-a.from, newBody(e.arena)
	j.body.copy(a.body, 0, a.length)
	j.body.copy(b.body, a.end()-b.from, b.length)
	j.body.finish(complete, nil)
	return &j
}

// copy appends the bytes [from, to) of another body, which is complete and held.
func (b *body) copy(x *body, from, to int64) {
	for from < to {
		p, err := x.at(from, to)
		if err != nil {
			panic("edge: a complete body lacks a part of itself: " + err.Error())
		}
		if len(b.room()) == 0 {
			b.grow(int(to - from))
		}
		n := copy(b.room(), p)
		b.wrote(n)
		from += int64(n)
	}
}

// has reports whether all of what the part needs is in the cache. It looks at
// no more than a few slices.
func (s *sliceSource) has(p *part) bool {
	spans := p.many
	if spans == nil {
		spans = []span{{p.from, p.until(s.head.length)}}
	}
	for _, x := range spans {
		for looked := 0; x.from < x.to; looked++ {
			n := x.from / s.head.sliceSize
			s.key = s.head.sliceKey(s.key, n)
			hash := hashKey(s.key)
			q := s.e.partition(hash)
			q.mu.Lock()
			o, _ := q.peek(hash, string(s.key))
			q.mu.Unlock()
			if o == nil && s.isWhole(x) {
				return true
			}
			if o == nil || x.from < o.from || x.from >= o.end() || looked == mostLooked {
				return false
			}
			x.from = o.end()
		}
	}
	return true
}

const mostLooked = 64

// isWhole reports whether the slices have become the whole object.
func (s *sliceSource) isWhole(at span) bool {
	st := s.a.p.wholeOf(s.head, at)
	if st == nil {
		return false
	}
	st.Close()
	return true
}

// lacks reports whether a head cannot serve the request: its slices may not be
// combined with others (no strong validator), or nothing may be fetched
// (only-if-cached), and not all that is needed is there.
func (e *Edge) lacks(v *viewer, a *ask, head *object) bool {
	onlyCached := a.rule.RequestDirectives && a.caching.CC.Is(rfc9111.OnlyIfCached)
	if head.strong() && !onlyCached {
		return false
	}
	part := a.partOf(head)
	s := sliceSource{e: e, v: v, a: a, head: head}
	return part.sends() && a.method != results.HEAD && !s.has(&part)
}
