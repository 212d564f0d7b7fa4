package virtual

import (
	"encoding/binary"
	"net/http"

	"github.com/zeebo/xxh3"

	"edgesim/edge"
	"edgesim/results"
	"edgesim/sim/origin"
)

// Slices (edge/slices.go, docs/adr/0015): an object of which ranges are asked for
// is kept in aligned pieces. Under the object's key stands a head, which has no
// bytes; a slice is an entry of its own.

// want is what a flight asks for when it does not ask for all of an object.
type want struct {
	known    bool // head is that of the object it is a part of
	head     held
	from, to int64 // of the object; from -1: the last "to" bytes

	part held       // what of it comes; id 0: nothing yet
	at   *partition // where others find the flight for the slice it brings; nil: nowhere
	hash uint64
}

// brought reports whether a part comes with the flight.
func (f *flight) brought() bool { return f.want != nil && f.want.part.id != 0 }

// slicing reports whether the request is one that slices serve.
func (a *ask) slicing() bool {
	r := a.route.rule
	return r.Slice > 0 && a.method == results.GET && !r.NoCollapse && a.part.Length > 0
}

// wantFirst makes a flight that would ask for all of an object ask for the slice
// that is wanted first.
func (f *flight) wantFirst() {
	size, r := f.lead.route.rule.Slice, f.lead.part
	f.want = &want{from: -1, to: r.Length}
	if r.First >= 0 {
		f.want.from, f.want.to = r.First, r.First-r.First%size+size
	}
}

// asHead makes o the head of its slices.
func (f *flight) asHead(o held) held {
	w := f.n.w
	_, object, _ := w.objectAt(f.lead.route.ups[0], f.lead)
	o.bits |= sliced
	o.id, o.memory = w.newID(), 0
	seed := uint64(0)
	if !w.strong(&o) {
		seed = xxh3.HashSeed(w.keyOf(f.lead), uint64(w.now))
	}
	b := binary.AppendVarint(w.path[:0], o.length)
	b = binary.AppendVarint(b, f.lead.route.rule.Slice)
	b = binary.AppendVarint(b, int64(o.modified))
	if !w.heads[o.head].strong {
		b = append(b, "W/"...)
	}
	o.mark = xxh3.HashSeed(origin.AppendETag(b, object.Key, uint64(o.version)), seed)
	return o
}

func (w *world) strong(o *held) bool { return w.heads[o.head].strong }

// keyOf is the key of a request, in the world's room for one.
func (w *world) keyOf(a *ask) []byte {
	if a.other != nil {
		w.key = a.route.rule.AppendKey(w.key[:0], a.desk.host, a.other, nil, w.fieldsOf(a))
		return w.key
	}
	personal := a.hash != a.card.hash
	if personal {
		w.personalKey(a)
		return w.key
	}
	path, query := w.targetOf(a)
	w.key = a.route.rule.AppendKey(w.key[:0], a.desk.host, path, query, func(name string) []byte {
		value, _ := fixedField(a.desk, name)
		return value
	})
	return w.key
}

// sliceKey is the hash of the key of a head's slice, and the key's length.
func (w *world) sliceKey(a *ask, head *held, n int64) (hash uint64, length int) {
	key := append(w.keyOf(a), 1)
	key = binary.BigEndian.AppendUint64(key, head.mark)
	key = binary.AppendUvarint(key, uint64(n))
	w.key = key
	return xxh3.Hash(key), len(key)
}

// sliceOf is the bytes that slice number n has when it is whole.
func (a *ask) sliceOf(head *held, n int64) (from, to int64) {
	size := a.route.rule.Slice
	return n * size, min((n+1)*size, head.length)
}

// judgePart judges the response to a request for a part; false: it is one like
// any other.
func (f *flight) judgePart(p *reply) bool {
	switch {
	case f.want.known:
		f.judgeSlice(p)
	case p.status == http.StatusPartialContent:
		f.judgeFirst(p)
	case p.status == http.StatusRequestedRangeNotSatisfiable:
		f.n.newHeld(&f.obj, f, p, p.status)
		f.pass()
	default:
		f.want = nil
		return false
	}
	return true
}

// judgeFirst judges the first part of an object of which nothing was known.
func (f *flight) judgeFirst(p *reply) {
	var o held
	f.n.newHeld(&o, f, p, http.StatusOK)
	o.length = p.total
	if !o.bits.has(kept) || !f.n.w.strong(&o) && !f.within(p) || !f.book(p.flow.n) {
		f.remember()
		f.unlist()
		f.outcome = unfit
		return
	}
	head := f.asHead(o)
	f.n.keep(f, f.p, f.hash, &head)
	if f.private {
		f.p.setPassing(f.hash, 0)
	}
	f.want.head, f.want.known = head, true
	f.bring(p)
	hash, length := f.n.w.sliceKey(f.lead, &head, p.from/f.lead.route.rule.Slice)
	f.want.part.key = int32(length)
	f.register(hash)
	f.obj, f.outcome = head, parted
}

// within reports whether the part has all that the leader wants.
func (f *flight) within(p *reply) bool {
	if f.behind {
		return true
	}
	off, n := cut(f.lead.part, p.total)
	return p.from <= off && off+n <= p.to
}

