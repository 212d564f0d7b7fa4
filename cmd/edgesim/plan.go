package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"edgesim/results"
	"edgesim/results/price"
	"edgesim/sim/fleet"
	"edgesim/sim/objective"
	"edgesim/sim/plan"
	"edgesim/sim/scenario"
	"edgesim/sim/sweep"
	"edgesim/sim/unit"
)

var planCommand = command{
	name:     "plan",
	synopsis: "SCENARIO|TRACE --target TARGET... [flags]",
	about:    "the smallest cache that keeps its targets, what it costs, how sure",
	long: `TARGET is a promise: hit>=0.9, byte-hit>=95%, ttfb-p50<=20ms, ttfb-p90,
ttfb-p99, total-p50, total-p99, errors<=1%, origin-rate<=200/s or
origin-bandwidth<=1Gbit/s, both in the busiest bucket of time (a 60th of the
run, at least a second). Of a trace only hit and byte-hit are known. Several
targets have to be kept together.

For each policy the analytic model says where to look, and virtual runs find the
smallest capacity that keeps every target with its whole 95 % interval over the
replicas. Told are also the capacity just below, what a month costs, and what
the targets come to at that capacity if the traffic were another.

Examples:
  edgesim plan quickstart --target 'byte-hit>=0.9'
  edgesim plan my.yaml --target 'hit>=85%' --target 'ttfb-p99<=300ms'
  edgesim plan trace.bin --target 'byte-hit>=50%' --policy lru,s3fifo,wtinylfu

Exit status: 0 some policy keeps the targets; 1 none does, a trial failed, or it
was interrupted; 2 wrong usage.
`,
	prepare: func(f *pflag.FlagSet) action {
		var o planOptions
		f.StringArrayVar(&o.targets, "target", nil, "a promise, as 'byte-hit>=0.95'; may be repeated")
		f.Float64Var(&o.precision, "precision", 0.05, "how near the answer is to a capacity that does not do")
		f.Var(&o.most, "most", "the largest capacity that is looked at (default 4 times all objects)")
		o.flags(f, 3)
		f.StringVar(&o.prices, "prices", "", "`FILE` with prices, as edgesim report has it (default a list of its own, with its date)")
		f.Float64Var(&o.memory, "memory-price", plan.MemoryPrice, "a GiB of cache for a month")
		f.Float64Var(&o.egress, "origin-egress", 0, "a GB that an origin sends; of an S3 bucket behind CloudFront 0\n(default the list's price without a CDN)")
		f.BoolVar(&o.plain, "no-variants", false, "leave out what would change the answer")
		return o.run
	},
}

type planOptions struct {
	cellOptions
	targets        []string
	precision      float64
	most           unit.Size
	prices         string
	memory, egress float64
	plain          bool
}

func (o *planOptions) run(e *env, args []string) error {
	if err := o.check(e, args, "edgesim plan quickstart --target 'byte-hit>=0.9'"); err != nil {
		return err
	}
	c := plan.Config{Precision: o.precision, Jobs: o.jobs, Around: 3,
		Status: func(c sweep.Cell) {
			fmt.Fprintf(e.stderr, "trying %s at %s\n", c.Policy, sweep.Capacity(c.Capacity, o.ignoreSize))
		}}
	if err := o.fill(&c); err != nil {
		return err
	}
	var end func(error) error // of what plays the trials
	var err error
	if isScenario(args[0]) {
		end, err = o.overScenario(e, args[0], &c)
	} else {
		end, err = o.overTrace(e, args[0], &c)
	}
	if err != nil {
		return err
	}
	if o.nats.Asked() {
		c.Jobs, c.Abreast = len(c.Seeds), mostAsked
	}
	res, err := plan.Run(e.ctx, c)
	if err = errors.Join(err, end(err)); err != nil {
		return err
	}
	return o.tell(e, res, args[0])
}

func (o *planOptions) fill(c *plan.Config) error {
	if len(o.targets) == 0 {
		return usagef("no --target given; right is at least one, as: --target 'byte-hit>=0.95'")
	}
	for _, text := range o.targets {
		t, err := objective.Parse(text, objective.Quantities())
		if err != nil {
			return usagef("--target: %v", err)
		}
		c.Targets = append(c.Targets, t)
	}
	if !(o.precision >= 0.001 && o.precision <= 1) {
		return usagef("--precision %v: right are 0.001 to 1", o.precision)
	}
	if !(o.memory >= 0 && o.egress >= 0) || math.IsInf(o.memory+o.egress, 0) {
		return usagef("--memory-price and --origin-egress: a price is a number from 0 on")
	}
	return nil
}

func (o *planOptions) overScenario(e *env, name string, c *plan.Config) (end func(error) error, err error) {
	w, err := o.scenario(e, name)
	if err != nil {
		return nil, err
	}
	list, err := o.list()
	if err != nil {
		return nil, err
	}
	c.Policies, c.Seeds = w.policies, w.seeds
	c.Least, c.Most = leastCapacity*max(1, int64(w.base.Edge.Shards)), int64(o.most)
	if c.All = allBytes(w.base); c.Most == 0 {
		c.Most = 4 * c.All
	}
	if c.Most < c.Least {
		return nil, usagef("--most %v: an edge has at least %v", o.most, unit.Size(c.Least))
	}
	c.Guess = analyticGuess(w.base, c.Targets)
	trialOf, end := trialsHere(w)
	if o.nats.Asked() {
		if trialOf, end, err = trialsByWorkers(e, w, &o.nats); err != nil {
			return nil, err
		}
	}
	c.Trial = trialOf("")
	if !o.plain {
		for _, name := range w.base.Variants() {
			c.Variants = append(c.Variants, plan.Variant{Name: name, Trial: trialOf(name)})
		}
	}
	c.Prices = &plan.Prices{List: list, Memory: o.memory, OriginEgress: o.egress, OriginRequests: list.Origin.Request, Locations: locationsOf(w.base)}
	if !e.flags.Changed("origin-egress") {
		c.Prices.OriginEgress = list.Origin.Direct
	}
	return end, nil
}

