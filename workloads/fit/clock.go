package fit

import "math"

// clock is what is kept of the times of requests: the gaps between them, and at
// widths from 1 ms on, each twice the one before, how the numbers in windows of that
// width vary.
type clock struct {
	n           int64
	first, last int64   // ns
	step        int64   // greatest common divisor of the gaps: how finely times are told
	sum, square float64 // of the gaps, s
	scales      [scales]scale
	hours       []float64 // requests by hour of the clock, from the first's
	hour        int64     // of the first, since the clock's beginning
}

// scale counts windows of one width.
type scale struct {
	window      int64 // number of the one that is being counted
	in          float64
	windows     float64 // that are done
	sum, square float64 // of their counts
	before      float64 // count of the last one done
	changed     float64 // squares of the changes from one to the next, added up
}

const (
	scales     = 24 // the widest windows are of 2.3 hours
	leastWidth = int64(1e6)
	hour       = int64(3600e9)
	mostHours  = 24 * 400
)

func newClock() clock { return clock{} }

// add takes the time of the next request. One that goes back counts as now.
func (c *clock) add(at int64) {
	if c.n == 0 {
		c.first, c.last, c.hour = at, at, at/hour
	}
	at = max(at, c.last)
	if c.n > 0 {
		gap := at - c.last
		c.step = divisor(c.step, gap)
		s := float64(gap) / 1e9
		c.sum += s
		c.square += s * s
	}
	c.n++
	c.last = at
	width := leastWidth
	for i := range c.scales {
		c.scales[i].add((at - c.first) / width)
		width *= 2
	}
	if h := at/hour - c.hour; h < mostHours {
		for int64(len(c.hours)) <= h {
			c.hours = append(c.hours, 0)
		}
		c.hours[h]++
	}
}

func divisor(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func (s *scale) add(window int64) {
	if window != s.window {
		s.done(s.in)
		if between := float64(window - s.window - 1); between > 0 {
			s.done(0)
			s.windows += between - 1 // empty, and no change
		}
		s.window, s.in = window, 0
	}
	s.in++
}

func (s *scale) done(count float64) {
	if s.windows > 0 {
		s.changed += (count - s.before) * (count - s.before)
	}
	s.windows++
	s.sum += count
	s.square += count * count
	s.before = count
}

// local is half the mean square of the change from a window to the next over the mean
// (Allan's factor): 1 of a Poisson process, like the dispersion, and not moved by what
// changes over many windows, as a day's rise and fall.
func (s *scale) local() float64 {
	return s.changed / (s.windows - 1) / 2 / (s.sum / s.windows)
}

// dispersion is the variance of the counts in windows over their mean, the index of
// dispersion: 1 of a Poisson process. NaN of fewer than 50 windows.
func (s *scale) dispersion() float64 {
	if s.windows < 50 {
		return math.NaN()
	}
	mean := s.sum / s.windows
	return (s.square/s.windows - mean*mean) / mean
}

// seconds is how long the trace lasts.
func (c *clock) seconds() float64 { return float64(c.last-c.first) / 1e9 }
