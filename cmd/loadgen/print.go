package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"edgesim/results"
	"edgesim/sim/load"
	"edgesim/sim/objective"
	"edgesim/workloads/player"
)

// print writes the result: the summary as JSON, or what fits a terminal.
func (s *job) print(w io.Writer, sum *results.Summary) error {
	told := &told{options: s.options, plan: s.Plan, made: s.Outcome.Connections, hits: s.Gauge.Told()}
	return told.print(w, sum)
}

// told is what is printed of a run beside its summary.
type told struct {
	options *options
	plan    *load.Plan
	made    player.Connections // zero: not known
	hits    bool               // the server told hits from misses
}

func (s *told) print(w io.Writer, sum *results.Summary) error {
	if s.options.json {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(sum)
	}
	p := &printer{w: w}
	p.headline(s, sum)
	p.latencies(sum)
	p.results(sum)
	p.groups(sum)
	p.shares(sum)
	p.line("")
	p.objectives(sum)
	for _, text := range sum.Warnings {
		p.line("%s", wrap("warning: "+text, columns))
	}
	if s.options.Out != "" {
		p.line("run folder: %s (open index.html)", s.options.Out)
	}
	return p.err
}

// printer keeps the first error of many writes.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *printer) headline(s *told, sum *results.Summary) {
	state := ""
	if sum.Partial {
		state = ", interrupted"
	}
	if sum.Unsound {
		p.line("%s\n", wrap("unsound: "+sum.UnsoundReason, columns))
	}
	p.line("%s", wrap(fmt.Sprintf("%s: %d requests in %.1f s on %d connections%s", s.options.URL(), sum.ViewerRequests, sum.Duration, s.plan.Connections, state), columns))
	if sum.WarmupRequests > 0 {
		p.line("left out: %d requests of a warm-up of %.3g s", sum.WarmupRequests, sum.Warmup)
	}
	if s.plan.Closed {
		p.line("rate      %.1f/s achieved, closed loop", sum.Rate.Achieved)
	} else {
		p.line("rate      %.1f/s scheduled, %.1f/s sent, %.1f/s achieved", sum.Rate.Scheduled, sum.Rate.Sent, sum.Rate.Achieved)
	}
	if g := sum.Generator; g != nil && g.OwnDelay.Count > 0 {
		slip := &g.OwnDelay
		p.line("own delay p50 %s ms, p99 %s ms, most %s ms behind the schedule", ms(slip.P50), ms(slip.P99), ms(slip.Max))
	}
	p.connections(s)
	p.line("errors    %s", wrap(fmt.Sprintf("%d (%.3g%%)%s", sum.Errors, 100*sum.ErrorRatio, byKind(sum.Troubles)), columns-10))
	if s.options.Verify {
		p.line("verified  %d bodies right, %d wrong", sum.Verified, sum.Unverified)
	}
	if s.hits {
		p.line("hits      %.2f%% of requests, %.2f%% of bytes", 100*sum.HitRatio, 100*sum.ByteHitRatio)
	}
}

// byKind tells how many requests failed in which way; nothing where none did.
func byKind(list []results.Trouble) string {
	var parts []string
	for _, t := range list {
		parts = append(parts, fmt.Sprintf("%d %s", t.Count, t.Kind))
	}
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(parts, ", ")
}

// latencies prints the three times side by side.
func (p *printer) latencies(sum *results.Summary) {
	p.table("\nlatency, ms\tmean\tp50\tp90\tp99\tp99.9\tmax\t", func(t io.Writer) {
		for _, m := range []struct {
			name string
			f    results.Figures
		}{
			{"first byte", sum.Latency.TTFB}, {"last byte", sum.Latency.Total}, {"last byte, from the actual start", sum.Latency.Service},
		} {
			fmt.Fprintf(t, "%s\t%s\n", m.name, times(&m.f, m.f.Mean, m.f.P50, m.f.P90, m.f.P99, m.f.P999, m.f.Max))
		}
	})
}

