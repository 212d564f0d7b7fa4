package edge

import (
	"github.com/valyala/fasthttp"

	"edgesim/edge/cache"
	"edgesim/edge/rfc9111"
	"edgesim/results"
)

// handle answers one request.
func (e *Edge) handle(ctx *fasthttp.RequestCtx) {
	v := ctx.Conn().(*viewer)
	v.busy.Store(true)
	a := &v.ask
	a.read(ctx)
	a.at = int64(ctx.Time().Sub(e.conf.Epoch))
	a.now = a.at
	a.https = v.secure != nil || e.conf.TrustForwardedProto && a.forwardedHTTPS()
	v.id++
	a.id = v.id
	if v.head.Close {
		ctx.SetConnectionClose()
	}
	e.answer(v, a)
	v.leaveUnread(a)
}

func (e *Edge) answer(v *viewer, a *ask) {
	if !e.find(v, a) {
		return
	}
	if a.hasBody && a.method == results.GET && a.rule.RefuseGetBody {
		e.refuse(v, a, fault{status: 403, detail: results.InvalidRequest, why: "GET takes no body here"})
		return
	}
	if a.conditional() {
		a.hasBody = false // it means nothing (RFC 9110 §9.3.1), so it goes nowhere
	}
	a.forgetIgnored()
	e.fetch(v, a)
}

// fetch answers a request whose behavior is known.
func (e *Edge) fetch(v *viewer, a *ask) {
	if !a.rule.CachedMethods.Has(a.method) || !a.cacheable() {
		a.key, a.base, a.hash = a.key[:0], 0, 0 // an error page's request had another's
		e.alone(v, a, a.unkept())
		return
	}
	a.makeKey(e)
	e.serve(v, a)
}

// unkept is why responses to the request's method are not kept.
func (a *ask) unkept() forward {
	if a.conditional() {
		return forBypass
	}
	return forMethod
}

// find routes the request to distribution and behavior; false when it was
// refused.
func (e *Edge) find(v *viewer, a *ask) bool {
	a.site = e.site.Load()
	dist, ok := a.site.table.Host(a.host)
	if !ok {
		e.refuse(v, a, fault{status: 403, detail: results.InvalidRequest, why: "no distribution has this host name"})
		return false
	}
	a.dist = dist
	a.path = dist.Rooted(a.path)
	if a.path[0] != '/' && (string(a.path) != "*" || a.method != results.OPTIONS) {
		e.refuse(v, a, fault{status: 400, detail: results.InvalidRequest, why: "the request target is not a path"})
		return false
	}
	a.rule = dist.Route(a.path)
	a.route = &a.site.routes[dist.Index][a.rule.Index]
	if v.secure != nil && v.secure.misdirected(a) {
		e.refuse(v, a, fault{status: 421, detail: results.InvalidRequest, why: "the TLS connection is for another site"})
		return false
	}
	if !e.conf.isTier() && dist.Geo.Restricts() && !dist.Geo.Serves(e.conf.Locate(a.from(v))) {
		e.refuse(v, a, fault{status: 403, detail: results.ClientGeoBlocked, why: "this is not served in your country"})
		return false
	}
	if !a.https && a.rule.ViewerProtocol.WantsHTTPS() && !e.conf.isTier() {
		e.toHTTPS(v, a)
		return false
	}
	if v.head.Length > int64(e.conf.MaxUpload) {
		e.refuse(v, a, errUpload.fault)
		return false
	}
	if a.rule.AllowedMethods.Has(a.method) {
		return true
	}
	status := 405
	if e.conf.CloudFront {
		status = 403
	}
	e.refuse(v, a, fault{status: status, detail: results.InvalidRequestMethod, why: "this method is not allowed here"})
	return false
}

// serve answers from the cache, or joins a flight, or begins one.
func (e *Edge) serve(v *viewer, a *ask) {
	for {
		now, p := a.now, a.p
		p.mu.Lock()
		o, state := p.lookup(a.hash, a.key, now)
		if o != nil && o.marker {
			p.mu.Unlock()
			a.variant(o)
			continue
		}
		if o != nil && o.sliced {
			if a.judged != o {
				p.mu.Unlock()
				a.judged, a.lacking = o, e.lacks(v, a, o)
				continue
			}
			if a.lacking {
				o, state = nil, cache.Absent
			}
		}
		if a.demanding() && (state != cache.Fresh || !o.meets(a)) {
			p.mu.Unlock()
			e.alone(v, a, forRequest)
			return
		}
		if o == nil {
			if o = p.inLanguage(a, now); o != nil {
				state = cache.Fresh
			}
		}
		how := a.consider(o, state, now)
		if how == serveIt {
			p.mu.Unlock()
			if e.respond(v, a, o, a.mannerOf(o), nil) {
				return
			}
			continue // it was evicted just now
		}
		if how == refuseIt {
			p.mu.Unlock()
			e.refuse(v, a, fault{status: 504, detail: results.ErrorDetail, why: "nothing is stored, and the request allows no more"})
			return
		}
		a.because(o, state)
		f, leads := e.board(v, a, o, how, now)
		p.mu.Unlock()
		if f == nil {
			e.overBounds(v, a, o, how)
			return
		}
		if leads {
			f.fly()
		}
		if how == staleIt {
			if e.respond(v, a, o, &asStale, nil) {
				return
			}
			continue
		}
		if e.ride(v, a, f, leads) {
			return
		}
	}
}

// use is what a stored object is good for.
type use uint8

const (
	fetchIt  use = iota // nothing suitable: ask the origin
	serveIt             // answer with it
	staleIt             // answer with it although it is stale, and renew it beside
	refuseIt            // only-if-cached
)

// consider decides what to do with what was found.
func (a *ask) consider(o *object, state cache.State, now int64) use {
	if a.solo {
		return fetchIt
	}
	if a.rule.RequestDirectives && a.caching.Directed() {
		if u, decided := a.directed(o, now); decided {
			return u
		}
	}
	switch {
	case state == cache.Fresh:
		return serveIt
	case state == cache.Stale && o.mayServeStale(now):
		return staleIt
	}
	return fetchIt
}

// directed heeds the request's own directives (RFC 9111 §5.2.1).
func (a *ask) directed(o *object, now int64) (use, bool) {
	if o == nil {
		return refuseIt, a.caching.CC.Is(rfc9111.OnlyIfCached)
	}
	switch a.caching.Use(o.ageAt(now), o.left(now), o.verdict.MustRevalidate) {
	case rfc9111.Validate:
		return fetchIt, true
	case rfc9111.StaleGood:
		return serveIt, true
	case rfc9111.Fail:
		return refuseIt, true
	}
	return 0, false
}

func (a *ask) mannerOf(o *object) *manner {
	switch {
	case o.onError:
		return &asStaleErr
	case a.rode:
		return &asCollapsed
	}
	return &asHit
}

// variant makes the key that of the variant this request selects.
func (a *ask) variant(o *object) {
	a.key = appendVariant(a.key[:a.base], o, a.rule.NormalizeVary, a.header)
	a.hash = hashKey(a.key)
	a.varied = true
}
