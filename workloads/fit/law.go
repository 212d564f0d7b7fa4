package fit

import (
	"math"
	"slices"

	"edgesim/workloads/trace/stat"
)

// law is that of Zipf and Mandelbrot: the object of rank i is asked for with a
// probability in proportion to (i+q)^−alpha.
type law struct{ alpha, q float64 }

// weight is that of a rank from 1 on.
func (l law) weight(rank float64) float64 { return math.Pow(rank+l.q, -l.alpha) }

// ladder is a law's ranks, the first one by one and then in pieces of a twelfth of the
// logarithm, in which all are taken for the middle one: off by less than 3e-4.
type ladder struct {
	first, many, weight []float64 // of each piece: its first rank, how many it has, and the weight of its middle one
}

const (
	singly         = 100
	mostPopulation = 1e12 // of laws that are steep enough any number is as good
)

func (l law) ladder() (d ladder) {
	for rank := 1.0; rank <= mostPopulation; {
		many, middle := 1.0, rank
		if rank > singly {
			many = rank / 12
			middle = math.Sqrt(rank*(rank+many)) - 0.5
		}
		d.first, d.many, d.weight = append(d.first, rank), append(d.many, many), append(d.weight, l.weight(middle))
		rank += many
	}
	return d
}

// each calls f with the pieces of the first n ranks.
func (d *ladder) each(n float64, f func(many, weight float64)) {
	for i, first := range d.first {
		many := min(d.many[i], n+1-first)
		if many <= 0 {
			break
		}
		f(many, d.weight[i])
	}
}

func (d *ladder) sum(n float64) (sum float64) {
	d.each(n, func(many, weight float64) { sum += many * weight })
	return sum
}

// asked are how many of n objects are asked for in r requests, and how many once.
func (d *ladder) asked(n, r float64) (distinct, once float64) {
	scale := r / d.sum(n)
	d.each(n, func(many, weight float64) {
		x := scale * weight
		none := math.Exp(-x)
		distinct += many * (1 - none)
		once += many * x * none
	})
	return distinct, once
}

// manyEnough is the population of which objects are asked for in r requests, at least
// objects itself.
func (d *ladder) manyEnough(r, objects float64) float64 {
	low, high := math.Log(max(objects, 1)), math.Log(mostPopulation)
	for range 26 {
		mid := (low + high) / 2
		if distinct, _ := d.asked(math.Exp(mid), r); distinct < objects {
			low = mid
		} else {
			high = mid
		}
	}
	return math.Exp(low)
}

// population is how many objects there are of which so many were asked for in so many
// requests, hits of them once, and the share of requests for what is asked for once
// and never again.
//
// Of N objects with the probabilities p_i of the law, D(N) = Σ 1−e^{−R·p_i} are
// asked for in R requests, and H(N) = Σ R·p_i·e^{−R·p_i} of them once. With a share w
// of the requests for other objects, each once, there are R·w + D(N) objects, R·w +
// H(N) of them once, with R(1−w) in place of R in the sums. Both together give N and
// w: from w = 0 on, N is what makes the objects right, and w is raised until those
// asked for once are.
func (d *ladder) population(requests, objects, hits float64) (n uint64, onehits Estimate) {
	if requests <= 0 || objects <= 0 {
		return 1, Estimate{}
	}
	least, most := 0.0, min(objects, hits)/requests
	fit := func(w float64) (float64, float64) {
		r := requests * (1 - w)
		n := d.manyEnough(r, objects-requests*w)
		_, once := d.asked(n, r)
		return n, once + requests*w
	}
	all, once := fit(0)
	if once < hits {
		low, high := least, most
		for range 14 {
			w := (low + high) / 2
			if _, once := fit(w); once < hits {
				low = w
			} else {
				high = w
			}
		}
		least = (low + high) / 2
		all, _ = fit(least)
	}
	return uint64(max(all, 1) + 0.5), around(least, math.Sqrt(max(hits, 1))/requests)
}

// lawOf is the law of the objects with these counts: Zipf's, or where too few objects
// are known to be asked for again for its exponent, the one of which their order is
// the most likely.
func lawOf(counts []stat.Count) (l law, z *stat.Zipf) {
	if z = stat.FitZipf(slices.Clone(counts)); z != nil { // it sorts them
		return law{alpha: z.Alpha}, z
	}
	h := newHead(counts, 2)
	if len(h.ns) < 3 {
		return law{}, nil
	}
	_, alpha := h.at(0)
	return law{alpha: min(alpha, 3)}, nil
}
