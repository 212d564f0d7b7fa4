package scenario

import (
	"maps"
	"slices"

	"edgesim/edge/behavior"
)

// Policies are choices that behaviors share, by name. A name of CloudFront's
// managed policies cannot be given to another.
type Policies struct {
	Cache         map[string]CachePolicy `yaml:"cache"`          // Default: none beside the managed ones
	OriginRequest map[string]Forward     `yaml:"origin_request"` // Default: none beside the managed ones
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
	quotas := in.preset().Quotas
	for _, name := range sortedKeys(in.policies.Cache) {
		where := at{"policies", "cache", name}
		if _, ok := behavior.ManagedCachePolicy(name); ok {
			return src.fault(where, "a managed policy has this name: choose another")
		}
		p := in.policies.Cache[name]
		made := p.convert(in)
		if field, problem := made.Check(quotas); problem != "" {
			return src.fault(where.then(field), "%s", problem)
		}
	}
	for _, name := range sortedKeys(in.policies.OriginRequest) {
		where := at{"policies", "origin_request", name}
		if _, ok := behavior.ManagedOriginRequestPolicy(name); ok {
			return src.fault(where, "a managed policy has this name: choose another")
		}
		p := in.policies.OriginRequest[name]
		made := behavior.OriginRequestPolicy{Forward: p.convert()}
		if problem := made.Check(quotas); problem != "" {
			return src.fault(where, "%s", problem)
		}
	}
	return nil
}

// usePolicies puts the policies that a behavior names in the place of what they
// decide.
func (b *Behavior) usePolicies(made *behavior.Behavior, src *source, where at, in *scope) *fault {
	if b.CachePolicy != "" {
		if b.Key != nil || b.TTL != (TTL{}) {
			return src.fault(where.then("cache_policy"), "the policy decides on ttl and key: leave these out, or the policy")
		}
		p, f := in.cachePolicy(src, where.then("cache_policy"), b.CachePolicy)
		if f != nil {
			return f
		}
		made.TTL, made.Key = p.TTL, p.Key
	}
	if b.OriginRequestPolicy != "" {
		if b.Forward != nil {
			return src.fault(where.then("origin_request_policy"), "the policy decides on forward: leave one of the two out")
		}
		p, f := in.originRequestPolicy(src, where.then("origin_request_policy"), b.OriginRequestPolicy)
		if f != nil {
			return f
		}
		made.Forward = p.Forward
	}
	return nil
}

func (in *scope) cachePolicy(src *source, where at, name string) (behavior.CachePolicy, *fault) {
	if p, ok := in.policies.Cache[name]; ok {
		return p.convert(in), nil
	}
	if p, ok := behavior.ManagedCachePolicy(name); ok {
		return p, nil
	}
	known := sortedKeys(in.policies.Cache)
	for _, p := range behavior.ManagedCachePolicies() {
		known = append(known, p.Name)
	}
	return behavior.CachePolicy{}, src.fault(where, "no cache policy has the name or id %q%s", name, didYouMean(name, known))
}

func (in *scope) originRequestPolicy(src *source, where at, name string) (behavior.OriginRequestPolicy, *fault) {
	if p, ok := in.policies.OriginRequest[name]; ok {
		return behavior.OriginRequestPolicy{Forward: p.convert()}, nil
	}
	if p, ok := behavior.ManagedOriginRequestPolicy(name); ok {
		return p, nil
	}
	known := sortedKeys(in.policies.OriginRequest)
	for _, p := range behavior.ManagedOriginRequestPolicies() {
		known = append(known, p.Name)
	}
	return behavior.OriginRequestPolicy{}, src.fault(where, "no origin request policy has the name or id %q%s", name, didYouMean(name, known))
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
