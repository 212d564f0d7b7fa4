//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// comparison is everything that was measured.
type comparison struct {
	Rounds       int      `json:"rounds"`
	RoundSeconds float64  `json:"round_seconds"`
	Connections  int      `json:"connections"`
	Tables       []*table `json:"workloads"`
}

// table is one workload.
type table struct {
	Workload   string       `json:"workload"`
	Generators []*generator `json:"generators"`
	rate       int
}

// generator is one program in one workload.
type generator struct {
	Name   string  `json:"generator"`
	Median round   `json:"median"`
	Ratio  float64 `json:"loadgen_cpu_over_its"` // median of the rounds' ratios; 0: loadgen was not run
	Rounds []round `json:"rounds"`
}

func (t *table) add(name string, r round) {
	at := slices.IndexFunc(t.Generators, func(g *generator) bool { return g.Name == name })
	if at < 0 {
		at = len(t.Generators)
		t.Generators = append(t.Generators, &generator{Name: name})
	}
	g := t.Generators[at]
	g.Rounds = append(g.Rounds, r)
}

// compare works out medians, and the ratios of rounds of the same number: what the
// machine was doing then happened to both.
func (t *table) compare() {
	var ours []round
	for _, g := range t.Generators {
		if g.Name == "loadgen" {
			ours = g.Rounds
		}
	}
	for _, g := range t.Generators {
		of := func(f func(round) float64) float64 {
			var list []float64
			for _, r := range g.Rounds {
				list = append(list, f(r))
			}
			return median(list)
		}
		g.Median = round{
			CPU: of(func(r round) float64 { return r.CPU }), Rate: of(func(r round) float64 { return r.Rate }),
			Kept: of(func(r round) float64 { return r.Kept }), Spread: of(func(r round) float64 { return r.Spread }),
		}
		var ratios []float64
		for i := range min(len(ours), len(g.Rounds)) {
			ratios = append(ratios, ours[i].CPU/g.Rounds[i].CPU)
		}
		g.Ratio = median(ratios)
	}
}

// median of a list; 0 where it is empty.
func median(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	n := len(list)
	return (list[(n-1)/2] + list[n/2]) / 2
}

func (c *comparison) writeJSON(w io.Writer) {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	_ = e.Encode(c)
}

func (c *comparison) writeText(w io.Writer) {
	fmt.Fprintf(w, "1 KiB from a bare server, %d connections, %d rounds of %g s; medians\n", c.Connections, c.Rounds, c.RoundSeconds)
	for _, t := range c.Tables {
		out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintf(out, "\n%s\tCPU µs/request\tloadgen's over it\trequests/s\tkept\tvariance/mean in 1 ms\t\n", t.Workload)
		for _, g := range t.Generators {
			m := g.Median
			kept := "-"
			if t.rate > 0 {
				kept = fmt.Sprintf("%.1f%%", 100*m.Kept)
			}
			fmt.Fprintf(out, "%s\t%.1f\t%.2f\t%.0f\t%s\t%.2f\t\n", g.Name, m.CPU, g.Ratio, m.Rate, kept, m.Spread)
		}
		_ = out.Flush()
	}
}
