package edge

import (
	"fmt"

	"edgesim/edge/behavior"
	"edgesim/edge/rfc9111"
	"edgesim/results"
)

// site is what an edge serves: distributions with their rules, and the origins
// behind them. It never changes; another configuration is another site.
type site struct {
	table  *behavior.Table
	routes [][]route // by distribution, by rule
	ups    []*upstream
}

// route is what the edge needs to know of a behavior, beside the behavior.
type route struct {
	rules rfc9111.Rules
	up    *upstream
	dist  uint16 // index into Names.Distributions
	name  uint16 // index into Names.Behaviors
}

// newSite checks distributions and origins and makes them ready.
func (e *Edge) newSite(distributions []behavior.Distribution, origins []Origin) (*site, error) {
	table, err := behavior.Compile(distributions)
	if err != nil {
		return nil, err
	}
	s := &site{table: table}
	if err := s.makeOrigins(e.names, origins); err != nil {
		return nil, err
	}
	return s, s.makeRoutes(e.names)
}

func (s *site) makeOrigins(names *results.Names, origins []Origin) error {
	for _, o := range origins {
		o, err := o.withDefaults()
		if err != nil {
			return err
		}
		u := &upstream{Origin: o, number: uint16(len(names.Origins)), live: map[*originConn]struct{}{}}
		s.ups = append(s.ups, u)
		names.Origins = append(names.Origins, o.Name)
	}
	return nil
}

func (s *site) upstream(name string) *upstream {
	for _, u := range s.ups {
		if u.Name == name {
			return u
		}
	}
	return nil
}

func (s *site) makeRoutes(names *results.Names) error {
	for _, d := range s.table.Distributions() {
		routes := make([]route, len(d.Rules()))
		for i := range d.Rules() {
			r := &d.Rules()[i]
			up := s.upstream(r.Origin)
			if up == nil {
				return fmt.Errorf("behavior %q: there is no origin %q", r.Name, r.Origin)
			}
			routes[i] = route{rules: rulesOf(&r.Behavior), up: up,
				dist: uint16(len(names.Distributions)), name: uint16(len(names.Behaviors))}
			names.Behaviors = append(names.Behaviors, r.Name)
		}
		s.routes = append(s.routes, routes)
		names.Distributions = append(names.Distributions, reported(&d))
	}
	return nil
}

// reported is the distribution as reports print it: FriendlyName is an
// alternate domain name, else an origin's (CloudFront's reports).
func reported(d *behavior.Compiled) results.Distribution {
	r := results.Distribution{ID: d.ID, Domain: d.Domain, Aliases: d.Aliases, Friendly: d.Default.Origin}
	if len(d.Aliases) > 0 {
		r.Friendly = d.Aliases[0]
	}
	return r
}

func rulesOf(b *behavior.Behavior) rfc9111.Rules {
	return rfc9111.Rules{
		MinTTL: b.TTL.Min, DefaultTTL: b.TTL.Default, MaxTTL: b.TTL.Max,
		Heuristic:          b.Heuristic,
		RequestDirectives:  b.RequestDirectives,
		MinBeatsDirectives: b.MinBeatsDirectives,
		DefaultAnyStatus:   b.DefaultAnyStatus,
		IgnoreVary:         b.IgnoreVary,
		ErrorCaching:       b.ErrorCaching,
		ErrorTTL:           b.ErrorTTL,
		StaleDespiteShared: b.StaleDespiteShared,
		StaleOnError:       b.StaleOnError,
	}
}
