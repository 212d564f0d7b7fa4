package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"edgesim/results"
	"edgesim/sim/load"
	"edgesim/sim/objective"
	"edgesim/sim/unit"
)

// finding are the flags of the search for the highest rate.
type finding struct {
	texts   []string
	targets []objective.Target
	trial   unit.Duration
}

const (
	defaultTrial = 10 * time.Second
	// trialWarmup is the part of a trial that its figures leave out, unless --warmup
	// says so.
	trialWarmup = 10
)

func (f *finding) check(o *options) (err error) {
	if f.targets, err = objective.ParseAll(f.texts); err != nil {
		return fmt.Errorf("--find-max: %w", err)
	}
	switch {
	case len(f.texts) == 0 && o.given("trial"):
		return errors.New("--trial is how long a trial of --find-max lasts: give that too")
	case len(f.texts) == 0:
		return nil
	case o.Closed:
		return errors.New("--find-max with --closed: a closed loop has no rate to search for")
	case o.given("duration") || o.given("requests"):
		return errors.New("--find-max makes trials of --trial each; leave --duration and --requests out")
	case o.Share.Of > 0 || o.Records || o.CSV != "" || len(o.slo) > 0:
		return errors.New("--find-max leaves no single run: --share, --records, --csv and --slo do not go with it")
	case f.trial <= 0 || o.Warmup >= f.trial:
		return fmt.Errorf("--trial %v; right is more than 0, and more than --warmup", f.trial)
	}
	return nil
}

// findMax searches for the highest rate that meets the objectives.
func findMax(ctx context.Context, o *options, stdout, stderr io.Writer) int {
	if o.Out != "" {
		if err := results.MakeFolder(o.Out); err != nil {
			fmt.Fprintf(stderr, "loadgen: --out %v\n", err)
			return exitUsage
		}
	}
	play := playHere
	if o.nats.Asked() {
		_, err := o.loading() // what is wrong with it is known before the first trial
		var c *company
		var end func()
		if err == nil {
			c, end, err = assemble(ctx, o, stderr)
		}
		if err != nil {
			fmt.Fprintf(stderr, "loadgen: %v\n", err)
			return exitUsage
		}
		defer end()
		play = c.once
	}
	fmt.Fprintf(stderr, "looking for the highest rate with %s, by trials of %v\n", strings.Join(o.find.texts, " and "), o.find.trial)
	f, err := search(ctx, float64(o.Rate.Rate), func(rate float64) (trial, error) {
		t, err := o.try(ctx, rate, play)
		switch {
		case err != nil || ctx.Err() != nil:
		case t.Lost != "":
			fmt.Fprintf(stderr, "  %s %s: %s; it is played again by %d workers, for which it waits up to %v\n", objective.PerSecond.Show(rate), t.verdict(), t.Lost, o.workers, o.wait)
		default:
			fmt.Fprintf(stderr, "  %s %s\n", objective.PerSecond.Show(rate), t.verdict())
		}
		return t, err
	})
	return f.end(o, err, stdout, stderr)
}

// end tells what was found, also by a search that failed on the way, and is the exit
// status.
func (f *found) end(o *options, why error, stdout, stderr io.Writer) int {
	var err error
	if len(f.Trials) > 0 || why == nil {
		err = f.tell(o, stdout)
	}
	switch {
	case err != nil:
		fmt.Fprintf(stderr, "loadgen: %v\n", errors.Join(why, err))
	case why != nil && len(f.Trials) > 0:
		fmt.Fprintf(stderr, "loadgen: %v; the search is not over, and what it has found is partial\n", why)
	case why != nil:
		fmt.Fprintf(stderr, "loadgen: %v\n", why)
	case f.Partial:
		fmt.Fprintln(stderr, "loadgen: interrupted; the search is not over")
	case f.Rate == 0:
		fmt.Fprintln(stderr, "loadgen: no rate that was tried meets the objectives")
	default:
		return exitDone
	}
	return exitFail
}

// tell prints what was found, and draws it.
func (f *found) tell(o *options, stdout io.Writer) error {
	if o.Out != "" {
		if err := f.draw(o); err != nil {
			return err
		}
	}
	if o.json {
		return results.EncodeJSON(stdout, f)
	}
	return f.print(stdout, o)
}

// playHere plays a run in this process.
func playHere(ctx context.Context, o *options) (*results.Summary, error) {
	s, err := open(o)
	if err != nil {
		return nil, err
	}
	playErr := s.play(ctx, io.Discard)
	sum, err := s.Finish(ctx)
	if err == nil && s.Outcome.Done == 0 {
		err = playErr
	}
	return sum, err
}

