package scenario

import (
	"cmp"
	"time"

	"edgesim/sim/unit"
)

const (
	defaultDuration = unit.Duration(30 * time.Second)
	defaultZipf     = 0.9
)

func (e *Edge) fill() {
	e.Mode = cmp.Or(e.Mode, Standard)
	e.Capacity = cmp.Or(e.Capacity, 256*unit.MiB)
	e.Policy = cmp.Or(e.Policy, "s3fifo")
	e.InFlight = cmp.Or(e.InFlight, 256*unit.MiB)
	e.MaxFlights = cmp.Or(e.MaxFlights, 10_000)
	e.Layer = cmp.Or(e.Layer, LayerEdge)
	e.fillLocations()
}

func (c *Config) fill() {
	c.Listen = cmp.Or(c.Listen, "127.0.0.1:8080")
	c.Grace = cmp.Or(c.Grace, unit.Duration(30*time.Second))
	c.Edge.fill()
}

func (w *Workload) fill() {
	w.Arrivals = cmp.Or(w.Arrivals, "poisson")
	w.Connections = cmp.Or(w.Connections, 64)
	w.Viewers.Count = cmp.Or(w.Viewers.Count, 10_000)
	if w.Replay != nil {
		w.Replay.fill()
	}
	for i := range w.Sections {
		s := &w.Sections[i]
		if len(s.Hosts) == 0 {
			s.Hosts = w.Hosts
		}
		s.Objects = cmp.Or(s.Objects, 10_000)
		if s.Zipf == nil {
			zipf := defaultZipf
			s.Zipf = &zipf
		}
		for j := range s.Types {
			s.Types[j].Prefix = cmp.Or(s.Types[j].Prefix, "/")
		}
	}
}
