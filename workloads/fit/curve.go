package fit

import "math"

// Curve is LRU's miss-ratio curve, of requests and of bytes, for all capacities: that
// of the stack (Mattson, Gecsei, Slutz and Traiger, IBM Systems Journal 1970). It is
// exact at the ends of its bins, 32 to a doubling, where all objects were followed.
type Curve struct {
	Requests, Bytes float64 // all that were counted
	hits, hitBytes  bins    // by the least capacity that has a hit
}

// At is the miss ratios at a capacity. Within a bin they are on a straight line.
func (c *Curve) At(capacity int64) (requests, bytes float64) {
	hits, hitBytes := 0.0, 0.0
	last := binOf(max(capacity, 0))
	for i, v := range c.hits {
		part := 1.0
		if i == last {
			first := int64(0)
			if i > 0 {
				first = lastOf(i-1) + 1
			}
			part = float64(capacity-first+1) / float64(lastOf(i)-first+1)
		}
		if i > last {
			break
		}
		hits += part * v
		hitBytes += part * c.hitBytes[i]
	}
	return 1 - hits/c.Requests, 1 - hitBytes/c.Bytes
}

func (c *Curve) add(capacity int64, requests, bytes float64) {
	c.hits.add(capacity, requests)
	c.hitBytes.add(capacity, bytes)
}

// Distance is how far two curves are apart, in shares of requests and of bytes, over
// capacities evenly spaced on a logarithmic axis.
type Distance struct {
	Mean     float64 `json:"mean"` // absolute
	Max      float64 `json:"max"`
	At       int64   `json:"at"` // the capacity of the largest
	ByteMean float64 `json:"byte_mean"`
	ByteMax  float64 `json:"byte_max"`
	ByteAt   int64   `json:"byte_at"`
}

// Within reports whether both curves are closer than that on average.
func (d Distance) Within(most float64) bool { return d.Mean <= most && d.ByteMean <= most }

// compared is at how many capacities curves are compared.
const compared = 64

// Capacities are those at which curves are compared: from a thousandth of the working
// set, or one object, to all of it.
func (m *Measured) Capacities() (list []int64) {
	least := max(1, m.WorkingSet/1000)
	for i := range compared {
		c := int64(math.Round(float64(least) * math.Pow(float64(m.WorkingSet)/float64(least), float64(i)/(compared-1))))
		if n := len(list); n == 0 || list[n-1] < c {
			list = append(list, c)
		}
	}
	return list
}

// DistanceOf compares curves.
func DistanceOf(a, b *Curve, capacities []int64) (d Distance) {
	for _, c := range capacities {
		ra, ba := a.At(c)
		rb, bb := b.At(c)
		r, bytes := math.Abs(ra-rb), math.Abs(ba-bb)
		d.Mean += r / float64(len(capacities))
		d.ByteMean += bytes / float64(len(capacities))
		if r > d.Max {
			d.Max, d.At = r, c
		}
		if bytes > d.ByteMax {
			d.ByteMax, d.ByteAt = bytes, c
		}
	}
	return d
}
