package edge

import (
	"bytes"
	"net/netip"

	"github.com/valyala/fasthttp"

	"edgesim/edge/behavior"
	"edgesim/edge/rfc9111"
	"edgesim/results"
)

// ask is one request as the edge understands it. Its slices point into
// fasthttp's request and into the viewer's buffers, and are valid until the
// handler returns.
type ask struct {
	ctx *fasthttp.RequestCtx
	at  int64 // edge clock: when the request was read
	now int64 // edge clock: at, or when it last stopped waiting

	host, path, query []byte
	method            results.Method
	site              *site // what was served when it came
	dist              *behavior.Compiled
	rule              *behavior.Rule
	route             *route
	caching           rfc9111.Request

	v        *viewer
	device   behavior.Device // what the viewer's agent tells; 0: not looked at yet
	space    []byte          // for field values that do not lie in the request as they are wanted
	hops     []byte          // what its Connection lists, once it was looked for
	hopsLeft bool            // it has a Connection to be looked at
	judged   *object         // a head that was looked into, under no lock
	lacking  bool            // and what was found: slices that this request needs are not there

	ranges     *rangeSet // of rangeField, once ranged has read it
	rangesRead uint8     // 0: not yet; 1: they are not to be looked at; 2: they are
	id, secret uint64    // of multipart boundaries

	asked, askedAt uint16   // how often its flight asked an origin, and which of the behavior's
	page           *instead // nil: the request is for what it asked for

	took *timing // what getting its response from the origin took; nil: it did not come from there

	key       []byte // of the response asked for, variant included
	base      int    // length of the part of key before the variant
	hash      uint64
	p         *partition
	forward   forward // why it goes to the origin
	fwdStatus int     // what the origin answered; 0: nothing
	varied    bool    // a variant was looked for
	rode      bool    // another request's flight brought the slice that it wants, or was to
	solo      bool    // this request asks the origin for itself
	turns     int     // how often another request's flight brought another variant

	ifNoneMatch, ifModifiedSince []byte
	ifMatch, ifUnmodifiedSince   []byte
	rangeField, ifRange          []byte
	referrer, agent, forwarded   []byte
	once                         block // fields that go to this viewer and are not kept
	hasBody                      bool

	https bool   // the viewer speaks HTTPS, to us or to a proxy that we trust
	proto []byte // X-Forwarded-Proto
}

// read takes a request apart in one pass over its fields.
func (a *ask) read(ctx *fasthttp.RequestCtx) {
	*a = ask{ctx: ctx, v: ctx.Conn().(*viewer), key: a.key[:0], space: a.space[:0], ranges: a.ranges, secret: a.secret}
	h := &ctx.Request.Header
	a.method = results.MethodOf(h.Method())
	a.caching.Method = a.method
	a.host, a.path, a.query = splitTarget(h.RequestURI())
	if a.host == nil {
		a.host = h.Host()
	}
	a.hasBody = a.v.head.HasBody()
	a.agent = h.UserAgent()
	for name, value := range h.All() {
		a.field(name, value)
	}
}

func (a *ask) field(name, value []byte) {
	switch len(name) {
	case len("Range"):
		if string(name) == "Range" {
			a.rangeField = value
		}
	case len("Referer"):
		if string(name) == "Referer" {
			a.referrer = value
		}
	case len("Connection"):
		if string(name) == "Connection" && !bytes.EqualFold(value, keepAlive) {
			a.hopsLeft = true
		}
	case len("If-Range"): // and If-Match
		if string(name) == "If-Range" {
			a.ifRange = value
		} else {
			a.condition(name, value)
		}
	case len("If-Modified-Since"):
		if string(name) == "X-Forwarded-Proto" { // of the same length
			a.proto = value
		}
		a.condition(name, value)
	case len("If-None-Match"), len("If-Unmodified-Since"):
		a.condition(name, value)
	case len("X-Forwarded-For"):
		if string(name) == "X-Forwarded-For" && a.forwarded == nil {
			a.forwarded = value
		}
	}
	a.caching.Field(name, value)
}

// splitTarget splits a request target in origin form; one in absolute form
// gives its host too, which then counts instead of the Host field (RFC 9112
// §3.2.2). The path is left as received: no decoding.
func splitTarget(target []byte) (host, path, query []byte) {
	if len(target) > 0 && target[0] != '/' {
		if _, rest, ok := bytes.Cut(target, []byte("://")); ok {
			end := bytes.IndexAny(rest, "/?")
			if end < 0 {
				end = len(rest)
			}
			host, target = rest[:end], rest[end:]
		}
	}
	path, query, _ = bytes.Cut(target, []byte{'?'})
	if len(path) == 0 {
		path = slash
	}
	return host, path, query
}

var (
	slash     = []byte("/")
	keepAlive = []byte("keep-alive")
)

// cacheable reports whether a stored response may answer this request.
func (a *ask) cacheable() bool {
	switch a.method {
	case results.GET, results.HEAD:
		return true
	case results.OPTIONS:
		return !a.hasBody && a.rule.CachedMethods.Has(results.OPTIONS)
	}
	return false
}

// makeKey makes the key of what the request asks for, without variant. Responses
// to OPTIONS have keys of their own.
func (a *ask) makeKey(e *Edge) {
	a.key = a.rule.AppendKey(a.key[:0], a.host, a.path, a.query, a.header)
	if a.method == results.OPTIONS {
		a.key = append(a.key, optionsKey)
	}
	a.base = len(a.key)
	a.hash = hashKey(a.key)
	a.p = e.partition(a.hash)
}

// name is what the record calls the object that was asked for: the key's hash, also
// of a request that was turned away before it needed a key.
func (a *ask) name() uint64 {
	switch {
	case a.hash != 0:
		return a.hash
	case a.rule != nil:
		return hashKey(a.rule.AppendKey(a.key[:0], a.host, a.path, a.query, a.header))
	}
	return hashKey(a.path)
}

// optionsKey ends the keys of responses to OPTIONS. A variant's begins with 0.
const optionsKey = 'O'

// from is where the request came from: the connection's peer or, where the
// edge is told to trust it, the first address of X-Forwarded-For.
func (a *ask) from(v *viewer) netip.Addr {
	if !v.e.conf.TrustForwarded || len(a.forwarded) == 0 {
		return v.addr
	}
	first, _, _ := bytes.Cut(a.forwarded, []byte{','})
	addr, err := netip.ParseAddr(text(bytes.TrimSpace(first)))
	if err != nil {
		return v.addr
	}
	return addr.Unmap()
}
