package workloads

import (
	"math"
	"math/rand/v2"
	"time"
)

// Arrivals are the intended times of requests. Next is the time of the next
// one since the run began; it never goes back. Beyond the 292 years that a
// Duration holds it stays at the end.
type Arrivals interface{ Next() time.Duration }

// ArrivalConfig is what every kind of arrivals is made from.
type ArrivalConfig struct {
	Rate  float64   // requests per second, on average; above 0
	RNG   *rand.PCG // the chance of this kind alone
	Shape *Shape    // how the rate changes with time; nil: not at all
}

// ArrivalKind is one kind of arrivals, as its file registers it.
type ArrivalKind = Kind[ArrivalConfig, Arrivals]

var arrivals = Kinds[ArrivalConfig, Arrivals]{what: "arrivals"}

// ArrivalKinds lists every kind of arrivals, by name.
func ArrivalKinds() []ArrivalKind { return arrivals.All() }

// ArrivalNames are the names of all kinds of arrivals.
func ArrivalNames() []string { return arrivals.Names() }

// CheckArrivals says what is wrong with a spec of arrivals.
func CheckArrivals(spec string) error {
	_, _, err := arrivals.Parse(spec)
	return err
}

// NewArrivals makes the arrivals that spec names, as poisson.
func NewArrivals(spec string, cfg ArrivalConfig) (Arrivals, error) {
	if !(cfg.Rate > 0) || math.IsInf(cfg.Rate, 0) {
		return nil, wrong("Rate", cfg.Rate, "more than 0 requests per second")
	}
	made, err := arrivals.New(spec, cfg)
	if err != nil || cfg.Shape == nil {
		return made, err
	}
	return newWarp(made, cfg.Shape), nil
}

// nanoseconds rounds a time down to a Duration and keeps it within one.
func nanoseconds(ns float64) time.Duration {
	if ns >= math.MaxInt64 {
		return math.MaxInt64
	}
	return time.Duration(ns)
}
