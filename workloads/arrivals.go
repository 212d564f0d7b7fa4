package workloads

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Arrivals are the intended times of requests. Next is the time of the next
// one since the run began; it never goes back. Beyond the 292 years that a
// Duration holds it stays at the end.
type Arrivals interface{ Next() time.Duration }

// ArrivalConfig is what every kind of arrivals is made from.
type ArrivalConfig struct {
	Rate float64   // requests per second, on average; above 0
	RNG  *rand.PCG // the chance of this kind alone
}

// ArrivalKind is one kind of arrivals, as its file registers it.
type ArrivalKind struct {
	Name  string // lower case, as on the command line
	Usage string // what it is, in one line
	New   func(ArrivalConfig) Arrivals
}

var arrivalKinds []ArrivalKind

func registerArrivals(k ArrivalKind) { arrivalKinds = append(arrivalKinds, k) }

// ArrivalKinds lists every kind of arrivals, by name.
func ArrivalKinds() []ArrivalKind {
	kinds := slices.Clone(arrivalKinds)
	slices.SortFunc(kinds, func(a, b ArrivalKind) int { return cmp.Compare(a.Name, b.Name) })
	return kinds
}

// NewArrivals makes arrivals of the kind of that name.
func NewArrivals(name string, cfg ArrivalConfig) (Arrivals, error) {
	if !(cfg.Rate > 0) || math.IsInf(cfg.Rate, 0) {
		return nil, wrong("Rate", cfg.Rate, "more than 0 requests per second")
	}
	kind, err := findArrivals(name)
	if err != nil {
		return nil, err
	}
	return kind.New(cfg), nil
}

func findArrivals(name string) (ArrivalKind, error) {
	var names []string
	for _, k := range ArrivalKinds() {
		if k.Name == name {
			return k, nil
		}
		names = append(names, k.Name)
	}
	return ArrivalKind{}, fmt.Errorf("unknown Arrivals %q: there are %s", name, strings.Join(names, ", "))
}

// nanoseconds rounds a time down to a Duration and keeps it within one.
func nanoseconds(ns float64) time.Duration {
	if ns >= math.MaxInt64 {
		return math.MaxInt64
	}
	return time.Duration(ns)
}
