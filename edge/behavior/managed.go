package behavior

import (
	"strings"
	"time"
)

// CachePolicy is a named choice of lifetimes and key.
type CachePolicy struct {
	Name string
	ID   string // CloudFront's, of a managed one; "" for others
	TTL  TTL
	Key  Key
}

// OriginRequestPolicy is a named choice of what goes to the origin beside the
// key.
type OriginRequestPolicy struct {
	Name    string
	ID      string // CloudFront's, of a managed one; "" for others
	Forward Forward
}

const (
	day  = 24 * time.Hour
	year = 365 * day
)

// ManagedCachePolicies are those that CloudFront has ready (reference, section
// 1.4).
func ManagedCachePolicies() []CachePolicy {
	everything := func(k Key) Key {
		k.Host, k.Cookies, k.Gzip, k.Brotli = true, All, true, true
		return k
	}
	methods := []string{"Origin", "X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override"}
	return []CachePolicy{
		{"CachingOptimized", "658327ea-f89d-4fab-a63d-7e88639e58f6", TTL{time.Second, day, year}, Key{Gzip: true, Brotli: true}},
		{"CachingOptimizedForUncompressedObjects", "b2884449-e4de-46a7-ac36-70bc7f1ddd6d", TTL{time.Second, day, year}, Key{}},
		{"CachingDisabled", "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", TTL{}, Key{}},
		{"Amplify", "2e54312d-136d-493c-8eb9-b001f22f67d2", TTL{2 * time.Second, 2 * time.Second, 10 * time.Minute},
			everything(Key{Query: All, Headers: []string{"Authorization", "CloudFront-Viewer-Country"}})},
		{"Elemental-MediaPackage", "08627262-05a9-4f76-9ded-b50ca2e3a84f", TTL{0, day, year},
			Key{Headers: []string{"Origin"}, Query: Include, QueryNames: []string{"aws.manifestfilter", "start", "end", "m"}, Gzip: true}},
		{"UseOriginCacheControlHeaders", "83da9c7e-98b4-4e11-a168-04f0df8e2c65", TTL{0, 0, year},
			everything(Key{Headers: methods})},
		{"UseOriginCacheControlHeaders-QueryStrings", "4cc15a8a-d715-48a4-82b8-cc0b614638fe", TTL{0, 0, year},
			everything(Key{Headers: methods, Query: All})},
	}
}

// ManagedOriginRequestPolicies are those that CloudFront has ready. Of
// CloudFront's own fields AllViewerAndCloudFrontHeaders-2022-06 sends those
// that this edge knows.
func ManagedOriginRequestPolicies() []OriginRequestPolicy {
	all := func(headers Pick, names ...string) Forward {
		return Forward{Headers: headers, HeaderNames: names, Cookies: All, Query: All}
	}
	only := func(names ...string) Forward { return Forward{Headers: Include, HeaderNames: names} }
	const preflightHeaders, preflightMethod = "Access-Control-Request-Headers", "Access-Control-Request-Method"
	tailor := only("Origin", preflightHeaders, preflightMethod, "User-Agent", "X-Forwarded-For")
	tailor.Query = All
	return []OriginRequestPolicy{
		{"AllViewer", "216adef6-5c7f-47e4-b989-5492eafa07d3", all(All)},
		{"AllViewerAndCloudFrontHeaders-2022-06", "33f36d7e-f396-46d9-90e0-52428a34d9dc", all(All, generated[:]...)},
		{"AllViewerExceptHostHeader", "b689b0a8-53d0-40ab-baf2-68738e2966ac", all(Except, "Host")},
		{"CORS-CustomOrigin", "59781a5b-3903-41f3-afcb-af62929ccde1", only("Origin")},
		{"CORS-S3Origin", "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf", only("Origin", preflightHeaders, preflightMethod)},
		{"Elemental-MediaTailor-PersonalizedManifests", "775133bc-15f2-49f9-abea-afb2e0bf67d2", tailor},
		{"HostHeaderOnly", "bf0718e1-ba1e-49d1-88b1-f726733018ae", only("Host")},
		{"UserAgentRefererHeaders", "acba4595-bd28-49b8-b9fe-13317c0390fa", only("User-Agent", "Referer")},
	}
}

// Check is what is wrong with a policy of one's own, and in which setting: "ttl"
// or "key".
func (p *CachePolicy) Check(quotas bool) (field, problem string) {
	if problem := p.TTL.check(); problem != "" {
		return "ttl", problem
	}
	return "key", p.Key.check(quotas)
}

// Check is what is wrong with a policy of one's own.
func (p *OriginRequestPolicy) Check(quotas bool) (problem string) { return p.Forward.check(quotas) }

// isManaged reports whether a policy is known by that name or id; managed ones
// are written with or without "Managed-" before their name.
func isManaged(asked, name, id string) bool {
	return asked == id || strings.TrimPrefix(asked, "Managed-") == name
}

// ManagedCachePolicy is the managed cache policy of that name or id.
func ManagedCachePolicy(asked string) (CachePolicy, bool) {
	for _, p := range ManagedCachePolicies() {
		if isManaged(asked, p.Name, p.ID) {
			return p, true
		}
	}
	return CachePolicy{}, false
}

// ManagedOriginRequestPolicy is the managed origin request policy of that name
// or id.
func ManagedOriginRequestPolicy(asked string) (OriginRequestPolicy, bool) {
	for _, p := range ManagedOriginRequestPolicies() {
		if isManaged(asked, p.Name, p.ID) {
			return p, true
		}
	}
	return OriginRequestPolicy{}, false
}
