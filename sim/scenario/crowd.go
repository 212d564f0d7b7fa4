package scenario

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"edgesim/sim/nearest"
	"edgesim/workloads"
)

// Catalog is what there is to ask for.
func (s *Scenario) Catalog() (*workloads.Catalog, error) {
	if s.Replays() {
		if s.replayed == nil {
			if f := s.openReplay(nil); f != nil {
				return nil, f.in(s.source.file)
			}
		}
		return s.replayed.Catalog(), nil
	}
	return workloads.NewCatalog(s.CatalogConfig())
}

// Viewers are who asks.
func (s *Scenario) Viewers() (*workloads.Viewers, error) {
	if s.Replays() {
		if _, err := s.Catalog(); err != nil {
			return nil, err
		}
		if s.replayed.TellsViewers() {
			return s.replayed.Viewers(), nil
		}
	}
	return workloads.NewViewers(s.ViewersConfig())
}

// Crowd is who asks, for what there is to ask, and in which order.
type Crowd struct {
	Catalog *workloads.Catalog
	Viewers *workloads.Viewers
	Source  workloads.Source
}

// Crowd makes all three.
func (s *Scenario) Crowd() (*Crowd, error) {
	catalog, err := s.Catalog()
	if err != nil {
		return nil, err
	}
	viewers, err := s.Viewers()
	if err != nil {
		return nil, err
	}
	source, err := s.Source(catalog, viewers)
	if err != nil {
		return nil, err
	}
	return &Crowd{Catalog: catalog, Viewers: viewers, Source: source}, nil
}

// Source is the stream of requests, by these viewers for what is in this catalog.
// Every call begins it anew.
func (s *Scenario) Source(c *workloads.Catalog, v *workloads.Viewers) (workloads.Source, error) {
	if s.Replays() {
		return s.replaySource(v)
	}
	streams := s.streams()
	untimed := s.Workload.Closed && len(streams) > 1
	var sources []workloads.Source
	for i, stream := range streams {
		cfg := s.trafficConfig(i, &stream)
		if untimed {
			cfg.Rate = closedRate
		}
		cfg.Rate *= s.shareOf(i, streams)
		cfg.Catalog, cfg.Viewers = c, v
		var err error
		if cfg.Shape, err = s.shapeOf(&stream, v); err != nil {
			return nil, s.Wrong(err, "workload", "shape")
		}
		source, err := workloads.NewTraffic(stream.Kind, cfg)
		if err != nil {
			return nil, s.wrongStream(i, err)
		}
		sources = append(sources, source)
	}
	merged := workloads.Merge(sources...)
	if untimed {
		merged = workloads.Untimed(merged)
	}
	if n := s.Workload.Requests; n > 0 && len(sources) > 1 {
		return workloads.Limit(merged, n), nil
	}
	return merged, nil
}

// wrongStream says where in the file it is written what keeps a stream from being
// made: at the popularity of a section, or at the kind of the stream.
func (s *Scenario) wrongStream(i int, err error) error {
	if section := (*workloads.SectionError)(nil); errors.As(err, &section) {
		return s.Wrong(section.Err, "workload", "sections", section.Section, "popularity")
	}
	return s.Wrong(err, "workload", "streams", i, "kind")
}

// tryStreams makes every stream once, so that what is wrong with one is told when
// the file is read.
func (s *Scenario) tryStreams() error {
	_, err := s.Crowd()
	return err
}

// closedRate is the rate, in requests per second, at which several streams are mixed
// whose order a closed loop plays: it has no times of its own.
const closedRate = 1000

// trafficConfig is what a stream is made from, but for its share of the rate, the
// catalog and the viewers.
func (s *Scenario) trafficConfig(i int, stream *Stream) workloads.TrafficConfig {
	w := &s.Workload
	purpose := "requests"
	if i > 0 {
		purpose = fmt.Sprintf("requests %d", i)
	}
	cfg := workloads.TrafficConfig{
		Seed: s.seed(purpose), Sections: s.sectionsOf(stream),
		Rate: float64(w.Rate.Rate), Arrivals: cmp.Or(stream.Arrivals, w.Arrivals), Requests: w.Requests,
		RangeShare: float64(w.Ranges), AbortShare: float64(w.Aborts), HeadShare: float64(w.Heads),
		ConditionalShare: float64(w.Conditionals),
	}
	if !w.Closed {
		cfg.Length = s.Duration.Std()
	}
	return cfg
}

// sectionsOf are the places of a stream's sections in the catalog.
func (s *Scenario) sectionsOf(stream *Stream) []int {
	var places []int
	for i, section := range s.Workload.Sections {
		if len(stream.Sections) == 0 || slices.Contains(stream.Sections, section.Name) {
			places = append(places, i)
		}
	}
	return places
}

func (s *Scenario) checkStreams() *fault {
	w := &s.Workload
	var names []string
	for _, section := range w.Sections {
		names = append(names, section.Name)
	}
	shared := func(other Stream) bool { return other.Share > 0 }
	for i, stream := range w.Streams {
		where := at{"workload", "streams", i}
		if stream.Kind == "" {
			return s.source.fault(where.then("kind"), "missing: want a kind of traffic, as independent")
		}
		if err := workloads.CheckTraffic(stream.Kind); err != nil {
			return s.source.fault(where.then("kind"), "%v", err)
		}
		if stream.Share == 0 && slices.ContainsFunc(w.Streams, shared) {
			return s.source.fault(where.then("share"), "missing or 0: nothing would come of this stream, while others have a share")
		}
		for j, name := range stream.Sections {
			if !slices.Contains(names, name) {
				return s.source.fault(where.then("sections", j), "there is no section %q%s", name, nearest.DidYouMean(name, names))
			}
		}
	}
	return nil
}
