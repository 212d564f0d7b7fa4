package player

import (
	"time"

	"edgesim/results"
	"edgesim/workloads"
)

// outcome sums the schedules up, after the last connection is done.
func (p *Player) outcome() Outcome {
	o := Outcome{
		Sent: p.sent(), Done: p.done.Load(), Cut: p.cut.Load(),
		Retried: p.retried.Load(), Verified: p.verified.Load(),
		Errors: p.faults.list(), Elapsed: p.now(), Tolerance: p.cfg.Late,
		LagTimes: results.NewHistogram(), SlipTimes: results.NewHistogram(),
	}
	for _, s := range p.scheds {
		o.Waited += s.waited
		o.Late += s.overslept
		o.Span, o.Sending = max(o.Span, s.span), max(o.Sending, s.last)
		o.LagTimes.Merge(s.lag)
		o.SlipTimes.Merge(s.slip)
	}
	o.Lag, o.Slip = o.LagTimes.Figures(), o.SlipTimes.Figures()
	o.Connections = p.links.figures()
	if !p.cfg.Closed {
		o.Unsent = p.backlog(o.Span)
	}
	o.Scheduled = o.Sent
	for _, n := range o.Unsent {
		o.Scheduled += uint64(n)
	}
	o.Behind = float64(o.Late) > lateShare*float64(o.Sent)
	return o
}

// backlogMost bounds how much of a source is read only to count what was due and never
// sent.
const backlogMost = 1 << 24

// backlog counts, by second, the requests that were due before the schedule ended and
// have not been begun.
func (p *Player) backlog(span time.Duration) (unsent []int64) {
	looked := 0
	count := func(r *workloads.Request) bool {
		if looked++; r.At >= span || looked > backlogMost {
			return false
		}
		for int(r.At/time.Second) >= len(unsent) {
			unsent = append(unsent, 0)
		}
		unsent[r.At/time.Second]++
		return true
	}
	for _, s := range p.scheds {
		for s.pos < s.filled && count(&s.batch[s.pos]) {
			s.pos++
		}
	}
	p.dealer.left(count)
	return unsent
}
