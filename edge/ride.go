package edge

import (
	"time"

	"edgesim/results"
)

// alone asks the origin for this viewer only.
func (e *Edge) alone(v *viewer, a *ask, why forward) {
	if e.crowded() {
		e.refuse(v, a, faultCrowded)
		return
	}
	a.solo, a.forward = true, why
	if a.p == nil {
		a.p = e.parts[0]
	}
	if a.rule.CachePosts && a.method == results.POST {
		a.makeKey(e)
	}
	f := e.newFlight(v, a, nil, true)
	if f.req.Method == results.POST {
		f.target = a.target()
	}
	a.p.mu.Lock()
	a.p.enlist(f)
	a.p.mu.Unlock()
	f.take(fetchIt)
	f.fly()
	e.ride(v, a, f, true)
	if mayChange(a.method) && (f.outcome == passed || f.outcome == shared) && f.obj.status < 400 {
		e.changed(a, f)
	}
}

// ride waits for the flight's decision and acts on it. It reports false when
// this request has still no answer: it looks again, for its own variant, or asks
// for itself (solo).
func (e *Edge) ride(v *viewer, a *ask, f *flight, leads bool) bool {
	defer f.alight()
	decided := a.await(v, f, leads)
	a.now = e.now()
	a.solo = !decided
	if leads {
		a.asked, a.askedAt = f.own.asked, f.own.member
	}
	switch {
	case !decided:
		return false
	case f.outcome == faulted:
		e.refuse(v, a, f.fault)
		if !leads {
			v.rec.Flags |= results.Collapsed
		}
		return true
	}
	a.fwdStatus = f.status
	switch {
	case f.outcome == unfit, f.outcome == changed:
		a.solo = true
		return false
	case leads && f.outcome == parted:
		a.took, a.once = &f.took, f.once
		return e.respondSliced(v, a, f.obj, f.leaderManner(), f)
	case leads:
		a.took = &f.took
		a.once = f.once
		return e.respond(v, a, f.obj, f.leaderManner(), f.lead)
	case f.outcome == parted, f.headed:
		a.turns++
		a.solo, a.rode = a.turns > mostTurns, f.outcome == parted
		return false
	case f.outcome == passed, !f.obj.verdict.Collapsible && f.outcome != staleGood:
		a.solo = true
		return false
	case !a.matches(f):
		a.turns++
		a.solo = a.turns > mostTurns
		return false
	}
	a.solo = true
	m := f.followersManner()
	if head := a.beside(f); head != nil {
		return e.respondSliced(v, a, head, &asHit, nil)
	}
	return e.respond(v, a, f.obj, m, nil)
}

// mostTurns is how often a request looks for its variant among other requests'
// flights before it asks for itself: an origin may name other fields each time.
const mostTurns = 3

// await waits for the decision; one who joined waits no longer than its
// behavior says.
func (a *ask) await(v *viewer, f *flight, leads bool) bool {
	if leads && f.hints != nil {
		f.hints.await(f, v)
		return true
	}
	if leads || a.rule.CollapseWait == 0 {
		<-f.decided
		return true
	}
	t := time.NewTimer(a.rule.CollapseWait)
	defer t.Stop()
	select {
	case <-f.decided:
		return true
	case <-t.C:
		return false
	}
}

// matches reports whether the flight's response is the variant that this
// request selects.
func (a *ask) matches(f *flight) bool {
	if len(f.obj.vary) == 0 || a.rule.IgnoreVary {
		return true
	}
	a.variant(f.obj)
	return string(a.key) == f.obj.key
}

func (f *flight) leaderManner() *manner {
	switch f.outcome {
	case renewed:
		return &asRefresh
	case staleGood:
		return &asStoodIn
	case passed:
		return f.told.manner(&asPassed)
	}
	return f.told.manner(&asMiss)
}

func (f *flight) followersManner() *manner {
	switch f.outcome {
	case renewed:
		return &asRenewed
	case staleGood:
		return &asStoodBy
	}
	return f.told.manner(&asCollapsed)
}
