package load

import (
	"fmt"
	"runtime"
	"time"

	"edgesim/results"
)

const (
	// saturated is the share of its processors above which a generator's own work is
	// what requests wait for.
	saturated = 0.95
	// waitedShare is the share of requests that found no free connection above which
	// it matters why.
	waitedShare = 0.01
)

// unsound says in a sentence or two why the figures are the generator's own as
// much as the server's; "" where they are the server's. A server that does not
// keep up, or too few connections, are no such reason: that is what a load test
// is for, and warnings tell it.
func (s *Run) unsound() string {
	switch o := &s.Outcome; {
	case o.Unsound() != "":
		return o.Unsound()
	case s.recorder.Dropped() > 0:
		return fmt.Sprintf("The load generator lost the records of %d of %d requests, since it could not take them as fast as they came.", s.recorder.Dropped(), o.Sent)
	case s.busy() > saturated*float64(runtime.GOMAXPROCS(0)) && float64(o.Waited) > waitedShare*float64(o.Sent):
		return fmt.Sprintf("The load generator kept %.2f of its %d processors busy, and %d of %d requests found no free connection: it may be the generator that they waited for, and not the server.",
			s.busy(), runtime.GOMAXPROCS(0), o.Waited, o.Sent)
	}
	return ""
}

// busy is how many processors the process kept busy while it played, on average.
func (s *Run) busy() float64 {
	if s.Outcome.Elapsed <= 0 {
		return 0
	}
	return float64(s.worked) / float64(s.Outcome.Elapsed)
}

// generator is how the schedule was kept; of a closed loop there is none.
func (s *Run) generator() *results.Generator {
	g := s.Outcome.Generator()
	g.Processors = float64(int(1000*s.busy())) / 1000
	if s.Plan.Closed {
		g.Scheduled = 0
	}
	return g
}

// measureWork takes the processor time of do.
func (s *Run) measureWork(do func()) {
	before := processorTime()
	do()
	s.worked = max(time.Duration(0), processorTime()-before)
}
