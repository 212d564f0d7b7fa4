package plot

import (
	"fmt"

	"gonum.org/v1/plot"

	"edgesim/results"
)

func init() {
	register(Kind{
		Name:  "first_byte",
		Title: "Time to first byte by result type",
		About: "The share of requests whose first byte came within a time, counted from their intended start. " +
			"A steep line far to the left is good; the distance between Hit and Miss is what a hit saves. " +
			"Requests that got no byte are left out.",
		Subject: Latency,
		New:     func(o Options) Drawing { return &firstByte{opt: o} },
	})
}

// firstByte is one cumulative distribution of the first byte per result type.
type firstByte struct {
	opt   Options
	times spectra
}

func (d *firstByte) Add(recs []results.Record) {
	for i := range recs {
		if r := &recs[i]; r.TTFB > 0 && !r.Flags.Has(results.NoResponse) {
			d.times.add(r.ResultType(), r.TTFB)
		}
	}
}

func (d *firstByte) Draw() (*plot.Plot, error) {
	if d.times.all.Count() == 0 {
		return nil, lack("no requests with a first byte")
	}
	k, _ := Find("first_byte")
	p, head := sheet(k, subtitle(d.opt.Title, things(d.times.all.Count(), "request")+" with a first byte"))
	low, high := rangeMs(d.times.all)
	logAxis(&p.X, low, high, "time to first byte (ms, log scale)", num)
	percentAxis(&p.Y, "share of requests within that time")

	p.Add(grid{})
	d.times.each(func(r results.Result, h *results.Histogram) {
		l := line{pts: distribution(h), style: resultStroke(r)}
		p.Add(l)
		head.add(fmt.Sprintf("%s, p50 %s, p99 %s", r.Label(), millis(h.Quantile(0.5)), millis(h.Quantile(0.99))), l.style)
	})
	return p, nil
}

// distribution is a histogram as a line of the share of records, in percent,
// that took no longer than a time.
func distribution(h *results.Histogram) []point {
	pts := []point{{X: lg(max(h.Min(), shortest)), Y: 0}}
	cumulative(h, func(ms float64, upTo, all int64) {
		pts = append(pts, point{X: lg(ms), Y: 100 * float64(upTo) / float64(all)})
	})
	return pts
}
