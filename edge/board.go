package edge

import (
	"edgesim/edge/rfc9111"
	"edgesim/results"
)

// newFlight prepares the fetch of what a asks for. old is what may be renewed.
func (e *Edge) newFlight(v *viewer, a *ask, old *object, private bool) *flight {
	f := &flight{
		e: e, p: a.p, key: string(a.key), hash: a.hash, base: a.base,
		rule: a.rule, route: a.route, up: a.route.up,
		req: e.asked(a), old: old, private: private,
		headers: a.header,
		url:     e.names.Strings.Bytes(a.path), query: e.names.Strings.Bytes(a.query),
		tab: newTab(v.hint), decided: make(chan struct{}),
	}
	why := forCache
	if private && old == nil {
		why = forOne
	}
	f.out = e.outgoingFor(a, v, f.up, why)
	f.out.finish(old)
	v.tab = f.tab
	return f
}

// asked is the request as the origin sees it, for the rules of caching.
func (e *Edge) asked(a *ask) rfc9111.Request {
	r := a.caching
	if a.rule.NoAuthorization && (a.method == results.GET || a.method == results.HEAD) {
		r.Authorization = false
	}
	return r
}
