package behavior

import (
	"edgesim/edge/rfc9111"
	"edgesim/results"
)

// Rules are the behavior's settings as the rules of caching take them.
func (b *Behavior) Rules() rfc9111.Rules {
	return rfc9111.Rules{
		MinTTL: b.TTL.Min, DefaultTTL: b.TTL.Default, MaxTTL: b.TTL.Max,
		Heuristic:          b.Heuristic,
		RequestDirectives:  b.RequestDirectives,
		CacheOptions:       b.CachedMethods.Has(results.OPTIONS),
		CachePosts:         b.CachePosts,
		CDNCacheControl:    b.CDNCacheControl,
		FieldForms:         b.FieldForms,
		MinBeatsDirectives: b.MinBeatsDirectives,
		DefaultAnyStatus:   b.DefaultAnyStatus,
		IgnoreVary:         b.IgnoreVary,
		ErrorCaching:       b.ErrorCaching,
		ErrorTTL:           b.ErrorTTL,
		StaleDespiteShared: b.StaleDespiteShared,
		StaleOnError:       b.StaleOnError,
	}
}

// Reported is the distribution as reports print it: FriendlyName is an
// alternate domain name, else an origin's (CloudFront's reports).
func (d *Compiled) Reported() results.Distribution {
	r := results.Distribution{ID: d.ID, Domain: d.Domain, Aliases: d.Aliases, Friendly: d.Default.Origin}
	if len(d.Aliases) > 0 {
		r.Friendly = d.Aliases[0]
	}
	return r
}
