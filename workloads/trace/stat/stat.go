// Package stat says what a request trace is like: how much of what was asked for,
// how popular objects are, how large, how soon they come again, and how the working
// set grows. It knows requests, and never a cache's policy: an LRU stack's depth is
// the one thing it measures of a cache.
package stat

import (
	"github.com/HdrHistogram/hdrhistogram-go"

	"edgesim/results"
	"edgesim/workloads/trace"
)

// Options say what is known of a trace, and how much memory its distances may take.
type Options struct {
	Name  string      // for titles
	Tells trace.Tells // where there are no times, requests are the clock

	// Tracked bounds the objects whose depth in an LRU stack is followed; 0: 262,144.
	// Beyond it they are a sample by name (SHARDS), and depths are scaled; -1: never.
	Tracked int
}

// object is what is kept of each object: with its name and its share of the index
// at most 61 bytes.
type object struct {
	requests int64
	size     int64 // as asked for last
	last     int64 // number of its last request
	at       int64 // moment of that, on the windows' clock
}

// ObjectBytes is the most that a Stat keeps of an object.
const ObjectBytes = 61

// Stat takes a trace in. It is used by one goroutine at a time, and its memory is
// ObjectBytes for each object and less than 64 MB beside that.
type Stat struct {
	o       Options
	objects results.Tally[object]
	ids     []uint64 // of a batch

	requests, bytes int64
	resized         int64 // requests that know an object by another size than before
	back            int64 // requests earlier than one before them
	first, latest   int64 // moments

	gaps    *hdrhistogram.Histogram // requests from one for an object to its next
	sizes   *hdrhistogram.Histogram // by request
	stack   depths
	windows windows
}

// New is a Stat of nothing.
func New(o Options) *Stat {
	return &Stat{o: o, gaps: newHistogram(), sizes: newHistogram(), stack: newDepths(o.Tracked), windows: newWindows(o.Tells.Times)}
}

// newHistogram counts whole numbers from 1 to three digits.
func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(1, histogramMost, 3) }

const histogramMost = 1 << 61

// record counts v, n times.
func record(h *hdrhistogram.Histogram, v, n int64) {
	if err := h.RecordValues(min(max(v, 1), histogramMost), n); err != nil {
		panic("stat: a histogram refuses a clamped value: " + err.Error())
	}
}

// Add takes the next requests of the trace.
func (s *Stat) Add(reqs []trace.Request) {
	s.ids = s.ids[:0]
	for i := range reqs {
		s.ids = append(s.ids, reqs[i].ID)
	}
	s.objects.Fetch(s.ids)
	for i := range reqs {
		s.add(&reqs[i])
	}
}

func (s *Stat) add(r *trace.Request) {
	at := s.moment(r)
	s.requests++
	s.bytes += r.Size
	o := s.objects.At(r.ID)
	if known := o.requests > 0; known {
		record(s.gaps, s.requests-o.last, 1)
		if r.Size != o.size {
			s.resized++
		}
		s.windows.add(at, o.at, r.Size)
	} else {
		s.windows.addNew(at, r.Size)
	}
	if s.o.Tells.Sizes {
		record(s.sizes, r.Size, 1)
	}
	s.stack.ask(r.ID, r.Size)
	o.requests++
	o.size, o.last, o.at = r.Size, s.requests, at
}

// moment is when the request was, on a clock that does not go back.
func (s *Stat) moment(r *trace.Request) int64 {
	at := s.requests
	if s.o.Tells.Times {
		at = r.At
	}
	if s.requests == 0 {
		s.first, s.latest = at, at
	}
	if at < s.latest {
		s.back++
		at = s.latest
	}
	s.latest = at
	return at - s.first
}
