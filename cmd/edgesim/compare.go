package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/pflag"

	"edgesim/results"
	"edgesim/results/compare"
	"edgesim/results/plot"
	"edgesim/sim/unit"
)

var compareCommand = command{
	name:     "compare",
	synopsis: "RUN RUN | RUN... -- RUN... [flags]",
	about:    "two runs, or two sets of runs: what differs, and whether it is chance",
	long: `RUN is a run folder. Two are A and B; of more, those before "--" are A and those
behind it B. Every headline figure is compared: means over runs with their
intervals, the difference with its own, and a verdict in words.

A run is one observation. Requests within it are correlated, and so are its
hours: one run against one shows a difference and cannot say whether it is
chance. Repeat runs with other seeds; where both sides have the same seeds, runs
of the same seed are compared with each other, which shows smaller differences.

Examples:
  edgesim compare with-lru with-sieve
  edgesim compare lru-1 lru-2 lru-3 -- sieve-1 sieve-2 sieve-3
  edgesim compare before/* -- after/* --json
  edgesim compare with-lru with-sieve --out figures

Exit status: 0 compared, whatever came out; 1 reading or writing failed; 2 wrong
usage, or a folder that is no run's.
`,
	prepare: func(f *pflag.FlagSet) action {
		o := compareOptions{confidence: 0.95}
		f.Var(&o.confidence, "confidence", "`SHARE` of intervals that hold what they are of (default 95%)")
		f.StringVar(&o.out, "out", "", "draw the plots that the first run of each side has, over each other, into\nthis `FOLDER`")
		f.BoolVar(&o.json, "json", false, "print as JSON")
		return o.run
	},
}

type compareOptions struct {
	confidence unit.Share
	out        string
	json       bool
}

func (o *compareOptions) run(e *env, args []string) error {
	dirsA, dirsB, err := sides(args, e.flags.ArgsLenAtDash())
	if err != nil {
		return err
	}
	if !(o.confidence > 0 && o.confidence < 1) {
		return usagef("--confidence %s; right is between 0%% and 100%%, as 95%%", o.confidence)
	}
	a, err := readRuns(dirsA)
	if err != nil {
		return err
	}
	b, err := readRuns(dirsB)
	if err != nil {
		return err
	}
	if err := makeOut(o.out); err != nil {
		return err
	}
	r, err := compare.Compare(a, b, float64(o.confidence))
	if err != nil {
		return usageError{err}
	}
	for _, text := range r.Warnings {
		fmt.Fprintf(e.stderr, "edgesim compare: %s\n", text)
	}
	if o.json {
		err = results.EncodeJSON(e.stdout, r)
	} else {
		err = r.WriteText(e.stdout)
	}
	if err == nil && o.out != "" {
		err = o.draw(e, []string{dirsA[0], dirsB[0]})
	}
	return err
}

// sides are the folders of A and B; dash is where "--" stood, or below 0.
func sides(args []string, dash int) (a, b []string, err error) {
	switch {
	case dash < 0 && len(args) == 2:
		return args[:1], args[1:], nil
	case dash < 0 && len(args) > 2:
		return nil, nil, usagef("%d runs given; right is two, or two sets with -- between them", len(args))
	case dash > 0 && dash < len(args):
		return args[:dash], args[dash:], nil
	}
	return nil, nil, usagef("runs of both sides are wanted; right is as: edgesim compare with-lru with-sieve, or A1 A2 A3 -- B1 B2 B3")
}

func readRuns(dirs []string) (runs []compare.Run, err error) {
	for _, dir := range dirs {
		r, err := compare.Read(dir, filepath.Base(filepath.Clean(dir)))
		switch {
		case results.NoRun(err):
			return nil, usagef("%s is not a run folder: it lacks %s or %s", dir, results.ManifestFile, results.SummaryFile)
		case err != nil:
			return nil, usageError{err}
		}
		runs = append(runs, r)
	}
	return runs, nil
}

// draw lays the plots of the two runs over each other.
func (o *compareOptions) draw(e *env, dirs []string) error {
	runs, err := openRuns(dirs)
	if err != nil {
		return err
	}
	p := plotPlan{runs: runs, format: "svg", all: true}
	if p.size, err = plot.ParseSize(plot.SizeNames()[0]); err != nil {
		return err
	}
	if p.views, err = (&plotOptions{}).chosen(runs); err != nil {
		return err
	}
	for _, view := range p.views {
		p.paths = append(p.paths, filepath.Join(o.out, view+".svg"))
	}
	quiet := *e
	quiet.stdout = e.stderr // the comparison alone is the result
	return p.write(&quiet)
}
