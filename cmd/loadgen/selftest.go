package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"text/tabwriter"
	"time"

	"github.com/spf13/pflag"

	"edgesim/results"
	"edgesim/workloads"
	"edgesim/workloads/player"
)

const selftestUsage = `loadgen selftest measures what is known exactly, on this machine, and tells how
far off the load generator is.

Usage:
  loadgen selftest [flags]

A built-in server on loopback stalls for a second now and then, under 1,000
requests a second on 16 connections: a request that comes in a stall waits for
its end, so that the percentiles are known. Then the generator's pace is looked
at: how evenly requests leave, by the variance over the mean of their number in
a millisecond (0 for even spacing, 1 for Poisson), and whether 20,000 a second
are kept. On a machine that is busy with other things it fails, and rightly.

Example:
  loadgen selftest --quick

Exit status: 0 every figure is as it should be; 1 one is not; 2 wrong usage.

Flags:
`

// selfcheck is one figure of the self-test, and what it should be.
type selfcheck struct {
	Name     string  `json:"name"`
	Measured float64 `json:"measured"`
	Right    string  `json:"right"` // in words
	OK       bool    `json:"ok"`
	unit     string
}

// within is a check of a measured figure by least and most.
func within(name, unit string, v, least, most float64, right string) selfcheck {
	return selfcheck{name, v, right, v >= least && v <= most, unit}
}

func selftest(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var quick, asJSON bool
	var serve string
	f := pflag.NewFlagSet("loadgen selftest", pflag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	f.BoolVar(&quick, "quick", false, "half as long: about 10 s")
	f.StringVar(&serve, "serve", "", "instead, serve the server that stalls at this address until interrupted: for\nother load generators, 1 s in every 5.5 s")
	f.BoolVar(&asJSON, "json", false, "print as JSON")
	switch err := f.Parse(args); {
	case errors.Is(err, pflag.ErrHelp):
		if _, err = fmt.Fprint(stdout, selftestUsage+f.FlagUsagesWrapped(columns)); err == nil {
			err = errHelp
		}
		return helped(err, stderr)
	case err != nil:
		fmt.Fprintf(stderr, "loadgen selftest: %v\n", flagError(f, err))
		return exitUsage
	case f.NArg() > 0:
		fmt.Fprintf(stderr, "loadgen selftest: %q: it takes flags alone\n", f.Arg(0))
		return exitUsage
	}
	if serve != "" {
		return serveStalls(ctx, serve, stderr)
	}
	checks, err := selfchecks(ctx, quick, stderr)
	if err == nil && asJSON {
		err = results.EncodeJSON(stdout, checks)
	} else if err == nil {
		err = printChecks(stdout, checks)
	}
	if err != nil {
		fmt.Fprintf(stderr, "loadgen selftest: %v\n", err)
		return exitFail
	}
	for _, c := range checks {
		if !c.OK {
			fmt.Fprintf(stderr, "loadgen selftest: %s is not as it should be: is this machine busy with something else?\n", c.Name)
			return exitFail
		}
	}
	return exitDone
}

// serveStalls serves the server that stalls until ctx ends.
func serveStalls(ctx context.Context, addr string, stderr io.Writer) int {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		fmt.Fprintf(stderr, "loadgen selftest: --serve: %v\n", err)
		return exitUsage
	}
	fmt.Fprintf(stderr, "a server that stalls for %v in every %v is at http://%v/; 1000 requests a second for 11s\nhave exact percentiles: p90 450 ms, p99 945 ms, p99.9 995 ms\n", stallLength, stallPeriod, l.Addr())
	context.AfterFunc(ctx, func() { l.Close() })
	stallServer(l, time.Now(), againAndAgain)
	return exitDone
}

func selfchecks(ctx context.Context, quick bool, stderr io.Writer) (checks []selfcheck, err error) {
	// Stalls are 2/11 of either length.
	length, stalls := 11*time.Second, []stall{{5 * time.Second, 6 * time.Second}, {10 * time.Second, 11 * time.Second}}
	pace := 4 * time.Second
	if quick {
		length, stalls, pace = 5500*time.Millisecond, []stall{{4500 * time.Millisecond, 5500 * time.Millisecond}}, time.Second
	}
	for _, step := range []struct {
		name string
		of   func(selfrun) []selfcheck
		run  selfrun
	}{
		{"a server that stalls", stallChecks, selfrun{rate: 1000, arrivals: "constant", length: length, conns: 16, stalls: stalls}},
		{"5,000/s, constant", evenChecks, selfrun{rate: 5000, arrivals: "constant", length: pace, conns: 64}},
		{"5,000/s, Poisson", poissonChecks, selfrun{rate: 5000, arrivals: "poisson", length: pace, conns: 64}},
		{"20,000/s", rateChecks, selfrun{rate: 20_000, arrivals: "poisson", length: pace, conns: 64}},
	} {
		fmt.Fprintf(stderr, "%s, %v …\n", step.name, step.run.length)
		r, err := step.run.onLoopback(ctx)
		if err != nil {
			return nil, err
		}
		checks = append(checks, step.of(r)...)
	}
	return checks, nil
}

