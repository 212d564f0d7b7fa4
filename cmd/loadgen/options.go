package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"edgesim/sim/nearest"
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
	url *url.URL

	rate        unit.Schedule
	duration    unit.Duration
	warmup      unit.Duration
	requests    uint64
	connections int
	arrivals    string
	closed      bool
	timeout     unit.Duration

	zipf       float64
	objects    uint64
	popularity string
	workload   string
	scenario   string
	ranges     unit.Share
	aborts     unit.Share
	host       string
	seed       uint64

	verify bool
	out    string
	json   bool

	measured
	replayed
	wired
	timed

	given func(name string) bool // whether a flag was on the command line
	args  []string
}

const (
	defaultRate        = 1000
	defaultDuration    = 10 * time.Second
	defaultObjects     = 100_000
	defaultZipf        = 0.9
	defaultConnections = 64
	mostConnections    = 65_536
)

// errHelp says that help was asked for and given.
var errHelp = errors.New("help was given")

func (o *options) flags() *pflag.FlagSet {
	f := pflag.NewFlagSet("loadgen", pflag.ContinueOnError)
	f.SortFlags = false
	f.SetOutput(io.Discard)
	o.rate, o.duration = unit.Steady(defaultRate), unit.Duration(defaultDuration)
	o.timeout = unit.Duration(30 * time.Second)
	f.Var(&o.rate, "rate", "requests per second, as 5000/s, or in stages, as\n1000/s..20000/s:30s,20000/s:2m, which then are the duration")
	f.Var(&o.duration, "duration", "how long, warm-up included, as 30s or 5m")
	f.Var(&o.warmup, "warmup", "leave requests of this first part out of the figures")
	f.Uint64Var(&o.requests, "requests", 0, "end after this many requests; alone it lifts --duration (default no such end)")
	f.IntVar(&o.connections, "connections", defaultConnections, "connections, one request at a time on each")
	f.StringVar(&o.arrivals, "arrivals", "poisson", "how they come: "+strings.Join(workloads.ArrivalNames(), ", "))
	f.BoolVar(&o.closed, "closed", false, "closed loop: each connection asks again as soon as it is answered")
	f.Var(&o.timeout, "timeout", "give a request up after this time")
	f.Float64Var(&o.zipf, "zipf", defaultZipf, "workload: popularity by rank with this exponent, 0 for uniform")
	f.Uint64Var(&o.objects, "objects", defaultObjects, "workload: how many objects")
	o.popularFlags(f)
	f.StringVar(&o.workload, "workload", "", "workload: a preset ("+strings.Join(presetNames(), ", ")+"), each a synthesis of published figures: edgesim scenarios presets NAME prints them")
	f.StringVar(&o.scenario, "scenario", "", "workload: that of a scenario, a file or a built-in one's name")
	f.Var(&o.ranges, "ranges", "share of requests that ask for a byte range, as 5%")
	f.Var(&o.aborts, "aborts", "share of requests that hang up midway, as 1%")
	f.StringVar(&o.host, "host", "", "send this Host instead of the URL's or the scenario's")
	f.Uint64Var(&o.seed, "seed", 1, "of the request sequence")
	f.BoolVar(&o.verify, "verify", false, "compare every byte with what a simulated origin answers")
	f.StringVar(&o.out, "out", "", "leave a run folder there: summary, reports, plots, histograms")
	f.BoolVar(&o.json, "json", false, "print the summary as JSON")
	o.measured.flags(f)
	o.replayed.flags(f)
	o.wired.flags(f)
	o.timed.flags(f)
	return f
}

// parse reads the command line. Its errors are one line each.
func parse(args []string, help io.Writer) (*options, error) {
	o := &options{args: args}
	f := o.flags()
	f.Usage = func() {}
	if err := f.Parse(args); errors.Is(err, pflag.ErrHelp) {
		_, err = io.WriteString(help, usage+f.FlagUsagesWrapped(80))
		return nil, errors.Join(errHelp, err)
	} else if err != nil {
		return nil, flagError(f, err)
	}
	if f.NArg() == 0 {
		return nil, errors.New("no URL given; right is one or several, as: loadgen http://127.0.0.1:8080/")
	}
	o.given = f.Changed
	for _, text := range f.Args() {
		u, err := parseURL(text)
		if err != nil {
			return nil, err
		}
		o.urls = append(o.urls, u)
	}
	o.url = o.urls[0]
	if o.requests > 0 && !o.given("duration") {
		o.duration = 0
	}
	if length := o.rate.Length(); length > 0 && !o.given("duration") {
		o.duration = length
	}
	return o, o.check()
}

