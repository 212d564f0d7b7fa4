package player

import (
	"fmt"
	"time"

	"edgesim/results"
)

// Outcome is what a run came to, beside its records.
type Outcome struct {
	Scheduled uint64 // requests whose intended time came before the run ended
	Sent      uint64 // of these, begun
	Done      uint64 // of those, answered with a whole response, or hung up on as the schedule said
	Cut       uint64 // in flight when the run was interrupted, and given up
	Retried   uint64 // sent a second time because a kept connection had been closed
	Verified  uint64 // bodies compared with what they should be, and right
	Waited    uint64 // found every connection busy at their intended time
	Late      uint64 // begun late by more than Tolerance although a connection was free

	Errors []results.Trouble // on the wire, by kind, only those that occurred

	Unsent []int64 // scheduled and never sent, by whole second of the intended time

	Lag  results.Figures // ms: actual start after intended start, of all requests sent
	Slip results.Figures // ms: the same, of those for which a connection was free: the generator's own delay

	LagTimes, SlipTimes *results.Histogram // that Lag and Slip are of

	Connections Connections // that were made

	Elapsed time.Duration // from the epoch to the last answer
	Span    time.Duration // how much of the schedule was played
	Sending time.Duration // from the epoch to the last request's start

	Tolerance time.Duration // Config.Late

	// Behind says that the generator, not the server, was the bottleneck; the
	// latencies of such a run hold its own delay.
	Behind bool
}

// lateShare is the share of late sends above which a generator counts as
// overtaxed: the 99th percentile is then no longer the server's.
const lateShare = 0.01

// Unsound says in a sentence why the figures are the generator's own; "" where it
// kept its schedule.
func (o *Outcome) Unsound() string {
	if !o.Behind {
		return ""
	}
	return fmt.Sprintf("The load generator did not keep its schedule: of %d requests scheduled it sent %d, %d of them (%.1f%%) more than %v late although a connection was free; "+
		"its own delay has a 99th percentile of %.3g ms and a longest of %.3g ms, which are part of the latencies. Give it a slower rate or more of a processor.",
		o.Scheduled, o.Sent, o.Late, 100*float64(o.Late)/float64(o.Sent), o.Tolerance, o.Slip.P99, o.Slip.Max)
}

// Generator is the outcome as a summary has it.
func (o *Outcome) Generator() *results.Generator {
	return &results.Generator{
		Scheduled: o.Scheduled, Sent: o.Sent, Done: o.Done, Waited: o.Waited, Late: o.Late, Retried: o.Retried,
		Lag: o.Lag, OwnDelay: o.Slip,
	}
}

// Failed is the number of requests that ended in an error of any kind.
func (o *Outcome) Failed() (n uint64) {
	for _, t := range o.Errors {
		n += uint64(t.Count)
	}
	return n
}

// CountUnsent counts in their intervals the requests that were never sent.
func (o *Outcome) CountUnsent(v *results.Intervals) {
	for second, n := range o.Unsent {
		if n > 0 {
			v.Unsent(time.Duration(second)*time.Second, n)
		}
	}
}

// Rate is requests per second: those scheduled over the time of the schedule,
// those sent over the time it took to send them where that was longer, those
// answered over the time until the last answer.
func (o *Outcome) Rate() results.Rate {
	return results.Rate{
		Scheduled: perSecond(o.Scheduled, o.Span),
		Sent:      perSecond(o.Sent, max(o.Span, o.Sending)),
		Achieved:  perSecond(o.Done, max(o.Span, o.Elapsed)),
	}
}

// Short reports whether the workload ended well before its planned length, as
// one of a number of requests does.
func (o *Outcome) Short(length time.Duration) bool {
	return length > 0 && o.Span < length-length/50
}

func perSecond(n uint64, d time.Duration) float64 {
	if d <= 0 {
		return 0
	}
	return float64(n) / d.Seconds()
}

// unsentLeast is how many requests may be due and not begun when a run ends or
// is interrupted, without that meaning anything.
const unsentLeast = 3

// Warnings says in plain sentences what makes the figures doubtful, beside what
// a Summary finds in the records: that sends were late is in their flags.
func (o *Outcome) Warnings() []string {
	var w []string
	if unsent := o.Scheduled - o.Sent; unsent > unsentLeast {
		w = append(w, fmt.Sprintf("%d of %d scheduled requests were never sent: the server is slower than the rate asked for, or there are too few connections; the true latencies are higher than those shown", unsent, o.Scheduled))
	}
	if o.Waited > 0 && float64(o.Waited) > lateShare*float64(o.Sent) {
		w = append(w, fmt.Sprintf("%d of %d requests found every connection busy and waited for one; the wait is in their latency", o.Waited, o.Sent))
	}
	for _, t := range o.Errors {
		w = append(w, t.String())
	}
	return w
}

// Progress is how far a run has come.
type Progress struct {
	Sent, Done, Errors, InFlight uint64
	Elapsed                      time.Duration // 0 before Play
}