func (o *planOptions) list() (*price.List, error) {
	if o.prices == "" {
		return price.Default(), nil
	}
	f, err := os.Open(o.prices)
	if err != nil {
		return nil, usagef("--prices: %v", err)
	}
	defer f.Close()
	list, err := price.Read(f)
	if err != nil {
		return nil, usagef("--prices: %s: %v", o.prices, err)
	}
	return list, nil
}

// trialsHere plays cells of the scenario, or of a variant by its name, in virtual
// time.
func trialsHere(w *ofScenario) (of func(variant string) plan.Trial, end func(error) error) {
	return func(variant string) plan.Trial {
		load := func(c sweep.Cell, seed uint64) (*scenario.Scenario, error) {
			s, err := w.load(c, seed)
			if err == nil {
				err = s.Vary(variant)
			}
			return s, err
		}
		return func(ctx context.Context, c sweep.Cell, seed uint64) (sweep.Values, *sweep.Monthly, error) {
			m, err := sweep.Play(ctx, load, foretell(0), c, seed)
			if err != nil {
				return nil, nil, err
			}
			month := m.Monthly()
			return m.Values(), &month, nil
		}
	}, func(error) error { return nil }
}

// trialsByWorkers is trialsHere by workers.
func trialsByWorkers(e *env, w *ofScenario, o *fleet.Flags) (of func(variant string) plan.Trial, end func(error) error, err error) {
	world, h, err := w.handOut(e, o)
	if err != nil {
		return nil, nil, err
	}
	return func(variant string) plan.Trial {
		return func(ctx context.Context, c sweep.Cell, seed uint64) (sweep.Values, *sweep.Monthly, error) {
			t, err := world.Play(ctx, c, seed, variant)
			return t.Values, t.Month, setAside(err)
		}
	}, func(err error) error { h.close(e, errors.Join(err, e.ctx.Err())); return nil }, nil
}

func (o *planOptions) overTrace(e *env, name string, c *plan.Config) (end func(error) error, err error) {
	for _, t := range c.Targets {
		if t.Name != "hit" && t.Name != "byte-hit" {
			return nil, usagef("--target: of a trace no %s is known; right is hit or byte-hit, or a scenario in the trace's place", t.Name)
		}
	}
	for _, flag := range []string{"prices", "memory-price", "origin-egress", "no-variants"} {
		if e.flags.Changed(flag) {
			return nil, usagef("--%s: a trace says neither how long a month is nor what traffic would come to; right is a scenario in its place", flag)
		}
	}
	r, err := o.record(e, name)
	if err != nil {
		return nil, err
	}
	c.Policies, c.Seeds = r.asked.specs, o.seeds(o.seed)
	c.Least, c.Most = 1, max(1, r.totals.WorkingSet)
	c.All, c.OneTrace = c.Most, true
	if o.most > 0 {
		c.Most = int64(o.most)
	}
	c.Trial = func(ctx context.Context, cell sweep.Cell, seed uint64) (sweep.Values, *sweep.Monthly, error) {
		values, lost, err := r.play(ctx, []sweep.Cell{cell}, seed)
		if err == nil {
			err = lost[0]
		}
		if err != nil {
			return nil, nil, setAside(err)
		}
		return values[0], nil, nil
	}
	return r.close, nil
}

func (o *planOptions) tell(e *env, r *plan.Result, name string) error {
	var err error
	if o.json {
		err = results.EncodeJSON(e.stdout, r)
	} else {
		err = errors.Join(r.WriteTable(e.stdout, o.ignoreSize), o.writeAgain(e.stdout, name, r.Best()))
	}
	if err == nil && o.out != "" {
		err = drawInto(o.out, r.Figures(filepath.Base(name), o.ignoreSize))
	}
	switch {
	case err != nil:
		return err
	case len(r.Lost) > 0:
		return fmt.Errorf("%d trials failed and are left out; the first: %w", len(r.Lost), r.Lost[0])
	case r.Partial:
		return fmt.Errorf("%s; policies are missing", e.broken())
	case r.Best() == nil:
		return errors.New("no policy keeps the targets at any capacity that was looked at")
	}
	return nil
}

// writeAgain prints the command that plays the answer: tables round its capacity,
// and a little less may not do.
func (o *planOptions) writeAgain(w io.Writer, name string, best *plan.Answer) error {
	if best == nil {
		return nil
	}
	var words []string
	if isScenario(name) {
		words = []string{"run", name}
		for _, set := range o.sets {
			words = append(words, "--set", set)
		}
		words = append(words, "--set", "edge.policy="+best.Policy, "--set", fmt.Sprintf("edge.capacity=%d", best.Capacity))
	} else {
		words = []string{"mrc", name, "--policy", best.Policy, "--capacity", strconv.FormatInt(best.Capacity, 10)}
		if o.format != "" {
			words = append(words, "--format", o.format)
		}
		if o.columns != "" {
			words = append(words, "--columns", o.columns)
		}
		if o.limit > 0 {
			words = append(words, "--limit", strconv.FormatInt(o.limit, 10))
		}
		if o.ignoreSize {
			words = append(words, "--ignore-size")
		}
	}
	for i, word := range words {
		words[i] = quoted(word)
	}
	_, err := fmt.Fprintf(w, "\nTo play it:\n  edgesim %s\n", strings.Join(words, " "))
	return err
}

// quoted is a word as a shell takes it.
func quoted(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=,@%+", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