// flagError is one line of what is wrong with a flag, and what would be right.
func flagError(f *pflag.FlagSet, err error) error {
	line, _, _ := strings.Cut(err.Error(), "\n")
	if unknown := (*pflag.NotExistError)(nil); errors.As(err, &unknown) {
		var names []string
		f.VisitAll(func(flag *pflag.Flag) { names = append(names, flag.Name) })
		return errors.New(line + nearest.DidYouMean(unknown.GetSpecifiedName(), names))
	}
	if number := (*strconv.NumError)(nil); errors.As(err, &number) {
		line, _, _ = strings.Cut(line, ": strconv.")
		return errors.New(line + ": right is a whole number")
	}
	return errors.New(line)
}

// parseURL reads the target. A missing scheme means http, as in curl.
func parseURL(text string) (*url.URL, error) {
	full := text
	if !strings.Contains(full, "://") {
		full = "http://" + full
	}
	u, err := url.Parse(full)
	switch {
	case err != nil || u.Hostname() == "":
		return nil, fmt.Errorf("URL %q has no host; right is http://host:port/path", text)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("URL %q: scheme %s is not spoken; only http and https are", text, u.Scheme)
	case u.User != nil:
		return nil, fmt.Errorf("URL %q: user and password cannot be sent", text)
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return nil, fmt.Errorf("URL %q: port %s; right are 1 to 65535", text, port)
		}
	}
	return u, nil
}

func (o *options) check() error {
	workloads := 0
	for _, given := range []bool{o.ranked(), o.workload != "", o.scenario != "", o.trace != ""} {
		if given {
			workloads++
		}
	}
	switch {
	case workloads > 1:
		return errors.New("--zipf with --objects, --workload, --scenario and --trace are four ways to name a workload; give one")
	case math.IsNaN(o.zipf) || o.zipf < 0 || o.zipf > 10:
		return fmt.Errorf("--zipf %v; right are 0 to 10", o.zipf)
	case o.objects < 1 || o.objects > 1<<53:
		return fmt.Errorf("--objects %d; right are 1 to 2^53", o.objects)
	case o.connections < 1 || o.connections > mostConnections:
		return fmt.Errorf("--connections %d; right are 1 to %d", o.connections, mostConnections)
	case o.rate.Rate <= 0 && !o.closed:
		return fmt.Errorf("--rate %v; right is more than 0, or --closed for as fast as it goes", o.rate)
	case o.closed && o.given("rate"):
		return errors.New("--rate with --closed: a closed loop has no rate; give one of them")
	case o.closed && o.given("arrivals"):
		return errors.New("--arrivals with --closed: a closed loop has no arrivals; give one of them")
	case o.timeout <= 0:
		return errors.New("--timeout 0s; right is more than 0")
	case strings.ContainsAny(o.host, " \t\r\n"):
		return fmt.Errorf("--host %q holds spaces", o.host)
	case o.verify && !o.hasWorkload():
		return errors.New("--verify needs --zipf, --workload, --scenario or --trace: the bytes of other content are not known")
	}
	if err := o.measured.check(o.out); err != nil {
		return err
	}
	if err := o.checkPopularity(); err != nil {
		return err
	}
	if err := o.checkReplay(); err != nil {
		return err
	}
	if err := o.checkWire(); err != nil {
		return err
	}
	if err := o.find.check(o); err != nil {
		return err
	}
	if err := o.checkArrivals(); err != nil {
		return err
	}
	return o.checkTimes()
}

func (o *options) checkTimes() error {
	switch {
	case o.given("duration") && o.duration <= 0:
		return errors.New("--duration 0s; right is more than 0")
	case o.given("warmup") && o.duration > 0 && o.warmup >= o.duration && o.scenario == "" && o.trace == "":
		return fmt.Errorf("--warmup %v leaves nothing of --duration %v; right is a shorter one", o.warmup, o.duration)
	}
	return nil
}

// hasWorkload reports whether a workload is named, rather than one URL.
func (o *options) hasWorkload() bool {
	return o.ranked() || o.workload != "" || o.scenario != "" || o.trace != ""
}
