package load

import (
	"fmt"
	"time"

	"edgesim/results"
	"edgesim/results/folder"
)

// outlet is where records go: into a run folder, or only into a summary.
type outlet interface {
	results.View
	finish(ending) (*results.Summary, error)
}

// ending is what is known of a run when it is over.
type ending struct {
	ended    time.Time
	partial  bool
	short    bool // the workload ended well before its length
	rate     results.Rate
	dropped  uint64
	warnings []string

	generator *results.Generator
	troubles  []results.Trouble
	unsound   string
	intervals *results.Intervals
	judge     func(*results.Summary) []results.Objective
	kept      map[string]*results.Histogram // beside the records
}

func newOutlet(s *Run) (outlet, error) {
	switch {
	case s.Options.Handed:
		return newHanded(s)
	case s.Options.Out == "":
		return newPlain(s), nil
	}
	b, err := folder.New(folder.Options{
		Dir: s.Options.Out, Manifest: s.manifest(), Names: s.Names,
		Length: s.Plan.Length, Warmup: s.Plan.Warmup,
		TrafficFrom: results.AtClient, LatencyFrom: results.AtClient, Verify: s.Options.Verify, Plots: true, Groups: true,
		Records: s.Options.Records || s.Options.Share.Of > 0,
	})
	if err != nil {
		return nil, fmt.Errorf("--out: %w", err)
	}
	return &kept{b}, nil
}

// plain makes a summary and leaves nothing behind.
type plain struct {
	view   *results.SummaryView
	length time.Duration
}

func newPlain(s *Run) *plain {
	view := results.NewSummary(s.Names, results.SummaryOptions{
		Name: s.Plan.Name, Seed: s.Plan.Seed, Warmup: s.Plan.Warmup, Verify: s.Options.Verify, Groups: true,
	})
	return &plain{view: view, length: s.Plan.Length}
}

// Add implements results.View.
func (p *plain) Add(recs []results.Record) {
	p.view.Traffic().Add(recs)
	p.view.Latency().Add(recs)
}

func (p *plain) finish(e ending) (*results.Summary, error) {
	length := p.length
	if e.partial || e.short {
		length = 0
	}
	if e.intervals != nil {
		e.intervals.Length = length
	}
	s := p.view.Finish(results.SummaryEnd{
		Length: length, Partial: e.partial, Rate: e.rate, Dropped: int64(e.dropped), Warnings: e.warnings,
		Generator: e.generator, Unsound: e.unsound, Troubles: e.troubles,
	})
	s.Objectives = e.judge(s)
	return s, nil
}

// kept makes a run folder.
type kept struct{ *folder.Builder }

func (k *kept) finish(e ending) (*results.Summary, error) {
	return k.Finish(folder.End{
		Ended: e.ended, Partial: e.partial, Short: e.short, Rate: e.rate, Dropped: e.dropped, Warnings: e.warnings,
		Generator: e.generator, Unsound: e.unsound, Troubles: e.troubles, Intervals: e.intervals, Judge: e.judge, Kept: e.kept,
	})
}

func (s *Run) manifest() results.Manifest {
	return results.Manifest{
		Format: results.ManifestFormat, Name: s.Plan.Name, Mode: "load",
		Scenario: s.Plan.Text, Seed: s.Plan.Seed,
		Command: append([]string{"loadgen"}, s.Options.Command...),
		Program: results.ThisProgram("loadgen"), Machine: results.ThisMachine(),
		Started: s.Names.Epoch, Length: s.Plan.Length.Seconds(), Warmup: s.Plan.Warmup.Seconds(), Share: s.Options.Share.String(),
	}
}
