package virtual

import (
	"slices"

	"edgesim/edge/behavior"
	"edgesim/edge/cache"
	"edgesim/results"
)

// answer is the life of a request at a cache: find its behavior, look into the
// cache, join a flight or begin one.
func (n *node) answer(a *ask) {
	if a.route == nil {
		n.refuse(a, &unknown, 0)
		return
	}
	if n.isEdge() && !n.admits(a) {
		return
	}
	switch {
	case a.upload > mostUpload:
		n.refuse(a, &tooLong, 0)
	case !a.route.rule.AllowedMethods.Has(a.method):
		n.refuse(a, &n.lens.notAllowed, 0)
	default:
		n.fetch(a)
	}
}

// fetch answers a request whose behavior is known. Responses to OPTIONS have keys of
// their own, which a tier is told.
func (n *node) fetch(a *ask) {
	if !a.cacheable() {
		a.hash, a.keyLen = 0, 0
		n.alone(a, a.unkept())
		return
	}
	if a.method == results.OPTIONS && a.by == nil {
		n.w.optionsKey(a)
	}
	n.serve(a)
}

func (n *node) isEdge() bool { return n.layer == results.LayerEdge }

// admits reports whether the viewer may have it at all, and how he came; if not,
// it has been answered.
func (n *node) admits(a *ask) bool {
	if geo := &a.route.dist.Geo; geo.Restricts() && !geo.Serves(a.face.country) {
		n.refuse(a, &notServed, 0)
		return false
	}
	switch protocol := a.route.rule.ViewerProtocol; {
	case !protocol.WantsHTTPS():
		return true
	case protocol == behavior.RedirectToHTTPS:
		n.redirect(a)
	default:
		n.refuse(a, &onlyHTTPS, 0)
	}
	return false
}

// use is what a stored object is good for.
type use uint8

const (
	fetchIt use = iota // nothing suitable: ask the origin
	serveIt            // answer with it
	staleIt            // answer with it although it is stale, and renew it beside
)

// serve looks into the cache.
func (n *node) serve(a *ask) {
	p := n.part(a.hash)
	o, state := p.lookup(a.hash, n.w.now)
	n.serveFound(a, p, o, state)
}

// serveFound answers from what was found in the cache, or joins a flight, or begins
// one.
func (n *node) serveFound(a *ask, p *partition, o *held, state cache.State) {
	now := n.w.now
	if o != nil && o.bits.has(sliced) {
		if o, state = n.judged(p, a, o); a.lacking {
			o, state = nil, cache.Absent
		}
	}
	how := a.consider(o, state, now)
	if how == serveIt {
		m := asHit
		if o.bits.has(onError) {
			m = asStaleErr
		} else if a.rode {
			m = asCollapsed
		}
		n.respondHeld(a, o, m)
		return
	}
	a.because(o, state)
	if f := n.join(p, a, now); f != nil {
		if how == staleIt {
			n.respondHeld(a, o, asStale)
			return
		}
		n.ride(n.w.keep(a), f)
		return
	}
	if n.flying >= n.mostFlights {
		n.overBounds(a, o, how)
		return
	}
	a = n.w.keep(a)
	f := n.begin(p, a, o, how)
	if how == staleIt {
		n.respondHeld(a, o, asStale)
	} else {
		f.riders = append(f.riders, a)
	}
	f.fly()
}

// judged looks into a head, once for each request, and then looks it up again, as
// the edge does, which cannot do both under one lock.
func (n *node) judged(p *partition, a *ask, o *held) (*held, cache.State) {
	if a.judged != o.id {
		a.judged, a.lacking = o.id, n.lacks(a, o)
		return p.lookup(a.hash, n.w.now)
	}
	if n.w.now < o.expires {
		return o, cache.Fresh
	}
	return o, cache.Stale
}

// lacks reports whether a head cannot serve the request: its slices may not be
// combined with others, because it has no strong validator, and not all that is
// needed is there.
func (n *node) lacks(a *ask, head *held) bool {
	if n.w.strong(head) {
		return false
	}
	p := a.partOf(head, head.length)
	return p.sends && !a.heads() && !n.has(a, head, &p)
}

// consider decides what to do with what was found.
func (a *ask) consider(o *held, state cache.State, now int64) use {
	switch {
	case a.solo:
		return fetchIt
	case state == cache.Fresh:
		return serveIt
	case state == cache.Stale && o.mayServeStale(now):
		return staleIt
	}
	return fetchIt
}

// join finds the flight that the request can ride; nil: none.
func (n *node) join(p *partition, a *ask, now int64) *flight {
	if a.solo {
		return nil
	}
	if f := p.flights.find(a.hash); f != nil && f.open(now) {
		return f
	}
	return nil
}

