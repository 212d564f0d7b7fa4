package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"edgesim/results"
	"edgesim/results/plot"
	"edgesim/workloads/trace"
	"edgesim/workloads/trace/stat"
)

var traceStatCommand = command{
	name:     "stat",
	synopsis: "TRACE... [flags]",
	about:    "say what a trace is like: popularity, sizes, reuse, working set",
	long: `Requests, objects, bytes, objects asked for once or in several sizes, Zipf's law
fitted with its interval, sizes, how soon objects come again, what the most
popular ones carry, and the working set over time. With --out it is drawn, too.

An object takes up to 61 bytes of memory, all else less than 64 MB. How deep
objects lie in an LRU stack is exact up to 262,144 of them, and taken from a
sample of half as many or more beyond that; --exact follows all.

Examples:
  edgesim trace stat web.oracleGeneral.zst
  edgesim trace stat web.csv.gz --out web-stat
  edgesim trace stat 'logs/*.gz' --json
  zcat web.csv.gz | edgesim trace stat - --limit 1000000
`,
	prepare: func(f *pflag.FlagSet) action {
		var o statOptions
		o.add(f)
		f.BoolVar(&o.exact, "exact", false, "follow all objects in the LRU stack: up to 165 bytes more for each")
		f.StringVar(&o.out, "out", "", "`DIR` for the plots, as SVG, PNG and JSON, and stat.json")
		f.BoolVar(&o.json, "json", false, "print as JSON")
		return o.run
	},
}

type statOptions struct {
	traceFlags
	exact, json bool
	out         string
}

func (o *statOptions) run(e *env, args []string) error {
	if len(args) == 0 {
		return usagef("no trace given; right is as: edgesim trace stat web.csv.gz")
	}
	if err := makeOut(o.out); err != nil {
		return err
	}
	t, err := o.open(args)
	if err != nil {
		return err
	}
	defer t.Close()
	so := stat.Options{Name: titleOf(args), Tells: t.Info().Tells}
	if o.exact {
		so.Tracked = -1
	}
	s := stat.New(so)
	bar := newCounting(e.stderr, t)
	err = pour(e.ctx, bar, func(reqs []trace.Request) error { s.Add(reqs); return nil })
	bar.done()
	interrupted := errors.Is(err, errBroken)
	if err != nil && !interrupted {
		return err
	}
	sayFaults(e, "trace stat", t.Faults())
	r := s.Result()
	switch {
	case r == nil && interrupted:
		return err
	case r == nil:
		return usagef("%s has no requests", strings.Join(args, ", "))
	case interrupted:
		err = fmt.Errorf("interrupted; the figures are of the first %d requests", r.Requests)
	}
	return errors.Join(o.tell(e, r), err)
}

func (o *statOptions) tell(e *env, r *stat.Result) (err error) {
	if o.json {
		err = results.EncodeJSON(e.stdout, r)
	} else {
		err = r.Write(e.stdout)
	}
	return errors.Join(err, o.draw(e, r))
}

// titleOf is what a plot calls the trace.
func titleOf(files []string) string {
	name := filepath.Base(files[0])
	if files[0] == "-" {
		name = "standard input"
	}
	if len(files) > 1 {
		name += fmt.Sprintf(" and %d more", len(files)-1)
	}
	return name
}

// draw leaves plots and figures in the folder.
func (o *statOptions) draw(e *env, r *stat.Result) error {
	if o.out == "" {
		return nil
	}
	if err := results.WriteJSON(filepath.Join(o.out, "stat.json"), r); err != nil {
		return err
	}
	for _, f := range r.Figures() {
		base := filepath.Join(o.out, f.Name)
		if err := results.WriteJSON(base+".json", f); err != nil {
			return err
		}
		for _, format := range []string{"svg", "png"} {
			if err := drawTo(f, base+"."+format, format); err != nil {
				return err
			}
		}
	}
	fmt.Fprintf(e.stderr, "plots: %s\n", o.out)
	return nil
}

func drawTo(f *plot.Figure, path, format string) error {
	var out bytes.Buffer
	if err := plot.Render(&out, f, format, plot.Slide()); err != nil {
		return err
	}
	return results.WriteFile(path, func(w io.Writer) error {
		_, err := out.WriteTo(w)
		return err
	})
}
