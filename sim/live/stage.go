// Package live plays one scenario on real sockets: simulated origins and the
// edge on loopback, the player against the edge, records into a run folder. It
// knows how to set the parts up and take them down in order; it must never
// decide what any part does: that is the scenario's.
package live

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net"
	"slices"
	"sync"
	"time"

	"edgesim/edge"
	"edgesim/results"
	"edgesim/sim/network"
	origin "edgesim/sim/origin"
	originlive "edgesim/sim/origin/live"
	"edgesim/sim/scenario"
	"edgesim/workloads"
)

// stage is origins, tiers and edges, listening on loopback.
type stage struct {
	edges   []*edge.Edge // by the scenario's locations
	addrs   []string     // of the edges
	tiers   []*edge.Edge // the nearest to the origins first
	between []*between   // of each tier, the nearest to viewers first
	far     *network.Map // who asks whom
	origins []*originlive.Server
	serving sync.WaitGroup
	faults  chan error // the first thing that stopped serving by itself
	sockets Sockets
}

// setUp starts the origins, tiers and edges of a scenario. epoch is the run's
// moment 0 for all of them.
func setUp(s *scenario.Scenario, crowd *scenario.Crowd, names *results.Names, rec *results.Recorder, epoch time.Time, sockets Sockets) (*stage, error) {
	far, err := mapOf(s, crowd.Viewers)
	if err != nil {
		return nil, err
	}
	st := &stage{faults: make(chan error, 1), sockets: sockets, far: far}
	origins, err := st.startOrigins(s, crowd.Catalog, epoch)
	if err != nil {
		st.tearDown(context.Background())
		return nil, err
	}
	conf := EdgeConfig(&s.Edge)
	conf.Distributions, conf.Origins, conf.Groups = s.BehaviorDistributions(), origins, Groups(s.OriginGroups, s.Edge.Mode)
	conf.Seed, conf.Epoch, conf.Names, conf.Recorder = s.Seed, epoch, names, rec
	conf.TrustForwarded, conf.Locate = true, crowd.Viewers.CountryOf
	tiers, err := st.startTiers(s, conf)
	if err == nil {
		err = st.startEdges(s, conf, tiers)
	}
	if err != nil {
		st.tearDown(context.Background())
		return nil, err
	}
	return st, nil
}

// mapOf is who asks whom: for a run on loopback that is all that is left of how
// far things are.
func mapOf(s *scenario.Scenario, viewers *workloads.Viewers) (*network.Map, error) {
	conf, err := s.NetworkConfig(viewers)
	if err != nil {
		return nil, err
	}
	return network.New(conf)
}

// startEdges starts an edge for every location, each asking the nearest of the
// next tier where there is one.
func (st *stage) startEdges(s *scenario.Scenario, conf edge.Config, tiers []tierAt) error {
	for i, l := range s.Edge.EveryLocation() {
		c := conf
		c.Capacity, c.Policy = int64(l.Capacity), l.Policy
		addr, e, err := st.startEdge(c, l.Code, s.Edge.Mode, tiers, i)
		if err != nil {
			return err
		}
		st.edges, st.addrs = append(st.edges, e), append(st.addrs, addr)
	}
	return nil
}

// EdgeConfig is a scenario's or a server configuration's edge as the edge
// takes it: without distributions and origins.
func EdgeConfig(s *scenario.Edge) edge.Config {
	c := edge.Config{
		Capacity: int64(s.Capacity), Policy: s.Policy, Shards: s.Shards,
		MaxObject: int64(s.MaxObject), InFlight: int64(s.InFlight), MaxFlights: s.MaxFlights, Location: s.Location, Layer: layers[s.Layer],
		Compressions: s.Compressions, HTTPSPort: s.HTTPSPort, TrustForwardedProto: s.TrustForwardedProto,
	}
	Mode(&c, s.Mode)
	return c
}

// Mode gives an edge the manners of a mode: in the cloudfront mode it names
// itself as CloudFront does and sends X-Amz-Cf-Id, in the standard mode it
// sends Cache-Status (RFC 9211).
func Mode(c *edge.Config, mode string) {
	if mode == scenario.CloudFront {
		c.CloudFront, c.RequestIDs = true, true
		c.Product, c.Server, c.ViaName = "cloudfront", "CloudFront", hostOf(c.Location)+" (CloudFront)"
		return
	}
	c.CacheStatus = true
}

// hostOf is the name that an edge location has in Via: 32 hexadecimal digits
// that stay the same for the location.
func hostOf(location string) string {
	h := fnv.New128a()
	io.WriteString(h, location)
	return hex.EncodeToString(h.Sum(nil)) + ".cloudfront.net"
}

// startOrigins starts every simulated origin and returns where the edge finds
// all of them, real ones included, in the order of their names.
func (st *stage) startOrigins(s *scenario.Scenario, catalog *workloads.Catalog, epoch time.Time) ([]edge.Origin, error) {
	list, err := Origins(s.Origins, s.Edge.Mode)
	if err != nil {
		return nil, err
	}
	for name, conf := range s.OriginConfigs() {
		addr, err := st.startOrigin(conf, s.Contents(catalog, name), epoch)
		if err != nil {
			return nil, fmt.Errorf("origin %s: %w", name, err)
		}
		o := s.Origins[name]
		list = append(list, asked(edge.Origin{Name: name, Addr: addr, Host: name + ".origin.internal", Dial: st.dial}, &o, s.Edge.Mode))
	}
	slices.SortFunc(list, func(a, b edge.Origin) int { return compare(a.Name, b.Name) })
	return list, nil
}

func (st *stage) startOrigin(conf origin.Config, holds *scenario.Contents, epoch time.Time) (addr string, err error) {
	model, err := origin.New(conf)
	if err != nil {
		return "", err
	}
	srv, err := originlive.New(originlive.Config{Model: model, Contents: holds, Epoch: epoch})
	if err != nil {
		return "", err
	}
	st.origins = append(st.origins, srv)
	err = st.listen(srv.Serve, &addr)
	return addr, err
}

// dial connects an edge with an origin or a tier.
func (st *stage) dial(ctx context.Context, addr string) (net.Conn, error) {
	return st.sockets.Dial(ctx, "tcp", addr)
}

// listen serves on a socket of its own and tells its address.
func (st *stage) listen(serve func(net.Listener) error, addr *string) error {
	ln, err := st.sockets.Listen()
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	*addr = ln.Addr().String()
	st.serving.Go(func() {
		if err := serve(ln); err != nil {
			select {
			case st.faults <- err:
			default:
			}
		}
	})
	return nil
}

// tearDown stops the edges, then the origins, each having finished what it was
// doing or, when ctx ends, broken it off.
func (st *stage) tearDown(ctx context.Context) error {
	var errs []error
	for _, e := range st.edges {
		errs = append(errs, e.Shutdown(ctx))
	}
	for _, t := range slices.Backward(st.tiers) {
		errs = append(errs, t.Shutdown(ctx))
	}
	for _, o := range st.origins {
		errs = append(errs, o.Shutdown(ctx))
	}
	st.serving.Wait()
	select {
	case err := <-st.faults:
		errs = append(errs, err)
	default:
	}
	return errors.Join(errs...)
}
