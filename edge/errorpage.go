package edge

import (
	"cmp"
	"strconv"

	"edgesim/edge/behavior"
	"edgesim/edge/rfc9111"
	"edgesim/results"
)

// Errors: how long they are kept, status by status, and what viewers get in
// their place (CloudFront's error caching and custom error responses).

// rulesFor are the route's rules for a response of that status.
func (r *route) rulesFor(status int) *rfc9111.Rules {
	for i := range r.errors {
		if r.errors[i].status == status {
			return &r.errors[i].rules
		}
	}
	return &r.rules
}

// errorRules are a route's rules for responses of one status.
type errorRules struct {
	status int
	rules  rfc9111.Rules
}

// keepErrors prepares the route for a distribution's rules for errors.
func (r *route) keepErrors(list []behavior.ErrorRule) {
	for i := range list {
		if x := &list[i]; x.KeepTTL {
			rules := r.rules
			rules.ErrorCaching, rules.ErrorTTL = true, x.TTL
			r.errors = append(r.errors, errorRules{x.Code, rules})
		}
	}
}

// keepFault stores what the edge says in place of an origin that gave no
// response, so that the origin is left alone for a while, where errors are kept.
func (f *flight) keepFault() {
	rules := f.route.rulesFor(f.fault.status)
	if !f.fault.kept || !rules.ErrorCaching || rules.ErrorTTL <= 0 || rules.MaxTTL <= 0 || !f.keyed() {
		return
	}
	now := f.e.now()
	o := &object{key: f.key, status: f.fault.status, block: f.fault.fields(f.e.unix(now)), stored: now,
		expires: now + int64(rules.ErrorTTL), url: f.url, query: f.query, ttl: results.TTLDynamic}
	text := f.fault.text()
	o.body, o.length = bodyOf(text), int64(len(text))
	o.fit()
	o.verdict = rfc9111.Verdict{Store: true, Lifetime: rules.ErrorTTL, MustRevalidate: true, Collapsible: true, Why: "error caching"}
	f.p.keep(f.hash, o, f)
	o.body.let()
}

// keyed reports whether the flight's key is that of what it asks for: a method
// that is not cached has none, and a slice another.
func (f *flight) keyed() bool {
	slice := f.want != nil && f.want.head != nil
	return !slice && !mayChange(f.req.Method) && f.rule.CachedMethods.Has(f.req.Method)
}

// fields are those of the edge's own word for a fault.
func (w *fault) fields(unix int64) block {
	b := append(block(nil), "Date: "...)
	b = appendDate(b, unix/1e9)
	return append(b, "\r\nContent-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\n"...)
}

// text is the edge's own word for a fault.
func (w *fault) text() []byte {
	b := append(strconv.AppendInt(nil, int64(w.status), 10), ' ')
	return append(append(b, w.why...), '\n')
}

// instead is a request that is answered with an error page: what it was about
// before the page took its place.
type instead struct {
	status      int // that the viewer gets, should the page be had
	detail      results.Detail
	method      results.Method
	hash        uint64
	path, query []byte
}

// pageFor is the rule by which another response takes the place of one with
// that status; nil: none does. An error page that fails is not replaced, nor
// what a tier says to an edge nearer to the viewer.
func (e *Edge) pageFor(a *ask, status int) *behavior.ErrorRule {
	if status < 400 || a.dist == nil || a.page != nil || e.conf.isTier() {
		return nil
	}
	if r := a.dist.Error(status); r != nil && r.Page != "" {
		return r
	}
	return nil
}

// answerInstead answers with an error page: the request becomes one for the
// page, and goes the way of every request.
func (e *Edge) answerInstead(v *viewer, a *ask, r *behavior.ErrorRule, detail results.Detail) {
	p := &instead{cmp.Or(r.ResponseCode, r.Code), detail, a.method, a.name(), a.path, a.query}
	a.forPage(p, r.Page)
	hadBody := a.hasBody
	a.hasBody = false
	e.fetch(v, a)
	if p.method == results.HEAD {
		a.ctx.Response.SkipBody = true
		v.rec.BodyBytes = 0
	}
	if hadBody {
		a.ctx.SetConnectionClose()
	}
}

// forPage makes the request a plain GET for the page.
func (a *ask) forPage(p *instead, path string) {
	h := &a.ctx.Request.Header
	for _, name := range [...]string{"If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "If-Range", "Range"} {
		h.Del(name)
	}
	h.SetMethod("GET")
	a.page, a.method, a.caching.Method, a.caching.Range = p, results.GET, results.GET, false
	a.path, a.query = []byte(path), nil
	a.ifNoneMatch, a.ifModifiedSince, a.ifMatch, a.ifUnmodifiedSince = nil, nil, nil, nil
	a.rangeField, a.ifRange, a.rangesRead, a.judged, a.lacking = nil, nil, 0, nil, false
	a.once, a.took = nil, nil
	a.solo, a.rode, a.turns, a.forward, a.fwdStatus, a.varied = false, false, 0, "", 0, false
	a.rule = a.dist.Route(a.path)
	a.route = &a.site.routes[a.dist.Index][a.rule.Index]
}

// tell puts what the request was about into the record of the response.
func (p *instead) tell(r *results.Record, names *results.Names) {
	s := names.Strings
	r.URL, r.Query, r.Object, r.Method = s.Bytes(p.path), s.Bytes(p.query), p.hash, p.method
	r.Response, r.Result, r.Detail = results.Error, results.Error, p.detail
}
