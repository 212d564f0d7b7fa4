package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"edgesim/sim/analytic"
	"edgesim/sim/scenario"
	"edgesim/workloads"
	"edgesim/workloads/trace"
)

const defaultModelRate = 1000

// population is what the arguments describe.
func (o *modelOptions) population(e *env, args []string) (*modelled, error) {
	given := 0
	for _, is := range []bool{o.objects != "", o.trace != "", o.popularity != "", len(args) > 0} {
		if is {
			given++
		}
	}
	switch {
	case len(args) > 1:
		return nil, usagef("%d scenarios given; right is one", len(args))
	case given == 0:
		return nil, usagef("nothing to model; right is --objects, --trace, --popularity or a scenario, as: edgesim model --objects 1e6")
	case o.ignoreSize && o.trace == "":
		return nil, usagef("--ignore-size is of a --trace; right is without it, and without --size")
	case o.change > 0 && o.ttl == 0 && len(args) == 0:
		return nil, usagef("--change-every is found out at refreshes, and what is fresh for ever has none; right is --ttl beside it")
	case given > 1:
		return nil, usagef("--objects, --trace, --popularity and a scenario are four ways to say what is asked for; right is one of them")
	}
	if e.flags.Changed("rate") && o.rate == 0 {
		return nil, usagef("--rate 0/s: right is more than 0, as 1000/s")
	}
	for _, name := range o.contradicted(args) {
		if e.flags.Changed(name) {
			return nil, usagef("--%s %s; right is without it", name, o.why(args))
		}
	}
	switch {
	case len(args) > 0:
		return o.ofScenario(args[0])
	case o.trace != "":
		return o.ofTrace(e)
	case o.popularity != "":
		return o.ofShots()
	}
	return o.ofFlags()
}

// contradicted are the flags that say otherwise what is known already.
func (o *modelOptions) contradicted(args []string) []string {
	switch {
	case len(args) > 0:
		return []string{"zipf", "size", "ttl", "change-every", "fetch", "edges"}
	case o.trace != "":
		return []string{"zipf", "size", "edges"}
	case o.popularity != "":
		return []string{"zipf", "ttl", "change-every", "fetch", "policy", "edges", "tiers", "origin", "beside"}
	}
	return nil
}

// why is why a flag does not go with what is asked for.
func (o *modelOptions) why(args []string) string {
	switch {
	case len(args) > 0:
		return "says what the scenario does already"
	case o.trace != "":
		return "says what the trace does already"
	}
	return "is not in the formula of objects that come and go"
}

// ofShots models objects that come and go.
func (o *modelOptions) ofShots() (*modelled, error) {
	m := &modelled{unit: o.size == "", timed: true, edges: 1}
	size, rate := 1.0, float64(cmp.Or(o.rate, defaultModelRate))
	if !m.unit {
		cells, err := o.sizeCells()
		if err != nil {
			return nil, err
		}
		size = 0
		for _, c := range cells {
			size += c.Share * c.Mean
		}
	}
	shots, err := analytic.ParseShots(o.popularity, rate, size)
	if err != nil {
		return nil, usagef("--popularity: %v", err)
	}
	m.shots = &shots
	m.about = fmt.Sprintf("alive at a time, %s, %s requests a second", o.popularity, significant(rate))
	return m, nil
}

// sizeCells are the sizes that --size tells of.
func (o *modelOptions) sizeCells() ([]workloads.SizeCell, error) {
	spec := o.size
	if !strings.Contains(spec, "=") {
		spec = "median=" + spec
	}
	model, err := objectSizes(spec)
	if err != nil {
		return nil, usagef("--size: %v", err)
	}
	cells, err := model.Cells(1.25)
	if err != nil {
		return nil, usagef("--size: %v", err)
	}
	return cells, nil
}

func (o *modelOptions) conduct() analytic.Conduct {
	return analytic.Conduct{TTL: o.ttl.Std().Seconds(), ChangeEvery: o.change.Std().Seconds(), Fetch: o.fetch.Std().Seconds()}
}

func (o *modelOptions) ofFlags() (*modelled, error) {
	n, err := count(o.objects)
	if err != nil {
		return nil, usagef("--objects: %v", err)
	}
	rate := float64(o.rate)
	if rate == 0 {
		rate = defaultModelRate
	}
	if o.edges < 1 || o.edges > mostEdges {
		return nil, usagef("--edges %d: right is 1 to %d", o.edges, mostEdges)
	}
	pop, err := analytic.Zipf(n, o.zipf, rate/float64(o.edges))
	if err != nil {
		return nil, usageError{err}
	}
	m := &modelled{pop: pop, unit: o.size == "", timed: true, edges: o.edges}
	if !m.unit {
		cells, err := o.sizeCells()
		if err != nil {
			return nil, err
		}
		m.pop = pop.WithSizes(cells)
	}
	m.pop = m.pop.With(o.conduct())
	m.about = fmt.Sprintf("Zipf %g, %s requests a second", o.zipf, significant(rate/float64(o.edges)))
	if o.edges > 1 {
		m.about += fmt.Sprintf(" at each of %d edges", o.edges)
	}
	return m, nil
}

