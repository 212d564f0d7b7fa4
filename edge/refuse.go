package edge

import (
	"edgesim/results"
)

// refuse answers with an error of the edge's own, or with the page that takes
// its place.
func (e *Edge) refuse(v *viewer, a *ask, why fault) {
	if r := e.pageFor(a, why.status); r != nil && !why.crowded {
		e.answerInstead(v, a, r, why.detail)
		return
	}
	m := &asError
	if why.crowded {
		m = &asCrowded
	}
	res := &a.ctx.Response
	res.Header.DisableNormalizing()
	res.SetStatusCode(why.status)
	b := append(block(v.buf[:0]), why.fields(e.unix(e.now()))...)
	if why.status == 503 {
		b = append(b, "Retry-After: 1\r\n"...)
	}
	v.buf = e.trace(v, e.signed(a.outfit(b)), m.result) // no Cache-Status: RFC 9211 §2 keeps it to what caches answer with
	if a.timed(v.id) {
		v.buf = e.appendTiming(v.buf, v, a, m)
	}
	if e.conf.isTier() {
		v.buf = e.appendTold(v.buf, a, m.result, m, why.detail)
	}
	inject(&res.Header, v.buf)
	res.SetBodyRaw(why.text())
	e.open(v, a, nil, m, &part{status: why.status, span: span{to: -1}})
	v.rec.Detail = why.detail
}

// signed adds the fields by which a response of the edge's own says whose it is.
func (e *Edge) signed(b block) block {
	if e.conf.Server != "" {
		b = b.add(bytesOf("Server"), bytesOf(e.conf.Server))
	}
	return append(b, e.via[0]...)
}

// crowded reports whether the edge has as many flights as it may have. Requests
// of the same instant may go a few beyond.
func (e *Edge) crowded() bool { return e.inFlight.Load() >= int64(e.conf.MaxFlights) }

// faultCrowded is CloudFront's answer of an edge that is over its bounds.
var faultCrowded = fault{status: 503, crowded: true, why: "too many requests are under way to origins"}

// overBounds answers a request that would need one flight more than the edge
// may have: with what is stale, where that may be, else with an error.
func (e *Edge) overBounds(v *viewer, a *ask, o *object, how use) {
	switch {
	case how == staleIt && e.respond(v, a, o, &asStale, nil):
	case o != nil && o.mayServeOnError(a.now) && e.respond(v, a, o, &asStaleErr, nil):
	default:
		e.refuse(v, a, faultCrowded)
	}
}

// open begins the record of the response about to be written. The viewer's
// connection settles it.
func (e *Edge) open(v *viewer, a *ask, o *object, m *manner, p *part) {
	from := a.from(v)
	v.rec = results.Record{
		At: a.at, ID: v.id, Object: a.name(), Edge: e.number,
		ContentLength: -1, RangeStart: -1, RangeEnd: -1,
		Addr: from.As16(), Port: v.port,
		Host: e.sym(a.host), Query: e.sym(a.query), Referrer: e.sym(a.referrer),
		Agent: e.sym(a.agent), Forwarded: e.sym(a.forwarded),
		Status: uint16(p.status), Method: a.method, Protocol: results.HTTP, Version: results.HTTP11,
		Response: m.result, Result: m.result, Layer: m.layer, Flags: m.flags, Vantage: results.AtEdge,
	}
	r := &v.rec
	r.Detail = m.detail
	if !a.ctx.Request.Header.IsHTTP11() {
		r.Version = results.HTTP10
	}
	if a.route != nil {
		r.Distribution, r.Behavior = a.route.dist, a.route.name
	} else {
		r.Distribution = a.unrouted()
	}
	if a.https {
		r.Protocol = results.HTTPS
	}
	if v.secure != nil {
		r.TLS, r.Cipher = v.secure.version, v.secure.cipher
	}
	if e.conf.RecordCookies {
		r.Cookie = e.sym(a.ctx.Request.Header.Peek("Cookie"))
	}
	if e.conf.Locate != nil {
		r.Country = e.conf.Locate(from)
	}
	if o == nil {
		r.URL = e.sym(a.path)
	} else {
		v.describe(r, o, p)
		if r.Result == results.Error && m.detail != results.SameAsResult {
			r.Detail = m.detail
		}
	}
	if a.method.Proxied() {
		r.TTL = results.TTLProxy
	}
	if a.page != nil {
		a.page.tell(r, e.names)
	}
	v.open, v.first = true, 0 // a 100 (Continue) may have gone out before
}

// describe adds what the object says to the record.
func (v *viewer) describe(r *results.Record, o *object, p *part) {
	r.URL, r.ContentType, r.TTL = o.url, o.contentType, o.ttl
	if max(o.status, p.status) >= 400 { // 416 of an object that is none itself
		r.Response, r.Result, r.Detail = results.Error, results.Error, results.ErrorDetail
	}
	if p.sends() {
		r.ContentLength = p.length(o)
	}
	if p.cut && p.status == 206 {
		r.RangeStart, r.RangeEnd = p.from, p.to-1
	}
}

// unrouted is the distribution of a request that was refused before its behavior
// was known.
func (a *ask) unrouted() uint16 {
	if a.dist == nil {
		return results.NoDistribution
	}
	return a.site.routes[a.dist.Index][0].dist
}
