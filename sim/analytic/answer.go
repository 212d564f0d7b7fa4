package analytic

import (
	"fmt"
	"math"
)

// Answer is what a cache does. Shares are of all requests and
// sum to 1: fresh hits, delayed ones, refreshes and misses.
type Answer struct {
	Model    string  `json:"policy"`
	Capacity float64 `json:"capacity"`
	// Time is the characteristic time in seconds; 0 where the model has none,
	// and where everything stays.
	Time    float64 `json:"characteristic_time_s"`
	Hit     float64 `json:"hit"`     // fresh, at once
	Delayed float64 `json:"delayed"` // joined a fetch under way; a log calls them hits, too
	Refresh float64 `json:"refresh"`
	Miss    float64 `json:"miss"`
	// ByteHit is the share of bytes that no origin sent for the request they
	// answer: of hits, delayed ones, and refreshes of what had not changed.
	ByteHit        float64 `json:"byte_hit"`
	Wait           float64 `json:"mean_delay_s"` // of delayed hits, until the fetch they joined has ended
	OriginRequests float64 `json:"origin_requests_per_s"`
	OriginBytes    float64 `json:"origin_bytes_per_s"` // of bodies
	// Herd is the origin's requests without collapsing, as a multiple of those
	// with it.
	Herd float64 `json:"origin_requests_without_collapsing"`
}

// parts are the shares of one class's requests.
type parts struct{ hit, delayed, refresh, changed, miss float64 }

// Answer says what the cache does. Fetches under way are taken as each bringing
// λ·Fetch delayed requests:
//
//	miss = m/(1 + (m+r)λZ),  delayed = (m+r)λZ/(1 + (m+r)λZ)
//
// with m and r the shares of misses and refreshes without them; for LRU without
// TTL that is the exact 1/(λZ + e^{λT}) of N. Atre, J. Sherry, W. Wang, D. S.
// Berger, Caching with delayed hits, SIGCOMM 2020.
func (c *Cache) Answer() Answer {
	a := Answer{Model: c.Model, Capacity: c.Capacity}
	if !math.IsInf(c.Time, 1) {
		a.Time = c.Time
	}
	bytes, kept := 0.0, 0.0
	for i, class := range c.pop {
		p := c.parts(i)
		rate := class.Count * class.Rate
		a.Hit += rate * p.hit
		a.Delayed += rate * p.delayed
		a.Refresh += rate * p.refresh
		a.Miss += rate * p.miss
		bytes += rate * class.Size
		kept += rate * class.Size * (p.hit + p.delayed + p.refresh - p.changed)
		a.Wait += rate * p.delayed * class.Fetch / 2
		a.OriginBytes += rate * class.Size * (p.miss + p.changed)
	}
	total := c.pop.Rate()
	a.OriginRequests = a.Refresh + a.Miss
	a.Herd = 1
	if a.OriginRequests > 0 {
		a.Herd = (a.OriginRequests + a.Delayed) / a.OriginRequests
	}
	if a.Delayed > 0 {
		a.Wait /= a.Delayed
	}
	a.Hit, a.Delayed, a.Refresh, a.Miss = a.Hit/total, a.Delayed/total, a.Refresh/total, a.Miss/total
	a.ByteHit = kept / bytes
	return a
}

// parts divides the requests of class i.
func (c *Cache) parts(i int) parts {
	class := c.pop[i]
	if class.Rate == 0 {
		return parts{miss: 1}
	}
	p := parts{miss: 1 - c.hits[i]*(1-c.first[i])}
	p.hit = 1 - p.miss
	if class.TTL > 0 && p.hit > 0 {
		left := max(class.TTL-class.Fetch, 0) // an answer is as old as the fetch took (RFC 9111, 4.2.3)
		fresh := c.order.fresh(class.Rate, c.Time, left, 1-c.hits[i], c.enter[i]) * (1 - c.first[i])
		p.hit, p.refresh = fresh, max(0, 1-p.miss-fresh)
	}
	if class.ChangeEvery > 0 {
		// A copy is refreshed at the first request after its TTL.
		age := class.TTL + 1/class.Rate
		p.changed = p.refresh * -math.Expm1(-age/class.ChangeEvery)
	}
	return p.waiting(class.Rate * class.Fetch)
}

// waiting makes room among the parts for those that ride a fetch, of which each
// fetch has as many as given.
func (p parts) waiting(each float64) parts {
	d := (p.miss + p.refresh) * each
	return parts{p.hit / (1 + d), d / (1 + d), p.refresh / (1 + d), p.changed / (1 + d), p.miss / (1 + d)}
}

// Curve is the answer at each capacity.
func Curve(p Population, m Model, capacities []float64) ([]Answer, error) {
	var all []Answer
	for _, capacity := range capacities {
		c, err := m.Solve(p, capacity)
		if err != nil {
			return nil, err
		}
		all = append(all, c.Answer())
	}
	return all, nil
}

// Forever is the answer of a cache that holds everything for its TTL and nothing
// longer: a pure TTL cache, with the bytes that it holds on the average. Where a
// hit renews the TTL (sliding), as a cookie's session, h = 1 − e^{−λτ}; where only
// a fetch does, h = λτ/(1+λτ).
func Forever(p Population, ttl float64, sliding bool) (hit, byteHit, held float64, err error) {
	if err := p.check(); err != nil {
		return 0, 0, 0, err
	}
	if !(ttl > 0) {
		return 0, 0, 0, fmt.Errorf("TTL %v; right is a number of seconds above 0", ttl)
	}
	of := func(i int) float64 {
		if sliding {
			return -math.Expm1(-p[i].Rate * ttl)
		}
		return fifoHit(p[i].Rate, ttl, 1)
	}
	hit, byteHit = p.share(func(i int) float64 { return of(i) * (1 - p[i].First) })
	for i, c := range p {
		held += c.Count * c.Size * of(i)
	}
	return hit, byteHit, held, nil
}
