package analytic

import (
	"fmt"
	"math"

	"edgesim/workloads"
)

const (
	// singleRanks are classes of their own: half of the requests and more.
	singleRanks = 1000
	// rankRatio is how far the first and the last rank of a class lie apart.
	rankRatio = 1.02
	// sizeRatio is how far the sizes of a class lie apart.
	sizeRatio = 1.25
)

// Zipf is a population of objects of one byte under Zipf's law: the k-th is asked
// for in proportion to k^−exponent, all together rate times a second.
//
// Ranks beyond the first thousand are put together while they differ by at most
// 2 %, with the mean of their rates, so a billion objects are 1,700 classes. What
// a formula loses by that is of second order in the width: hit ratios differ by
// less than 10^-5 from those of every rank for itself. The sum of k^−s from a+1 to
// b is taken as ∫ x^−s dx from a+½ to b+½, right to s(s+1)/24·a^−2, 10^-7 here.
func Zipf(objects uint64, exponent, rate float64) (Population, error) {
	switch {
	case objects < 1 || objects > workloads.MaxObjects:
		return nil, fmt.Errorf("%d objects; right is 1 to 2^53", objects)
	case !(exponent >= 0 && exponent <= 10):
		return nil, fmt.Errorf("Zipf exponent %v; right is 0 to 10", exponent)
	case !(rate > 0) || math.IsInf(rate, 1):
		return nil, fmt.Errorf("rate %v; right is requests per second, above 0", rate)
	}
	var p Population
	sum := 0.0
	add := func(weight, count float64) {
		p = append(p, Class{Rate: weight / count, Size: 1, Count: count})
		sum += weight
	}
	for k := uint64(1); k <= min(objects, singleRanks); k++ {
		add(math.Pow(float64(k), -exponent), 1)
	}
	for a := uint64(singleRanks); a < objects; {
		b := min(uint64(float64(a)*rankRatio), objects)
		add(powerIntegral(float64(a)+0.5, float64(b)+0.5, exponent), float64(b-a))
		a = b
	}
	return p.Scaled(rate / sum), nil
}

// powerIntegral is ∫ x^−s dx from a to b, also for s = 1.
func powerIntegral(a, b, s float64) float64 {
	grown := math.Log(b / a)
	if x := (1 - s) * grown; math.Abs(x) > 1e-9 {
		return math.Pow(a, 1-s) * math.Expm1(x) / (1 - s)
	}
	return math.Pow(a, 1-s) * grown
}

// WithSizes is the population with sizes of that distribution, which do not
// depend on how often an object is asked for: each class is split.
func (p Population) WithSizes(cells []workloads.SizeCell) Population {
	split := make(Population, 0, len(p)*len(cells))
	for _, c := range p {
		for _, s := range cells {
			of := c
			of.Size, of.Count = s.Mean, c.Count*s.Share
			split = append(split, of)
		}
	}
	return split
}
