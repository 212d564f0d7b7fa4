package foresight

import "math"

func init() {
	bounds = append(bounds, BoundKind{
		Name:  "lagrange",
		Title: "Lagrangian bound",
		Paper: "M. Held, R. M. Karp, The traveling-salesman problem and minimum spanning trees: part II, Mathematical Programming 1, 1971, on the intervals of D. S. Berger, N. Beckmann, M. Harchol-Balter, SIGMETRICS 2018",
		About: "no policy, whatever it knows, has fewer misses; nearer to the truth than pfoo-l",
		Lower: true,
		Of:    func(v *Intervals, capacity int64) Bound { return v.priced(capacity) },
	})
}

// priced gives room a price of its own at every moment, where pfoo-l has one price
// for all. For any prices p_t ≥ 0, by gain per byte, no schedule gains more than
//
//	capacity·Σ p_t + Σ max(0, gain_i − size_i·(p_from + … + p_to−1))
//
// over moments t and intervals i: who pays for the room that a schedule takes is
// left with no more than the second sum, and no more than the first was taken.
// (That is the Lagrangian dual of the schedule; pfoo-l is its best with equal
// prices.) The intervals worth their price are what would be held. Where that is
// more than the capacity the price rises, else it falls: by a factor, which is as
// far from 1 as the load is from the capacity, and comes nearer to it with the
// square root of the round. The least sum of all rounds is the bound, whatever
// their number.
//
// O(n) for each of 48 rounds, fewer where there are more than 3 million intervals.
// Memory: 32 bytes a request.
func (v *Intervals) priced(capacity int64) Bound {
	most := func(m measure) int64 { return min(v.average(m, capacity), v.pricesOf(m, capacity).gain) }
	return v.bound(capacity, most(hits), most(hitBytes))
}

// rounds are how often prices are set anew.
func (v *Intervals) rounds() int { return min(max(mostWork/max(len(v.all), 1), 8), 48) }

// mostWork is in intervals looked at: some seconds.
const mostWork = 150e6

// priceList is what bidding came to for a capacity.
type priceList struct {
	capacity int64
	gain     int64     // no schedule gains more
	until    []float64 // sums of prices before each moment
}

// pricesOf bids for room; what it came to is kept for who asks next.
func (v *Intervals) pricesOf(m measure, capacity int64) *priceList {
	if kept := v.lists[m]; kept != nil && kept.capacity == capacity {
		return kept
	}
	b := v.newBidding(m, capacity)
	for round := range v.rounds() {
		if gain := b.bid(); gain < b.least {
			b.least = gain
			b.best = append(b.best[:0], b.until...)
		}
		b.adjust(1 / math.Sqrt(float64(round+1)))
	}
	v.lists[m] = &priceList{capacity, int64(b.least * slack), b.best}
	return v.lists[m]
}

// bidding is under way.
type bidding struct {
	v        *Intervals
	m        measure
	capacity int64
	price    []float64 // of a byte, by moment
	until    []float64 // their sums
	load     []float64 // bytes that come at a moment less those that leave
	least    float64
	best     []float64
}

// newBidding begins with the one price of pfoo-l: that of the last interval for
// which there was room on the average.
func (v *Intervals) newBidding(m measure, capacity int64) *bidding {
	n := max(int(v.requests)-1, 0)
	b := &bidding{
		v: v, m: m, capacity: capacity, least: math.Inf(1),
		price: make([]float64, n), until: make([]float64, n+1), load: make([]float64, n+1),
	}
	margin := v.margin(m, capacity)
	for t := range b.price {
		b.price[t] = margin
	}
	return b
}

func (v *Intervals) margin(m measure, capacity int64) float64 {
	room := float64(capacity) * float64(v.requests-1)
	for _, at := range v.order(m) {
		i := &v.all[at]
		if i.size > capacity {
			continue
		}
		if room -= i.cost(); room < 0 {
			return float64(m.gain(i)) / i.cost()
		}
	}
	return 0 // everything fits
}

// bid finds the intervals that are worth their price, and the bound.
func (b *bidding) bid() float64 {
	for t, p := range b.price {
		b.until[t+1] = b.until[t] + p
	}
	clear(b.load)
	sum := float64(b.capacity) * b.until[len(b.price)]
	for at := range b.v.all {
		i := &b.v.all[at]
		left := float64(b.m.gain(i)) - i.price(b.until)
		if left <= 0 || i.size > b.capacity {
			continue
		}
		sum += left
		b.load[i.from] += float64(i.size)
		b.load[i.to] -= float64(i.size)
	}
	return sum
}

// price is what holding the interval costs.
func (i *interval) price(until []float64) float64 {
	return float64(i.size) * (until[i.to] - until[i.from])
}

// adjust raises prices where too much would be held, and lowers the others.
func (b *bidding) adjust(step float64) {
	held, scale := 0.0, 1/float64(b.capacity)
	for t := range b.price {
		held += b.load[t]
		factor := 1 + step*(held*scale-1)
		b.price[t] *= min(max(factor, leastFactor), mostFactor)
	}
}

// A price that fell to nothing would never rise again, and a crowd at the first
// prices would raise them out of reach.
const (
	leastFactor = 0.4
	mostFactor  = 4
)