// selfrun is one run of the self-test, and what came of it.
type selfrun struct {
	rate     float64
	arrivals string
	length   time.Duration
	conns    int
	stalls   []stall

	outcome player.Outcome
	times   *results.Latencies
	bins    []int // requests that left in every millisecond
}

func (r selfrun) onLoopback(ctx context.Context) (selfrun, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return r, fmt.Errorf("listening on loopback: %w", err)
	}
	return r.play(ctx, l, player.Config{Target: l.Addr().String()})
}

// headStart is from set-up to a self-test's first request.
const headStart = 50 * time.Millisecond

// play plays against the server on l, which is closed afterwards.
func (r selfrun) play(ctx context.Context, l net.Listener, c player.Config) (selfrun, error) {
	defer l.Close()
	c.Epoch = time.Now().Add(headStart)
	go stallServer(l, c.Epoch, during(r.stalls))
	catalog, err := workloads.NewCatalog(workloads.CatalogConfig{Seed: 1, Sections: []workloads.Section{workloads.DefaultSection(1000, 0.9)}})
	if err != nil {
		return r, err
	}
	c.Source, err = workloads.NewSynthetic(workloads.SyntheticConfig{Catalog: catalog, Seed: 1, Rate: r.rate, Arrivals: r.arrivals, Length: r.length})
	if err != nil {
		return r, err
	}
	c.Catalog, c.Connections, c.Length, c.Drain = catalog, r.conns, r.length, 5*time.Second
	c.Recorder, c.Names, c.NoURLs = results.NewRecorder(0), results.NewNames(c.Epoch.UTC()), true
	p, err := player.New(c)
	if err != nil {
		return r, err
	}
	r.times, r.bins = results.NewLatencies(), make([]int, r.length.Milliseconds())
	taken := make(chan struct{})
	go func() {
		c.Recorder.Take(results.Tee{r.times, &r}.Add)
		close(taken)
	}()
	r.outcome, err = p.Play(ctx)
	c.Recorder.Close()
	<-taken
	if err == nil && ctx.Err() != nil {
		err = errors.New("interrupted")
	}
	return r, err
}

// Add implements results.View: it counts when requests left.
func (r *selfrun) Add(recs []results.Record) {
	for i := range recs {
		if at := (recs[i].At + recs[i].Lag) / 1e6; at >= 0 && at < int64(len(r.bins)) {
			r.bins[at]++
		}
	}
}

// stallChecks: a request waits longer than x seconds, x from 0 to 1, with
// probability 2/11·(1−x).
func stallChecks(r selfrun) (list []selfcheck) {
	for _, c := range []struct {
		name     string
		q, right float64
	}{{"p90", 0.9, 450}, {"p99", 0.99, 945}, {"p99.9", 0.999, 995}} {
		list = append(list, within("stalls, "+c.name, "ms", r.times.All(results.Total).Quantile(c.q), 0.98*c.right, 1.02*c.right,
			fmt.Sprintf("%g ms, within 2 %%", c.right)))
	}
	return list
}

func evenChecks(r selfrun) []selfcheck {
	return []selfcheck{within("constant, variance/mean", "", dispersion(r.bins), 0, 2, "below 2")}
}

func poissonChecks(r selfrun) []selfcheck {
	return []selfcheck{within("Poisson, variance/mean", "", dispersion(r.bins), 0.8, 1.3, "0.8 to 1.3")}
}

func rateChecks(r selfrun) []selfcheck {
	rate := r.outcome.Rate()
	return []selfcheck{within("20,000/s, of it answered", "%", 100*rate.Achieved/rate.Scheduled, 99.5, 101, "99.5 % or more")}
}

// dispersion is the variance over the mean of counts.
func dispersion(bins []int) float64 {
	sum, squares := 0.0, 0.0
	for _, n := range bins {
		sum += float64(n)
		squares += float64(n) * float64(n)
	}
	if sum == 0 {
		return 0
	}
	n := float64(len(bins))
	mean := sum / n
	return (squares/n - mean*mean) / mean
}

func printChecks(w io.Writer, checks []selfcheck) error {
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(t, "figure\tmeasured\tright\tok")
	for _, c := range checks {
		ok := "yes"
		if !c.OK {
			ok = "no"
		}
		fmt.Fprintf(t, "%s\t%.4g %s\t%s\t%s\n", c.Name, c.Measured, c.unit, c.Right, ok)
	}
	return t.Flush()
}
