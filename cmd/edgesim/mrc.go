package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"edgesim/sim/curve"
	"edgesim/sim/fleet"
	"edgesim/sim/unit"
	"edgesim/workloads/trace"
)

var mrcCommand = command{
	name:     "mrc",
	synopsis: "TRACE... [flags]",
	about:    "miss-ratio curves of a trace: how often caches of each size miss",
	long: `TRACE is a trace in a format that ` + "`edgesim trace --help`" + ` lists, packed or
not; several follow each other, and "-" is the standard input. Every pair of a
policy and a capacity is a cache that is played over one reading of the trace.

Counted as libCacheSim counts: no warm-up is cut, an object larger than the
cache is a miss and not admitted, a known id with another size is a hit that
keeps its size, metadata costs nothing. What no cache of a size could hold is
printed.

Capacities are sizes, as 64MiB or 1GB, or shares of the bytes of all distinct
objects, as 10%; with --ignore-size numbers of objects. Without --capacity there
are twelve, each half of the next, up to all objects.

With --sample a part of the objects is played and every ratio has its 95 %
interval; large objects are the likelier to be in it, as bytes hang on them.
With --shards all objects are, each in one shard (a large one in more), and N
workers have an N-th of the work and memory each; the shards' figures add up,
and their differences give the intervals.

Examples:
  edgesim mrc access.oracleGeneral.zst --policy lru,sieve,s3fifo
  edgesim mrc trace.bin --policy all --capacity 1GiB,4GiB,16GiB --csv -
  edgesim mrc trace.bin --capacity 1%,10% --warmup 10% --json
  edgesim mrc trace.bin --policy lru,sieve --sample 1% --out curves --mark 4GiB
  edgesim mrc trace.bin --policy arc --shards 16 --nats nats://10.0.0.1:4222
  edgesim mrc trace.bin --policy lru,fifo --formula --out curves
  zcat trace.gz | edgesim mrc - --ignore-size --capacity 1000,10000

Exit status: 0 done; 1 reading failed or was interrupted (what was counted until
then is printed and said to be partial); 2 wrong usage, a trace of no format or
a place in it that is no request.
`,
	prepare: func(f *pflag.FlagSet) action {
		var o mrcOptions
		f.StringVar(&o.format, "format", "", "of the trace, where it cannot be told: "+traceFormats())
		f.StringVar(&o.columns, "columns", "", "which column is what, for formats that have to be told")
		f.StringVar(&o.policies, "policy", "lru", "`NAMES` of policies and bounds, or all: "+strings.Join(slices.Concat(curve.Names(), curve.Bounds()), " "))
		f.StringVar(&o.capacities, "capacity", "", "`SIZES` of caches, as 1GiB,4GiB or 1%,10%\n(default twelve, from the bytes of all objects downwards)")
		f.Var(&o.sample, "sample", "play a sample of so many of the objects, as 1%, and of more of the large ones")
		f.IntVar(&o.sampleSize, "sample-size", 0, "sample so many objects at most, whatever the trace has; lru only")
		f.BoolVar(&o.even, "even", false, "sample without regard to size, as SHARDS does")
		f.IntVar(&o.shards, "shards", 0, "deal the objects out to so many shards, and play each in caches of its part")
		f.BoolVar(&o.ignoreSize, "ignore-size", false, "every object counts 1, and capacities are numbers of objects")
		f.StringVar(&o.resized, "resized", "keep", "a known id with another size is a hit that keeps its size (keep) or\nanother object (new)")
		f.StringVar(&o.warmup, "warmup", "", "leave so many first requests out of the counts, or such a share: 10% (default none)")
		f.Int64Var(&o.limit, "limit", 0, "read at most so many requests (default all)")
		f.BoolVar(&o.skipBad, "skip-bad", false, "pass over what is no request, and count it")
		f.Uint64Var(&o.seed, "seed", 0, "of the policies' own chance, and of what is sampled")
		f.StringVar(&o.csv, "csv", "", "write the curves as CSV to this `FILE`; - is the standard output")
		f.StringVar(&o.out, "out", "", "draw the curves, and policy by capacity as a heat map, into this `DIR`, as\nSVG, PNG and JSON")
		f.Var(&o.mark, "mark", "a `SIZE` to mark in the pictures, as the one you have or think of")
		f.BoolVar(&o.allSizes, "all-sizes", false, "LRU at every size, too, from stack distances (lru-stack)")
		f.BoolVar(&o.formula, "formula", false, "beside each policy what its formula says of the same requests in an order\nwithout memory (edgesim model --trace): columns, and lines beside the points")
		f.BoolVar(&o.json, "json", false, "print as JSON")
		f.IntVar(&o.jobs, "jobs", 0, "processors to use (default all)")
		f.Var(&o.memory, "memory", "what of a trace that is played twice is kept out of a temporary file\n(default 1GiB)")
		o.nats.Add(f, true)
		o.nats.AddShared(f)
		return o.run
	},
}

