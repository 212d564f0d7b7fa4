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
		New:     func(o Options) Drawing { return &latencySpectrum{opt: o} },
	})
}

// latencySpectrum is a percentile spectrum of the total time.
type latencySpectrum struct {
	opt   Options
	times spectra
}

func (d *latencySpectrum) Add(recs []results.Record) {
	for i := range recs {
		if r := &recs[i]; !r.Flags.Has(results.Aborted) {
			d.times.add(r.ResultType(), r.Total)
		}
	}
}

func (d *latencySpectrum) Draw() (*plot.Plot, error) {
	if d.times.all.Count() == 0 {
		return nil, lack("no requests with a last byte")
	}
	k, _ := Find("latency_spectrum")
	p, head := sheet(k, subtitle(d.opt.Title, things(d.times.all.Count(), "request"), "time to last byte"))
	nines(&p.X, float64(d.times.all.Count()))
	low, high := rangeMs(d.times.all)
	logAxis(&p.Y, low, high, "time to last byte (ms, log scale)", num)

	p.Add(grid{})
	draw := func(label string, h *results.Histogram, l line) {
		p.Add(l)
		head.add(label+", p99 "+millis(h.Quantile(0.99)), l.style)
	}
	draw("all", d.times.all, line{pts: spectrum(d.times.all), style: stroke(Ink, lineWidth-1)})
	d.times.each(func(r results.Result, h *results.Histogram) {
		draw(r.Label(), h, line{pts: spectrum(h), style: resultStroke(r)})
	})
	return p, nil
}

// nines makes a the axis of percentiles for n records: x = 1/(1−p), log scale.
func nines(a *plot.Axis, n float64) {
	most := math.Max(2*n, 10)
	a.Min, a.Max = 0, lg(most)*(1+edge)
	a.Label.Text = "percentile of requests (log scale of 1/(1 − p))"
	marks := ticks{{Value: 0, Label: "0 %"}, {Value: lg(2), Label: "50 %"}, {Value: lg(4), Label: "75 %"}}
	for i := 1; float64(i) <= a.Max; i++ {
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
