package rfc9111

import (
	"time"

	"edgesim/results"
)

// Judge says what a shared cache may do with a response. The times are Unix
// nanoseconds: when the response's header arrived and when the request for it
// was sent.
//
// A 304 is not judged itself: the fields it brings replace the stored ones
// (RFC 9111 §3.2), and the stored response is judged again with its own status.
// Judge leaves in resp.CC the directives that it went by.
func Judge(req *Request, resp *Response, rules *Rules, now, requestTime int64) Verdict {
	v := Verdict{InitialAge: initialAge(resp, now, requestTime)}
	resp.settle(rules)
	switch {
	case rules.MaxTTL <= 0:
		v.Why = "caching off"
	case rules.ErrorCaching && resp.Status >= 400:
		judgeError(&v, req, resp, rules, now)
	default:
		judgeRegular(&v, req, resp, rules, now)
	}
	if v.Store {
		checkUse(&v, resp)
	}
	return v
}

// judgeRegular follows §3 and §4.2.
func judgeRegular(v *Verdict, req *Request, resp *Response, rules *Rules, now int64) {
	if v.Why = refusal(req, resp, rules); v.Why != "" {
		return
	}
	if overruled(resp, rules) && forbids(resp) {
		v.Store, v.Lifetime, v.Why = true, rules.MinTTL, "minimum TTL"
	} else {
		v.Lifetime, v.Why, v.Store = lifetime(resp, rules, now)
	}
	if v.Store {
		limitStale(v, resp, rules)
	}
}

// refusal is why §3 forbids to store the response, or "".
func refusal(req *Request, resp *Response, rules *Rules) string {
	cc := &resp.CC
	switch {
	case !cacheable(req.Method, rules) && !(rules.CachePosts && postsTarget(req, resp)):
		return "method"
	case resp.Status < 200 || resp.Status > 599 || resp.Status == 304:
		return "status"
	case resp.Status == 206 || resp.Status == 416:
		return "partial" // Content-Range says nothing beside another status (RFC 9110 §14.4)
	case cc.Is(MustUnderstand) && !statusUnderstood(resp.Status):
		return "must-understand"
	case rules.RequestDirectives && req.CC.Is(NoStore):
		return "request no-store"
	case cc.Is(NoStore) && !cc.Is(MustUnderstand) && !overruled(resp, rules):
		return "no-store"
	case cc.Is(Private) && !overruled(resp, rules):
		return "private"
	case req.Authorization && !cc.Is(MustRevalidate|Public|SMaxAge):
		return "authorization" // §3.5
	case resp.VaryAny && !(rules.IgnoreVary && rules.MinTTL > 0):
		return "vary *" // no request matches it (§4.1)
	}
	return ""
}

// postsTarget is the one case in which a response to POST may be kept: it says
// that it is what a GET would get, and for how long (RFC 9110 §9.3.3).
func postsTarget(req *Request, resp *Response) bool {
	return req.Method == results.POST && resp.AtTarget && resp.Status == 200 &&
		(resp.CC.Is(MaxAge|SMaxAge) || resp.HasExpires)
}

func cacheable(m results.Method, rules *Rules) bool {
	return m == results.GET || m == results.HEAD || m == results.OPTIONS && rules.CacheOptions
}

// forbids reports whether a directive keeps the response from being reused as
// it is. A must-understand that we do understand lifts no-store (§5.2.2.3).
func forbids(resp *Response) bool {
	cc := &resp.CC
	return cc.Is(NoCache|Private) || cc.Is(NoStore) && !cc.Is(MustUnderstand)
}

// overruled reports whether the minimum TTL beats such directives (CloudFront's
// TTL table, its last row).
func overruled(resp *Response, rules *Rules) bool {
	return rules.MinBeatsDirectives && rules.MinTTL > 0 && resp.Status < 400
}

// lifetime is §4.2.1 within the behavior's limits. ok is false when nothing
// allows the response to be stored (the last point of §3).
func lifetime(resp *Response, rules *Rules, now int64) (d time.Duration, why string, ok bool) {
	if resp.CC.Is(NoCache) {
		return 0, "no-cache", true
	}
	if d, why = explicit(resp, now); why != "" {
		return min(max(d, rules.MinTTL), rules.MaxTTL), why, true
	}
	if !heuristic(resp.Status) && !resp.CC.Is(Public) && !(rules.DefaultAnyStatus && resp.Status < 400) {
		return 0, "status without freshness", false
	}
	if rules.DefaultTTL > 0 || !rules.Heuristic {
		return max(rules.DefaultTTL, rules.MinTTL), "default TTL", true
	}
	d = heuristicLifetime(resp, now)
	return min(max(d, rules.MinTTL), rules.MaxTTL), "heuristic", true
}

// explicit is the lifetime that the origin gave, why naming the field or
// directive that did; "" when none did.
func explicit(resp *Response, now int64) (d time.Duration, why string) {
	switch cc := &resp.CC; {
	case cc.Is(SMaxAge):
		return seconds(cc.SMaxAge), "s-maxage"
	case cc.Is(MaxAge):
		return seconds(cc.MaxAge), "max-age"
	case resp.HasExpires && resp.ExpiresValid:
		return seconds(max(0, resp.Expires-dateValue(resp, now))), "expires"
	case resp.HasExpires:
		return 0, "expires" // §5.3: what is no date, "0" above all, is past
	}
	return 0, ""
}

// heuristicShare and heuristicMost: a tenth of the time since the last change,
// which §4.2.2 calls typical, and a day at the most, after which it used to ask
// for a warning.
const (
	heuristicShare = 10
	heuristicMost  = 24 * time.Hour
)

func heuristicLifetime(resp *Response, now int64) time.Duration {
	if !resp.HasLastModified {
		return 0
	}
	unchanged := max(0, dateValue(resp, now)-resp.LastModified)
	return min(seconds(unchanged)/heuristicShare, heuristicMost)
}

// initialAge is corrected_initial_age of §4.2.3. Dates have whole seconds, so
// apparent_age is reckoned in them: a response of this second has age 0.
func initialAge(resp *Response, now, requestTime int64) time.Duration {
	apparent := seconds(max(0, unixSeconds(now)-dateValue(resp, now)))
	delay := time.Duration(max(0, now-requestTime))
	return min(max(apparent, seconds(resp.Age)+delay), Forever)
}

// dateValue is Date, or the time of receipt where there is none (RFC 9110
// §6.6.1).
func dateValue(resp *Response, now int64) int64 {
	if resp.HasDate {
		return resp.Date
	}
	return unixSeconds(now)
}

func unixSeconds(ns int64) int64 { return ns / int64(time.Second) }
