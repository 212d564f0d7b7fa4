// Package validate plays one scenario on real sockets and foretells it in virtual
// time, as often as asked, and says how far the two worlds are apart. It knows
// the figures that count and how sure a mean of a few runs is; it must never
// bend either world towards the other: all that the prediction is told of this
// machine is how long an idle edge takes to answer.
package validate

import (
	"context"
	"fmt"
	"slices"
	"time"

	"edgesim/results"
	"edgesim/results/plot"
	"edgesim/sim/scenario"
	"edgesim/sim/sweep"
)

// Config is what a validation is made from.
type Config struct {
	// Load gives the scenario with that seed; each repetition has one of its own,
	// the same in both worlds.
	Load    func(seed uint64) (*scenario.Scenario, error)
	Repeats int // of both worlds, at least 1; from 2 on there are intervals

	Live, Virtual sweep.World

	// Status is told what is being played. nil: nobody is.
	Status func(repeat int, world string)
}

// Result is how far the worlds are apart.
type Result struct {
	Name    string         `json:"name"`
	Seeds   []uint64       `json:"seeds"`
	Partial bool           `json:"partial"` // interrupted: fewer repetitions than asked for
	Figures []Figure       `json:"figures"`
	Plots   []*plot.Figure `json:"-"`
}

// Agree reports whether every figure that has a goal keeps it.
func (r *Result) Agree() bool {
	return !slices.ContainsFunc(r.Figures, func(f Figure) bool { return f.Verdict == Apart })
}

// Run plays and foretells. When ctx ends first, the repetitions that are whole
// make the result, which is marked partial.
func Run(ctx context.Context, c Config) (*Result, error) {
	first, err := c.Load(0)
	if err != nil {
		return nil, err
	}
	r := &Result{Name: first.Name}
	var t tally
	shapes := map[string]*shapes{"live": newShapes(), "virtual": newShapes()}
	for i := range c.Repeats {
		seed := first.Seed + uint64(i)
		s, err := c.Load(seed)
		if err != nil {
			return nil, err
		}
		live, virtual, err := c.once(ctx, i, s, shapes)
		if ctx.Err() != nil {
			r.Partial = true
			break
		}
		if err != nil {
			return nil, fmt.Errorf("seed %d: %w", seed, err)
		}
		r.Seeds = append(r.Seeds, seed)
		t.add(live, virtual)
	}
	if len(r.Seeds) == 0 {
		return nil, fmt.Errorf("interrupted before the first repetition was over: %w", ctx.Err())
	}
	r.Figures = t.figures()
	r.Plots, err = overlays(shapes["live"], shapes["virtual"])
	return r, err
}

// once plays both worlds, the virtual one first: it disturbs nobody.
func (c *Config) once(ctx context.Context, i int, s *scenario.Scenario, shapes map[string]*shapes) (live, virtual *results.Summary, err error) {
	for _, w := range []struct {
		name string
		play sweep.World
		into **results.Summary
	}{{"virtual", c.Virtual, &virtual}, {"live", c.Live, &live}} {
		if c.Status != nil {
			c.Status(i, w.name)
		}
		o := newObserved(s, shapes[w.name])
		if err := w.play(ctx, s, o); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", w.name, err)
		}
		*w.into = o.view.Finish(results.SummaryEnd{Length: s.Duration.Std()})
	}
	return live, virtual, nil
}

// observed is what comes of one run: the traffic as the edge saw it, the times as
// viewers saw them.
type observed struct {
	warmup int64 // ns
	view   *results.SummaryView
	shapes *shapes
}

func newObserved(s *scenario.Scenario, shapes *shapes) *observed {
	names := results.NewNames(time.Unix(0, 0).UTC())
	return &observed{warmup: s.Warmup.Std().Nanoseconds(), shapes: shapes,
		view: results.NewSummary(names, results.SummaryOptions{Warmup: s.Warmup.Std()})}
}

// Add takes records of any vantage: those of a simulator are both.
func (o *observed) Add(recs []results.Record) {
	for len(recs) > 0 {
		v, n := recs[0].Vantage, 1
		for n < len(recs) && recs[n].Vantage == v {
			n++
		}
		if v != results.AtClient {
			o.view.Traffic().Add(recs[:n])
		}
		if v != results.AtEdge {
			o.view.Latency().Add(recs[:n])
			o.shapes.add(recs[:n], o.warmup)
		}
		recs = recs[n:]
	}
}
