package virtual

import (
	"math"
	"time"

	"edgesim/results"
)

// part is what of an object goes to whoever asked.
type part struct {
	status   int
	from, to int64 // of the object's bytes
	cut      bool  // by this edge, in answer to Range
	sends    bool  // any of the bytes go out
}

// partOf decides which part of o answers the request, whose size is known, or -1
// while it is not.
func (a *ask) partOf(o *held, size int64) part {
	p := part{status: int(o.status), to: size, sends: o.status != 304 && o.status != 204}
	switch {
	case a.page != nil && o.status == 200:
		p.status, p.sends = a.page.status, true
	case !a.reads():
	case a.has != none && !a.ifRange && o.status == 200 && o.edition() == a.has:
		p.status, p.sends = 304, false
	case a.ifRange && o.edition() != a.has:
	case o.status == 200 && a.part.Length > 0 && !a.heads() && size >= 0:
		p.narrow(a, size)
	}
	return p
}

func (p *part) narrow(a *ask, size int64) {
	off, n := cut(a.part, size)
	switch {
	case n > 0:
		p.status, p.cut, p.from, p.to = 206, true, off, off+n
	case size > 0 || a.part.First >= 0:
		p.status, p.cut, p.sends = 416, true, false
	}
}

// respondHeld answers with an object that is there.
func (n *node) respondHeld(a *ask, o *held, m manner) {
	if o.bits.has(sliced) {
		n.respondSliced(a, o, m, nil)
		return
	}
	n.respondWhole(a, o, m)
}

// respondWhole is respondHeld for what is in one piece, or goes out without a
// body.
func (n *node) respondWhole(a *ask, o *held, m manner) {
	f := there(n.w.now, o.length)
	n.respond(a, o, m, &f, nil)
}

// respondFlight answers with what a flight brings.
func (n *node) respondFlight(a *ask, f *flight, m manner) {
	if f.outcome == renewed || f.outcome == staleGood {
		n.respondHeld(a, &f.obj, m)
		return
	}
	fl := f.flow.from(n.w.now)
	n.respond(a, &f.obj, m, &fl, f)
}

// respond answers with an object: whole, or what conditions and range make of
// it. f is the flight that brings it; nil: it is there.
func (n *node) respond(a *ask, o *held, m manner, fl *flow, f *flight) {
	if r := n.pageFor(a, int(o.status)); r != nil {
		n.answerInstead(a, r, results.ErrorDetail)
		return
	}
	p := a.partOf(o, o.length)
	if p.to < 0 {
		p.to = fl.n
	}
	head := n.headBytes(a, o, &m, &p)
	if p.cut && p.sends && f != nil && f.outcome == passed && f.lead == a && p.to < fl.n {
		f.wanted(n.w.now, p.to)
	}
	if a.by != nil {
		sent := *fl
		if p.cut && p.sends {
			sent = fl.part(p.from, p.to)
		}
		n.pass(a, o, m, &sent, &p, head)
		return
	}
	n.describe(a, o, &m, &p)
	r := a.rec
	r.TTFB = n.headAt(a, o, &p, fl) - a.at
	r.BytesOut = int64(head)
	if p.sends && !a.heads() && !(a.page != nil && a.page.method == results.HEAD) {
		n.sendBody(a, o, fl, &p, f)
	} else {
		r.Total = r.TTFB
	}
	n.distance(a)
	n.w.done(a)
}

// headAt is when the header goes out: now, or together with the first bytes of a
// body that is sent in chunks, which are what is flushed.
func (n *node) headAt(a *ask, o *held, p *part, fl *flow) int64 {
	if o.length >= 0 || !p.sends || a.heads() {
		return n.w.now
	}
	return max(n.w.now, fl.at(min(fl.n, 1)))
}

// sendBody works out how the body goes to the viewer: to its end, to where it
// breaks off, or until the viewer hangs up.
func (n *node) sendBody(a *ask, o *held, fl *flow, p *part, f *flight) {
	r := a.rec
	end, last := p.to, fl.at(p.to)
	if breakAt, come := fl.end(); fl.breaks() && (p.to > come || last > breakAt) {
		if end, last = min(p.to, max(come, p.from)), breakAt; end == p.from {
			last = n.w.now // the header was the last that went out
		}
		r.Flags |= results.Truncated
		r.Result, r.Detail = results.Error, results.OriginReadError
	}
	if a.req.Abort > 0 {
		end, last = n.hangUp(a, fl, p, end, last, f)
	}
	r.BodyBytes = end - p.from
	r.BytesOut += r.BodyBytes
	if o.length < 0 {
		r.BytesOut += chunking(fl, r.BodyBytes)
	}
	r.Total = last - a.at
}

// ahead is what an edge can write before the viewer has read it, in bytes:
// sockets' buffers. A viewer who hangs up later than that is not noticed.
const ahead = 1 << 20

