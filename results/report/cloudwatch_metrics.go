package report

import (
	"fmt"
	"time"

	"edgesim/results"
)

func init() {
	register(Kind{
		Name:  "cloudwatch_metrics",
		Title: "CloudWatch metrics",
		About: "The metrics that CloudFront's console exports from CloudWatch, over time: requests, bytes, error rates by " +
			"status, the origin's latency and the cache hit rate.",
		Group: Beyond, Place: 9,
		New: func(o Options) Report { return newCloudwatch(o) },
	})
}

// cloudwatch counts CloudWatch's metrics. Error rates go by status. Downloads are
// what viewers got by GET, HEAD and OPTIONS, uploads what went on to the origin by
// other methods. The cache hit rate is of GET, HEAD and OPTIONS requests that were
// hits, refresh hits or misses: the share of the first two, whose bytes the cache
// had. The origin's latency is the mean first byte of misses.
type cloudwatch struct {
	cells[metrics]
	log bool // some upload is taken from what the viewer sent
}

// metrics is what a bucket knows.
type metrics struct {
	requests, down, up int64
	class              [2]int64 // 4xx, 5xx
	status             [len(errorStatuses)]int64
	cached, cacheable  int64
	misses             int64
	missMicros         int64
}

// errorStatuses are those with a rate of their own.
var errorStatuses = [...]uint16{401, 403, 404, 502, 503, 504}

func newCloudwatch(o Options) *cloudwatch { return &cloudwatch{cells: newCells(o, (*metrics).merge)} }

func (c *cloudwatch) Add(recs []results.Record) {
	results.AddOneByOne(c, recs)
	c.AddSingly(recs)
}

// AddCrowd implements results.Crowded.
func (c *cloudwatch) AddCrowd(n *results.Crowd) {
	m := c.cellOf(n.Record)
	m.requests += n.N
	if n.Status >= 400 && n.Status < 600 {
		m.addStatus(n.Status, n.N)
	}
	if uploads(n.Method) {
		up := n.OriginSent
		if up == 0 && !tellsLayer(n.Record) {
			up, c.log = n.BytesIn, true
		}
		m.up += up
		return
	}
	m.down += n.BytesOut
	switch n.ResultType() {
	case results.Hit, results.RefreshHit:
		m.cached += n.N
		m.cacheable += n.N
	case results.Miss:
		m.cacheable += n.N
	}
}

func uploads(m results.Method) bool { return m.Proxied() && m != results.OPTIONS }

func (m *metrics) addStatus(status uint16, n int64) {
	m.class[status/100-4] += n
	for i, s := range errorStatuses {
		if s == status {
			m.status[i] += n
		}
	}
}

// AddSingly implements results.Singly: the origin's latency.
func (c *cloudwatch) AddSingly(recs []results.Record) {
	for i := range recs {
		r := &recs[i]
		if r.ResultType() == results.Miss && r.TTFB > 0 && !uploads(r.Method) {
			m := c.cellOf(r)
			m.misses++
			m.missMicros += micros(r.TTFB - r.Lag)
		}
	}
}

func (m *metrics) merge(o *metrics) {
	m.requests += o.requests
	m.down += o.down
	m.up += o.up
	for i := range m.class {
		m.class[i] += o.class[i]
	}
	for i := range m.status {
		m.status[i] += o.status[i]
	}
	m.cached += o.cached
	m.cacheable += o.cacheable
	m.misses += o.misses
	m.missMicros += o.missMicros
}

func cloudwatchColumns() []Column {
	columns := overTimeColumns(
		Column{Name: "Requests", Unit: Count},
		Column{Name: "BytesDownloaded", Label: "Downloaded", Unit: Bytes},
		Column{Name: "BytesUploaded", Label: "Uploaded", Unit: Bytes, Wide: true},
		rate("TotalErrorRatePct", "Errors %", false),
		rate("4xxErrorRatePct", "4xx %", false),
		rate("5xxErrorRatePct", "5xx %", false),
	)
	for _, s := range errorStatuses {
		columns = append(columns, rate(fmt.Sprintf("%dErrorRatePct", s), fmt.Sprintf("%d %%", s), true))
	}
	return append(columns,
		Column{Name: "OriginLatency", Label: "Origin ms", Unit: Millis, Merge: Apart, Wide: true},
		rate("CacheHitRate", "Hit %", false))
}

func rate(name, label string, wide bool) Column {
	return Column{Name: name, Label: label, Unit: Percent, Merge: Apart, Wide: wide}
}

// Tables has a row for every bucket.
func (c *cloudwatch) Tables(distribution string) []*Table {
	scope := c.o.scope(distribution)
	t := &Table{Name: "cloudwatch_metrics", Title: "CloudWatch metrics", Columns: cloudwatchColumns(), Charts: cloudwatchCharts()}
	t.Preamble = c.o.preamble("CloudWatch Metrics", scope, [2]string{"Granularity", c.period()})
	c.fill(t, scope, func(_ []int, _ int64, m *metrics) []Cell { return m.cells() })
	if c.log {
		t.Notes = append(t.Notes, "Uploads to origins are not in the log: they are what viewers sent.")
	}
	return []*Table{t}
}

func (m *metrics) cells() []Cell {
	row := []Cell{num(m.requests), num(m.down), num(m.up), part(m.class[0]+m.class[1], m.requests),
		part(m.class[0], m.requests), part(m.class[1], m.requests)}
	for _, n := range m.status {
		row = append(row, part(n, m.requests))
	}
	latency := noNumber
	if m.misses > 0 {
		latency = num(float64(m.missMicros) / float64(m.misses) / 1000)
	}
	return append(row, latency, part(m.cached, m.cacheable))
}

// period is CloudWatch's word for the width of the buckets.
func (c *cloudwatch) period() string {
	switch d := time.Duration(c.grain); d {
	case time.Minute:
		return "ONE_MINUTE"
	case 5 * time.Minute:
		return "FIVE_MINUTES"
	case 15 * time.Minute:
		return "FIFTEEN_MINUTES"
	case time.Hour:
		return "ONE_HOUR"
	case 24 * time.Hour:
		return "ONE_DAY"
	default:
		return d.String()
	}
}

func cloudwatchCharts() []Chart {
	return []Chart{
		{Name: "error_rates", Title: "Error rates", Form: Lines, X: "TimeBucket", Y: "share of requests", Unit: Percent,
			About: "Responses with a status of 400 and more, by class.",
			Series: []Series{
				{Label: "4xx", Columns: []string{"4xxErrorRatePct"}, Color: "orange"},
				{Label: "5xx", Columns: []string{"5xxErrorRatePct"}, Color: "vermillion"},
			}},
		{Name: "origin_latency", Title: "Origin latency", Form: Lines, X: "TimeBucket", Y: "milliseconds", Unit: Millis,
			About:  "Mean time to the first byte of misses.",
			Series: []Series{{Label: "First byte of misses", Columns: []string{"OriginLatency"}, Color: "Miss"}}},
	}
}
