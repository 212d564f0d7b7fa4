package virtual

import "slices"

// What becomes of a flight that renews something, or fails.

// standIn lets the stale object answer in place of an origin that fails (RFC
// 5861 §4), and asks no more for a moment.
func (f *flight) standIn(status int) bool {
	w := f.n.w
	if !f.old.mayServeOnError(w.now) {
		return false
	}
	o := f.old
	o.id = w.newID()
	o.bits |= onError
	o.expires = w.now + int64(f.lead.route.retry(status))
	f.n.renew(f, f.p, f.hash, &f.old, &o)
	f.unlist()
	f.obj, f.outcome = o, staleGood
	return true
}

// renew replaces the old object by one with the fields of a 304 (RFC 9111
// §4.3.4).
func (f *flight) renew(p *reply) {
	o := f.renewedHeld(p)
	f.replace(&o)
	if !o.bits.has(collapsible) {
		f.remember()
	}
	f.unlist()
	f.obj, f.outcome = o, renewed
}

func (f *flight) renewedHeld(p *reply) held {
	var o held
	f.n.newHeld(&o, f, p, int(f.old.status))
	o.memory, o.length = f.old.memory, f.old.length
	o.mark, o.bits = f.old.mark, o.bits|f.old.bits&(sliced|varies)
	if f.old.bits.has(varies) {
		o.fields += int32(varyLine)
	}
	if !f.told.some { // what tiers added stays, under names that the origin does not send
		o.fields, o.passed = o.fields+int32(f.old.passed), f.old.passed
	}
	if o.head != f.old.head && f.old.head != noHead {
		o.head = f.n.w.merged(f.old.head, o.head)
	}
	return o
}

// merged is the header of a stored response with the fields of a 304 in the place
// of its own (RFC 9111 §3.2).
func (w *world) merged(old, renewed int32) int32 {
	key := [2]int32{old, renewed}
	if at, ok := w.merges[key]; ok {
		return at
	}
	a, b := w.heads[old], w.heads[renewed]
	h := *b
	h.stored = nil
	for _, f := range b.stored {
		if !beside200(f.name) {
			h.stored = append(h.stored, f)
		}
	}
	for _, f := range a.stored {
		if !slices.ContainsFunc(h.stored, func(x field) bool { return x.name == f.name }) {
			h.stored = append(h.stored, f)
		}
	}
	h.block, h.no304, h.kind, h.contentType = sumOf(h.stored), 0, a.kind, ""
	for _, f := range h.stored {
		if leftOut(f, h.tagged) {
			h.no304 += f.line()
		}
	}
	w.merges[key] = w.addHead(&h)
	return h.number
}

// beside200 reports whether a field comes with an object and not with the 304
// that says it has not changed.
func beside200(name string) bool { return name == "Content-Type" || name == "Accept-Ranges" }

func (f *flight) replace(o *held) {
	if o.bits.has(kept) {
		f.n.renew(f, f.p, f.hash, &f.old, o)
		return
	}
	f.p.remove(f.hash)
}

// updateByHead renews what is stored for GET by the response to a HEAD, or drops
// it when that shows it to be another (RFC 9111 §4.3.5).
func (f *flight) updateByHead(p *reply) {
	if p.edition != f.old.edition() || uint32(p.modified) != f.old.modified || p.length >= 0 && p.length != f.old.length {
		f.p.remove(f.hash)
		return
	}
	o := f.renewedHeld(p)
	f.replace(&o)
}

// fail ends a flight whose origin gave no response.
func (f *flight) fail(why *fault) {
	f.fault = *why
	f.own.detail = why.detail
	if !f.renews || !f.standIn(why.status) {
		f.keepFault()
		f.unlist()
		f.outcome = faulted
	}
	f.release()
	f.land()
}

// keepFault stores what the edge says in place of an origin that gave no
// response, where errors are kept.
func (f *flight) keepFault() {
	w, rules := f.n.w, f.lead.route.rulesFor(f.fault.status)
	if !f.fault.kept || !rules.ErrorCaching || rules.ErrorTTL <= 0 || rules.MaxTTL <= 0 || f.keyless {
		return
	}
	text := f.fault.length()
	o := held{id: w.newID(), stored: w.now, expires: w.now + int64(rules.ErrorTTL), lifetime: int64(rules.ErrorTTL),
		status: uint16(f.fault.status), version: -1, key: int32(f.keyLen), length: text, memory: text,
		bits: kept | must | collapsible, head: w.faultHead(f.lead.route), date: uint32(w.second(w.now))}
	f.n.keep(f, f.p, f.hash, &o)
}