// results prints a line for each result type that occurred.
func (p *printer) results(sum *results.Summary) {
	p.table("\nby result\trequests\tshare\tfirst byte p50\tp99\tlast byte p50\tp99\t", func(t io.Writer) {
		for r := range results.Results {
			f := sum.ByResult[r.Label()]
			if f.Requests == 0 {
				continue
			}
			fmt.Fprintf(t, "%s\t%d\t%.2f%%\t%s\n", r.Label(), f.Requests, 100*f.Share, firstAndLast(&f.Latency))
		}
	})
}

// objectives prints what was promised and kept.
func (p *printer) objectives(sum *results.Summary) {
	if p.err == nil && len(sum.Objectives) > 0 {
		p.err = objective.WriteTable(p.w, sum.Objectives)
		p.line("")
	}
}

// mostGroups is how many lines a table of groups has, the busiest first.
const mostGroups = 12

// groups prints what there is several of: statuses, content classes,
// distributions.
func (p *printer) groups(sum *results.Summary) {
	names := map[string]string{}
	for _, d := range sum.Distributions {
		names[d.ID] = d.Name
	}
	for _, by := range []struct {
		what   string
		groups map[string]results.GroupFigures
		names  map[string]string
	}{{"by status", sum.ByStatus, nil}, {"by class", sum.ByClass, nil}, {"by distribution", sum.ByDistribution, names}} {
		if len(by.groups) > 1 {
			p.groupsOf(by.what, by.groups, by.names)
		}
	}
}

func (p *printer) groupsOf(what string, groups map[string]results.GroupFigures, names map[string]string) {
	keys := slices.SortedFunc(maps.Keys(groups), func(a, b string) int {
		return cmp.Or(cmp.Compare(groups[b].Requests, groups[a].Requests), cmp.Compare(a, b))
	})
	p.table("\n"+what+"\trequests\terrors\tfirst byte p50\tp99\tlast byte p50\tp99\t", func(t io.Writer) {
		for _, key := range keys[:min(len(keys), mostGroups)] {
			f := groups[key]
			fmt.Fprintf(t, "%s\t%d\t%d\t%s\n", shorten(cmp.Or(names[key], key), nameWidth), f.Requests, f.Errors, firstAndLast(&f.Latency))
		}
	})
	if more := len(keys) - mostGroups; more > 0 {
		p.line("and %d more; the summary has them all", more)
	}
}

// firstAndLast is a row's end: median and 99th percentile of first and last byte.
func firstAndLast(l *results.Latency) string {
	return times(&l.TTFB, l.TTFB.P50, l.TTFB.P99) + times(&l.Total, l.Total.P50, l.Total.P99)
}

// times are cells of milliseconds, hyphens where nothing was measured.
func times(of *results.Figures, values ...float64) string {
	var b strings.Builder
	for _, v := range values {
		if of.Count == 0 {
			b.WriteString("-\t")
		} else {
			b.WriteString(ms(v) + "\t")
		}
	}
	return b.String()
}

// nameWidth is how many columns a table leaves for names.
const nameWidth = 21

// shorten cuts text to width columns.
func shorten(text string, width int) string {
	runes := []rune(text)
	if len(runes) <= width {
		return text
	}
	return string(runes[:width-1]) + "…"
}

func (p *printer) table(head string, rows func(io.Writer)) {
	if p.err != nil {
		return
	}
	t := tabwriter.NewWriter(p.w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, head)
	rows(t)
	p.err = t.Flush()
}

// wrap breaks text into lines of at most width columns, those after the first
// indented.
func wrap(text string, width int) string {
	var b strings.Builder
	used := 0
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i > 0 && used+1+n > width:
			b.WriteString("\n  ")
			used = 2
		case i > 0:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += n
	}
	return b.String()
}

// ms is a time in milliseconds to three digits.
func ms(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}
