package price

import (
	"math"
	"slices"
)

// Traffic is what one group of edges did in a month. It is in fractions where
// a month was scaled from less.
type Traffic struct {
	Out      float64 // bytes to viewers
	ToOrigin float64 // bytes of uploads on to the origin
	HTTP     float64 // requests over plain HTTP, of any method
	HTTPS    float64 // requests over TLS
}

// Add adds o.
func (t *Traffic) Add(o Traffic) {
	t.Out += o.Out
	t.ToOrigin += o.ToOrigin
	t.HTTP += o.HTTP
	t.HTTPS += o.HTTPS
}

// Times is the traffic, f times over.
func (t Traffic) Times(f float64) Traffic {
	return Traffic{t.Out * f, t.ToOrigin * f, t.HTTP * f, t.HTTPS * f}
}

// A Charge is what a group's traffic of a month costs.
type Charge struct {
	Traffic Traffic // as billed under the group: with that of edges outside the class

	Transfer, HTTP, HTTPS, Upload float64 // money
}

// Total is the sum of the charge's parts.
func (c Charge) Total() float64 { return c.Transfer + c.HTTP + c.HTTPS + c.Upload }

// Bill is what a month's traffic costs in a price class, by group:
//
//	Σ tiers(Out) + HTTP/10⁴·http + HTTPS/10⁴·https + ToOrigin·to_origin
//
// An edge outside the class is billed at the cheapest group that the class
// includes, and its traffic climbs that group's tiers. What is free is taken
// from every group by its share of the whole. The traffic is by group, as long
// as l.Groups.
func (l *List) Bill(class string, traffic []Traffic) []Charge {
	charges := make([]Charge, len(l.Groups))
	var whole Traffic
	for g, t := range traffic {
		charges[l.Billed(g, class)].Traffic.Add(t)
		whole.Add(t)
	}
	paidOut := paid(whole.Out, l.Free.Transfer*l.Gigabyte)
	paidRequests := paid(whole.HTTP+whole.HTTPS, l.Free.Requests)
	for i := range charges {
		c, g := &charges[i], &l.Groups[i]
		c.Transfer = l.tiered(g, c.Traffic.Out*paidOut/l.Gigabyte)
		c.HTTP = c.Traffic.HTTP * paidRequests / 1e4 * g.HTTP
		c.HTTPS = c.Traffic.HTTPS * paidRequests / 1e4 * g.HTTPS
		c.Upload = c.Traffic.ToOrigin / l.Gigabyte * g.ToOrigin
	}
	return charges
}

// paid is the share of whole that is beyond what is free.
func paid(whole, free float64) float64 {
	if whole <= free {
		return 0
	}
	return (whole - free) / whole
}

// tiered is the price of so many gigabytes to viewers in a month.
func (l *List) tiered(g *Group, gigabytes float64) float64 {
	sum := 0.0
	for i, price := range g.Transfer {
		width := math.Inf(1)
		if i < len(l.Tiers) {
			width = l.Tiers[i] * 1024
		}
		in := min(gigabytes, width)
		sum += in * price
		gigabytes -= in
	}
	return sum
}

// Billed is the group whose prices the traffic of group g costs in the class:
// itself where the class includes it, else the cheapest that it includes.
func (l *List) Billed(g int, class string) int {
	if slices.Contains(l.Groups[g].Classes, class) {
		return g
	}
	return l.cheapest(class)
}

// cheapest is the group of the class with the lowest price of transfer in the
// first tier; the first of several; -1 when the class has none.
func (l *List) cheapest(class string) int {
	best := -1
	for i, g := range l.Groups {
		if slices.Contains(g.Classes, class) && (best < 0 || g.Transfer[0] < l.Groups[best].Transfer[0]) {
			best = i
		}
	}
	return best
}

// Month is the length that traffic is scaled to, in days.
const Month = 30

// Savings is what the edge changes in a month's bill.
type Savings struct {
	Direct float64 // what the origin's host would charge without an edge
	Origin float64 // what it charges behind the edge
	Edge   float64 // the edge's own bill
}

// Saved is what the edge saves; below 0 where it costs more than it keeps away.
func (s Savings) Saved() float64 { return s.Direct - s.Origin - s.Edge }

// Save is the savings of a month in which viewers took out bytes in so many
// requests, of which the origin sent originOut in originRequests. Without an
// edge the origin would have answered every request:
//
//	saved = (out·direct + requests·request) − (originOut·to_edge + originRequests·request) − edge
func (l *List) Save(out, requests, originOut, originRequests, edge float64) Savings {
	o := l.Origin
	return Savings{
		Direct: out/l.Gigabyte*o.Direct + requests/1000*o.Request,
		Origin: originOut/l.Gigabyte*o.ToEdge + originRequests/1000*o.Request,
		Edge:   edge,
	}
}