// begin makes the flight that the request leads; o is what may be renewed.
func (n *node) begin(p *partition, a *ask, o *held, how use) *flight {
	f := n.w.newFlight()
	f.n, f.p, f.lead, f.hash, f.keyLen = n, p, a, a.hash, a.keyLen
	f.private = a.solo || a.route.rule.NoCollapse || a.method != results.GET || how != staleIt && p.passing(a.hash, n.w.now)
	f.known = f.private && !a.solo && !a.route.rule.NoCollapse && a.method == results.GET
	f.behind = how == staleIt
	if a.solo && o != nil && o.bits.has(sliced) {
		o = nil // what it is a head of is not what this request can use
	}
	if o != nil {
		f.old, f.renews = *o, true
	}
	if !f.private && a.slicing() && (o == nil || o.bits.has(sliced)) {
		f.wantFirst()
	}
	f.forOne = f.private && !f.renews
	if !f.private {
		p.flights.put(f.hash, f)
		f.listed = true
	}
	a.owes++
	n.flying++
	return f
}

// alone asks the origin for this request only.
func (n *node) alone(a *ask, why uint8) {
	if n.flying >= n.mostFlights {
		n.refuse(a, &tooMany, 0)
		return
	}
	a = n.w.keep(a)
	a.solo, a.forward = true, why
	f := n.w.newFlight()
	f.n, f.p, f.lead, f.hash, f.keyLen = n, &n.parts[0], a, a.hash, a.keyLen
	f.private, f.forOne, f.keyless = true, true, true
	a.owes++
	n.flying++
	f.riders = append(f.riders, a)
	f.fly()
}

// overBounds answers a request that would need one flight more than there may
// be: with what is stale, where that may be, else with an error.
func (n *node) overBounds(a *ask, o *held, how use) {
	switch {
	case how == staleIt:
		n.respondHeld(a, o, asStale)
	case o != nil && o.mayServeOnError(n.w.now):
		n.respondHeld(a, o, asStaleErr)
	default:
		n.refuse(a, &tooMany, 0)
	}
}

// ride waits for the flight's decision, or acts on it when that is made.
func (n *node) ride(a *ask, f *flight) {
	if f.outcome != undecided {
		n.alight(a, f)
		return
	}
	f.riders = append(f.riders, a)
	if wait := a.route.rule.CollapseWait; wait > 0 {
		n.w.events.planFor(n.w.now+int64(wait), impatient, f.number, a.place)
		f.named++
	}
}

// impatient is a rider who has waited long enough: it asks by itself.
func (n *node) impatient(a *ask, f *flight) {
	f.named--
	if at := slices.Index(f.riders, a); f.outcome == undecided && at >= 0 {
		f.riders = slices.Delete(f.riders, at, at+1)
		a.solo = true
		n.serve(a)
	}
	f.free()
}

// alight acts on a flight's decision.
func (n *node) alight(a *ask, f *flight) {
	if a.reading != nil {
		n.alightSlice(a, f)
		return
	}
	leads := a == f.lead
	if leads {
		a.asked, a.askedAt = f.own.asked, f.own.member
	}
	if f.outcome == faulted {
		var flags results.Flags
		if !leads {
			flags = results.Collapsed
		}
		n.refuse(a, &f.fault, flags)
		return
	}
	a.fwdStatus = uint16(f.status)
	switch {
	case f.outcome == unfit, f.outcome == changed:
		a.solo = true
		n.serve(a)
	case leads && f.outcome == parted:
		n.respondSliced(a, &f.obj, f.leaderManner(), f)
	case leads:
		n.respondFlight(a, f, f.leaderManner())
		if f.keyless && a.changes() && f.outcome == passed && f.obj.status < 400 {
			n.changed(a)
		}
	case f.outcome == parted, f.headed:
		a.turns++
		a.solo, a.rode = a.turns > mostTurns, f.outcome == parted
		n.serve(a)
	case f.outcome == passed, !f.obj.bits.has(collapsible) && f.outcome != staleGood:
		a.solo = true
		n.serve(a)
	default:
		a.solo = true
		if head, ok := n.beside(a, f); ok {
			n.respondSliced(a, &head, asHit, nil)
			return
		}
		n.respondFlight(a, f, f.followersManner())
	}
}

func (f *flight) leaderManner() manner {
	switch f.outcome {
	case renewed:
		return asRefresh
	case staleGood:
		return asStoodIn
	case passed:
		return f.told.manner(asPassed)
	}
	return f.told.manner(asMiss)
}

func (f *flight) followersManner() manner {
	switch f.outcome {
	case renewed:
		return asRenewed
	case staleGood:
		return asStoodBy
	}
	return f.told.manner(asCollapsed)
}
