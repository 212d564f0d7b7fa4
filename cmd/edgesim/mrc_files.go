package main

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"edgesim/sim/curve"
)

// writeCSV writes a row for each cell and, with --all-sizes, those of the stack.
func (m *measured) writeCSV(w io.Writer) error {
	if m.formulas != nil {
		var text bytes.Buffer
		if err := m.writePlayedCSV(&text); err != nil {
			return err
		}
		return m.formulas.addTo(w, text.Bytes(), m.results)
	}
	return m.writePlayedCSV(w)
}

func (m *measured) writePlayedCSV(w io.Writer) error {
	if m.estimates != nil {
		return curve.WriteSampledCSV(w, m.estimates, m.totals)
	}
	return curve.WriteCSV(w, append(m.results, m.stack(m.wanted.config.Curve)...))
}

// stackName is what LRU by stack distances is called where policies are.
const stackName = "lru-stack"

// perDoubling is how many rows of it there are for a doubling of the capacity.
const perDoubling = 16

// stack is LRU at every size as results.
func (m *measured) stack(c *curve.Curve) (rows []curve.Result) {
	if c == nil {
		return nil
	}
	for _, p := range c.Points(perDoubling) {
		rows = append(rows, curve.Result{
			Cell:     curve.Cell{Policy: stackName, Capacity: p.Capacity},
			Requests: m.totals.Counted, Misses: p.Misses, Bytes: m.totals.Bytes, MissBytes: p.MissBytes,
		})
	}
	return rows
}

// pictures draws the curves into a folder and says where they are.
func (m *measured) pictures(e *env, dir string, mark int64) error {
	name := filepath.Base(m.names[0])
	if name == "-" {
		name = "standard input"
	}
	d := curve.Drawn{
		Name: name, Results: m.results, Estimates: m.estimates, Curve: m.wanted.config.Curve,
		Totals: m.totals, IgnoreSize: m.wanted.config.IgnoreSize, Mark: mark,
	}
	if m.formulas != nil {
		d.Formulas = m.formulas.lines(slices.Sorted(slices.Values(m.sizes())))
	}
	for _, f := range d.Figures() {
		if err := writeFigure(dir, f); err != nil {
			return err
		}
		fmt.Fprintf(e.stderr, "edgesim mrc: drawn: %s.svg, .png, .json\n", filepath.Join(dir, f.Name))
	}
	return nil
}
