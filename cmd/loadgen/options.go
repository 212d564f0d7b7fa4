package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"edgesim/sim/load"
	"edgesim/sim/nearest"
	"edgesim/sim/objective"
	"edgesim/sim/scenario"
	"edgesim/sim/unit"
	"edgesim/workloads"

	"github.com/spf13/pflag"
)

const usage = `loadgen plays a workload against an HTTP/1.1 server and tells what it got.

Usage:
  loadgen URL… [flags]
  loadgen selftest [flags]

Without --zipf, --workload, --scenario or --trace it asks for URL itself. With
one of them, objects of that workload are asked for below URL.

The loop is open: requests go out at times that do not depend on the answers,
and latencies count from the intended time, so that a server that stalls cannot
hide it. Hits and misses are told apart by X-Cache, Cache-Status or Age.

Examples:
  loadgen http://127.0.0.1:8080/ --rate 2000/s --duration 30s
  loadgen http://127.0.0.1:8080 --zipf 0.9 --objects 100000 --out run1
  loadgen http://127.0.0.1:8080 --scenario quickstart --verify
  loadgen http://127.0.0.1:8080 --trace access.log.gz --speed 10
  loadgen https://www.example.com/ --resolve www.example.com:443:127.0.0.1
  loadgen http://127.0.0.1:8080/ --slo 'ttfb-p99<=50ms' --slo 'errors<=0.1%'
  loadgen http://127.0.0.1:8080/ --find-max 'ttfb-p99<=50ms' --trial 10s

Exit status: 0 done; 1 every request failed, wrong bytes were found, an
objective (--slo) was missed or could not be decided since the run is unsound,
no rate meets --find-max, or it was interrupted; 2 wrong usage.

Flags:
`

// options are the command line, read and checked.
type options struct {
	load.Options

	slo  []string
	find finding
	json bool

	joint
}

const (
	defaultRate        = 1000
	defaultDuration    = 10 * time.Second
	defaultObjects     = 100_000
	defaultZipf        = 0.9
	defaultConnections = 64
)

// errHelp says that help was asked for and given.
var errHelp = errors.New("help was given")

// unprinted is why help that was asked for could not be given.
type unprinted struct{ error }

func (o *options) flags() *pflag.FlagSet {
	f := pflag.NewFlagSet("loadgen", pflag.ContinueOnError)
	f.SortFlags = false
	f.SetOutput(io.Discard)
	o.Rate, o.Duration = unit.Steady(defaultRate), unit.Duration(defaultDuration)
	o.Timeout = unit.Duration(30 * time.Second)
	f.Var(&o.Rate, "rate", "requests per second, as 5000/s, or in stages, as\n1000/s..20000/s:30s,20000/s:2m, which then are the duration")
	f.Var(&o.Duration, "duration", "how long, warm-up included, as 30s or 5m")
	f.Var(&o.Warmup, "warmup", "leave requests of this first part out of the figures")
	f.Uint64Var(&o.Requests, "requests", 0, "end after this many requests; alone it lifts --duration (default no such end)")
	f.IntVar(&o.Connections, "connections", defaultConnections, "connections, one request at a time on each")
	f.IntVar(&o.Threads, "threads", 1, "plain http: so many threads send and receive, each on its part of\nthe connections, where one processor is not enough")
	f.StringVar(&o.Arrivals, "arrivals", "poisson", "how they come: "+strings.Join(workloads.ArrivalNames(), ", "))
	f.BoolVar(&o.Closed, "closed", false, "closed loop: each connection asks again as soon as it is answered")
	f.Var(&o.Timeout, "timeout", "give a request up after this time")
	f.Float64Var(&o.Zipf, "zipf", defaultZipf, "workload: popularity by rank with this exponent, 0 for uniform")
	f.Uint64Var(&o.Objects, "objects", defaultObjects, "workload: how many objects")
	o.popularFlags(f)
	f.StringVar(&o.Workload, "workload", "", "workload: a preset ("+strings.Join(presetNames(), ", ")+"), each a synthesis of published figures: edgesim scenarios presets NAME prints them")
	f.StringVar(&o.Scenario, "scenario", "", "workload: that of a scenario, a file or a built-in one's name")
	f.Var(&o.Ranges, "ranges", "share of requests that ask for a byte range, as 5%")
	f.Var(&o.Aborts, "aborts", "share of requests that hang up midway, as 1%")
	f.StringVar(&o.Host, "host", "", "send this Host instead of the URL's or the scenario's")
	f.Uint64Var(&o.Seed, "seed", 1, "of the request sequence")
	f.BoolVar(&o.Verify, "verify", false, "compare every byte with what a simulated origin answers")
	f.StringVar(&o.Out, "out", "", "leave a run folder there: summary, reports, plots, histograms")
	f.BoolVar(&o.json, "json", false, "print the summary as JSON")
	o.measureFlags(f)
	o.replayFlags(f)
	o.wireFlags(f)
	o.shapeFlags(f)
	o.joint.flags(f)
	return f
}

func presetNames() (names []string) {
	for _, p := range scenario.Presets() {
		names = append(names, p.Name)
	}
	return names
}

// parse reads the command line. Its errors are one line each.
func parse(args []string, help io.Writer) (*options, error) {
	o := &options{Options: load.Options{Command: args}}
	f := o.flags()
	f.Usage = func() {}
	if err := f.Parse(args); errors.Is(err, pflag.ErrHelp) {
		f.VisitAll(unit.SayDefaultOnce)
		if _, err := io.WriteString(help, usage+f.FlagUsagesWrapped(columns)); err != nil {
			return nil, unprinted{err}
		}
		return nil, errHelp
	} else if err != nil {
		return nil, flagError(f, err)
	}
	o.URLs = f.Args()
	f.Visit(func(flag *pflag.Flag) { o.Given = append(o.Given, flag.Name) })
	if o.Requests > 0 && !o.given("duration") {
		o.Duration = 0
	}
	if length := o.Rate.Length(); length > 0 && !o.given("duration") {
		o.Duration = length
	}
	return o, o.check()
}

func (o *options) given(name string) bool { return slices.Contains(o.Given, name) }

func (o *options) check() error {
	var err error
	if o.Promises, err = objective.ParseAll(o.slo); err != nil {
		return fmt.Errorf("--slo: %w", err)
	}
	if err := o.Check(); err != nil {
		return err
	}
	if err := o.joint.check(o); err != nil {
		return err
	}
	return o.find.check(o)
}

// flagError is one line of what is wrong with a flag, and what would be right.
func flagError(f *pflag.FlagSet, err error) error {
	line := unit.FlagFault(err)
	if unknown := (*pflag.NotExistError)(nil); errors.As(err, &unknown) {
		var names []string
		f.VisitAll(func(flag *pflag.Flag) { names = append(names, flag.Name) })
		return errors.New(line + nearest.DidYouMean(unknown.GetSpecifiedName(), names))
	}
	return errors.New(line)
}
