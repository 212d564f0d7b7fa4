package plot

import (
	"edgesim/results"
)

func init() {
	register(Kind{
		Name:  "hit_ratio",
		Title: "Hit ratio over time",
		About: "How much of the traffic the cache answered by itself. The hit ratio counts requests " +
			"whose result type was Hit when the response began, as CloudFront's reports do; the byte hit " +
			"ratio counts body bytes of hits and refresh hits. Figures in the legend leave out the warm-up.",
		Subject: Traffic,
		Whole:   true,
		New:     func(o Options) Drawing { return newHitRatio(o) },
	})
}

// hitRatio is hit ratio and byte hit ratio per time bucket.
type hitRatio struct {
	opt   Options
	time  buckets[hitCounts]
	total hitCounts // without the warm-up
}

type hitCounts struct {
	requests, hits, refreshed int64
	bytes, hitBytes           int64 // of bodies
}

func newHitRatio(o Options) *hitRatio {
	return &hitRatio{opt: o, time: newBuckets[hitCounts](o)}
}

func (d *hitRatio) Add(recs []results.Record) { results.AddOneByOne(d, recs) }

// AddCrowd implements results.Crowded.
func (d *hitRatio) AddCrowd(c *results.Crowd) {
	d.time.at(c.LastAt).add(c)
	if !d.opt.warm(c.Record) {
		d.total.add(c)
	}
}

func (n *hitCounts) add(c *results.Crowd) {
	n.requests += c.N
	n.bytes += c.BodyBytes
	switch c.ResultType() {
	case results.Hit:
		n.hits += c.N
		n.hitBytes += c.BodyBytes
	case results.RefreshHit:
		n.refreshed += c.N
		n.hitBytes += c.BodyBytes
	}
}

// CutShort implements Cuttable.
func (d *hitRatio) CutShort() { d.time.CutShort() }

func (d *hitRatio) Figure() *Figure {
	if len(d.time.all) == 0 {
		return lack("no requests")
	}
	f := d.time.figure(d.opt)
	f.Subtitle = subtitle(d.opt.Title, things(d.total.requests, "request"), every(d.time.grain), d.opt.shaded(d.time.span()))
	f.Y = Axis{Label: "share of requests, of bytes", Scale: Linear, Unit: Percents, Max: 100}
	f.Series = d.series()
	return f
}

// series are the plot's lines; refresh hits only where there were any.
func (d *hitRatio) series() []Line {
	t := d.total
	over := func(l Line, part, whole int64, f func(int, *hitCounts) float64) Line {
		l.Note = percent(ratio(float64(part), float64(whole)))
		return d.time.series(l, f)
	}
	all := []Line{
		over(Line{Label: "hit ratio", Color: "blue"}, t.hits, t.requests,
			func(_ int, c *hitCounts) float64 { return share(c.hits, c.requests) }),
		over(Line{Label: "byte hit ratio", Color: "green", Dash: []float64{10, 4}}, t.hitBytes, t.bytes,
			func(_ int, c *hitCounts) float64 { return share(c.hitBytes, c.bytes) }),
	}
	if t.refreshed == 0 {
		return all
	}
	l := resultLine(results.RefreshHit, "")
	l.Label = "refresh hits"
	return append(all, over(l, t.refreshed, t.requests,
		func(_ int, c *hitCounts) float64 { return share(c.refreshed, c.requests) }))
}
