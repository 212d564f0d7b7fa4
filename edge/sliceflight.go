package edge

import (
	"errors"
	"strconv"

	"edgesim/results"
)

// want is what a flight asks for when it does not ask for all of an object.
type want struct {
	head *object // of the object it is a part of; nil: not known yet
	span         // of the object; from -1: the last "to" bytes
	size int64   // of the object's slices

	all *rangeSet // what the leader wants altogether, while he waits; nil: only the slice
}

// within reports whether c has all that the leader wants.
func (w *want) within(c contentRange) bool {
	if w.all == nil {
		return true
	}
	var room [mostSpecs]span
	for _, x := range w.all.resolve(c.total, room[:0]) {
		if !c.has(x) {
			return false
		}
	}
	return true
}

// manyWanted reports whether the leader wants more ranges than the first, of
// which 416 says nothing.
func (f *flight) manyWanted() bool { return f.want.all != nil && f.want.all.n > 1 }

// newSliceFlight prepares the fetch of a slice, or of the rest of one. The
// caller holds the lock of its partition.
func (e *Edge) newSliceFlight(v *viewer, a *ask, p *partition, key string, head *object, x span) *flight {
	f := e.bareFlight(v, a)
	f.p, f.key, f.hash = p, key, hashKey([]byte(key))
	f.want = &want{head: head, span: x, size: head.sliceSize}
	f.aim(v, a)
	p.enlist(f)
	return f
}

// wantFirst makes a flight that would ask for all of an object ask for the slice
// that the viewer wants first.
func (f *flight) wantFirst(a *ask) {
	size, spec := a.rule.Slice, a.ranges.specs[0]
	w := &want{size: size, span: span{-1, spec.last}}
	if spec.first >= 0 {
		w.span = span{spec.first, spec.first - spec.first%size + size}
	}
	w.all = a.ranges
	f.want = w
}

// ranged adds the Range field and, for a slice of an object that is known, the
// condition that it still is that object (RFC 9110 §13.1.5).
func (o *outgoing) ranged(w *want) {
	if h := w.head; h != nil && h.strong() {
		if len(h.etag) > 0 {
			o.head = appendLine(o.head, "If-Range", h.etag)
		} else {
			o.head = appendLine(o.head, "If-Range", appendDate(nil, h.lastModified))
		}
	}
	b := append(o.head, "Range: bytes="...)
	if w.from >= 0 {
		b = append(strconv.AppendInt(b, w.from, 10), '-')
		b = strconv.AppendInt(b, w.to-1, 10)
	} else {
		b = strconv.AppendInt(append(b, '-'), w.to, 10)
	}
	o.head = append(b, crlf...)
}

var (
	errRangeReply  = errors.New("the origin's Content-Range is not what was asked for")
	errRangeLength = errors.New("the origin's Content-Range and length do not agree")
)

// rangeOf is the Content-Range of a 206, checked against its length and against
// what was asked for (RFC 9110 §15.3.7).
func (f *flight) rangeOf(r *reply) (contentRange, error) {
	c, ok := parseContentRange(r.header.Peek("Content-Range"))
	switch {
	case !ok:
		return c, errRangeReply
	case r.framing.length >= 0 && r.framing.length != c.to-c.from:
		return c, errRangeLength
	case f.want.from >= 0 && (c.from > f.want.from || c.to <= f.want.from):
		return c, errRangeReply
	}
	return c, nil
}

// judgePart judges the response to a request for a part; false: it is one like
// any other.
func (f *flight) judgePart(r *reply, asked, now int64) bool {
	status := r.header.StatusCode()
	switch {
	case f.want.head != nil:
		f.judgeSlice(r, asked, now)
	case status == 206:
		f.judgeFirst(r, asked, now)
	case status == 416 && f.manyWanted():
		f.leave()
		f.decide(unfit, nil, fault{})
	case status == 416:
		f.pass(f.e.newObject(f, r, asked, now))
	default:
		f.want = nil
		return false
	}
	return true
}

