package fit

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"edgesim/workloads"
)

// class are objects of similar sizes of one part, as one type of a scenario.
type class struct {
	bySize
	part        *Part
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

func init() {
	register(Model{
		Name:  "recency",
		Usage: "how soon objects come again, by size: LRU's curve by construction",
		order: 9,
		sections: func(d *document) error {
			d.recency(d.m.classes(d.parts()))
			return nil
		},
	})
}

// parts are those of the parameters; of a descriptor, which has none, one of all.
func (d *document) parts() []Part {
	if len(d.p.Parts) == 0 {
		return []Part{{Name: "objects", Class: "object", kind: []bool{true}}}
	}
	return d.p.Parts
}

// classes cuts each part's objects by size into such that have as much of requests, of
// bytes asked for and of bytes there are as each other.
func (m *Measured) classes(parts []Part) (list []class) {
	for i := range parts {
		p := &parts[i]
		now, weight := class{part: p}, 0.0
		for _, s := range m.bySizes(p) {
			own := s.requests/m.seen.requests + s.bytes/m.seen.bytes + s.octets/float64(m.WorkingSet)
			if m.Tells.Sizes && now.requests > 0 && weight+own/2 > 3.0/mostClasses {
				list, now, weight = append(list, now), class{part: p}, 0
			}
			now.join(&s)
			weight += own
		}
		if now.requests > 0 {
			list = append(list, now)
		}
	}
	m.measureClasses(list)
	return list
}

// bySizes are a part's cells that have requests, by size. Distances are counted among
// the objects of a kind: of a part of several kinds there is more between two requests,
// as much more as there are more bytes.
func (m *Measured) bySizes(p *Part) (list []bySize) {
	octets, all := make([]float64, len(m.cells)), 0.0
	for kind := range m.cells {
		if kind < len(p.kind) && p.kind[kind] {
			for _, s := range m.cells[kind] {
				octets[kind] += s.octets
			}
		}
		all += octets[kind]
	}
	for bin := range m.widest() {
		for kind := range m.cells {
			if octets[kind] == 0 || bin >= len(m.cells[kind]) || m.cells[kind][bin].requests == 0 {
				continue
			}
			s := m.cells[kind][bin]
			s.bin, s.again = bin, s.again.stretched(all/octets[kind])
			list = append(list, s)
		}
	}
	return list
}

func (m *Measured) widest() (n int) {
	for _, list := range m.cells {
		n = max(n, len(list))
	}
	return n
}

func (s *bySize) join(other *bySize) {
	s.bin = max(s.bin, other.bin)
	s.requests += other.requests
	s.bytes += other.bytes
	s.objects += other.objects
	s.octets += other.octets
	s.again.join(other.again)
}

// measureClasses fills in the sizes of the classes' objects: each belongs to the first
// class of its part that reaches up to its bin.
func (m *Measured) measureClasses(list []class) {
	sum, square, n := make([]float64, len(list)), make([]float64, len(list)), make([]float64, len(list))
	for _, o := range m.objects.All() {
		i := slices.IndexFunc(list, func(c class) bool {
			return int(o.kind) < len(c.part.kind) && c.part.kind[o.kind] && m.sizeBin(o.size) <= c.bin
		})
		if i < 0 {
			continue
		}
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
		mean := sum[i] / max(n[i], 1)
		list[i].lnMean, list[i].lnSigma = mean, math.Sqrt(max(0, square[i]/max(n[i], 1)-mean*mean))
		if list[i].least == 0 { // all have grown out of it since
			list[i].least = max(1, int64(list[i].octets/max(list[i].objects, 1)))
			list[i].most = list[i].least
		}
	}
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
func distances(list []class) {
	var all bySize
	for i := range list {
		all.join(&list[i].bySize)
	}
	factors := all.unseen()
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
func (s *bySize) unseen() []float64 {
	const most = 50 // of what comes so late little can be said
	n, z := s.requests, s.octets/s.objects
	factors := make([]float64, len(s.again))
	took, known := 0.0, 0.0
	last := int64(0)
	for i, v := range s.again {
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

// newObjects are how many objects a section of recency has: more than come in any run.
const newObjects = 1_000_000_000

// recency are the sections of a workload of distances, one for each part: distances
// count a part's own objects alone, so that its share of the requests stays what it is.
func (d *document) recency(list []class) {
	d.line("  sections:")
	for from := 0; from < len(list); {
		to := from
		for to < len(list) && list[to].part == list[from].part {
			to++
		}
		distances(list[from:to])
		d.recent(list[from:to])
		from = to
	}
	d.beside()
}

func (d *document) recent(list []class) {
	p, requests, objects := list[0].part, 0.0, 0.0
	for i := range list {
		requests += list[i].requests
		objects += list[i].objects
	}
	d.begin(p.Name)
	d.line("      hosts: [%s]", strings.Join(d.hosts(p), ", "))
	d.line("      share: %s", share(requests/d.m.seen.requests))
	d.line("      objects: %d", newObjects)
	d.line("      popularity: recency")
	d.line("      recency:")
	if d.m.Tells.Sizes {
		d.line("        by: bytes")
	}
	d.line("        types:")
	for i := range list {
		points := list[i].within
		if len(points) == 0 {
			points = []workloads.Within{{}} // never again
		}
		d.line("          - type: %s-%d", p.Class, i+1)
		d.within(points)
	}
	d.line("      types:")
	for i := range list {
		c := &list[i]
		t := &Part{Class: fmt.Sprintf("%s-%d", p.Class, i+1), Ending: p.Ending}
		d.oneType(t, "/"+t.Class+"/", c.objects/objects, c.size(d.m.Tells.Sizes), d.lifetime(p))
	}
}

// size is the sizes of a class as a scenario has them.
func (c *class) size(told bool) string {
	if !told {
		return fmt.Sprintf("{median: %d}", noSize)
	}
	if c.lnSigma < 1e-6 || c.least == c.most {
		return fmt.Sprintf("{median: %d}", c.least)
	}
	median := c.octets / c.objects / math.Exp(c.lnSigma*c.lnSigma/2)
	return fmt.Sprintf("{median: %d, sigma: %.4g, min: %d, max: %d}", int64(max(1, math.Round(median))), c.lnSigma, c.least, c.most)
}
