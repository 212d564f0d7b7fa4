package workloads

import (
	"cmp"
	"math"
	"math/rand/v2"
	"time"
)

// Traffic in which one request leads to the next is made of sessions: each has one
// viewer, begins at a time that arrivals give, and says after each of its requests
// when the next one comes. What is due first is kept in a heap, so that a request
// costs a time of the order of the logarithm of the sessions under way.
//
// A stream that begins with nobody there would take as long as a session lasts to
// reach its rate. So sessions under way when time begins are drawn too: those that
// arrivals, counted backwards from 0, would have let begin, each moved on by its
// age.

// course is what sessions of one kind do. S is the state of one.
type course[S any] interface {
	// begin makes a session of a viewer who comes at a moment, and says when its
	// first request is. The moment may be before 0, and then begin may pass over
	// requests before 0; false: none is left.
	begin(s *S, who visitor, at time.Duration) (first time.Duration, ok bool)
	// step writes the request that is due now, all but At, and says how long after
	// it the next is; false: it was the last.
	step(s *S, now time.Duration, r *Request) (wait time.Duration, more bool)
}

// plan is how many sessions there are for a rate of requests.
type plan struct {
	requests float64       // of a session, on average
	longest  time.Duration // after which hardly any session goes on
}

// visitor is who begins a session, and where from.
type visitor struct {
	viewer   uint32
	referrer uint16
}

// Streams of chance of sessions, beside those of Synthetic.
const (
	streamBefore = 3<<32 + iota // sessions under way at time 0
	streamCourse                // what sessions do
	streamPilot                 // the look ahead that tells how long they are
)

const (
	// closedRate is the rate, in requests per second, of the sessions whose order a
	// closed loop plays: it has no times of its own.
	closedRate = 1000
	// mostBefore is how many sessions are looked at for what goes on at time 0: at
	// enormous rates the longest are missed.
	mostBefore = 1 << 22
)

// sessions is a Source of requests of sessions.
type sessions[S any] struct {
	cfg      TrafficConfig
	course   course[S]
	arrivals Arrivals
	comes    time.Duration // when the next session begins
	viewers  *rand.PCG
	sources  *rand.PCG
	habits   habits

	due   []turn
	slots []S
	free  []uint32
	left  uint64
	ended bool
}

// turn is when a session is due.
type turn struct {
	at   time.Duration
	slot uint32
}

func newSessions[S any](c TrafficConfig, p plan, course course[S]) (Source, error) {
	s := &sessions[S]{cfg: c, course: course, left: math.MaxUint64, habits: newHabits(&c),
		viewers: rand.NewPCG(c.Seed, streamViewers), sources: rand.NewPCG(c.Seed, streamReferrers)}
	if c.Requests > 0 {
		s.left = c.Requests
	}
	rate := cmp.Or(c.Rate, closedRate) / p.requests
	var err error
	if s.arrivals, err = s.arriving(rate, streamArrivals, c.Shape); err != nil {
		return nil, err
	}
	if err := s.addBefore(rate*c.Shape.At(0), p.longest); err != nil {
		return nil, err
	}
	s.comes = s.arrivals.Next()
	return s, nil
}

// addBefore begins the sessions under way at time 0. They came at the rate that
// there is then: what a shape would have been before, nobody said.
func (s *sessions[S]) addBefore(rate float64, longest time.Duration) error {
	if rate <= 0 {
		return nil
	}
	before, err := s.arriving(rate, streamBefore, nil)
	if err != nil {
		return err
	}
	for range mostBefore {
		age := before.Next()
		if age > longest {
			break
		}
		s.begin(-age)
	}
	return nil
}

func (s *sessions[S]) arriving(rate float64, stream uint64, shape *Shape) (Arrivals, error) {
	return NewArrivals(cmp.Or(s.cfg.Arrivals, "poisson"), ArrivalConfig{Rate: rate, RNG: rand.NewPCG(s.cfg.Seed, stream), Shape: shape})
}

// checkTraffic finds what no kind of session can be made of, and gives it viewers
// where it has none.
func (c *TrafficConfig) checkTraffic() (err error) {
	if err := (*SyntheticConfig)(c).check(); err != nil {
		return err
	}
	if c.Viewers == nil {
		if c.Viewers, err = NewViewers(ViewersConfig{Seed: c.Seed}); err != nil {
			return err
		}
	}
	if len(c.Sections) == 0 {
		for i := range c.Catalog.sections {
			c.Sections = append(c.Sections, i)
		}
	}
	return nil
}

