package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"edgesim/results"
	"edgesim/results/folder"
	"edgesim/results/report"
	"edgesim/sim/objective"
	"edgesim/sim/scenario"
	"edgesim/workloads/player"
)

func compare(a, b string) int { return cmp.Compare(a, b) }

// Config is what a live run is made from.
type Config struct {
	Scenario  *scenario.Scenario
	Dir       string           // the run folder; made when missing, refused when it holds another run
	Manifest  results.Manifest // command, program and machine; the rest is filled in here
	AccessLog bool             // write access.log.gz in CloudFront's standard format, with accesslog.TTLField behind it
	Verify    bool             // compare every body byte with what the origin must have sent

	// Sockets is what everything listens on and dials. nil: TCP on loopback.
	Sockets Sockets

	// Began is given the run folder that is being made, before the first request, by
	// those who want to look at it meanwhile. nil: nobody does.
	Began func(*folder.Builder)

	// Status is told how far the run has come, several times a second. nil: nobody is.
	Status func(Status)
}

// Status is how far a run has come.
type Status struct {
	Played, Length time.Duration
	Player         player.Progress
	Seen           folder.Progress
}

// Result is what a run came to, beside its folder.
type Result struct {
	Summary *results.Summary
	Partial bool  // ctx ended before the scenario did
	Wrong   int64 // responses with wrong bytes, where they were compared
}

const (
	headStart    = 50 * time.Millisecond // from set-up to the first request: nothing is late at once
	patience     = 10 * time.Second      // for what is under way when the schedule ends
	statusEvery  = 200 * time.Millisecond
	recordBuffer = 1 << 18
)

// Run plays the scenario and leaves a run folder. When ctx ends first, what
// was measured until then is kept and marked partial.
func Run(ctx context.Context, c Config) (*Result, error) {
	epoch := time.Now().Add(headStart)
	r, err := newRun(c, epoch)
	if err != nil {
		return nil, err
	}
	if err := r.open(epoch); err != nil {
		return nil, err
	}
	return r.play(ctx)
}

// Records plays the scenario as Run does, leaves no folder, and hands every
// record, the edge's and the client's, to view, in batches and one at a time.
// The names are those of the records.
func Records(ctx context.Context, c Config, view results.View) (*results.Names, error) {
	epoch := time.Now().Add(headStart)
	r, err := newRun(c, epoch)
	if err != nil {
		return nil, err
	}
	if err := r.cast(epoch); err != nil {
		return nil, err
	}
	var takers sync.WaitGroup
	var one sync.Mutex
	take := func(recs []results.Record) {
		one.Lock()
		defer one.Unlock()
		view.Add(recs)
	}
	r.stage.count(&takers)
	takers.Go(func() { r.atEdge.Take(take) })
	takers.Go(func() { r.atClient.Take(take) })
	_, playErr := r.player.Play(ctx)
	calm, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	downErr := r.stage.tearDown(calm)
	r.stage.counted()
	r.atEdge.Close()
	r.atClient.Close()
	takers.Wait()
	return r.names, errors.Join(playErr, downErr)
}

func newRun(c Config, epoch time.Time) (*run, error) {
	crowd, err := c.Scenario.Crowd()
	if err != nil {
		return nil, err
	}
	r := &run{Config: c, crowd: crowd, names: results.NewNames(epoch.UTC()),
		atEdge: results.NewRecorder(recordBuffer), atClient: results.NewRecorder(recordBuffer)}
	r.names.Classes = append([]string{"other"}, crowd.Catalog.Classes()...)
	return r, nil
}

// run is a live run under way.
type run struct {
	Config
	crowd    *scenario.Crowd
	names    *results.Names
	atEdge   *results.Recorder
	atClient *results.Recorder
	stage    *stage
	player   *player.Player
	builder  *folder.Builder
	seconds  *results.Intervals // what viewers saw
	logs     *folder.Logs       // nil: none are kept
	doubts   []string           // known before the run
}

// loopbackDoubt is said of a run whose scenario says how far things are.
const loopbackDoubt = "edges, origins and viewers are on this machine: what the scenario says of distances and of viewers' connections decides who asks whom, and makes nothing slower"

// FolderError says that the run folder cannot be made where it is wanted.
type FolderError struct{ error }

func (e *FolderError) Unwrap() error { return e.error }

// open sets the stage, so that what is wrong is known before the first request.
func (r *run) open(epoch time.Time) (err error) {
	s := r.Scenario
	m := r.Manifest
	m.Name, m.Mode, m.Scenario, m.Seed, m.Started = s.Name, "live", s.Text(), s.Seed, epoch.UTC()
	if r.builder, err = folder.New(folder.Options{
		Dir: r.Dir, Manifest: m, Names: r.names, Length: s.Duration.Std(), Warmup: s.Warmup.Std(),
		TrafficFrom: results.AtEdge, LatencyFrom: results.AtClient, Verify: r.Verify, Query: true, Plots: true, Groups: true,
		Reports: report.Options{CacheSize: int64(s.Edge.Capacity)},
	}); err != nil {
		return &FolderError{err}
	}
	r.seconds = results.NewIntervals(results.IntervalFor(s.Duration.Std()), s.Warmup.Std())
	if r.AccessLog {
		if r.logs, err = folder.OpenLogs(r.Dir, r.names, s.Warmup.Std()); err != nil {
			return err
		}
	}
	return r.cast(epoch)
}

