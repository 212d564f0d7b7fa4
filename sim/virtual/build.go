package virtual

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"edgesim/edge"
	"edgesim/results"
	"edgesim/sim/network"
	"edgesim/sim/scenario"
)

// Check says what of a scenario a virtual run cannot be made of; nil: nothing.
func Check(s *scenario.Scenario) error {
	if s.Workload.Closed {
		return s.Wrong(errors.New("a closed loop asks as fast as it is answered, and in virtual time answers take none: give a rate"), "workload", "closed")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Origins)) {
		if s.Origins[name].URL != "" {
			return s.Wrong(errors.New("a real server cannot be foretold: give a kind in place of it"), "origins", name, "url")
		}
	}
	for _, d := range s.Distributions {
		if n := len(d.Behaviors) + 1; n > mostRules {
			return fmt.Errorf("distribution %s has %d behaviors with the default: a virtual run knows at most %d", d.ID, n, mostRules)
		}
	}
	return nil
}

// newWorld builds what the scenario describes.
func newWorld(c *Config, names *results.Names) (*world, error) {
	s := c.Scenario
	if err := Check(s); err != nil {
		return nil, err
	}
	w := &world{epoch: names.Epoch.UnixNano(), warmup: s.Warmup.Std().Nanoseconds(), names: names, merges: map[[2]int32]int32{},
		out: make([]results.Record, 0, batchLen), rtt: c.RTT.Nanoseconds()}
	var err error
	if w.catalog, err = s.Catalog(); err != nil {
		return nil, err
	}
	if w.viewers, err = s.Viewers(); err != nil {
		return nil, err
	}
	w.copies = s.Copies(w.catalog)
	w.queried = w.catalog.Listed()
	types := 0
	for _, section := range w.catalog.Sections() {
		w.kinds = append(w.kinds, types)
		types += len(section.Types)
	}
	names.Classes = append([]string{"other"}, w.catalog.Classes()...)
	if w.site, err = w.newSite(s, names); err != nil {
		return nil, err
	}
	if s.Edge.HTTPSPort != 0 && s.Edge.HTTPSPort != 443 {
		w.portLen = len(":") + len(strconv.Itoa(s.Edge.HTTPSPort))
	}
	if err := w.addNodes(s, names); err != nil {
		return nil, err
	}
	if err := w.lead(s); err != nil {
		return nil, err
	}
	w.desks = w.newDesks()
	w.clerk = w.newClerk()
	return w, nil
}

// newClerk makes the clerk, which numbers texts from now on: those that the world
// itself has names for have got their numbers before.
func (w *world) newClerk() *clerk {
	c := &clerk{pages: make([]ledBy, pagesKept), paths: paths{catalog: w.catalog, queried: w.queried}, names: w.names, viewers: w.viewers, copies: w.copies, desks: w.desks,
		far: w.far, apart: w.apart, countries: map[[2]byte]int{}}
	for _, section := range w.catalog.Sections() {
		for _, t := range section.Types {
			w.names.Strings.Of(t.ContentType)
		}
	}
	for _, text := range []string{plainText, xmlText} {
		w.names.Strings.Of(text)
	}
	for i, code := range w.viewers.Countries() {
		c.countries[[2]byte{code[0], code[1]}] = i
	}
	for _, text := range w.viewers.Referrers() {
		r := referrer{sym: w.names.Strings.Of(text)}
		if text != "" {
			r.line = field{"Referer", len(text)}.line()
		}
		c.referrers = append(c.referrers, r)
	}
	return c
}

var layers = map[string]results.Layer{
	scenario.LayerEdge: results.LayerEdge, scenario.LayerRegional: results.LayerRegional, scenario.LayerShield: results.LayerShield,
}

// addNodes makes the edges of every location and the tiers behind them, numbered
// as the map numbers them, and leads each to the one it asks.
func (w *world) addNodes(s *scenario.Scenario, names *results.Names) error {
	for _, l := range s.Edge.EveryLocation() {
		conf := edge.Config{Capacity: int64(l.Capacity), Policy: l.Policy, Shards: s.Edge.Shards, MaxObject: int64(s.Edge.MaxObject)}
		n, err := w.newNode(s, conf, results.LayerEdge, l.Code)
		if err != nil {
			return err
		}
		if n.place, err = names.PlaceEdge(results.Edge{Code: l.Code}); err != nil {
			return err
		}
		w.nodes = append(w.nodes, n)
	}
	w.locations = len(w.nodes)
	for i := range s.Edge.Tiers {
		t := &s.Edge.Tiers[i]
		for _, code := range t.EveryLocation() {
			n, err := w.newNode(s, edge.Config{Capacity: int64(t.Capacity), Policy: t.Policy}, layers[t.Layer], code)
			if err != nil {
				return err
			}
			w.nodes = append(w.nodes, n)
		}
	}
	if len(s.Edge.Tiers) > 0 {
		if _, err := names.PlaceOrigin(s.Edge.Tiers[0].Layer + "-tier"); err != nil {
			return err
		}
	}
	return nil
}

// lead says who asks whom, and how far they are from each other.
func (w *world) lead(s *scenario.Scenario) error {
	conf, err := s.NetworkConfig(w.viewers)
	if err != nil {
		return err
	}
	if w.far, err = network.New(conf); err != nil {
		return err
	}
	w.apart, w.trips, w.idle = s.SetsDistances(), int64(s.Network.Handshake()), s.Network.Idle.Std().Nanoseconds()
	for i, n := range w.nodes {
		up := w.far.Up(i)
		if up != network.Origin {
			n.up = w.nodes[up]
		}
		if !w.apart {
			continue
		}
		if up != network.Origin {
			n.upWay = w.far.Between(i, up).Nanoseconds() / 2
		}
		for j := range n.ways {
			n.ways[j] = w.far.ToOrigin(i, j).Nanoseconds() / 2
		}
	}
	return nil
}

// shardsFor is how many shards a cache has whose scenario does not say: as many
// as the edge takes on a machine of one processor, so that what a run foretells
// does not depend on where it runs. Where a live run has other figures for it,
// edge.shards pins both.
func shardsFor(capacity int64) int { return max(1, min(4, int(capacity/(64<<20)))) }

// newNode makes one cache: conf has its capacity, and its shards and largest
// object where they are given.
func (w *world) newNode(s *scenario.Scenario, conf edge.Config, layer results.Layer, code string) (*node, error) {
	conf.Shards = cmp.Or(conf.Shards, shardsFor(conf.Capacity))
	conf.Seed, conf.Location, conf.Layer = s.Seed, code, layer
	conf.Epoch, conf.Names = w.names.Epoch, w.names
	p, err := conf.Plan()
	if err != nil {
		return nil, err
	}
	n := &node{w: w, layer: layer, code: code, largest: p.Largest, mostFlights: cmp.Or(s.Edge.MaxFlights, p.MaxFlights),
		memory: cmp.Or(int64(s.Edge.InFlight), p.InFlight), pools: make([]pool, len(w.site.ups)), ways: make([]int64, len(w.site.ups)),
		lens: newLens(code, s.Edge.Mode == scenario.CloudFront)}
	for _, shard := range p.Shards {
		part, err := newPartition(shard)
		if err != nil {
			return nil, err
		}
		n.parts = append(n.parts, part)
	}
	return n, nil
}
