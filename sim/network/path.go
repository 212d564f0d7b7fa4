package network

import (
	"math"
	"time"
)

// Path is what a round trip between two cities takes, by their distance.
type Path struct {
	Stretch  float64       // length of the way in fibre to that over the earth; at least 1
	Speed    float64       // of light in fibre, km/s; above 0
	Overhead time.Duration // of a round trip between cities, beside the way; at least Local
	Local    time.Duration // round trip within a city; above 0
}

// DefaultPath is two thirds of the speed of light over ways that are 1.6 times
// as long as the shortest, 4 ms for what stands in between, and 1 ms within a
// city, as measured within AWS's regions. The stretch is an assumption: of the
// round trips between regions that were measured in 2017 (see matrix aws-2017)
// half are within a fifth of what follows from it.
func DefaultPath() Path {
	return Path{Stretch: 1.6, Speed: 200_000, Overhead: 4 * time.Millisecond, Local: time.Millisecond}
}

// outOfTown is the distance in km from which two places are in different cities
// altogether.
const outOfTown = 100

// RoundTrip is
//
//	RTT(d) = Local + (Overhead − Local)·min(1, d/100 km) + 2·d·Stretch/Speed
//
// for places d km apart. It is concave and not negative, and distances on a
// sphere obey the triangle inequality; so round trips do: a detour by a third
// place is never faster.
func (p Path) RoundTrip(d float64) time.Duration {
	out := float64(p.Overhead-p.Local) * min(1, d/outOfTown)
	return p.Local + time.Duration(out) + p.fibre(d)
}

// fibre is the round trip's part that light spends in fibre.
func (p Path) fibre(d float64) time.Duration {
	return time.Duration(2 * d * p.Stretch / p.Speed * float64(time.Second))
}

// Spread is a lognormal distribution of times over viewers.
type Spread struct {
	Median time.Duration // half are below it; above 0
	P99    time.Duration // 99 of 100 are below it; at least Median
}

// Fixed and Mobile are the round trips between a viewer and an edge location in
// the same city, by what the viewer is connected with: medians of 12 and 35 ms,
// σ of the logarithm 0.6. They are assumptions of the order that public measurements of access
// networks have, not measurements of one.
var (
	Fixed  = Spread{12 * time.Millisecond, 48 * time.Millisecond}
	Mobile = Spread{35 * time.Millisecond, 141 * time.Millisecond}
)

// z99 is the 0.99 quantile of the standard normal distribution.
const z99 = 2.3263478740408408

// lognormal is a Spread made ready, of times in nanoseconds or of rates.
type lognormal struct{ mu, sigma float64 }

func (s Spread) ready() lognormal {
	mu := math.Log(float64(s.Median))
	return lognormal{mu, (math.Log(float64(s.P99)) - mu) / z99}
}

// at is the quantile function, of u in (0, 1): exp(μ + σ·z(u)), where z(u) =
// √2·erf⁻¹(2u−1).
func (l lognormal) at(u float64) float64 {
	return math.Exp(l.mu + l.sigma*math.Sqrt2*math.Erfinv(2*u-1))
}
