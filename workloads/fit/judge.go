package fit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"edgesim/sim/scenario"
	"edgesim/workloads/trace"
)

// Fit is what came of a trace.
type Fit struct {
	Name       string      `json:"name"`
	Parameters *Parameters `json:"parameters"`
	Near       float64     `json:"near"`           // how close curves are to be on average, in shares
	Tried      []Trial     `json:"tried"`          // the models, in the order in which they were
	Chosen     int         `json:"chosen"`         // of Tried: the first that is near, or the nearest
	Edge       *Edge       `json:"edge,omitempty"` // of a log that tells hits
	Others     []Other     `json:"policies,omitempty"`
	Scenario   string      `json:"scenario"`

	measured *Measured
}

// Trial is a model's scenario, played as long as the trace.
type Trial struct {
	Model    string   `json:"model"`
	Why      string   `json:"why,omitempty"` // it was not played
	Seed     uint64   `json:"seed"`          // of the scenario: 1, or of several that with the nearest curves
	Distance Distance `json:"distance"`

	model    Model
	scenario string // bare
	played   *Measured
}

// Near is how close the curves of a good fit are on average: a percentage point.
const Near = 0.01

// Judge plays each model's scenario until one's curves are near those of the trace,
// which m has measured.
func Judge(ctx context.Context, m *Measured, p *Parameters, list []Model, near float64) (*Fit, error) {
	f := &Fit{Name: m.Name, Parameters: p, Near: near, Chosen: -1, measured: m}
	for _, model := range list {
		t, err := m.trySeeds(ctx, p, model, near)
		if err != nil {
			return nil, err
		}
		f.Tried = append(f.Tried, t)
		if at := len(f.Tried) - 1; t.Why == "" && (f.Chosen < 0 || t.worse() < f.Tried[f.Chosen].worse()) {
			f.Chosen = at
		}
		if t.Why == "" && t.Distance.Within(near) {
			break
		}
	}
	if f.Chosen < 0 {
		return nil, fmt.Errorf("model %s: %s", f.Tried[0].Model, f.Tried[0].Why)
	}
	if err := f.reseed(ctx); err != nil {
		return nil, err
	}
	return f, f.finish(ctx)
}

const (
	// seedsTried is how many seeds a short trace's scenario has to choose from, and
	// longestReseeded of how many requests it is to be: chance alone moves the curve of
	// 5,000 requests by most of a percentage point.
	seedsTried      = 12
	longestReseeded = 200_000
	// mostSeeds is how many a trace has whose curve is not near on average either, and
	// mostReplayed for how many requests all of them together are played. What comes in
	// crowds, as the parts of downloads do, has few independent requests: two seeds of one
	// scenario differ by 15 points.
	mostSeeds    = 150
	mostReplayed = 1_200_000
)

// seedsFor is how many seeds a trace of so many requests has.
func seedsFor(requests int64, near bool) uint64 {
	if near {
		return seedsTried
	}
	return uint64(min(max(seedsTried, mostReplayed/max(requests, 1)), mostSeeds))
}

// trySeeds plays a model's scenario; one of sessions with further seeds until it is near.
// Which few pages are popular, and what these embed, is chance, and moves a curve by
// several percentage points.
func (m *Measured) trySeeds(ctx context.Context, p *Parameters, model Model, near float64) (Trial, error) {
	best, err := m.try(ctx, p, model, 1)
	if err != nil || best.Why != "" || !model.pages || m.Requests > longestReseeded {
		return best, err
	}
	for seed := uint64(2); seed <= seedsTried && !best.Distance.Within(near); seed++ {
		t, err := m.try(ctx, p, model, seed)
		if err != nil {
			return best, err
		}
		if t.worse() < best.worse() {
			best = t
		}
	}
	return best, nil
}

// reseed tries other seeds where the curves of a short trace are farther apart than
// they ought to be at some size, and takes the one whose curves are near on average, and
// whose largest distance then is least.
func (f *Fit) reseed(ctx context.Context) error {
	best := &f.Tried[f.Chosen]
	if f.measured.Requests > longestReseeded {
		return nil
	}
	for seed := uint64(2); best.Distance.most() > f.Near && seed <= seedsFor(f.measured.Requests, best.Distance.Within(f.Near)); seed++ {
		t, err := f.measured.try(ctx, f.Parameters, best.model, seed)
		if err != nil {
			return err
		}
		if t.better(best, f.Near) {
			*best = t
		}
	}
	return nil
}

