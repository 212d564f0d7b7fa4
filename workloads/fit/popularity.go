package fit

import (
	"math"
	"slices"

	"edgesim/workloads"
	"edgesim/workloads/trace/stat"
)

func (m *Measured) popularity() (p Popularity) {
	counts := m.counts()
	once, n := 0.0, 0.0
	for _, c := range counts {
		if c.Requests == 1 {
			once += float64(c.Objects)
		}
		n += float64(c.Objects)
	}
	share := once / n
	p.Once = around(share, math.Sqrt(share*(1-share)/n))
	p.Population = uint64(m.Objects)
	if p.Zipf = stat.FitZipf(counts); p.Zipf == nil {
		return p
	}
	p.Mandelbrot = fitMandelbrot(counts, p.Zipf)
	objects, hits := float64(m.Objects), once/m.Rate()
	p.Population, p.OneHits = population(p.Zipf.Alpha, float64(m.Requests), objects, hits)
	return p
}

// counts are how many objects were asked for how often.
func (m *Measured) counts() (list []stat.Count) {
	by := map[int64]int64{}
	for _, o := range m.objects.All() {
		by[o.requests]++
	}
	for requests, objects := range by {
		list = append(list, stat.Count{Requests: requests, Objects: objects})
	}
	return list
}

// population is how many objects there are of which so many were asked for in so many
// requests, hits of them once, and the share of requests for what is asked for once
// and never again.
//
// Of N objects with the probabilities p_i of Zipf's law, D(N) = Σ 1−e^{−R·p_i} are
// asked for in R requests, and H(N) = Σ R·p_i·e^{−R·p_i} of them once. With a share w
// of the requests for other objects, each once, there are R·w + D(N) objects, R·w +
// H(N) of them once, with R(1−w) in place of R in the sums. Both together give N and
// w: from w = 0 on, N is what makes the objects right, and w is raised until those
// asked for once are.
func population(alpha, requests, objects, hits float64) (n uint64, onehits Estimate) {
	least, most := 0.0, min(objects, hits)/requests
	fit := func(w float64) (float64, float64) {
		r := requests * (1 - w)
		n := manyEnough(alpha, r, objects-requests*w)
		_, once := asked(alpha, n, r)
		return n, once + requests*w
	}
	all, once := fit(0)
	if once < hits {
		low, high := least, most
		for range 40 {
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
	return uint64(all + 0.5), around(least, math.Sqrt(max(hits, 1))/requests)
}

// manyEnough is the population of which objects are asked for in r requests, at least
// objects itself.
func manyEnough(alpha, r, objects float64) float64 {
	low, high := math.Log(max(objects, 1)), math.Log(float64(1<<50))
	for range 50 {
		mid := (low + high) / 2
		if distinct, _ := asked(alpha, math.Exp(mid), r); distinct < objects {
			low = mid
		} else {
			high = mid
		}
	}
	return math.Exp(low)
}

// asked are how many of n objects are asked for in r requests, and how many once: sums
// over the first thousand, and over pieces of a hundredth of the logarithm beyond.
func asked(alpha, n, r float64) (distinct, once float64) {
	whole := harmonic(alpha, n)
	add := func(rank, many float64) {
		x := r * math.Pow(rank, -alpha) / whole
		distinct -= many * math.Expm1(-x)
		once += many * x * math.Exp(-x)
	}
	rank := 1.0
	for ; rank <= min(n, 1000); rank++ {
		add(rank, 1)
	}
	for rank <= n {
		next := min(rank*1.01, n+1)
		add(math.Sqrt(rank*next), next-rank)
		rank = next
		if next == n+1 {
			break
		}
	}
	return distinct, once
}

// harmonic is Σ i^−alpha of the first n.
func harmonic(alpha, n float64) float64 {
	return 1 / workloads.ZipfShare(uint64(n), alpha, 1)
}

// Mandelbrot is the law of Zipf and Mandelbrot fitted to the head: the object of rank
// i is asked for with a probability in proportion to (i+q)^−Alpha.
type Mandelbrot struct {
	Alpha Estimate `json:"alpha"`
	Q     Estimate `json:"q"`
	Ranks int      `json:"ranks"` // the fit is of so many most popular objects
}

// leastHead is how often the objects are asked for that are in their order by more
// than luck.
const leastHead = 50

// fitMandelbrot fits α and q by maximum likelihood to the requests of the objects
// asked for at least leastHead times, n_i for that of rank i, given that they are for
// one of these K:
//
//	ln L(α, q) = −α·Σ n_i·ln(i+q) − n·ln Σ (i+q)^−α
//
// It is nil where q = 0 is as good: where twice the difference of ln L is below 10.83,
// which chance alone exceeds once in a thousand times (Wilks, Annals of Mathematical
// Statistics 9, 1938). The order is by observed counts, so that the first ranks look a
// little more popular than they are, which makes q err towards 0.
func fitMandelbrot(counts []stat.Count, z *stat.Zipf) *Mandelbrot {
	var ns []float64
	for _, c := range counts {
		for range c.Objects {
			if c.Requests >= leastHead {
				ns = append(ns, float64(c.Requests))
			}
		}
	}
	if len(ns) < 50 {
		return nil
	}
	slices.SortFunc(ns, func(a, b float64) int { return int(b - a) })
	ns = ns[:min(len(ns), 20_000)]
	h := head{ns: ns}
	for _, v := range ns {
		h.n += v
	}
	q, alpha := h.best()
	zero, _ := h.at(0)
	if value, _ := h.at(q); 2*(value-zero) < 10.83 {
		return nil
	}
	m := &Mandelbrot{Ranks: len(ns)}
	step := max(q/100, 0.01)
	mid, _ := h.at(q)
	up, _ := h.at(q + step)
	down, _ := h.at(max(q-step, 0))
	if bend := (2*mid - up - down) / (step * step); bend > 0 && q > step {
		m.Q = around(q, 1/math.Sqrt(bend))
	} else {
		m.Q = Estimate{q, 0, 2 * q}
	}
	m.Alpha = around(alpha, h.error(alpha, q))
	return m
}

// head are the counts of the first ranks.
type head struct {
	ns []float64
	n  float64
}

// sums are Σ (i+q)^−α, and of that times ln(i+q) and its square.
func (h *head) sums(alpha, q float64) (s, sl, sll float64) {
	for i := range h.ns {
		ln := math.Log(float64(i+1) + q)
		p := math.Exp(-alpha * ln)
		s += p
		sl += p * ln
		sll += p * ln * ln
	}
	return s, sl, sll
}

// at is the largest ln L at q, and the α it has there: ln L is concave in α.
func (h *head) at(q float64) (value, alpha float64) {
	logs := 0.0
	for i, v := range h.ns {
		logs += v * math.Log(float64(i+1)+q)
	}
	alpha = 0.8
	for range 30 {
		s, sl, sll := h.sums(alpha, q)
		slope := -logs + h.n*sl/s
		bend := h.n * (sll/s - sl*sl/(s*s))
		step := slope / bend
		alpha = min(max(alpha+step, 0), 20)
		if math.Abs(step) < 1e-7 {
			break
		}
	}
	s, _, _ := h.sums(alpha, q)
	return -alpha*logs - h.n*math.Log(s), alpha
}

// best is the q of the largest ln L, by golden section on ln(1+q).
func (h *head) best() (q, alpha float64) {
	const golden = 0.6180339887498949
	low, high := 0.0, math.Log1p(float64(len(h.ns)))
	f := func(x float64) float64 { v, _ := h.at(math.Expm1(x)); return v }
	a, b := high-golden*(high-low), low+golden*(high-low)
	fa, fb := f(a), f(b)
	for range 30 {
		if fa > fb {
			high, b, fb = b, a, fa
			a = high - golden*(high-low)
			fa = f(a)
		} else {
			low, a, fa = a, b, fb
			b = low + golden*(high-low)
			fb = f(b)
		}
	}
	q = math.Expm1((low + high) / 2)
	_, alpha = h.at(q)
	return q, alpha
}

// error is α's standard error where q is known.
func (h *head) error(alpha, q float64) float64 {
	s, sl, sll := h.sums(alpha, q)
	return 1 / math.Sqrt(h.n*(sll/s-sl*sl/(s*s)))
}
