package plot

import (
	"math"

	"edgesim/results"
)

// spectra are distributions of one time, over all records and by result type.
type spectra struct {
	metric results.Metric
	times  *results.Latencies
	shared bool // times are filled by somebody else
}

func newSpectra(o Options, m results.Metric) spectra {
	if o.Times != nil {
		return spectra{metric: m, times: o.Times, shared: true}
	}
	return spectra{metric: m, times: results.NewLatencies()}
}

// Add counts the records.
func (s *spectra) Add(recs []results.Record) {
	if !s.shared {
		s.times.Add(recs)
	}
}

// all is the distribution over all records; nil where there is no time.
func (s *spectra) all() *results.Histogram { return s.times.All(s.metric) }

// shownResults are the result types in the order in which legends name them.
var shownResults = []results.Result{results.Hit, results.RefreshHit, results.Miss, results.Error,
	results.Redirect, results.LimitExceeded, results.CapacityExceeded, results.LambdaExecutionError,
	results.NoResult}

// each calls f for every result type that occurred.
func (s *spectra) each(f func(results.Result, *results.Histogram)) {
	for _, r := range shownResults {
		if h := s.times.Get(s.metric, r); h.Count() > 0 {
			f(r, h)
		}
	}
}

// shortest is the shortest time a log axis shows: a microsecond, which is a
// histogram's finest step.
const shortest = 0.001 // ms

// rangeMs is the range of a histogram for a log axis.
func rangeMs(h *results.Histogram) (low, high float64) {
	low = max(h.Min(), shortest)
	return low, max(h.Max(), low)
}

// cumulative walks a histogram and calls f with each bucket's time, never
// below shortest nor above the maximum, the number of records up to it, and
// the number of all.
func cumulative(h *results.Histogram, f func(ms float64, upTo, all int64)) {
	all, upTo, most := h.Count(), int64(0), max(h.Max(), shortest)
	h.Each(func(ms float64, count int64) {
		upTo += count
		f(min(max(ms, shortest), most), upTo, all)
	})
}

// spectrum is a histogram as times in ms over x = 1/(1−p), p being the share of
// records that took no longer. The longest of n records is put at x = 2n, as if
// half of it were longer still.
func spectrum(h *results.Histogram) (x, y Numbers) {
	x, y = Numbers{1}, Numbers{max(h.Min(), shortest)}
	cumulative(h, func(ms float64, upTo, all int64) {
		rest := max(float64(all-upTo), 0.5)
		x, y = append(x, float64(all)/rest), append(y, ms)
	})
	return sparse(x, y)
}

// sparse leaves out points that no eye could tell from their neighbours on
// log axes: those within a 400th of a decade in both directions.
func sparse(x, y Numbers) (keptX, keptY Numbers) {
	near := func(a, b float64) bool { return math.Abs(lg(a)-lg(b)) < 1.0/400 }
	for i := range x {
		last := len(keptX) - 1
		if last >= 0 && i < len(x)-1 && near(x[i], keptX[last]) && near(y[i], keptY[last]) {
			continue
		}
		keptX, keptY = append(keptX, rounded(x[i])), append(keptY, rounded(y[i]))
	}
	return keptX, keptY
}
