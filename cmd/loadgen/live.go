package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"edgesim/workloads/player"
)

// liveView shows a run while it lasts.
type liveView struct {
	w        io.Writer
	terminal bool
	drawn    int             // lines that stand on the terminal
	last     player.Progress // at the last look
}

// show draws the figures as they stand: over those drawn before on a terminal, in
// one line elsewhere.
func (v *liveView) show(s *job) {
	p, now := s.player.Progress(), s.gauge.look()
	if !v.terminal {
		fmt.Fprintln(v.w, fitLine(s.plainLine(p, v.last, &now)))
		v.last = p
		return
	}
	lines := s.liveLines(p, v.last, &now)
	v.last = p
	var b strings.Builder
	if v.drawn > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", v.drawn)
	}
	for _, line := range lines {
		b.WriteString("\r\x1b[K" + fitLine(line) + "\n")
	}
	v.drawn = len(lines)
	io.WriteString(v.w, b.String())
}

// clear takes the lines off a terminal.
func (v *liveView) clear() {
	if v.drawn > 0 {
		fmt.Fprintf(v.w, "\x1b[%dA\r\x1b[J", v.drawn)
		v.drawn = 0
	}
}

// fitLine keeps a line within a terminal's width.
func fitLine(line string) string { return shorten(line, columns-1) }

func (s *job) plainLine(p, last player.Progress, now *heard) string {
	return fmt.Sprintf("%s  %.0f/s  in flight %d  errors %d  hit %s  first byte p50 %s p99 %s ms",
		s.at(p), pace(p.Done-last.Done, p.Elapsed-last.Elapsed), p.InFlight, p.Errors, now.hitRatio(),
		ms(now.ttfb.Quantile(0.5)), ms(now.ttfb.Quantile(0.99)))
}

// barWidth is how many columns the bar of a run's time has.
const barWidth = 40

func (s *job) liveLines(p, last player.Progress, now *heard) []string {
	took := p.Elapsed - last.Elapsed
	lines := []string{
		s.at(p) + "  " + bar(p.Elapsed, s.load.length),
		fmt.Sprintf("  sent %.0f/s   answered %.0f/s   in flight %d   errors %d of %d",
			pace(p.Sent-last.Sent, took), pace(p.Done-last.Done, took), p.InFlight, p.Errors, p.Done),
		"            hit  first byte p50      p90      p99  last byte p50      p99 ms",
		"  now    " + now.row(),
	}
	s.gauge.soFar(func(all *heard) { lines = append(lines, "  so far "+all.row()) })
	return lines
}

func (h *heard) row() string {
	return fmt.Sprintf("%7s %15s %8s %8s %14s %8s", h.hitRatio(), ms(h.ttfb.Quantile(0.5)), ms(h.ttfb.Quantile(0.9)),
		ms(h.ttfb.Quantile(0.99)), ms(h.total.Quantile(0.5)), ms(h.total.Quantile(0.99)))
}

// at is how far the run has come.
func (s *job) at(p player.Progress) string {
	at := max(p.Elapsed, 0).Truncate(time.Second).String()
	if s.load.length > 0 {
		at += "/" + s.load.length.String()
	}
	return at
}

func bar(at, of time.Duration) string {
	if of <= 0 {
		return ""
	}
	full := int(min(max(float64(at)/float64(of), 0), 1) * barWidth)
	return "[" + strings.Repeat("=", full) + strings.Repeat(" ", barWidth-full) + "]"
}

// pace is events per second.
func pace(n uint64, took time.Duration) float64 {
	if took <= 0 {
		return 0
	}
	return float64(n) / took.Seconds()
}
