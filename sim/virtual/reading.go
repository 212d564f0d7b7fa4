package virtual

import (
	"math"
	"time"

	"edgesim/results"
)

// reading is a response that is made of slices, one after the other.
type reading struct {
	head held
	part part
	at   int64  // of the object: what has been read
	m    manner // how the first bytes came
	came bool

	lead   *flight // brings the bytes that come first; nil: none
	leadTo int64   // how far in the object it does

	opened bool  // the header has gone out
	stop   int64 // of the object: the viewer hangs up here; never
	tries  int
}

// mostTurns is how often a request looks for what it wants among other requests'
// flights before it asks for itself.
const mostTurns = 3

// respondSliced answers with an object that is kept in slices. led is a flight
// that this request led and that brings some of them; nil: none.
func (n *node) respondSliced(a *ask, head *held, m manner, led *flight) {
	h := *head
	p := a.partOf(&h, h.length)
	if !p.sends || a.heads() || p.from >= p.to {
		n.respondWhole(a, &h, m)
		return
	}
	a = n.w.keep(a)
	a.reading = &reading{head: h, part: p, at: p.from, m: m, stop: never}
	s := a.reading
	if led != nil && led.brought() {
		s.lead, s.leadTo, s.came = led, led.want.part.end(), true
	}
	n.read(a)
}

// read goes on reading at what has not been read.
func (n *node) read(a *ask) {
	s := a.reading
	for s.at < s.part.to {
		seg, to, ok := n.openSlice(a)
		if !ok {
			return // it waits, or has been answered otherwise
		}
		if !s.opened {
			n.openSliced(a)
			if a.by != nil {
				n.passSliced(a, seg, to)
				return
			}
		}
		n.ahead(a)
		s.tries = 0
		if n.breaksOff(a, &seg, to) {
			return
		}
		end := seg.at(to - s.at)
		s.at = to
		if end > n.w.now {
			n.w.events.plan(end, reads, a.place)
			return
		}
	}
	n.finishReading(a)
}

// openSlice finds the bytes at s.at: what comes of them until to. It reports false
// when the request waits for a flight, or has been answered otherwise.
func (n *node) openSlice(a *ask) (seg flow, to int64, ok bool) {
	s := a.reading
	if seg, to, ok = s.taken(n.w.now); ok {
		return seg, to, true
	}
	seg, to, f, leads := n.find(a, s.at, s.part.to, true)
	switch {
	case to > 0:
		s.cameBy(a, asHit, false)
		return seg, to, true
	case f == nil:
		n.sliceFailed(a, &tooMany, 0)
		return flow{}, 0, false
	}
	s.tries++
	f.riders = append(f.riders, a)
	if leads {
		f.fly()
	} else if f.outcome != undecided {
		f.riders = f.riders[:len(f.riders)-1]
		n.alightSlice(a, f)
	}
	return flow{}, 0, false
}

// taken is what the flight brings that was there from the start, if it fits.
func (s *reading) taken(now int64) (seg flow, to int64, ok bool) {
	f := s.lead
	if s.lead = nil; f == nil || s.at < f.want.part.from || s.at >= s.leadTo {
		return flow{}, 0, false
	}
	to = min(s.part.to, s.leadTo)
	if f.tooLarge() {
		f.wanted(now, to-f.want.part.from)
	}
	return f.flow.part(s.at-f.want.part.from, to-f.want.part.from).from(now), to, true
}

