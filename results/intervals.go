package results

import (
	"slices"
	"time"
)

// Intervals is a view of what viewers saw that keeps counts and histograms for
// every interval of a run, a second where the run is no longer than an hour. A
// request counts as scheduled in the interval of its intended time, sent or not, as sent in
// that of its actual start, and with all that came of it in that of its end, as
// HdrHistogram's interval logs have it. In which order records come is no matter.
// It is used by one goroutine at a time.
type Intervals struct {
	// Length is how long the run was; 0: as long as its records say.
	Length time.Duration

	width  int64 // ns
	warmup int64 // ns
	latest int64 // end of the last record, ns
	counts []IntervalCounts
	open   map[intervalKey]*intervalTimes
	shut   map[intervalKey]*[Metrics]packed
	last   intervalKey
	lastOf *intervalTimes // of last; nil: none
}

// IntervalCounts are what happened in one interval, warm-up included.
type IntervalCounts struct {
	Scheduled, Sent, Done int64
	Told, Hits            int64 // responses whose result type is known; of these, hits
	Bytes                 int64 // to viewers, headers included

	Faults FaultCounts // requests that failed
}

type intervalKey struct {
	at     int64 // number of the interval
	result Result
	warm   bool
}

type intervalTimes [Metrics]*Histogram

const (
	// mostIntervals is how many intervals of a second a run may have; a longer one
	// has longer ones.
	mostIntervals = 3600
	// mostOpen is how many histograms' triples are held unpacked.
	mostOpen = 32
	// farthest bounds what a record's time can make memory grow to.
	farthest = 1 << 22
)

// IntervalFor is the length of the intervals of a run of that length: a second,
// or 10, or whole minutes, so that there are at most 3,600. An unknown length is 0.
func IntervalFor(length time.Duration) time.Duration {
	switch {
	case length <= mostIntervals*time.Second:
		return time.Second
	case length <= mostIntervals*10*time.Second:
		return 10 * time.Second
	}
	return (length/mostIntervals + time.Minute - 1).Truncate(time.Minute)
}

// NewIntervals returns an empty view of intervals of that width, above 0. Records
// of the warm-up, with an earlier At, count, and are in no histogram of a log.
func NewIntervals(width, warmup time.Duration) *Intervals {
	return &Intervals{
		width: width.Nanoseconds(), warmup: warmup.Nanoseconds(),
		open: map[intervalKey]*intervalTimes{}, shut: map[intervalKey]*[Metrics]packed{},
	}
}

// Width is the length of an interval.
func (v *Intervals) Width() time.Duration { return time.Duration(v.width) }

// Add implements View.
func (v *Intervals) Add(recs []Record) {
	for i := range recs {
		r := &recs[i]
		v.of(r.At).Scheduled++
		v.of(r.At+r.Lag).Sent++
		v.of(r.End()).add(r)
		v.latest = max(v.latest, r.End())
		v.addTimes(r)
	}
}

// measured is how long interval n was measured: the whole of its width, but of the one
// in which the run ended; nothing of those after it, in which the last answers came.
func (v *Intervals) measured(n int64) time.Duration {
	end := v.Length.Nanoseconds()
	if end == 0 {
		end = v.latest
	}
	return time.Duration(min(max(end-n*v.width, 0), v.width))
}

// lasted is how long interval n was, in ns: that of which it was measured, or its width
// after the run's end.
func (v *Intervals) lasted(n int64) int64 {
	if d := v.measured(n); d > 0 {
		return d.Nanoseconds()
	}
	return v.width
}

// number is that of the interval of a moment. One from before the epoch belongs
// to the first.
func (v *Intervals) number(at int64) int64 { return min(max(at, 0)/v.width, farthest-1) }

func (v *Intervals) of(at int64) *IntervalCounts {
	n := v.number(at)
	for int64(len(v.counts)) <= n {
		v.counts = append(v.counts, IntervalCounts{})
	}
	return &v.counts[n]
}

func (c *IntervalCounts) add(r *Record) {
	c.Done++
	c.Bytes += r.BytesOut
	switch r.Response {
	case NoResult, Error:
	case Hit:
		c.Hits++
		c.Told++
	default:
		c.Told++
	}
	if f := r.Failure(); f != NoFault {
		c.Faults[f]++
	}
}

// Unsent counts requests of that intended time that were scheduled and never sent,
// so that no record tells of them.
func (v *Intervals) Unsent(at time.Duration, n int64) { v.of(at.Nanoseconds()).Scheduled += n }

func (v *Intervals) addTimes(r *Record) {
	key := intervalKey{v.number(r.End()), min(r.ResultType(), Results-1), r.warm(v.warmup)}
	if v.lastOf == nil || key != v.last {
		v.last, v.lastOf = key, v.timesOf(key)
	}
	if r.hasFirstByte() {
		v.lastOf[TTFB].Record(r.TTFB)
	}
	if !r.Flags.Has(Aborted) {
		v.lastOf[Total].Record(r.Total)
		v.lastOf[Service].Record(r.Service())
	}
}

func (v *Intervals) timesOf(key intervalKey) *intervalTimes {
	if t := v.open[key]; t != nil {
		return t
	}
	if len(v.open) >= mostOpen {
		v.pack(func(k intervalKey) bool { return k.at < key.at-1 })
	}
	if len(v.open) >= mostOpen {
		v.pack(func(intervalKey) bool { return true })
	}
	t := &intervalTimes{NewHistogram(), NewHistogram(), NewHistogram()}
	v.open[key] = t
	return t
}

// pack packs the open histograms that are chosen.
func (v *Intervals) pack(chosen func(intervalKey) bool) {
	for key, t := range v.open {
		if !chosen(key) {
			continue
		}
		p := v.shut[key]
		if p == nil {
			p = new([Metrics]packed)
			v.shut[key] = p
		}
		for m := range Metrics {
			p[m].pack(t[m])
		}
		delete(v.open, key)
	}
	v.lastOf = nil
}

// keys are those of all histograms, in order of time, and in each interval those
// of the warm-up last.
func (v *Intervals) keys() []intervalKey {
	v.pack(func(intervalKey) bool { return true })
	keys := make([]intervalKey, 0, len(v.shut))
	for key := range v.shut {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b intervalKey) int {
		switch {
		case a.at != b.at:
			return int(a.at - b.at)
		case a.warm != b.warm && b.warm:
			return -1
		case a.warm != b.warm:
			return 1
		}
		return int(a.result) - int(b.result)
	})
	return keys
}
