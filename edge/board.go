package edge

import (
	"edgesim/edge/rfc9111"
	"edgesim/results"
)

// newFlight prepares the fetch of what a asks for. old is what may be renewed.
func (e *Edge) newFlight(v *viewer, a *ask, old *object, private bool) *flight {
	if old != nil && !old.body.hold() {
		old = nil // it has left the cache; there is nothing to renew
	}
	f := e.bareFlight(v, a)
	f.p, f.key, f.hash, f.base = a.p, string(a.key), a.hash, a.base
	f.old, f.private, f.headers = old, private, a.header
	if a.rule.Compresses() {
		f.takes = a.header("accept-encoding")
	}
	why := forCache
	if private && old == nil {
		why = forOne
	}
	f.why, f.conditional = why, why == forOne && (len(a.ifNoneMatch) > 0 || len(a.ifModifiedSince) > 0)
	f.conditioned = f.conditional || why == forOne && (a.demanding() || len(a.rangeField) > 0)
	if why == forCache && old == nil && a.varied {
		f.siblings = a.p.siblings(f)
	}
	f.hints = a.hints()
	if !private && a.slicing() && (old == nil || old.sliced) {
		f.wantFirst(a)
	}
	f.aim(v, a)
	return f
}

// bareFlight is what all flights for a have in common.
func (e *Edge) bareFlight(v *viewer, a *ask) *flight {
	f := &flight{
		e: e, rule: a.rule, route: a.route, req: e.asked(a), home: a.p,
		url: e.sym(a.path), query: e.sym(a.query),
		baseHash: hashKey(a.key[:a.base]), began: a.now,
		tab: v.owe(), decided: make(chan struct{}),
	}
	f.holds.Store(1)
	return f
}

// asked is the request as the origin sees it, for the rules of caching. Where
// the behavior has CloudFront's way with Authorization, one that the key holds
// does not count either: its response answers nobody else.
func (e *Edge) asked(a *ask) rfc9111.Request {
	r := a.caching
	if a.withholdsAuthorization() || a.rule.NoAuthorization && a.rule.Keyed("authorization") {
		r.Authorization = false
	}
	return r
}

// board finds the flight to join, or makes the one to begin; nil when the edge
// has no room for another. The caller holds the partition's lock, and rides
// unless how is staleIt.
func (e *Edge) board(v *viewer, a *ask, old *object, how use, now int64) (f *flight, leads bool) {
	if !a.solo {
		if f := a.p.flights[string(a.key)]; f != nil && f.open(now) {
			f.take(how)
			return f, false
		}
	}
	if e.crowded() {
		return nil, false
	}
	if a.solo && old != nil && old.sliced {
		old = nil // what it is a head of is not what this request can use
	}
	private := a.solo || a.rule.NoCollapse || a.method != results.GET || how != staleIt && a.p.passing(a.hash, now)
	f = e.newFlight(v, a, old, private)
	a.p.enlist(f)
	if f.behind = how == staleIt; f.behind {
		f.headers = nil
		if f.want != nil {
			f.want.all = nil
		}
	}
	if !private {
		a.p.flights[f.key] = f
	}
	f.take(how)
	return f, true
}

// enlist notes that a flight is under way. The caller holds the lock.
func (p *partition) enlist(f *flight) {
	f.purges = f.e.purges.begun.Load()
	p.under[f] = struct{}{}
}

// take lets a rider in. Who has been given the stale object does not ride.
func (f *flight) take(how use) {
	if how != staleIt {
		f.holds.Add(1)
	}
}

// open reports whether a flight that was found may still be joined: one whose
// response has expired while its body comes in may not.
func (f *flight) open(now int64) bool {
	select {
	case <-f.decided:
		return f.outcome != shared || now < f.obj.expires
	default:
		return true
	}
}
