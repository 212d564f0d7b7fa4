package fit

import (
	"math"
	"slices"

	"edgesim/workloads/trace/stat"
)

// Mandelbrot is the law of Zipf and Mandelbrot fitted to the head: the object of rank
// i is asked for with a probability in proportion to (i+q)^−Alpha.
type Mandelbrot struct {
	Alpha Estimate `json:"alpha"`
	Q     Estimate `json:"q"`
	Ranks int      `json:"ranks"` // the fit is of so many most popular objects
}

const (
	// leastHead is how often the objects are asked for that are in their order by more
	// than luck.
	leastHead = 50
	mostHead  = 20_000 // ranks
)

// fitMandelbrot fits α and q together, by maximum likelihood, to the requests of the
// objects asked for at least leastHead times, n_i for that of rank i, given that they
// are for one of these K:
//
//	ln L(α, q) = −α·Σ n_i·ln(i+q) − n·ln Σ (i+q)^−α
//
// It is nil where q = 0 is as good: where twice the difference of ln L is below 10.83,
// which chance alone exceeds once in a thousand times (Wilks, Annals of Mathematical
// Statistics 9, 1938). Intervals are of either with the other unknown: by the inverse
// of the matrix of second derivatives. The order is by observed counts, so that the
// first ranks look a little more popular than they are, which makes q err towards 0.
func fitMandelbrot(counts []stat.Count) *Mandelbrot {
	h := newHead(counts, leastHead)
	if len(h.ns) < 50 {
		return nil
	}
	q, alpha := h.best()
	zero, _ := h.at(0)
	if value, _ := h.at(q); 2*(value-zero) < 10.83 {
		return nil
	}
	alphaErr, qErr := h.errors(alpha, q)
	return &Mandelbrot{Alpha: around(alpha, alphaErr), Q: around(q, qErr), Ranks: len(h.ns)}
}

// head are the counts of the first ranks.
type head struct {
	ns []float64
	n  float64
}

// newHead are the objects asked for at least so often.
func newHead(counts []stat.Count, least int64) (h head) {
	counts = slices.Clone(counts)
	slices.SortFunc(counts, func(a, b stat.Count) int { return int(b.Requests - a.Requests) })
	for _, c := range counts {
		for range c.Objects {
			if c.Requests >= least && len(h.ns) < mostHead {
				h.ns = append(h.ns, float64(c.Requests))
				h.n += float64(c.Requests)
			}
		}
	}
	return h
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

// errors are the standard errors of both. With E and Cov over the ranks by the law,
// and A = −∂²lnL/∂α², B = −∂²lnL/∂α∂q, C = −∂²lnL/∂q²,
//
//	A = n·Var[ln(i+q)]   B = Σ n_i/(i+q) − n·E[1/(i+q)] + αn·Cov[ln(i+q), 1/(i+q)]
//	C = −αΣ n_i/(i+q)² + αn·E[1/(i+q)²]·(1+α) − α²n·E[1/(i+q)]²
//
// and at the maximum the first two terms of B cancel each other. The inverse of the
// matrix has C and A over AC − B² in its diagonal.
func (h *head) errors(alpha, q float64) (ofAlpha, ofQ float64) {
	s, l, ll, r, rr, lr, seen := 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
	for i, v := range h.ns {
		x := float64(i+1) + q
		ln, p := math.Log(x), math.Pow(x, -alpha)
		s += p
		l += p * ln
		ll += p * ln * ln
		r += p / x
		rr += p / (x * x)
		lr += p * ln / x
		seen += v / (x * x)
	}
	l, ll, r, rr, lr = l/s, ll/s, r/s, rr/s, lr/s
	a := h.n * (ll - l*l)
	b := alpha * h.n * (lr - l*r)
	c := -alpha*seen + alpha*(1+alpha)*h.n*rr - alpha*alpha*h.n*r*r
	if det := a*c - b*b; det > 0 {
		return math.Sqrt(c / det), math.Sqrt(a / det)
	}
	return 1 / math.Sqrt(a), q // q is not bounded by what there is
}
