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
	groups []OriginGroup
}

// route is what the edge needs to know of a behavior, beside the behavior.
type route struct {
	rules  rfc9111.Rules
	errors []errorRules // in place of rules, for responses of some statuses
	ups    []*upstream  // who is asked; of a group's, the next where one fails
	via    *upstream    // the tier that is asked in their place; nil: none
	group  *OriginGroup // nil: ups is one origin
	dress  *dress       // what viewers get of fields; nil: the object's as they are
	dist   uint16       // index into Names.Distributions
	name   uint16       // index into Names.Behaviors
}

// newSite checks distributions and origins and makes them ready. Of the site
// before, which is nil at first, origins whose settings are the same go on with
// their connections.
func (e *Edge) newSite(distributions []behavior.Distribution, origins []Origin, groups []OriginGroup, before *site) (*site, error) {
	table, err := behavior.Compile(distributions)
	if err != nil {
		return nil, err
	}
	for _, d := range distributions {
		if d.Geo.Restricts() && e.conf.Locate == nil {
			return nil, fmt.Errorf("distribution %q is restricted to countries, but this edge cannot tell where viewers are", d.ID)
		}
	}
	s := &site{table: table, groups: groups}
	if err := s.makeOrigins(e.names, origins, before); err != nil {
		return nil, err
	}
	return s, s.makeRoutes(e.names)
}

func (s *site) makeOrigins(names *results.Names, origins []Origin, before *site) error {
	for _, o := range origins {
		if s.upstream(o.Name) != nil {
			return fmt.Errorf("there are two origins %q", o.Name)
		}
		if s.keep(o, before) {
			continue
		}
		number, err := names.PlaceOrigin(o.Name)
		if err != nil {
			return err
		}
		if err := s.makeOrigin(o, number); err != nil {
			return err
		}
	}
	for _, u := range s.ups {
		if via := s.upstream(u.Via); u.Via != "" && (via == nil || via.Tier == results.NoLayer) {
			return fmt.Errorf("origin %s: Via %q is no origin that is a tier", u.Name, u.Via)
		}
	}
	for i := range s.groups {
		if err := s.groups[i].check(s); err != nil {
			return err
		}
	}
	return nil
}

// lead makes the route go to an origin or to a group's; false: there is none of
// that name.
func (s *site) lead(r *route, name string) bool {
	if up := s.upstream(name); up != nil {
		r.ups = []*upstream{up}
		return true
	}
	for i := range s.groups {
		if g := &s.groups[i]; g.Name == name {
			r.group = g
			for _, member := range g.Members {
				r.ups = append(r.ups, s.upstream(member))
			}
			return true
		}
	}
	return false
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
	for i := range s.table.Distributions() {
		d := &s.table.Distributions()[i]
		number, err := names.PlaceDistribution(d.Reported())
		if err != nil {
			return err
		}
		routes := make([]route, len(d.Rules()))
		for j := range d.Rules() {
			if routes[j], err = s.makeRoute(&d.Rules()[j], names); err != nil {
				return err
			}
			routes[j].dist = number
			routes[j].keepErrors(d.Errors)
		}
		s.routes = append(s.routes, routes)
	}
	return nil
}

func (s *site) makeRoute(r *behavior.Rule, names *results.Names) (route, error) {
	made := route{rules: r.Rules(), dress: newDress(&r.ResponseHeaders)}
	if !s.lead(&made, r.Origin) {
		return made, fmt.Errorf("behavior %q: there is no origin %q", r.Name, r.Origin)
	}
	for _, up := range made.ups {
		if up.Tier != results.NoLayer {
			return made, fmt.Errorf("behavior %q: %q is a tier: name an origin, and the tier as its Via", r.Name, up.Name)
		}
	}
	made.via = s.upstream(made.ups[0].Via)
	var err error
	made.name, err = names.PlaceBehavior(r.Name)
	return made, err
}
