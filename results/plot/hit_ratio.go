package plot

import (
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"

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

func (d *hitRatio) Add(recs []results.Record) {
	for i := range recs {
		r := &recs[i]
		d.time.at(r.At).add(r)
		if !d.opt.warm(r) {
			d.total.add(r)
		}
	}
}

func (c *hitCounts) add(r *results.Record) {
	c.requests++
	c.bytes += r.BodyBytes
	switch r.ResultType() {
	case results.Hit:
		c.hits++
		c.hitBytes += r.BodyBytes
	case results.RefreshHit:
		c.refreshed++
		c.hitBytes += r.BodyBytes
	}
}

func (d *hitRatio) Draw() (*plot.Plot, error) {
	if len(d.time.all) == 0 {
		return nil, lack("no requests")
	}
	k, _ := Find("hit_ratio")
	p, head := sheet(k, subtitle(d.opt.Title, things(d.total.requests, "request"),
		every(d.time.grain), d.opt.shaded(d.time.span())))
	unit := timeAxis(&p.X, d.time.span())
	percentAxis(&p.Y, "share of requests, of bytes")

	warm := shade{to: d.opt.Warmup.Seconds() / unit.Seconds()}
	p.Add(warm, grid{}, named(warm))
	series := d.series(unit)
	for i, s := range series {
		head.add(s.label, s.line.style)
		p.Add(series[len(series)-1-i].line) // the first in the legend lies on top
	}
	return p, nil
}

// labelled is a line with its words in the legend.
type labelled struct {
	label string
	line  line
}

// series are the plot's lines; refresh hits only where there were any.
func (d *hitRatio) series(unit time.Duration) []labelled {
	t := d.total
	over := func(name string, part, whole int64, f func(int, *hitCounts) float64, style draw.LineStyle) labelled {
		return labelled{name + " " + percent(ratio(float64(part), float64(whole))), line{pts: d.time.line(unit, f), style: style}}
	}
	all := []labelled{
		over("hit ratio", t.hits, t.requests,
			func(_ int, c *hitCounts) float64 { return share(c.hits, c.requests) }, stroke(Blue, d.time.pen()+0.6)),
		over("byte hit ratio", t.hitBytes, t.bytes,
			func(_ int, c *hitCounts) float64 { return share(c.hitBytes, c.bytes) }, stroke(Green, d.time.pen(), 10, 4)),
	}
	if t.refreshed == 0 {
		return all
	}
	return append(all, over("refresh hits", t.refreshed, t.requests,
		func(_ int, c *hitCounts) float64 { return share(c.refreshed, c.requests) }, resultStroke(results.RefreshHit)))
}
