package workloads

import "math"

// SizeCell is a part of a size distribution: so many of the objects, and how
// large these are on the average.
type SizeCell struct {
	Share float64 // of the objects; the cells' sum is 1
	Mean  float64 // bytes
}

// Cells cuts the distribution into cells whose sizes differ by at most the factor
// ratio, above 1, the smallest first. Shares and means are those of the formula,
// but for the rounding down to whole bytes, so the cells' mean is the model's.
// Where the body is lognormal with median m and deviation σ, z = ln(x/m)/σ, and
// the tail Pareto from f with index a, the shares below x are
//
//	body: Φ(z)    tail: 1 − (f/x)^a
//
// and their parts of the mean
//
//	body: m·e^{σ²/2}·Φ(z − σ)    tail: a·f/(a−1)·(1 − (f/x)^{a−1}), or f·ln(x/f) for a = 1
//
// with what lies beyond Min or Max in cells of that size.
func (m SizeModel) Cells(ratio float64) ([]SizeCell, error) {
	s, err := newSizes(m)
	if err != nil {
		return nil, err
	}
	if !(ratio > 1) {
		return nil, wrong("ratio of Cells", ratio, "more than 1")
	}
	if s.sigma == 0 && s.tailShare == 0 {
		return []SizeCell{{1, float64(s.at(0.5))}}, nil
	}
	cells := []SizeCell{{s.below(s.min), s.min}}
	for from := s.min; from < s.max; from *= ratio {
		to := min(from*ratio, s.max)
		if share := s.below(to) - s.below(from); share > 0 {
			mean := (s.bytesBelow(to) - s.bytesBelow(from)) / share
			cells = append(cells, SizeCell{share, min(max(mean, from), to)})
		}
	}
	cells = append(cells, SizeCell{1 - s.below(s.max), s.max})
	return significant(cells), nil
}

// significant are the cells with a share that counts.
func significant(cells []SizeCell) []SizeCell {
	kept := cells[:0]
	for _, c := range cells {
		if c.Share > 1e-15 {
			kept = append(kept, c)
		}
	}
	return kept
}

// below is the share of the sizes up to x, before Min and Max.
func (s *sizes) below(x float64) float64 {
	body, tail := 0.0, 0.0
	switch {
	case s.sigma > 0:
		body = normalBelow(math.Log(x/s.median) / s.sigma)
	case x >= s.median:
		body = 1
	}
	if s.tailShare > 0 && x > s.tailFrom {
		tail = 1 - math.Pow(s.tailFrom/x, -1/s.tailRoot)
	}
	return (1-s.tailShare)*body + s.tailShare*tail
}

// bytesBelow is the part of the mean that sizes up to x make.
func (s *sizes) bytesBelow(x float64) float64 {
	body, tail := 0.0, 0.0
	switch {
	case s.sigma > 0:
		body = s.median * math.Exp(s.sigma*s.sigma/2) * normalBelow(math.Log(x/s.median)/s.sigma-s.sigma)
	case x >= s.median:
		body = s.median
	}
	if s.tailShare > 0 && x > s.tailFrom {
		// ∫ y·a·f^a·y^{−a−1} dy from f to x, with the pole at a = 1 taken out.
		a := -1 / s.tailRoot
		grown := math.Log(x / s.tailFrom)
		tail = a * s.tailFrom * grown * expm1Over((1-a)*grown)
	}
	return (1-s.tailShare)*body + s.tailShare*tail
}

// expm1Over is (e^x − 1)/x, which is 1 at 0.
func expm1Over(x float64) float64 {
	if math.Abs(x) < 1e-12 {
		return 1
	}
	return math.Expm1(x) / x
}

// normalBelow is Φ(z).
func normalBelow(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }
