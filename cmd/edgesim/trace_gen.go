package main

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"edgesim/sim/scenario"
	"edgesim/sim/unit"
	"edgesim/workloads"
	"edgesim/workloads/trace"
)

var traceGenCommand = command{
	name:     "gen",
	synopsis: "-o FILE [flags]",
	about:    "make a trace: Zipf popularity, or a scenario's workload",
	long: `Requests are drawn by Zipf's law or another popularity; an object's name is its
rank, from 0, or its number where ranks change. SIZE is a lognormal body and,
where wanted, a Pareto tail: median, p99 or sigma, min, max, tail-share,
tail-from, tail-index.

With --scenario the requests are those of a run of it: the same objects at the
same times, named by their numbers in its catalog.

FILE's name tells the format and the compression, as with convert.

Examples:
  edgesim trace gen --objects 1000000 --zipf 0.8 -o z.oracleGeneral
  edgesim trace gen --objects 5000 --requests 100000 --zipf 1 --unit -o unit.ids
  edgesim trace gen --size median=10KB,p99=1MB --rate 5000/s -o sized.csv.gz
  edgesim trace gen --rate 100/s --popularity zipf+churn:every=1h -o churn.csv
  edgesim trace gen --rate 1/s..90/s:9m,90/s:1h --shape crowd:at=20m -o rise.csv
  edgesim trace gen --scenario quickstart --set duration=10m -o quickstart.csv
`,
	prepare: func(f *pflag.FlagSet) action {
		o := genOptions{memory: unit.GiB}
		f.Uint64Var(&o.objects, "objects", 100_000, "how many there are")
		f.Int64Var(&o.requests, "requests", 1_000_000, "how many are made; with --scenario at most so many, by itself as many as it says")
		f.Float64Var(&o.zipf, "zipf", 0.9, "exponent of popularity; 0: all objects alike")
		f.StringVar(&o.popularity, "popularity", "zipf", "`KIND` with its settings and changes, as zipf+onehits:share=10%: "+strings.Join(workloads.PopularityNames(), ", "))
		f.Uint64Var(&o.seed, "seed", 1, "of all that is drawn; with --scenario in place of its own")
		f.StringVar(&o.size, "size", "median=10KB,p99=1MB", "`SIZE` of the objects")
		f.BoolVar(&o.unit, "unit", false, "every object is of one byte; FILE then has no sizes where its format lets it")
		f.Var(&o.rate, "rate", "requests per second, as 5000/s, or in stages, as\n1000/s..20000/s:30s,20000/s:2m; without it FILE has no times where its format lets it")
		f.StringVar(&o.arrivals, "arrivals", "poisson", "`KIND`, how they come: "+strings.Join(workloads.ArrivalNames(), ", "))
		f.StringArrayVar(&o.shapes, "shape", nil, "`KIND` of what the rate is multiplied by as time goes ("+strings.Join(workloads.ShapeNames(), ", ")+"),\nas crowd:at=10s,peak=5; may be repeated")
		f.StringVar(&o.scenario, "scenario", "", "`FILE|NAME` of a scenario whose workload is written")
		f.StringArrayVar(&o.sets, "set", nil, "key=value: change one setting of the scenario; may be repeated")
		f.StringVarP(&o.out, "out", "o", "", "`FILE` to write")
		f.StringVar(&o.to, "to", "", "`FORMAT` to write: "+formatNames(trace.Writable())+" (default: told by FILE's name)")
		f.Var(&o.memory, "memory", "for the table of objects that next accesses are found with")
		f.BoolVar(&o.json, "json", false, "print as JSON what was written")
		return o.run
	},
}

type genOptions struct {
	objects, seed     uint64
	requests          int64
	zipf              float64
	size, arrivals    string
	popularity        string
	unit              bool
	rate              unit.Schedule
	scenario, out, to string
	sets, shapes      []string
	memory            unit.Size
	json              bool
}

func (o *genOptions) run(e *env, args []string) error {
	if len(args) > 0 {
		return usagef("%q: gen reads no trace; right is as: edgesim trace gen --zipf 0.8 -o z.oracleGeneral", args[0])
	}
	if o.out == "" {
		return usagef("nothing says where to write; right is as: -o z.oracleGeneral")
	}
	r, tells, total, err := o.source(e)
	if err != nil {
		return err
	}
	w, err := trace.Create(trace.Sink{Path: o.out, Stdout: e.stdout, Format: o.to, Tells: tells, Memory: int64(o.memory)})
	if err != nil {
		return usageError{err}
	}
	return fillTrace(e, w, r, total, o.json)
}

// source is what is to be written; total is -1 where nobody knows.
func (o *genOptions) source(e *env) (r trace.Reader, tells trace.Tells, total int64, err error) {
	if o.scenario != "" {
		return o.fromScenario(e)
	}
	if err := o.check(e); err != nil {
		return nil, tells, 0, err
	}
	if len(o.sets) > 0 {
		return nil, tells, 0, usagef("--set changes a scenario; right is --scenario NAME beside it")
	}
	for _, name := range []string{"arrivals", "shape"} {
		if o.rate.Rate == 0 && e.flags.Changed(name) {
			return nil, tells, 0, usagef("--%s says how a rate is kept; right is --rate 5000/s beside it", name)
		}
	}
	shape, err := workloads.NewShape(workloads.ShapeConfig{Stages: o.rate.Stages}, o.shapes...)
	if err != nil {
		return nil, tells, 0, usagef("--shape: %w", err)
	}
	g := trace.Generation{Objects: o.objects, Requests: o.requests, Zipf: o.zipf, Popularity: o.popularity, Seed: o.seed,
		Rate: float64(o.rate.Rate), Arrivals: o.arrivals, Shape: shape}
	if !o.unit {
		model, err := objectSizes(o.size)
		if err != nil {
			return nil, tells, 0, usagef("--size %s: %w", o.size, err)
		}
		g.Size = &model
	} else if e.flags.Changed("size") {
		return nil, tells, 0, usagef("--unit and --size contradict each other; right is one of them")
	}
	made, err := trace.Generate(g)
	if err != nil {
		return nil, tells, 0, usageError{err}
	}
	return made, made.Tells(), o.requests, nil
}

// check says which number is out of its range, by its flag's name.
func (o *genOptions) check(e *env) error {
	switch {
	case o.requests < 1:
		return usagef("--requests %d: right is a number from 1 on", o.requests)
	case o.objects < 1 || o.objects > 1<<53:
		return usagef("--objects %d: right are 1 to 2^53", o.objects)
	case !(o.zipf >= 0 && o.zipf <= 20):
		return usagef("--zipf %v: right are 0 to 20", o.zipf)
	case e.flags.Changed("rate") && o.rate.Rate == 0:
		return usagef("--rate %s: nothing would ever come; right is more than 0/s, or no --rate for a trace without times", e.flags.Lookup("rate").Value)
	}
	return nil
}

func (o *genOptions) fromScenario(e *env) (trace.Reader, trace.Tells, int64, error) {
	var none trace.Tells
	for _, name := range []string{"objects", "zipf", "popularity", "size", "unit", "rate", "arrivals", "shape"} {
		if e.flags.Changed(name) {
			return nil, none, 0, usagef("--%s and --scenario contradict each other; right is --set with the scenario's own key", name)
		}
	}
	sets := o.sets
	if e.flags.Changed("seed") {
		sets = append(sets, fmt.Sprintf("seed=%d", o.seed))
	}
	if e.flags.Changed("requests") {
		if o.requests < 1 {
			return nil, none, 0, usagef("--requests %d: right is a number from 1 on", o.requests)
		}
		sets = append(sets, fmt.Sprintf("workload.requests=%d", o.requests))
	}
	s, err := scenario.Load(o.scenario, sets...)
	if err != nil {
		return nil, none, 0, usageError{err}
	}
	if s.Workload.Closed && s.Workload.Requests == 0 {
		return nil, none, 0, usagef("--scenario %s: its loop is closed and has no end of its own; right is --requests N", o.scenario)
	}
	r, err := scenarioTrace(s)
	return r, trace.Tells{Times: !s.Workload.Closed, Sizes: true}, -1, err
}

// scenarioTrace is the workload of a run of the scenario.
func scenarioTrace(s *scenario.Scenario) (trace.Reader, error) {
	crowd, err := s.Crowd()
	if err != nil {
		return nil, err
	}
	return trace.FromSource(crowd.Source, crowd.Catalog), nil
}
