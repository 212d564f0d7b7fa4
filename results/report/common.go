package report

import (
	"cmp"
	"math"
	"slices"
	"time"

	"edgesim/results"
)

// all is how CloudFront names the whole in place of one distribution or place.
const all = "ALL"

// whole reports whether the report is of every distribution.
func (o Options) whole() bool { return o.Distribution == "" || o.Distribution == all }

// scope is the distribution that tables asked for one are of; "" is all.
func (o Options) scope(distribution string) string {
	if distribution != "" && distribution != all {
		return distribution
	}
	if o.whole() {
		return ""
	}
	return o.Distribution
}

// named is how a preamble names a scope.
func named(scope string) string { return cmp.Or(scope, all) }

// label is what CloudFront calls FriendlyName.
func label(d results.Distribution) string { return cmp.Or(d.Friendly, d.Domain) }

// at is the moment ns nanoseconds after the records' epoch; without one, after
// the start of 1970.
func (o Options) at(ns int64) time.Time {
	if o.Names.Epoch.IsZero() {
		return time.Unix(0, ns).UTC()
	}
	return o.Names.Epoch.Add(time.Duration(ns))
}

// since is t in ns since the records' epoch.
func (o Options) since(t time.Time) int64 { return t.UnixNano() - o.at(0).UnixNano() }

// limits are From and To in ns since the epoch; where one is zero, no limit.
func (o Options) limits() (from, to int64) {
	from, to = math.MinInt64, math.MaxInt64
	if !o.From.IsZero() {
		from = o.since(o.From)
	}
	if !o.To.IsZero() {
		to = o.since(o.To)
	}
	return from, to
}

// rangeOf is the range that reports are labelled with: From and To, and where one
// is zero, the first or last bucket in which a record ended. Both are zero when
// there is neither.
func (o Options) rangeOf() (from, to time.Time) {
	from, to = o.From, o.To
	if o.span == nil || o.span.last < o.span.first {
		return from, to
	}
	t := timeline{grain: int64(cmp.Or(o.span.grain, o.Grain, time.Hour))}
	if from.IsZero() {
		from = t.start(floorDiv(o.at(o.span.first).UnixNano(), t.grain))
	}
	if to.IsZero() {
		to = t.start(floorDiv(o.at(o.span.last).UnixNano(), t.grain) + 1)
	}
	return from, to
}

// preamble is what every CSV of CloudFront's begins with; more follows where a
// report has more.
func (o Options) preamble(title, scope string, more ...[2]string) [][2]string {
	from, to := o.rangeOf()
	if slices.ContainsFunc(more, func(p [2]string) bool { return p[0] == "Granularity" }) {
		more = append(more, o.measured()...)
	}
	return append([][2]string{
		{"Version", o.Version},
		{"Report", title},
		{"DistributionID", named(scope)},
		{"StartDateUTC", moment(from)},
		{"EndDateUTC", moment(to)},
		{"GeneratedTimeUTC", moment(o.Generated)},
	}, more...)
}

// moment is t in RFC 3339, as finely as it needs; "" when zero.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// tallies are the counters that CloudFront's cache statistics and popular
// objects share, by the rules of the developer guide. Hits, misses and errors
// go by the result type at the start of the response, so that refresh hits and
// redirects are in none of the three; what became of the response at its end
// decides over BytesFromMisses and incomplete downloads.
type tallies struct {
	requests, hits, misses, errors int64
	incomplete                     int64
	status                         [4]int64 // 2xx to 5xx; 000 and 1xx are in none
	bytes, missBytes               int64
}

func (t *tallies) add(c *results.Crowd) {
	t.requests += c.N
	switch c.ResultType() {
	case results.Hit:
		t.hits += c.N
	case results.Miss:
		t.misses += c.N
	case results.Error, results.LimitExceeded, results.CapacityExceeded:
		t.errors += c.N
	}
	if c.Status == 200 && c.Result == results.Error {
		t.incomplete += c.N
	}
	if class := int(c.Status) / 100; class >= 2 && class <= 5 {
		t.status[class-2] += c.N
	}
	t.bytes += c.BytesOut
	if c.Result == results.Miss {
		t.missBytes += c.BytesOut
	}
}

func (t *tallies) merge(o *tallies) {
	t.requests += o.requests
	t.hits += o.hits
	t.misses += o.misses
	t.errors += o.errors
	t.incomplete += o.incomplete
	for i := range t.status {
		t.status[i] += o.status[i]
	}
	t.bytes += o.bytes
	t.missBytes += o.missBytes
}

// statusColumns are the columns of tallies.status.
func statusColumns() []Column {
	return []Column{
		{Name: "HTTP2xx", Label: "2xx", Unit: Count, Wide: true},
		{Name: "HTTP3xx", Label: "3xx", Unit: Count, Wide: true},
		{Name: "HTTP4xx", Label: "4xx", Unit: Count, Wide: true},
		{Name: "HTTP5xx", Label: "5xx", Unit: Count, Wide: true},
	}
}

func (t *tallies) statusCells() []Cell {
	return []Cell{num(t.status[0]), num(t.status[1]), num(t.status[2]), num(t.status[3])}
}
