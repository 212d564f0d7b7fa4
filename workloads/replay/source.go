package replay

import (
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"time"

	"edgesim/workloads"
)

// Playing says when the requests of a replay are asked.
type Playing struct {
	Speed float64 // how much faster than in the file time goes; 0: 1
	// Rate is requests per second in place of the file's times; 0: those. Arrivals is
	// how they come then, as one of workloads.ArrivalKinds; empty: poisson.
	Rate     float64
	Arrivals string
	Closed   bool // no times at all: every At is 0

	Loop     bool               // begin anew at the end
	Length   time.Duration      // requests are before this time; 0: no such end
	Requests uint64             // and they are so many at most; 0: no such end
	Seed     uint64             // of arrivals, and of who asks where the file does not tell
	Viewers  *workloads.Viewers // who asks where the file does not tell; nil: the Replay's
}

// Play is the stream of requests. Every call begins it anew; any number of them may
// be read at the same time.
func (r *Replay) Play(p Playing) (workloads.Source, error) {
	s := &source{replay: r, p: p, back: r.order.play(), left: math.MaxUint64}
	if p.Requests > 0 {
		s.left = p.Requests
	}
	if s.p.Speed == 0 {
		s.p.Speed = 1
	}
	if s.p.Viewers == nil {
		s.p.Viewers = r.viewers
	}
	switch {
	case !(s.p.Speed > 0) || math.IsInf(s.p.Speed, 0):
		return nil, fmt.Errorf("replay: speed %v: want more than 0", p.Speed)
	case p.Closed && (p.Rate != 0 || p.Length != 0):
		return nil, errors.New("replay: a closed loop has neither a rate nor a schedule that could end")
	case p.Closed:
		return s, nil
	case p.Rate != 0:
		return s, s.retime()
	case !r.timed:
		return nil, fmt.Errorf("replay: what is replayed (%s) tells no times: give a rate", r.told)
	}
	return s, nil
}

func (s *source) retime() (err error) {
	kind := s.p.Arrivals
	if kind == "" {
		kind = "poisson"
	}
	s.arrivals, err = workloads.NewArrivals(kind, workloads.ArrivalConfig{Rate: s.p.Rate, RNG: rand.NewPCG(s.p.Seed, 0)})
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	return nil
}

// source is a replay being played.
type source struct {
	replay   *Replay
	p        Playing
	back     *playback
	arrivals workloads.Arrivals // nil: the file's times, or none
	past     int64              // ns of the file's clock: lengths of the rounds before this one
	drawn    uint64
	left     uint64
	ended    bool
}

// Read implements workloads.Source.
func (s *source) Read(reqs []workloads.Request) (n int, err error) {
	for n < len(reqs) && !s.ended {
		if s.left == 0 {
			s.ended = true
			break
		}
		if err := s.next(&reqs[n]); err == errEnd {
			s.ended = true
			break
		} else if err != nil {
			return n, fmt.Errorf("replaying: %w", err)
		}
		if s.p.Length > 0 && reqs[n].At >= s.p.Length {
			s.ended = true
			break
		}
		s.left--
		n++
	}
	if s.ended {
		return n, io.EOF
	}
	return n, nil
}

// next makes the next request.
func (s *source) next(req *workloads.Request) error {
	var a asked
	err := s.back.next(&a)
	if err == errEnd && s.p.Loop {
		s.past += int64(s.replay.span)
		s.back = s.replay.order.play()
		err = s.back.next(&a)
	}
	if err != nil {
		return err
	}
	r := s.replay
	*req = workloads.Request{
		At: s.at(a.at), Object: r.sections[a.place] + uint64(a.object), Host: r.hosts[a.place], Method: a.method, Range: a.part,
		Abort: a.abort, Body: a.body, Conditional: a.conditional, Viewer: a.viewer, Referrer: a.referrer,
	}
	if !r.ownView {
		req.Viewer, req.Referrer = s.p.Viewers.Pick(chance(s.p.Seed, s.drawn))
	}
	s.drawn++
	return nil
}

// at is when a request goes out that has that time in the file.
func (s *source) at(ns int64) time.Duration {
	switch {
	case s.p.Closed:
		return 0
	case s.arrivals != nil:
		return s.arrivals.Next()
	}
	since := ns - s.replay.first + s.past
	if s.p.Speed == 1 {
		return time.Duration(since)
	}
	return time.Duration(math.Round(float64(since) / s.p.Speed))
}

// chance is the n-th output of SplitMix64 begun at seed.
func chance(seed, n uint64) uint64 {
	x := seed + (n+1)*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
