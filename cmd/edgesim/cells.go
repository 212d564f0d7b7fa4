package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"edgesim/edge/policy"
	"edgesim/sim/curve"
	"edgesim/sim/fleet"
	"edgesim/sim/pieces"
	"edgesim/sim/scenario"
	"edgesim/sim/sweep"
	"edgesim/sim/unit"
	"edgesim/workloads/trace"
)

// cellOptions are the flags of the commands that try caches: sweep and plan.
type cellOptions struct {
	policies, capacities string
	replicas, jobs       int
	seed                 uint64
	sets                 []string
	out                  string
	json                 bool

	format, columns string
	ignoreSize      bool
	limit           int64

	nats fleet.Flags
}

func (o *cellOptions) flags(f *pflag.FlagSet, replicas int) {
	f.StringVar(&o.policies, "policy", "", "`NAMES` of policies, or all (default the scenario's; of a trace lru,sieve,s3fifo)")
	f.IntVar(&o.replicas, "replicas", replicas, "trials of each cell, a seed each")
	f.Uint64Var(&o.seed, "seed", 0, "of the first replica (default the scenario's; of a trace 0)")
	f.IntVar(&o.jobs, "jobs", 0, "trials at a time (default one for each processor)")
	f.StringArrayVar(&o.sets, "set", nil, "of a scenario, key=value: change one setting; may be repeated")
	f.StringVar(&o.format, "format", "", "of the trace, where it cannot be told: "+traceFormats())
	f.StringVar(&o.columns, "columns", "", "of the trace: which column is what")
	f.BoolVar(&o.ignoreSize, "ignore-size", false, "of the trace: every object counts 1, and capacities are numbers of objects")
	f.Int64Var(&o.limit, "limit", 0, "of the trace: read at most so many requests (default all)")
	f.StringVar(&o.out, "out", "", "draw the plots into this `DIR`, as SVG and PNG")
	f.BoolVar(&o.json, "json", false, "print as JSON")
	o.nats.Add(f, true)
	o.nats.AddShared(f)
}

// check says what is wrong with the flags whatever is played.
func (o *cellOptions) check(e *env, args []string, example string) error {
	if err := o.nats.Check(e.flags.Changed); err != nil {
		return usageError{err}
	}
	switch {
	case len(args) != 1:
		return usagef("%d scenarios or traces given; right is one, as: %s", len(args), example)
	case o.replicas < 1 || o.replicas > 10_000:
		return usagef("--replicas %d: right are 1 to 10000", o.replicas)
	case o.jobs < 0:
		return usagef("--jobs %d: right is a number of trials, or 0 for one for each processor", o.jobs)
	case o.limit < 0:
		return usagef("--limit %d: right is a number of requests, or 0 for all", o.limit)
	}
	if o.jobs == 0 {
		o.jobs = runtime.GOMAXPROCS(0)
	}
	return makeOut(o.out)
}

func (o *cellOptions) seeds(first uint64) (list []uint64) {
	for i := range o.replicas {
		list = append(list, first+uint64(i))
	}
	return list
}

// isScenario tells a scenario from a trace: by its name among the built-in ones,
// or its ending.
func isScenario(arg string) bool {
	switch strings.ToLower(filepath.Ext(arg)) {
	case ".yaml", ".yml":
		return true
	}
	_, err := os.Stat(arg)
	return err != nil && arg != "-"
}

// ofScenario is what cells of a scenario are.
type ofScenario struct {
	base       *scenario.Scenario
	policies   []string
	capacities []int64 // none: not given
	seeds      []uint64
}

// scenario reads the scenario and the flags that are about it.
func (o *cellOptions) scenario(e *env, name string) (*ofScenario, error) {
	for _, flag := range []string{"format", "columns", "ignore-size", "limit"} {
		if e.flags.Changed(flag) {
			return nil, usagef("--%s is for traces, and %s is a scenario", flag, name)
		}
	}
	s, err := scenario.Load(name, o.sets...)
	if err != nil {
		return nil, usageError{err}
	}
	w := &ofScenario{base: s, policies: []string{s.Edge.Policy}}
	if o.policies != "" {
		if w.policies, err = realPolicies(o.policies); err != nil {
			return nil, usagef("--policy: %v", err)
		}
	}
	sizes, err := parseCapacities(o.capacities, false)
	if err != nil {
		return nil, usagef("--capacity: %v", err)
	}
	for _, c := range sizes {
		if c.share > 0 {
			return nil, usagef("--capacity: a scenario has no working set to take a share of; right is a size, as 64MiB")
		}
		w.capacities = append(w.capacities, c.size)
	}
	seed := s.Seed
	if e.flags.Changed("seed") {
		seed = o.seed
	}
	w.seeds = o.seeds(seed)
	return w, nil
}

// realPolicies are policies that an edge can have: all but those that know the
// future.
func realPolicies(text string) ([]string, error) {
	specs, err := policySpecs(text, true, false)
	if err != nil {
		return nil, err
	}
	all := text == "all"
	return slices.DeleteFunc(specs, func(s string) bool {
		if _, _, e := policy.Parse(s); e != nil {
			if !all {
				err = fmt.Errorf("%s knows the future, which only a trace has", s)
			}
			return true
		}
		return false
	}), err
}

