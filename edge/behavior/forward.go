package behavior

import "bytes"

// What the key leaves out of a query does not go to the origin either: it would
// let one request decide what others are served. The same holds for cookies
// where the behavior has NoCookies.

// AppendQuery appends "?" and the part of a query that goes to the origin, or
// nothing when there is none.
func (r *Rule) AppendQuery(dst, query []byte) []byte {
	k := &r.Key
	if len(query) == 0 || k.Query.none() {
		return dst
	}
	return appendForwarded(dst, "?", "&", query, k.Query, k.QueryNames)
}

// AppendCookies appends a Cookie field line with the cookies that go to the
// origin, or nothing when there are none.
func (r *Rule) AppendCookies(dst, cookies []byte) []byte {
	k := &r.Key
	if len(cookies) == 0 || k.Cookies.none() {
		return dst
	}
	n := len(dst)
	if dst = appendForwarded(dst, "Cookie: ", "; ", cookies, k.Cookies, k.CookieNames); len(dst) > n {
		dst = append(dst, "\r\n"...)
	}
	return dst
}

// HidesCookies reports whether Set-Cookie is taken out of responses.
func (r *Rule) HidesCookies() bool { return r.NoCookies && r.Key.Cookies.none() }

func appendForwarded(dst []byte, head, between string, list []byte, pick Pick, names []string) []byte {
	for member := range bytes.SplitSeq(list, []byte{between[0]}) {
		if between[0] == ';' {
			member = bytes.Trim(member, " \t")
		}
		if len(member) == 0 && pick != All || pick != All && listed(names, member) != (pick == Include) {
			continue
		}
		dst = append(dst, head...)
		dst = append(dst, member...)
		head = between
	}
	return dst
}
