package report

import (
	"time"
)

// A run begins and ends where it will, and time buckets where the clock's do: the
// first and the last of them may have been measured for a part of their length only.
// Tables count what there was, and their preamble says what time that is of; drawings
// show as much as the whole of the bucket would have had at that rate.

// LeastCovered is the share of a time bucket that has to have been measured for the
// bucket to be drawn: a quarter. What is less is mostly chance, and what ended after
// the run's time is of no time at all; both are in the table.
const LeastCovered = 0.25

const (
	measuredFrom = "MeasuredFromUTC"
	measuredTo   = "MeasuredToUTC"
)

// Measure says within which time the records that the set covers were measured: a
// run's without its warm-up. Where from is zero, as long as there are records; where to
// is, until the last of them ended.
func (s *Set) Measure(from, to time.Time) {
	s.o.span.measured, s.o.span.from, s.o.span.to = true, from, to
}

// measuredRange is the part of the range that was measured; all of it where nothing
// else is known.
func (o Options) measuredRange() (from, to time.Time) {
	from, to = o.rangeOf()
	if o.span == nil || !o.span.measured {
		return from, to
	}
	begun, ended := o.span.from, o.span.to
	if ended.IsZero() {
		ended = o.at(o.span.last)
	}
	if begun.Before(from) {
		begun = from
	}
	if ended.After(to) {
		ended = to
	}
	if !begun.Before(ended) {
		return from, to
	}
	return begun, ended
}

// measured is what the preamble of a table says of the time that was measured; nothing
// where that is the whole of the range.
func (o Options) measured() [][2]string {
	from, to := o.rangeOf()
	begun, ended := o.measuredRange()
	if begun.Equal(from) && ended.Equal(to) {
		return nil
	}
	return [][2]string{{measuredFrom, moment(begun)}, {measuredTo, moment(ended)}}
}

// Measured is the time within which the table's records were measured, in seconds
// since 1970; false where every bucket was as long as it is.
func (t *Table) Measured() (from, to float64, ok bool) {
	a, errA := time.Parse(time.RFC3339Nano, t.inPreamble(measuredFrom))
	b, errB := time.Parse(time.RFC3339Nano, t.inPreamble(measuredTo))
	if errA != nil || errB != nil || !a.Before(b) {
		return 0, 0, false
	}
	return float64(a.UnixNano()) / 1e9, float64(b.UnixNano()) / 1e9, true
}

// Cover tells which part of a table's time buckets was measured.
type Cover struct {
	from, to, step float64
	known, some    bool // some bucket was measured for the whole of its length
}

// Cover is that of the table's buckets, which begin at those moments, in seconds
// since 1970.
func (t *Table) Cover(starts []float64) Cover {
	c := Cover{step: t.Step()}
	c.from, c.to, c.known = t.Measured()
	for _, at := range starts {
		c.some = c.some || c.Share(at) == 1
	}
	return c
}

// Share is the share of the bucket that was measured, from 0 to 1.
func (c Cover) Share(start float64) float64 {
	if !c.known || c.step <= 0 || c.from <= start && start+c.step <= c.to {
		return 1
	}
	return max(0, min(c.to, start+c.step)-max(c.from, start)) / c.step
}

// Draws reports whether the bucket is drawn. Where none was measured for the whole of
// its length all are: there is nothing that they would seem to fall from.
func (c Cover) Draws(start float64) bool { return !c.some || c.Share(start) >= LeastCovered }

// Times is what a count, or a mean over the bucket's length, is multiplied by to be
// drawn beside others. A count of buckets of which none is whole stays what it is.
func (c Cover) Times(start float64, mean bool) float64 {
	share := c.Share(start)
	if share == 0 || !c.some && !mean {
		return 1
	}
	return 1 / share
}
