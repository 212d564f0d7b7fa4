//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// comparison is everything that was measured.
type comparison struct {
	Rounds       int      `json:"rounds"`
	RoundSeconds float64  `json:"round_seconds"`
	Connections  int      `json:"connections"`
	Tables       []*table `json:"workloads"`
	Memory       []memory `json:"memory"`
}

// table is one workload.
type table struct {
	Workload string            `json:"workload"`
	Servers  []*served         `json:"servers"`
	Against  string            `json:"against,omitempty"` // the nginx that did better
	Ratios   map[string]spread `json:"edgesim_over_nginx,omitempty"`
}

type served struct {
	Name   string  `json:"server"`
	Median round   `json:"median"`
	Rounds []round `json:"rounds"`
}

// spread is the median of the rounds' ratios, and the least and the most.
type spread struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
	Ahead  bool    `json:"ahead"`
}

// memory is what one stored object costs a server, in bytes.
type memory struct {
	Server  string  `json:"server"`
	Size    int     `json:"body_bytes"`
	Objects int     `json:"objects"`
	Process float64 `json:"process_bytes"` // growth of the processes' proportional set
	Files   float64 `json:"file_bytes"`    // growth of the cache folder, in whole blocks
	Beyond  float64 `json:"beyond_body_bytes"`
}

// figures are the columns, and whether more of it is better.
var figures = []struct {
	name, column string
	of           func(*round) float64
	more         bool
}{
	{"requests_per_second", "requests/s", func(r *round) float64 { return r.Rate }, true},
	{"p50_ms", "p50", func(r *round) float64 { return r.P50 }, false},
	{"p99_ms", "p99", func(r *round) float64 { return r.P99 }, false},
	{"cpu_us_per_request", "CPU", func(r *round) float64 { return r.CPU }, false},
}

// settled computes medians and ratios from the rounds.
func (t *table) settled() *table {
	var edge, nginx *served
	for _, s := range t.Servers {
		if len(s.Rounds) == 0 {
			return t
		}
		s.Median = medianRound(s.Rounds)
		switch {
		case s.Name == "edgesim":
			edge = s
		case strings.HasPrefix(s.Name, "nginx") && (nginx == nil || s.Median.Rate > nginx.Median.Rate):
			nginx = s
		}
	}
	if edge == nil || nginx == nil {
		return t
	}
	t.Against, t.Ratios = nginx.Name, map[string]spread{}
	for _, f := range figures {
		var ratios []float64
		for i := range min(len(edge.Rounds), len(nginx.Rounds)) {
			if of := f.of(&nginx.Rounds[i]); of > 0 {
				ratios = append(ratios, f.of(&edge.Rounds[i])/of)
			}
		}
		if len(ratios) > 0 {
			s := spread{Median: median(ratios), Min: slices.Min(ratios), Max: slices.Max(ratios)}
			s.Ahead = f.more == (s.Median > 1)
			t.Ratios[f.name] = s
		}
	}
	return t
}

func medianRound(rounds []round) round {
	of := func(get func(*round) float64) float64 {
		var x []float64
		for i := range rounds {
			x = append(x, get(&rounds[i]))
		}
		return median(x)
	}
	return round{
		Rate: of(func(r *round) float64 { return r.Rate }), P50: of(func(r *round) float64 { return r.P50 }),
		P99: of(func(r *round) float64 { return r.P99 }), CPU: of(func(r *round) float64 { return r.CPU }),
		Busy: of(func(r *round) float64 { return r.Busy }), Hits: of(func(r *round) float64 { return r.Hits }),
	}
}

func median(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}

func (c *comparison) writeJSON(w io.Writer) {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	_ = enc.Encode(c) // the terminal or file is the caller's
}

// writeText writes tables of at most 80 columns.
func (c *comparison) writeText(w io.Writer) {
	fmt.Fprintf(w, "%d rounds of %.1f s each, in turns; %d connections; medians. busy: of the core.\n",
		c.Rounds, c.RoundSeconds, c.Connections)
	for _, t := range c.Tables {
		t.writeText(w)
	}
	c.writeMemory(w)
}

func (t *table) writeText(w io.Writer) {
	fmt.Fprintf(w, "\n%s\n  %-20s %10s %8s %8s %8s %6s %7s\n", t.Workload,
		"", "requests/s", "p50 ms", "p99 ms", "CPU µs", "busy", "hits")
	for _, s := range t.Servers {
		if len(s.Rounds) == 0 {
			continue
		}
		m := &s.Median
		fmt.Fprintf(w, "  %-20s %10.0f %8.3f %8.3f %8.1f %5.0f%% %6.1f%%\n",
			s.Name, m.Rate, m.P50, m.P99, m.CPU, 100*m.Busy, 100*m.Hits)
	}
	for i, f := range figures {
		r, ok := t.Ratios[f.name]
		if !ok {
			continue
		}
		label := ""
		if i == 0 {
			label = "edgesim / " + t.Against
		}
		verdict := "behind"
		if r.Ahead {
			verdict = "ahead"
		}
		fmt.Fprintf(w, "  %-26s %-10s %5.2f  (%.2f to %.2f)  %s\n", label, f.column, r.Median, r.Min, r.Max, verdict)
	}
}

func (c *comparison) writeMemory(w io.Writer) {
	if len(c.Memory) == 0 {
		return
	}
	fmt.Fprintf(w, "\nmemory for each object stored, in bytes: what the processes grew by, and the\n"+
		"files they made; beyond is both without the body\n  %-20s %8s %8s %10s %10s %10s\n",
		"", "body", "objects", "processes", "files", "beyond")
	for _, m := range c.Memory {
		fmt.Fprintf(w, "  %-20s %8d %8d %10.0f %10.0f %10.0f\n", m.Server, m.Size, m.Objects, m.Process, m.Files, m.Beyond)
	}
	for _, m := range c.Memory {
		if m.Server != "edgesim" {
			continue
		}
		for _, n := range c.Memory {
			if n.Server == "nginx" && n.Size == m.Size {
				verdict := "behind"
				if m.Beyond < n.Beyond {
					verdict = "ahead"
				}
				fmt.Fprintf(w, "  edgesim / nginx, %d KiB: %.2f  %s\n", m.Size>>10, m.Beyond/n.Beyond, verdict)
			}
		}
	}
}
