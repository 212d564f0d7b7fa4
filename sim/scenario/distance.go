package scenario

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"edgesim/sim/nearest"
	"edgesim/sim/network"
	"edgesim/sim/unit"
)

// Network is how far viewers, edges and origins are from each other. Virtual
// runs live through it; live runs are on loopback, where nothing is far.
type Network struct {
	Loopback bool `yaml:"loopback"` // nothing is far, as in a live run; who asks whom stays. Default: false

	Routing string            `yaml:"routing"` // where viewers go: nearest: by distance; latency: by round trip; table. Default: nearest
	Table   map[string]string `yaml:"table"`   // of routing table: code of an edge location by viewers' country; others go to the nearest

	LastMile       Spread     `yaml:"last_mile"`        // round trip between a viewer and the edge of a location in the same city. Default: median 12ms, p99 48ms
	Mobile         unit.Share `yaml:"mobile"`           // of the viewers, who have mobile_last_mile instead. Default: 0%
	MobileLastMile Spread     `yaml:"mobile_last_mile"` // Default: median 35ms, p99 141ms

	Stretch  float64       `yaml:"stretch"`  // length of the way in fibre to that over the earth; at least 1. Default: 1.6
	Fibre    float64       `yaml:"fibre"`    // speed of light in it, km/s; above 0. Default: 200000
	Overhead unit.Duration `yaml:"overhead"` // of a round trip between cities, beside the way. Default: 4ms
	Local    unit.Duration `yaml:"local"`    // round trip within a city. Default: 1ms
	Matrix   string        `yaml:"matrix"`   // file of measured round trips, CSV of from,to,ms; or aws-2017. Default: none

	Bandwidth Bandwidth     `yaml:"bandwidth"` // of half of the viewers at most, for a body, as 5MB/s. Default: 0, unlimited
	Sigma     float64       `yaml:"sigma"`     // standard deviation of its logarithm over the viewers, 0 to 5. Default: 0, all alike
	Slow      Slow          `yaml:"slow"`      // Default: none
	Idle      unit.Duration `yaml:"idle"`      // after which a viewer's connection is closed. Default: 60s
	TLS       string        `yaml:"tls"`       // of viewers' connections: none, 1.2, 1.3: a new one takes 1, 3 or 2 round trips. Default: none
}

// Spread is a lognormal distribution of times.
type Spread struct {
	Median unit.Duration `yaml:"median"` // above 0
	P99    unit.Duration `yaml:"p99"`    // at least the median. Default: the median
}

// Slow are viewers on slow connections.
type Slow struct {
	Share     unit.Share `yaml:"share"`     // of the viewers. Default: 0%
	Bandwidth Bandwidth  `yaml:"bandwidth"` // of each of them. Default: 100KB/s
}

// The ways to find a viewer's edge location.
const (
	Nearest = "nearest"
	Latency = "latency"
	ByTable = "table"
)

// roundTrips is what a new connection takes before its first request, by
// network.tls: one for TCP, one more for TLS 1.3, two more for 1.2 (RFC 8446
// section 2, RFC 5246 section 7.3).
var roundTrips = map[string]int{"none": 1, "1.3": 2, "1.2": 3}

// Handshake is how many round trips a viewer's new connection takes before its
// first request.
func (n *Network) Handshake() int { return roundTrips[n.TLS] }

func (n *Network) fill() {
	d := network.DefaultPath()
	n.Routing = cmp.Or(n.Routing, Nearest)
	n.LastMile.fill(network.Fixed)
	n.MobileLastMile.fill(network.Mobile)
	n.Stretch, n.Fibre = cmp.Or(n.Stretch, d.Stretch), cmp.Or(n.Fibre, d.Speed)
	n.Overhead, n.Local = cmp.Or(n.Overhead, unit.Duration(d.Overhead)), cmp.Or(n.Local, unit.Duration(d.Local))
	n.Slow.Bandwidth = cmp.Or(n.Slow.Bandwidth, 100_000)
	n.Idle = cmp.Or(n.Idle, unit.Duration(60*time.Second))
	n.TLS = cmp.Or(n.TLS, "none")
}

