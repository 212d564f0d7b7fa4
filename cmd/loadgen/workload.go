package main

import (
	"fmt"
	"time"

	"edgesim/results"
	"edgesim/sim/objective"
	"edgesim/sim/scenario"
	"edgesim/sim/unit"
	"edgesim/workloads"
)

func presetNames() (names []string) {
	for _, p := range scenario.Presets() {
		names = append(names, p.Name)
	}
	return names
}

// load is what is played: a workload, and what the records need to know of it.
type load struct {
	name    string
	text    string // of the scenario
	crowd   func() (*scenario.Crowd, error)
	onePath string // one URL instead of a catalog
	seed    uint64
	length  time.Duration // planned, warm-up included; 0: by the number of requests alone
	warmup  time.Duration
	conns   int
	closed  bool
	think   time.Duration
	distrs  []results.Distribution

	warnings []string // about what is played

	promises []objective.Target       // of a scenario
	ofHost   func(host string) uint16 // index into distrs
}

// plan makes out what is to be played.
func (o *options) plan() (*load, error) {
	if o.scenario != "" {
		return o.fromScenario()
	}
	if o.trace != "" {
		return o.fromTrace()
	}
	if o.workload != "" {
		return o.fromPreset()
	}
	l := &load{
		name: "loadgen", seed: o.seed,
		length: o.duration.Std(), warmup: o.warmup.Std(), conns: o.connections, closed: o.closed,
		distrs: []results.Distribution{{ID: o.url.Host, Domain: o.url.Host, Friendly: o.url.Host}},
		ofHost: func(string) uint16 { return 0 },
	}
	section := workloads.DefaultSection(o.objects, o.zipf)
	section.Popularity = o.popularity
	if !o.hasWorkload() { // an object that stands for the URL
		section.Objects, section.Types = 1, section.Types[:1]
		l.onePath = o.url.RequestURI()
	}
	l.crowd = func() (*scenario.Crowd, error) { return o.independent(section) }
	return l, nil
}

// independent draws requests for the objects of one section.
func (o *options) independent(section workloads.Section) (*scenario.Crowd, error) {
	catalog, err := workloads.NewCatalog(workloads.CatalogConfig{Seed: o.seed, Sections: []workloads.Section{section}})
	if err != nil {
		return nil, err
	}
	viewers, err := workloads.NewViewers(workloads.ViewersConfig{Seed: o.seed})
	if err != nil {
		return nil, err
	}
	cfg := workloads.SyntheticConfig{
		Catalog: catalog, Viewers: viewers, Seed: o.seed, Requests: o.requests,
		RangeShare: float64(o.ranges), AbortShare: float64(o.aborts), ConditionalShare: float64(o.conditionals),
	}
	if !o.closed {
		cfg.Rate, cfg.Arrivals, cfg.Length = float64(o.rate.Rate), o.arrivals, o.duration.Std()
		if cfg.Shape, err = o.rateShape(viewers); err != nil {
			return nil, err
		}
	}
	source, err := workloads.NewSynthetic(cfg)
	return &scenario.Crowd{Catalog: catalog, Viewers: viewers, Source: source}, err
}

// fromPreset plays a preset against the URL. What it says of the server behind is
// nobody's: only catalog, viewers and schedule are taken of it.
func (o *options) fromPreset() (*load, error) {
	s, err := scenario.OfPreset(o.workload, presetHost, o.presetSettings()...)
	if err != nil {
		return nil, fmt.Errorf("--workload: %w", err)
	}
	return &load{
		name: o.workload, text: s.Text(), seed: o.seed, length: o.duration.Std(), warmup: o.warmup.Std(), conns: o.connections, closed: o.closed,
		crowd:  s.Crowd,
		distrs: []results.Distribution{{ID: o.url.Host, Domain: o.url.Host, Friendly: o.url.Host}},
		ofHost: func(string) uint16 { return 0 },
	}, nil
}

// presetHost stands for the URL's in the catalog; what is sent is the URL's.
const presetHost = "www.example.com"

// presetSettings are the flags that a scenario would have said itself.
func (o *options) presetSettings() []string {
	length := o.duration
	if length == 0 { // it ends by the number of requests
		length = endless
	}
	sets := append(o.settings(), fmt.Sprintf("seed=%d", o.seed), fmt.Sprintf("duration=%v", length), fmt.Sprintf("warmup=%v", o.warmup))
	if !o.closed {
		sets = append(sets, fmt.Sprintf("workload.rate=%v", o.rate))
	}
	return sets
}

const endless = unit.Duration(100 * 365 * 24 * time.Hour)
