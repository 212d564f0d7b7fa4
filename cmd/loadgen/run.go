package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"edgesim/results"
	"edgesim/sim/objective"
	"edgesim/workloads"
	"edgesim/workloads/player"
)

// Exit statuses.
const (
	exitDone  = 0
	exitFail  = 1
	exitUsage = 2
)

// run is the program.
func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal ends the program the hard way.
	context.AfterFunc(ctx, stop)
	return runUntil(ctx, args, stdout, stderr)
}

func runUntil(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 && args[0] == "selftest" {
		return selftest(ctx, args[1:], stdout, stderr)
	}
	o, err := parse(args, stdout)
	if errors.Is(err, errHelp) {
		return exitDone
	}
	if err == nil && len(o.find.texts) > 0 {
		if _, err = o.plan(); err == nil {
			return findMax(ctx, o, stdout, stderr)
		}
	}
	var s *job
	if err == nil {
		s, err = open(o)
	}
	if err != nil {
		fmt.Fprintf(stderr, "loadgen: %v\n", err)
		return exitUsage
	}
	return s.run(ctx, stdout, stderr)
}

// job is one run of the program.
type job struct {
	options  *options
	load     *load
	names    *results.Names
	recorder *results.Recorder
	player   *player.Player
	gauge    *gauge
	seconds  *results.Intervals // nil: nobody wants them
	outlet   outlet
	scraped  *scraped // nil: nobody scrapes
	outcome  player.Outcome
	worked   time.Duration // of processors, while it played
}

// open makes everything ready, so that what is wrong with the command line or
// the scenario is told before the first request.
func open(o *options) (*job, error) {
	l, err := o.plan()
	if err != nil {
		return nil, err
	}
	if at := o.startAt; !at.IsZero() && time.Now().After(at.Time) {
		return nil, fmt.Errorf("--start-at %v is over; right is a moment to come", &at)
	}
	s := &job{options: o, load: l, gauge: newGauge()}
	if err := s.openPlayer(); err != nil {
		return nil, err
	}
	if err := s.openMetrics(); err != nil {
		return nil, err
	}
	if o.out != "" || o.csv != "" {
		s.seconds = results.NewIntervals(results.IntervalFor(l.length), l.warmup)
	}
	if s.outlet, err = newOutlet(s); err != nil {
		s.closeMetrics()
	}
	return s, err
}

func (s *job) openPlayer() error {
	o, l := s.options, s.load
	crowd, err := l.crowd()
	if err != nil {
		return err
	}
	catalog := crowd.Catalog
	if share := o.share; share.of > 0 {
		crowd.Source = workloads.Deal(crowd.Source, share.number-1, share.of)
	}
	s.names = results.NewNames(time.Now().UTC())
	if !o.startAt.IsZero() {
		s.names.Epoch = o.startAt.Time
	}
	s.names.Distributions = l.distrs
	s.names.Classes = append([]string{"other"}, catalog.Classes()...)
	s.recorder = results.NewRecorder(0)
	conf := player.Config{
		BasePath: s.basePath(), OnePath: l.onePath, HostHeader: s.hostHeader(),
		Source: crowd.Source, Catalog: catalog, Viewers: crowd.Viewers,
		Connections: l.conns, Closed: l.closed, Length: l.length, Warmup: l.warmup,
		Timeout: o.timeout.Std(), Verify: o.verify, Epoch: o.startAt.Time,
		Recorder: s.recorder, Names: s.names, Distributions: s.distributions(catalog.Hosts()),
	}
	if err := s.onTheWire(&conf); err != nil {
		return err
	}
	s.player, err = player.New(conf)
	return err
}

// basePath is the URL's path, below which a workload's objects are asked for.
func (s *job) basePath() string {
	return strings.TrimRight(s.options.url.EscapedPath(), "/")
}

// hostHeader is what to send as Host; empty: the names of the scenario.
func (s *job) hostHeader() string {
	switch {
	case s.options.host != "":
		return s.options.host
	case s.options.scenario != "", s.options.ownHosts:
		return ""
	}
	return s.options.url.Host
}