// mrcOptions are the flags.
type mrcOptions struct {
	format, columns, policies, capacities string
	resized, warmup, csv, out             string
	mark                                  unit.Size
	allSizes                              bool
	ignoreSize, skipBad, json, even       bool
	formula                               bool
	sample                                unit.Share
	sampleSize, shards                    int
	limit                                 int64
	seed                                  uint64
	jobs                                  int
	memory                                unit.Size
	nats                                  fleet.Flags
}

func traceFormats() string { return formatNames(trace.Formats()) }

// wanted is what the flags ask for, once they are understood.
type wanted struct {
	specs  []string
	sizes  []capacity
	warmup warmup
	config curve.Config
	sample *curve.Sampling // nil: everything is played
	shards int             // of the objects; 0: they are not dealt out
}

func (o *mrcOptions) run(e *env, args []string) (err error) {
	if len(args) == 0 {
		return usagef("no trace given; right is at least one file, as: edgesim mrc trace.bin")
	}
	if err := o.nats.Check(e.flags.Changed); err != nil {
		return usageError{err}
	}
	a, err := o.wanted()
	if err != nil {
		return err
	}
	if err := cmp.Or(checkTable(o.csv, o.json), makeOut(o.out)); err != nil {
		return err
	}
	m := &measured{wanted: a, memory: int64(o.memory), names: args}
	m.options = trace.Options{Files: args, Format: o.format, Columns: o.columns, Limit: o.limit, SkipBad: o.skipBad}
	if o.nats.Asked() || a.shards > 0 || o.formula { // the trace is read more than once
		var drop func()
		if m.options, drop, err = spooled(e, m.options); err != nil {
			return err
		}
		defer drop()
	}
	if m.trace, err = trace.Open(m.options); err != nil {
		return usageError{err}
	}
	defer func() { err = errors.Join(err, m.trace.Close()) }()
	// Of objects whose sizes nobody knows bytes are no unit.
	a.config.IgnoreSize = a.config.IgnoreSize || !m.trace.Info().Tells.Sizes
	switch {
	case o.nats.Asked():
		err = m.byWorkers(e, &o.nats)
	case a.shards > 0:
		err = m.inShards(e)
	case a.sample != nil:
		err = m.draw(e)
	default:
		err = m.measure(e)
	}
	if err != nil && (m.results == nil || m.totals.Counted == 0) {
		return err
	}
	m.partial = err
	if err == nil && m.totals.Requests == 0 {
		return usagef("%s has no requests; right is a trace with one at least", strings.Join(args, " "))
	}
	if err == nil && a.warmup.requests >= m.totals.Requests {
		return usagef("--warmup %d leaves nothing to count of %d requests", a.warmup.requests, m.totals.Requests)
	}
	if o.formula && err == nil {
		if m.formulas, err = m.byFormula(e); err != nil {
			return err
		}
	}
	return errors.Join(o.print(e, m), m.tell(e, m.partial), m.lost)
}

func (o *mrcOptions) wanted() (*wanted, error) {
	a := &wanted{shards: o.shards, config: curve.Config{IgnoreSize: o.ignoreSize, Seed: o.seed, Jobs: o.jobs}}
	if err := o.checkShards(); err != nil {
		return nil, err
	}
	if o.formula && o.warmup != "" {
		return nil, usagef("--formula counts first requests as misses, and --warmup leaves such out; right is one of them")
	}
	switch o.resized {
	case "keep":
	case "new":
		if o.formula {
			return nil, usagef("--formula has one size for an object, and --resized new has several; right is one of them")
		}
		a.config.ResizedNew = true
	default:
		return nil, usagef("--resized %q: right is keep or new", o.resized)
	}
	if o.mark != 0 && o.out == "" {
		return nil, usagef("--mark is drawn into the pictures, and none are asked for; right is --out DIR beside it")
	}
	if o.jobs < 0 {
		return nil, usagef("--jobs %d: right is a number of processors, or 0 for all", o.jobs)
	}
	if o.limit < 0 {
		return nil, usagef("--limit %d: right is a number of requests, or 0 for all", o.limit)
	}
	if o.jobs == 0 {
		a.config.Jobs = runtime.GOMAXPROCS(0)
	}
	if o.memory == 0 {
		o.memory = unit.GiB
	}
	if o.allSizes {
		a.config.Curve = &curve.Curve{}
	}
	var err error
	if a.sample, err = o.sampling(); err != nil {
		return nil, err
	}
	if o.allSizes && a.sample != nil {
		return nil, usagef("--all-sizes is of all requests, and --sample of some; right is one of them")
	}
	if a.specs, err = policySpecs(o.policies, a.sample != nil || a.shards > 0, o.warmup == ""); err != nil {
		return nil, usagef("--policy: %v", err)
	}
	if a.sizes, err = parseCapacities(o.capacities, o.ignoreSize); err != nil {
		return nil, usagef("--capacity: %v", err)
	}
	if a.warmup, err = parseWarmup(o.warmup); err != nil {
		return nil, usagef("--warmup: %v", err)
	}
	return a, nil
}

