package report

import (
	"cmp"
	"slices"

	"edgesim/results"
)

func init() {
	register(Kind{
		Name:  "usage",
		Title: "Usage",
		About: "Requests and bytes as they are billed: by protocol, by the region of the edge location, and by whether they can be cached.",
		Group: CloudFront, Place: 4,
		Tables: []string{"usage", "usage_types"},
		New:    func(o Options) Report { return newUsage(o) },
	})
}

// usage counts what edges did for viewers and sent on to origins.
type usage struct {
	cells[usageCell]
	regions []string // by number; 0 is unknown
	byEdge  []uint8  // region's number by edge, plus 1; 0 is not known yet
	untyped bool     // some TTL is not known
	sent    bool     // something was sent on to an origin
}

// usageCell is what a bucket of a distribution knows: by region what the CSV has,
// and over all regions the usage types.
type usageCell struct {
	regions []regionUsage
	types   [secures][usageTypes]volume
	uploads [secures]int64 // bytes to the origin
}

// regionUsage is a row's numbers. Bytes are by CloudFront's rule: to the viewer
// for every method, and to the origin for proxy methods.
type regionUsage struct {
	requests, bytes [secures]int64
	in, out         int64 // to the origin, to viewers
}

type volume struct{ requests, bytes int64 }

// A protocol is secure or not: 0 for http and ws, 1 for https, wss and grpcs.
const secures = 2

func secure(p results.Protocol) int {
	if p == results.HTTP || p == results.WS {
		return 0
	}
	return 1
}

// usageType is CloudFront's division of requests (reference, section 2.4).
type usageType uint8

const (
	staticUsage  usageType = iota // GET and HEAD of what may be kept for an hour and longer
	dynamicUsage                  // GET and HEAD of anything else
	proxyUsage                    // the other methods, and WebSocket
	unknownUsage                  // GET and HEAD where nobody says how long
	usageTypes
)

var usageTypeNames = [usageTypes]string{"Static", "Dynamic", "Proxy", "Unknown"}

func usageTypeOf(r *results.Record) usageType {
	switch {
	case r.Method.Proxied() || r.Protocol >= results.WS || r.TTL == results.TTLProxy:
		return proxyUsage
	case r.TTL == results.TTLStatic:
		return staticUsage
	case r.TTL == results.TTLDynamic:
		return dynamicUsage
	}
	return unknownUsage
}

func newUsage(o Options) *usage {
	return &usage{cells: newCells(o, (*usageCell).merge), regions: []string{unknown}}
}

func (u *usage) Add(recs []results.Record) { results.AddOneByOne(u, recs) }

// AddCrowd implements results.Crowded.
func (u *usage) AddCrowd(c *results.Crowd) {
	cell, s, kind := u.cellOf(c.Record), secure(c.Protocol), usageTypeOf(c.Record)
	in := int64(0)
	if kind == proxyUsage {
		in = u.uploaded(c)
	}
	region := cell.region(u.regionOf(c.Record))
	region.requests[s] += c.N
	region.bytes[s] += c.BytesOut + in
	region.in += in
	region.out += c.BytesOut
	t := &cell.types[s][kind]
	t.requests += c.N
	t.bytes += c.BytesOut
	cell.uploads[s] += in
	if kind == unknownUsage {
		u.untyped = true
	}
}

// uploaded is what the requests sent on to the origin: all that the viewers sent,
// header included, which is what a log knows of it too; what the edge answered by
// itself went nowhere.
func (u *usage) uploaded(c *results.Crowd) int64 {
	if c.Result == results.Redirect || c.Result == results.LimitExceeded || c.Result == results.CapacityExceeded || refused(c.Detail) {
		return 0
	}
	u.sent = u.sent || c.BytesIn > 0
	return c.BytesIn
}

// refused reports whether an edge turned the request away.
func refused(d results.Detail) bool {
	return d == results.ClientGeoBlocked || d >= results.InvalidRequest && d <= results.InvalidRequestMethod
}

func (c *usageCell) region(n uint8) *regionUsage {
	for int(n) >= len(c.regions) {
		c.regions = append(c.regions, regionUsage{})
	}
	return &c.regions[n]
}

// regionOf is the number of the billing region of the edge location: where the
// edge is, not where the viewer is.
func (u *usage) regionOf(r *results.Record) uint8 {
	edge := int(r.Edge)
	if edge < len(u.byEdge) && u.byEdge[edge] != 0 {
		return u.byEdge[edge] - 1
	}
	n := u.regionNamed(u.o.Names.EdgeOf(r).BillingRegion)
	for len(u.byEdge) <= edge {
		u.byEdge = append(u.byEdge, 0)
	}
	u.byEdge[edge] = n + 1
	return n
}

// mostRegions is far above CloudFront's ten.
const mostRegions = 200

func (u *usage) regionNamed(name string) uint8 {
	at := slices.Index(u.regions, cmp.Or(name, unknown))
	if at < 0 && len(u.regions) >= mostRegions {
		return 0
	}
	if at < 0 {
		at = len(u.regions)
		u.regions = append(u.regions, name)
	}
	return uint8(at)
}

func (c *usageCell) merge(o *usageCell) {
	for n := range o.regions {
		c.region(uint8(n)).merge(&o.regions[n])
	}
	for s := range c.types {
		c.uploads[s] += o.uploads[s]
		for t := range c.types[s] {
			c.types[s][t].requests += o.types[s][t].requests
			c.types[s][t].bytes += o.types[s][t].bytes
		}
	}
}

func (g *regionUsage) merge(o *regionUsage) {
	for s := range g.requests {
		g.requests[s] += o.requests[s]
		g.bytes[s] += o.bytes[s]
	}
	g.in += o.in
	g.out += o.out
}
