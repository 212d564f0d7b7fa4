package main

import (
	"context"
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
	if files.Cut, err = h.cutFor(e, len(cells)); err != nil {
		return err
	}
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
	config := &m.wanted.config
	all, totals, lost, err := files.Play(e.ctx, cells, *config)
	if err != nil && !brokenOff(err) {
		return err
	}
	failed := 0
	for i, r := range all {
		switch {
		case lost[i] == nil:
			m.results = append(m.results, r)
		case errors.As(lost[i], new(fleet.SetAside)):
			if failed++; failed == 1 {
				m.lost = lost[i]
			}
		}
	}
	if len(m.results) == 0 && len(cells) > 0 {
		return errors.Join(m.lost, err)
	}
	if m.totals = totals; failed > 0 {
		m.lost = fmt.Errorf("%d cells failed and are left out; the first: %w", failed, m.lost)
	}
	if err != nil {
		m.totals.Partial, m.short = true, fmt.Sprintf("%d of %d cells were played", len(m.results), len(cells))
		if config.Curve != nil && config.Curve.Requests == 0 { // the stack was not
			config.Curve = nil
		}
	}
	return err
}

// brokenOff tells whether pieces end since nobody wants them, and not by themselves.
func brokenOff(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, fleet.ErrCancelled)
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
