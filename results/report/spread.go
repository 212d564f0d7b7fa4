package report

import (
	"math"
	"math/bits"
)

// A spread is a distribution of times in little memory, for reports that keep
// one for every hour: counts by whole microseconds below 256 µs and by 128 steps
// to every doubling above, so that a quantile is right to 0.4 %, up to two hours.
// A doubling in which nothing happened takes no memory; one in which something
// did, half a KiB. Count, sum and longest are exact to the microsecond.
//
// A bin is 128·page + slot:
//
//	page 0: slot µs
//	page p: (128 + slot)·2^(p−1) µs and less than a slot more
type spread struct {
	pages   [spreadPages]*[perPage]uint32
	beyond  map[int]int64 // what a bin counts beyond 32 bits
	n       int64
	sum     int64 // µs
	longest int64 // µs
}

const (
	perPageBits = 7
	perPage     = 1 << perPageBits
	spreadPages = 27
	// mostMicros is the longest time, 2^33 − 1 µs or 2 h 23 min; longer ones count
	// as this long.
	mostMicros = perPage<<(spreadPages-1) - 1
)

// micros is ns in whole microseconds, within a spread's range.
func micros(ns int64) int64 { return min(max((ns+500)/1000, 0), mostMicros) }

// add counts one time.
func (s *spread) add(us int64) {
	s.count(binOf(us), 1)
	s.note(1, us, us)
}

// note takes n times into the exact figures.
func (s *spread) note(n, sum, longest int64) {
	s.n += n
	s.sum += sum
	s.longest = max(s.longest, longest)
}

func (s *spread) count(bin int, n int64) {
	page := s.pages[bin>>perPageBits]
	if page == nil {
		page = new([perPage]uint32)
		s.pages[bin>>perPageBits] = page
	}
	slot := &page[bin&(perPage-1)]
	if sum := int64(*slot) + n; sum <= math.MaxUint32 {
		*slot = uint32(sum)
		return
	}
	if s.beyond == nil {
		s.beyond = map[int]int64{}
	}
	s.beyond[bin] += n
}

// binOf is the bin of a time in range.
func binOf(us int64) int {
	shift := max(bits.Len64(uint64(us))-perPageBits-1, 0)
	if us < perPage {
		return int(us)
	}
	return (shift+1)<<perPageBits + int(us>>shift) - perPage
}

// bin is the least time of a bin and its width, in µs.
func binRange(bin int) (least, width int64) {
	page, slot := bin>>perPageBits, int64(bin&(perPage-1))
	if page == 0 {
		return slot, 1
	}
	return (perPage + slot) << (page - 1), 1 << (page - 1)
}

// merge adds what o has counted; a nil o has nothing.
func (s *spread) merge(o *spread) {
	if o == nil || o.n == 0 {
		return
	}
	o.each(func(bin int, n int64) { s.count(bin, n) })
	s.note(o.n, o.sum, o.longest)
}

// each calls f with every bin that has counts, from the shortest time on.
func (s *spread) each(f func(bin int, n int64)) {
	if s == nil {
		return
	}
	for p, page := range s.pages {
		if page == nil {
			continue
		}
		for slot, n := range page {
			bin := p<<perPageBits | slot
			if all := int64(n) + s.beyond[bin]; all > 0 {
				f(bin, all)
			}
		}
	}
}

// total is how many times were counted; 0 for a nil spread.
func (s *spread) total() int64 {
	if s == nil {
		return 0
	}
	return s.n
}

// quantiles are the times, in milliseconds, that shares qs of all do not exceed,
// qs from 0 to 1 and rising; the middle of a bin stands for all of it. NaN when
// nothing was counted.
func (s *spread) quantiles(qs ...float64) []float64 {
	ms := make([]float64, len(qs))
	for i := range ms {
		ms[i] = math.NaN()
	}
	if s.total() == 0 {
		return ms
	}
	var seen int64
	at := 0
	s.each(func(bin int, n int64) {
		seen += n
		for at < len(qs) && seen >= max(int64(math.Ceil(qs[at]*float64(s.n))), 1) {
			ms[at] = s.middle(bin)
			at++
		}
	})
	return ms
}

// middle is the middle of a bin in milliseconds, as far as its times go.
func (s *spread) middle(bin int) float64 {
	least, width := binRange(bin)
	us := float64(least) + float64(width-1)/2
	return min(us, float64(s.longest)) / 1000
}

// mean is in milliseconds; NaN when nothing was counted.
func (s *spread) mean() float64 {
	if s.total() == 0 {
		return math.NaN()
	}
	return float64(s.sum) / float64(s.n) / 1000
}

// most is the longest time in milliseconds; NaN when nothing was counted.
func (s *spread) most() float64 {
	if s.total() == 0 {
		return math.NaN()
	}
	return float64(s.longest) / 1000
}

// millisOf is a cell of milliseconds; none for NaN, since 0 ms would be a lie.
func millisOf(ms float64) Cell {
	if math.IsNaN(ms) {
		return noNumber
	}
	return num(ms)
}

func millisCells(ms ...float64) []Cell {
	row := make([]Cell, len(ms))
	for i := range ms {
		row[i] = millisOf(ms[i])
	}
	return row
}
