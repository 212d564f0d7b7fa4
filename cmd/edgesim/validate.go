package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/pflag"

	"edgesim/results"
	"edgesim/results/plot"
	"edgesim/sim/live"
	"edgesim/sim/scenario"
	"edgesim/sim/unit"
	"edgesim/sim/validate"
	"edgesim/sim/virtual"
)

var validateCommand = command{
	name:     "validate",
	synopsis: "SCENARIO [flags]",
	about:    "the same scenario live and foretold, and the distance between them",
	long: `SCENARIO is a YAML file, or the name of a built-in one. It is played on real
sockets and foretold in virtual time, several times with a seed each, the same
in both worlds. All that the prediction is told of this machine is how long an
idle edge takes to answer, which is measured first.

Printed are the figures of both worlds and how far apart they are, with 95 %
intervals over the repetitions: percentage points for ratios, else percent of
live. Goals: hit and byte hit ratio within 0.3 points, first bytes of misses
within 5 % at p50 and p99. Machines with other work to do answer late, and that
is no fault of the prediction.

Examples:
  edgesim validate quickstart
  edgesim validate storm --repeat 5 --out agreement
  edgesim validate my.yaml --set edge.policy=lru --json

Exit status: 0 no figure is apart; 1 a figure is apart with its whole interval,
or a run failed or was interrupted; 2 wrong usage.
`,
	prepare: func(f *pflag.FlagSet) action {
		var o validateOptions
		f.IntVar(&o.repeat, "repeat", 3, "`N` repetitions, a seed each")
		f.Uint64Var(&o.seed, "seed", 0, "of the first repetition, in place of the scenario's")
		f.StringArrayVar(&o.sets, "set", nil, "key=value: change one setting; may be repeated")
		f.StringVar(&o.out, "out", "", "draw the plots into this `DIR`, as SVG and PNG, with figures.json")
		f.BoolVar(&o.json, "json", false, "print as JSON")
		return o.run
	},
}

type validateOptions struct {
	repeat int
	seed   uint64
	sets   []string
	out    string
	json   bool
}

// How an idle edge is watched.
const (
	idleLength  = 3 * time.Second
	idleObjects = 20 // of each section are asked for meanwhile
)

func (o *validateOptions) run(e *env, args []string) error {
	if len(args) != 1 {
		return usagef("%d scenarios given; right is one, as: edgesim validate quickstart", len(args))
	}
	if o.repeat < 1 || o.repeat > 1000 {
		return usagef("--repeat %d: right are 1 to 1000", o.repeat)
	}
	base, err := scenario.Load(args[0], o.sets...)
	if err != nil {
		return usageError{err}
	}
	load := func(seed uint64, more ...string) (*scenario.Scenario, error) {
		var sets []string
		if seed == 0 && e.flags.Changed("seed") {
			seed = o.seed
		}
		if seed != 0 {
			sets = append(sets, fmt.Sprintf("seed=%d", seed))
		}
		s, err := base.Again(append(sets, more...)...)
		if err == nil {
			s.Network.Loopback = true // nothing is far from a live run, so from neither
		}
		return s, err
	}
	if _, err := load(0); err != nil {
		return usageError{err}
	}
	if err := makeOut(o.out); err != nil {
		return err
	}
	watch := []string{"warmup=0s", "duration=" + idleLength.String()}
	if base.Replays() { // whatever stands in its place
		watch = append(watch, "workload.replay.loop=true")
	}
	rtt, err := o.idle(e, load, watch)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stderr, "an idle edge answers in %v\n", rtt.Round(time.Microsecond))
	res, err := validate.Run(e.ctx, validate.Config{
		Load: func(seed uint64) (*scenario.Scenario, error) { return load(seed) }, Repeats: o.repeat,
		Live: playLive, Virtual: foretell(rtt),
		Status: func(i int, world string) {
			fmt.Fprintf(e.stderr, "repetition %d of %d, %s\n", i+1, o.repeat, world)
		},
	})
	if err != nil {
		return err
	}
	return o.tell(e, res)
}

// idle measures the round trip.
func (o *validateOptions) idle(e *env, load func(uint64, ...string) (*scenario.Scenario, error), sets []string) (time.Duration, error) {
	s, err := load(0, sets...)
	if err != nil {
		return 0, err
	}
	s.Demo(idleObjects)
	s.Workload.Closed, s.Workload.Rate, s.Workload.Connections = true, unit.Steady(0), 1
	for i := range s.Workload.Sections { // so that most requests hit
		s.Workload.Sections[i].Objects = min(s.Workload.Sections[i].Objects, idleObjects)
	}
	return validate.Idle(e.ctx, s, playLive)
}

func (o *validateOptions) tell(e *env, res *validate.Result) error {
	var err error
	if o.json {
		err = results.EncodeJSON(e.stdout, res)
	} else {
		err = res.WriteTable(e.stdout)
	}
	if err != nil {
		return err
	}
	if o.out != "" {
		if err := drawInto(o.out, res.Plots); err != nil {
			return err
		}
		if err := results.WriteJSON(filepath.Join(o.out, "figures.json"), res); err != nil {
			return err
		}
	}
	switch {
	case res.Partial:
		return fmt.Errorf("interrupted after %d repetitions", len(res.Seeds))
	case !res.Agree():
		return errSilent
	}
	return nil
}

// playLive plays a scenario on real sockets.
func playLive(ctx context.Context, s *scenario.Scenario, view results.View) error {
	_, err := live.Records(ctx, live.Config{Scenario: s}, view)
	return err
}

// foretell plays a scenario in virtual time, with an edge that is that far from
// its viewers.
func foretell(rtt time.Duration) func(context.Context, *scenario.Scenario, results.View) error {
	return func(ctx context.Context, s *scenario.Scenario, view results.View) error {
		_, err := virtual.Records(ctx, virtual.Config{Scenario: s, RTT: rtt}, view)
		return err
	}
}

// drawInto draws figures into a folder, as SVG and PNG.
func drawInto(dir string, figures []*plot.Figure) error {
	size, err := plot.ParseSize(plot.SizeNames()[0])
	if err != nil {
		return err
	}
	for _, f := range figures {
		for _, format := range []string{"svg", "png"} {
			err := writeTo(filepath.Join(dir, f.Name+"."+format), func(w io.Writer) error { return plot.Render(w, f, format, size) })
			if err != nil {
				return fmt.Errorf("--out: %w", err)
			}
		}
	}
	return nil
}
