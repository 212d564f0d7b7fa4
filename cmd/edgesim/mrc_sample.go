package main

import (
	"slices"

	"edgesim/sim/curve"
	"edgesim/workloads/trace"
)

// draw plays a sample. Where capacities depend on what only reading tells, the
// trace is read twice: a sample of it is not kept, as reading is all it costs.
func (m *measured) draw(e *env) error {
	a, info := m.wanted, m.trace.Info()
	known := whole{requests: info.Requests, workingSet: -1}
	if !a.settled(known) {
		sample, err := m.first(e)
		if err != nil {
			return err
		}
		t := sample.Totals()
		known = whole{requests: t.Requests, workingSet: t.WorkingSet}
	}
	a.config.Warmup = a.warmup.of(known.requests)
	r := newCounting(e.stderr, m.trace)
	defer r.done()
	var err error
	m.sample, m.estimates, err = curve.Draw(e.ctx, r, *a.sample, a.cells(known), a.config)
	if m.sample == nil {
		return usageError{err}
	}
	m.totals = m.sample.Totals()
	m.estimated()
	return err
}

// estimated has the estimates as results, too.
func (m *measured) estimated() {
	for _, est := range m.estimates {
		m.results = append(m.results, est.Result(m.totals))
	}
}

// first reads the trace for what it tells as a whole, and opens it again.
func (m *measured) first(e *env) (*curve.Sample, error) {
	if slices.Contains(m.options.Files, "-") {
		return nil, usagef("--capacity is wanted to sample the standard input, which is read once; right is sizes, as 1GiB,4GiB")
	}
	r := newCounting(e.stderr, m.trace)
	defer r.done()
	sample, _, err := curve.Draw(e.ctx, r, *m.wanted.sample, nil, m.wanted.config)
	if err != nil {
		return nil, beforeRead(err)
	}
	again, err := trace.Open(m.options)
	if err != nil {
		return nil, err
	}
	err = m.trace.Close()
	m.trace = again
	return sample, err
}
