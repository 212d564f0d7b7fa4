package live

import (
	"sync"
	"sync/atomic"
)

// Stats is what an origin has seen so far.
type Stats struct {
	Requests     uint64         // received, those that got no answer included
	ByStatus     map[int]uint64 // answers begun, by status
	Bytes        uint64         // sent, headers included
	BodyBytes    uint64         // of Bytes, those of bodies
	InFlight     int64          // requests received and not ended
	MostInFlight int64          // the highest InFlight
	Serving      int64          // of InFlight, those past the queue
	MostServing  int64          // the highest Serving; never above the model's Concurrency
	Waiting      int64          // of InFlight, those in the queue
	Aborted      uint64         // responses that could not be written to the end; a client that goes is noticed by a failing write only, so one that goes while nothing is sent, or leaves a small body unread, is not
	Resets       uint64         // connections reset, as the model says
	Truncated    uint64         // bodies broken off, as the model says
	Refused      uint64         // connections and requests refused in outages
	Hung         uint64         // requests that hung in outages
}

// Stats is a snapshot; its figures are read one after the other.
func (s *Server) Stats() Stats {
	c := &s.count
	st := Stats{
		Requests: c.requests.Load(), ByStatus: map[int]uint64{},
		Bytes: c.bytes.Load(), BodyBytes: c.bodyBytes.Load(),
		Aborted: c.aborted.Load(), Resets: c.resets.Load(), Truncated: c.truncated.Load(),
		Refused: c.refused.Load(), Hung: c.hung.Load(),
	}
	st.InFlight, st.MostInFlight = c.inFlight.get()
	st.Serving, st.MostServing, st.Waiting = s.gate.stats()
	for status := range c.byStatus {
		if n := c.byStatus[status].Load(); n > 0 {
			st.ByStatus[status] = n
		}
	}
	return st
}

// Attempts is how many requests for the object named key have been received.
func (s *Server) Attempts(key uint64) uint32 { return s.attempts.get(key) }

type counters struct {
	requests, bytes, bodyBytes                atomic.Uint64
	aborted, resets, truncated, refused, hung atomic.Uint64
	byStatus                                  [600]atomic.Uint64
	inFlight                                  level
}

// level is a number that goes up and down, remembers how high it was, and can
// be waited for to be zero.
type level struct {
	mu        sync.Mutex
	now, most int64
	zero      chan struct{} // closed at zero, when somebody waits
}

func (l *level) up() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now++
	l.most = max(l.most, l.now)
}

func (l *level) down() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.now--; l.now == 0 && l.zero != nil {
		close(l.zero)
		l.zero = nil
	}
}

func (l *level) get() (now, most int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now, l.most
}

func (l *level) waitForZero() {
	l.mu.Lock()
	if l.now > 0 && l.zero == nil {
		l.zero = make(chan struct{})
	}
	zero := l.zero
	l.mu.Unlock()
	if zero != nil {
		<-zero
	}
}

// attempts counts the requests of each object, in shards so that objects
// seldom wait for each other.
type attempts [64]struct {
	mu sync.Mutex
	n  map[uint64]uint32
	_  [48]byte // a cache line to itself
}

// next is the number of this attempt, from 0.
func (a *attempts) next(key uint64) uint32 {
	s := &a[key%64]
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.n == nil {
		s.n = make(map[uint64]uint32)
	}
	n := s.n[key]
	s.n[key] = n + 1
	return n
}

func (a *attempts) get(key uint64) uint32 {
	s := &a[key%64]
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n[key]
}
