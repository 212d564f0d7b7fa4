package live

import "time"

// waitUntil sleeps until t, and returns false when cancel was closed before.
// It takes a timer from the pool, so that waiting allocates nothing.
func (s *Server) waitUntil(t time.Time, cancel <-chan struct{}) bool {
	d := time.Until(t)
	if d <= 0 {
		return true
	}
	timer := s.timers.Get().(*time.Timer)
	defer s.timers.Put(timer)
	timer.Reset(d)
	select {
	case <-timer.C:
		return true
	case <-cancel:
		timer.Stop()
		return false
	}
}

func newTimer() *time.Timer {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return t
}
