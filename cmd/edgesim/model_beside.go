package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"edgesim/results/plot"
	"edgesim/sim/analytic"
)

// playedCache is a cache that was played: a row of the CSV of mrc or sweep.
type playedCache struct {
	Model    string  `json:"policy"`
	Capacity float64 `json:"capacity"`
	Hit      float64 `json:"hit"` // share of requests that were answered without asking an origin
	ByteHit  float64 `json:"byte_hit"`
}

// readBeside reads the file of --beside.
func readBeside(path string) ([]playedCache, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	all, err := parseBeside(f)
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return all, err
}

func parseBeside(f io.Reader) ([]playedCache, error) {
	r := csv.NewReader(f)
	head, err := r.Read()
	if err != nil {
		return nil, err
	}
	cols, err := besideColumns(head)
	if err != nil {
		return nil, fmt.Errorf("line 1: %w", err)
	}
	var all []playedCache
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		c, err := cols.read(row)
		if err != nil {
			line, _ := r.FieldPos(0)
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		all = append(all, c)
	}
}

// columnsOfCSV are the places of what is read; missed says that ratios are of misses.
type columnsOfCSV struct {
	policy, capacity, hit, byteHit int
	missed                         bool
}

func besideColumns(head []string) (c columnsOfCSV, err error) {
	c = columnsOfCSV{policy: slices.Index(head, "policy"), capacity: slices.Index(head, "capacity"), hit: slices.Index(head, "hit"), byteHit: slices.Index(head, "byte_hit")}
	if c.hit < 0 {
		c.hit, c.byteHit, c.missed = slices.Index(head, "miss_ratio"), slices.Index(head, "byte_miss_ratio"), true
	}
	if c.policy < 0 || c.capacity < 0 || c.hit < 0 || c.byteHit < 0 {
		return c, fmt.Errorf("columns %s; right are those of edgesim mrc --csv or edgesim sweep --csv", strings.Join(head, ","))
	}
	return c, nil
}

func (c columnsOfCSV) read(row []string) (of playedCache, err error) {
	of.Model = row[c.policy]
	for _, n := range []struct {
		at   int
		into *float64
	}{{c.capacity, &of.Capacity}, {c.hit, &of.Hit}, {c.byteHit, &of.ByteHit}} {
		if *n.into, err = strconv.ParseFloat(row[n.at], 64); err != nil || !(*n.into >= 0) {
			return of, fmt.Errorf("%q is no number", row[n.at])
		}
	}
	if c.missed {
		of.Hit, of.ByteHit = 1-of.Hit, 1-of.ByteHit
	}
	return of, nil
}

// readCounts takes in what --beside has: its capacities, and its policies where
// none are asked for.
func (o *modelOptions) readCounts(m *modelled) (err error) {
	if o.beside == "" {
		return nil
	}
	if m.played, err = readBeside(o.beside); err != nil {
		return usagef("--beside: %v", err)
	}
	if len(m.played) == 0 {
		return usagef("--beside: %s has no rows", o.beside)
	}
	if o.policies == "" {
		m.models = nil
		for _, c := range m.played {
			model, err := analytic.Parse(c.Model)
			if err == nil && !slices.ContainsFunc(m.models, func(m analytic.Model) bool { return m.Spec == c.Model }) {
				m.models = append(m.models, model)
			}
		}
		if len(m.models) == 0 {
			m.said = append(m.said, "none of the policies in "+o.beside+" has a formula: shown is lru's")
		}
	}
	if o.capacities == "" {
		for _, c := range m.played {
			m.capacities = append(m.capacities, c.Capacity)
		}
	}
	return nil
}

// besideText is a table of what was played and what the formula says.
func (m *modelled) besideText(b *strings.Builder) {
	if len(m.played) == 0 {
		return
	}
	fmt.Fprintf(b, "\nBeside what was played, in %%:\n%-24s %10s %8s %8s %7s  %8s\n", "", "capacity", "hit", "formula", "apart", "bytes")
	for _, c := range m.played {
		for _, a := range m.answers {
			if a.Model != c.Model || math.Abs(a.Capacity-c.Capacity) > 0.5 {
				continue
			}
			hit := a.Hit + a.Delayed
			fmt.Fprintf(b, "%-24s %10s %8.2f %8.2f %+7.2f  %+8.2f\n", c.Model, m.capacity(c.Capacity), 100*c.Hit, 100*hit, 100*(hit-c.Hit), 100*(a.ByteHit-c.ByteHit))
		}
	}
}

// dots are the caches that were played, in the colours of their lines.
func (m *modelled) dots(value func(playedCache) float64) (lines []plot.Line) {
	place := map[string]int{}
	for i, model := range m.models {
		place[model.Spec] = i
	}
	at := map[string]int{}
	for _, c := range m.played {
		i, ok := at[c.Model]
		if !ok {
			i = len(lines)
			at[c.Model] = i
			if _, known := place[c.Model]; !known {
				place[c.Model] = len(place)
			}
			lines = append(lines, plot.Line{Label: c.Model + ", played", Form: plot.AsPoints, Color: plot.ColorAt("", place[c.Model])})
		}
		lines[i].X = append(lines[i].X, c.Capacity)
		lines[i].Y = append(lines[i].Y, value(c))
	}
	return lines
}
