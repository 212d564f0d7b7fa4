package results

const (
	// mismatchShare and mismatchLeast are how far the two streams' counts may lie
	// apart before a summary says so: a request under way at either end of the
	// measured time is in one and not in the other.
	mismatchShare = 0.01
	mismatchLeast = 10
	// lateShare is how many requests may be sent late before latency figures
	// are in doubt.
	lateShare = 0.01
	lateLeast = 10
)

// warn adds what a reader of the figures must know to judge them.
func (v *SummaryView) warn(s *Summary) {
	if s.Requests == 0 {
		s.Warn("no requests were measured: ratios and times are 0")
	}
	if s.Requests > 0 && s.ViewerRequests == 0 {
		s.Warn("no viewer's record was measured: times and errors are 0")
	}
	if streamsApart(s.ViewerRequests, s.Requests) {
		s.Warn("viewers made %d requests, the cache recorded %d", s.ViewerRequests, s.Requests)
	}
	if !s.Unsound && s.Late > lateLeast && beyond(s.Late, s.ViewerRequests, lateShare) {
		s.Warn("%d of %d requests were sent late: the player did not keep up, and times include its delay",
			s.Late, s.ViewerRequests)
	}
	if s.Unverified > 0 {
		s.Warn("%d responses had wrong bytes", s.Unverified)
	}
	if s.Dropped > 0 {
		s.Warn("%d records were dropped: every count is too low by some of them", s.Dropped)
	}
	if n := v.viewers.times.Clamped(); n > 0 {
		s.Warn("%d times lay outside 0 to 2 hours and count as the nearer bound", n)
	}
	if n := v.names.Strings.Lost(); n > 0 {
		s.Warn("the table of strings was full: %d lookups count as (other)", n)
	}
}

func streamsApart(viewers, traffic int64) bool {
	most, least := max(viewers, traffic), min(viewers, traffic)
	return least > 0 && most-least > mismatchLeast && beyond(most-least, most, mismatchShare)
}

func beyond(part, whole int64, share float64) bool {
	return float64(part) > share*float64(whole)
}
