package scenario

import (
	"strings"

	"edgesim/edge/policy"
	"edgesim/sim/network"
	"edgesim/sim/unit"
)

// Location is one of several edge locations, each with a cache of its own.
type Location struct {
	Code     string    `yaml:"code"`     // as FRA56-P1, unique; its first three letters are an airport's and say where it is; required
	Place    string    `yaml:"place"`    // where it is, as an airport, an AWS region or latitude,longitude. Default: by code
	Capacity unit.Size `yaml:"capacity"` // Default: that of the edge
	Policy   string    `yaml:"policy"`   // Default: that of the edge
}

// Tier is the edges of one layer that edges ask: one, or several of which each
// edge asks the nearest.
type Tier struct {
	Layer     string    `yaml:"layer"`     // regional or shield; required
	Capacity  unit.Size `yaml:"capacity"`  // of each. Default: that of the edge
	Policy    string    `yaml:"policy"`    // Default: that of the edge
	Location  string    `yaml:"location"`  // code of its only location. Default: REGIONAL-P1, SHIELD-P1
	Locations []string  `yaml:"locations"` // or the codes of several; a shield has one. Default: none
}

// EveryLocation are the edge locations, defaults filled in: at least one.
func (e *Edge) EveryLocation() []Location {
	if len(e.Locations) > 0 {
		return e.Locations
	}
	return []Location{{Code: e.Location, Capacity: e.Capacity, Policy: e.Policy}}
}

// EveryLocation are the codes of the tier's locations: at least one.
func (t *Tier) EveryLocation() []string {
	if len(t.Locations) > 0 {
		return t.Locations
	}
	return []string{t.Location}
}

// Where is what says where the location is: a place that network.Find knows, or
// a code of no city, which is nowhere.
func (l *Location) Where() string {
	if l.Place != "" {
		return l.Place
	}
	return l.Code
}

func (e *Edge) fillLocations() {
	for i := range e.Locations {
		l := &e.Locations[i]
		if l.Capacity == 0 {
			l.Capacity = e.Capacity
		}
		if l.Policy == "" {
			l.Policy = e.Policy
		}
	}
	if len(e.Locations) == 0 && e.Location == "" {
		e.Location = "FRA56-P1"
	}
	for i := range e.Tiers {
		t := &e.Tiers[i]
		if t.Capacity == 0 {
			t.Capacity = e.Capacity
		}
		if t.Policy == "" {
			t.Policy = e.Policy
		}
		if len(t.Locations) == 0 && t.Location == "" {
			t.Location = strings.ToUpper(t.Layer) + "-P1"
		}
	}
}

// checkLocations finds what cannot stand among an edge's locations.
func (e *Edge) checkLocations(src *source) *fault {
	if len(e.Locations) > 0 && e.Location != "" {
		return src.fault(at{"edge", "location"}, "there are locations already: want one of the two")
	}
	taken := map[string]bool{}
	for i := range e.Locations {
		l, where := &e.Locations[i], at{"edge", "locations", i}
		if f := checkCode(src, where.then("code"), l.Code, taken); f != nil {
			return f
		}
		if f := l.check(src, where, e); f != nil {
			return f
		}
	}
	return nil
}

func (l *Location) check(src *source, where at, e *Edge) *fault {
	switch {
	case l.Capacity < 64*unit.KiB:
		return src.fault(where.then("capacity"), "%v: want at least 64KiB", l.Capacity)
	case e.Shards > 0 && l.Capacity/unit.Size(e.Shards) < 16*unit.KiB:
		return src.fault(where.then("capacity"), "%v: edge.shards %d would hold less than 16KiB each", l.Capacity, e.Shards)
	case e.MaxObject > l.Capacity:
		return src.fault(where.then("capacity"), "%v: want no less than edge.max_object, %v", l.Capacity, e.MaxObject)
	}
	if _, _, err := policy.Parse(l.Policy); err != nil {
		return src.fault(where.then("policy"), "%v", err)
	}
	if l.Place != "" {
		if _, err := network.Find(l.Place); err != nil {
			return src.fault(where.then("place"), "%v", err)
		}
		return nil
	}
	return checkCity(src, where.then("code"), l.Code, len(e.Locations))
}

// checkCity wants a code of a known city where there are others to be nearer
// than.
func checkCity(src *source, where at, code string, of int) *fault {
	if _, ok := network.City(code); !ok && of > 1 {
		return src.fault(where, "%q begins with no airport of an edge location's, as FRA56-P1 does: which viewers or edges are near it? (edgesim scenarios locations lists them)", code)
	}
	return nil
}

func checkCode(src *source, where at, code string, taken map[string]bool) *fault {
	switch {
	case code == "":
		return src.fault(where, "missing: want the code of an edge location, as FRA56-P1")
	case strings.Trim(code, nameBytes) != "":
		return src.fault(where, "%q: want letters, digits and - only, as FRA56-P1", code)
	case taken[code]:
		return src.fault(where, "%q is in the list already", code)
	}
	taken[code] = true
	return nil
}

// checkTiers finds what cannot stand among a run's tiers: the regional one comes
// before the shield, each at most once.
func (e *Edge) checkTiers(src *source) *fault {
	for i := range e.Tiers {
		t, where := &e.Tiers[i], at{"edge", "tiers", i}
		switch {
		case e.Layer != LayerEdge:
			return src.fault(where, "an edge that is a tier itself names the next one as an origin's via")
		case t.Layer != LayerRegional && t.Layer != LayerShield:
			return src.fault(where.then("layer"), "unknown layer %q: want regional or shield", t.Layer)
		case i > 1 || i == 1 && (t.Layer != LayerShield || e.Tiers[0].Layer != LayerRegional):
			return src.fault(where.then("layer"), "tiers are one regional, one shield, or a regional and then a shield")
		case t.Capacity < 64*unit.KiB:
			return src.fault(where.then("capacity"), "%v: want at least 64KiB", t.Capacity)
		}
		if _, _, err := policy.Parse(t.Policy); err != nil {
			return src.fault(where.then("policy"), "%v", err)
		}
		if f := t.checkLocations(src, where); f != nil {
			return f
		}
	}
	return nil
}

func (t *Tier) checkLocations(src *source, where at) *fault {
	switch {
	case len(t.Locations) > 0 && t.Location != "":
		return src.fault(where.then("location"), "there are locations already: want one of the two")
	case len(t.Locations) > 1 && t.Layer == LayerShield:
		return src.fault(where.then("locations"), "a shield has one location: it is what all others ask")
	case strings.Trim(t.Location, nameBytes) != "":
		return src.fault(where.then("location"), "%q: want letters, digits and - only", t.Location)
	}
	taken := map[string]bool{}
	for j, code := range t.Locations {
		if f := checkCode(src, where.then("locations", j), code, taken); f != nil {
			return f
		}
		if f := checkCity(src, where.then("locations", j), code, len(t.Locations)); f != nil {
			return f
		}
	}
	return nil
}