// load is the scenario of a cell: the same world for every seed.
func (w *ofScenario) load(c sweep.Cell, seed uint64) (*scenario.Scenario, error) {
	s, err := w.base.Again("edge.policy="+c.Policy, fmt.Sprintf("edge.capacity=%dB", c.Capacity))
	if err == nil {
		s.Reseed(seed)
	}
	return s, err
}

// recorded is a trace on tape, or with workers, and the flags that are about it.
type recorded struct {
	tape   *curve.Tape   // nil: workers play it
	files  *pieces.Files // as they have it
	job    *handing      // of theirs
	asked  *wanted
	totals curve.Totals
	close  func(err error) error // err: what ended the playing
}

// tapeMemory is what of a trace is kept out of a temporary file.
const tapeMemory = int64(unit.GiB)

// record reads the trace once. The tape has to be closed.
func (o *cellOptions) record(e *env, name string) (*recorded, error) {
	if len(o.sets) > 0 {
		return nil, usagef("--set is for scenarios, and %s is a trace", name)
	}
	a := &wanted{config: curve.Config{IgnoreSize: o.ignoreSize, Jobs: o.jobs}}
	var err error
	if o.policies == "" {
		o.policies = "lru,sieve,s3fifo"
	}
	if a.specs, err = policySpecs(o.policies, false, false); err != nil {
		return nil, usagef("--policy: %v", err)
	}
	if a.sizes, err = parseCapacities(o.capacities, o.ignoreSize); err != nil {
		return nil, usagef("--capacity: %v", err)
	}
	options := trace.Options{Files: []string{name}, Format: o.format, Columns: o.columns, Limit: o.limit}
	if o.nats.Asked() {
		return o.withWorkers(e, a, options)
	}
	t, err := trace.Open(options)
	if err != nil {
		return nil, usageError{err}
	}
	defer t.Close()
	o.unsized(a, t)
	r := newCounting(e.stderr, t)
	defer r.done()
	tape, err := curve.Record(e.ctx, r, a.config, tapeMemory)
	if err != nil {
		return nil, errors.Join(beforeRead(err), tape.Close())
	}
	return &recorded{tape: tape, asked: a, totals: tape.Totals(), close: func(error) error { return tape.Close() }}, nil
}

// unsized counts objects in place of bytes where the trace tells no sizes.
func (o *cellOptions) unsized(a *wanted, t *trace.Trace) {
	o.ignoreSize = o.ignoreSize || !t.Info().Tells.Sizes
	a.config.IgnoreSize = o.ignoreSize
}

// beforeRead says of an interruption what it means to a trace that is read first.
func beforeRead(err error) error {
	if errors.Is(err, context.Canceled) {
		return errors.New("interrupted before the trace was read; nothing was counted")
	}
	return err
}

// withWorkers is record where workers play the trace: it is read here once, for what
// capacities are shares of, and so that what is wrong with it is known here.
func (o *cellOptions) withWorkers(e *env, a *wanted, options trace.Options) (*recorded, error) {
	options, drop, err := spooled(e, options)
	if err != nil {
		return nil, err
	}
	defer drop()
	t, err := trace.Open(options)
	if err != nil {
		return nil, usageError{err}
	}
	defer t.Close()
	o.unsized(a, t)
	r := &recorded{asked: a}
	if r.totals, err = scan(e, t, a.config); err != nil {
		return nil, beforeRead(err)
	}
	files, h, err := handOutTrace(e, &o.nats, t, options)
	if err != nil {
		return nil, err
	}
	h.heed(e)
	files.Tape, r.job = true, h
	r.files, r.close = files, func(err error) error { h.close(e, errors.Join(err, e.ctx.Err())); return nil }
	return r, nil
}

func (r *recorded) whole() whole { return whole{r.totals.Requests, r.totals.WorkingSet} }

// play plays cells with the policies' chance from seed. lost are the errors of cells
// that have no values, in the order of the cells: they failed, or, of workers that
// were broken off, were not there by then.
func (r *recorded) play(ctx context.Context, cells []sweep.Cell, seed uint64) (values []sweep.Values, lost []error, err error) {
	config := r.asked.config
	config.Seed = seed
	list := make([]curve.Cell, len(cells))
	for i, c := range cells {
		list[i] = curve.Cell(c)
	}
	var got []curve.Result
	lost = make([]error, len(cells))
	if r.tape != nil {
		got, _, err = r.tape.Play(ctx, list, config)
	} else {
		got, _, lost, err = r.files.Play(ctx, list, config)
	}
	if err != nil && (r.tape != nil || !brokenOff(err)) {
		return nil, nil, err
	}
	values = make([]sweep.Values, len(got))
	for i, g := range got {
		if lost[i] == nil {
			values[i] = sweep.Values{"hit": 1 - g.MissRatio(), "byte-hit": 1 - g.ByteMissRatio()}
		}
	}
	return values, lost, err
}
