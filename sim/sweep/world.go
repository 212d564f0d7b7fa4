package sweep

import (
	"context"

	"edgesim/results"
	"edgesim/sim/scenario"
)

// World plays a scenario once and hands every record to view.
type World func(ctx context.Context, s *scenario.Scenario, view results.View) error

// Loader gives the scenario of a cell, with chance from that seed.
type Loader func(c Cell, seed uint64) (*scenario.Scenario, error)

// Play plays a cell of a scenario once.
func Play(ctx context.Context, load Loader, world World, c Cell, seed uint64) (*Measure, error) {
	s, err := load(c, seed)
	if err != nil {
		return nil, err
	}
	m := NewMeasure(s)
	return m, world(ctx, s, m)
}

// Trial is Play for a sweep.
func (w World) Trial(load Loader) Trial {
	return func(ctx context.Context, c Cell, seed uint64) (Values, error) {
		m, err := Play(ctx, load, w, c, seed)
		if err != nil {
			return nil, err
		}
		return m.Values(), nil
	}
}
