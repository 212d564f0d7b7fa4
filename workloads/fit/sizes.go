package fit

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Sizes is the distribution of objects' sizes: a lognormal body and, where that fits
// better, a Pareto tail, as workloads.SizeModel has them.
type Sizes struct {
	Mean   float64  `json:"mean"`    // bytes
	Mu     Estimate `json:"mu"`      // of ln(size) in the body
	Sigma  Estimate `json:"sigma"`   //
	Median int64    `json:"median"`  // bytes, of the body
	Tail   *Tail    `json:"tail"`    // nil: none
	Least  int64    `json:"least"`   // bytes
	Most   int64    `json:"most"`    //
	Off    float64  `json:"off"`     // the largest distance of observed and fitted distributions (Kolmogorov and Smirnov)
	ByRank float64  `json:"by_rank"` // correlation of an object's size with how often it is asked for (Spearman), −1 to 1

	sorted []float64
}

// Tail is the Pareto tail.
type Tail struct {
	Share float64  `json:"share"` // of the objects
	From  int64    `json:"from"`  // bytes
	Index Estimate `json:"index"`
}

// tails are the shares of objects that are tried as a tail.
var tails = []float64{0.2, 0.1, 0.05, 0.02, 0.01, 0.005}

// leastTail is how many objects a tail has at least.
const leastTail = 50

// fitSizes fits each tail that is tried, its index by maximum likelihood (Hill, Annals
// of Statistics 3, 1975), with a body that is the lognormal of which what is observed
// below is the most likely, and takes the closest. Without a tail it is the lognormal's
// maximum likelihood. A tail has to be closer by a fifth to be taken.
func fitSizes(list []*object) *Sizes {
	var sizes, asked []float64
	for _, o := range told(list) {
		sizes, asked = append(sizes, float64(o.size)), append(asked, float64(o.requests))
	}
	byRank := spearman(sizes, asked)
	slices.Sort(sizes)
	best := body(sizes)
	for _, share := range tails {
		if s := withTail(sizes, share); s != nil && s.Off < 0.8*best.Off {
			best = s
		}
	}
	best.ByRank, best.sorted = byRank, sizes
	best.Mean = stat.Mean(sizes, nil)
	best.Least, best.Most = int64(sizes[0]), int64(sizes[len(sizes)-1])
	return best
}

// told are the objects whose sizes a log tells: of what viewers only asked whether their
// copies were still good (304) it says 1. All where it tells none.
func told(list []*object) (some []*object) {
	for _, o := range list {
		if o.size > 1 {
			some = append(some, o)
		}
	}
	if len(some) == 0 {
		return list
	}
	return some
}

// body is the lognormal of all.
func body(sorted []float64) *Sizes {
	mean, sigma := logs(sorted)
	n := float64(len(sorted))
	s := &Sizes{Mu: around(mean, sigma/math.Sqrt(n)), Sigma: around(sigma, sigma/math.Sqrt(2*n))}
	s.finish(sorted)
	return s
}

// withTail is the fit with the largest share of the sizes as a tail; nil: those are
// too few, or all of one size.
//
// The body is all of a lognormal, drawn with the probability 1−share, so that above
// the tail's beginning there is a little of it, too: as much as makes its observed
// part the one below. What is observed of it is cut off there, and the lognormal's μ
// and σ are those of which a normal distribution cut off at that point has the mean
// and variance observed.
func withTail(sorted []float64, share float64) *Sizes {
	n := len(sorted)
	cut := n - int(share*float64(n))
	if n-cut < leastTail || sorted[cut] == sorted[n-1] || sorted[cut] <= sorted[0] {
		return nil
	}
	from := sorted[cut]
	sum := 0.0
	for _, v := range sorted[cut:] {
		sum += math.Log(v / from)
	}
	k := float64(n - cut)
	index := k / sum
	mu, sigma := uncut(sorted[:cut], math.Log(from))
	b := float64(cut)
	s := &Sizes{Mu: around(mu, sigma/math.Sqrt(b)), Sigma: around(sigma, sigma/math.Sqrt(2*b)),
		Tail: &Tail{Share: k / float64(n), From: int64(from), Index: around(index, index/math.Sqrt(k))}}
	s.finish(sorted)
	return s
}

// logs are mean and standard deviation of the logarithms.
func logs(values []float64) (mean, sigma float64) {
	sum, square := 0.0, 0.0
	for _, v := range values {
		ln := math.Log(v)
		sum += ln
		square += ln * ln
	}
	n := float64(len(values))
	mean = sum / n
	return mean, math.Sqrt(max(0, square/n-mean*mean))
}

// uncut is the normal distribution of which the logarithms below cut are a part. With
// a = (cut−μ)/σ and r = φ(a)/Φ(a) the part has the mean μ − σr and the variance
// σ²(1 − ar − r²) (Cohen, Annals of Mathematical Statistics 21, 1950), which is solved
// by going from one to the other.
func uncut(values []float64, cut float64) (mu, sigma float64) {
	mean, dev := logs(values)
	mu, sigma = mean, dev
	normal := distuv.UnitNormal
	for range 200 {
		if sigma == 0 {
			break
		}
		a := (cut - mu) / sigma
		r := normal.Prob(a) / normal.CDF(a)
		nextSigma := dev / math.Sqrt(max(1-a*r-r*r, 0.05))
		nextMu := mean + nextSigma*r
		done := math.Abs(nextMu-mu) < 1e-9
		mu, sigma = (mu+nextMu)/2, (sigma+nextSigma)/2
		if done {
			break
		}
	}
	return mu, sigma
}

// finish fills in what follows from the parameters.
func (s *Sizes) finish(sorted []float64) {
	s.Median = int64(max(1, math.Round(math.Exp(s.Mu.Value))))
	n := float64(len(sorted))
	for i := 0; i < len(sorted); {
		to := i
		for to < len(sorted) && sorted[to] == sorted[i] {
			to++
		}
		below := s.below(sorted[i])
		// A size stands for all from itself to the next whole byte.
		above := s.below(sorted[i] + 1)
		s.Off = max(s.Off, below-float64(to)/n, float64(i)/n-above)
		i = to
	}
}

// below is the share of the fitted sizes that are smaller.
func (s *Sizes) below(size float64) float64 {
	share := 1.0
	if s.Sigma.Value > 0 {
		share = distuv.UnitNormal.CDF((math.Log(size) - s.Mu.Value) / s.Sigma.Value)
	} else if size <= float64(s.Median) {
		share = 0
	}
	if t := s.Tail; t != nil {
		share *= 1 - t.Share
		if from := float64(t.From); size > from {
			share += t.Share * (1 - math.Pow(from/size, t.Index.Value))
		}
	}
	return share
}

// spearman is the correlation of ranks; those alike have their middle one.
func spearman(a, b []float64) float64 {
	if len(a) < 2 {
		return 0
	}
	if r := stat.Correlation(ranks(a), ranks(b), nil); !math.IsNaN(r) {
		return r
	}
	return 0 // all of one size, or asked for alike
}

func ranks(values []float64) []float64 {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		switch {
		case values[i] < values[j]:
			return -1
		case values[i] > values[j]:
			return 1
		}
		return 0
	})
	list := make([]float64, len(values))
	for i := 0; i < len(order); {
		to := i
		for to < len(order) && values[order[to]] == values[order[i]] {
			to++
		}
		for k := i; k < to; k++ {
			list[order[k]] = float64(i+to-1) / 2
		}
		i = to
	}
	return list
}
