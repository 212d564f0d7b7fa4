package folder

import (
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"edgesim/results"
	"edgesim/results/report"
)

// columns is the width of a terminal that every line fits, but for a path that
// is longer.
const columns = 80

// headlineResults are the result types a headline names, where they occur.
var headlineResults = []results.Result{results.Hit, results.RefreshHit, results.Miss, results.Error, results.NoResult}

// headlineDistributions is how many distributions a headline lists.
const headlineDistributions = 8

// Headline prints the last lines of a run on a terminal: the figures that
// matter and where to look.
func Headline(w io.Writer, s *results.Summary, dir string) error {
	var b strings.Builder
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "  %-16s%s\n", name, fmt.Sprintf(format, args...))
	}
	partial := ""
	if s.Partial {
		partial = " (partial: interrupted)"
	}
	if s.Unsound {
		wrapped(&b, "unsound run: ", s.UnsoundReason)
	}
	fmt.Fprintf(&b, "%s%s\n", fit(s.Name, columns-len(partial)), partial)
	line("requests", "%s in %s, %s/s", count(float64(s.Requests)), length(s.Duration), perSecond(s.Rate.Achieved))
	line("hit ratio", "%s of requests, %s refresh hits", percent(s.HitRatio), percent(s.RefreshHitRatio))
	line("byte hit ratio", "%s of bytes", percent(s.ByteHitRatio))
	line("origin offload", "%s of requests, %s of bytes", percent(s.OriginOffload.Requests), percent(s.OriginOffload.Bytes))
	firstBytes(&b, s)
	if s.Errors > 0 {
		line("errors", "%s, %s of requests", count(float64(s.Errors)), percent(s.ErrorRatio))
	} else {
		line("errors", "none")
	}
	distributions(&b, s)
	tiers(&b, s)
	if err := results.WriteShares(&b, s.Shares); err != nil {
		return err
	}
	for _, warning := range s.Warnings {
		wrapped(&b, "  warning         ", warning)
	}
	line("look at", "%s", filepath.Join(dir, results.IndexFile))
	_, err := io.WriteString(w, b.String())
	return err
}

func firstBytes(b *strings.Builder, s *results.Summary) {
	title, lines := "first byte", 0
	line := func(name string, f results.Figures) {
		if f.Count == 0 {
			return
		}
		fmt.Fprintf(b, "  %-16s%-13s p50 %10s   p99 %10s\n", title, name, millis(f.P50), millis(f.P99))
		title = ""
		lines++
	}
	for _, r := range headlineResults {
		line(r.Label(), s.ByResult[r.Label()].Latency.TTFB)
	}
	if lines != 1 {
		line("all", s.Latency.TTFB)
	}
}

// distributions lists the busiest of several distributions.
func distributions(b *strings.Builder, s *results.Summary) {
	if len(s.Distributions) < 2 {
		return
	}
	title := "distributions"
	for i, d := range s.Distributions {
		if i == headlineDistributions {
			fmt.Fprintf(b, "  %-16sand %d more\n", "", len(s.Distributions)-i)
			return
		}
		name := d.Name
		if name == "" {
			name = d.ID
		}
		fmt.Fprintf(b, "  %-16s%-24s %9s  hit %7s  bytes %7s\n", title, fit(name, 24),
			count(float64(d.Requests)), percent(d.HitRatio), percent(d.ByteHitRatio))
		title = ""
	}
}

// tiers lists the layers of caches where there are several: of how many places,
// what they were asked and what they had themselves.
func tiers(b *strings.Builder, s *results.Summary) {
	var layers []results.TierFigures
	places := map[string]int{}
	for i := range s.Tiers {
		f := s.Tiers[i]
		if places[f.Layer]++; places[f.Layer] == 1 {
			layers = append(layers, f)
		} else {
			layers[len(layers)-1].Add(&f) // those of a layer stand together
		}
	}
	if places[results.LayerRegional.String()]+places[results.LayerShield.String()] == 0 {
		return
	}
	title := "tiers"
	for _, f := range layers {
		name, hits := f.Layer, fmt.Sprintf("  own hits %7s  bytes %7s", percent(f.HitRatio), percent(f.ByteHitRatio))
		if n := places[f.Layer]; n > 1 {
			name = fmt.Sprintf("%s (%d)", f.Layer, n)
		}
		if f.Layer == results.LayerOrigin.String() {
			hits = ""
		}
		fmt.Fprintf(b, "  %-16s%-16s %11s%s\n", title, name, count(float64(f.Requests)), hits)
		title = ""
	}
}

// wrapped prints text behind a head, in lines of at most columns, those after
// the first indented by the head's width.
func wrapped(b *strings.Builder, head, text string) {
	at := len(head)
	b.WriteString(head)
	for i, word := range strings.Fields(text) {
		word = fit(word, columns-len(head))
		switch n := len([]rune(word)); {
		case i == 0:
			at += n
		case at+1+n > columns:
			b.WriteString("\n" + strings.Repeat(" ", len(head)))
			at = len(head) + n
		default:
			b.WriteByte(' ')
			at += 1 + n
		}
		b.WriteString(word)
	}
	b.WriteByte('\n')
}

// fit shortens text to n characters.
func fit(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n-1]) + "…"
}

func count(n float64) string {
	return report.Column{Unit: report.Count}.Show(report.Cell{Num: n})
}

func percent(share float64) string { return strconv.FormatFloat(100*share, 'f', 1, 64) + " %" }

func millis(ms float64) string {
	return report.Column{Unit: report.Millis}.Show(report.Cell{Num: ms}) + " ms"
}

// short is a number of seconds with at most one decimal.
// length is a run's length as people say it: seconds of a run, days of a log.
func length(s float64) string {
	switch {
	case s < 2*3600:
		return strings.TrimSuffix(strconv.FormatFloat(s, 'f', 1, 64), ".0") + " s"
	case s < 2*86400:
		return strconv.FormatFloat(s/3600, 'f', 1, 64) + " hours"
	}
	return strconv.FormatFloat(s/86400, 'f', 1, 64) + " days"
}

// perSecond is a rate, with decimals where it is small.
func perSecond(rate float64) string {
	if rate > 0 && rate < 100 {
		return strconv.FormatFloat(rate, 'g', 3, 64)
	}
	return count(rate)
}
