package player

import (
	"sync"
	"sync/atomic"
	"time"

	"edgesim/results"
	"edgesim/workloads"
)

// batchLen is how many requests are read from the source at a time: few enough that
// reading them does not delay the next send noticeably.
const batchLen = 64

// schedule gives requests to connections, each at its intended time: all of a source's,
// or those that a dealer gives it. Whoever leads owns every field but those of the lock; lead, pass and end hand the
// lead over.
type schedule struct {
	closed bool
	length time.Duration // no request from here on; 0: as long as the source lasts
	giveUp time.Duration // none is begun after this time; 0: no such time
	late   time.Duration
	epoch  time.Time
	alarm  alarm

	mu   sync.Mutex
	idle []*conn // a ring: the connections that have nothing to do, longest first
	head int
	n    int
	led  bool
	over bool

	stopped atomic.Bool
	halt    chan struct{} // closed when it is
	sent    atomic.Uint64

	place  int // among the schedules of the player
	dealer *dealer
	batch  [batchLen]workloads.Request
	dealt  deal // what is in it
	pos    int
	filled int
	past   bool // its next request lies beyond the length: the schedule was played whole

	lag, slip *results.Histogram
	waited    uint64
	overslept uint64
	span      time.Duration // how much of the schedule was played
	last      time.Duration // the last start
}

func newSchedule(cfg *Config, d *dealer, place int) *schedule {
	s := &schedule{
		halt: make(chan struct{}), dealer: d, place: place,
		closed: cfg.Closed, length: cfg.Length, late: cfg.Late,
		idle: make([]*conn, cfg.Connections),
		lag:  results.NewHistogram(), slip: results.NewHistogram(),
	}
	if cfg.Length > 0 && !cfg.Closed {
		s.giveUp = cfg.Length + cfg.Drain
	}
	return s
}

// begin sets the epoch and the alarm; it is called once, before the first next.
func (s *schedule) begin(epoch time.Time, a alarm) { s.epoch, s.alarm = epoch, a }

func (s *schedule) now() time.Duration { return time.Since(s.epoch) }

// stop ends the schedule from any goroutine: no further request is given out.
func (s *schedule) stop() {
	if !s.stopped.Swap(true) {
		close(s.halt)
	}
	s.alarm.interrupt()
}

// next waits until c may begin a request, and sets c.req, c.start and c.id.
// It is false when there are no more.
func (s *schedule) next(c *conn) bool {
	if !s.lead(c) {
		return false
	}
	if !s.fill() || !s.await(c) {
		s.end()
		return false
	}
	s.pass()
	return true
}

// await waits until the request at pos may begin and gives it to c.
func (s *schedule) await(c *conn) bool {
	for {
		wait, over := s.due(c)
		if wait <= 0 || over {
			return !over
		}
		s.alarm.wait(wait)
	}
}

// due gives the request at pos to c if it may begin now; else it says how long
// that takes, or that the schedule is over.
func (s *schedule) due(c *conn) (wait time.Duration, over bool) {
	req := &s.batch[s.pos]
	now := s.now()
	switch {
	case s.length > 0 && (req.At >= s.length || s.closed && now >= s.length):
		s.past = true
		return 0, true
	case s.stopped.Load():
		return 0, true
	case now < req.At && !s.closed:
		return req.At - now, false
	case now < 0: // a closed loop has no times of its own, and a start like any other
		return -now, false
	case s.giveUp > 0 && now > s.giveUp:
		return 0, true
	}
	c.req, c.start, s.last = *req, now, now
	c.number = s.dealt.first + uint64(s.pos)*s.dealt.step
	s.pos++
	s.sent.Add(1)
	if s.closed {
		c.req.At = now
	} else {
		s.note(now-req.At, c.since <= req.At)
	}
	return 0, false
}

// note counts how late a request was begun. What is late although its
// connection was free in time is the generator's own doing; the rest is a
// server that does not keep up, or too few connections.
func (s *schedule) note(lag time.Duration, free bool) {
	s.lag.Record(int64(lag))
	if !free {
		s.waited++
		return
	}
	s.slip.Record(int64(lag))
	if lag > s.late {
		s.overslept++
	}
}

// fill makes sure that there is a request at pos; false at the end.
func (s *schedule) fill() bool {
	if s.pos < s.filled {
		return true
	}
	if s.stopped.Load() {
		return false
	}
	s.dealt = s.dealer.deal(s.place, s.batch[:])
	s.pos, s.filled = 0, s.dealt.n
	return s.filled > 0
}

// lead makes c the leader, as soon as nobody else is and its turn has come. It
// is false when the schedule is over.
func (s *schedule) lead(c *conn) bool {
	c.since = s.now()
	s.mu.Lock()
	if s.over || !s.led {
		leads := !s.over
		s.led = true
		s.mu.Unlock()
		return leads
	}
	s.idle[(s.head+s.n)%len(s.idle)] = c
	s.n++
	s.mu.Unlock()
	<-c.wake
	return !s.over // set before the wake-up, if at all
}

// pass hands the lead to the connection that has been idle longest.
func (s *schedule) pass() {
	s.mu.Lock()
	if s.n == 0 {
		s.led = false
		s.mu.Unlock()
		return
	}
	c := s.pop()
	s.mu.Unlock()
	c.wake <- struct{}{}
}

func (s *schedule) pop() *conn {
	c := s.idle[s.head]
	s.head = (s.head + 1) % len(s.idle)
	s.n--
	return c
}

// end closes the schedule and sends the idle connections home.
func (s *schedule) end() {
	s.span = s.now()
	if s.length > 0 && (s.span > s.length || s.past) {
		s.span = s.length
	}
	s.mu.Lock()
	s.over = true
	home := make([]*conn, 0, s.n)
	for s.n > 0 {
		home = append(home, s.pop())
	}
	s.mu.Unlock()
	for _, c := range home {
		c.wake <- struct{}{}
	}
}
