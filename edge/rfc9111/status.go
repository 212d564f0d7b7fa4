package rfc9111

// heuristic reports whether a status is heuristically cacheable (RFC 9110
// §15.1), 206 left out: parts are not kept.
func heuristic(status int) bool {
	switch status {
	case 200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501:
		return true
	}
	return false
}

// statusUnderstood reports whether this cache knows the caching requirements
// of a status, as must-understand asks (RFC 9111 §5.2.2.3): the statuses of
// RFC 9110 §15 that stand for a whole response, and those of the IANA registry
// that ask nothing of caches.
func statusUnderstood(status int) bool {
	switch {
	case status >= 200 && status <= 205, status >= 300 && status <= 303,
		status == 307, status == 308,
		status >= 400 && status <= 415, status == 417,
		status == 421, status == 422, status == 426, status == 428, status == 429, status == 431, status == 451,
		status >= 500 && status <= 505:
		return true
	}
	return false
}

// judgeError follows CloudFront's table of error caching: some statuses always,
// for ErrorTTL at least, some only when Cache-Control gives a lifetime, the
// rest never. Directives that forbid caching leave ErrorTTL.
func judgeError(v *Verdict, req *Request, resp *Response, rules *Rules, now int64) {
	if v.Why = "error status"; !keepsError(resp) {
		return
	}
	if v.Why = "method"; !cacheable(req.Method, rules) {
		return
	}
	d, _ := explicit(resp, now)
	if d = min(d, rules.MaxTTL); forbids(resp) || d <= rules.ErrorTTL {
		d, v.InitialAge = rules.ErrorTTL, 0 // our own time: it begins now
	}
	v.Store, v.Lifetime, v.Why, v.MustRevalidate = true, d, "error caching", true
}

func keepsError(resp *Response) bool {
	switch resp.Status {
	case 404, 414, 500, 501, 502, 503, 504:
		return true
	case 400, 403, 405, 412, 415:
		return resp.CC.Is(MaxAge | SMaxAge)
	}
	return false
}
