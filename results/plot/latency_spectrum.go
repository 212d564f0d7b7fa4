package plot

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"

	"edgesim/results"
)

func init() {
	register(Kind{
		Name:  "latency_spectrum",
		Title: "Latency percentile spectrum by result type",
		About: "The time from the intended start of a request to its last byte, as percentiles: read up from " +
			"99 % to a line and across to the time that 99 of 100 requests did not exceed. The axis stretches " +
			"towards the slowest requests, a nine at a time. Requests whose viewer hung up are left out.",
		Subject: Latency,
		New:     func(o Options) Drawing { return &latencySpectrum{o, newSpectra(o, results.Total)} },
	})
}

// latencySpectrum is a percentile spectrum of the total time.
type latencySpectrum struct {
	opt Options
	spectra
}

func (d *latencySpectrum) Figure() *Figure {
	all := d.all()
	if all.Count() == 0 {
		return lack("no requests with a last byte")
	}
	low, high := rangeMs(all)
	f := &Figure{
		Subtitle: subtitle(d.opt.Title, things(all.Count(), "request"), "time to last byte"),
		X: Axis{Label: "percentile of requests (log scale of 1/(1 − p))", Scale: Nines,
			Min: 1, Max: max(2*float64(all.Count()), 10)},
		Y: Axis{Label: "time to last byte (ms, log scale)", Scale: Log, Unit: Milliseconds, Min: low, Max: high},
	}
	add := func(l Line, h *results.Histogram) {
		l.Note = "p99 " + millis(h.Quantile(0.99))
		l.X, l.Y = spectrum(h)
		f.Series = append(f.Series, l)
	}
	add(Line{Label: "all", Color: "ink", Thin: true}, all)
	d.each(func(r results.Result, h *results.Histogram) { add(resultLine(r, ""), h) })
	return f
}

// nines makes a the axis of percentiles up to most: x = 1/(1−p), log scale.
func nines(a *plot.Axis, most float64, title string) {
	a.Min, a.Max = 0, lg(most)*(1+edge)
	a.Label.Text = title
	marks := ticks{{Value: 0, Label: "0 %"}, {Value: lg(2), Label: "50 %"}, {Value: lg(4), Label: "75 %"}}
	for i := 1; float64(i) <= min(a.Max, 12); i++ {
		marks = append(marks, plot.Tick{Value: float64(i), Label: ninesLabel(i)})
	}
	a.Tick.Marker = marks
}

// ninesLabel is the percentile with n nines: "90 %", "99 %", "99.9 %".
func ninesLabel(n int) string {
	if n == 1 {
		return "90 %"
	}
	return strconv.FormatFloat(100-math.Pow10(2-n), 'f', n-2, 64) + " %"
}
