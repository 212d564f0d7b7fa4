package edge

import (
	"bytes"
	"encoding/binary"
	"errors"
	"time"

	"github.com/zeebo/xxh3"

	"edgesim/results"
)

// Slices: an object of which ranges are asked for is kept in aligned pieces, so
// that a range of a large object is there after the origin's own first-byte
// time, wherever it lies, and costs no more of the cache than what was read
// (docs/adr/0015). Under the object's key stands a head, which has the fields,
// the freshness and the length of the whole but no bytes. A slice is an entry of
// its own, under the key of the head, what validates it, and its number; it
// holds one stretch of its bytes, whole or not.
//
// Slices are combined only where a strong validator says that they belong
// together (RFC 9111 §3.4).

// strong reports whether the object has a strong validator: an entity tag, or a
// Last-Modified that lies clearly before Date (RFC 9110 §8.8.1, §8.8.2.2).
func (o *object) strong() bool {
	return len(o.etag) > 1 && o.etag[0] == '"' || len(o.etag) == 0 && o.strongDate()
}

const clearlyBefore = 60 // seconds; RFC 7232 §2.2.2 had this limit, RFC 9110 leaves it open

func (o *object) strongDate() bool {
	return o.lastModified != 0 && o.meta.HasDate && o.meta.Date-o.lastModified >= clearlyBefore
}

// asHead makes o, which has a body of known length or the fields for one, the
// head of its slices. Slices that are left from before an invalidation, of which
// purges is the count, are not its. Without a strong validator none are but
// those that come with it: unique is then another number for every response.
func (o *object) asHead(size, purges int64, unique uint64) *object {
	h := *o
	h.sliced, h.body, h.sliceSize = true, bodyOf(nil), size
	seed := uint64(purges)
	if !h.strong() {
		seed = xxh3.HashSeed([]byte(h.key), unique)
	}
	b := binary.AppendVarint(nil, h.length)
	b = binary.AppendVarint(b, size)
	b = binary.AppendVarint(b, h.lastModified)
	h.mark = xxh3.HashSeed(append(b, h.etag...), seed)
	return &h
}

// sameAs reports whether two responses are of the same representation, as far as
// their validators and lengths tell.
func (o *object) sameAs(x *object) bool {
	return o.length == x.length && o.lastModified == x.lastModified && bytes.Equal(o.etag, x.etag)
}

// sliceKey is the key of the head's slice number n.
func (o *object) sliceKey(dst []byte, n int64) []byte {
	dst = append(append(dst[:0], o.key...), 1)
	dst = binary.BigEndian.AppendUint64(dst, o.mark)
	return binary.AppendUvarint(dst, uint64(n))
}

// slice is the bytes that slice number n has when it is whole.
func (o *object) slice(n int64) span {
	return span{n * o.sliceSize, min((n+1)*o.sliceSize, o.length)}
}

// isSlice reports whether the object is a slice, or a stretch of one.
func (o *object) isSlice() bool { return o.status == 206 }

func (o *object) end() int64 { return o.from + o.length }

// sliceSource is the source of a head's bytes for one viewer.
type sliceSource struct {
	e    *Edge
	v    *viewer
	a    *ask
	head *object
	key  []byte

	lead   *stream // a reader taken before; nil: none
	leadTo int64   // how far in the object it may read
	manner *manner // how the first bytes came
}

var (
	errChanged = errors.New("edge: the object at the origin has become another one")
	errElse    = errors.New("edge: the origin answers this request for itself alone")
)

// faultError is a flight's fault as an error.
type faultError struct{ fault }

func (f *faultError) Error() string { return f.why }

func (s *sliceSource) close() { closeStream(s.lead) }

