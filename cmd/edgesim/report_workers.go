package main

import (
	"errors"
	"fmt"

	"edgesim/results/logs"
	"edgesim/results/report"
	"edgesim/sim/pieces"
)

// checkWorkers says what is wrong with flags about who reads.
func (o *reportOptions) checkWorkers(e *env) error {
	if err := o.nats.Check(e.flags.Changed); err != nil {
		return usageError{err}
	}
	if o.nats.Asked() && o.workers > 0 {
		return usagef("--workers is of this process, and with --nats others parse; right is edgesim worker --slots there")
	}
	return nil
}

// byWorkers has the logs read on other machines.
func (in *sources) byWorkers(e *env, o *reportOptions, lo logs.Options, to taker) (*logs.Doubts, error) {
	plan, err := logs.NewPlan(lo)
	if err != nil {
		return nil, usageError{err}
	}
	lines := pieces.Lines{Query: o.query, Geo: in.places != nil, Worlds: len(in.worlds), Sums: to.sums != nil}
	ro, err := o.reportOptions() // its range is checked
	if err != nil {
		return nil, err
	}
	if !ro.From.IsZero() {
		lines.From = ro.From.UnixNano()
	}
	if !ro.To.IsZero() {
		lines.To = ro.To.UnixNano()
	}
	about := append([]string{fmt.Sprintf("%s %+v", o.format, lines), o.geo}, in.worlds...)
	h, err := handOut(e, &o.nats, append(about, plan.Stamps()...)...)
	if err != nil {
		return nil, err
	}
	l := pieces.Logs{Conn: h.Conn, Job: h.Job, Shares: o.nats.Shares, Plan: plan, Lines: lines, Geo: o.geo, Worlds: in.worlds}
	if to.sums != nil {
		l.Sums = to.addSums
	}
	d, err := l.Read(e.ctx, to.records)
	if errors.As(err, new(pieces.LeftOut)) || errors.Is(err, logs.ErrNothingKnown) {
		h.close(e, nil) // there is nothing more to do
	} else {
		h.close(e, err)
	}
	return d, err
}

// addSums gives digests to the reports, or says that they need the records.
func (to taker) addSums(digests [][]byte, distributions, edges, behaviors []uint16) error {
	err := to.sums.AddDigests(digests, distributions, edges, behaviors)
	if errors.Is(err, report.ErrRecords) {
		return logs.ErrRecords
	}
	return err
}
