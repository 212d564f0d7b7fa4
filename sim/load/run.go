// Package load plays a workload against a server that is there, over real sockets:
// of options it makes a plan, a player, and where records go. It knows nothing of
// command lines and terminals.
package load

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"edgesim/results"
	"edgesim/results/prometheus"
	"edgesim/sim/objective"
	"edgesim/workloads"
	"edgesim/workloads/player"
)

// Run is one play of a workload. Open makes it, Play plays it once, Finish says
// what came of it.
type Run struct {
	Options *Options
	Plan    *Plan
	Names   *results.Names
	Player  *player.Player
	Gauge   *Gauge
	Outcome player.Outcome // after Play

	recorder *results.Recorder
	seconds  *results.Intervals // nil: nobody wants them
	outlet   outlet
	scraped  *prometheus.View // nil: nobody scrapes
	serving  io.Closer        // nil: not here
	worked   time.Duration    // of processors, while it played
	placed   bool             // StartAt said when
}

// Open makes everything ready, so that what is wrong with the options or the
// scenario is told before the first request. The options are checked.
func Open(o *Options) (*Run, error) {
	l, err := o.Planned()
	if err != nil {
		return nil, err
	}
	if at := o.StartAt; !at.IsZero() && time.Now().After(at.Time) {
		return nil, fmt.Errorf("--start-at %v is over; right is a moment to come", &at)
	}
	s := &Run{Options: o, Plan: l, Gauge: newGauge()}
	if err := s.openPlayer(); err != nil {
		return nil, err
	}
	if err := s.openMetrics(); err != nil {
		return nil, err
	}
	if o.Out != "" || o.CSV != "" {
		s.seconds = results.NewIntervals(results.IntervalFor(l.Length), l.Warmup)
	}
	if s.outlet, err = newOutlet(s); err != nil {
		s.Close()
	}
	return s, err
}

func (s *Run) openPlayer() error {
	o, l := s.Options, s.Plan
	crowd, err := l.crowd()
	if err != nil {
		return err
	}
	catalog := crowd.Catalog
	if share := o.Share; share.Of > 0 {
		crowd.Source = workloads.Deal(crowd.Source, share.Number-1, share.Of)
	}
	s.Names = results.NewNames(time.Now().UTC())
	if !o.StartAt.IsZero() {
		s.Names.Epoch = o.StartAt.Time
	}
	s.Names.Distributions = l.distrs
	s.Names.Classes = append([]string{"other"}, catalog.Classes()...)
	s.recorder = results.NewRecorder(0)
	conf := player.Config{
		BasePath: s.basePath(), OnePath: l.onePath, HostHeader: s.hostHeader(),
		Source: crowd.Source, Catalog: catalog, Viewers: crowd.Viewers,
		Connections: l.Connections, Closed: l.Closed, Length: l.Length, Warmup: l.Warmup,
		Timeout: o.Timeout.Std(), Verify: o.Verify, Epoch: o.StartAt.Time,
		Recorder: s.recorder, Names: s.Names, Distributions: s.distributions(catalog.Hosts()),
	}
	if err := s.onTheWire(&conf); err != nil {
		return err
	}
	s.Player, err = player.New(conf)
	return err
}

// basePath is the URL's path, below which a workload's objects are asked for.
func (s *Run) basePath() string {
	return strings.TrimRight(s.Options.url.EscapedPath(), "/")
}

// hostHeader is what to send as Host; empty: the names of the scenario.
func (s *Run) hostHeader() string {
	switch {
	case s.Options.Host != "":
		return s.Options.Host
	case s.Options.Scenario != "", s.Options.OwnHosts:
		return ""
	}
	return s.Options.url.Host
}

func (s *Run) distributions(hosts []string) []uint16 {
	var d []uint16
	for _, h := range hosts {
		d = append(d, s.Plan.ofHost(h))
	}
	return d
}

// StartAt says when Play begins, before it is called: at a moment of a clock that is
// so far ahead of this machine's. Records have their times since then.
func (s *Run) StartAt(moment time.Time, ahead time.Duration) {
	s.Names.Epoch, s.placed = moment, true
	s.Player.StartAt(moment.Add(-ahead))
}

