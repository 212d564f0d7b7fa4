package main

import (
	"cmp"
	"fmt"
	"io"

	"edgesim/results"
)

// shares prints what each of several workers did.
func (p *printer) shares(sum *results.Summary) {
	if len(sum.Shares) == 0 {
		return
	}
	p.table("\nshare\tworker\tscheduled\tsent\tachieved\tclock ahead, ms\tunsure\tstate\t", func(t io.Writer) {
		for _, s := range sum.Shares {
			state := s.State
			if s.Unsound {
				state += ", late"
			}
			fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%.1f/s\t%.3f\t%.3f\t%s\t\n", s.Share, shorten(cmp.Or(s.Worker, "-"), nameWidth), s.Scheduled, s.Sent, s.Achieved, s.ClockAhead, s.ClockUnsure, state)
		}
	})
	p.line("the shares began at the same moment of the server's clock, to %s ms", ms(sum.StartSkew))
}

// connections prints what connecting took, where that is no matter of course.
func (p *printer) connections(s *told) {
	c := &s.made
	if c.Made == 0 {
		return
	}
	line := "connected %d times, p50 %s ms, p99 %s ms"
	args := []any{c.Made, ms(c.Connect.P50), ms(c.Connect.P99)}
	if c.Handshake.Count > 0 {
		line += "; TLS handshake p50 %s ms, p99 %s ms"
		args = append(args, ms(c.Handshake.P50), ms(c.Handshake.P99))
	}
	p.line(line, args...)
}
