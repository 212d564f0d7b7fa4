package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"edgesim/results"
	"edgesim/sim/load"
	"edgesim/workloads/player"
)

// watched is what can be shown while it lasts: a run, or one that workers play.
type watched interface {
	Progress() player.Progress
	Look() load.Heard
	SoFar(func(*load.Heard))
	Faults() results.FaultCounts
	Troubles() []results.Trouble
	planned() time.Duration // 0: by the number of requests alone
	shares() []string       // a line for each share; none of a run by itself
}

func (s *job) planned() time.Duration { return s.Plan.Length }
func (s *job) shares() []string       { return nil }

// liveView shows a run while it lasts.
type liveView struct {
	w        io.Writer
	terminal bool
	drawn    int                 // lines that stand on the terminal
	last     player.Progress     // at the last look
	told     results.FaultCounts // at the last look
}

// show draws the figures as they stand: over those drawn before on a terminal, in
// one line elsewhere.
func (v *liveView) show(s watched) {
	p, now := s.Progress(), s.Look()
	if !v.terminal {
		lines := append([]string{plainLine(s, p, v.last, &now)}, troubleLines(s, &v.told)...)
		fmt.Fprintln(v.w, strings.Join(lines, "\n"))
		v.last, v.told = p, s.Faults()
		return
	}
	lines := append(liveLines(s, p, v.last, &now), troubleLines(s, nil)...)
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

func plainLine(s watched, p, last player.Progress, now *load.Heard) string {
	return fmt.Sprintf("%s  %.0f/s  in flight %d  errors %d  hit %s  first byte p50 %s p99 %s ms",
		reached(s, p), pace(p.Done-last.Done, p.Elapsed-last.Elapsed), p.InFlight, failed(s), now.HitRatio(),
		at(now.TTFB, 0.5), at(now.TTFB, 0.99))
}

// barWidth is how many columns the bar of a run's time has.
const barWidth = 40

func liveLines(s watched, p, last player.Progress, now *load.Heard) []string {
	took := p.Elapsed - last.Elapsed
	lines := []string{
		reached(s, p) + "  " + bar(p.Elapsed, s.planned()),
		fmt.Sprintf("  sent %.0f/s   answered %.0f/s   in flight %d   errors %d of %d",
			pace(p.Sent-last.Sent, took), pace(p.Done-last.Done, took), p.InFlight, failed(s), p.Done),
		"            hit  first byte p50      p90      p99  last byte p50      p99 ms",
		"  now    " + row(now),
	}
	s.SoFar(func(all *load.Heard) { lines = append(lines, "  so far "+row(all)) })
	return append(lines, s.shares()...)
}

// failed is how many requests have failed so far, in any way.
func failed(s watched) int64 {
	faults := s.Faults()
	return faults.Total()
}

// kindsShown is how many kinds of failure the live view has, the most frequent.
const kindsShown = 3

// troubleLines are how many requests failed in which way, with an example; only
// of the kinds that there are more of than were told, where those are given.
func troubleLines(s watched, told *results.FaultCounts) (lines []string) {
	faults := s.Faults()
	list := faults.Troubles(s.Troubles())
	slices.SortStableFunc(list, func(a, b results.Trouble) int { return cmp.Compare(b.Count, a.Count) })
	for _, t := range list {
		if told != nil && told[t.Kind] == t.Count {
			continue
		}
		if len(lines) == kindsShown {
			return append(lines, "  and other failures, which the summary tells")
		}
		line := fmt.Sprintf("  failed %d: %s", t.Count, t.Kind)
		if len(t.Examples) > 0 {
			line += "; first " + t.Examples[0]
		}
		lines = append(lines, line)
	}
	return lines
}

func row(h *load.Heard) string {
	return fmt.Sprintf("%7s %15s %8s %8s %14s %8s", h.HitRatio(), at(h.TTFB, 0.5), at(h.TTFB, 0.9),
		at(h.TTFB, 0.99), at(h.Total, 0.5), at(h.Total, 0.99))
}

// at is a quantile in milliseconds; a hyphen where there is none.
func at(h *results.Histogram, q float64) string {
	if h.Count() == 0 {
		return "-"
	}
	return ms(h.Quantile(q))
}

// reached is how far the run has come.
func reached(s watched, p player.Progress) string {
	at := max(p.Elapsed, 0).Truncate(time.Second).String()
	if s.planned() > 0 {
		at += "/" + s.planned().String()
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
