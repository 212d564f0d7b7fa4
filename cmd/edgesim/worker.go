package main

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"edgesim/results"
	"edgesim/sim/fleet"
	_ "edgesim/sim/pieces" // what a worker can run
	"edgesim/sim/unit"
)

var workerCommand = command{
	name:     "worker",
	synopsis: "--nats URL [flags]",
	about:    "run pieces of work that other commands hand out over NATS",
	long: `A worker takes pieces of sweeps, plans, curves, reports and load runs whose
commands were given the same --nats, runs them and gives back what they came to.
As many as there are may work at a time, on any machines. A worker that ends
gives its pieces back; one that dies or hangs loses them after the lease, and
another runs them. It runs pieces of its own version only, and of the kinds that
` + "`edgesim worker --kinds`" + ` lists: never a command.

A share of a load run is played alone: the worker waits until its other pieces
are over and takes no more until the run is. Whoever has the server's
credentials can have any host loaded from here, unless --load-targets names
those that may be, or --no-load refuses.

Data is fetched once, by content, and kept in --cache, where what was not used
for the longest time leaves for what comes. Workers may share that folder. Files
that the command says are shared are read where they lie, below the folders and
URLs that --shared names here, and nowhere else.

Examples:
  edgesim worker --nats nats://10.0.0.1:4222 --nats-auth nats.yaml
  edgesim worker --nats embedded:4222 --slots 2
  edgesim worker --nats nats://10.0.0.1:4222 --shared /data/traces

Exit status: 0 ended by a signal, its pieces given back; 1 the server was lost
before the work began; 2 wrong usage, no server, or credentials that it refuses.
`,
	prepare: func(f *pflag.FlagSet) action {
		var o workerOptions
		o.nats.Add(f, false)
		f.IntVar(&o.slots, "slots", 0, "pieces at a time (default one for each processor)")
		f.StringVar(&o.name, "name", "", "`NAME` of this worker: letters, digits, - and _ (default host and process)")
		f.StringVar(&o.cache, "cache", "", "`DIR` for data (default edgesim/data among the user's caches)")
		f.Var(&o.room, "cache-size", "how large --cache may be; what is in use at one time may be more (default 20GiB)")
		f.StringArrayVar(&o.shared, "shared", nil, "`DIR` or URL below which files may be read where they lie; may be repeated")
		f.Var(&o.limit, "piece-limit", "give a piece up that takes longer (default 1h)")
		f.StringVar(&o.mayLoad, "load-targets", "", "`HOST[:PORT],...` that loadgen may have this worker load (default any)")
		f.BoolVar(&o.noLoad, "no-load", false, "play no shares of load runs")
		f.BoolVar(&o.kinds, "kinds", false, "list the kinds of pieces, and end")
		return o.run
	},
}

type workerOptions struct {
	nats        fleet.Flags
	slots       int
	name, cache string
	limit       unit.Duration
	kinds       bool
	mayLoad     string
	targets     []string // mayLoad, read
	noLoad      bool
	room        unit.Size
	shared      []string
	places      fleet.Places
}

func (o *workerOptions) run(e *env, args []string) error {
	if o.kinds {
		for _, k := range fleet.Kinds() {
			fmt.Fprintln(e.stdout, k.Name)
		}
		return nil
	}
	if err := o.check(e, args); err != nil {
		return err
	}
	jobs := max(1, runtime.GOMAXPROCS(0)/o.slots) // of the machine: a server in this process is lent more
	c, end, err := o.nats.Connect(e.ctx, "worker "+o.name, fleetVersion(), e.stderr)
	if err != nil {
		return usageError{err}
	}
	defer end()
	host, _ := os.Hostname()
	w := &fleet.Worker{Conn: c, Name: o.name, Host: host, Slots: o.slots, Cache: o.cache, Limit: o.limit.Std(),
		Room: int64(o.room), Shared: o.places, Jobs: jobs, NoLoad: o.noLoad, Targets: o.targets}
	fmt.Fprintf(e.stderr, "worker %s, %d slots, version %s, at %s\n", o.name, o.slots, c.Version, c.Where)
	return w.Run(e.ctx)
}

func (o *workerOptions) check(e *env, args []string) (err error) {
	if o.mayLoad != "" {
		o.targets = strings.Split(o.mayLoad, ",")
	}
	switch {
	case len(args) > 0:
		return usagef("%q: a worker takes no arguments; right is as: edgesim worker --nats nats://127.0.0.1:4222", args[0])
	case !o.nats.Asked():
		return usagef("no --nats given; right is as: edgesim worker --nats nats://127.0.0.1:4222")
	case o.noLoad && len(o.targets) > 0:
		return usagef("--load-targets with --no-load: it loads nothing; give one of them")
	case slices.ContainsFunc(o.targets, func(t string) bool { return t == "" || strings.ContainsAny(t, " /") }):
		return usagef("--load-targets %q: right are hosts or hosts with ports, as edge.test:8080,10.0.0.7", strings.Join(o.targets, ","))
	case o.slots < 0 || o.slots > 10_000:
		return usagef("--slots %d: right are 1 to 10000, or 0 for one for each processor", o.slots)
	case o.limit < 0 || o.limit > 0 && o.limit.Std() < time.Second:
		return usagef("--piece-limit %v: right is a second or longer", o.limit)
	case e.flags.Changed("cache-size") && o.room < leastCache:
		return usagef("--cache-size %v: right is %v or more", o.room, leastCache)
	}
	if o.places, err = fleet.ParsePlaces(o.shared); err != nil {
		return usageError{err}
	}
	if err := o.nats.Check(e.flags.Changed); err != nil {
		return usageError{err}
	}
	if o.slots == 0 {
		o.slots = runtime.GOMAXPROCS(0)
	}
	if o.name == "" {
		host, _ := os.Hostname()
		o.name = fmt.Sprintf("%s-%d", regexp.MustCompile(`[^a-zA-Z0-9_-]`).ReplaceAllString(host, "-"), os.Getpid())
	}
	if !regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`).MatchString(o.name) {
		return usagef("--name %q: right are up to 64 letters, digits, - and _", o.name)
	}
	if o.cache == "" {
		if o.cache, err = fleet.CacheDir("data"); err != nil {
			return usageError{err}
		}
	}
	return makeCache(o.cache)
}

// makeCache makes the folder of fetched data while a folder that cannot be is still a
// wrong flag, and not a piece that fails.
func makeCache(dir string) error {
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		err = results.Probe(dir)
	}
	if err != nil {
		return usagef("--cache: %v; right is a folder that can be written to", err)
	}
	return nil
}

// leastCache is the smallest cache of data that makes sense.
const leastCache = unit.MiB
