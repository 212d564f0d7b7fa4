package fit

import (
	"context"
	"errors"
	"io"
	"math"
	"slices"

	"edgesim/results"
	"edgesim/sim/scenario"
	"edgesim/workloads"
	"edgesim/workloads/trace"
	"edgesim/workloads/trace/stat"
)

// Edge is the cache with which the fitted scenario hits as often as the log's did.
type Edge struct {
	Capacity int64   `json:"capacity"` // bytes, of LRU
	Warm     bool    `json:"warm"`     // the log begins with a warm cache: the scenario has a warm-up
	Hit      float64 `json:"hit"`      // share of requests that hit in the scenario then
	Wanted   float64 `json:"wanted"`   // in the log
}

// leastWarm is the share of first requests that hit from which on a log's cache was
// warm when the log began.
const leastWarm = 0.05

// sizesTried is how many capacities are tried at once.
const sizesTried = 24

// FitEdge plays a scenario of the log's and finds the capacity with which it hits as
// often as the log says. Nil where the log does not tell.
//
// All capacities are tried in one reading: by LRU's inclusion an object is resident in
// those of at least its stack distance, and a hit where it came from the origin no
// longer ago than it is good. When it came there last depends on the capacity, and is
// kept for each.
func (m *Measured) FitEdge(ctx context.Context, p *Parameters, text string) (*Edge, error) {
	x := p.Mixes
	if x == nil || !x.Hits.Told {
		return nil, nil
	}
	s, err := scenario.Parse("fitted.yaml", []byte(text))
	if err != nil {
		return nil, err
	}
	warm := x.Hits.Warm > leastWarm
	if warm {
		s.Workload.Requests *= 2
		s.Duration *= 2
	}
	crowd, err := s.Crowd()
	if err != nil {
		return nil, err
	}
	t := newTrying(m, crowd.Catalog, s)
	if err := t.play(ctx, trace.FromSource(crowd.Source, crowd.Catalog), int64(m.Requests), warm); err != nil {
		return nil, err
	}
	e := &Edge{Warm: warm, Wanted: x.Hits.Hit}
	e.Capacity, e.Hit = t.nearest(e.Wanted)
	return e, nil
}

// trying is what is kept while capacities are tried.
type trying struct {
	catalog    *workloads.Catalog
	goods      [][]float64 // for how long objects are good, in seconds, by section and type
	stack      *stat.Stack
	objects    results.Tally[fetches]
	capacities []int64
	asked      float64
	hits       [sizesTried]float64
}

// fetches are the moments at which an object came from the origin, by capacity.
type fetches [sizesTried]int64

func newTrying(m *Measured, c *workloads.Catalog, s *scenario.Scenario) *trying {
	t := &trying{catalog: c, stack: stat.NewStack(min(m.Options.Objects, 1<<18))}
	for i := range s.Workload.Sections {
		var goods []float64
		for _, kind := range s.Workload.Sections[i].Types {
			if isAside(s.Workload.Sections[i].Name) {
				break
			}
			goods = append(goods, goodFor(kind.CacheControl))
		}
		t.goods = append(t.goods, goods)
	}
	least := max(m.WorkingSet/5000, 1<<10)
	for i := range sizesTried {
		t.capacities = append(t.capacities, int64(float64(least)*math.Pow(2*float64(m.WorkingSet)/float64(least), float64(i)/(sizesTried-1))))
	}
	return t
}

// play counts hits; of a cache that is to become warm first, after the first requests.
func (t *trying) play(ctx context.Context, r trace.Reader, first int64, warm bool) error {
	batch := make([]trace.Request, 4096)
	for done := int64(0); ; {
		n, err := r.Read(batch)
		for i := range batch[:n] {
			done++
			t.ask(&batch[i], !warm || done > first)
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		}
	}
}

func (t *trying) ask(r *trace.Request, counts bool) {
	o := t.catalog.Object(r.ID)
	if t.goods[o.Section] == nil || !t.stack.Follows(r.ID) { // nil: of what is no object
		return
	}
	d := t.stack.Ask(r.ID, r.Size)
	if !t.stack.Follows(r.ID) {
		return
	}
	good, f := t.goods[o.Section][o.Type], t.objects.At(r.ID)
	if counts {
		t.asked++
	}
	for i, c := range t.capacities {
		if d.Known && d.Bytes+r.Size <= c && float64(r.At-f[i]) < good*1e9 {
			if counts {
				t.hits[i]++
			}
			continue
		}
		f[i] = r.At
	}
}

// nearest is the capacity with that share of hits, on a line between those tried, and
// the share that it has.
func (t *trying) nearest(wanted float64) (capacity int64, hit float64) {
	at := func(i int) float64 { return t.hits[i] / max(t.asked, 1) }
	if at(0) >= wanted {
		return t.capacities[0], at(0)
	}
	for i := 1; i < sizesTried; i++ {
		if below, above := at(i-1), at(i); above >= wanted {
			part := (wanted - below) / (above - below)
			from, to := math.Log(float64(t.capacities[i-1])), math.Log(float64(t.capacities[i]))
			return int64(math.Exp(from + part*(to-from))), wanted
		}
	}
	i := slices.IndexFunc(t.capacities, func(c int64) bool { return at(slices.Index(t.capacities, c)) >= at(sizesTried-1) })
	return t.capacities[i], at(i)
}
