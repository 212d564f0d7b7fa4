package behavior

import (
	"bytes"
	"slices"
)

// Forward says what of a request goes to the origin beside what the key holds:
// an origin request policy in CloudFront's words. What goes is the union of the
// two. Nothing here affects the key, so a response may differ by it only where
// the origin says so (Vary), or where nothing is kept.
//
// The zero Forward adds nothing: of query and cookies the key's go, of fields
// those that Request does not hold back.
type Forward struct {
	// Headers: None sends what Request lets through; All sends every field of
	// the viewer's, Host included, and HeaderNames may then list generated ones
	// (see Generated); Include adds those listed, the viewer's and generated
	// ones; Except sends all but those listed.
	Headers     Pick
	HeaderNames []string // case does not count

	Cookies     Pick
	CookieNames []string // for Include and Except; case counts

	Query      Pick
	QueryNames []string // for Include and Except; case counts
}

// Request says how requests to the origin are written, whatever key and Forward
// name. In name lists case does not count, and a name may end in "*".
type Request struct {
	// Drop are fields that go to the origin only where key or Forward has them.
	Drop []string
	// Untrusted are fields by which a viewer would tell the origin another
	// host, path, method, scheme or address than the edge does. They go only
	// where key or Forward.HeaderNames name them: All and Except do not bring
	// them back.
	Untrusted []string

	Agent     string // User-Agent in place of the viewer's, which goes where key or Forward has it; "": the viewer's
	KeepAlive bool   // send "Connection: Keep-Alive"
	ID        bool   // send X-Amz-Cf-Id
}

// AppendQuery appends "?" and the part of a query that goes to the origin, or
// nothing when there is none.
func (r *Rule) AppendQuery(dst, query []byte) []byte {
	f, k := &r.Forward, &r.Key
	switch {
	case len(query) == 0 || k.Query.none() && f.Query.none():
		return dst
	case k.Query == All || f.Query == All:
		return append(append(dst, '?'), query...)
	}
	head := "?"
	for member := range bytes.SplitSeq(query, []byte{'&'}) {
		if len(member) > 0 && (k.Query.picks(k.QueryNames, member) || f.Query.picks(f.QueryNames, member)) {
			dst = append(append(dst, head...), member...)
			head = "&"
		}
	}
	return dst
}

// AppendCookies appends a Cookie field line with the cookies that go to the
// origin, or nothing when there are none.
func (r *Rule) AppendCookies(dst, cookies []byte) []byte {
	f, k := &r.Forward, &r.Key
	if len(cookies) == 0 || !r.forwardsCookies() {
		return dst
	}
	head := "Cookie: "
	for member := range cookiesOf(cookies, r.TidyCookies) {
		if k.Cookies.picks(k.CookieNames, member) || f.Cookies.picks(f.CookieNames, member) {
			dst = append(append(dst, head...), member...)
			head = "; "
		}
	}
	if head == "; " {
		dst = append(dst, "\r\n"...)
	}
	return dst
}

// HidesCookies reports whether Set-Cookie is taken out of responses.
func (r *Rule) HidesCookies() bool { return r.CookieRules && !r.forwardsCookies() }

// NoConditions reports whether the viewers' own conditions do not count, as
// CloudFront has it where cookies go to the origin.
func (r *Rule) NoConditions() bool { return r.CookieRules && r.forwardsCookies() }

// ShownVary is what viewers see of a Vary field's value.
func (r *Rule) ShownVary(value []byte) []byte {
	if !r.FilterVary {
		return value
	}
	var shown []byte
	for member := range bytes.SplitSeq(value, []byte{','}) {
		if member = bytes.TrimSpace(member); r.showsInVary(member) {
			shown = append(append(shown, member...), ", "...)
		}
	}
	return bytes.TrimSuffix(shown, []byte(", "))
}

func (r *Rule) showsInVary(member []byte) bool {
	name := lowerName(string(member))
	switch name {
	case "accept-encoding", "cookie":
		return true
	case "user-agent":
		return r.Names(name) || slices.ContainsFunc(r.sieve.generated, func(g Generated) bool { return g.device() != 0 })
	}
	return name != "*" && r.Names(name)
}

func (b *Behavior) forwardsCookies() bool { return !b.Key.Cookies.none() || !b.Forward.Cookies.none() }

// picks reports whether a member "name" or "name=value" is among those picked.
func (p Pick) picks(names []string, member []byte) bool {
	switch p {
	case All:
		return true
	case Include:
		return listed(names, member)
	case Except:
		return !listed(names, member)
	}
	return false
}