// open is source.open.
func (s *sliceSource) open(at span, wait func()) (*stream, error) {
	if st := s.taken(at); st != nil {
		s.ahead(at)
		return st, nil
	}
	for range mostTurns {
		st, f, leads := s.find(at, true)
		if st != nil {
			s.came(&asHit)
			s.ahead(at)
			return st, nil
		}
		if f == nil {
			return nil, &faultError{faultCrowded}
		}
		if leads {
			f.fly()
		}
		wait()
		st, err := s.ride(f, leads, at)
		if err != nil {
			return nil, err
		}
		if st != nil {
			s.ahead(at)
			return st, nil
		}
	}
	return nil, errGone
}

// taken is the reader that was there from the start, if it fits.
func (s *sliceSource) taken(at span) *stream {
	st := s.lead
	if s.lead = nil; st == nil {
		return nil
	}
	if at.from < st.base || at.from >= s.leadTo {
		st.Close()
		return nil
	}
	st.narrow(at.from-st.base, min(at.to, s.leadTo)-st.base)
	return st
}

// ride waits for a flight and reads what it brings; nil when it does not bring
// what is wanted after all.
func (s *sliceSource) ride(f *flight, leads bool, at span) (*stream, error) {
	defer f.alight()
	<-f.decided
	s.a.now = s.e.now()
	if leads {
		s.a.asked, s.a.askedAt = s.a.asked+f.own.asked, f.own.member
	}
	switch {
	case f.outcome == changed:
		return nil, errChanged
	case f.outcome == unfit:
		return nil, errElse
	case f.outcome == faulted:
		return nil, &faultError{f.fault}
	case leads:
		s.came(&asMiss)
		s.lead, s.leadTo = f.lead, f.part.end()
		return s.taken(at), nil
	}
	s.came(&asCollapsed)
	if !f.brings() {
		return nil, nil
	}
	return f.part.reader(at), nil
}

// reader reads the part of at that the slice has; nil when it has not, or not
// any more, its beginning.
func (o *object) reader(at span) *stream {
	if at.from < o.from || at.from >= o.end() {
		return nil
	}
	st, ok := newStream(o.body, at.from-o.from, min(at.to, o.end())-o.from)
	if !ok {
		return nil
	}
	st.base = o.from
	return st
}

// came notes how bytes came: the first ones decide what the response is called,
// later ones only whether it has been a hit to its end.
func (s *sliceSource) came(m *manner) {
	if s.manner == nil {
		s.manner = m
		return
	}
	if m == &asMiss && s.v.rec.Result == results.Hit {
		s.v.rec.Result = results.Miss
	}
}

// find looks for the slice that has the beginning of at: in the cache, among
// the flights, or else with a flight of its own; nothing, when there may be no
// more flights. It counts as asked for when it is touched.
func (s *sliceSource) find(at span, touch bool) (st *stream, f *flight, leads bool) {
	if st := s.a.p.wholeOf(s.head, at); st != nil {
		return st, nil, false
	}
	n := at.from / s.head.sliceSize
	s.key = s.head.sliceKey(s.key, n)
	hash := hashKey(s.key)
	p := s.e.partition(hash)
	p.mu.Lock()
	defer p.mu.Unlock()
	want := span{at.from, s.head.slice(n).to}
	o, _ := p.peek(hash, string(s.key))
	if o == nil { // it may have become the whole, and gone, since that was looked for
		p.mu.Unlock()
		st := s.a.p.wholeOf(s.head, at)
		p.mu.Lock()
		if st != nil {
			return st, nil, false
		}
		o, _ = p.peek(hash, string(s.key))
	}
	if o != nil {
		if touch {
			p.lookup(hash, s.key, s.a.now)
		}
		if st := o.reader(at); st != nil {
			return st, nil, false
		}
		if at.from < o.from {
			want.to = o.from
		}
	}
	f = p.flights[string(s.key)]
	if f != nil && f.joinable(at.from) {
		f.take(fetchIt)
		return nil, f, false
	}
	if s.e.crowded() {
		return nil, nil, false
	}
	g := s.e.newSliceFlight(s.v, s.a, p, string(s.key), s.head, want)
	if g.private = f != nil; !g.private {
		p.flights[g.key] = g
	}
	g.take(fetchIt)
	return nil, g, true
}

