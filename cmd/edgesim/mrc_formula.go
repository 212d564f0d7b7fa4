package main

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"edgesim/sim/analytic"
	"edgesim/sim/curve"
	"edgesim/sim/sweep"
	"edgesim/workloads/trace"
)

// formulas are what formulas say of a trace's requests in an order without memory:
// where points lie below them, the trace has locality in time.
type formulas struct {
	pop    analytic.Population
	models map[string]analytic.Model // of the policies that have one
}

// byFormula counts the trace's objects, for those policies that have formulas.
func (m *measured) byFormula(e *env) (*formulas, error) {
	f, err := formulasOf(m.wanted.specs)
	if err != nil {
		return nil, err
	}
	c, err := countObjects(e, m.options, m.wanted.config.IgnoreSize)
	if err != nil {
		return nil, err
	}
	f.pop = c.objects.Over(float64(c.requests))
	return f, nil
}

// formulasOf finds the policies' formulas.
func formulasOf(specs []string) (*formulas, error) {
	f := &formulas{models: map[string]analytic.Model{}}
	for _, spec := range specs {
		if model, err := analytic.Parse(spec); err == nil {
			f.models[spec] = model
		}
	}
	if len(f.models) == 0 {
		return nil, usagef("--formula: none of %s has one; right is with one of %s", strings.Join(specs, ", "), modelNames())
	}
	return f, nil
}

// byFormula finds what the scenario or the trace of a sweep asks for.
func (o *sweepOptions) byFormula(e *env, name string, r *sweep.Result) (*formulas, error) {
	var specs []string
	for _, row := range r.Rows {
		specs = append(specs, row.Policy)
	}
	f, err := formulasOf(uniq(specs))
	if err != nil {
		return nil, err
	}
	if isScenario(name) {
		m, err := new(modelOptions).ofScenario(name, o.sets...)
		if err != nil {
			return nil, err
		}
		f.pop = m.pop
		return f, nil
	}
	c, err := countObjects(e, trace.Options{Files: []string{name}, Format: o.format, Columns: o.columns, Limit: o.limit}, o.ignoreSize)
	if err != nil {
		return nil, err
	}
	f.pop = c.objects.Over(float64(c.requests))
	return f, nil
}

// says is what the formulas say of a sweep's quantities. A hit that waits for a fetch
// under way is one.
func (f *formulas) says(policy string, capacity float64) map[string]float64 {
	model, ok := f.models[policy]
	if !ok {
		return nil
	}
	c, err := model.Solve(f.pop, capacity)
	if err != nil {
		return nil
	}
	a := c.Answer()
	return map[string]float64{"hit": a.Hit + a.Delayed, "byte-hit": a.ByteHit}
}

// at is the miss ratios of a policy at a capacity; NaN where it has no formula.
func (f *formulas) at(policy string, capacity float64) (miss, byteMiss float64) {
	model, ok := f.models[policy]
	if !ok {
		return math.NaN(), math.NaN()
	}
	c, err := model.Solve(f.pop, capacity)
	if err != nil {
		return math.NaN(), math.NaN()
	}
	a := c.Answer()
	return a.Miss, 1 - a.ByteHit
}

// lines are the formulas between the smallest and the largest capacity, for pictures.
func (f *formulas) lines(sizes []int64) (lines []curve.Line) {
	low, high := float64(sizes[0]), float64(sizes[len(sizes)-1])
	if low == high {
		low, high = low/8, high*8
	}
	for spec := range f.models {
		l := curve.Line{Policy: spec}
		for k := range points {
			capacity := low * math.Pow(high/low, float64(k)/(points-1))
			miss, byteMiss := f.at(spec, capacity)
			l.Capacity = append(l.Capacity, capacity)
			l.Miss, l.ByteMiss = append(l.Miss, miss), append(l.ByteMiss, byteMiss)
		}
		lines = append(lines, l)
	}
	return lines
}

// columns are a column for each of the policies with a formula.
func (f *formulas) columns(m *measured, bytes bool) (all []column) {
	for _, spec := range m.wanted.specs {
		if _, ok := f.models[spec]; !ok {
			continue
		}
		name := spec + ", formula"
		c := column{name, max(policyColumn, len(name)+2), map[int64]string{}}
		for _, size := range m.sizes() {
			miss, byteMiss := f.at(spec, float64(size))
			if bytes {
				miss = byteMiss
			}
			c.at[size] = fmt.Sprintf("%.2f ", 100*miss)
		}
		all = append(all, c)
	}
	return all
}

// addTo puts the formulas' two columns behind those of a CSV, whose rows are those of
// the results, and then others.
func (f *formulas) addTo(w io.Writer, text []byte, list []curve.Result) error {
	var out bytes.Buffer
	for i, line := range bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n")) {
		out.Write(line)
		switch {
		case i == 0:
			out.WriteString(",formula_miss_ratio,formula_byte_miss_ratio")
		case i <= len(list):
			miss, byteMiss := f.at(list[i-1].Policy, float64(list[i-1].Capacity))
			out.WriteString("," + sixDecimals(miss) + "," + sixDecimals(byteMiss))
		default:
			out.WriteString(",,")
		}
		out.WriteByte('\n')
	}
	_, err := out.WriteTo(w)
	return err
}

func sixDecimals(v float64) string {
	if v != v {
		return ""
	}
	return strconv.FormatFloat(v, 'f', 6, 64)
}

// formulaJSON is what a policy's formula says.
type formulaJSON struct {
	MissRatio     float64 `json:"miss_ratio"`
	ByteMissRatio float64 `json:"byte_miss_ratio"`
}

func (f *formulas) json(r curve.Result) *formulaJSON {
	miss, byteMiss := f.at(r.Policy, float64(r.Capacity))
	if miss != miss {
		return nil
	}
	return &formulaJSON{miss, byteMiss}
}