// Read implements Source.
func (s *sessions[S]) Read(reqs []Request) (n int, err error) {
	for n < len(reqs) && !s.ended {
		some := reqs[n:min(n+drawnAtOnce, len(reqs))]
		some = some[:s.fill(some)]
		s.habits.draw(some)
		n += len(some)
	}
	if s.ended {
		return n, EOF
	}
	return n, nil
}

func (s *sessions[S]) fill(reqs []Request) int {
	for i := range reqs {
		for s.comes < math.MaxInt64 && (len(s.due) == 0 || s.comes <= s.due[0].at) {
			s.begin(s.comes)
			s.comes = s.arrivals.Next()
		}
		if s.left == 0 || len(s.due) == 0 || s.cfg.Length > 0 && s.due[0].at >= s.cfg.Length {
			s.ended = true
			return i
		}
		s.left--
		s.take(&reqs[i])
	}
	return len(reqs)
}

// take makes the request that is due first.
func (s *sessions[S]) take(r *Request) {
	t := s.due[0]
	*r = Request{}
	if s.cfg.Rate > 0 {
		r.At = t.at
	}
	wait, more := s.course.step(&s.slots[t.slot], t.at, r)
	if more {
		s.due[0].at = later(t.at, wait)
		s.down()
		return
	}
	s.free = append(s.free, t.slot)
	last := len(s.due) - 1
	s.due[0] = s.due[last]
	if s.due = s.due[:last]; last > 0 {
		s.down()
	}
}

// begin begins a session; one that began before 0 is moved on to what it does from
// 0 on.
func (s *sessions[S]) begin(at time.Duration) {
	v := s.cfg.Viewers
	who := visitor{s.cfg.Shape.Viewer(v, max(0, at), s.viewers), uint16(v.sources.draw(s.sources.Uint64()))}
	slot := s.slot()
	first, ok := s.course.begin(&s.slots[slot], who, at)
	for ok && first < 0 {
		var passed Request
		var wait time.Duration
		wait, ok = s.course.step(&s.slots[slot], first, &passed)
		first += wait
	}
	if !ok {
		s.free = append(s.free, slot)
		return
	}
	s.due = append(s.due, turn{first, slot})
	s.up()
}

func (s *sessions[S]) slot() uint32 {
	if last := len(s.free) - 1; last >= 0 {
		slot := s.free[last]
		s.free = s.free[:last]
		return slot
	}
	s.slots = append(s.slots, *new(S))
	return uint32(len(s.slots) - 1)
}

// later is a moment so much later, within what a Duration holds.
func later(at, wait time.Duration) time.Duration {
	if wait > math.MaxInt64-max(at, 0) {
		return math.MaxInt64
	}
	return at + wait
}

// before orders turns: by time, and those of one moment by their place, so that the
// order is the seed's alone.
func (t turn) before(u turn) bool { return t.at < u.at || t.at == u.at && t.slot < u.slot }

// up brings the last turn to its place in the heap.
func (s *sessions[S]) up() {
	d := s.due
	i := len(d) - 1
	t := d[i]
	for i > 0 && t.before(d[(i-1)/2]) {
		d[i] = d[(i-1)/2]
		i = (i - 1) / 2
	}
	d[i] = t
}

// down brings the first turn to its place.
func (s *sessions[S]) down() {
	d, i := s.due, 0
	t := d[0]
	for {
		child := 2*i + 1
		if child >= len(d) {
			break
		}
		if next := child + 1; next < len(d) && d[next].before(d[child]) {
			child = next
		}
		if !d[child].before(t) {
			break
		}
		d[i] = d[child]
		i = child
	}
	d[i] = t
}

// hostFor is the host under which a session asks for an object: the one it is at,
// where the object's section has it, else one that belongs to the object.
func (p *part) hostFor(at uint16, id uint64) uint16 {
	for _, host := range p.hosts {
		if host == at {
			return at
		}
	}
	return p.hosts[p.choice.draw(hash(step, id))]
}
