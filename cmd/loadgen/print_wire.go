package main

import (
	"edgesim/results"
)

// shares prints what each of several workers did.
func (p *printer) shares(sum *results.Summary) {
	if len(sum.Shares) > 0 {
		p.line("")
	}
	if p.err == nil {
		p.err = results.WriteShares(p.w, sum.Shares)
	}
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
