package edge

import (
	"bytes"
	"net/netip"

	"edgesim/results"
	"edgesim/results/accesslog"
)

// Requests to origins: the viewer's end-to-end fields, without those that
// belong to one connection (RFC 9110 §7.6.1), and with Via and
// X-Forwarded-For as an intermediary writes them.

// purpose says what a request to the origin is for.
type purpose uint8

const (
	forCache purpose = iota // its response is to be kept: no conditions or ranges of the viewer's
	forOne                  // it is for this viewer alone: passed on as it is
)

// outgoingFor builds the request to the origin. The bytes are its own: they
// outlive the viewer's request.
func (e *Edge) outgoingFor(a *ask, v *viewer, up *upstream, why purpose) outgoing {
	head := make([]byte, 0, 512+len(a.path)+len(a.query))
	head = append(head, a.ctx.Request.Header.Method()...)
	head = append(head, ' ')
	head = append(head, up.Path...)
	head = append(head, a.path...)
	head = a.rule.AppendQuery(head, a.query)
	head = append(head, " HTTP/1.1\r\nHost: "...)
	if up.Tier != results.NoLayer {
		head = append(head, a.host...)
	} else if a.rule.ForwardHost {
		head = a.rule.AppendHost(head, a.host)
	} else {
		head = append(head, up.Host...)
	}
	head = append(head, '\r', '\n')
	head = a.appendFields(head, up, why)
	for _, h := range up.Headers {
		head = appendLine(head, h.Name, bytesOf(h.Value))
	}
	head = e.appendOwn(head, a, v, up)
	if up.Tier != results.NoLayer {
		head = a.appendToTier(head)
	}
	out := outgoing{size: -1, bodiless: a.method == results.HEAD, again: a.conditional() || a.method == results.OPTIONS && !a.hasBody}
	if a.hasBody {
		out.body = &v.body
		head, out.size = v.body.announce(head)
	}
	out.head = head
	return out
}

// finish ends the header: with the conditions that renew old or, where there is
// no old, ask which of its siblings is good; or none.
func (o *outgoing) finish(old *object, siblings []*object) {
	o.bare = len(o.head)
	if old != nil {
		siblings = []*object{old}
	}
	for i, s := range siblings {
		switch {
		case len(s.etag) == 0:
		case i == 0:
			o.head = appendLine(o.head, "If-None-Match", s.etag)
		default:
			o.head = append(o.head[:len(o.head)-len(crlf)], ", "...)
			o.head = append(append(o.head, s.etag...), crlf...)
		}
	}
	if old != nil && old.lastModified != 0 {
		o.head = append(o.head, "If-Modified-Since: "...)
		o.head = appendDate(o.head, old.lastModified)
		o.head = append(o.head, '\r', '\n')
	}
	o.head = append(o.head, '\r', '\n')
}

// unconditional takes our own conditions out again.
func (o *outgoing) unconditional() { o.head = append(o.head[:o.bare], crlf...) }

// appendFields appends what of the viewer's fields goes to the origin, every
// line as it came.
func (a *ask) appendFields(head []byte, up *upstream, why purpose) []byte {
	for name, value := range a.ctx.Request.Header.AllInOrder() {
		if hopByHop(name) || (why == forCache || a.page != nil) && conditional(name) || a.ignores(name) || replaced(name) || up.sets(name) ||
			a.listed(text(name)) || a.withheld(name) || !a.rule.Forwards(name) {
			continue
		}
		head = block(head).add(name, value)
	}
	if a.rule.NormalisesEncoding() && !up.sets(bytesOf("Accept-Encoding")) {
		if form := a.rule.ForwardedEncoding(a.acceptEncoding()); form != nil {
			head = appendLine(head, "Accept-Encoding", form)
		}
	}
	if !a.listed("Cookie") {
		head = a.rule.AppendCookies(head, a.raw("Cookie"))
	}
	return head
}

