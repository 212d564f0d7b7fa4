package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"edgesim/results"
	"edgesim/results/folder"
	"edgesim/sim/live"
	"edgesim/sim/objective"
	"edgesim/sim/scenario"
	"edgesim/sim/unit"
	"edgesim/sim/virtual"
)

var runCommand = command{
	name:     "run",
	synopsis: "SCENARIO [flags]",
	about:    "play a scenario, live or in virtual time, and leave a run folder",
	long: `SCENARIO is a YAML file, or the name of a built-in one (edgesim scenarios). Its
origins and the edge are started on loopback, its workload is played against
the edge, and a run folder is left: summary, reports, plots, latency
histograms, and index.html that shows them all.

With --mode virtual nothing is started: the simulator foretells what the edge
would do with every request, in virtual time, and leaves the same folder. The
same scenario and seed give the same bytes.

Examples:
  edgesim run quickstart
  edgesim run quickstart --set edge.policy=lru --out with-lru
  edgesim run my.yaml --seed 7 --access-log --json
  edgesim run quickstart --set duration=10m --admin :9090
  edgesim run quickstart --mode virtual --set duration=1h

Exit status: 0 done; 1 the run failed, was interrupted (what was measured is
kept and marked partial), missed an objective of its scenario (slo) or, with
--verify, found wrong bytes; 2 wrong usage.
`,
	prepare: func(f *pflag.FlagSet) action {
		var o runOptions
		f.StringVar(&o.mode, "mode", "live", "live: on real sockets; virtual: foretold, in virtual time")
		f.StringVar(&o.out, "out", "", "the run folder (default results/runs/NAME-TIME)")
		f.Uint64Var(&o.seed, "seed", 0, "in place of the scenario's seed")
		f.StringArrayVar(&o.sets, "set", nil, "key=value: change one setting, as edge.capacity=64MiB; may be repeated")
		f.BoolVar(&o.accessLog, "access-log", false, "also keep access.log.gz, in CloudFront's standard format")
		f.BoolVar(&o.verify, "verify", false, "compare every body byte with what the origin must have sent")
		f.StringVar(&o.admin, "admin", "", "show the page live, to this machine, at that address, as :9090 (default none)")
		f.BoolVar(&o.json, "json", false, "print the summary as JSON")
		return o.run
	},
}

type runOptions struct {
	mode, out, admin        string
	seed                    uint64
	sets                    []string
	accessLog, verify, json bool
}

func (o *runOptions) run(e *env, args []string) error {
	s, err := o.load(e, args)
	if err != nil {
		return err
	}
	program, machine := results.ThisProgram("edgesim"), results.ThisMachine()
	dir := o.out
	if dir == "" {
		dir = filepath.Join("results", "runs", s.Name+"-"+time.Now().UTC().Format("20060102-150405"))
	}
	manifest := results.Manifest{Command: e.command(), Program: program, Machine: machine}
	headline := fmt.Sprintf("%s: %s\n", s.Name, strings.Join(describe(s), ", "))
	if o.mode == modeVirtual {
		fmt.Fprint(e.stderr, headline)
		return o.runVirtual(e, s, dir, manifest)
	}
	shown, err := o.show(e)
	if err != nil {
		return err
	}
	defer shown.close()
	fmt.Fprint(e.stderr, headline)
	shown.tell(e.stderr)
	show := newProgress(e.stderr, s)
	res, err := live.Run(e.ctx, live.Config{
		Scenario: s, Dir: dir, AccessLog: o.accessLog, Verify: o.verify, Status: show.status, Began: shown.began,
		Manifest: manifest,
	})
	show.done()
	if folderErr := (*live.FolderError)(nil); errors.As(err, &folderErr) {
		return usagef("--out: %v", err)
	}
	if err != nil {
		return err
	}
	if err := o.print(e, res.Summary, dir); err != nil {
		return err
	}
	return verdict(res)
}

func (o *runOptions) load(e *env, args []string) (*scenario.Scenario, error) {
	if len(args) != 1 {
		return nil, usagef("%d scenarios given; right is one, as: edgesim run quickstart", len(args))
	}
	switch {
	case o.mode != "live" && o.mode != modeVirtual:
		return nil, usagef("--mode %q is none; right is live or virtual", o.mode)
	case o.mode == modeVirtual && o.verify:
		return nil, usagef("--verify: a virtual run has no bytes that could be wrong; right is --mode live")
	case o.mode == modeVirtual && o.admin != "":
		return nil, usagef("--admin: a virtual run is over before it could be watched; right is --mode live")
	}
	sets := o.sets
	if e.flags.Changed("seed") {
		sets = append(sets, fmt.Sprintf("seed=%d", o.seed))
	}
	s, err := scenario.Load(args[0], sets...)
	if err == nil && o.mode == modeVirtual {
		err = virtual.Check(s)
	}
	if err != nil {
		return nil, usageError{err}
	}
	return s, nil
}

func (o *runOptions) print(e *env, s *results.Summary, dir string) error {
	if !o.json {
		if err := folder.Headline(e.stdout, s, dir); err != nil || len(s.Objectives) == 0 {
			return err
		}
		fmt.Fprintln(e.stdout)
		return objective.WriteTable(e.stdout, s.Objectives)
	}
	enc := json.NewEncoder(e.stdout)
	enc.SetIndent("", "  ")
	return enc.Encode(s)
}

func verdict(res *live.Result) error {
	switch {
	case res.Partial:
		return errInterrupted
	case res.Wrong > 0:
		return fmt.Errorf("%d responses had wrong bytes", res.Wrong)
	}
	return missed(res.Summary)
}

// missed is an error where the run missed an objective of its scenario.
func missed(s *results.Summary) error {
	if text := objective.Missed(s); text != "" {
		return errors.New(text)
	}
	return nil
}

// describe says in a few words what is about to be run.
func describe(s *scenario.Scenario) []string {
	w := &s.Workload
	load := strings.Join(append([]string{w.Rate.String(), w.Arrivals}, w.Shape...), " ")
	if most := s.PeakRate(); most > float64(w.Rate.Rate) && len(w.Rate.Stages) == 0 {
		load += fmt.Sprintf(" (up to %v)", unit.Rate(math.Round(most)))
	}
	switch {
	case w.Closed:
		load = "closed loop"
	case s.Replays() && w.Rate.Rate == 0:
		load = "in its own times"
	}
	if s.Replays() {
		load = "replay of " + w.Replay.File + ", " + load
	}
	return []string{
		s.Duration.String() + " (" + s.Warmup.String() + " of it warm-up)", load,
		fmt.Sprintf("%d connections", w.Connections), s.Edge.Capacity.String() + " " + s.Edge.Policy,
	}
}
