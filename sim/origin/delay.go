package origin

import (
	"fmt"
	"math"
	"time"
)

// Delay is a distribution of waiting times. The zero Delay is no wait.
type Delay struct {
	Kind      string        // "constant", "lognormal", "empirical", or empty for none
	Constant  time.Duration // constant: the wait
	Median    time.Duration // lognormal: half of all waits are below it; above 0
	P99       time.Duration // lognormal: 99 of 100 waits are below it; at least Median
	Quantiles []Quantile    // empirical: at least one, in ascending order
}

// Quantile says that a share At of all waits is at most Wait.
type Quantile struct {
	At   float64 // 0 to 1
	Wait time.Duration
}

// z99 is the 0.99 quantile of the standard normal distribution.
const z99 = 2.3263478740408408

// sampler is a Delay made ready to be drawn from.
type sampler struct {
	Delay
	mu, sigma float64 // of the logarithm of the wait in nanoseconds
}

// newSampler works out, for a lognormal wait, μ = ln Median and
// σ = (ln P99 − μ)/z(0.99), z being the quantile function of the standard
// normal distribution.
func newSampler(d Delay) sampler {
	if d.Kind != "lognormal" {
		return sampler{Delay: d}
	}
	mu := math.Log(float64(d.Median))
	return sampler{d, mu, (math.Log(float64(d.P99)) - mu) / z99}
}

// at is the quantile function: the wait at u, which is in (0, 1).
//
// Lognormal: exp(μ + σ·z(u)), where z(u) = √2·erf⁻¹(2u−1). Empirical: straight
// lines between the given quantiles, level beyond them.
func (s *sampler) at(u float64) time.Duration {
	switch s.Kind {
	case "constant":
		return s.Constant
	case "lognormal":
		return time.Duration(math.Exp(s.mu + s.sigma*math.Sqrt2*math.Erfinv(2*u-1)))
	case "empirical":
		return interpolate(s.Quantiles, u)
	}
	return 0
}

// Mean is the mean wait: of a lognormal one median·e^{σ²/2}.
func (d Delay) Mean() time.Duration {
	s := newSampler(d)
	switch d.Kind {
	case "constant":
		return d.Constant
	case "lognormal":
		return time.Duration(float64(d.Median) * math.Exp(s.sigma*s.sigma/2))
	case "empirical":
		return meanOf(d.Quantiles)
	}
	return 0
}

// CV2 is the squared coefficient of variation, variance over mean squared: of a
// lognormal wait e^{σ²} − 1.
func (d Delay) CV2() float64 {
	switch d.Kind {
	case "lognormal":
		s := newSampler(d)
		return math.Expm1(s.sigma * s.sigma)
	case "empirical":
		mean := float64(d.Mean())
		if mean == 0 {
			return 0
		}
		return max(0, squareOf(d.Quantiles)/(mean*mean)-1)
	}
	return 0
}

// squareOf is the mean square of straight lines, level beyond them, in ns².
func squareOf(q []Quantile) float64 {
	first, last := q[0], q[len(q)-1]
	sum := first.At*float64(first.Wait)*float64(first.Wait) + (1-last.At)*float64(last.Wait)*float64(last.Wait)
	for k, p := range q[1:] {
		a, b := float64(q[k].Wait), float64(p.Wait)
		sum += (p.At - q[k].At) * (a*a + a*b + b*b) / 3
	}
	return sum
}

// meanOf is the area under straight lines, level beyond them.
func meanOf(q []Quantile) time.Duration {
	first, last := q[0], q[len(q)-1]
	sum := first.At*float64(first.Wait) + (1-last.At)*float64(last.Wait)
	for k, p := range q[1:] {
		sum += (p.At - q[k].At) * float64(p.Wait+q[k].Wait) / 2
	}
	return time.Duration(sum)
}

func interpolate(q []Quantile, u float64) time.Duration {
	if u <= q[0].At {
		return q[0].Wait
	}
	for i := 1; i < len(q); i++ {
		if a, b := q[i-1], q[i]; u <= b.At {
			share := (u - a.At) / (b.At - a.At)
			return a.Wait + time.Duration(share*float64(b.Wait-a.Wait))
		}
	}
	return q[len(q)-1].Wait
}

func (d Delay) check(field string) error {
	switch d.Kind {
	case "":
		if d.Constant != 0 || d.Median != 0 || d.P99 != 0 || len(d.Quantiles) != 0 {
			return fmt.Errorf("%s has numbers but no kind: constant, lognormal or empirical", field)
		}
	case "constant":
		if d.Constant < 0 {
			return fmt.Errorf("%s constant %v: 0 or more", field, d.Constant)
		}
	case "lognormal":
		if d.Median <= 0 || d.P99 < d.Median {
			return fmt.Errorf("%s lognormal with median %v and p99 %v: the median above 0, p99 not below it", field, d.Median, d.P99)
		}
	case "empirical":
		return checkQuantiles(field, d.Quantiles)
	default:
		return fmt.Errorf("%s kind %q: constant, lognormal or empirical", field, d.Kind)
	}
	return nil
}

func checkQuantiles(field string, qs []Quantile) error {
	if len(qs) == 0 {
		return fmt.Errorf("%s empirical without quantiles: at least one", field)
	}
	for i, q := range qs {
		if !(q.At >= 0 && q.At <= 1) || q.Wait < 0 {
			return fmt.Errorf("%s quantile %d (%v at %v): a share of 0 to 1 and a wait of 0 or more", field, i, q.Wait, q.At)
		}
		if i > 0 && (q.At <= qs[i-1].At || q.Wait < qs[i-1].Wait) {
			return fmt.Errorf("%s quantile %d (%v at %v): shares ascend, and waits do not descend", field, i, q.Wait, q.At)
		}
	}
	return nil
}
