package scenario

import (
	"maps"
	"slices"

	"edgesim/edge/behavior"
	"edgesim/sim/nearest"
	"edgesim/sim/unit"
)

// Policies are choices that behaviors share, by name. A name of CloudFront's
// managed policies cannot be given to another.
type Policies struct {
	Cache           map[string]CachePolicy     `yaml:"cache"`            // Default: none beside the managed ones
	OriginRequest   map[string]Forward         `yaml:"origin_request"`   // Default: none beside the managed ones
	ResponseHeaders map[string]ResponseHeaders `yaml:"response_headers"` // Default: none beside the managed ones
}

// CachePolicy is lifetimes and key. What is left out is as in a behavior of the
// edge's mode.
type CachePolicy struct {
	TTL TTL  `yaml:"ttl"`
	Key *Key `yaml:"key"`
}

// Forward is what goes to the origin beside what the key holds.
type Forward struct {
	Headers     string   `yaml:"headers"`      // none: those that drop_headers lets through; all the viewer's; include: those and header_names; except: all but header_names. Default: none
	HeaderNames []string `yaml:"header_names"` // for include and except; beside all CloudFront's own, as CloudFront-Viewer-Country
	Cookies     string   `yaml:"cookies"`      // none, all, include or except. Default: none
	CookieNames []string `yaml:"cookie_names"` // for include and except
	Query       string   `yaml:"query"`        // none, all, include or except. Default: none
	QueryNames  []string `yaml:"query_names"`  // for include and except
}

// ResponseHeaders is what viewers get in place of, or beside, the origin's
// fields: first remove, then set and cors.
type ResponseHeaders struct {
	Remove       []string    `yaml:"remove"`        // names of the origin's fields. Default: none
	Set          []SetHeader `yaml:"set"`           // Default: none
	CORS         *CORS       `yaml:"cors"`          // Default: the origin's affair
	ServerTiming *unit.Share `yaml:"server_timing"` // of the responses that get Server-Timing, to four decimals of a percentage; 0% for those that ask. Default: none, not even those
}

// SetHeader is a field that viewers get.
type SetHeader struct {
	Name     string `yaml:"name"`     // required
	Value    string `yaml:"value"`    // Default: empty
	Override bool   `yaml:"override"` // in place of the origin's. Default: false, only where the origin sends none
}

// CORS is what requests from other origins are told.
type CORS struct {
	Origins     []string      `yaml:"origins"`     // as https://example.com, *.example.com, or "*" for all; required
	Headers     []string      `yaml:"headers"`     // Default: none is sent
	Methods     []string      `yaml:"methods"`     // ALL alone for all. Default: none is sent
	Expose      []string      `yaml:"expose"`      // Default: none is sent
	Credentials bool          `yaml:"credentials"` // Default: false
	MaxAge      unit.Duration `yaml:"max_age"`     // Default: 0s, none is sent
	Override    bool          `yaml:"override"`    // in place of the origin's. Default: false, only where the origin sends nothing of the kind
}

func (r *ResponseHeaders) convert() behavior.ResponseHeaders {
	made := behavior.ResponseHeaders{Remove: r.Remove}
	for _, h := range r.Set {
		made.Set = append(made.Set, behavior.SetHeader(h))
	}
	if c := r.CORS; c != nil {
		made.CORS = &behavior.CORS{
			AllowOrigins: c.Origins, AllowHeaders: c.Headers, AllowMethods: c.Methods, ExposeHeaders: c.Expose,
			AllowCredentials: c.Credentials, MaxAge: c.MaxAge.Std(), Override: c.Override,
		}
	}
	if r.ServerTiming != nil {
		made.ServerTiming, made.Sampling = true, float64(*r.ServerTiming)
	}
	return made
}

func (f *Forward) convert() behavior.Forward {
	return behavior.Forward{
		Headers: behavior.Pick(f.Headers), HeaderNames: f.HeaderNames,
		Cookies: behavior.Pick(f.Cookies), CookieNames: f.CookieNames,
		Query: behavior.Pick(f.Query), QueryNames: f.QueryNames,
	}
}

// scope is what a behavior's words refer to.
type scope struct {
	mode     string
	origins  []string
	policies *Policies
}

// preset is the behavior that the mode starts from.
func (in *scope) preset() behavior.Behavior {
	if in.mode == CloudFront {
		return behavior.CloudFront()
	}
	return behavior.Standard()
}

func (p *CachePolicy) convert(in *scope) behavior.CachePolicy {
	preset := in.preset()
	made := behavior.CachePolicy{TTL: p.TTL.over(preset.TTL, in.mode), Key: preset.Key}
	if p.Key != nil {
		made.Key = p.Key.convert(preset.Key.Scheme)
	}
	return made
}

// check finds what cannot stand in the file's own policies, used or not.
func (in *scope) check(src *source) *fault {
	where := at{"policies"}
	quotas := in.preset().Quotas
	for _, name := range sortedKeys(in.policies.Cache) {
		p := in.policies.Cache[name]
		_, managed := behavior.ManagedCachePolicy(name)
		made := p.convert(in)
		field, problem := made.Check(quotas)
		if f := policyFault(src, where.then("cache", name), managed, problem, field); f != nil {
			return f
		}
	}
	for _, name := range sortedKeys(in.policies.OriginRequest) {
		p := in.policies.OriginRequest[name]
		_, managed := behavior.ManagedOriginRequestPolicy(name)
		made := behavior.OriginRequestPolicy{Forward: p.convert()}
		if f := policyFault(src, where.then("origin_request", name), managed, made.Check(quotas)); f != nil {
			return f
		}
	}
	for _, name := range sortedKeys(in.policies.ResponseHeaders) {
		p := in.policies.ResponseHeaders[name]
		_, managed := behavior.ManagedResponseHeadersPolicy(name)
		made := behavior.ResponseHeadersPolicy{Headers: p.convert()}
		if f := policyFault(src, where.then("response_headers", name), managed, made.Check()); f != nil {
			return f
		}
	}
	return nil
}

// policyFault is what is wrong with a policy of the file's own, under further
// keys where one of them is to blame.
func policyFault(src *source, where at, managed bool, problem string, keys ...string) *fault {
	switch {
	case managed:
		return src.fault(where, "a managed policy has this name: choose another")
	case problem == "":
		return nil
	}
	for _, key := range keys {
		where = where.then(key)
	}
	return src.fault(where, "%s", problem)
}

// usePolicies puts the policies that a behavior names in the place of what they
// decide.
func (b *Behavior) usePolicies(made *behavior.Behavior, src *source, where at, in *scope) *fault {
	for _, use := range []struct {
		key, name, decides string
		given              bool // what the policy decides is also written out
		put                func(name string) (known []string)
	}{
		{"cache_policy", b.CachePolicy, "ttl and key", b.Key != nil || b.TTL != (TTL{}), func(name string) []string { return in.useCache(made, name) }},
		{"origin_request_policy", b.OriginRequestPolicy, "forward", b.Forward != nil, func(name string) []string { return in.useOriginRequest(made, name) }},
		{"response_headers_policy", b.ResponseHeadersPolicy, "response_headers", b.ResponseHeaders != nil,
			func(name string) []string { return in.useResponseHeaders(made, name) }},
	} {
		if use.name == "" {
			continue
		}
		if use.given {
			return src.fault(where.then(use.key), "the policy decides on %s: leave one of the two out", use.decides)
		}
		if known := use.put(use.name); known != nil {
			return src.fault(where.then(use.key), "no policy has the name or id %q%s", use.name, nearest.DidYouMean(use.name, known))
		}
	}
	return nil
}

// useCache puts a cache policy in its place. Where none has the name, it returns
// the names that there are.
func (in *scope) useCache(made *behavior.Behavior, name string) (known []string) {
	if own, ok := in.policies.Cache[name]; ok {
		p := own.convert(in)
		made.TTL, made.Key = p.TTL, p.Key
		return nil
	}
	if p, ok := behavior.ManagedCachePolicy(name); ok {
		made.TTL, made.Key = p.TTL, p.Key
		return nil
	}
	known = sortedKeys(in.policies.Cache)
	for _, p := range behavior.ManagedCachePolicies() {
		known = append(known, p.Name)
	}
	return known
}

// useOriginRequest is useCache for an origin request policy.
func (in *scope) useOriginRequest(made *behavior.Behavior, name string) (known []string) {
	if own, ok := in.policies.OriginRequest[name]; ok {
		made.Forward = own.convert()
		return nil
	}
	if p, ok := behavior.ManagedOriginRequestPolicy(name); ok {
		made.Forward = p.Forward
		return nil
	}
	known = sortedKeys(in.policies.OriginRequest)
	for _, p := range behavior.ManagedOriginRequestPolicies() {
		known = append(known, p.Name)
	}
	return known
}

// useResponseHeaders is useCache for a response headers policy.
func (in *scope) useResponseHeaders(made *behavior.Behavior, name string) (known []string) {
	if own, ok := in.policies.ResponseHeaders[name]; ok {
		made.ResponseHeaders = own.convert()
		return nil
	}
	if p, ok := behavior.ManagedResponseHeadersPolicy(name); ok {
		made.ResponseHeaders = p.Headers
		return nil
	}
	known = sortedKeys(in.policies.ResponseHeaders)
	for _, p := range behavior.ManagedResponseHeadersPolicies() {
		known = append(known, p.Name)
	}
	return known
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
