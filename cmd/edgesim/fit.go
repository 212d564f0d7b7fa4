package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"edgesim/results"
	"edgesim/results/plot"
	"edgesim/sim/unit"
	"edgesim/workloads/fit"
	"edgesim/workloads/trace"
)

var fitCommand = command{
	name:     "fit",
	synopsis: "LOG|TRACE|RUN... [flags]",
	about:    "fit a workload's parameters to a log or trace, as a scenario",
	long: `Reads access logs or a trace once, fits popularity, sizes, arrivals and more,
and writes a scenario that asks for objects as the trace does. The scenario is
played as long as the trace, and the fit is judged by how far LRU's miss-ratio
curves are from the trace's: the simplest model whose curves are near on average
is taken, or the nearest. The scenario goes to the standard output, figures to
the standard error.

MODEL is auto, or one of
` + fitModels() + `
Up to --objects objects are followed, at up to 160 bytes each; beyond that they
are a sample by name, and what is said of objects is scaled (SHARDS).

A file called fd.txt is taken for Tragen's descriptor of a trace, with bfd.txt
and sz.txt beside it.

Examples:
  edgesim fit web.csv.gz > fitted.yaml
  edgesim run fitted.yaml --mode virtual
  edgesim fit 'logs/*.gz' --out fitted.yaml --plot fit.png
  edgesim fit results/runs/quickstart-20261126-101500 > again.yaml
  edgesim fit web.oracleGeneral.zst --model recency --json
`,
	prepare: func(f *pflag.FlagSet) action {
		o := fitOptions{near: fit.Near}
		o.add(f)
		f.StringVar(&o.model, "model", fit.Auto, "`MODEL` of objects: "+strings.Join(fit.ModelNames(), ", "))
		f.Var(&o.near, "near", "how near the curves must be on average, in percentage points")
		f.IntVar(&o.objects, "objects", 1<<20, "follow `N` objects at most, from 1000 on")
		f.StringVar(&o.policies, "policies", "fifo,sieve,s3fifo", "compare curves of these `POLICIES`, too, for which the trace is read again and\nall of its objects are kept; '' for none")
		f.StringVar(&o.geo, "geo", "", "database in MaxMind's format (.mmdb), for the countries of a log's viewers")
		f.StringVar(&o.out, "out", "", "write the scenario to this `FILE`")
		f.StringVar(&o.plot, "plot", "", "draw the curves over each other into this `FILE`: "+strings.Join(plot.Formats(), ", ")+", or json")
		f.BoolVar(&o.json, "json", false, "print parameters, distances and the scenario as JSON")
		return o.run
	},
}

func fitModels() string {
	var b strings.Builder
	for _, m := range fit.Models() {
		fmt.Fprintf(&b, "  %-10s %s\n", m.Name, folded(m.Usage, 66, "\n"+strings.Repeat(" ", 13)))
	}
	return b.String()
}

type fitOptions struct {
	traceFlags
	model, out, plot string
	geo              string
	near             unit.Share
	policies         string
	files            []string // to be read; nil: not known yet
	named            []string // of policies
	objects          int
	json             bool
}

func (o *fitOptions) run(e *env, args []string) error {
	models, err := o.check(args)
	if err != nil {
		return err
	}
	if err := cmp.Or(checkFile("out", o.out), checkFile("plot", o.plot)); err != nil {
		return err
	}
	m, err := o.measure(e, args)
	if err != nil {
		return err
	}
	p := m.Parameters()
	f, err := fit.Judge(e.ctx, m, p, models, float64(o.near))
	if err == nil {
		err = o.others(e, f)
	}
	if e.ctx.Err() != nil {
		return errors.New("interrupted before the fit was judged; nothing is written")
	}
	if err != nil {
		return err
	}
	return o.print(e, f)
}

// measure reads what is to be fitted.
func (o *fitOptions) measure(e *env, args []string) (*fit.Measured, error) {
	if len(args) == 1 && fit.IsDescriptor(args[0]) {
		m, err := fit.Describe(args[0])
		if err != nil {
			return nil, usageError{err}
		}
		return m, nil
	}
	mixing := fit.NewMixing(o.objects)
	o.records = mixing.Add
	args, err := o.sources(args)
	if err != nil {
		return nil, err
	}
	t, err := o.open(args)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	told := fit.Options{Name: titleOf(args), Tells: t.Info().Tells, Objects: o.objects}
	if t.Info().Format == "logs" {
		told.Log = mixing
	}
	m := fit.NewMeasured(told)
	bar := newCounting(e.stderr, t)
	err = pour(e.ctx, bar, func(reqs []trace.Request) error { m.Add(reqs); return nil })
	bar.done()
	if err != nil {
		return nil, err
	}
	m.Finish()
	sayFaults(e, "fit", t.Faults())
	if m.Requests == 0 {
		return nil, usagef("%s has no requests; right is a trace with one at least", strings.Join(args, ", "))
	}
	return m, nil
}

// sources are the files of the arguments. A run folder is its access log, whose viewers
// are where its scenario has them.
func (o *fitOptions) sources(args []string) (files []string, err error) {
	if o.files != nil {
		return o.files, nil
	}
	in, err := openSources(args, &reportOptions{geo: o.geo})
	switch {
	case err != nil:
		return nil, err
	case len(in.kept) > 0:
		return nil, usagef("run folder %s left no log to fit; right is one made with edgesim run --access-log", in.kept[0].dir)
	}
	o.files, o.locate = in.files, in.locate
	return o.files, nil
}

// check is what is wrong with the flags, before the work.
func (o *fitOptions) check(args []string) ([]fit.Model, error) {
	if len(args) == 0 {
		return nil, usagef("no log or trace given; right is as: edgesim fit web.csv.gz")
	}
	models, err := fit.FindModels(o.model)
	if err != nil {
		return nil, usagef("--model: %v", err)
	}
	if o.policies != "" {
		if o.named, err = realPolicies(o.policies); err != nil {
			return nil, usagef("--policies: %v", err)
		}
	}
	if o.objects < 1000 {
		return nil, usagef("--objects %d: right is a number from 1000 on", o.objects)
	}
	if format := strings.TrimPrefix(filepath.Ext(o.plot), "."); o.plot != "" && format != "json" && !slices.Contains(plot.Formats(), format) {
		return nil, usagef("--plot %s: right is a file that ends in one of %s, json", o.plot, strings.Join(plot.Formats(), ", "))
	}
	return models, nil
}

func (o *fitOptions) print(e *env, f *fit.Fit) error {
	errs := []error{f.Write(e.stderr)}
	if o.plot != "" {
		errs = append(errs, o.draw(f))
	}
	if o.out != "" {
		errs = append(errs, results.WriteFile(o.out, func(w io.Writer) error {
			_, err := io.WriteString(w, f.Scenario)
			return err
		}))
	}
	switch {
	case o.json:
		errs = append(errs, results.EncodeJSON(e.stdout, f))
	case o.out == "":
		_, err := io.WriteString(e.stdout, f.Scenario)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (o *fitOptions) draw(f *fit.Fit) error {
	if format := strings.TrimPrefix(filepath.Ext(o.plot), "."); format != "json" {
		return drawTo(f.Figure(), o.plot, format)
	}
	return results.WriteJSON(o.plot, f.Figure())
}
