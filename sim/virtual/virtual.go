// Package virtual runs a scenario in virtual time: it foretells, request by
// request, what the real edge does with it. It is the edge's rules over numbers:
// the same shards, keys, weights and rules of caching, without a byte of a header
// or of a body, a socket or a clock. Requests are the clock, and only misses make
// events (docs/adr/0032, docs/virtual.md).
//
// It must never know a real clock or chance of its own: a seed and a scenario
// give the same records, on any number of cores.
package virtual

import (
	"context"
	"errors"
	"fmt"
	"time"

	"edgesim/results"
	"edgesim/results/folder"
	"edgesim/results/report"
	"edgesim/sim/objective"
	"edgesim/sim/scenario"
)

// Config is what a virtual run is made from.
type Config struct {
	Scenario  *scenario.Scenario
	Dir       string           // the run folder; made when missing, refused when it holds another run
	Manifest  results.Manifest // command, program and machine; the rest is filled in here
	AccessLog bool             // write access.log.gz in CloudFront's standard format, with accesslog.TTLField behind it

	// Epoch is the wall-clock moment of time 0, which dates in headers and logs
	// count from. Zero: DefaultEpoch, so that a run gives the same bytes each time.
	Epoch time.Time

	// RTT is the round trip between viewers and their edge, in every time of a
	// record. 0: no distance.
	RTT time.Duration

	// Status is told how far the run has come, every StatusEvery requests. nil:
	// nobody is.
	Status func(Status)
}

// DefaultEpoch is when virtual runs begin, unless told otherwise.
var DefaultEpoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// StatusEvery is after how many requests a run tells how far it has come.
const StatusEvery = 1 << 16

// Status is how far a run has come.
type Status struct {
	Played, Length time.Duration // virtual
	Requests       uint64
	Seen           folder.Progress
}

// Result is what a run came to, beside its folder.
type Result struct {
	Summary *results.Summary
	Partial bool // ctx ended before the scenario did
}

// Run plays the scenario and leaves a run folder. When ctx ends first, what has
// been played until then is kept and marked partial.
func Run(ctx context.Context, c Config) (*Result, error) {
	c.RTT = max(c.RTT, 1) // a first byte that took no time would count as none
	w, err := newWorld(&c, c.names())
	if err != nil {
		return nil, err
	}
	return w.leaveFolder(ctx, c)
}

// leaveFolder plays the scenario into a run folder.
func (w *world) leaveFolder(ctx context.Context, c Config) (*Result, error) {
	names, s, m := w.names, c.Scenario, c.Manifest
	m.Name, m.Mode, m.Scenario, m.Seed, m.Started = s.Name, "virtual", s.Text(), s.Seed, names.Epoch
	view, err := &taker{}, error(nil)
	if view.builder, err = folder.New(folder.Options{
		Dir: c.Dir, Manifest: m, Names: names, Length: s.Duration.Std(), Warmup: s.Warmup.Std(),
		TrafficFrom: results.AtSimulator, LatencyFrom: results.AtSimulator, Query: true, Plots: true, AtOnce: true,
		Reports: report.Options{CacheSize: int64(s.Edge.Capacity)},
	}); err != nil {
		return nil, &FolderError{err}
	}
	if c.AccessLog {
		if view.logs, err = folder.OpenLogs(c.Dir, names, s.Warmup.Std()); err != nil {
			return nil, err
		}
	}
	played, err := w.play(ctx, &c, view, view.builder)
	if err != nil {
		return nil, err
	}
	return view.finish(ctx, &c, names.Epoch, played, w.tierFigures())
}

// FolderError says that the run folder cannot be made where it is wanted.
type FolderError struct{ error }

func (e *FolderError) Unwrap() error { return e.error }

// Records plays the scenario as Run does, leaves no folder, and hands every
// record to view, in batches. The names are those of the records.
func Records(ctx context.Context, c Config, view results.View) (*results.Names, error) {
	names := c.names()
	w, err := newWorld(&c, names)
	if err != nil {
		return nil, err
	}
	_, err = w.play(ctx, &c, view, nil)
	return names, errors.Join(err, ctx.Err())
}

func (c *Config) names() *results.Names {
	if c.Epoch.IsZero() {
		c.Epoch = DefaultEpoch
	}
	return results.NewNames(c.Epoch.UTC())
}

// play plays the whole workload, then lets come to an end what is under way. It
// returns how much of the schedule was played.
func (w *world) play(ctx context.Context, c *Config, view results.View, b *folder.Builder) (time.Duration, error) {
	source, err := c.Scenario.Source(w.catalog, w.viewers)
	if err != nil {
		return 0, err
	}
	w.relay = newRelay(view)
	defer w.relay.close()
	drawn := newDrawer(source, w.clerk)
	defer close(drawn.stop)
	var n, told uint64
	for ctx.Err() == nil {
		next, ok := drawn.next()
		if !ok {
			break
		}
		w.askAll(next, n)
		n += uint64(len(next.requests))
		drawn.giveBack(next)
		if c.Status != nil && b != nil && n-told >= StatusEvery {
			told = n
			c.Status(Status{Played: time.Duration(w.now), Length: c.Scenario.Duration.Std(), Requests: n, Seen: b.Snapshot()})
		}
	}
	if ctx.Err() == nil && drawn.err != nil {
		return 0, fmt.Errorf("drawing the workload: %w", drawn.err)
	}
	played := time.Duration(w.now)
	w.run(never)
	w.flush()
	return played, nil
}

// tierFigures are what the tiers have done, the nearest to viewers first.
func (w *world) tierFigures() (list []results.TierFigures) {
	for _, n := range w.nodes[w.locations:] {
		list = append(list, n.tally.Figures(n.layer, n.code))
	}
	return list
}

// taker takes a run's records.
type taker struct {
	builder *folder.Builder
	logs    *folder.Logs // nil: none are kept

	warnings []string
}

func (t *taker) Add(recs []results.Record) {
	t.builder.Add(recs)
	if t.logs != nil {
		t.logs.Add(recs)
	}
}

// finish writes the folder. A run is over when its virtual time is.
func (t *taker) finish(ctx context.Context, c *Config, epoch time.Time, played time.Duration, tiers []results.TierFigures) (*Result, error) {
	end := folder.End{Tiers: tiers, Warnings: append(c.Scenario.Doubts(), t.warnings...), Ended: epoch.Add(c.Scenario.Duration.Std()), Partial: ctx.Err() != nil}
	if length := c.Scenario.Duration.Std(); played < length-length/50 {
		end.Ended, end.Short = epoch.Add(played), true
	}
	if t.logs != nil {
		if err := t.logs.Close(); err != nil {
			end.Warnings = append(end.Warnings, "the access log is not whole: "+err.Error())
		}
	}
	end.Judge = func(s *results.Summary) []results.Objective { return objective.Judge(c.Scenario.Objectives(), s) }
	sum, err := t.builder.Finish(end)
	if err != nil {
		return nil, err
	}
	return &Result{Summary: sum, Partial: end.Partial}, nil
}