// judgeFirst judges the first part of an object of which nothing was known.
func (f *flight) judgeFirst(r *reply, asked, now int64) {
	c, err := f.rangeOf(r)
	if err != nil {
		f.giveUp(err)
		return
	}
	o := f.e.headObject(f, r, c, asked, now)
	if !o.verdict.Store || c.total < 0 || !o.strong() && !f.want.within(c) || !f.book(nextPiece(0, c.to-c.from)) {
		f.remember(now)
		f.leave()
		f.decide(unfit, nil, fault{})
		return
	}
	head := o.asHead(f.want.size, f.purges, uint64(now))
	f.home.keep(hashKey([]byte(head.key)), head, f)
	f.forget()
	f.want.head = head
	f.bring(c, now)
	f.part.key = string(head.sliceKey(nil, c.from/head.sliceSize))
	f.register()
	f.decide(parted, head, fault{})
}

// judgeSlice judges a part of an object that is known.
func (f *flight) judgeSlice(r *reply, asked, now int64) {
	head := f.want.head
	if status := r.header.StatusCode(); status != 206 {
		f.leave()
		if status >= 500 {
			f.own.detail = results.OriginError
			f.decide(faulted, nil, fault{status: 502, detail: results.OriginError, why: "the origin failed to send a part of the object"})
			return
		}
		if status != 200 && status != 404 && status != 410 && status != 416 {
			f.decide(unfit, nil, fault{}) // as 429 or 401: it says nothing of the object
			return
		}
		f.home.drop(head)
		f.decide(changed, nil, fault{})
		return
	}
	c, err := f.rangeOf(r)
	if err != nil {
		f.giveUp(err)
		return
	}
	o := f.e.headObject(f, r, c, asked, now)
	if !o.sameAs(head) {
		f.leave()
		f.home.drop(head)
		f.decide(changed, nil, fault{})
		return
	}
	kept := f.update(head, r, asked, now)
	f.bring(c, now)
	if kept && f.book(nextPiece(0, f.part.length)) {
		f.decide(shared, nil, fault{})
		return
	}
	f.leave()
	f.part.body.shrink(passWindow)
	f.decide(passed, nil, fault{})
}

// update gives a head the fields of the latest part (RFC 9111 §3.4), and reports
// whether they allow to keep it.
func (f *flight) update(head *object, r *reply, asked, now int64) bool {
	hash := hashKey([]byte(head.key))
	f.home.mu.Lock()
	at, _ := f.home.peek(hash, head.key)
	f.home.mu.Unlock()
	stands := at != nil && at.sliced && at.mark == head.mark
	if stands {
		head = at // other parts may have brought newer fields meanwhile
	}
	n := f.e.renewedObject(f, head, r, asked, now)
	n.key = head.key
	switch {
	case n.verdict.Store && stands:
		f.home.renew(hash, at, n, f)
	case !n.verdict.Store && !f.req.Authorization:
		f.home.drop(head)
	}
	return n.verdict.Store
}

// bring makes the object for the bytes that come, and takes the leader's place
// at them.
func (f *flight) bring(c contentRange, now int64) {
	f.part = &object{key: f.key, status: 206, from: c.from, length: c.to - c.from, body: newBody(f.e.arena),
		stored: now, expires: forever, url: f.url, query: f.query}
	if f.behind {
		return
	}
	f.lead, _ = newStream(f.part.body, max(0, f.want.from-c.from), f.part.length)
	f.lead.base = c.from
}

// register lets others ride for the slice that a first flight brings.
func (f *flight) register() {
	if f.private {
		return
	}
	p := f.e.partition(hashKey([]byte(f.part.key)))
	p.mu.Lock()
	if p.flights[f.part.key] == nil {
		p.flights[f.part.key] = f
		f.sliceHome = p
	}
	p.mu.Unlock()
}

// unregister is its opposite.
func (f *flight) unregister() {
	if f.sliceHome == nil {
		return
	}
	f.sliceHome.mu.Lock()
	if f.sliceHome.flights[f.part.key] == f {
		delete(f.sliceHome.flights, f.part.key)
	}
	f.sliceHome.mu.Unlock()
	f.sliceHome = nil
}

func (f *flight) giveUp(err error) {
	why := faultOf(err)
	f.own.detail = why.detail
	f.leave()
	f.decide(faulted, nil, why)
}
