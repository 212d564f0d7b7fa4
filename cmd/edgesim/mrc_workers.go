package main

import (
	"errors"
	"fmt"

	"edgesim/sim/curve"
	"edgesim/sim/fleet"
	"edgesim/sim/pieces"
)

// byWorkers has the cells played on other machines.
func (m *measured) byWorkers(e *env, o *fleet.Flags) (err error) {
	a := m.wanted
	cells, err := m.prepared(e)
	if cells == nil || err != nil {
		return err
	}
	files, h, err := handOutTrace(e, o, m.trace, m.options)
	if err != nil {
		return err
	}
	defer func() { h.close(e, errors.Join(err, e.ctx.Err())) }()
	switch {
	case a.shards > 0:
		return m.joined(e, cells, a.shards, files.Shard)
	case a.sample != nil:
		return m.drawn(e, files, cells)
	}
	info := m.trace.Info()
	files.Tape = !a.settled(whole{info.Requests, -1}) || !info.Next || a.config.ResizedNew // as measure has one
	return m.played(e, files, cells)
}

// prepared is the cells of a trace that is played in pieces. It is read here once, for
// what it tells as a whole, and so that what is wrong with it is known before. nil:
// there is nothing to play, which is said where there is nothing to print.
func (m *measured) prepared(e *env) ([]curve.Cell, error) {
	a := m.wanted
	known, err := m.known(e)
	if err != nil || m.totals.Requests == 0 {
		return nil, err
	}
	a.config.Warmup = a.warmup.of(known.requests)
	if a.config.Warmup >= m.totals.Requests {
		return nil, nil
	}
	cells := a.cells(known)
	switch {
	case a.shards > 0:
		err = curve.Drawable(cells)
	case a.sample == nil:
		err = curve.Playable(cells, a.config)
	}
	if err != nil {
		return nil, usageError{err}
	}
	return cells, nil
}

// known is what capacities and the warm-up depend on, as it is where nobody helps.
func (m *measured) known(e *env) (w whole, err error) {
	a := m.wanted
	w = whole{requests: m.trace.Info().Requests, workingSet: -1}
	settled := a.settled(w)
	if !settled && a.sample != nil {
		sample, err := m.first(e)
		if err != nil {
			return w, err
		}
		t := sample.Totals()
		w = whole{t.Requests, t.WorkingSet}
	}
	if m.totals, err = scan(e, m.trace, a.config); err != nil {
		return w, beforeRead(err)
	}
	if !settled && a.sample == nil {
		w = whole{m.totals.Requests, m.totals.WorkingSet}
	}
	return w, nil
}

// played asks for the cells, and leaves out those that failed for good.
func (m *measured) played(e *env, files *pieces.Files, cells []curve.Cell) error {
	all, totals, lost, err := files.Play(e.ctx, cells, m.wanted.config)
	if err != nil {
		return err
	}
	m.totals = totals
	failed := 0
	for i, r := range all {
		if lost[i] == nil {
			m.results = append(m.results, r)
			continue
		}
		if failed++; failed == 1 {
			m.lost = lost[i]
		}
	}
	if failed == len(cells) && failed > 0 {
		return m.lost
	}
	if m.lost != nil {
		m.lost = fmt.Errorf("%d cells failed and are left out; the first: %w", failed, m.lost)
	}
	return nil
}

// drawn asks for a sample.
func (m *measured) drawn(e *env, files *pieces.Files, cells []curve.Cell) error {
	got, err := files.Draw(e.ctx, *m.wanted.sample, cells, m.wanted.config)
	if err != nil {
		return err
	}
	if got.Refused != "" {
		return usagef("%s", got.Refused)
	}
	m.sample, m.estimates, m.totals = &curve.Sample{Objects: got.Objects, Rate: got.Rate}, got.Estimates, got.Totals
	m.estimated()
	return nil
}