func (s *Spread) fill(d network.Spread) {
	if *s == (Spread{}) {
		*s = Spread{unit.Duration(d.Median), unit.Duration(d.P99)}
	}
	s.P99 = cmp.Or(s.P99, s.Median)
}

// checkNetwork finds what cannot stand in how far things are.
func (s *Scenario) checkNetwork() *fault {
	n, src, where := &s.Network, s.source, at{"network"}
	switch {
	case n.Routing != Nearest && n.Routing != Latency && n.Routing != ByTable:
		return src.fault(where.then("routing"), "unknown routing %q: want nearest, latency or table", n.Routing)
	case (n.Routing == ByTable) != (len(n.Table) > 0):
		return src.fault(where.then("table"), "routing: table and a table of {country: code} go together")
	case !(n.Stretch >= 1 && n.Stretch <= 100):
		return src.fault(where.then("stretch"), "%v: want 1 to 100", n.Stretch)
	case !(n.Fibre >= 1 && n.Fibre <= 299_792):
		return src.fault(where.then("fibre"), "%v: want km/s, up to the speed of light, 299792", n.Fibre)
	case n.Overhead < n.Local:
		return src.fault(where.then("overhead"), "%v: want no less than local, %v", n.Overhead, n.Local)
	case !(n.Sigma >= 0 && n.Sigma <= 5):
		return src.fault(where.then("sigma"), "%v: want 0 to 5", n.Sigma)
	case n.Sigma > 0 && n.Bandwidth == 0:
		return src.fault(where.then("sigma"), "of which bandwidth? Viewers' is unlimited")
	case roundTrips[n.TLS] == 0:
		return src.fault(where.then("tls"), "unknown version %q: want none, 1.2 or 1.3", n.TLS)
	}
	if f := n.LastMile.check(src, where.then("last_mile")); f != nil {
		return f
	}
	if f := n.MobileLastMile.check(src, where.then("mobile_last_mile")); f != nil {
		return f
	}
	return s.checkTable()
}

func (s *Spread) check(src *source, where at) *fault {
	if s.Median <= 0 || s.P99 < s.Median {
		return src.fault(where, "median %v, p99 %v: want a median above 0 and a p99 not below it", s.Median, s.P99)
	}
	return nil
}

// checkTable looks up the countries and codes of a routing table.
func (s *Scenario) checkTable() *fault {
	codes := []string{}
	for _, l := range s.Edge.EveryLocation() {
		codes = append(codes, l.Code)
	}
	for _, country := range slices.Sorted(maps.Keys(s.Network.Table)) {
		where, code := at{"network", "table", country}, s.Network.Table[country]
		if network.Homes(country) == nil {
			return s.source.fault(where, "%q is no country: want two capital letters, as DE", country)
		}
		if !slices.Contains(codes, code) {
			return s.source.fault(where, "no edge location has the code %q%s", code, nearest.DidYouMean(code, codes))
		}
	}
	return nil
}

// checkCountries looks up where viewers are said to be.
func (s *Scenario) checkCountries() *fault {
	sum := 0.0
	for _, country := range slices.Sorted(maps.Keys(s.Workload.Viewers.Countries)) {
		where, weight := at{"workload", "viewers", "countries", country}, s.Workload.Viewers.Countries[country]
		if network.Homes(country) == nil {
			return s.source.fault(where, "%q is no country: want two capital letters, as DE", country)
		}
		if weight < 0 {
			return s.source.fault(where, "%v: want a weight of 0 or more", weight)
		}
		sum += weight
	}
	if len(s.Workload.Viewers.Countries) > 0 && sum == 0 {
		return s.source.fault(at{"workload", "viewers", "countries"}, "nobody is anywhere: want a weight above 0")
	}
	return nil
}