// cast sets the stage and readies the player.
func (r *run) cast(epoch time.Time) (err error) {
	s, sockets := r.Scenario, r.Sockets
	if sockets == nil {
		sockets = loopback{}
	}
	r.doubts = append(r.doubts, s.Doubts()...)
	if s.SetsDistances() && r.builder != nil {
		r.doubts = append(r.doubts, loopbackDoubt)
	}
	if r.stage, err = setUp(s, r.crowd, r.names, r.atEdge, epoch, sockets); err != nil {
		return err
	}
	conf := player.Config{
		Targets: r.stage.addrs, TargetOf: r.stage.targets(r.crowd.Viewers), Source: r.crowd.Source, Catalog: r.crowd.Catalog, Viewers: r.crowd.Viewers,
		Connections: s.Workload.Connections, Closed: s.Workload.Closed, Think: s.Workload.Think.Std(), ThinkSeed: s.Seed, Length: s.Duration.Std(), Warmup: s.Warmup.Std(),
		Copy: s.Copies(r.crowd.Catalog), Verify: r.Verify, Recorder: r.atClient, Names: r.names, Distributions: r.distributions(), Epoch: epoch,
	}
	if r.Sockets != nil { // the player knows TCP itself, and best
		conf.Dial, conf.GoTimers = sockets.Dial, true
	}
	r.player, err = player.New(conf)
	if err != nil {
		r.stage.tearDown(context.Background())
	}
	return err
}

// distributions says which distribution each of the catalog's hosts is.
func (r *run) distributions() []uint16 {
	hosts := r.crowd.Catalog.Hosts()
	list := make([]uint16, len(hosts))
	for i, host := range hosts {
		list[i] = r.stage.edges[0].DistributionOf(host)
	}
	return list
}

func (r *run) play(ctx context.Context) (*Result, error) {
	if r.Began != nil {
		r.Began(r.builder)
	}
	var takers sync.WaitGroup
	r.stage.count(&takers)
	takers.Go(func() { r.atEdge.Take(r.take) })
	takers.Go(func() { r.atClient.Take(results.Tee{r.builder, r.seconds}.Add) })
	over := make(chan struct{})
	takers.Go(func() { r.tell(over) })

	outcome, playErr := r.player.Play(ctx)
	calm, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	downErr := r.stage.tearDown(calm)
	close(over)
	r.stage.counted()
	r.atEdge.Close()
	r.atClient.Close()
	takers.Wait()

	sum, err := r.finish(ctx, &outcome, downErr)
	if err != nil {
		return nil, err
	}
	if playErr != nil {
		return nil, fmt.Errorf("playing the workload: %w", playErr)
	}
	return &Result{Summary: sum, Partial: ctx.Err() != nil, Wrong: sum.Unverified}, nil
}

// take takes what the edge saw.
func (r *run) take(recs []results.Record) {
	r.builder.Add(recs)
	if r.logs != nil {
		r.logs.Add(recs)
	}
}

// tell reports progress until the run is over.
func (r *run) tell(over <-chan struct{}) {
	tick := time.NewTicker(statusEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			r.atEdge.Flush()
			r.atClient.Flush()
			if r.Status != nil {
				p := r.player.Progress()
				r.Status(Status{Played: p.Elapsed, Length: r.Scenario.Duration.Std(), Player: p, Seen: r.builder.Snapshot()})
			}
		case <-over:
			return
		}
	}
}

// judge says what the run kept of the scenario's objectives.
func (r *run) judge(s *results.Summary) []results.Objective {
	return objective.Judge(r.Scenario.Objectives(), s)
}

func (r *run) finish(ctx context.Context, o *player.Outcome, downErr error) (*results.Summary, error) {
	warnings := append(r.doubts, o.Warnings()...)
	tiers, lost := r.stage.tierFigures()
	if downErr != nil {
		warnings = append(warnings, "not everything was done when the run ended: "+downErr.Error())
	}
	if r.logs != nil {
		if err := r.logs.Close(); err != nil {
			warnings = append(warnings, "the access log is not whole: "+err.Error())
		}
	}
	if r.seconds != nil {
		o.CountUnsent(r.seconds)
	}
	return r.builder.Finish(folder.End{
		Ended: time.Now().UTC(), Partial: ctx.Err() != nil, Short: o.Short(r.Scenario.Duration.Std()), Rate: o.Rate(),
		Dropped: r.atEdge.Dropped() + r.atClient.Dropped() + lost, Warnings: warnings, Tiers: tiers,
		Generator: o.Generator(), Unsound: o.Unsound(), Troubles: o.Errors, Intervals: r.seconds, Judge: r.judge,
	})
}
