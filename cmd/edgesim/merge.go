package main

import (
	"errors"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"edgesim/results"
	"edgesim/results/folder"
	"edgesim/sim/objective"
)

var mergeCommand = command{
	name:     "merge",
	synopsis: "RUN... [flags]",
	about:    "put runs of several processes together, as though one had played them",
	long: `RUN is a folder that loadgen left with --share or --records: one of several
processes, on one machine or many, that loaded the same server. Their records
are put together by time, and from them everything is made anew: histograms,
summary, reports, plots and the page are those of one run. Nothing is averaged.

Shares of one schedule are checked to be of one: same seed, workload and length,
and each there once. One that is missing is a warning.

Examples:
  edgesim merge share1 share2 share3 --out all
  edgesim merge share* --out all --json

Exit status: 0 done; 1 reading or writing failed, or an objective was missed; 2
wrong usage, or a folder that cannot be merged.
`,
	prepare: func(f *pflag.FlagSet) action {
		var o mergeOptions
		f.StringVar(&o.out, "out", "", "the run folder that is made (default results/runs/merged-TIME)")
		f.BoolVar(&o.json, "json", false, "print the summary as JSON")
		return o.run
	},
}

type mergeOptions struct {
	out  string
	json bool
}

func (o *mergeOptions) run(e *env, args []string) error {
	if len(args) == 0 {
		return usagef("no runs given; right is as: edgesim merge share1 share2 --out all")
	}
	if o.out == "" {
		o.out = filepath.Join("results", "runs", "merged-"+time.Now().UTC().Format("20060102-150405"))
	}
	if slices.ContainsFunc(args, func(dir string) bool { return filepath.Clean(dir) == filepath.Clean(o.out) }) {
		return usagef("--out %s is one of the runs; right is another folder", o.out)
	}
	promises, err := promised(args)
	if err != nil {
		return err
	}
	s, err := folder.Merge(folder.Merging{
		Runs: args, Dir: o.out,
		Manifest: results.Manifest{Command: e.command(), Program: results.ThisProgram("edgesim")},
		Judge:    func(s *results.Summary) []results.Objective { return objective.Judge(promises, s) },
	})
	switch {
	case errors.As(err, new(folder.NoRun)):
		return usageError{err}
	case err != nil:
		return err
	}
	run := runOptions{json: o.json}
	if err := run.print(e, s, o.out); err != nil {
		return err
	}
	return missed(s)
}

// promised are the objectives of all runs, each once.
func promised(dirs []string) ([]objective.Target, error) {
	var texts []string
	for _, dir := range dirs {
		s, err := results.ReadSummary(dir)
		if err != nil {
			continue // what is wrong with it is told when it is opened
		}
		for _, o := range s.Objectives {
			if !slices.Contains(texts, o.Objective) {
				texts = append(texts, o.Objective)
			}
		}
	}
	targets, err := objective.ParseAll(texts)
	if err != nil {
		return nil, usageError{err}
	}
	return targets, nil
}