// find looks for the slice that has the byte at from: in the cache, among the
// flights, or else with a flight of its own; nothing, when there may be no more
// flights. It counts as asked for when it is touched.
func (n *node) find(a *ask, from, end int64, touch bool) (seg flow, to int64, f *flight, leads bool) {
	w, head := n.w, &a.reading.head
	if o, _ := n.part(a.hash).peek(a.hash); o != nil && !o.bits.has(sliced) && o.mark == head.mark && o.length == head.length && head.mark != 0 {
		return there(w.now, end-from), end, nil, false
	}
	number := from / a.route.rule.Slice
	hash, length := w.sliceKey(a, head, number)
	p := n.part(hash)
	_, until := a.sliceOf(head, number)
	if o, _ := p.peek(hash); o != nil {
		if touch {
			p.lookup(hash, w.now)
		}
		if o.from <= from && from < o.end() {
			to = min(end, o.end())
			return there(w.now, to-from), to, nil, false
		}
		if from < o.from {
			until = o.from
		}
	}
	if f = p.flights.find(hash); f != nil && f.joinable(from) {
		return flow{}, 0, f, false
	}
	if n.flying >= n.mostFlights {
		return flow{}, 0, nil, false
	}
	return flow{}, 0, n.beginSlice(a, p, hash, length, from, until, f != nil), true
}

// beginSlice makes the flight that fetches a slice, or the rest of one.
func (n *node) beginSlice(a *ask, p *partition, hash uint64, length int, from, to int64, private bool) *flight {
	f := n.w.newFlight()
	f.n, f.p, f.lead, f.hash, f.keyLen, f.private = n, p, a, hash, length, private
	f.want = &want{known: true, head: a.reading.head, from: from, to: to}
	if !private {
		p.flights.put(hash, f)
		f.listed = true
	}
	a.owes++
	n.flying++
	return f
}

// alightSlice acts on the decision of a slice's flight.
func (n *node) alightSlice(a *ask, f *flight) {
	s, leads := a.reading, a == f.lead
	if leads {
		a.asked, a.askedAt = a.asked+f.own.asked, f.own.member
	}
	switch {
	case f.outcome == faulted:
		n.sliceFailed(a, &f.fault, 0)
		return
	case f.outcome == changed, f.outcome == unfit:
		n.sliceFailed(a, nil, f.outcome)
		return
	case leads:
		s.cameBy(a, asMiss, true)
	default:
		s.cameBy(a, asCollapsed, false)
	}
	if leads && f.brought() || f.brings() {
		s.lead, s.leadTo = f, f.want.part.end()
	} else if s.tries >= mostTurns {
		n.sliceFailed(a, nil, changed)
		return
	}
	n.read(a)
}

// cameBy notes how bytes came: the first ones decide what the response is called,
// later ones only whether it has been a hit to its end.
func (s *reading) cameBy(a *ask, m manner, missed bool) {
	if !s.came {
		s.came = true
		if s.m == asHit || s.m == asCollapsed && m != asHit {
			s.m = m
		}
		return
	}
	if missed && s.opened && a.by == nil && a.rec.Result == results.Hit {
		a.rec.Result = results.Miss
	}
}

// ahead sees to it that the slice behind the one that is read is on its way.
func (n *node) ahead(a *ask) {
	s := a.reading
	from, to := a.sliceOf(&s.head, s.at/a.route.rule.Slice+1)
	if from < s.leadTo || from >= s.part.to || from >= s.head.length || !n.w.strong(&s.head) {
		return
	}
	if _, _, f, leads := n.find(a, from, min(s.part.to, to), false); leads {
		f.behind = true
		f.fly()
	}
}

// sliceFailed ends a reading whose slice did not come: with an error, or by
// looking again; what has gone out already breaks off.
func (n *node) sliceFailed(a *ask, why *fault, o outcome) {
	s := a.reading
	switch {
	case s.opened:
		n.breakOff(a, n.w.now, s.at)
	case why != nil:
		a.reading = nil
		n.refuse(a, why, 0)
	default:
		a.reading = nil
		a.turns++
		a.solo = o == unfit || a.turns > mostTurns
		n.serve(a)
	}
}

