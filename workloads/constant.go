package workloads

import "time"

func init() {
	arrivals.register(ArrivalKind{
		Name:  "constant",
		Usage: "evenly spaced, the first at once",
		New:   func(c ArrivalConfig, _ Params) (Arrivals, error) { return &constant{rate: c.Rate}, nil },
	})
}

// constant arrivals are evenly spaced: the k-th, from 0, is at k/rate. Each time
// is computed from k, not from the one before, so that no rounding adds up:
// every one is right to the nanosecond for the first 104 days (2^53 ns), and
// to the 53 digits of a float64 from there on.
type constant struct {
	rate float64 // per second
	k    uint64
}

// Next implements Arrivals.
func (c *constant) Next() time.Duration {
	at := float64(c.k) * float64(time.Second) / c.rate
	c.k++
	return nanoseconds(at)
}
