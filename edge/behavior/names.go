package behavior

import (
	"slices"
	"strings"
)

// nameSet is a set of field names, lower case; one may stand for all with a
// beginning, as "x-forwarded-*".
type nameSet struct {
	exact  map[string]struct{}
	prefix []string
}

func newNameSet(names []string) nameSet {
	s := nameSet{exact: make(map[string]struct{}, len(names))}
	for _, name := range lowered(names) {
		if head, ok := strings.CutSuffix(name, "*"); ok {
			s.prefix = append(s.prefix, head)
		} else {
			s.exact[name] = struct{}{}
		}
	}
	return s
}

// has reports whether a name in lower case is in the set.
func (s *nameSet) has(name []byte) bool {
	if _, ok := s.exact[string(name)]; ok {
		return true
	}
	for _, head := range s.prefix {
		if len(name) >= len(head) && string(name[:len(head)]) == head {
			return true
		}
	}
	return false
}

// Untrusted are the names that no preset lets viewers send to an origin: fields
// by which frameworks and proxies are told another host, path, method, scheme
// or address than those the edge routed, keyed and wrote down. Where they reach
// an origin beside the key, one request can decide what others get.
// X-Forwarded-For is not among them: the edge writes it itself.
func Untrusted() []string { return slices.Clone(untrusted) }

var untrusted = []string{
	// another host, scheme or port
	"Forwarded", "X-Forwarded-*", "X-Forwarded", "X-Host", "X-Original-Host", "X-HTTP-Host-Override",
	"X-Backend-Host", "X-Proxy-Host", "X-Server-Name", "X-Url-Scheme", "X-Scheme", "Front-End-Https", "Base-Url", "X-Base-Url", "Proxy-Host",
	// another path or query
	"X-Original-URL", "X-Original-URI", "X-Original-Path", "X-Rewrite-URL", "X-Rewrite-URI", "X-Request-URI", "Request-Uri",
	"X-Accel-*", "X-Sendfile-Type", "X-HTTP-DestinationURL", "X-HTTP-Path-Override", "Uri", "X-Invoke-*", "X-Matched-Path",
	// another method
	"X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override",
	// another address of the viewer
	"X-Real-IP", "X-Client-IP", "Client-IP", "X-Cluster-Client-IP", "True-Client-IP", "X-Originating-IP", "X-Remote-IP", "X-Remote-Addr",
	"X-ProxyUser-Ip", "CF-Connecting-IP", "CF-Connecting-IPv6", "Fastly-Client-IP", "Fly-Client-IP", "X-Azure-ClientIP", "X-Amz-Cf-Id",
	// environment variables and switches of frameworks
	"Proxy", "X-Middleware-*", "X-Now-Route-Matches",
}

// cloudFrontDrops are the fields that CloudFront removes by default
// (reference, section 1.10); the edge itself removes Cookie, by CookieRules,
// Authorization, by NoAuthorization, and what belongs to a connection.
func cloudFrontDrops() []string {
	return []string{"Accept", "Accept-Charset", "Accept-Language", "Referer", "Proxy-*", "X-Real-IP", "X-Forwarded-Proto", "X-Edge-*"}
}

// sieve decides which of a viewer's fields go to the origin.
type sieve struct {
	named           nameSet // by key or Forward.HeaderNames: they go
	except          nameSet
	drop, untrusted nameSet
	all             bool
	generated       []Generated // to be written by the edge
}

func newSieve(b *Behavior) sieve {
	s := sieve{drop: newNameSet(b.Request.Drop), untrusted: newNameSet(b.Request.Untrusted), except: newNameSet(nil)}
	named := slices.Clone(b.Key.Headers)
	switch b.Forward.Headers {
	case All, Include:
		s.all = b.Forward.Headers == All
		named = append(named, b.Forward.HeaderNames...)
	case Except:
		s.all, s.except = true, newNameSet(b.Forward.HeaderNames)
	}
	s.named = newNameSet(named)
	for _, name := range sorted(lowered(named)) {
		if g, ok := GeneratedOf(name); ok {
			s.generated = append(s.generated, g)
		}
	}
	return s
}

// Forwards reports whether a viewer's field of that name goes to the origin.
// Fields of one connection and those that the edge writes itself are the
// caller's affair, but for those of CloudFront's names: a viewer's own never go.
//
// Servers that hand fields on as environment variables take "_" for "-", so a
// name with "_" counts as the other one too; it goes only where that is no
// name of the key's, and not untrusted.
func (r *Rule) Forwards(name []byte) bool {
	var buf [64]byte
	low := appendLower(buf[:0], name)
	if r.sieve.named.has(low) {
		return !cloudFrontName(low)
	}
	plain := true
	for i, b := range low {
		if b == '_' {
			low[i], plain = '-', false
		}
	}
	switch {
	case cloudFrontName(low), r.sieve.untrusted.has(low), !plain && r.sieve.named.has(low):
		return false
	case r.sieve.all:
		return !r.sieve.except.has(low)
	}
	return !r.sieve.drop.has(low)
}

// Names reports whether key or Forward have the field, in lower case: what
// Request and the edge would hold back goes then.
func (r *Rule) Names(name string) bool {
	low := []byte(name)
	return r.sieve.named.has(low) || r.sieve.all && !r.sieve.except.has(low)
}

// Keyed reports whether the key holds the field's value.
func (r *Rule) Keyed(name string) bool {
	return slices.ContainsFunc(r.Key.Headers, func(h string) bool { return strings.EqualFold(h, name) })
}

// Generated are the fields of the edge's own making that go to the origin.
func (r *Rule) Generated() []Generated { return r.sieve.generated }

func appendLower(dst, name []byte) []byte {
	for _, b := range name {
		if 'A' <= b && b <= 'Z' {
			b += 'a' - 'A'
		}
		dst = append(dst, b)
	}
	return dst
}