// openSliced writes the header.
func (n *node) openSliced(a *ask) {
	s := a.reading
	s.opened = true
	if s.m.asked && a.forward == 0 {
		a.forward = forPartial
	}
	if a.by != nil {
		return
	}
	head := n.headBytes(a, &s.head, &s.m, &s.part)
	n.describe(a, &s.head, &s.m, &s.part)
	a.rec.TTFB, a.rec.BytesOut = n.w.now-a.at, int64(head)
	if length := s.part.to - s.part.from; a.req.Abort > 0 {
		if stop := min(int64(math.Ceil(float64(a.req.Abort)*float64(length))), length-1); stop > 0 {
			s.stop = s.part.from + stop
		}
	}
}

// breaksOff reports whether the bytes until to do not all go out: because they
// break off, or because the viewer hangs up.
func (n *node) breaksOff(a *ask, seg *flow, to int64) bool {
	s := a.reading
	if s.stop <= to {
		if end, come := seg.end(); !seg.breaks() || s.stop-s.at <= come && seg.at(s.stop-s.at) <= end {
			a.rec.Flags |= results.Aborted
			a.rec.Result, a.rec.Detail = results.Error, results.ClientCommError
			n.endReading(a, seg.at(s.stop-s.at), s.stop)
			return true
		}
	}
	if seg.breaks() {
		at, come := seg.end()
		if come == 0 {
			at = n.w.now // nothing goes out any more
		}
		n.breakOff(a, at, s.at+come)
		return true
	}
	return false
}

// breakOff ends a response short of its end, through no doing of the viewer's.
func (n *node) breakOff(a *ask, at, upTo int64) {
	a.rec.Flags |= results.Truncated
	a.rec.Result, a.rec.Detail = results.Error, results.OriginReadError
	n.endReading(a, at, upTo)
}

func (n *node) finishReading(a *ask) { n.endReading(a, n.w.now, a.reading.part.to) }

// endReading completes the record of a response of which so much went out.
func (n *node) endReading(a *ask, at, upTo int64) {
	r := a.rec
	r.BodyBytes = upTo - a.reading.part.from
	r.BytesOut += r.BodyBytes
	r.Total = at - a.at
	a.reading = nil
	n.distance(a)
	n.w.done(a)
}

// passSliced answers a flight of the cache before. Slices that follow the first
// are asked for at once, and taken to come as fast.
func (n *node) passSliced(a *ask, seg flow, to int64) {
	s := a.reading
	for at := to; at < s.part.to; {
		_, next, f, leads := n.find(a, at, s.part.to, true)
		if leads {
			f.behind = true
			f.fly()
		}
		if _, until := a.sliceOf(&s.head, at/a.route.rule.Slice); next <= at {
			next = min(until, s.part.to)
		}
		at = next
	}
	rest := s.part.to - to
	if seg.cut == seg.n {
		seg.cut += rest
	}
	seg.n, seg.size = seg.n+rest, seg.size+rest
	seg.meant()
	head, m, p := s.head, s.m, s.part
	a.reading = nil
	n.pass(a, &head, m, &seg, &p, n.headBytes(a, &head, &m, &p))
}

// soon is a wait that is not worth a request to the origin, in ns.
const soon = int64(20 * time.Millisecond)

// beside is the head for a request for a range of what a flight will take longer
// to bring than the origin takes to begin with another; false when there is none,
// or the flight will do.
func (n *node) beside(a *ask, f *flight) (held, bool) {
	o, now := &f.obj, n.w.now
	if f.outcome != shared || f.want != nil || !a.slicing() || o.status != 200 || o.length < 0 || !n.w.strong(o) {
		return held{}, false
	}
	if end, _ := f.flow.end(); end <= now {
		return held{}, false
	}
	p := a.partOf(o, o.length)
	if p.status != 206 || f.eta(p.from, now) <= f.own.ttfb+soon {
		return held{}, false
	}
	return f.asHead(*o), true
}

// eta is how long a flight will take, at its pace so far, to bring the byte at
// off, in ns.
func (f *flight) eta(off, now int64) int64 {
	have := f.flow.by(now)
	if off < have {
		return 0
	}
	return int64(float64(off-have) / float64(max(have, 1)) * float64(max(now-f.obj.stored, 1)))
}
