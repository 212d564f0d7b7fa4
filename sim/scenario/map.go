package scenario

import (
	"fmt"

	"edgesim/sim/network"
	"edgesim/workloads"
)

// NetworkConfig is how far things are, for the viewers that ViewersConfig
// describes: countries by Viewers.Countries, locations and tiers in the
// scenario's order, origins in the order of their names (OriginNames). A matrix
// that cannot be read is an error with its file and line.
func (s *Scenario) NetworkConfig(v *workloads.Viewers) (network.Config, error) {
	n := &s.Network
	c := network.Config{
		Seed: s.seed("network"), Countries: v.Countries(), Table: n.Table, ByLatency: n.Routing == Latency,
		Path:     network.Path{Stretch: n.Stretch, Speed: n.Fibre, Overhead: n.Overhead.Std(), Local: n.Local.Std()},
		LastMile: n.LastMile.convert(), MobileLastMile: n.MobileLastMile.convert(), Mobile: float64(n.Mobile),
		Bandwidth: float64(n.Bandwidth), Sigma: n.Sigma,
		SlowShare: float64(n.Slow.Share), SlowBandwidth: float64(n.Slow.Bandwidth),
	}
	for _, l := range s.Edge.EveryLocation() {
		c.Locations = append(c.Locations, network.At(l.Code, l.Where()))
	}
	for i := range s.Edge.Tiers {
		var tier []network.Place
		for _, code := range s.Edge.Tiers[i].EveryLocation() {
			tier = append(tier, network.At(code, code))
		}
		c.Tiers = append(c.Tiers, tier)
	}
	for _, name := range s.OriginNames() {
		c.Origins = append(c.Origins, network.At(name, s.Origins[name].Location))
	}
	if n.Matrix == "" {
		return c, nil
	}
	var err error
	if c.Matrix, err = s.matrix(); err != nil {
		return c, fmt.Errorf("network.matrix: %w", err)
	}
	return c, nil
}

// OriginNames are the names of all origins, in order.
func (s *Scenario) OriginNames() []string { return sortedNames(s.Origins) }

func (s *Spread) convert() network.Spread {
	return network.Spread{Median: s.Median.Std(), P99: s.P99.Std()}
}

// SetsDistances reports whether anything is far in the scenario: whether it has a
// network, locations or origins that stand somewhere, and is not on loopback.
func (s *Scenario) SetsDistances() bool {
	switch {
	case s.Network.Loopback:
		return false
	case s.source.root.find("network") != nil, len(s.Edge.Locations) > 0:
		return true
	}
	for i := range s.Edge.Tiers {
		if len(s.Edge.Tiers[i].Locations) > 0 {
			return true
		}
	}
	for _, o := range s.Origins {
		if o.Location != "" {
			return true
		}
	}
	return false
}