// Play plays the workload to its end, or until ctx is, while records flow to their
// outlet. The error says why it could not be; Outcome is valid with it.
func (s *Run) Play(ctx context.Context) error {
	if s.Options.StartAt.IsZero() && !s.placed {
		s.Names.Epoch = time.Now().UTC()
	}
	var taker sync.WaitGroup
	taker.Go(func() { s.recorder.Take(s.views().Add) })
	var err error
	s.measureWork(func() { s.Outcome, err = s.Player.Play(ctx) })
	s.Close()
	s.recorder.Close()
	taker.Wait()
	if s.seconds != nil {
		s.Outcome.CountUnsent(s.seconds)
	}
	return err
}

// Flush hands on the records that are there, to the gauge, too.
func (s *Run) Flush() { s.recorder.Flush() }

// Close gives back what Open took, of a run that is not played; Play does so itself.
func (s *Run) Close() { s.closeMetrics() }

// Finish writes what is left behind, and gives the figures.
func (s *Run) Finish(ctx context.Context) (*results.Summary, error) {
	sum, err := s.outlet.finish(s.ending(ctx))
	if err == nil && s.Options.CSV != "" {
		err = results.WriteFile(s.Options.CSV, func(w io.Writer) error { return s.seconds.WriteCSV(w, s.Names.Epoch) })
	}
	return sum, err
}

// views are what records are given to.
func (s *Run) views() results.Tee {
	views := results.Tee{s.Gauge, s.outlet}
	if s.seconds != nil {
		views = append(views, s.seconds)
	}
	if s.scraped != nil {
		views = append(views, s.scraped)
	}
	return views
}

// Progress is how far the run has come; Look, SoFar, Faults and Troubles are what was
// heard until now. All may be asked while it plays.
func (s *Run) Progress() player.Progress { return s.Player.Progress() }

// Look gives what was heard since the last look.
func (s *Run) Look() Heard { return s.Gauge.Look() }

// SoFar gives f what was heard since the run began.
func (s *Run) SoFar(f func(*Heard)) { s.Gauge.SoFar(f) }

// Faults are the failures until now.
func (s *Run) Faults() results.FaultCounts { return s.Gauge.Faults() }

// Troubles are the failures on the wire, with examples.
func (s *Run) Troubles() []results.Trouble { return s.Player.Troubles() }

// ending is what is known when the run is over.
func (s *Run) ending(ctx context.Context) ending {
	e := ending{
		ended:    time.Now().UTC(),
		partial:  ctx.Err() != nil,
		short:    s.Outcome.Short(s.Plan.Length),
		rate:     s.Outcome.Rate(),
		dropped:  s.recorder.Dropped(),
		warnings: append(s.Plan.warnings, s.Outcome.Warnings()...),

		generator: s.generator(),
		troubles:  s.Outcome.Errors,
		unsound:   s.unsound(),
		intervals: s.seconds,
		judge:     s.Plan.Judge(s.Options),
		kept:      map[string]*results.Histogram{results.LagTimes: s.Outcome.LagTimes, results.OwnDelayTimes: s.Outcome.SlipTimes},
	}
	if s.Gauge.untold() {
		e.warnings = append(e.warnings, "the server does not tell hits from misses (no X-Cache, Cache-Status or Age): hit ratio and origin figures are not known")
	}
	return e
}

// Judge says what was kept of the objectives, those of a scenario and those of the
// options.
func (l *Plan) Judge(o *Options) func(*results.Summary) []results.Objective {
	return func(sum *results.Summary) []results.Objective {
		return objective.Judge(slices.Concat(l.promises, o.Promises), sum)
	}
}

// checkCSV says before the run what would keep the time series from being written
// after it.
func (o *Options) checkCSV() error {
	if o.CSV == "" {
		return nil
	}
	if i, err := os.Stat(filepath.Dir(o.CSV)); err != nil || !i.IsDir() {
		return fmt.Errorf("--csv %s: there is no folder %s", o.CSV, filepath.Dir(o.CSV))
	}
	if i, err := os.Stat(o.CSV); err == nil && i.IsDir() {
		return fmt.Errorf("--csv %s is a folder; right is a file", o.CSV)
	}
	return nil
}
