package scenario

import (
	"errors"
	"reflect"
	"slices"
	"strings"

	"edgesim/edge/behavior"
	"edgesim/edge/policy"
	"edgesim/sim/network"
	"edgesim/sim/origin"
	"edgesim/sim/unit"
)

// check finds what cannot stand, defaults filled in. It is run once, by Parse.
func (s *Scenario) check() *fault {
	src := s.source
	switch {
	case strings.Trim(s.Name, nameBytes) != "":
		return src.fault(at{"name"}, "%q: want letters, digits, - and _ only", s.Name)
	case s.Duration <= 0 && (s.Workload.Replay == nil || src.root.find("duration") != nil):
		return src.fault(at{"duration"}, "%v: want more than 0", s.Duration)
	}
	if s.Duration > 0 { // a replay may have it from its file
		if f := s.checkWarmup(); f != nil {
			return f
		}
	}
	if f := s.checkSLO(); f != nil {
		return f
	}
	if f := s.Edge.check(src); f != nil {
		return f
	}
	if f := s.checkOrigins(); f != nil {
		return f
	}
	var f *fault
	if s.table, f = checkDistributions(src, &s.Edge, &s.Policies, s.Origins, s.OriginGroups, s.Distributions); f != nil {
		return f
	}
	if f := s.checkNetwork(); f != nil {
		return f
	}
	return s.checkWorkload()
}

func (s *Scenario) checkWarmup() *fault {
	if s.Warmup >= s.Duration {
		return s.source.fault(at{"warmup"}, "%v: want less than the duration, %v", s.Warmup, s.Duration)
	}
	return nil
}

const nameBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

// check finds what cannot stand in a server's configuration.
func (c *Config) check(src *source) *fault {
	if f := c.Edge.check(src); f != nil {
		return f
	}
	if len(c.Edge.Locations) > 0 {
		return src.fault(at{"edge", "locations"}, "a server is one edge location: give its code as location")
	}
	if len(c.Edge.Tiers) > 0 {
		return src.fault(at{"edge", "tiers"}, "a server's tiers are servers of their own: name one as an origin, with tier, and others' via")
	}
	for _, name := range sortedNames(c.Origins) {
		o := c.Origins[name]
		if o.URL == "" {
			return src.fault(at{"origins", name, "url"}, "missing: a server's origins are real ones, as http://127.0.0.1:8080")
		}
		if f := o.checkURL(src, name); f != nil {
			return f
		}
		if f := o.checkAsked(src, name); f != nil {
			return f
		}
	}
	if f := c.TLS.check(src); f != nil {
		return f
	}
	if f := c.checkServer(src); f != nil {
		return f
	}
	_, f := checkDistributions(src, &c.Edge, &c.Policies, c.Origins, c.OriginGroups, c.Distributions)
	return f
}

func (e *Edge) check(src *source) *fault {
	switch {
	case e.Mode != Standard && e.Mode != CloudFront:
		return src.fault(at{"edge", "mode"}, "unknown mode %q: want standard or cloudfront", e.Mode)
	case e.Capacity < 64*unit.KiB:
		return src.fault(at{"edge", "capacity"}, "%v: want at least 64KiB", e.Capacity)
	case e.Shards < 0 || e.Shards > 1024:
		return src.fault(at{"edge", "shards"}, "%d: want 1 to 1024, or 0 for the edge's choice", e.Shards)
	case e.Shards > 0 && e.Capacity/unit.Size(e.Shards) < 16*unit.KiB:
		return src.fault(at{"edge", "shards"}, "%d: a shard of %v would hold less than 16KiB", e.Shards, e.Capacity)
	case e.MaxObject > e.Capacity:
		return src.fault(at{"edge", "max_object"}, "%v: want no more than the capacity, %v", e.MaxObject, e.Capacity)
	case e.Compressions < 0:
		return src.fault(at{"edge", "compressions"}, "%d: want a number of responses, or 0 for the edge's choice", e.Compressions)
	case e.HTTPSPort < 0 || e.HTTPSPort > 65535:
		return src.fault(at{"edge", "https_port"}, "%d: want a port from 1 to 65535", e.HTTPSPort)
	case e.Layer != LayerEdge && e.Layer != LayerRegional && e.Layer != LayerShield:
		return src.fault(at{"edge", "layer"}, "unknown layer %q: want edge, regional or shield", e.Layer)
	case e.MaxFlights < 0:
		return src.fault(at{"edge", "max_flights"}, "%d: want a number of requests, or 0 for the default", e.MaxFlights)
	case strings.Trim(e.Location, nameBytes) != "":
		return src.fault(at{"edge", "location"}, "%q: want letters, digits and - only, as FRA56-P1", e.Location)
	}
	if _, _, err := policy.Parse(e.Policy); err != nil {
		return src.fault(at{"edge", "policy"}, "%v", err)
	}
	if f := e.checkLocations(src); f != nil {
		return f
	}
	return e.checkTiers(src)
}