// joinable reports whether a slice's flight that was found will bring the byte at
// off: that it was asked for or, once it is known, that it comes.
func (f *flight) joinable(off int64) bool {
	select {
	case <-f.decided:
		return f.brings() && f.part.from <= off && off < f.part.end()
	default:
		return f.want.from <= off && off < f.want.to
	}
}

// brings reports whether a flight that has decided brings a slice for everyone.
func (f *flight) brings() bool {
	return f.part != nil && (f.outcome == shared || f.outcome == parted)
}

// ahead sees to it that the slice behind the one that at begins in is on its
// way, when the viewer wants it: its first byte is then there in time.
func (s *sliceSource) ahead(at span) {
	next := s.head.slice(at.from/s.head.sliceSize + 1)
	if next.from < s.leadTo || next.from >= at.to || next.from >= s.head.length || !s.head.strong() {
		return
	}
	st, f, leads := s.find(span{next.from, min(at.to, next.to)}, false)
	closeStream(st)
	if leads {
		f.behind = true
		f.fly()
	}
	if f != nil {
		f.alight()
	}
}

// respondSliced answers with an object that is kept in slices. led is a flight
// that this request led and that brings some of them; nil: none. It reports
// false, having written nothing, when what is kept turned out not to be what the
// origin has.
func (e *Edge) respondSliced(v *viewer, a *ask, head *object, m *manner, led *flight) bool {
	s := &sliceSource{e: e, v: v, a: a, head: head}
	if led != nil && led.lead != nil {
		s.lead, s.leadTo, s.manner = led.lead, led.part.end(), m
	}
	part := a.partOf(head)
	r := &relay{v: v, from: s, todo: part.stretches(head)}
	if !part.sends() || a.method == results.HEAD || len(r.todo) == 0 {
		s.close()
		e.write(v, a, head, m, &part, nil, nil)
		return true
	}
	first := r.first()
	st, err := s.open(first, func() {})
	if err != nil {
		return e.sliceFailed(v, a, err)
	}
	s.lead, s.leadTo = st, st.base+st.end
	if m == &asHit || m == &asCollapsed && s.manner != &asHit {
		m = s.manner
	}
	if m.asked && a.forward == "" {
		a.forward = forPartial
	}
	e.write(v, a, head, m, &part, nil, r)
	return true
}

// sliceFailed answers for a first slice that did not come.
func (e *Edge) sliceFailed(v *viewer, a *ask, err error) bool {
	var f *faultError
	if errors.As(err, &f) {
		e.refuse(v, a, f.fault)
		return true
	}
	a.turns++
	a.solo = err == errElse || a.turns > mostTurns
	return false
}

// beside is the head for a viewer who wants a range of what a flight will take
// longer to bring than the origin takes to begin with another; nil when there is
// none, or the flight will do.
func (a *ask) beside(f *flight) *object {
	o := f.obj
	if f.outcome != shared || !a.slicing() || o.status != 200 || o.length < 0 || !o.strong() || o.body.is(complete) {
		return nil
	}
	p := a.partOf(o)
	if p.status != 206 || time.Duration(f.eta(p.from, a.now)) <= time.Duration(f.own.ttfb)+soon {
		return nil
	}
	return o.asHead(a.rule.Slice, 0, 0)
}

// soon is a wait that is not worth a request to the origin.
const soon = 20 * time.Millisecond

// eta is how long a flight will take, at its pace so far, to bring the byte at
// off, in nanoseconds.
func (f *flight) eta(off, now int64) int64 {
	have := f.obj.body.length()
	if off < have {
		return 0
	}
	return int64(float64(off-have) / float64(max(have, 1)) * float64(max(now-f.obj.stored, 1)))
}

// slicing reports whether the request is one that slices serve.
func (a *ask) slicing() bool {
	return a.rule.Slice > 0 && a.method == results.GET && !a.rule.NoCollapse && a.ranged()
}
