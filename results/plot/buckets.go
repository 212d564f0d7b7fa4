package plot

import (
	"math"
	"time"

	"gonum.org/v1/plot/vg"

	"edgesim/results"
)

// maxBuckets bounds what a clock gone wrong can make a plot allocate.
const maxBuckets = 1 << 16

// buckets cut a run's time into pieces of one grain and keep a T of each. A
// record from before the run counts in the first bucket, one from after its
// planned end in the last.
type buckets[T any] struct {
	grain  time.Duration
	length time.Duration // 0: as long as the records are
	all    []T
	last   time.Duration // latest moment seen
}

func newBuckets[T any](o Options) buckets[T] {
	return buckets[T]{grain: max(o.Grain, 0), length: max(o.Length, 0)}.ready()
}

// ready puts a grain where none is given: a second, or what makes the run 240
// buckets long.
func (b buckets[T]) ready() buckets[T] {
	if b.grain == 0 {
		b.grain = max(time.Second, b.length/240)
	}
	return b
}

// at is the bucket of the moment ns after the run's beginning.
func (b *buckets[T]) at(ns int64) *T {
	moment := max(time.Duration(ns), 0)
	if b.length > 0 {
		moment = min(moment, b.length-1)
	}
	i := min(int(moment/b.grain), maxBuckets-1)
	for len(b.all) <= i {
		var zero T
		b.all = append(b.all, zero)
	}
	b.last = max(b.last, moment)
	return &b.all[i]
}

// span is the time that the plot covers.
func (b *buckets[T]) span() time.Duration {
	if b.length > 0 {
		return b.length
	}
	return b.last + 1
}

// seconds is the width of bucket i: the last one may be cut short.
func (b *buckets[T]) seconds(i int) float64 {
	from := time.Duration(i) * b.grain
	return max(min(b.grain, b.span()-from), time.Microsecond).Seconds()
}

// line is a line through the buckets' middles, in units of unit. f says a
// bucket's value; NaN breaks the line.
func (b *buckets[T]) line(unit time.Duration, f func(i int, t *T) float64) []point {
	pts := make([]point, 0, len(b.all))
	for i := range b.all {
		from := (time.Duration(i) * b.grain).Seconds()
		middle := from + b.seconds(i)/2
		pts = append(pts, point{X: middle / unit.Seconds(), Y: f(i, &b.all[i])})
	}
	if len(pts) > 1 {
		// What a bucket says holds from edge to edge, so the line's ends do too.
		first, last := pts[0], pts[len(pts)-1]
		end := (time.Duration(len(pts)-1) * b.grain).Seconds() + b.seconds(len(pts)-1)
		pts = append([]point{{X: 0, Y: first.Y}}, pts...)
		pts = append(pts, point{X: end / unit.Seconds(), Y: last.Y})
	}
	return pts
}

// share is part/whole in percent; NaN, which breaks a line, without a whole.
func share(part, whole int64) float64 {
	if whole == 0 {
		return math.NaN()
	}
	return 100 * float64(part) / float64(whole)
}

// every names a bucket's width for a label: "each second", "every 10 s".
func every(grain time.Duration) string {
	switch {
	case grain == time.Second:
		return "each second"
	case grain == time.Minute:
		return "each minute"
	case grain == time.Hour:
		return "each hour"
	case grain == 24*time.Hour:
		return "each day"
	}
	for _, u := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "days"}, {time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}} {
		if grain%u.size == 0 {
			return "every " + num(float64(grain/u.size)) + " " + u.name
		}
	}
	return "every " + grain.String()
}

// shaded is what the subtitle says of the warm-up where its band is too narrow
// for a name.
func (o Options) shaded(span time.Duration) string {
	if o.Warmup > 0 && float64(o.Warmup) < 0.1*float64(span) {
		return "warm-up shaded"
	}
	return ""
}

// pen is how wide a line of so many points is.
func (b *buckets[T]) pen() vg.Length {
	if len(b.all) > 120 {
		return lineWidth - 0.8
	}
	return lineWidth
}

// warm reports whether r belongs to the warm-up, which figures leave out.
func (o Options) warm(r *results.Record) bool {
	return r.At < int64(o.Warmup) || r.Flags.Has(results.Warm)
}
