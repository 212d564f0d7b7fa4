package load

import (
	"fmt"
	"sync"

	"edgesim/results"
)

// Gauge is a view for who watches a run: it may be read while it is filled.
type Gauge struct {
	mu  sync.Mutex
	all Heard // since the run began
	now Heard // since it was last looked at
}

// Heard is what answers have told.
type Heard struct {
	Told, Hits  uint64 // responses whose result type is known; of these, hits
	Answers     uint64
	TTFB, Total *results.Histogram
	Faults      results.FaultCounts // since the run began alone
}

func newHeard() Heard { return Heard{TTFB: results.NewHistogram(), Total: results.NewHistogram()} }

func newGauge() *Gauge { return &Gauge{all: newHeard(), now: newHeard()} }

// Add implements results.View.
func (g *Gauge) Add(recs []results.Record) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i := range recs {
		r := &recs[i]
		if f := r.Failure(); f != results.NoFault {
			g.all.Faults[f]++
		}
		if !r.Flags.Has(results.NoResponse) && r.Status != 0 {
			g.all.add(r)
			g.now.add(r)
		}
	}
}

func (h *Heard) add(r *results.Record) {
	h.Answers++
	h.TTFB.Record(r.TTFB)
	if !r.Flags.Has(results.Aborted) {
		h.Total.Record(r.Total)
	}
	switch r.Response {
	case results.NoResult, results.Error:
	case results.Hit:
		h.Hits++
		h.Told++
	default:
		h.Told++
	}
}

// HitRatio is in words.
func (h *Heard) HitRatio() string {
	if h.Told == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f%%", 100*float64(h.Hits)/float64(h.Told))
}

// Told reports whether some response told its result type.
func (g *Gauge) Told() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.all.Told > 0
}

// untold reports whether there were responses and none told its result type.
func (g *Gauge) untold() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.all.Answers > 0 && g.all.Told == 0
}

// Faults are the failures since the run began.
func (g *Gauge) Faults() results.FaultCounts {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.all.Faults
}

// Look gives what was heard since the last look, and hands it over.
func (g *Gauge) Look() (now Heard) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now, g.now = g.now, newHeard()
	return now
}

// SoFar gives f what was heard since the run began.
func (g *Gauge) SoFar(f func(*Heard)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f(&g.all)
}
