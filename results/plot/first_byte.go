package plot

import (
	"fmt"

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
		New:     func(o Options) Drawing { return &firstByte{o, newSpectra(o, results.TTFB)} },
	})
}

// firstByte is one cumulative distribution of the first byte per result type.
type firstByte struct {
	opt Options
	spectra
}

func (d *firstByte) Figure() *Figure {
	all := d.all()
	if all.Count() == 0 {
		return lack("no requests with a first byte")
	}
	low, high := rangeMs(all)
	f := &Figure{
		Subtitle: subtitle(d.opt.Title, things(all.Count(), "request")+" with a first byte"),
		X:        Axis{Label: "time to first byte (ms, log scale)", Scale: Log, Unit: Milliseconds, Min: low, Max: high},
		Y:        Axis{Label: "share of requests within that time", Unit: Percents, Scale: Linear, Max: 100},
	}
	d.each(func(r results.Result, h *results.Histogram) {
		l := resultLine(r, fmt.Sprintf("p50 %s, p99 %s", millis(h.Quantile(0.5)), millis(h.Quantile(0.99))))
		l.X, l.Y = distribution(h)
		f.Series = append(f.Series, l)
	})
	return f
}

// distribution is a histogram as the share of records, in percent, that took no
// longer than a time in ms.
func distribution(h *results.Histogram) (x, y Numbers) {
	x, y = Numbers{rounded(max(h.Min(), shortest))}, Numbers{0}
	cumulative(h, func(ms float64, upTo, all int64) {
		x, y = append(x, rounded(ms)), append(y, rounded(100*float64(upTo)/float64(all)))
	})
	return x, y
}
