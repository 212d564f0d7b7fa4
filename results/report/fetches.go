package report

import (
	"math"
	"math/bits"

	"edgesim/results"
)

// fetches remember when each object was last fetched by each edge location. Where
// their number is bounded, those are forgotten that were not fetched again while
// that many others were.
type fetches struct {
	most       int // 0: any number
	young, old results.Tally[fetch]
	forgot     bool
}

// fetch is one's beginning and end, in ns since the epoch.
type fetch struct{ from, to int64 }

// add remembers the record's fetch. It says how many ns lie between it and the
// latest before, and whether there was one that did not go on at the same time.
func (f *fetches) add(key uint64, r *results.Record) (interval int64, again bool) {
	last, known := f.last(key)
	now := fetch{r.At, r.End()}
	switch {
	case !known:
		*last = now
		return 0, false
	case now.from >= last.to:
		interval, again = now.from-last.to, true
		*last = now
	case now.to <= last.from: // out of order
		interval, again = last.from-now.to, true
	default:
		last.to = max(last.to, now.to)
	}
	return interval, again
}

// last is what is known under key.
func (f *fetches) last(key uint64) (last *fetch, known bool) {
	n := f.young.Len()
	last = f.young.At(key)
	if f.young.Len() == n {
		return last, true
	}
	if f.most == 0 {
		return last, false
	}
	before, known := f.old.Get(key)
	if known {
		*last = before
	}
	if f.young.Len() >= f.most {
		now := *last
		f.old, f.young = f.young, results.Tally[fetch]{}
		f.forgot = true
		last = f.young.At(key)
		*last = now
	}
	return last, known
}

// intervals are times between fetches, in bins of whole seconds below 8 s and of
// a quarter of a doubling above, up to half a year. Counts are halved when one
// outgrows its 16 bits, which leaves their proportions.
//
// Bin 4·(e−1) + q holds (4 + q)·2^(e−2) s and less than 2^(e−2) s more, for e
// from 2 on; the bins before it hold as many seconds as their number.
type intervals [intervalBins]uint16

const intervalBins = 96

func intervalBin(ns int64) int {
	s := uint64(max(ns, 0) / 1e9)
	e := bits.Len64(s) - 1
	if e < 2 {
		return int(s)
	}
	return min(4*(e-1)+int(s>>(e-2)&3), intervalBins-1)
}

// intervalRange is a bin's least number of seconds and how many it spans.
func intervalRange(bin int) (least, span float64) {
	if bin < 4 {
		return float64(bin), 1
	}
	span = float64(int64(1) << (bin/4 - 1))
	return float64(4+bin%4) * span, span
}

func (v *intervals) add(ns int64) {
	n := &v[intervalBin(ns)]
	if *n == math.MaxUint16 {
		for i := range v {
			v[i] /= 2
		}
	}
	*n++
}

// at is the bin in which a share q of the intervals is reached; -1 of none.
func (v *intervals) at(q float64) int {
	all := 0.0
	for _, n := range v {
		all += float64(n)
	}
	seen := 0.0
	for bin, n := range v {
		if seen += float64(n); n > 0 && seen >= q*all {
			return bin
		}
	}
	return -1
}

// middle is about the median, in seconds.
func (v *intervals) middle() Cell {
	bin := v.at(0.5)
	if bin < 0 {
		return noNumber
	}
	least, span := intervalRange(bin)
	return num(least + span/2)
}

// covering is the number of seconds that a share q of the intervals is below.
func (v *intervals) covering(q float64) Cell {
	bin := v.at(q)
	if bin < 0 {
		return noNumber
	}
	least, span := intervalRange(bin)
	return num(least + span)
}
