package virtual

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"edgesim/edge/behavior"
	"edgesim/edge/rfc9111"
	"edgesim/results"
	"edgesim/sim/scenario"
)

// site is what all caches of a run serve: distributions with their rules, and
// the origins behind them.
type site struct {
	table  *behavior.Table
	routes [][]*route // by distribution, by rule
	ups    []*server
}

// route is what is needed to know of a behavior, beside the behavior.
type route struct {
	rule     *behavior.Rule
	dist     *behavior.Compiled
	rules    rfc9111.Rules
	errors   map[int]*rfc9111.Rules // in place of rules, for responses of some statuses
	ups      []*server              // who is asked; of a group's, the next where one fails
	group    *scenario.OriginGroup  // nil: ups is one origin
	byStatus bool                   // see scenario.OriginGroup.FailuresByStatus
	number   uint16                 // index into Names.Distributions
	name     uint16                 // index into Names.Behaviors
	open     bool                   // see opens
	typed    [][]*head              // of objects, by origin, then by type and whether they may be kept
	heads    map[headOf]int32       // what comes from origins, by where it comes from; indexes into world.heads
}

// headOf is what decides about a response's header.
type headOf struct {
	up           *server
	contentType  string
	cacheControl string
	what         answer
}

func (w *world) newSite(s *scenario.Scenario, names *results.Names) (*site, error) {
	table, err := behavior.Compile(s.BehaviorDistributions())
	if err != nil {
		return nil, err
	}
	st := &site{table: table}
	if err := st.makeOrigins(w, s, names); err != nil {
		return nil, err
	}
	for i := range table.Distributions() {
		if err := st.addRoutes(w, &table.Distributions()[i], s, names); err != nil {
			return nil, err
		}
	}
	return st, nil
}

func (st *site) makeOrigins(w *world, s *scenario.Scenario, names *results.Names) error {
	configs := s.OriginConfigs()
	for _, name := range slices.Sorted(maps.Keys(s.Origins)) {
		number, err := names.PlaceOrigin(name)
		if err != nil {
			return err
		}
		o := s.Origins[name]
		up, err := newServer(w, configs[name], &o, s.Edge.Mode, s.Contents(w.catalog, name))
		if err != nil {
			return err
		}
		up.number, up.index, up.host = number, len(st.ups), []byte(cmp.Or(o.Host, name+".origin.internal"))
		st.ups = append(st.ups, up)
	}
	return nil
}

func (st *site) addRoutes(w *world, d *behavior.Compiled, s *scenario.Scenario, names *results.Names) error {
	number, err := names.PlaceDistribution(d.Reported())
	if err != nil {
		return err
	}
	var list []*route
	for i := range d.Rules() {
		r := &route{rule: &d.Rules()[i], dist: d, number: number, heads: map[headOf]int32{}, typed: make([][]*head, len(st.ups))}
		r.rules, r.open = r.rule.Rules(), r.opens()
		r.keepErrors(d.Errors)
		st.lead(r, s)
		if r.name, err = names.PlaceBehavior(r.rule.Name); err != nil {
			return err
		}
		list = append(list, r)
	}
	st.routes = append(st.routes, list)
	return nil
}

// lead makes the route go to its origin or to its group's.
func (st *site) lead(r *route, s *scenario.Scenario) {
	members := []string{r.rule.Origin}
	if g, ok := s.OriginGroups[r.rule.Origin]; ok {
		members, r.group = g.Members, &g
		if r.byStatus = s.Edge.Mode == scenario.CloudFront; g.FailuresByStatus != nil {
			r.byStatus = *g.FailuresByStatus
		}
	}
	for _, name := range members {
		for _, up := range st.ups {
			if up.conf.Name == name {
				r.ups = append(r.ups, up)
			}
		}
	}
	if len(r.ups) == 0 {
		panic("virtual: a checked scenario's behavior has no origin: " + r.rule.Name)
	}
}

// keepErrors prepares the route for a distribution's rules for errors.
func (r *route) keepErrors(list []behavior.ErrorRule) {
	for i := range list {
		if x := &list[i]; x.KeepTTL {
			rules := r.rules
			rules.ErrorCaching, rules.ErrorTTL = true, x.TTL
			if r.errors == nil {
				r.errors = map[int]*rfc9111.Rules{}
			}
			r.errors[x.Code] = &rules
		}
	}
}

// rulesFor are the route's rules for a response of that status.
func (r *route) rulesFor(status int) *rfc9111.Rules {
	if rules, ok := r.errors[status]; ok {
		return rules
	}
	return &r.rules
}

// retry is how long an origin that failed with that status is left alone while
// a stale object stands in for it.
func (r *route) retry(status int) time.Duration {
	return max(r.rulesFor(status).ErrorTTL, time.Second)
}

// member is which of the route's origins one is.
func (r *route) member(up *server) uint16 {
	return uint16(max(0, slices.Index(r.ups, up)))
}

// failing reports whether what a member of the group did means that the next
// is asked.
func (r *route) failing(p *reply) bool {
	switch {
	case r.group == nil:
		return false
	case p.failed == nil:
		return slices.Contains(r.group.Statuses, p.status)
	}
	return !r.byStatus || slices.Contains(r.group.Statuses, p.failed.inGroups)
}