func (s *Scenario) checkOrigins() *fault {
	for _, name := range sortedNames(s.Origins) {
		o := s.Origins[name]
		if f := o.checkAsked(s.source, name); f != nil {
			return f
		}
		if o.URL != "" {
			if f := o.checkURL(s.source, name); f != nil {
				return f
			}
			continue
		}
		if _, err := network.Find(o.Location); o.Location != "" && err != nil {
			return s.source.fault(at{"origins", name, "location"}, "%v", err)
		}
		if _, ok := o.FirstByte.kind(); !ok {
			return s.source.fault(at{"origins", name, "first_byte"}, "want one of constant, median with p99, or quantiles")
		}
		if _, err := origin.New(o.config(name, 0)); err != nil {
			return s.source.blame(at{"origins", name}, reflect.TypeFor[Origin](), below(err, 1))
		}
	}
	return nil
}

// checkDistributions compiles them, which finds most of what can be wrong, and
// looks up the origins' names.
func checkDistributions(src *source, edge *Edge, policies *Policies, origins map[string]Origin, groups map[string]OriginGroup,
	list []Distribution) (*behavior.Table, *fault) {
	if len(origins) == 0 {
		return nil, src.fault(at{"origins"}, "missing: want at least one origin")
	}
	if len(list) == 0 {
		return nil, src.fault(at{"distributions"}, "missing: want at least one distribution")
	}
	if f := checkVia(src, origins); f != nil {
		return nil, f
	}
	names, f := checkGroups(src, edge.Mode, origins, groups)
	if f != nil {
		return nil, f
	}
	in := &scope{edge.Mode, names, policies}
	if f := in.check(src); f != nil {
		return nil, f
	}
	var made []behavior.Distribution
	for i := range list {
		d, f := list[i].convert(src, at{"distributions", i}, in)
		if f != nil {
			return nil, f
		}
		made = append(made, d)
	}
	table, err := behavior.Compile(made)
	var e *behavior.Error
	switch {
	case errors.As(err, &e):
		return nil, src.fault(placeOfError(e), "%s", e.Problem())
	case err != nil:
		return nil, src.fault(at{"distributions"}, "%v", err)
	}
	return table, nil
}

func placeOfError(e *behavior.Error) at {
	where := at{"distributions", e.Distribution}
	switch {
	case e.Behavior == behavior.OfDefault:
		return where.then("default", e.Field)
	case e.Behavior != behavior.OfDistribution:
		return where.then("behaviors", e.Behavior, e.Field)
	case e.Field == "aliases" || e.Field == "errors":
		return where.then(e.Field, e.Item)
	}
	return where.then(e.Field)
}

// below is the error without the first layers that its package wrapped around
// it to say where it is: our place is nearer to the user.
func below(err error, layers int) error {
	for range layers {
		if next := errors.Unwrap(err); next != nil {
			err = next
		}
	}
	return err
}

func sortedNames(m map[string]Origin) []string {
	var list []string
	for name := range m {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}
