package foresight

func init() {
	bounds = append(bounds, BoundKind{
		Name:  "pfoo-l",
		Title: "PFOO-L",
		Paper: "D. S. Berger, N. Beckmann, M. Harchol-Balter, Practical bounds on optimal caching with variable object sizes, SIGMETRICS 2018",
		About: "no policy, whatever it knows, has fewer misses",
		Lower: true,
		Of:    func(v *Intervals, capacity int64) Bound { return v.lower(capacity) },
	})
}

// lower is PFOO-L. It asks of the chosen intervals only that they fit on the
// average over all moments, not at each: then the cheapest ones are the best
// choice, and as every possible schedule is among the choices, none gains more.
// Of bytes the last interval may count in part, as in any knapsack that is
// filled with what can be cut.
//
// O(n log n) once for all capacities, then O(n) for each.
func (v *Intervals) lower(capacity int64) Bound {
	return v.bound(capacity, v.average(hits, capacity), v.average(hitBytes, capacity))
}

// slack makes up for the rounding of prices, by which the intervals are sorted,
// and of sums: a bound must not fail by one hit.
const slack = 1 + 1e-6

func (v *Intervals) average(m measure, capacity int64) int64 {
	room, gained := float64(capacity)*float64(v.requests-1)*slack, int64(0)
	for _, at := range v.order(m) {
		i := &v.all[at]
		if i.size > capacity {
			continue
		}
		cost := i.cost()
		if cost > room {
			if m == hitBytes {
				gained += int64(float64(i.bytes) * room / cost)
			}
			break
		}
		room -= cost
		gained += m.gain(i)
	}
	return gained
}