// try plays one trial; of one that is interrupted nothing is said.
func (o *options) try(ctx context.Context, rate float64, play func(context.Context, *options) (*results.Summary, error)) (trial, error) {
	once := *o
	once.Rate, once.Duration, once.Out = unit.Steady(unit.Rate(rate)), o.find.trial, ""
	once.Given = append(slices.Clone(o.Given), "rate", "duration", "warmup")
	if !o.given("warmup") {
		once.Warmup = o.find.trial / trialWarmup
	}
	sum, err := play(ctx, &once)
	lost := load.ErrLost{}
	switch {
	case ctx.Err() != nil:
		return trial{}, nil
	case errors.As(err, &lost):
		return trial{Asked: rate, Lost: lost.Error()}, nil
	case err != nil:
		return trial{}, err
	}
	t := trial{Asked: rate, Achieved: sum.Rate.Achieved, Measured: map[string]float64{}, Unsound: sum.Unsound}
	t.Kept = t.Achieved >= keptShare*min(rate, sum.Rate.Scheduled)
	// The generator's own delay is part of the times: what is met with it is met.
	t.Met = t.Kept
	for i, kept := range objective.Judge(o.find.targets, sum) {
		if kept.Measured != nil {
			t.Measured[o.find.targets[i].Name] = *kept.Measured
		}
		t.Met = t.Met && kept.Kept
	}
	return t, nil
}

// verdict is what came of a trial in a word or two.
func (t *trial) verdict() string {
	switch {
	case t.Lost != "":
		return "worker lost"
	case t.Met:
		return "met"
	case t.Unsound:
		return "generator too slow"
	case !t.Kept:
		return "rate not kept"
	}
	return "missed"
}

func (t *trial) line(targets []objective.Target) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%12s %12s", objective.PerSecond.Show(t.Asked), objective.PerSecond.Show(t.Achieved))
	for _, g := range targets {
		shown := "not known"
		if t.Lost != "" {
			shown = "-"
		} else if v, known := t.Measured[g.Name]; known {
			shown = g.Unit.Show(v)
		}
		fmt.Fprintf(&b, " %*s", max(12, len(g.Name)), shown)
	}
	return b.String() + "  " + t.verdict()
}

func (f *found) print(w io.Writer, o *options) error {
	p := &printer{w: w}
	head := fmt.Sprintf("%12s %12s", "asked", "achieved")
	for _, g := range o.find.targets {
		head += fmt.Sprintf(" %*s", max(12, len(g.Name)), g.Name)
	}
	p.line("%s", head)
	for i := range f.Trials {
		p.line("%s", f.Trials[i].line(o.find.targets))
	}
	p.line("\n%s", wrap(f.answer(o), columns))
	if o.Out != "" {
		p.line("latency versus load: %s", filepath.Join(o.Out, "find_max.svg"))
	}
	return p.err
}

// answer says what was found and how sure it is.
func (f *found) answer(o *options) string {
	what := strings.Join(o.find.texts, " and ")
	if f.Rate == 0 {
		return fmt.Sprintf("No rate that was tried meets %s.", what) + f.rest()
	}
	text := fmt.Sprintf("%s is the highest rate found with %s: %d of %d trials of %v met it.",
		objective.PerSecond.Show(f.Rate), what, f.Met, f.Tried, o.find.trial)
	switch f.Limit {
	case "generator":
		text += fmt.Sprintf(" At %s it was the load generator that did not keep up: the server may be able to do more.", objective.PerSecond.Show(f.Above))
	case "rate":
		text += fmt.Sprintf(" At %s less than 95 %% of the rate was achieved.", objective.PerSecond.Show(f.Above))
	case "objective":
		text += fmt.Sprintf(" At %s it was missed.", objective.PerSecond.Show(f.Above))
	default:
		text += " No rate that was tried missed it: the true one is higher."
	}
	switch {
	case f.GaveUp:
		text += fmt.Sprintf(" After %d trials, some of which contradict each other, the search was given up: make --trial longer.", f.told())
	case f.Above > 0:
		text += fmt.Sprintf(" The truth lies between, %.0f %% apart, for trials as short as these.", 100*(f.Above/f.Rate-1))
	}
	return text + f.rest()
}

// rest is said where the search did not come to its end.
func (f *found) rest() string {
	if f.Partial {
		return " This is partial: the search was broken off."
	}
	return ""
}

// draw leaves the curves, and the trials as JSON.
func (f *found) draw(o *options) error {
	if err := results.WriteJSON(filepath.Join(o.Out, "find_max.json"), f); err != nil {
		return err
	}
	for i, g := range o.find.targets {
		name := "find_max"
		if i > 0 {
			name += "_" + strings.ReplaceAll(g.Name, "-", "_")
		}
		if err := writeFigure(filepath.Join(o.Out, name), f.figure(g, o)); err != nil {
			return err
		}
	}
	return nil
}

func writeAll(path string, out *bytes.Buffer) error {
	return results.WriteFile(path, func(w io.Writer) error {
		_, err := out.WriteTo(w)
		return err
	})
}