// better reports whether a trial's curves are nearer than another's: on average as long as
// that is farther than near, and then at most.
func (t *Trial) better(other *Trial, near float64) bool {
	a, b := max(t.worse(), near), max(other.worse(), near)
	return a < b || a == b && t.Distance.most() < other.Distance.most()
}

// most is the largest of both curves' distances.
func (d Distance) most() float64 { return max(d.Max, d.ByteMax) }

// finish writes the scenario of the model chosen, with what a log tells of its cache
// and of requests for no object.
func (f *Fit) finish(ctx context.Context) (err error) {
	t, m := &f.Tried[f.Chosen], f.measured
	if f.Edge, err = m.FitEdge(ctx, f.Parameters, t.scenario); err != nil {
		return err
	}
	text, err := t.model.write(&document{m: m, p: f.Parameters, seed: t.Seed, edge: f.Edge})
	if err != nil {
		return err
	}
	f.Scenario = f.heading() + text
	if _, err := scenario.Parse("fitted.yaml", []byte(f.Scenario)); err != nil {
		return fmt.Errorf("what was fitted is no scenario: %w", err)
	}
	return nil
}

// worse is the larger of a trial's mean distances.
func (t *Trial) worse() float64 { return max(t.Distance.Mean, t.Distance.ByteMean) }

func (m *Measured) try(ctx context.Context, p *Parameters, model Model, seed uint64) (t Trial, err error) {
	t.Model, t.model, t.Seed = model.Name, model, seed
	if t.scenario, err = model.write(&document{m: m, p: p, seed: seed, bare: true}); err != nil {
		t.Why = err.Error()
		return t, nil
	}
	r, err := Requests(t.scenario)
	if err != nil {
		return t, fmt.Errorf("model %s: %w", model.Name, err)
	}
	o := m.Options
	o.Tells.Times = false // it is about objects
	o.Log = nil
	if t.played, err = Measure(ctx, r, o); err != nil {
		return t, err
	}
	t.Distance = DistanceOf(&m.Curve, &t.played.Curve, m.Capacities())
	return t, nil
}

// Requests are those of a scenario, as a trace.
func Requests(text string) (trace.Reader, error) {
	s, err := scenario.Parse("fitted.yaml", []byte(text))
	if err != nil {
		return nil, fmt.Errorf("what was fitted is no scenario: %w", err)
	}
	crowd, err := s.Crowd()
	if err != nil {
		return nil, err
	}
	return trace.FromSource(crowd.Source, crowd.Catalog), nil
}

// Played is the scenario's requests for objects, as the trace has them: what the fit is
// judged by.
func (f *Fit) Played() (trace.Reader, error) { return Requests(f.Tried[f.Chosen].scenario) }

// Capacities are those at which curves are compared.
func (f *Fit) Capacities() []int64 { return f.measured.Capacities() }

// Measure reads a trace to its end, or to that of ctx.
func Measure(ctx context.Context, r trace.Reader, o Options) (*Measured, error) {
	m := NewMeasured(o)
	batch := make([]trace.Request, 4096)
	for {
		n, err := r.Read(batch)
		m.Add(batch[:n])
		switch {
		case errors.Is(err, io.EOF):
			m.Finish()
			return m, nil
		case err != nil:
			return m, err
		case ctx.Err() != nil:
			return m, ctx.Err()
		}
	}
}

// heading are the comments that a scenario begins with.
func (f *Fit) heading() string {
	t := &f.Tried[f.Chosen]
	var b strings.Builder
	fmt.Fprintf(&b, "# Fitted to %s: %d requests for %d objects.\n", strings.ReplaceAll(f.Name, "\n", " "), f.Parameters.Requests, f.Parameters.Objects)
	fmt.Fprintf(&b, "# Played as long, LRU's miss ratio of requests is %.2f percentage points off on\n# average over sizes, and %.2f at most", 100*t.Distance.Mean, 100*t.Distance.Max)
	if f.Parameters.Sizes != nil {
		fmt.Fprintf(&b, "; that of bytes %.2f and %.2f", 100*t.Distance.ByteMean, 100*t.Distance.ByteMax)
	}
	b.WriteString(".\n")
	return b.String()
}

// Other is another policy's distance, at fewer capacities.
type Other struct {
	Policy   string   `json:"policy"`
	Distance Distance `json:"distance"`
}