func (s *job) distributions(hosts []string) []uint16 {
	var d []uint16
	for _, h := range hosts {
		d = append(d, s.load.ofHost(h))
	}
	return d
}

// run plays, and prints what came of it.
func (s *job) run(ctx context.Context, stdout, stderr io.Writer) int {
	if s.options.startAt.IsZero() {
		s.names.Epoch = time.Now().UTC()
	}
	playErr := s.play(ctx, stderr)
	summary, err := s.outlet.finish(s.ending(ctx))
	if err == nil && s.options.csv != "" {
		err = results.WriteFile(s.options.csv, func(w io.Writer) error { return s.seconds.WriteCSV(w, s.names.Epoch) })
	}
	if err == nil {
		err = s.print(stdout, summary)
	}
	if err != nil {
		fmt.Fprintf(stderr, "loadgen: %v\n", err)
		return exitFail
	}
	return s.verdict(ctx, playErr, summary, stderr)
}

// play plays the workload to its end, while records flow to the outlet and the
// progress line moves.
func (s *job) play(ctx context.Context, stderr io.Writer) error {
	var takers sync.WaitGroup
	takers.Go(func() {
		s.recorder.Take(s.views().Add)
	})
	stop := make(chan struct{})
	takers.Go(func() { s.progress(stderr, stop) })
	var err error
	s.measureWork(func() { s.outcome, err = s.player.Play(ctx) })
	close(stop)
	s.closeMetrics()
	s.recorder.Close()
	takers.Wait()
	if s.seconds != nil {
		s.outcome.CountUnsent(s.seconds)
	}
	return err
}

// views are what records are given to.
func (s *job) views() results.Tee {
	views := results.Tee{s.gauge, s.outlet}
	if s.seconds != nil {
		views = append(views, s.seconds)
	}
	if s.scraped != nil {
		views = append(views, s.scraped.view)
	}
	return views
}

// ending is what is known when the run is over.
func (s *job) ending(ctx context.Context) ending {
	e := ending{
		ended:    time.Now().UTC(),
		partial:  ctx.Err() != nil,
		short:    s.outcome.Short(s.load.length),
		rate:     s.outcome.Rate(),
		dropped:  s.recorder.Dropped(),
		warnings: append(s.load.warnings, s.outcome.Warnings()...),

		generator: s.generator(),
		troubles:  s.outcome.Errors,
		unsound:   s.unsound(),
		intervals: s.seconds,
		judge:     s.judge,
		kept:      map[string]*results.Histogram{results.LagTimes: s.outcome.LagTimes, results.OwnDelayTimes: s.outcome.SlipTimes},
	}
	if s.load.closed {
		e.rate.Scheduled = 0
	}
	if s.gauge.untold() {
		e.warnings = append(e.warnings, "the server does not tell hits from misses (no X-Cache, Cache-Status or Age): hit ratio and origin figures are not known")
	}
	return e
}

// judge says what was kept of the objectives, those of a scenario and those of the
// command line.
func (s *job) judge(sum *results.Summary) []results.Objective {
	return objective.Judge(slices.Concat(s.load.promises, s.options.kept), sum)
}

// verdict says on stderr what made the run a failure, and is the exit status.
func (s *job) verdict(ctx context.Context, err error, sum *results.Summary, stderr io.Writer) int {
	switch {
	case err != nil:
		fmt.Fprintf(stderr, "loadgen: %v\n", err)
	case s.options.verify && sum.Unverified > 0:
		fmt.Fprintf(stderr, "loadgen: %d responses had wrong bytes\n", sum.Unverified)
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "loadgen: interrupted; the results are partial")
	case s.outcome.Done == 0:
		fmt.Fprintln(stderr, "loadgen: no request was answered")
	case sum.ViewerRequests > 0 && sum.Errors == sum.ViewerRequests:
		fmt.Fprintln(stderr, "loadgen: every request failed")
	case objective.Missed(sum) != "":
		fmt.Fprintf(stderr, "loadgen: %s\n", objective.Missed(sum))
	default:
		return exitDone
	}
	return exitFail
}