// mostEdges bounds what is summed over every two of them.
const mostEdges = 1000

// ofScenario models one of the scenario's edge locations, that all get the same.
func (o *modelOptions) ofScenario(name string, sets ...string) (*modelled, error) {
	s, err := scenario.Load(name, sets...)
	if err != nil {
		return nil, usageError{err}
	}
	if s.Replays() {
		return nil, usagef("scenario %s replays %s, whose objects have no law of popularity; right is with --trace and that file", s.Name, s.Workload.Replay.File)
	}
	rate, m := s.MeanRate(), &modelled{timed: true, own: float64(s.Edge.Capacity)}
	if o.rate > 0 {
		rate = float64(o.rate)
	}
	if rate == 0 {
		return nil, usagef("scenario %s has no rate (a closed loop); right is with --rate", s.Name)
	}
	locations := max(1, len(s.Edge.Locations))
	m.edges = locations
	m.behind, m.origins = tiersOf(s), originsOf(s)
	catalog, err := s.Catalog()
	if err != nil {
		return nil, usageError{err}
	}
	m.pop, err = analytic.OfCatalog(catalog, rate/float64(locations), func(section, kind int) analytic.Trait { return traitOf(s, section, kind) })
	if err != nil {
		return nil, usageError{err}
	}
	weigh(m.pop)
	m.about = fmt.Sprintf("scenario %s, %s requests a second", s.Name, significant(rate/float64(locations)))
	if locations > 1 {
		m.about += fmt.Sprintf(" at each of %d locations", locations)
	}
	if model, err := analytic.Parse(s.Edge.Policy); err == nil {
		m.models = []analytic.Model{model}
	} else if o.policies == "" {
		m.said = append(m.said, fmt.Sprintf("the scenario's policy %s has no formula: shown are lru, which most do better than, and lfu, which none does", s.Edge.Policy))
		m.models, err = parseModels("lru,lfu")
		return m, err
	}
	return m, nil
}

// never is a lifetime of nothing: validated at every use.
const never = 1e-9

// traitOf is how a type's objects are answered by their origin.
func traitOf(s *scenario.Scenario, section, kind int) analytic.Trait {
	fresh, kept := s.Lifetime(section, kind)
	from := s.OriginOf(section, kind)
	t := analytic.Trait{
		TTL: max(fresh.Seconds(), never), ChangeEvery: s.ChangeEvery(section, kind).Seconds(),
		FirstByte: from.FirstByte.Mean().Seconds(), Bandwidth: float64(from.Bandwidth), Uncacheable: float64(from.Uncacheable),
		Origin: slices.Index(originNames(s), from.Name),
	}
	if !kept {
		t.Uncacheable = 1
	}
	return t
}

// ofTrace counts the objects of a trace.
func (o *modelOptions) ofTrace(e *env) (*modelled, error) {
	c, err := countObjects(e, trace.Options{Files: []string{o.trace}}, o.ignoreSize)
	if err != nil {
		return nil, err
	}
	if c.requests == 0 {
		return nil, usagef("--trace %s has no requests", o.trace)
	}
	m := &modelled{unit: !c.sized, timed: c.last > c.first || o.rate > 0, edges: 1}
	seconds := float64(c.requests)
	switch {
	case o.rate > 0:
		seconds /= float64(o.rate)
	case c.last > c.first:
		seconds = float64(c.last-c.first) / 1e9
	case o.conduct() != (analytic.Conduct{}):
		return nil, usagef("--ttl, --change-every and --fetch want times, and the trace has none; right is with --rate")
	}
	m.pop = c.objects.Over(seconds).With(o.conduct())
	m.about = "as in " + filepath.Base(o.trace)
	if m.timed {
		m.about += fmt.Sprintf(", %s requests a second", significant(float64(c.requests)/seconds))
	}
	return m, nil
}

// countedTrace is how often a trace asks for which objects.
type countedTrace struct {
	objects               analytic.Counts
	requests, first, last int64 // the times in ns
	sized                 bool  // some objects are not of 1 byte
}

// countObjects reads a trace to its end. An object has the size that it has first.
func countObjects(e *env, o trace.Options, ignoreSize bool) (*countedTrace, error) {
	t, err := trace.Open(o)
	if err != nil {
		return nil, usageError{err}
	}
	defer t.Close()
	type object struct{ times, size int64 }
	objects, batch := map[uint64]object{}, make([]trace.Request, 4096)
	c := &countedTrace{first: math.MaxInt64, last: math.MinInt64}
	for {
		n, err := t.Read(batch)
		for _, r := range batch[:n] {
			seen := objects[r.ID]
			if seen.times++; ignoreSize {
				seen.size = 1
			} else if seen.size == 0 {
				seen.size = r.Size
			}
			objects[r.ID] = seen
			c.first, c.last = min(c.first, r.At), max(c.last, r.At)
		}
		c.requests += int64(n)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", strings.Join(o.Files, ", "), err)
		}
		if err := e.ctx.Err(); err != nil {
			return nil, errors.New("interrupted before the trace was read")
		}
	}
	for _, seen := range objects {
		c.objects.Add(seen.times, max(1, seen.size))
		c.sized = c.sized || seen.size != 1
	}
	return c, nil
}
