package plot

import (
	"math"
	"time"

	"edgesim/results"
	"edgesim/results/report"
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

// CutShort says that the run ended with its last record.
func (b *buckets[T]) CutShort() { b.length = 0 }

// measured is how long bucket i was measured: the last one may be cut short.
func (b *buckets[T]) measured(i int) time.Duration {
	return min(b.grain, b.span()-time.Duration(i)*b.grain)
}

// perSecond is n of bucket i as a rate.
func (b *buckets[T]) perSecond(i int, n int64) float64 {
	return float64(n) / max(b.measured(i), time.Microsecond).Seconds()
}

// drawn is how many of the buckets are drawn: as in charts of tables, one that was
// measured for less than report.LeastCovered of its length is not, unless it is alone.
func (b *buckets[T]) drawn() int {
	n := len(b.all)
	if n > 1 && b.measured(n-1) < time.Duration(report.LeastCovered*float64(b.grain)) {
		return n - 1
	}
	return n
}

// series fills a line's points with the buckets' beginnings, in seconds since
// the run began, and what f says of each; NaN breaks the line.
func (b *buckets[T]) series(l Line, f func(i int, t *T) float64) Line {
	n := b.drawn()
	l.X, l.Y = make(Numbers, n), make(Numbers, n)
	for i := range n {
		l.X[i], l.Y[i] = (time.Duration(i) * b.grain).Seconds(), rounded(f(i, &b.all[i]))
	}
	return l
}

// figure is a figure over the run's time, the warm-up marked.
func (b *buckets[T]) figure(o Options) *Figure {
	f := &Figure{X: Axis{Label: "time since the run began", Scale: Elapsed, Max: b.span().Seconds()}, Step: b.grain.Seconds()}
	if o.Warmup > 0 {
		f.Spans = []Span{{Label: "warm-up", To: min(o.Warmup, b.span()).Seconds()}}
	}
	return f
}

// rounded is v to seven digits: more than any paper or screen shows, and a
// third of the length in JSON.
func rounded(v float64) float64 {
	if v == math.Trunc(v) || math.IsNaN(v) || math.IsInf(v, 0) {
		return v
	}
	unit := math.Pow(10, 6-math.Floor(math.Log10(math.Abs(v))))
	if r := math.Round(v*unit) / unit; !math.IsNaN(r) && !math.IsInf(r, 0) {
		return r
	}
	return v
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

// warm reports whether r belongs to the warm-up, which figures leave out.
func (o Options) warm(r *results.Record) bool {
	return o.Warmup > 0 && r.At < int64(o.Warmup) || r.Flags.Has(results.Warm)
}
