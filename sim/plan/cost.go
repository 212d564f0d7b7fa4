package plan

import (
	"edgesim/results/price"
	"edgesim/sim/sweep"
)

// Prices are what a month of a cache costs.
type Prices struct {
	List *price.List // the edge's own bill, by its date and source

	// Memory is a GiB of cache for a month, in the list's currency; OriginEgress a
	// gigabyte that an origin sends, OriginRequests 1,000 requests to it.
	Memory, OriginEgress, OriginRequests float64

	Locations int // that have a cache of that capacity each, at least 1
}

// MemoryPrice is what a GiB of memory costs in a month where nothing else is
// said: a rented server of 16 GiB at 0.1008 an hour (r6g.large, on demand,
// us-east-1, as recalled in 2026), all of it, over its GiB.
const MemoryPrice = 4.60

// Cost is a month's bill, by what it is for.
type Cost struct {
	Viewers float64 `json:"viewers"` // the edge's bill: bytes and requests to viewers; the same for every capacity
	Origin  float64 `json:"origin"`  // bytes and requests that origins answered
	Memory  float64 `json:"memory"`
}

// Total is the sum of the bill.
func (c Cost) Total() float64 { return c.Viewers + c.Origin + c.Memory }

// Of is the bill of a capacity's month of traffic. Traffic to viewers is billed
// as that of the group that stands for edges without a region.
func (p *Prices) Of(capacity int64, m sweep.Monthly) Cost {
	traffic := make([]price.Traffic, len(p.List.Groups))
	for i, g := range p.List.Groups {
		if g.Name == p.List.Unknown {
			traffic[i] = price.Traffic{Out: m.BytesOut, HTTPS: m.Requests}
		}
	}
	var c Cost
	for _, charge := range p.List.Bill("All", traffic) {
		c.Viewers += charge.Total()
	}
	c.Origin = m.OriginBytes/p.List.Gigabyte*p.OriginEgress + m.OriginRequests/1000*p.OriginRequests
	c.Memory = float64(capacity) / (1 << 30) * p.Memory * float64(max(1, p.Locations))
	return c
}
