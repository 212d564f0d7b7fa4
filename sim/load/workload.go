package load

import (
	"fmt"
	"time"

	"edgesim/results"
	"edgesim/sim/objective"
	"edgesim/sim/scenario"
	"edgesim/sim/unit"
	"edgesim/workloads"
)

// Plan is what is played: a workload, and what the records need to know of it.
type Plan struct {
	Name        string
	Text        string // of the scenario
	crowd       func() (*scenario.Crowd, error)
	onePath     string // one URL instead of a catalog
	Seed        uint64
	Length      time.Duration // planned, warm-up included; 0: by the number of requests alone
	Warmup      time.Duration
	Connections int
	Closed      bool
	think       time.Duration
	distrs      []results.Distribution

	warnings []string // about what is played

	promises []objective.Target       // of a scenario
	ofHost   func(host string) uint16 // index into distrs
}

// Planned makes out what is to be played.
func (o *Options) Planned() (*Plan, error) {
	if o.Scenario != "" {
		return o.fromScenario()
	}
	if o.Trace != "" {
		return o.fromTrace()
	}
	if o.Workload != "" {
		return o.fromPreset()
	}
	l := &Plan{
		Name: "loadgen", Seed: o.Seed,
		Length: o.Duration.Std(), Warmup: o.Warmup.Std(), Connections: o.Connections, Closed: o.Closed,
		distrs: []results.Distribution{{ID: o.url.Host, Domain: o.url.Host, Friendly: o.url.Host}},
		ofHost: func(string) uint16 { return 0 },
	}
	section := workloads.DefaultSection(o.Objects, o.Zipf)
	section.Popularity = o.Popularity
	if !o.hasWorkload() { // an object that stands for the URL
		section.Objects, section.Types = 1, section.Types[:1]
		l.onePath = o.url.RequestURI()
	}
	l.crowd = func() (*scenario.Crowd, error) { return o.independent(section) }
	return l, nil
}

// independent draws requests for the objects of one section.
func (o *Options) independent(section workloads.Section) (*scenario.Crowd, error) {
	catalog, err := workloads.NewCatalog(workloads.CatalogConfig{Seed: o.Seed, Sections: []workloads.Section{section}})
	if err != nil {
		return nil, err
	}
	viewers, err := workloads.NewViewers(workloads.ViewersConfig{Seed: o.Seed})
	if err != nil {
		return nil, err
	}
	cfg := workloads.SyntheticConfig{
		Catalog: catalog, Viewers: viewers, Seed: o.Seed, Requests: o.Requests,
		RangeShare: float64(o.Ranges), AbortShare: float64(o.Aborts), ConditionalShare: float64(o.Conditionals),
	}
	if !o.Closed {
		cfg.Rate, cfg.Arrivals, cfg.Length = float64(o.Rate.Rate), o.Arrivals, o.Duration.Std()
		if cfg.Shape, err = o.rateShape(viewers); err != nil {
			return nil, err
		}
	}
	source, err := workloads.NewSynthetic(cfg)
	return &scenario.Crowd{Catalog: catalog, Viewers: viewers, Source: source}, err
}

// fromPreset plays a preset against the URL. What it says of the server behind is
// nobody's: only catalog, viewers and schedule are taken of it.
func (o *Options) fromPreset() (*Plan, error) {
	s, err := scenario.OfPreset(o.Workload, presetHost, o.presetSettings()...)
	if err != nil {
		return nil, fmt.Errorf("--workload: %w", err)
	}
	return &Plan{
		Name: o.Workload, Text: s.Text(), Seed: o.Seed, Length: o.Duration.Std(), Warmup: o.Warmup.Std(), Connections: o.Connections, Closed: o.Closed,
		crowd:  s.Crowd,
		distrs: []results.Distribution{{ID: o.url.Host, Domain: o.url.Host, Friendly: o.url.Host}},
		ofHost: func(string) uint16 { return 0 },
	}, nil
}

// presetHost stands for the URL's in the catalog; what is sent is the URL's.
const presetHost = "www.example.com"

// presetSettings are the flags that a scenario would have said itself.
func (o *Options) presetSettings() []string {
	length := o.Duration
	if length == 0 { // it ends by the number of requests
		length = endless
	}
	sets := append(o.settings(), fmt.Sprintf("seed=%d", o.Seed), fmt.Sprintf("duration=%v", length), fmt.Sprintf("warmup=%v", o.Warmup))
	if !o.Closed {
		sets = append(sets, fmt.Sprintf("workload.rate=%v", o.Rate))
	}
	return sets
}

const endless = unit.Duration(100 * 365 * 24 * time.Hour)
