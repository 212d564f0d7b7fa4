package sweep

import (
	"time"

	"edgesim/results"
	"edgesim/sim/scenario"
)

// Measure is a view that ends as the values of a trial.
type Measure struct {
	warmup  int64 // ns
	bucket  int64 // ns, of peaks
	until   int64 // ns: buckets that end later are cut short and make no peak
	summary *results.SummaryView
	length  time.Duration
	peaks   []peak
}

// peak is what origins had to do in one bucket of time.
type peak struct{ requests, bytes int64 }

// peakBuckets is into how many buckets a run's time is cut to look for its peak,
// unless that makes them shorter than a second.
const peakBuckets = 60

// Bucket is the width of the buckets in which a scenario's peak is looked for.
func Bucket(s *scenario.Scenario) time.Duration {
	return max(time.Second, ((s.Duration.Std() - s.Warmup.Std()) / peakBuckets).Round(time.Second))
}

// NewMeasure returns an empty view of a scenario's records.
func NewMeasure(s *scenario.Scenario) *Measure {
	names := results.NewNames(time.Unix(0, 0).UTC())
	return &Measure{
		warmup: s.Warmup.Std().Nanoseconds(), bucket: Bucket(s).Nanoseconds(), until: s.Duration.Std().Nanoseconds(),
		length: s.Duration.Std(), summary: results.NewSummary(names, results.SummaryOptions{Warmup: s.Warmup.Std()}),
	}
}

// Add takes records, whose vantage is both the cache's and the viewers'.
func (m *Measure) Add(recs []results.Record) {
	m.summary.Traffic().Add(recs)
	m.summary.Latency().Add(recs)
	for i := range recs {
		if r := &recs[i]; r.OriginAsked > 0 && r.At >= m.warmup {
			m.addPeak(r)
		}
	}
}

func (m *Measure) addPeak(r *results.Record) {
	at := (r.At - m.warmup) / m.bucket
	if m.warmup+(at+1)*m.bucket > m.until {
		return
	}
	for int64(len(m.peaks)) <= at {
		m.peaks = append(m.peaks, peak{})
	}
	m.peaks[at].requests += int64(r.OriginAsked)
	m.peaks[at].bytes += r.OriginBytes
}

// Values is what came of the trial.
func (m *Measure) Values() Values {
	s := m.summary.Finish(results.SummaryEnd{Length: m.length})
	var most peak
	for _, p := range m.peaks {
		most.requests, most.bytes = max(most.requests, p.requests), max(most.bytes, p.bytes)
	}
	seconds := time.Duration(m.bucket).Seconds()
	return Values{
		"hit": s.HitRatio, "byte-hit": s.ByteHitRatio, "errors": s.ErrorRatio,
		"ttfb-p50": s.Latency.TTFB.P50 / 1e3, "ttfb-p90": s.Latency.TTFB.P90 / 1e3, "ttfb-p99": s.Latency.TTFB.P99 / 1e3,
		"total-p50": s.Latency.Total.P50 / 1e3, "total-p99": s.Latency.Total.P99 / 1e3,
		"origin-rate": float64(most.requests) / seconds, "origin-bandwidth": float64(most.bytes) / seconds,
	}
}

// Monthly is what a month of the trial's traffic would be: bytes and requests to
// viewers and from origins.
type Monthly struct {
	BytesOut, Requests, OriginBytes, OriginRequests float64
}

// month is 30 days.
const month = 30 * 24 * time.Hour

// Monthly scales the measured time to 30 days.
func (m *Measure) Monthly() Monthly {
	s := m.summary.Finish(results.SummaryEnd{Length: m.length})
	if s.Duration <= 0 {
		return Monthly{}
	}
	f := month.Seconds() / s.Duration
	return Monthly{float64(s.BytesOut) * f, float64(s.Requests) * f, float64(s.OriginBytes) * f, float64(s.OriginRequests) * f}
}
