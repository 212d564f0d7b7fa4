package validate

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"edgesim/results"
	"edgesim/sim/sweep"
)

// Unit is what a figure is told in.
type Unit string

const (
	Percent      Unit = "%"  // a ratio; distances are in percentage points
	Milliseconds Unit = "ms" // distances are relative, in percent
	Count        Unit = "count"
	Bytes        Unit = "B"
)

// Figure is one figure in both worlds.
type Figure struct {
	Name    string `json:"name"`
	Unit    Unit   `json:"unit"`
	Samples int64  `json:"samples"` // behind the live figure, over all repetitions

	Live    float64 `json:"live"` // mean over the repetitions
	Virtual float64 `json:"virtual"`

	// Distance is virtual − live, the mean over the repetitions, each of which has
	// one seed in both worlds: in percentage points for ratios, else in percent of
	// live. Doubt is half of its 95 % interval by Student's t; null with one
	// repetition.
	Distance float64  `json:"distance"`
	Doubt    *float64 `json:"doubt"`

	// Goal is how far apart they may be; 0: none is set, the figure is for looking
	// at.
	Goal    float64 `json:"goal,omitempty"`
	Verdict Verdict `json:"verdict"`
}

// Verdict says whether a figure keeps its goal.
type Verdict string

const (
	NoGoal Verdict = ""       // nothing is asked of it
	Agrees Verdict = "agrees" // with its whole interval
	Apart  Verdict = "apart"  // with its whole interval
	Unsure Verdict = "unsure" // the interval holds both, or there is none: one repetition
	Silent Verdict = "no samples"
)

// The goals: what a prediction has to keep to be one.
const (
	ratioGoal   = 0.3 // percentage points
	latencyGoal = 5   // percent
)

// leastSamples is below how many a percentile of a repetition is not judged.
const leastSamples = 200

// quantity is a figure as it is read from a summary.
type quantity struct {
	name    string
	unit    Unit
	goal    float64
	of      func(*results.Summary) float64
	samples func(*results.Summary) int64
}

// quantities are what is compared, in the order of the table.
func quantities() []quantity {
	all := func(s *results.Summary) int64 { return s.Requests }
	share := func(part func(*results.Summary) float64) func(*results.Summary) float64 {
		return func(s *results.Summary) float64 { return 100 * part(s) }
	}
	list := []quantity{
		{"hit ratio", Percent, ratioGoal, share(func(s *results.Summary) float64 { return s.HitRatio }), all},
		{"byte hit ratio", Percent, ratioGoal, share(func(s *results.Summary) float64 { return s.ByteHitRatio }), all},
		{"refresh hit ratio", Percent, 0, share(func(s *results.Summary) float64 { return s.RefreshHitRatio }), all},
		{"collapsed ratio", Percent, 0, share(func(s *results.Summary) float64 { return per(s.Collapsed, s.Requests) }), all},
		{"stale ratio", Percent, 0, share(func(s *results.Summary) float64 { return per(s.Stale, s.Requests) }), all},
		{"error ratio", Percent, 0, share(func(s *results.Summary) float64 { return s.ErrorRatio }), all},
		{"origin requests", Count, 0, func(s *results.Summary) float64 { return float64(s.OriginRequests) }, all},
		{"origin bytes", Bytes, 0, func(s *results.Summary) float64 { return float64(s.OriginBytes) }, all},
	}
	for _, r := range []results.Result{results.Hit, results.RefreshHit, results.Miss, results.Error} {
		list = append(list, times(r, "first byte", func(l *results.Latency) *results.Figures { return &l.TTFB })...)
		list = append(list, times(r, "total", func(l *results.Latency) *results.Figures { return &l.Total })...)
	}
	return list
}

// times are the percentiles of one result type's times.
func times(r results.Result, what string, of func(*results.Latency) *results.Figures) (list []quantity) {
	figures := func(s *results.Summary) *results.Figures {
		l := s.ByResult[r.Label()].Latency
		return of(&l)
	}
	samples := func(s *results.Summary) int64 { return figures(s).Count }
	for _, p := range []struct {
		name string
		of   func(*results.Figures) float64
		goal float64
	}{
		{"p50", func(f *results.Figures) float64 { return f.P50 }, latencyGoal},
		{"p90", func(f *results.Figures) float64 { return f.P90 }, 0},
		{"p99", func(f *results.Figures) float64 { return f.P99 }, latencyGoal},
	} {
		q := quantity{name: fmt.Sprintf("%s %s %s", r.Label(), what, p.name), unit: Milliseconds, samples: samples,
			of: func(s *results.Summary) float64 { return p.of(figures(s)) }}
		if r == results.Miss && what == "first byte" {
			q.goal = p.goal
		}
		list = append(list, q)
	}
	return list
}

func per(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// tally is what the repetitions came to.
type tally struct {
	live, virtual []*results.Summary
}

func (t *tally) add(live, virtual *results.Summary) {
	t.live, t.virtual = append(t.live, live), append(t.virtual, virtual)
}

func (t *tally) figures() (list []Figure) {
	for _, q := range quantities() {
		list = append(list, t.figure(q))
	}
	return list
}

func (t *tally) figure(q quantity) Figure {
	f := Figure{Name: q.name, Unit: q.unit, Goal: q.goal}
	var live, virtual, distances []float64
	least := int64(math.MaxInt64)
	for i := range t.live {
		a, b := t.live[i], t.virtual[i]
		x, y := q.of(a), q.of(b)
		live, virtual, distances = append(live, x), append(virtual, y), append(distances, apart(q.unit, x, y))
		f.Samples += q.samples(a)
		least = min(least, q.samples(a), q.samples(b))
	}
	f.Live, f.Virtual = stat.Mean(live, nil), stat.Mean(virtual, nil)
	far := sweep.EstimateOf(distances)
	f.Distance, f.Doubt = far.Mean, far.Doubt
	f.Verdict = f.judge(least)
	return f
}

// apart is how far y, foretold, is from x, played.
func apart(u Unit, x, y float64) float64 {
	switch {
	case u == Percent:
		return y - x
	case x == y:
		return 0
	case x == 0:
		return 100
	}
	return 100 * (y - x) / x
}

func (f *Figure) judge(least int64) Verdict {
	switch far := math.Abs(f.Distance); {
	case f.Unit == Milliseconds && least == 0:
		return Silent
	case f.Goal == 0:
		return NoGoal
	case f.Doubt == nil || f.Unit == Milliseconds && least < leastSamples:
		return Unsure
	case far+*f.Doubt <= f.Goal:
		return Agrees
	case far-*f.Doubt > f.Goal:
		return Apart
	}
	return Unsure
}
