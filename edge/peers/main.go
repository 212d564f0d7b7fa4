//go:build linux

// Command peers puts edgesim side by side with the edge caches that are
// installed: nginx, and Varnish where there is one. Every server runs as its
// users run it, in a folder and on a loopback port of its own, pinned to one
// core; client and origin, the same for all, run in this process on another.
//
// It knows servers as programs with a configuration and a port; it must never
// know how edgesim works inside.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
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
	edgesim  string        // the program
	only     []string      // names of servers; none: all that are installed
	rounds   int           // of every server in every workload
	round    time.Duration // how long each is
	conns    int           // keep-alive connections
	objects  int           // in the mix
	alpha    float64       // Zipf exponent of the mix
	capacity int64         // bytes of cache for the mix
	stored   int           // objects stored for the figure of memory
	skip     []string      // workloads
	json     bool
}

const about = `usage: go run ./edge/peers [flags]

Puts edgesim side by side with nginx and Varnish: cached hits of 1 KiB, 64 KiB
and 1 MiB, a Zipf mix of sizes with misses, and memory for each object stored.
Servers share core 0 in turns, client and origin have core 1. Build edgesim
first: go build -o bin/ ./cmd/edgesim

`

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var o options
	f := pflag.NewFlagSet("peers", pflag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&o.edgesim, "edgesim", "bin/edgesim", "the edgesim program")
	f.StringSliceVar(&o.only, "only", nil, "servers, as edgesim,nginx (default all that are installed)")
	f.IntVar(&o.rounds, "rounds", 21, "rounds of every server in every workload")
	f.DurationVar(&o.round, "round", 700*time.Millisecond, "length of a round")
	f.IntVar(&o.conns, "connections", 64, "keep-alive connections to each server")
	f.IntVar(&o.objects, "objects", 20_000, "objects of the mix")
	f.Float64Var(&o.alpha, "zipf", 1.0, "Zipf exponent of the mix")
	f.Int64Var(&o.capacity, "capacity", 160<<20, "bytes of cache for the mix")
	f.IntVar(&o.stored, "stored", 30_000, "objects of 1 KiB, and half as many of 16 KiB, for the figure of memory")
	f.StringSliceVar(&o.skip, "skip", nil, "workloads, as mix,memory")
	f.BoolVar(&o.json, "json", false, "print JSON instead of tables")
	f.Usage = func() { fmt.Fprint(stderr, about, f.FlagUsages()) }
	if err := f.Parse(args); err == pflag.ErrHelp {
		return 0
	} else if err != nil {
		fmt.Fprintln(stderr, "peers:", err)
		return 2
	}
	if o.rounds < 1 || o.round <= 0 || o.conns < 1 || o.objects < 1 || o.stored < 2 || f.NArg() > 0 {
		fmt.Fprintln(stderr, "peers: rounds, round, connections and objects must be above 0, and flags are all it takes")
		return 2
	}
	return o.compare(ctx, stdout, stderr)
}

func (o *options) compare(ctx context.Context, stdout, stderr io.Writer) int {
	pinProcess(clientCore)
	kinds, err := installed(o, stderr)
	if err != nil {
		fmt.Fprintln(stderr, "peers:", err)
		return 2
	}
	all := comparison{Rounds: o.rounds, RoundSeconds: o.round.Seconds(), Connections: o.conns}
	err = o.measureAll(ctx, kinds, &all, stderr)
	if err != nil {
		fmt.Fprintln(stderr, "peers:", err)
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

func (o *options) skips(name string) bool {
	for _, s := range o.skip {
		if s == name {
			return true
		}
	}
	return false
}
