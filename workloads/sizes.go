package workloads

import (
	"fmt"
	"math"
)

// SizeModel is the distribution of a type's object sizes: a lognormal body
// with, where wanted, a Pareto tail, the hybrid of SURGE (Barford and Crovella,
// SIGMETRICS 1998). With U uniform on (0, 1) and Φ the normal distribution
// function, a size is
//
//	body, with probability 1 − TailShare:  Median · e^(Sigma·Φ⁻¹(U))
//	tail, with probability TailShare:      TailFrom · U^(−1/TailIndex)
//
// brought within Min and Max and rounded down to whole bytes. A tail of index
// 2 or less has no finite variance, and of index 1 or less no finite mean:
// there Max decides what the average object weighs.
type SizeModel struct {
	Median    int64   // bytes, of the body; at least 1
	Sigma     float64 // standard deviation of ln(size) in the body; 0: from P99, or all alike
	P99       int64   // bytes, 99th percentile of the body, in place of Sigma; 0: Sigma counts
	TailShare float64 // share of objects in the tail, 0 to 1; 0: no tail
	TailFrom  int64   // bytes, the smallest size of the tail
	TailIndex float64 // above 0; the smaller, the heavier the tail
	Min       int64   // bytes; 0: 1
	Max       int64   // bytes; 0: 1 TiB
}

const (
	defaultMaxSize = 1 << 40
	z99            = 2.3263478740408408 // Φ⁻¹(0.99)
)

// sizes is a SizeModel made ready for drawing.
type sizes struct {
	median, sigma                 float64
	tailShare, tailFrom, tailRoot float64 // tailRoot is −1/TailIndex
	min, max                      float64
}

// check returns the model with its defaults filled in, or an error that names
// the field.
func (m SizeModel) check() (SizeModel, error) {
	if m.Min == 0 {
		m.Min = 1
	}
	if m.Max == 0 {
		m.Max = max(defaultMaxSize, m.Min)
	}
	switch {
	case m.Median < 1:
		return m, wrong("Median", m.Median, "at least 1 byte")
	case !(m.Sigma >= 0 && m.Sigma <= 20):
		return m, wrong("Sigma", m.Sigma, "0 to 20")
	case m.P99 != 0 && m.Sigma != 0:
		return m, wrong("P99", m.P99, "it or Sigma, not both")
	case m.P99 != 0 && m.P99 < m.Median:
		return m, wrong("P99", m.P99, fmt.Sprintf("at least the Median, %d", m.Median))
	case m.Min < 1 || m.Max < m.Min || m.Max > MaxObjects:
		return m, wrong("Min and Max", fmt.Sprintf("%d and %d", m.Min, m.Max), "1 ≤ Min ≤ Max ≤ 2^53")
	}
	return m, m.checkTail()
}

func (m SizeModel) checkTail() error {
	switch {
	case !(m.TailShare >= 0 && m.TailShare <= 1):
		return wrong("TailShare", m.TailShare, "0 to 1")
	case m.TailShare == 0:
		return nil
	case m.TailFrom < 1:
		return wrong("TailFrom", m.TailFrom, "at least 1 byte")
	case !(m.TailIndex > 0):
		return wrong("TailIndex", m.TailIndex, "more than 0")
	}
	return nil
}

func newSizes(m SizeModel) (sizes, error) {
	m, err := m.check()
	if err != nil {
		return sizes{}, err
	}
	s := sizes{
		median: float64(m.Median), sigma: m.Sigma, min: float64(m.Min), max: float64(m.Max),
		tailShare: m.TailShare, tailFrom: float64(m.TailFrom),
	}
	if m.P99 != 0 {
		s.sigma = math.Log(float64(m.P99)/float64(m.Median)) / z99
	}
	if m.TailShare > 0 {
		s.tailRoot = -1 / m.TailIndex
	}
	return s, nil
}

// at is the size that u, uniform on (0, 1), stands for. The part of u below
// tailShare, stretched to (0, 1), is the U of the tail; the part above it that
// of the body.
func (s *sizes) at(u float64) int64 {
	var x float64
	switch {
	case u < s.tailShare:
		x = s.tailFrom * math.Pow(u/s.tailShare, s.tailRoot)
	case s.sigma == 0:
		x = s.median
	default:
		x = s.median * exp(s.sigma*normalQuantile((u-s.tailShare)/(1-s.tailShare)))
	}
	return int64(min(max(x, s.min), s.max))
}

// normalQuantile is Φ⁻¹(p) = √2·erf⁻¹(2p − 1).
func normalQuantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }
