package report

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"edgesim/results"
)

// mostEmpty is how many buckets a report of all of a range may have. A range
// of more has only those in which something happened.
const mostEmpty = 20_000

// timeline numbers time buckets. A bucket's number is the Unix time over the
// grain, so that hours and days begin where the clock's do, in UTC; a record
// belongs to the bucket in which its response ended, as the rows of a CloudFront
// log do.
type timeline struct {
	o     Options
	grain int64 // ns
	epoch int64 // ns since 1970
}

func newTimeline(o Options) timeline {
	t := timeline{o: o, grain: int64(o.Grain), epoch: o.at(0).UnixNano()}
	if t.grain <= 0 {
		t.grain = int64(time.Hour)
	}
	return t
}

// coarsen makes the buckets longer, and gives the function that tells which one a
// bucket of before is part of.
func (t *timeline) coarsen(grain time.Duration) (of func(number int64) int64) {
	before := t.grain
	t.grain = int64(grain)
	return func(number int64) int64 { return floorDiv(number*before, t.grain) }
}

// of is the number of the record's bucket.
func (t *timeline) of(r *results.Record) int64 { return floorDiv(t.epoch+r.End(), t.grain) }

// start is the moment at which a bucket begins.
func (t *timeline) start(n int64) time.Time { return time.Unix(0, n*t.grain).UTC() }

// cell is the bucket's start as a table has it.
func (t *timeline) cell(n int64) Cell {
	start := t.start(n)
	return Cell{Text: moment(start), Num: float64(start.UnixNano()) / 1e9}
}

// number is the number of the bucket that a table's cell begins.
func (t *timeline) number(c Cell) (int64, error) {
	at, err := time.Parse(time.RFC3339Nano, c.Text)
	if err != nil {
		return 0, fmt.Errorf("time bucket %q: right is a time in RFC 3339", c.Text)
	}
	return floorDiv(at.UnixNano(), t.grain), nil
}

// numbers are the buckets that get rows, in order of time: every one of the range
// and of those seen, empty ones included, unless there are too many; then a note
// says so.
func (t *timeline) numbers(seen map[int64]bool) (list []int64, note string) {
	first, last := t.bounds(seen)
	if last < first {
		return nil, ""
	}
	if last-first < mostEmpty {
		for n := first; n <= last; n++ {
			list = append(list, n)
		}
		return list, ""
	}
	return slices.Sorted(maps.Keys(seen)),
		fmt.Sprintf("The range has more than %d time buckets: empty ones are left out.", mostEmpty)
}

// bounds is the first and last bucket of the range and of those seen; last is
// before first when there are neither.
func (t *timeline) bounds(seen map[int64]bool) (first, last int64) {
	first, last = math.MaxInt64, math.MinInt64
	widen := func(a, b int64) { first, last = min(first, a), max(last, b) }
	if from, to := t.o.rangeOf(); from.Before(to) {
		widen(floorDiv(from.UnixNano(), t.grain), floorDiv(to.UnixNano()-1, t.grain))
	}
	for n := range seen {
		widen(n, n)
	}
	return first, last
}

// granularity is CloudFront's word for the grain where it has one.
func (t *timeline) granularity() string {
	switch time.Duration(t.grain) {
	case time.Hour:
		return "Hourly"
	case 24 * time.Hour:
		return "Daily"
	}
	return time.Duration(t.grain).String()
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