// hangUp lets the viewer hang up after a fraction of the body. The edge notices
// when it has something to write after that: the rest of a body that comes in,
// or what the sockets do not hold.
func (n *node) hangUp(a *ask, fl *flow, p *part, end, last int64, f *flight) (int64, int64) {
	length := p.to - p.from
	stop := max(0, min(int64(math.Ceil(float64(a.req.Abort)*float64(length))), length-1))
	if stop == 0 || p.from+stop > end {
		return end, last
	}
	at := max(n.w.now, fl.at(p.from+stop))
	out := min(end, max(fl.by(at), p.from+stop))
	if f == nil || at >= last {
		out = min(end, p.from+stop+ahead)
	}
	r := a.rec
	r.Flags |= results.Aborted
	if out < end {
		r.Flags &^= results.Truncated
		r.Result, r.Detail = results.Error, results.ClientCommError
		if f != nil && f.outcome == passed && f.lead == a {
			f.hungUp = at
		}
	}
	return out, at
}

// headBytes is the length of the header that goes out.
func (n *node) headBytes(a *ask, o *held, m *manner, p *part) int {
	w, l := n.w, &n.lens
	h := w.heads[o.head]
	b := statusLine(p.status) + w.fieldBytes(o) + h.dress.all + a.closing() + endOfHead
	switch {
	case p.status == 304 && o.status == 304: // as the origin sent it
		b += h.dress.sent - h.dress.all - h.beside
	case p.status == 304:
		b += h.dress.shown - h.dress.all - h.no304
	case p.cut && p.status == 206:
		b += contentRangeLine(p.from, p.to, o.length)
	case p.cut:
		b += contentRangeLine(-1, -1, o.length)
	}
	if m.result == results.Hit || o.bits.has(aged) {
		b += w.ageLine(o)
	}
	result := m.result
	if max(int(o.status), p.status) >= 400 || a.page != nil {
		result = results.Error
	}
	b += l.via + l.tail[result]
	if l.cacheStatus {
		b += n.statusLine(a, o, m, p)
	}
	switch {
	case p.status == 304, p.status == 204:
	case p.status == 416 && p.cut:
		b += lengthLine(0)
	case o.length < 0 && !a.heads():
		b += chunkedLine
	case o.length >= 0:
		b += lengthLine(p.to - p.from)
	}
	return b
}

// statusLine is the length of the Cache-Status line (RFC 9211). Of a plain hit it is
// enough to know what is held.
func (n *node) statusLine(a *ask, o *held, m *manner, p *part) int {
	b := len("Cache-Status: edgesim; \r\n") + m.note
	if m.asked {
		b += len("fwd=") + int(a.forward)
		if a.fwdStatus != 0 && int(a.fwdStatus) != p.status {
			b += len("; fwd-status=200")
		}
	} else {
		b += len("hit")
	}
	if m.result != results.Miss && o.bits.has(kept) {
		b += len("; ttl=") + signedDigits(floorSeconds(o.left(n.w.now)))
	}
	return b
}

// ageLine is the length of the object's Age.
func (w *world) ageLine(o *held) int {
	return field{"Age", digits(o.ageAt(w.now) / int64(time.Second))}.line()
}

// floorSeconds are whole seconds, those of a time that is over negative.
func floorSeconds(ns int64) int64 {
	if ns < 0 {
		return (ns - int64(time.Second) + 1) / int64(time.Second)
	}
	return ns / int64(time.Second)
}

func signedDigits(n int64) int {
	if n < 0 {
		return 1 + digits(-n)
	}
	return digits(n)
}

// pass answers a flight of the cache before; fl is of what goes out.
func (n *node) pass(a *ask, o *held, m manner, fl *flow, p *part, head int) {
	w := n.w
	h := w.heads[o.head]
	result := m.result
	if max(int(o.status), p.status) >= 400 {
		result = results.Error
	}
	layer := m.layer
	if layer == results.LayerEdge {
		layer = n.layer
	}
	t := told{true, result, layer, m.detail, a.asked, a.askedAt}
	own := n.lens.via
	if n.lens.cacheStatus {
		own += n.statusLine(a, o, &m, p)
	}
	out := a.by.reply
	out.failed, out.status, out.head, out.flow = nil, p.status, w.behindTier(h), *fl
	out.edition, out.modified, out.date = o.edition(), int64(o.modified), int64(o.date)
	out.age, out.aged = o.ageAt(w.now)/int64(time.Second), m.result == results.Hit || o.bits.has(aged)
	out.length, out.from, out.to, out.total = o.length, -1, -1, -1
	out.varied, out.told, out.header = o.bits.has(varies), t, head+n.toldLine(&t)
	out.extra, out.passed = int(o.fields)+h.dress.all+own, int(o.passed)+own
	switch {
	case !p.sends || a.heads():
		out.flow = fl.part(0, 0)
	case o.status == 206:
		out.from, out.to, out.total = o.from, o.from+fl.n, int64(o.mark)
	case p.cut:
		out.from, out.to, out.total, out.length = p.from, p.to, o.length, p.to-p.from
	}
	n.note(a, &m, result, int64(out.header), &out.flow)
	n.tell(a, n.headAt(a, o, p, fl))
}

// note is what the tier's own record would say.
func (n *node) note(a *ask, m *manner, result results.Result, head int64, fl *flow) {
	_, body := fl.end()
	r := a.own // of which a tally looks at these, and at what done adds
	r.BytesOut, r.BodyBytes, r.Layer, r.Flags, r.Response, r.Result = head+body, body, m.layer, m.flags, result, result
}
