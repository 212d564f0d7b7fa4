package edge

import (
	"bytes"
	"net/netip"
	"strings"

	"edgesim/edge/behavior"
)

// header is a request field by name, for keys and variants: its lines joined,
// nil where there is none. It is what an origin would see. So a field that
// Connection lists is none, because it goes no further (RFC 9110 §7.6.1), and
// a name of CloudFront's gives what the edge says under it.
func (a *ask) header(name string) []byte {
	switch {
	case strings.EqualFold(name, "host"):
		return a.host
	case name == behavior.SchemeField:
		return a.scheme()
	case a.rule.NormalisesEncoding() && strings.EqualFold(name, "accept-encoding"):
		return a.rule.AcceptEncoding(a.acceptEncoding())
	}
	if g, ok := behavior.GeneratedOf(name); ok {
		return a.generate(g)
	}
	return a.sent(name)
}

// sent is a field as it came, its lines joined; nil where there is none, or
// where it goes no further than to us.
func (a *ask) sent(name string) []byte {
	if a.listed(name) {
		return nil
	}
	if collected(name) {
		return a.raw(name)
	}
	lines := a.ctx.Request.Header.PeekAll(name)
	switch len(lines) {
	case 0:
		return nil
	case 1:
		if lines[0] == nil {
			return noValue
		}
		return lines[0]
	}
	return a.raw(name)
}

// noValue is the value of a field that is there and empty.
var noValue = []byte{}

// collected reports whether fasthttp keeps a field in a form of its own, from
// which the lines as they came cannot be had.
func collected(name string) bool {
	switch len(name) {
	case len("Cookie"):
		return strings.EqualFold(name, "Cookie")
	case len("Connection"):
		return strings.EqualFold(name, "Connection") || strings.EqualFold(name, "User-Agent")
	case len("Content-Type"):
		return strings.EqualFold(name, "Content-Type")
	}
	return false
}

// raw joins a field's lines as they came: with commas, cookies with semicolons
// (RFC 9110 §5.3, RFC 6265 §4.2.1). The bytes are good until the next request.
func (a *ask) raw(name string) []byte {
	if a.space == nil {
		a.space = make([]byte, 0, 512)
	}
	from, found := len(a.space), false
	for n, value := range a.ctx.Request.Header.AllInOrder() {
		if !is(n, name) {
			continue
		}
		if found {
			a.space = append(a.space, separatorOf(name)...)
		}
		a.space, found = append(a.space, value...), true
	}
	if !found {
		return nil
	}
	return a.space[from:len(a.space):len(a.space)]
}

func separatorOf(name string) string {
	if strings.EqualFold(name, "cookie") {
		return "; "
	}
	return ", "
}

// listed reports whether the request's Connection field names a field.
func (a *ask) listed(name string) bool {
	if a.hopsLeft {
		a.hops, a.hopsLeft = a.raw("Connection"), false
	}
	return len(a.hops) > 0 && listed(a.hops, bytesOf(name))
}

// generate is the value of a field of the edge's own making; nil where nothing
// is known.
func (a *ask) generate(g behavior.Generated) []byte {
	if g.IsDevice() && a.device == 0 {
		a.device = behavior.DeviceOf(a.agent)
	}
	if value, ok := g.Device(a.device); ok {
		return bytesOf(value)
	}
	switch g {
	case behavior.ForwardedProto:
		return a.scheme()
	case behavior.ViewerHTTPVersion:
		return bytesOf(a.version())
	case behavior.ViewerAddress:
		return a.address()
	case behavior.ViewerCountry:
		if e := a.v.e; e.conf.Locate != nil {
			if c := e.conf.Locate(a.from(a.v)); c != [2]byte{} {
				return a.keep(append(a.space, c[:]...))
			}
		}
	}
	return nil
}

// address is the viewer's address and port.
func (a *ask) address() []byte {
	addr := a.from(a.v)
	if !addr.IsValid() {
		return nil
	}
	port := a.v.port
	if addr != a.v.addr {
		port = 0 // whose port this is, a proxy's field does not tell
	}
	return a.keep(netip.AddrPortFrom(addr, port).AppendTo(a.space))
}

// keep is what was appended to the request's space.
func (a *ask) keep(longer []byte) []byte {
	from := len(a.space)
	a.space = longer
	return a.space[from:len(longer):len(longer)]
}

// version is the viewer's version of HTTP, as Via has it (RFC 9110 §7.6.3).
func (a *ask) version() string {
	if a.ctx.Request.Header.IsHTTP11() {
		return "1.1"
	}
	return "1.0"
}

// ignores reports whether a field asks if the viewer's copy is good, where the
// behavior does not tell (CloudFront, where cookies go to the origin).
func (a *ask) ignores(name []byte) bool {
	return a.rule.NoConditions() && a.cacheable() && (is(name, "If-None-Match") || is(name, "If-Modified-Since"))
}

// forgetIgnored makes the request one without such fields.
func (a *ask) forgetIgnored() {
	if a.rule.NoConditions() && a.cacheable() {
		a.ifNoneMatch, a.ifModifiedSince = nil, nil
	}
}

// listed reports whether a Connection field names the field.
func listed(connection, name []byte) bool {
	for len(connection) > 0 {
		var member []byte
		member, connection, _ = bytes.Cut(connection, []byte{','})
		if bytes.EqualFold(bytes.TrimSpace(member), name) {
			return true
		}
	}
	return false
}
