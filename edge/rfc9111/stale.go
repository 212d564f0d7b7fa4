package rfc9111

import "time"

// limitStale fills in how stale the response may get. Directives that forbid
// stale responses win (RFC 9111 §4.2.4); s-maxage is one of them (§5.2.2.10).
// MaxTTL bounds both times: that of stale-while-revalidate together with the
// lifetime, that of stale-if-error by itself, as CloudFront documents.
func limitStale(v *Verdict, resp *Response, rules *Rules) {
	cc := &resp.CC
	strict := cc.Is(MustRevalidate | ProxyRevalidate)
	strict = strict || cc.Is(NoCache) && !overruled(resp, rules)
	strict = strict || cc.Is(SMaxAge) && !rules.StaleDespiteShared
	if v.MustRevalidate = strict; strict {
		return
	}
	if cc.Is(StaleWhileRevalidate) {
		room := max(0, rules.MaxTTL-v.Lifetime)
		v.StaleWhileRevalidate = min(seconds(cc.StaleWhileRevalidate), room)
	}
	v.StaleIfError = rules.StaleOnError
	if cc.Is(StaleIfError) {
		v.StaleIfError = min(seconds(cc.StaleIfError), rules.MaxTTL)
	}
}

// checkUse ends the verdict: a response that is stale on arrival, cannot be
// validated and may not be served stale is not worth its room; one that is
// fresh may answer those who waited for it.
func checkUse(v *Verdict, resp *Response) {
	v.Collapsible = v.Remaining() > 0
	if v.Collapsible || v.StaleWhileRevalidate > 0 || v.StaleIfError > 0 {
		return
	}
	if !resp.HasETag && !resp.HasLastModified {
		v.Store, v.Why = false, "stale without validator"
	}
}

// Use is what a request's own directives make of a stored response.
type Use uint8

const (
	AsStored  Use = iota // the request asks for nothing special
	Validate             // ask the origin first, though the response may be fresh
	StaleGood            // it may be served though it is stale (max-stale)
	Fail                 // nothing suitable is stored and the origin must not be asked: 504 (§5.2.1.7)
)

// Directed reports whether the request says anything that Use heeds. Most say
// nothing.
func (r *Request) Directed() bool { return r.CC.Has != 0 || r.pragmaNoCache }

// Use applies the request's directives (§5.2.1) to a stored response of that
// age, with that much freshness left: negative once it is stale. A caller whose
// behavior ignores request directives does not ask.
func (r *Request) Use(age, left time.Duration, mustRevalidate bool) Use {
	use := AsStored
	cc := &r.CC
	switch {
	case cc.Is(NoCache), !r.hasCC && r.pragmaNoCache,
		cc.Is(MaxAge) && age > seconds(cc.MaxAge),
		cc.Is(MinFresh) && left < seconds(cc.MinFresh):
		use = Validate
	case left <= 0 && !mustRevalidate && r.tolerates(left):
		return StaleGood
	}
	if cc.Is(OnlyIfCached) && (use == Validate || left <= 0) {
		return Fail
	}
	return use
}

// tolerates reports whether max-stale allows for what is missing.
func (r *Request) tolerates(left time.Duration) bool {
	return r.CC.Is(MaxStale) && -left <= seconds(r.CC.MaxStale)
}
