package workloads

import (
	"math"
	"time"
)

// clock adds up gaps. The time is kept as whole nanoseconds and a fraction of
// one, so that sixty days of short gaps add up without losing digits.
type clock struct {
	at       time.Duration
	fraction float64 // ns, 0 to 1, beyond at
}

// advance moves the clock on by a gap in ns, at least 0, and says the time. It
// stays at the end of what a Duration holds.
func (c *clock) advance(gap float64) time.Duration {
	gap += c.fraction
	step := nanoseconds(gap)
	c.fraction = gap - float64(step)
	if step < forever-c.at {
		c.at += step
	} else {
		c.at = forever
	}
	return c.at
}

// forever is the last moment that there is.
const forever = time.Duration(math.MaxInt64)
