//go:build linux

// Command beside puts loadgen beside the load generators that can be had: wrk and
// wrk2, h2load, and in Go vegeta, fortio, hey and bombardier. All of them ask one
// bare server for 1 KiB, each alone on one core, the server on another; what they
// cost, how evenly they ask and how much of their schedule they keep is measured
// from outside, so that nobody's own word counts.
//
// It knows generators as programs with a command line; it must never know how
// loadgen works inside.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/pflag"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// options are what the command line says.
type options struct {
	loadgen string        // the program
	tools   string        // folder for programs that are built for this
	only    []string      // names of generators; none: all that can be had
	rounds  int           // of every generator in every workload
	round   time.Duration // how long each is
	conns   int
	json    bool
	serve   bool // be the server
}

const about = `usage: go run ./workloads/player/beside [flags]

Puts loadgen beside wrk, wrk2, h2load, vegeta, fortio, hey and bombardier, as far
as they are installed or can be built: a closed loop, and open loops of 20000 and
of 5000 requests a second, against a bare server that answers 1 KiB from memory.
The server has core 0, the generators have core 1 in turns. Three rounds of two
seconds take some two minutes with all generators; longer ones tell more on a busy
machine. Build loadgen first: go build -o bin/ ./cmd/loadgen

`

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var o options
	f := pflag.NewFlagSet("beside", pflag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&o.loadgen, "loadgen", "bin/loadgen", "the loadgen program")
	f.StringVar(&o.tools, "tools", "bin/beside-tools", "folder where generators in Go are built")
	f.StringSliceVar(&o.only, "only", nil, "generators, as loadgen,wrk (default all that can be had)")
	f.IntVar(&o.rounds, "rounds", 3, "rounds of every generator in every workload")
	f.DurationVar(&o.round, "round", 2*time.Second, "length of a round, whole seconds")
	f.IntVar(&o.conns, "connections", 64, "keep-alive connections")
	f.BoolVar(&o.json, "json", false, "print JSON instead of tables")
	f.BoolVar(&o.serve, "serve", false, "be the server, until standard input ends")
	f.Usage = func() { fmt.Fprint(stderr, about, f.FlagUsages()) }
	if err := f.Parse(args); err == pflag.ErrHelp {
		return 0
	} else if err != nil {
		fmt.Fprintln(stderr, "beside:", err)
		return 2
	}
	if o.rounds < 1 || o.round < time.Second || o.round%time.Second != 0 || o.conns < 1 || f.NArg() > 0 {
		fmt.Fprintln(stderr, "beside: rounds and connections must be above 0, round whole seconds, and flags are all it takes")
		return 2
	}
	if o.serve {
		return serve(os.Stdin, stdout, stderr)
	}
	return o.compare(ctx, stdout, stderr)
}

func (o *options) compare(ctx context.Context, stdout, stderr io.Writer) int {
	var err error
	if o.tools, err = filepath.Abs(o.tools); err == nil {
		o.loadgen, err = filepath.Abs(o.loadgen)
	}
	var list []program
	if err == nil {
		list, err = o.programs(ctx, stderr)
	}
	if err != nil {
		fmt.Fprintln(stderr, "beside:", err)
		return 2
	}
	all := comparison{Rounds: o.rounds, RoundSeconds: o.round.Seconds(), Connections: o.conns}
	err = o.measureAll(ctx, list, &all, stderr)
	if err != nil {
		fmt.Fprintln(stderr, "beside:", err)
	}
	if o.json {
		all.writeJSON(stdout)
	} else {
		all.writeText(stdout)
	}
	if err != nil {
		return 1
	}
	return 0
}
