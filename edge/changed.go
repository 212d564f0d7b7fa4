package edge

import (
	"net/url"

	"edgesim/results"
)

// mayChange reports whether a method may change what is at its target (RFC 9110
// §9.2.1). Of a method that is not known the worst is assumed.
func mayChange(m results.Method) bool {
	return m != results.GET && m != results.HEAD && m != results.OPTIONS
}

// changed removes what is stored for a request's target after a method that may
// have changed it, and for the Location and Content-Location of the response
// where they are of the same origin (RFC 9111 §4.4). What the flight itself
// stores is not touched.
func (e *Edge) changed(a *ask, f *flight) {
	if f.outcome != shared {
		e.invalidate(a, a.path, a.query)
	}
	for _, name := range [...]string{"Location", "Content-Location"} {
		if path, query, ok := a.target().sameOrigin(f.obj.block.get(name)); ok {
			e.invalidate(a, path, query)
		}
	}
}

// invalidate removes what is stored under one URL of the request's host: for GET
// and for OPTIONS, with all variants, and what flights under way would store.
func (e *Edge) invalidate(a *ask, path, query []byte) {
	path = a.dist.Rooted(path)
	rule := a.dist.Route(path)
	key := rule.AppendKey(nil, a.host, path, query, a.header)
	for _, key := range [...][]byte{key, append(key[:len(key):len(key)], optionsKey)} {
		hash := hashKey(key)
		e.partition(hash).invalidate(hash, string(key), e.now())
	}
}

// target is the URL that a request asks for; nil when it is none.
type target struct{ *url.URL }

func (a *ask) target() target {
	return targetOf(string(a.scheme()), string(a.host), string(a.path), string(a.query))
}

func targetOf(scheme, host, path, query string) target {
	u, err := url.Parse(scheme + "://" + host + path + "?" + query)
	if err != nil {
		return target{}
	}
	return target{u}
}

// resolve resolves a reference against the target; ok when that leads to the
// same origin: scheme, host and port (RFC 9110 §4.3.1).
func (t target) resolve(ref []byte) (path, query []byte, ok bool) {
	if len(ref) == 0 || t.URL == nil {
		return nil, nil, false
	}
	to, err := t.Parse(string(ref))
	if err != nil || to.Scheme != t.Scheme || !sameHost(to, t.URL) {
		return nil, nil, false
	}
	path, query = []byte(to.EscapedPath()), []byte(to.RawQuery)
	if len(path) == 0 {
		path = slash
	}
	return path, query, true
}

// sameOrigin is resolve for a reference to another URL than the target.
func (t target) sameOrigin(ref []byte) (path, query []byte, ok bool) {
	path, query, ok = t.resolve(ref)
	return path, query, ok && !t.leadsTo(path, query)
}

// is reports whether a reference leads to the target itself.
func (t target) is(ref []byte) bool {
	path, query, ok := t.resolve(ref)
	return ok && t.leadsTo(path, query)
}

func (t target) leadsTo(path, query []byte) bool {
	return string(path) == t.EscapedPath() && string(query) == t.RawQuery
}

func sameHost(a, b *url.URL) bool {
	return is([]byte(a.Hostname()), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}