// sampling is what --sample and its like ask for; nil: no sample.
func (o *mrcOptions) sampling() (*curve.Sampling, error) {
	s := &curve.Sampling{Rate: float64(o.sample), Objects: o.sampleSize, Even: o.even, Seed: o.seed}
	switch {
	case o.sampleSize != 0 && o.sample != 0:
		return nil, usagef("--sample and --sample-size are both given; right is one of them")
	case o.sampleSize != 0 && o.sampleSize < curve.MinObjects:
		return nil, usagef("--sample-size %d: right is a number of objects from %d on", o.sampleSize, curve.MinObjects)
	case o.sample >= 1:
		return nil, usagef("--sample %v is no sample; right is less than 100%%, as 1%%", o.sample)
	case o.sampleSize == 0 && o.sample == 0 && o.even:
		return nil, usagef("--even says how to sample, and nothing says how much; right is --sample 1%% --even")
	case o.sampleSize == 0 && o.sample == 0:
		return nil, nil
	}
	return s, nil
}

// measured is what came of a trace.
type measured struct {
	names   []string // of the files, as they were given
	options trace.Options
	trace   *trace.Trace
	wanted  *wanted
	memory  int64

	results   []curve.Result
	totals    curve.Totals
	estimates []curve.Estimate // of a sample, or of shards: the results with their intervals
	formulas  *formulas        // nil: none were asked for
	shards    int              // that the estimates are from; 0: none
	sample    *curve.Sample
	partial   error  // why the reading was broken off
	short     string // of pieces that were broken off: how many there are
	lost      error  // why cells are missing
}

// measure reads the trace once, and keeps it for a second time where the cells
// depend on what only reading tells.
func (m *measured) measure(e *env) error {
	a, info := m.wanted, m.trace.Info()
	r := newCounting(e.stderr, m.trace)
	defer r.done()
	known := whole{requests: info.Requests, workingSet: -1}
	foreseen := info.Next && !a.config.ResizedNew
	if a.settled(known) && (foreseen || !curve.Foresees(a.specs)) {
		a.config.Warmup = a.warmup.of(known.requests)
		var err error
		m.results, m.totals, err = curve.Play(e.ctx, r, a.cells(known), a.config)
		return m.blame(err)
	}
	tape, err := curve.Record(e.ctx, r, a.config, m.memory)
	if tape != nil {
		defer tape.Close()
	}
	if err != nil {
		return beforeRead(err)
	}
	sum := tape.Totals()
	a.config.Warmup = a.warmup.of(sum.Requests)
	m.results, m.totals, err = tape.Play(e.ctx, a.cells(whole{sum.Requests, sum.WorkingSet}), a.config)
	return m.blame(err)
}

// blame tells what cannot be played, which is the caller's mistake, from a reading
// that ended early and has results.
func (m *measured) blame(err error) error {
	if err != nil && m.results == nil {
		return usageError{err}
	}
	return err
}

// tell says on stderr what a reader of the figures must know, and returns what
// ended the reading.
func (m *measured) tell(e *env, err error) error {
	f := m.trace.Faults()
	if f.Empty > 0 && !m.wanted.config.IgnoreSize {
		fmt.Fprintf(e.stderr, "edgesim mrc: %d requests are for objects of 0 bytes: taken as 1 byte\n", f.Empty)
	}
	for _, text := range f.Said {
		fmt.Fprintf(e.stderr, "edgesim mrc: %s\n", text)
	}
	if f.Bad > 0 {
		fmt.Fprintf(e.stderr, "edgesim mrc: %d places that are no requests are left out\n", f.Bad)
		for _, fault := range f.First {
			fmt.Fprintf(e.stderr, "  %v\n", fault)
		}
	}
	switch {
	case errors.Is(err, context.Canceled) && m.short != "":
		return fmt.Errorf("interrupted; %s", m.short)
	case errors.Is(err, context.Canceled):
		return errors.New("interrupted; the figures are of the requests until then")
	case m.short != "":
		return fmt.Errorf("%w; %s", err, m.short)
	}
	return err
}

func (o *mrcOptions) print(e *env, m *measured) error {
	write := m.writeText
	switch {
	case o.csv == "-":
		write = m.writeCSV
	case o.json:
		write = m.writeJSON
	}
	errs := []error{write(e.stdout)}
	if err := writeTo(o.csv, m.writeCSV); err != nil {
		errs = append(errs, fmt.Errorf("--csv: %w", err))
	}
	if o.out != "" {
		if err := m.pictures(e, o.out, int64(o.mark)); err != nil {
			errs = append(errs, fmt.Errorf("--out: %w", err))
		}
	}
	return errors.Join(errs...)
}
