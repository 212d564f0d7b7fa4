package analytic

import (
	"fmt"
	"math"

	"edgesim/workloads"
)

// ShotNoise is a population that comes and goes (S. Traverso, M. Ahmed, M.
// Garetto, P. Giaccone, E. Leonardi, S. Niccolini, Temporal locality in today's
// content caching, SIGCOMM CCR 43(5), 2013): objects are born at random times, and
// each is asked for V times on the average, at a rate that falls exponentially with
// its age.
type ShotNoise struct {
	Births float64 // objects per second
	Life   float64 // seconds: the mean age at which an object is asked for
	Size   float64 // bytes of an object; 1 where objects are counted
	// Volumes are how often objects are asked for, in classes.
	Volumes []Volume
}

// Volume is a share of the objects that are asked for so many times on the
// average.
type Volume struct{ Share, Requests float64 }

// ParetoVolumes are classes of a Pareto distribution of that mean with
// P(V > x) ∝ x^−beta, beta above 1: equal shares of the logarithm of the
// probability, the last 10^-9 of it in one.
func ParetoVolumes(mean, beta float64) ([]Volume, error) {
	if !(mean > 0) || !(beta > 1) || math.IsInf(mean*beta, 1) {
		return nil, fmt.Errorf("volumes of mean %v and index %v; right is a mean above 0 and an index above 1", mean, beta)
	}
	least := mean * (beta - 1) / beta
	var all []Volume
	const ratio = 1.1
	for above := 1.0; above > 0; {
		below := above / ratio
		if below < 1e-9 {
			below = 0
		}
		// The mean of x over the quantiles between: x = least·p^(−1/β).
		e := 1 - 1/beta
		sum := least * (math.Pow(above, e) - math.Pow(below, e)) / e
		all = append(all, Volume{above - below, sum / (above - below)})
		above = below
	}
	return all, nil
}

// ParseShots reads a popularity as workloads writes it, shot_noise:requests=25,life=3d,
// of which rate requests per second are for objects of so many bytes.
func ParseShots(spec string, rate, size float64) (ShotNoise, error) {
	name, p, err := workloads.ParsePopularity(spec)
	if err != nil {
		return ShotNoise{}, err
	}
	if name != "shot_noise" {
		return ShotNoise{}, fmt.Errorf("popularity %s has no formula here; right is shot_noise, as shot_noise:requests=25,beta=2,life=3d", name)
	}
	volumes, err := ParetoVolumes(p["requests"], p["beta"])
	if err != nil {
		return ShotNoise{}, err
	}
	s := ShotNoise{Births: rate / p["requests"], Life: p["life"], Size: size, Volumes: volumes}
	return s, s.check()
}

func (s ShotNoise) check() error {
	switch {
	case !(s.Births > 0 && s.Life > 0 && s.Size > 0) || math.IsInf(s.Births*s.Life*s.Size, 1):
		return fmt.Errorf("shot noise of %v births per second, a life of %v s and %v bytes; right are numbers above 0", s.Births, s.Life, s.Size)
	case len(s.Volumes) == 0:
		return fmt.Errorf("shot noise without volumes; right is at least one class")
	}
	for i, v := range s.Volumes {
		if !(v.Share >= 0 && v.Requests >= 0) || math.IsInf(v.Requests, 1) {
			return fmt.Errorf("volume %d: a share of %v asked for %v times; right are numbers from 0", i, v.Share, v.Requests)
		}
	}
	return nil
}

// ages are the steps of the integrals over an object's age, in lives; past 30 of
// them nothing is left.
const (
	ageStep = 1.0 / 64
	ageMost = 30
)

