package workloads

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// Recency says, for popularity of that kind, how soon objects come again.
type Recency struct {
	ByBytes bool // distances count bytes of objects; false: objects
	Types   []RecencyOf
}

// RecencyOf are the distances of one type's objects. The distance of a request is
// how much of other objects, each counted once, is asked for until its object is
// asked for again.
type RecencyOf struct {
	Type   string // of the section; empty: all that have none of their own
	Within []Within
}

// Within is a point of a distribution: that share of a type's requests come again
// within the distance.
type Within struct {
	Distance int64   // objects, or bytes; from 0 on, and more than the point before
	Share    float64 // cumulated, 0 to 1, and no less than at the point before
}

func init() {
	popularities.register(PopularityKind{
		Name:  "recency",
		Usage: "by how soon objects come again, after the distances of the section's recency",
		New:   func(c PopularityConfig, _ Params) (Popularity, error) { return newRecency(c) },
	})
}

// recency is a popularity that consists of distances alone: when an object is asked
// for, it is drawn how much of others will be asked for until it is its turn again,
// from the distribution of its type, or that it never will be. Others come first
// then, which have not been asked for yet.
//
// An object's distance is thus the least LRU cache that has a hit (Mattson, Gecsei,
// Slutz and Traiger, IBM Systems Journal 1970), less its own size, so that LRU's
// miss ratios, of requests and of bytes, are those of the distributions: the
// generator of Tragen (Sabnis and Sitaraman, IMC 2021), with a distribution for
// each type in place of one.
//
// Beyond the largest distance nothing is kept: the objects waiting are as many as
// that holds. What never comes again is not kept either, until the section has no
// other objects left; from then on it comes again last.
type recency struct {
	turns   *turns
	rng     *rand.PCG
	look    func(object uint64) (kind int, size int64)
	byBytes bool
	kinds   [][]Within // by type
	objects uint64
	born    uint64 // objects that have come in
}

func newRecency(c PopularityConfig) (*recency, error) {
	if c.Recency == nil || c.Look == nil {
		return nil, wrong("Recency", "none", "distances: this kind of popularity consists of them")
	}
	r := &recency{turns: newTurns(), rng: c.RNG, look: c.Look, byBytes: c.Recency.ByBytes, objects: c.Objects}
	for _, name := range c.Types {
		r.kinds = append(r.kinds, c.Recency.of(name))
	}
	return r, nil
}

// of are the distances of a type; none where it never comes again.
func (r *Recency) of(name string) []Within {
	for _, which := range []string{name, ""} {
		for _, t := range r.Types {
			if t.Type == which {
				return t.Within
			}
		}
	}
	return nil
}

// Draw implements Popularity.
func (r *recency) Draw(time.Duration) uint64 {
	if r.turns.count == 0 {
		r.bear()
	}
	object, weight := r.turns.take()
	kind, _ := r.look(object)
	ahead, again := drawDistance(r.kinds[kind], r.rng)
	if !again {
		if r.born < r.objects {
			return object
		}
		ahead = r.turns.total
	}
	for r.turns.total <= ahead && r.born < r.objects {
		r.bear()
	}
	r.turns.put(object, weight, ahead, unit64(r.rng.Uint64()))
	return object
}

// bear puts the next object behind all others.
func (r *recency) bear() {
	weight := int64(1)
	if r.byBytes {
		_, size := r.look(r.born)
		weight = max(size, 1)
	}
	r.turns.put(r.born, weight, r.turns.total, 0)
	r.born++
}

// drawDistance draws from a distribution; false: never again. Between two points
// the logarithm of a distance is uniform: distances from one to the next, that
// included.
func drawDistance(points []Within, rng *rand.PCG) (distance int64, again bool) {
	u := unit64(rng.Uint64())
	if len(points) == 0 || u >= points[len(points)-1].Share {
		return 0, false
	}
	at, _ := slices.BinarySearchFunc(points, u, func(p Within, u float64) int {
		if p.Share <= u {
			return -1
		}
		return 1
	})
	to := float64(points[at].Distance) + 1
	if at == 0 { // from 0 on, all distances alike
		return int64(u / points[0].Share * to), true
	}
	from := points[at-1]
	part := (u - from.Share) / (points[at].Share - from.Share)
	x := (float64(from.Distance) + 1) * math.Pow(to/(float64(from.Distance)+1), part)
	return min(max(int64(math.Ceil(x))-1, from.Distance+1), points[at].Distance), true
}

// check says what is wrong with a section's distances.
func (r *Recency) check(types []Type) error {
	for i, t := range r.Types {
		known := t.Type == "" || slices.ContainsFunc(types, func(other Type) bool { return other.Name == t.Type })
		switch {
		case !known:
			return wrong("Type", fmt.Sprintf("%q", t.Type), "a type of the section")
		case slices.ContainsFunc(r.Types[:i], func(other RecencyOf) bool { return other.Type == t.Type }):
			return wrong("Type", fmt.Sprintf("%q", t.Type), "every type once")
		case len(t.Within) == 0:
			return wrong("Within", "none", "at least one distance")
		}
		last := Within{Distance: -1}
		for _, p := range t.Within {
			switch {
			case p.Distance <= last.Distance || p.Distance > MaxObjects:
				return wrong("Within", p.Distance, "distances from 0 to 2^53, each more than the one before")
			case !(p.Share >= last.Share && p.Share <= 1):
				return wrong("Within", fmt.Sprintf("%d: %v", p.Distance, p.Share), "a share of at most 1, and no less than those of smaller distances")
			}
			last = p
		}
	}
	return nil
}
