package edge

import (
	"time"

	"edgesim/results"
)

// alone asks the origin for this viewer only.
func (e *Edge) alone(v *viewer, a *ask, old *object, m *manner) {
	a.solo = true
	a.p = e.parts[0]
	f := e.newFlight(v, a, old, true)
	f.manner = m
	a.p.mu.Lock()
	a.p.enlist(f)
	a.p.mu.Unlock()
	a.uploading = a.hasBody
	f.take(fetchIt)
	f.fly()
	e.ride(v, a, f, true)
	a.uploading = false
	if a.hasBody && !f.out.sent {
		a.ctx.SetConnectionClose() // what is left of the request is not read as the next one
	}
	if a.rule.AllowedMethods.Has(results.GET) && mayChange(a.method) && f.outcome == passed && f.obj.status < 400 {
		e.invalidate(a)
	}
}

// mayChange reports whether a method may change what is at its target (RFC 9110
// §9.2.1). Of a method that is not known the worst is assumed.
func mayChange(m results.Method) bool {
	return m != results.GET && m != results.HEAD && m != results.OPTIONS
}

// invalidate removes what is stored for the request's target, after a method
// that may have changed it (RFC 9111 §4.4).
func (e *Edge) invalidate(a *ask) {
	a.key = a.rule.AppendKey(a.key[:0], a.host, a.path, a.query, a.header)
	hash := hashKey(a.key)
	e.partition(hash).invalidate(hash, string(a.key), e.now())
}

// ride waits for the flight's decision and acts on it. It reports false when
// this request has still no answer: it looks again, for its own variant, or asks
// for itself (solo).
func (e *Edge) ride(v *viewer, a *ask, f *flight, leads bool) bool {
	defer f.alight()
	decided := a.await(f, leads)
	a.now = e.now()
	a.solo = !decided
	switch {
	case !decided:
		return false
	case f.outcome == faulted:
		e.refuse(v, a, f.fault)
		return true
	case leads:
		a.took = &f.took
		return e.respond(v, a, f.obj, f.leaderManner(), f.lead)
	case f.outcome == passed, !f.obj.verdict.Collapsible && f.outcome != staleGood:
		a.solo = true
		return false
	case !a.matches(f):
		a.turns++
		a.solo = a.turns > mostTurns
		return false
	}
	a.solo = true
	m := &asCollapsed
	if f.outcome == staleGood {
		m = &asStaleErr
	}
	return e.respond(v, a, f.obj, m, nil)
}

// mostTurns is how often a request looks for its variant among other requests'
// flights before it asks for itself: an origin may name other fields each time.
const mostTurns = 3

// await waits for the decision; one who joined waits no longer than its
// behavior says.
func (a *ask) await(f *flight, leads bool) bool {
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
		return &asStaleErr
	case passed:
		if f.manner != nil {
			return f.manner
		}
		return &asPassed
	}
	if f.old != nil {
		return &asStaleMiss
	}
	return &asMiss
}
