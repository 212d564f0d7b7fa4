package fit

import (
	"math"
	"slices"

	"edgesim/workloads"
)

// class are objects of similar sizes, as one type of a scenario.
type class struct {
	bySize
	least, most int64 // sizes, in bytes
	lnMean      float64
	lnSigma     float64
	within      []workloads.Within
}

const (
	mostClasses = 12
	// mostPoints is how many points the distances of a class have, and nearPoint how
	// close to what was measured they are, in shares of the class's requests, where
	// fewer do.
	mostPoints = 48
	nearPoint  = 0.0005
)

// classes cuts the objects by size into such that have as much of requests, of bytes
// asked for and of bytes there are as each other.
func (m *Measured) classes() []class {
	if !m.Tells.Sizes {
		c := class{bySize: bySize{}, least: 1, most: 1}
		for i := range m.sizes {
			c.join(&m.sizes[i])
		}
		return []class{c}
	}
	var list []class
	var now class
	weight := 0.0
	for i := range m.sizes {
		s := &m.sizes[i]
		if s.requests == 0 {
			continue
		}
		own := s.requests/m.seen.requests + s.bytes/m.seen.bytes + s.octets/float64(m.WorkingSet)
		if now.requests > 0 && weight+own/2 > 3.0/mostClasses && len(list) < mostClasses-1 {
			list, now, weight = append(list, now), class{}, 0
		}
		now.join(s)
		weight += own
	}
	list = append(list, now)
	m.measureClasses(list)
	return list
}

func (s *bySize) join(other *bySize) {
	s.requests += other.requests
	s.bytes += other.bytes
	s.objects += other.objects
	s.octets += other.octets
	s.again.join(other.again)
}

// measureClasses fills in the sizes of the classes' objects.
func (m *Measured) measureClasses(list []class) {
	bounds := m.bounds(list)
	sum, square, n := make([]float64, len(list)), make([]float64, len(list)), make([]float64, len(list))
	for _, o := range m.objects.All() {
		i, _ := slices.BinarySearch(bounds, binOf(o.size))
		c, ln := &list[i], math.Log(float64(o.size))
		if c.least == 0 || o.size < c.least {
			c.least = o.size
		}
		c.most = max(c.most, o.size)
		sum[i] += ln
		square[i] += ln * ln
		n[i]++
	}
	for i := range list {
		mean := sum[i] / n[i]
		list[i].lnMean, list[i].lnSigma = mean, math.Sqrt(max(0, square[i]/n[i]-mean*mean))
	}
}

// bounds are the last bins of sizes of each class, which has the requests of those up
// to it.
func (m *Measured) bounds(list []class) (bounds []int) {
	sum, at := 0.0, 0
	for i := range m.sizes {
		if m.sizes[i].requests == 0 {
			continue
		}
		sum += m.sizes[i].requests
		if at < len(list)-1 && sum >= list[at].requests-0.5 {
			bounds, sum, at = append(bounds, i), 0, at+1
		}
	}
	return append(bounds, len(m.sizes))
}

// distances fills in how soon the objects of each class come again.
//
// What a trace of N requests has of a distance x is less than what is drawn, because a
// request after which x of others are asked for only beyond the trace's end has none.
// With T(x) the requests that it takes to ask for x of distinct objects, a share q of
// all requests that come again at x shows as q·(1 − T(x)/N), so that q is what was
// counted over that. T follows from the same distances: at a moment up to which x was
// asked for, what is nearer than x comes again, and all else is new, so that
//
//	dT/dx = 1 / (z · (1 − Σ_{y≤x} q(y)))
//
// with z what a new object weighs on average.
func (m *Measured) distances(list []class) {
	var all bins
	for i := range list {
		all.join(list[i].again)
	}
	factors := m.unseen(all)
	for i := range list {
		c := &list[i]
		shares := make([]float64, len(c.again))
		sum := 0.0
		for k, v := range c.again {
			sum = min(1, sum+v*factors[k]/c.requests)
			shares[k] = sum
		}
		c.within = points(shares)
	}
}

// unseen is, by bin of distances, how many are drawn for each that shows.
func (m *Measured) unseen(all bins) []float64 {
	const most = 50 // of what comes so late little can be said
	n := m.seen.requests
	z := float64(m.WorkingSet) / float64(m.Objects)
	factors := make([]float64, len(all))
	took, known := 0.0, 0.0
	last := int64(0)
	for i, v := range all {
		if fresh := 1 - known; fresh > 0 {
			took += float64(lastOf(i)-last) / (z * fresh)
		} else {
			took = n
		}
		last = lastOf(i)
		factors[i] = min(most, 1/max(1-took/n, 1e-9))
		known += v / n * factors[i]
	}
	return factors
}

// points are those of a distribution by bin, as few as come near it: between two of
// them it is taken to be even in the logarithm, as Recency has it, and the bin that
// is farthest from that becomes the next point.
func points(shares []float64) []workloads.Within {
	first := slices.IndexFunc(shares, func(s float64) bool { return s > 0 })
	if first < 0 {
		return nil
	}
	last := len(shares) - 1
	for last > first && shares[last-1] == shares[last] {
		last--
	}
	chosen := []int{first}
	if first > 0 { // what lies before the first bin that has any is nothing
		chosen = []int{first - 1, first}
	}
	if last > first {
		chosen = append(chosen, last)
	}
	for len(chosen) < mostPoints {
		at, off := farthest(shares, chosen)
		if off < nearPoint {
			break
		}
		i, _ := slices.BinarySearch(chosen, at)
		chosen = slices.Insert(chosen, i, at)
	}
	var list []workloads.Within
	for _, i := range chosen {
		list = append(list, workloads.Within{Distance: lastOf(i), Share: shares[i]})
	}
	return list
}

// farthest is the bin that is farthest from the line between its neighbours among
// those chosen.
func farthest(shares []float64, chosen []int) (at int, off float64) {
	for k := 1; k < len(chosen); k++ {
		a, b := chosen[k-1], chosen[k]
		from, to := math.Log(float64(lastOf(a))+1), math.Log(float64(lastOf(b))+1)
		for i := a + 1; i < b; i++ {
			part := (math.Log(float64(lastOf(i))+1) - from) / (to - from)
			if d := math.Abs(shares[i] - shares[a] - part*(shares[b]-shares[a])); d > off {
				at, off = i, d
			}
		}
	}
	return at, off
}
