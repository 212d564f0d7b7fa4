// Package prometheus counts records as Prometheus scrapes them. It knows records
// and names of metrics; how things stand at a moment (the cache, connections) is
// for whoever knows that to add.
package prometheus

import (
	"io"
	"strings"

	"github.com/VictoriaMetrics/metrics"

	"edgesim/results"
)

// View is a results.View that is scraped while it is filled: Write may be called
// by any goroutine at any time.
type View struct {
	names *results.Names
	set   *metrics.Set

	requests map[kind]*counters
	results  [results.Results]*latency
	origins  map[uint16]*origin
	failures map[failure]*metrics.Counter
}

// kind is what tells counters of requests apart.
type kind struct {
	distribution uint16
	class        uint8
	result       results.Result
	layer        results.Layer
}

type counters struct {
	requests, collapsed, stale *metrics.Counter
	out, in                    *metrics.Counter
}

type latency struct{ first, total *metrics.PrometheusHistogram }

type origin struct {
	requests, received, sent *metrics.Counter
	latency
}

type failure struct {
	origin uint16
	detail results.Detail
}

// New returns an empty View.
func New(names *results.Names) *View {
	return &View{
		names: names, set: metrics.NewSet(),
		requests: map[kind]*counters{}, origins: map[uint16]*origin{}, failures: map[failure]*metrics.Counter{},
	}
}

// Write writes everything counted so far, in Prometheus's text format.
func (v *View) Write(w io.Writer) { v.set.WritePrometheus(w) }

// Add counts the records.
func (v *View) Add(recs []results.Record) {
	for i := range recs {
		v.add(&recs[i])
	}
}

const second = 1e9 // ns

func (v *View) add(r *results.Record) {
	c := v.countersOf(r)
	c.requests.Inc()
	c.out.AddInt64(r.BytesOut)
	c.in.AddInt64(r.BytesIn)
	if r.Flags.Has(results.Collapsed) {
		c.collapsed.Inc()
	}
	if r.Flags.Has(results.StaleHit) {
		c.stale.Inc()
	}
	l := v.latencyOf(min(r.ResultType(), results.Results-1))
	if r.TTFB > 0 {
		l.first.Update(float64(r.TTFB-r.Lag) / second)
	}
	l.total.Update(float64(r.Service()) / second)
	if r.OriginAsked > 0 {
		v.addOrigin(r)
	}
}

// addOrigin counts what a request made an origin do. Of several requests to
// origins only the last one's times are known.
func (v *View) addOrigin(r *results.Record) {
	o := v.originOf(r)
	o.requests.Add(int(r.OriginAsked))
	o.received.AddInt64(r.OriginBytes)
	o.sent.AddInt64(r.OriginSent)
	if r.OriginTTFB > 0 {
		o.first.Update(float64(r.OriginTTFB) / second)
	}
	if r.OriginTotal > 0 {
		o.total.Update(float64(r.OriginTotal) / second)
	}
	if r.Detail >= results.OriginCommError && r.Detail <= results.OriginZeroSizeObjectError {
		v.failureOf(r).Inc()
	}
}

var classes = [...]string{"000", "1xx", "2xx", "3xx", "4xx", "5xx", "other"}

func (v *View) countersOf(r *results.Record) *counters {
	k := kind{r.Distribution, uint8(min(int(r.Status/100), len(classes)-1)), r.ResultType(), r.Layer}
	if c := v.requests[k]; c != nil {
		return c
	}
	d := labels("distribution", v.names.DistributionOf(r).ID)
	of := labels("distribution", v.names.DistributionOf(r).ID, "result", k.result.String())
	c := &counters{
		requests: v.set.GetOrCreateCounter("edgesim_requests_total" + labels("distribution", v.names.DistributionOf(r).ID,
			"result", k.result.String(), "status", classes[k.class], "layer", k.layer.String())),
		collapsed: v.set.GetOrCreateCounter("edgesim_requests_collapsed_total" + d),
		stale:     v.set.GetOrCreateCounter("edgesim_requests_stale_total" + d),
		out:       v.set.GetOrCreateCounter("edgesim_response_bytes_total" + of),
		in:        v.set.GetOrCreateCounter("edgesim_request_bytes_total" + of),
	}
	v.requests[k] = c
	return c
}

func (v *View) latencyOf(r results.Result) *latency {
	if v.results[r] == nil {
		of := labels("result", r.String())
		v.results[r] = &latency{first: v.histogram("edgesim_first_byte_seconds" + of), total: v.histogram("edgesim_response_seconds" + of)}
	}
	return v.results[r]
}

func (v *View) originOf(r *results.Record) *origin {
	if o := v.origins[r.Origin]; o != nil {
		return o
	}
	of := labels("origin", v.names.OriginOf(r))
	o := &origin{
		requests: v.set.GetOrCreateCounter("edgesim_origin_requests_total" + of),
		received: v.set.GetOrCreateCounter("edgesim_origin_received_bytes_total" + of),
		sent:     v.set.GetOrCreateCounter("edgesim_origin_sent_bytes_total" + of),
		latency: latency{first: v.histogram("edgesim_origin_first_byte_seconds" + of),
			total: v.histogram("edgesim_origin_response_seconds" + of)},
	}
	v.origins[r.Origin] = o
	return o
}

func (v *View) failureOf(r *results.Record) *metrics.Counter {
	k := failure{r.Origin, r.Detail}
	if v.failures[k] == nil {
		v.failures[k] = v.set.GetOrCreateCounter("edgesim_origin_errors_total" +
			labels("origin", v.names.OriginOf(r), "reason", r.Detail.String()))
	}
	return v.failures[k]
}

// bounds of the histograms' buckets, in seconds: from a hit on loopback to an
// origin's read timeout.
var bounds = []float64{1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60}

func (v *View) histogram(name string) *metrics.PrometheusHistogram {
	return v.set.GetOrCreatePrometheusHistogramExt(name, bounds)
}

// labels writes names and values as Prometheus has them in braces.
func labels(pairs ...string) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(pairs[i] + `="` + escape.Replace(strings.ToValidUTF8(pairs[i+1], "\uFFFD")) + `"`)
	}
	return "{" + b.String() + "}"
}

var escape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