// judgeSlice judges a part of an object that is known.
func (f *flight) judgeSlice(p *reply) {
	head := &f.want.head
	if p.status != http.StatusPartialContent {
		f.unlist()
		switch {
		case p.status >= 500:
			f.own.detail = results.OriginError
			f.fault = fault{status: 502, detail: results.OriginError, why: "the origin failed to send a part of the object"}
			f.outcome = faulted
		case p.status != 200 && p.status != 404 && p.status != 410 && p.status != 416:
			f.outcome = unfit
		default:
			f.drop(head)
			f.outcome = changed
		}
		return
	}
	if p.total != head.length || p.edition != head.edition() {
		f.unlist()
		f.drop(head)
		f.outcome = changed
		return
	}
	keeps := f.update(head, p)
	f.bring(p)
	if keeps && f.book(p.flow.n) {
		f.outcome = shared
		return
	}
	f.unlist()
	f.outcome = passed
}

// update gives a head the fields of the latest part (RFC 9111 §3.4), and reports
// whether they allow to keep it.
func (f *flight) update(head *held, p *reply) bool {
	home := f.n.part(f.lead.hash)
	at, _ := home.peek(f.lead.hash)
	stands := at != nil && at.bits.has(sliced) && at.mark == head.mark
	if stands {
		head = at
	}
	var o held
	f.n.newHeld(&o, f, p, int(head.status))
	o.key, o.length, o.mark, o.memory = head.key, head.length, head.mark, head.memory
	o.bits |= sliced
	switch {
	case o.bits.has(kept) && stands:
		old := *at
		f.n.renew(f, home, f.lead.hash, &old, &o)
	case !o.bits.has(kept):
		f.drop(head)
	}
	return o.bits.has(kept)
}

// drop takes a head out that the origin does not stand by any more.
func (f *flight) drop(head *held) {
	home := f.n.part(f.lead.hash)
	if at, _ := home.peek(f.lead.hash); at != nil && at.bits.has(sliced) && at.mark == head.mark {
		home.remove(f.lead.hash)
	}
}

// bring notes the part that comes.
func (f *flight) bring(p *reply) {
	w := f.n.w
	f.want.part = held{id: w.newID(), stored: w.now, expires: never, status: http.StatusPartialContent,
		head: noHead, key: int32(f.keyLen), from: p.from, length: p.to - p.from}
}

func (o *held) end() int64 { return o.from + o.length }

// register lets others ride for the slice that a first flight brings.
func (f *flight) register(hash uint64) {
	if f.private {
		return
	}
	q := f.n.part(hash)
	if q.flights.find(hash) == nil {
		q.flights.put(hash, f)
		f.want.at, f.want.hash = q, hash
	}
}

// unregister is its opposite.
func (f *flight) unregister() {
	if w := f.want; w != nil && w.at != nil {
		w.at.flights.drop(w.hash, f)
	}
}

// brings reports whether a flight that has decided brings a slice for everyone.
func (f *flight) brings() bool {
	return f.brought() && (f.outcome == shared || f.outcome == parted)
}

// joinable reports whether a slice's flight that was found will bring the byte at
// off.
func (f *flight) joinable(off int64) bool {
	if f.outcome != undecided {
		return f.brings() && f.want.part.from <= off && off < f.want.part.end()
	}
	return f.want.from <= off && off < f.want.to
}

// keepSlices puts the bytes of a complete part into the slices it belongs to.
func (f *flight) keepSlices() {
	head, p, a := &f.want.head, &f.want.part, f.lead
	size := a.route.rule.Slice
	for n := p.from / size; n*size < p.end(); n++ {
		from, to := a.sliceOf(head, n)
		hash, length := f.n.w.sliceKey(a, head, n)
		o := *p
		o.id, o.key = f.n.w.newID(), int32(length)
		o.from = max(from, p.from)
		o.length = min(to, p.end()) - o.from
		o.memory = edge.BodyMemory(o.length, true)
		f.keepSlice(head, hash, &o)
	}
}

// keepSlice stores a slice, joined with what of it is there. A slice that turns
// out to be all of the object takes the head's place.
func (f *flight) keepSlice(head *held, hash uint64, o *held) {
	n, p := f.n, f.n.part(hash)
	if there, _ := p.peek(hash); there != nil {
		joined(there, o)
	}
	if o.from == 0 && o.length == head.length && o.length <= n.largest && f.complete(head, o.memory) {
		p.remove(hash)
		return
	}
	n.put(p, hash, o)
}

// complete puts the whole object in the place of its head, if that still stands.
func (f *flight) complete(head *held, memory int64) bool {
	hash := f.lead.hash
	home := f.n.part(hash)
	at, _ := home.peek(hash)
	if at == nil || !at.bits.has(sliced) || at.mark != head.mark {
		return false
	}
	o := *at
	o.id, o.memory = f.n.w.newID(), memory
	o.bits &^= sliced
	return f.n.keep(f, home, hash, &o)
}

// joined makes o the two stretches of one slice as one, where they touch; else it
// stays as it is.
func joined(old, o *held) {
	a, b := old, o
	if b.from < a.from {
		a, b = b, a
	}
	switch {
	case a.end() < b.from || a == o && a.end() >= b.end():
	case a.end() >= b.end():
		o.from, o.length, o.memory = old.from, old.length, old.memory
	default:
		from, first, second := a.from, a.length, b.end()-a.end()
		o.from, o.length, o.memory = from, first+second, edge.JoinedMemory(first, second)
	}
}

// mostLooked is how many slices has looks at.
const mostLooked = 64

// has reports whether all of what the part needs is in the cache.
func (n *node) has(a *ask, head *held, p *part) bool {
	at := p.from
	for looked := 0; at < p.to; looked++ {
		hash, _ := n.w.sliceKey(a, head, at/a.route.rule.Slice)
		o, _ := n.part(hash).peek(hash)
		if o == nil || at < o.from || at >= o.end() || looked == mostLooked {
			return false
		}
		at = o.end()
	}
	return true
}
