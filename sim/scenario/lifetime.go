package scenario

import (
	"time"

	"edgesim/edge/behavior"
	"edgesim/edge/rfc9111"
	"edgesim/results"
	"edgesim/sim/origin"
	"edgesim/workloads"
)

// Lifetime is what the edge makes of a type's Cache-Control: how long an object is
// fresh, and whether it is kept at all. section and kind are places in
// CatalogConfig. Where the origin says nothing and the behavior leaves it to
// Last-Modified, objects are as old as they are on the average: half a year, or
// half of their time between changes.
func (s *Scenario) Lifetime(section, kind int) (fresh time.Duration, kept bool) {
	t := s.types(section)[kind]
	rule := s.route(s.Workload.Sections[section].Hosts[0], sampleOf(t))
	value, changes := s.Origins[members(s.OriginGroups, rule.Origin)[0]].CacheControl, time.Duration(0)
	if given := s.Workload.Sections[section].Types; len(given) > 0 {
		changes = given[kind].ChangeEvery.Std()
		if given[kind].CacheControl != "" {
			value = given[kind].CacheControl
		}
	}
	age := 365 * 24 * time.Hour / 2
	if changes > 0 {
		age = changes / 2
	}
	now := int64(2 * age)
	resp := rfc9111.Response{Status: 200, HasDate: true, Date: now / int64(time.Second), HasLastModified: true, LastModified: (now - int64(age)) / int64(time.Second), HasETag: true}
	if value != "" {
		resp.Field([]byte("Cache-Control"), []byte(value))
	}
	verdict := rfc9111.Judge(&rfc9111.Request{Method: results.GET}, &resp, lifetimeRules(&rule.Behavior), now, now)
	return verdict.Lifetime, verdict.Store
}

// ChangeEvery is how long a version of a type's objects lasts; 0: for ever.
func (s *Scenario) ChangeEvery(section, kind int) time.Duration {
	if given := s.Workload.Sections[section].Types; len(given) > 0 {
		return given[kind].ChangeEvery.Std()
	}
	return 0
}

// OriginOf is the origin that a type's objects come from: of a group, the first.
func (s *Scenario) OriginOf(section, kind int) origin.Config {
	rule := s.route(s.Workload.Sections[section].Hosts[0], sampleOf(s.types(section)[kind]))
	name := members(s.OriginGroups, rule.Origin)[0]
	o := s.Origins[name]
	return o.config(name, s.seed("origin "+name))
}

// sampleOf is a path as the type's objects have it.
func sampleOf(t workloads.Type) string { return t.Prefix + "000000" + t.Ext }

// lifetimeRules are the behavior's settings that decide about lifetimes.
func lifetimeRules(b *behavior.Behavior) *rfc9111.Rules {
	return &rfc9111.Rules{
		MinTTL: b.TTL.Min, DefaultTTL: b.TTL.Default, MaxTTL: b.TTL.Max, Heuristic: b.Heuristic,
		MinBeatsDirectives: b.MinBeatsDirectives, DefaultAnyStatus: b.DefaultAnyStatus, FieldForms: b.FieldForms,
	}
}
