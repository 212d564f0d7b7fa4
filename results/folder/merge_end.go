package folder

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"edgesim/results"
)

// builder makes the run folder of all, by what the runs' own say.
func (all *pieces) builder(m Merging) (*Builder, *results.Intervals, error) {
	first := all.list[0].manifest
	manifest := m.Manifest
	manifest.Name, manifest.Mode, manifest.Scenario, manifest.Seed = first.Name, first.Mode, first.Scenario, first.Seed
	manifest.Machine, manifest.Started = first.Machine, all.names.Epoch
	o := Options{Dir: m.Dir, Names: all.names, Plots: !m.Plain, Formats: m.Formats, Groups: true, Records: true,
		TrafficFrom: results.AtClient, LatencyFrom: results.AtClient}
	for _, s := range m.Shares {
		manifest.Merged = append(manifest.Merged, fmt.Sprintf("share %s: worker %s, %s", s.Share, s.Worker, s.State))
	}
	for _, p := range all.list {
		if m.Shares == nil {
			manifest.Merged = append(manifest.Merged, p.dir)
		}
		o.Verify = o.Verify || p.summary.Verified+p.summary.Unverified > 0
		o.Warmup = max(o.Warmup, seconds(p.manifest.Warmup))
		if p.manifest.Length > 0 {
			o.Length = max(o.Length, time.Duration(p.shift)+seconds(p.manifest.Length))
		}
	}
	o.Manifest = manifest
	b, err := New(o)
	return b, results.NewIntervals(results.IntervalFor(o.Length), o.Warmup), err
}

func seconds(s float64) time.Duration { return time.Duration(math.Round(s * 1e9)) }

// end is what is known of all runs together.
func (all *pieces) end(length time.Duration) End {
	e := End{Kept: all.histograms(), Generator: &results.Generator{}, Warnings: all.warnings(), Short: true}
	for _, p := range all.list {
		s := p.summary
		if p.manifest.Ended.After(e.Ended) {
			e.Ended = p.manifest.Ended
		}
		e.Partial = e.Partial || s.Partial
		e.Dropped += uint64(s.Dropped)
		e.Rate.Scheduled += s.Rate.Scheduled
		e.Rate.Sent += s.Rate.Sent
		e.Rate.Achieved += s.Rate.Achieved
		// One that lasted as long as was planned makes the whole so long.
		e.Short = e.Short && seconds(s.Duration+s.Warmup) < length-length/50
		if s.Unsound {
			e.Unsound = strings.TrimSpace(e.Unsound + " " + p.name() + ": " + s.UnsoundReason)
		}
		e.Generator.Add(s.Generator)
		e.Troubles = append(e.Troubles, s.Troubles...)
	}
	e.Generator.Lag, e.Generator.OwnDelay = e.Kept[results.LagTimes].Figures(), e.Kept[results.OwnDelayTimes].Figures()
	return e
}

// histograms are those kept beside the records, of all runs.
func (all *pieces) histograms() map[string]*results.Histogram {
	sums := map[string]*results.Histogram{}
	for _, name := range []string{results.LagTimes, results.OwnDelayTimes} {
		sums[name] = results.NewHistogram()
		for _, p := range all.list {
			sums[name].Merge(p.reader.Histogram(name))
		}
	}
	return sums
}

// name is what a warning calls the run.
func (p *piece) name() string {
	if p.of > 0 {
		return "share " + p.manifest.Share
	}
	return p.dir
}

// warnings are those of the runs, and of what lies between them.
func (all *pieces) warnings() (list []string) {
	if missing := all.missing(); len(missing) > 0 {
		list = append(list, fmt.Sprintf("%d of %d shares are missing: %s; every count is too low by theirs", len(missing), all.list[0].of, strings.Join(missing, ", ")))
	}
	var most time.Duration
	for _, p := range all.list {
		most = max(most, time.Duration(p.shift))
	}
	if all.list[0].of > 0 && most > time.Millisecond {
		list = append(list, fmt.Sprintf("the shares did not begin together: the last %v after the first; --start-at makes them", most.Round(time.Millisecond)))
	}
	for _, p := range all.list {
		for _, text := range p.summary.Warnings {
			switch everyone := all.say(text); {
			case everyone && p == all.list[0]:
				list = append(list, text)
			case !everyone:
				list = append(list, p.name()+": "+text)
			}
		}
	}
	return list
}

// say reports whether every run has the warning.
func (all *pieces) say(text string) bool {
	return !slices.ContainsFunc(all.list, func(p *piece) bool { return !slices.Contains(p.summary.Warnings, text) })
}

// missing are the shares that are not there.
func (all *pieces) missing() (list []string) {
	of := all.list[0].of
	for n := 1; n <= of; n++ {
		if !slices.ContainsFunc(all.list, func(p *piece) bool { return p.number == n }) {
			list = append(list, fmt.Sprintf("%d/%d", n, of))
		}
	}
	return list
}