// withheld reports whether a field is kept from the origin unless key or
// Forward have it: Authorization, where the behavior says so, and what the edge
// writes in a form of its own.
func (a *ask) withheld(name []byte) bool {
	switch {
	case is(name, "Authorization"):
		return a.withholdsAuthorization()
	case is(name, "Accept-Encoding"):
		return a.rule.NormalisesEncoding()
	case is(name, "User-Agent"):
		return a.rule.Request.Agent != "" && !a.rule.Names("user-agent")
	}
	return false
}

func (a *ask) withholdsAuthorization() bool {
	return a.rule.NoAuthorization && a.cacheable() && !a.rule.Names("authorization")
}

// appendOwn appends the fields that the edge writes: those of an intermediary
// (RFC 9110 §7.6), and those that the behavior adds.
func (e *Edge) appendOwn(head []byte, a *ask, v *viewer, up *upstream) []byte {
	for _, g := range a.rule.Generated() {
		if value := a.generate(g); value != nil {
			head = appendLine(head, g.Name(), value)
		}
	}
	if agent := a.rule.Request.Agent; agent != "" && !a.rule.Names("user-agent") && !up.sets(bytesOf("User-Agent")) {
		head = appendLine(head, "User-Agent", bytesOf(agent))
	}
	if a.rule.Request.KeepAlive {
		head = appendLine(head, "Connection", bytesOf("Keep-Alive"))
	}
	head = appendForwarded(head, a.header("X-Forwarded-For"), v.addr)
	head = e.appendVia(head, a)
	if a.rule.Request.ID {
		head = append(head, "X-Amz-Cf-Id: "...)
		head = append(accesslog.AppendRequestID(head, v.id), crlf...)
	}
	return head
}

// appendVia adds this edge to those that the request came through (RFC 9110
// §7.6.3).
func (e *Edge) appendVia(head []byte, a *ask) []byte {
	head = append(head, "Via: "...)
	if before := a.header("Via"); len(before) > 0 {
		head = append(append(head, before...), ", "...)
	}
	head = append(append(head, a.version()...), ' ')
	return append(append(head, e.conf.ViaName...), crlf...)
}

// replaced are the fields that the edge writes itself.
func replaced(name []byte) bool {
	return is(name, "Host") || is(name, "Content-Length") || is(name, "Via") ||
		is(name, "X-Forwarded-For") || is(name, "Expect") || is(name, "Cookie") || is(name, "X-Amz-Cf-Id") || is(name, tierField)
}

// hopByHop are the fields of one connection (RFC 9110 §7.6.1), or of one proxy
// (RFC 9111 §3.1).
func hopByHop(name []byte) bool {
	switch len(name) {
	case 2:
		return is(name, "TE")
	case 7:
		return is(name, "Trailer") || is(name, "Upgrade")
	case 10:
		return is(name, "Connection") || is(name, "Keep-Alive")
	case 16:
		return is(name, "Proxy-Connection")
	case 17:
		return is(name, "Transfer-Encoding")
	case 18:
		return is(name, "Proxy-Authenticate")
	case 19:
		return is(name, "Proxy-Authorization")
	case 25:
		return is(name, "Proxy-Authentication-Info")
	}
	return false
}

// conditional are the fields by which a viewer asks for less than the whole
// response. The edge answers them itself from what it keeps.
func conditional(name []byte) bool {
	return is(name, "If-None-Match") || is(name, "If-Modified-Since") || is(name, "If-Match") ||
		is(name, "If-Unmodified-Since") || is(name, "If-Range") || is(name, "Range")
}

func is(name []byte, want string) bool {
	return len(name) == len(want) && bytes.EqualFold(name, bytesOf(want))
}

func appendForwarded(head, before []byte, addr netip.Addr) []byte {
	if !addr.IsValid() && len(before) == 0 {
		return head
	}
	head = append(head, "X-Forwarded-For: "...)
	if len(before) > 0 {
		head = append(head, before...)
		if addr.IsValid() {
			head = append(head, ", "...)
		}
	}
	if addr.IsValid() {
		head = addr.AppendTo(head)
	}
	return append(head, '\r', '\n')
}

func appendLine(head []byte, name string, value []byte) []byte {
	head = append(head, name...)
	head = append(head, ": "...)
	head = append(head, value...)
	return append(head, '\r', '\n')
}
