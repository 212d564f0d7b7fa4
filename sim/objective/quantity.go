// Package objective knows the quantities that promises are made of, reads a promise
// as "ttfb-p99<=50ms", and says whether the figures of a run keep it. It must never
// know how a run is made.
package objective

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"edgesim/sim/unit"
)

// Unit is what a quantity is told in.
type Unit string

const (
	Share     Unit = ""    // 0 to 1
	Seconds   Unit = "s"   // of time
	PerSecond Unit = "/s"  // requests
	Rate      Unit = "B/s" // bytes
)

// Quantity is a figure that a trial comes to.
type Quantity struct {
	Name  string // as in a target: "byte-hit"
	Title string // as over a column: "byte hit ratio"
	Unit  Unit
	About string
	More  bool // more is better
}

// Quantities lists those of a cache that is simulated, in the order of a table.
func Quantities() []Quantity {
	return []Quantity{
		{"hit", "hit ratio", Share, "requests whose response began as a hit", true},
		{"byte-hit", "byte hit ratio", Share, "body bytes that no origin had to send", true},
		{"ttfb-p50", "first byte p50", Seconds, "half of the first bytes come within it", false},
		{"ttfb-p90", "first byte p90", Seconds, "9 of 10 first bytes come within it", false},
		{"ttfb-p99", "first byte p99", Seconds, "99 of 100 first bytes come within it", false},
		{"total-p50", "last byte p50", Seconds, "half of the last bytes come within it", false},
		{"total-p99", "last byte p99", Seconds, "99 of 100 last bytes come within it", false},
		{"origin-rate", "origin requests at peak", PerSecond, "requests to origins in the busiest bucket of time", false},
		{"origin-bandwidth", "origin bytes at peak", Rate, "bytes from origins in the busiest bucket of time", false},
		{"errors", "error ratio", Share, "requests that failed", false},
	}
}

// Find is the quantity of that name among the given ones.
func Find(name string, among []Quantity) (Quantity, error) {
	var names []string
	for _, q := range among {
		if q.Name == name {
			return q, nil
		}
		names = append(names, q.Name)
	}
	return Quantity{}, fmt.Errorf("no quantity %q: there are %s", name, strings.Join(names, ", "))
}

// Show is a value as people read it.
func (u Unit) Show(v float64) string {
	switch u {
	case Share:
		return fmt.Sprintf("%.2f %%", 100*v)
	case Seconds:
		return fmt.Sprintf("%.*f ms", Digits(1000*v), 1000*v)
	case PerSecond:
		return fmt.Sprintf("%.*f/s", Digits(v), v)
	}
	return bits(8 * v)
}

// bits is a bandwidth in bits per second, as networks are sold.
func bits(v float64) string {
	names := []string{"bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"}
	i := 0
	for v >= 1000 && i < len(names)-1 {
		v, i = v/1000, i+1
	}
	return fmt.Sprintf("%.*f %s", Digits(v), v, names[i])
}

// Digits is how many decimals leave a number three digits.
func Digits(v float64) int {
	switch {
	case v >= 100:
		return 0
	case v >= 10:
		return 1
	}
	return 2
}

// Parse reads a value of the unit: 0.95 or 95%, 80ms, 500/s, 1Gbit/s or 100MB/s.
func (u Unit) Parse(text string) (float64, error) {
	switch u {
	case Share:
		v, err := unit.ParseShare(text)
		return float64(v), err
	case Seconds:
		v, err := unit.ParseDuration(text)
		return v.Std().Seconds(), err
	case PerSecond:
		v, err := unit.ParseRate(text)
		return float64(v), err
	}
	return parseBandwidth(text)
}

var bitUnits = []struct {
	name  string
	bytes float64
}{{"kbit/s", 125}, {"Mbit/s", 125e3}, {"Gbit/s", 125e6}, {"Tbit/s", 125e9}}

func parseBandwidth(text string) (float64, error) {
	for _, b := range bitUnits {
		if number, ok := strings.CutSuffix(text, b.name); ok {
			v, err := strconv.ParseFloat(number, 64)
			if err != nil || !(v >= 0) || math.IsInf(v, 0) {
				return 0, fmt.Errorf("bandwidth %q: %q is not a number", text, number)
			}
			return v * b.bytes, nil
		}
	}
	size, ok := strings.CutSuffix(text, "/s")
	if !ok {
		return 0, fmt.Errorf("bandwidth %q: write it as 1Gbit/s or 100MB/s", text)
	}
	v, err := unit.ParseSize(size)
	return float64(v), err
}
