package replay

import "time"

// A file whose times are whole seconds tells of the requests of a second only their
// order. They are spread over it evenly: of n requests the k-th, from 0, comes at
// (k+1/2)/n of the second. Where a log tells when a request ended and how long it
// took, it is the beginnings within a second of one another that are spread, each by
// less than a second.

// seconds counts by whole second.
type seconds struct{ hours map[int64]*[3600]uint32 }

func (s *seconds) at(ns int64) *uint32 {
	sec := floor(ns, second)
	hour := floor(sec, 3600)
	h := s.hours[hour]
	if h == nil {
		if s.hours == nil {
			s.hours = map[int64]*[3600]uint32{}
		}
		h = new([3600]uint32)
		s.hours[hour] = h
	}
	return &h[sec-hour*3600]
}

func (s *seconds) count(ns int64) { *s.at(ns)++ }

// floor is the largest whole number not above a/b, for b above 0.
func floor(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// spreader gives requests, in the order of the file, their times.
func (g *gatherer) spreader(spread bool) func(at int64) int64 {
	if !spread {
		return func(at int64) int64 { return at }
	}
	var before seconds
	return func(at int64) int64 {
		n, k := *g.census.at(at), before.at(at)
		moved := at + int64((float64(*k)+0.5)/float64(n)*float64(second))
		*k++
		return moved
	}
}

// span is from first to last, and a gap more; all of a file's times fit into it.
func span(first, last, gap int64) time.Duration {
	length := last - first
	if length < 0 || length > 1<<62 {
		return 1 << 62
	}
	return time.Duration(length + gap)
}