// LRU is the hit ratio and characteristic time in seconds of an LRU cache of that
// capacity (E. Leonardi, G. L. Torrisi, Least recently used caches under the shot
// noise model, INFOCOM 2015): with H(u) = 1 − e^{−u/L} the share of an object's
// requests that come by age u,
//
//	births·size·∫ E[1 − e^{−V(H(u)−H(u−T))}] du = capacity
//	hit = 1 − ∫ E[V·h(u)·e^{−V(H(u)−H(u−T))}] du / E[V]
func (s ShotNoise) LRU(capacity float64) (hit, time float64, err error) {
	if err := s.check(); err != nil {
		return 0, 0, err
	}
	if !(capacity > 0) {
		return 0, 0, fmt.Errorf("capacity %v; right is above 0", capacity)
	}
	// In lives: an object stays T after its last request.
	held := func(T float64) float64 {
		return s.Births * s.Size * s.Life * s.integral(T, func(v, within, _ float64) float64 { return -math.Expm1(-v * within) })
	}
	T := rising(held, capacity, 1e-9)
	if T > 1e6 {
		T = math.Inf(1)
	}
	missed := s.integral(T, func(v, within, density float64) float64 { return v * density * math.Exp(-v*within) })
	volume := s.Rate() / s.Births
	if volume == 0 {
		return 0, 0, fmt.Errorf("shot noise without requests; right is a volume above 0")
	}
	return 1 - missed/volume, T * s.Life, nil
}

// Answer is what LRU of that capacity does with the objects.
func (s ShotNoise) Answer(capacity float64) (Answer, error) {
	hit, time, err := s.LRU(capacity)
	if err != nil {
		return Answer{}, err
	}
	a := Answer{Model: "lru", Capacity: capacity, Hit: hit, ByteHit: hit, Miss: 1 - hit, Herd: 1}
	if !math.IsInf(time, 1) {
		a.Time = time
	}
	a.OriginRequests = a.Miss * s.Rate()
	a.OriginBytes = a.OriginRequests * s.Size
	return a, nil
}

// Rate is requests per second.
func (s ShotNoise) Rate() (sum float64) {
	for _, v := range s.Volumes {
		sum += v.Share * v.Requests
	}
	return sum * s.Births
}

// integral is over ages u, in lives, of the mean over volumes of what of says of
// one, of the share of its requests within T before u and of their density at u.
// Simpson's rule, with steps that begin small: what a young object does counts.
func (s ShotNoise) integral(T float64, of func(v, within, density float64) float64) (sum float64) {
	end := ageMost + min(T, 1e6)
	at := func(u float64) (mean float64) {
		within := math.Exp(-max(u-T, 0)) - math.Exp(-u)
		for _, v := range s.Volumes {
			mean += v.Share * of(v.Requests, within, math.Exp(-u))
		}
		return mean
	}
	piece := func(from, to float64, steps int) {
		h := (to - from) / float64(steps)
		for k := range steps {
			a := from + float64(k)*h
			sum += h / 6 * (at(a) + 4*at(a+h/2) + at(a+h))
		}
	}
	// Ages before T, and after it, where an object begins to leave.
	edge := min(T, end)
	for _, p := range [][2]float64{{0, min(edge, 1)}, {min(edge, 1), min(edge, ageMost)}, {min(edge, ageMost), edge}, {edge, min(edge+1, end)}, {min(edge+1, end), end}} {
		if p[1] > p[0] {
			piece(p[0], p[1], 64)
		}
	}
	return sum
}

// WarmUp is the share of requests that miss, time seconds after the cache was
// emptied: exact for LRU until it is full, about T seconds later; from then on it
// is the steady state's.
func (c *Cache) WarmUp(time float64) float64 {
	missed := 0.0
	for i, class := range c.pop {
		missed += class.Count * class.Rate * max(math.Exp(-class.Rate*time), 1-c.hits[i])
	}
	return missed / c.pop.Rate()
}

// Below is how many seconds after it was emptied a cache misses less than the
// share; ok is false where it always misses more.
func (c *Cache) Below(share float64) (time float64, ok bool) {
	hit, _ := c.Hit()
	if 1-hit > share {
		return 0, false
	}
	time = rising(func(t float64) float64 { return 1 - c.WarmUp(t) }, 1-share, 1e-9)
	return time, !math.IsInf(time, 1)
}
