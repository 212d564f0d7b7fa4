package report

import (
	"math"
	"math/bits"

	"edgesim/results"
	"edgesim/results/sketch"
)

// Reuse is a view of how far apart requests for the same object are, from which
// follows what share of them a cache of another size would answer: for each edge
// location the stack of an LRU cache, on a sample of the objects (sketch.Reuse).
//
// It counts GET and HEAD, or requests whose method the log does not say, that were
// answered with 200, 206 or 304, which are those that a cache can keep. An object weighs what the largest answer for it had. Freshness
// and joined flights are left out: the curve is what size alone decides.
type Reuse struct {
	stacks  []*sketch.Reuse // by edge + 1; nil where nothing was asked for
	curves  []reuseCurve    // by distribution + 1
	sampled bool
}

const (
	// reuseObjects is how many objects a location's sample has at most: 0.5 MB.
	reuseObjects = 4096
	// reuseGroups is in how many parts a sample is divided to see how they differ.
	reuseGroups = 8
	reuseSteps  = 16 // bins to a doubling of the size
	// leastHits is the hit ratio from which on a curve is shown.
	leastHits = 0.001
)

// reuseCurve is a distribution's distances: requests and bytes by bin, of each of
// the groups that the names fall into.
type reuseCurve struct {
	requests, bytes int64               // exact
	all             [reuseGroups]volume // of what was sampled, weighted
	pages           [64]*reusePage
}

type reusePage [reuseSteps][reuseGroups]volume

// reuseBin is the doubling and the step of a distance: 16 steps to each.
func reuseBin(distance int64) (page, step int) {
	d := uint64(max(distance, 1))
	page = bits.Len64(d) - 1
	if page < 4 {
		return page, int(d<<(4-page)) & (reuseSteps - 1)
	}
	return page, int(d>>(page-4)) & (reuseSteps - 1)
}

// reuseFrom is the least distance of a bin; that of the next is where it ends.
func reuseFrom(page, step int) float64 {
	return math.Ldexp(1+float64(step)/reuseSteps, page)
}

// Add counts the records.
func (u *Reuse) Add(recs []results.Record) {
	for i := range recs {
		if r := &recs[i]; reusable(r) {
			u.count(r)
		}
	}
}

// Warm takes records of a warm-up: caches have seen their objects, and nothing is
// counted.
func (u *Reuse) Warm(recs []results.Record) {
	for i := range recs {
		if r := &recs[i]; reusable(r) {
			u.use(r)
		}
	}
}

func reusable(r *results.Record) bool {
	return (r.Status == 200 || r.Status == 206 || r.Status == 304) && r.Method <= results.HEAD
}

func (u *Reuse) count(r *results.Record) {
	bytes := answerBytes(r)
	curve := placeOf(&u.curves, r.Distribution)
	curve.requests++
	curve.bytes += bytes
	name, use := u.use(r)
	if use.Weight == 0 {
		u.sampled = true
		return
	}
	curve.add(use, name%reuseGroups, bytes)
}

func (u *Reuse) use(r *results.Record) (name uint64, use sketch.Use) {
	stack := placeOf(&u.stacks, r.Edge)
	if *stack == nil {
		*stack = sketch.NewReuse(reuseObjects)
	}
	name = sketch.Mix(r.Object, uint64(r.Distribution))
	return name, (*stack).Add(name, answerBytes(r))
}

func answerBytes(r *results.Record) int64 {
	if tellsBody(r) {
		return r.BodyBytes
	}
	return r.BytesOut
}

func (c *reuseCurve) add(use sketch.Use, group uint64, bytes int64) {
	c.all[group].add(use.Weight, bytes)
	if !use.Again {
		return
	}
	c.put(use.Distance, group, use.Weight, use.Weight*bytes)
}

// put counts so many requests and bytes at a distance.
func (c *reuseCurve) put(distance int64, group uint64, requests, bytes int64) {
	page, step := reuseBin(distance - 1) // so that a bin ends with the size that holds it
	if c.pages[page] == nil {
		c.pages[page] = &reusePage{}
	}
	c.pages[page][step][group].merge(volume{requests, bytes})
}

func (v *volume) add(weight, bytes int64) {
	v.requests += weight
	v.bytes += weight * bytes
}

func (v *volume) merge(o volume) {
	v.requests += o.requests
	v.bytes += o.bytes
}

func (c *reuseCurve) merge(o *reuseCurve) {
	c.requests += o.requests
	c.bytes += o.bytes
	for g := range c.all {
		c.all[g].merge(o.all[g])
	}
	for p, page := range o.pages {
		if page == nil {
			continue
		}
		if c.pages[p] == nil {
			c.pages[p] = &reusePage{}
		}
		for s := range page {
			for g := range page[s] {
				c.pages[p][s][g].merge(page[s][g])
			}
		}
	}
}

// ReusePoint is what a cache of a size would have answered.
type ReusePoint struct {
	Size     float64 // bytes, of each edge location
	Hits     float64 // share of requests, 0 to 1
	Bytes    float64 // share of bytes, 0 to 1
	HitsOff  float64 // their standard errors; 0 where they are exact
	BytesOff float64
	Today    bool // the size that there is
}

// reuseScope is what is known of a scope.
type reuseScope struct {
	reuseCurve
	sampled bool
}

func (u *Reuse) scope(o Options, scope string) *reuseScope {
	var known []results.Distribution
	if scope != "" {
		known = o.Names.EveryDistribution()
	}
	wanted := wanted(scope, known)
	sum := &reuseScope{sampled: u.sampled}
	for i := range u.curves {
		if wanted(int(uint16(i - 1))) {
			sum.merge(&u.curves[i])
		}
	}
	return sum
}

// bounds are the least and the largest size that some request would have wanted,
// whole doublings; false where none came again.
func (c *reuseCurve) bounds() (first, last int, any bool) {
	for p, page := range c.pages {
		if page == nil {
			continue
		}
		if !any {
			first, any = p, true
		}
		last = p + 1
	}
	return first, last, any
}

// at is what caches of that size would have answered: what came again within it,
// and within a bin in proportion.
//
// The sample has too many or too few of the requests for the most popular objects,
// which come again soon: what its weights lack of all requests, or have too many,
// is put among the quarter of the hits with the shortest distances. (SHARDS_adj,
// the paper's section 3.3, puts it at the shortest of all, where it makes small
// caches look too good.)
func (c *reuseScope) at(size float64) ReusePoint {
	hits := c.within(size)
	requests, bytes := ratioOfGroups{all: float64(c.requests)}, ratioOfGroups{all: float64(c.bytes)}
	every := c.within(math.Inf(1))
	of := func(number func(groupHits) float64) float64 {
		part, whole := 0.0, 0.0
		for g := range hits {
			part, whole = part+number(hits[g]), whole+number(every[g])
		}
		if whole == 0 {
			return 0
		}
		return min(4*part/whole, 1)
	}
	requests.lacking = of(func(h groupHits) float64 { return h.requests })
	bytes.lacking = of(func(h groupHits) float64 { return h.bytes })
	for g := range hits {
		requests.add(g, hits[g].requests, float64(c.all[g].requests))
		bytes.add(g, hits[g].bytes, float64(c.all[g].bytes))
	}
	point := ReusePoint{Size: size, Hits: requests.mean(), Bytes: bytes.mean()}
	if c.sampled {
		point.HitsOff, point.BytesOff = requests.off(), bytes.off()
	}
	return point
}

type groupHits struct{ requests, bytes float64 }

// within is what came again within the size, by group.
func (c *reuseCurve) within(size float64) (hits [reuseGroups]groupHits) {
	for p, page := range c.pages {
		for s := 0; page != nil && s < reuseSteps; s++ {
			from := reuseFrom(p, s)
			part := min((size-from)/(reuseFrom(p, s+1)-from), 1)
			if part < 0 {
				break
			}
			for g, v := range page[s] {
				hits[g].requests += part * float64(v.requests)
				hits[g].bytes += part * float64(v.bytes)
			}
		}
	}
	return hits
}

// ratioOfGroups is a share of all, as the groups of a sample have it, each with a
// part of what it lacks of its own part of all.
type ratioOfGroups struct {
	all     float64
	lacking float64 // which part
	shares  [reuseGroups]float64
}

func (r *ratioOfGroups) add(group int, part, whole float64) {
	if own := r.all / reuseGroups; own > 0 {
		r.shares[group] = (part + r.lacking*(own-whole)) / own
	}
}

func (r *ratioOfGroups) mean() float64 {
	sum := 0.0
	for _, s := range r.shares {
		sum += s
	}
	return min(max(sum/reuseGroups, 0), 1)
}

// off is the standard error of the mean.
func (r *ratioOfGroups) off() float64 {
	mean, sum := r.mean(), 0.0
	for _, s := range r.shares {
		sum += (s - mean) * (s - mean)
	}
	return math.Sqrt(sum / (reuseGroups - 1) / reuseGroups)
}

// Points is the curve of a distribution, "" or "ALL" of all together: two sizes to
// a doubling, from one that would have answered next to nothing to one that would
// have answered all that came again, and that of size too where it is above 0.
// Where nothing came again that is one size, without hits; without requests none.
func (u *Reuse) Points(o Options, distribution string, size int64) (points []ReusePoint) {
	c := u.scope(o, o.scope(distribution))
	first, last, any := c.bounds()
	switch {
	case c.requests == 0:
		return nil
	case !any:
		first, last = 20, 20
	}
	sizes := []float64{}
	for e := first; e <= last; e++ {
		sizes = append(sizes, math.Ldexp(1, e))
		if e < last && e > 0 {
			sizes = append(sizes, math.Ldexp(1.5, e))
		}
	}
	for i, s := range sizes {
		if now := float64(size); now > 0 && (i == 0 || now > sizes[i-1]) && now < s {
			points = append(points, c.at(now))
		}
		points = append(points, c.at(s))
	}
	if now := float64(size); now > sizes[len(sizes)-1] {
		points = append(points, c.at(now))
	}
	for i := range points {
		points[i].Today = size > 0 && points[i].Size == float64(size)
	}
	for len(points) > 1 && points[1].Hits < leastHits && !points[0].Today {
		points = points[1:]
	}
	return points
}

// Sampled reports whether the curve is of a sample: if not, it is exact.
func (u *Reuse) Sampled() bool { return u.sampled }
