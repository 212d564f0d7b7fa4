package fit

import (
	"fmt"
	"math"
)

// Diurnal is how the rate changes over a day, by the hour of the trace's clock:
// mean·(1 + A1·cos 2π(t−Peak)/24h + A2·cos 4π(t−Peak2)/24h).
type Diurnal struct {
	A1    Estimate `json:"a1"`
	A2    Estimate `json:"a2"`
	Peak  float64  `json:"peak"`  // hours since midnight on the trace's clock
	Peak2 float64  `json:"peak2"` // of the second wave, 0 to 12
	Days  float64  `json:"days"`  // the fit is of so many
	Day   Day      `json:"day"`   // as a scenario has it
}

// Day are the two waves that have their heights at the same time, as the shape diurnal
// has them, and are nearest to the day's.
type Day struct {
	A1    float64 `json:"a1"`
	A2    float64 `json:"a2"`
	Peak  float64 `json:"peak"`  // hours
	Start float64 `json:"start"` // hours, of the trace's first request
}

// together is the day with the waves in step: of all heights that with which they have
// the most of the two. A wave a·cos(t−p) has a·cos(p−φ) of it at a height φ, and what
// they would have below zero is none, nor may the rate ever be.
func (d *Diurnal) together() (best Day) {
	most := -1.0
	for i := range 24 * 60 {
		peak := float64(i) / 60
		a1 := max(0, d.A1.Value*math.Cos(2*math.Pi*(d.Peak-peak)/24))
		a2 := max(0, d.A2.Value*math.Cos(4*math.Pi*(d.Peak2-peak)/24))
		if has := a1*a1 + a2*a2; has > most {
			most, best = has, Day{A1: a1, A2: a2, Peak: peak}
		}
	}
	for least(best.A1, best.A2) < 0 {
		best.A1, best.A2 = 0.99*best.A1, 0.99*best.A2
	}
	return best
}

// least is the smallest value of 1 + a1·cos x + a2·cos 2x.
func least(a1, a2 float64) float64 {
	low := 1.0
	for i := range 360 {
		x := float64(i) * math.Pi / 180
		low = min(low, 1+a1*math.Cos(x)+a2*math.Cos(2*x))
	}
	return low - 1e-3
}

// Shape is the day as a workload's shape; empty where there is none, or none that is
// more than chance.
func (d *Diurnal) Shape() string {
	if d == nil || d.A1.Low <= 0 && d.A2.Low <= 0 {
		return ""
	}
	return fmt.Sprintf("diurnal:a1=%.4g,a2=%.4g,peak=%s,start=%s", d.Day.A1, d.Day.A2, clockTime(d.Day.Peak), clockTime(d.Day.Start))
}

// clockTime is hours since midnight as 20:30.
func clockTime(hours float64) string {
	minutes := int(math.Round(hours*60)) % (24 * 60)
	return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60)
}

// diurnal fits two waves to the whole hours by least squares; nil of less than a day.
// Over whole days the waves are orthogonal, and a wave's coefficients are twice the
// means of the hours times the wave. Its error is by what of the hours the waves leave.
func (c *clock) diurnal() *Diurnal {
	whole := (len(c.hours) - 1) / 24 * 24 // the last hour is not whole
	from := 0
	if whole >= 25 || len(c.hours) > 25 {
		from = 1 // nor is the first
		whole = (len(c.hours) - 2) / 24 * 24
	}
	if whole < 24 {
		return nil
	}
	hours := c.hours[from : from+whole]
	n, mean := float64(whole), 0.0
	for _, v := range hours {
		mean += v / n
	}
	begin := float64((c.hour+int64(from))%24) + 0.5
	wave := func(turns float64) (a, peak float64) {
		x, y := 0.0, 0.0
		for i, v := range hours {
			t := 2 * math.Pi * turns * (begin + float64(i)) / 24
			x += 2 / n * (v/mean - 1) * math.Cos(t)
			y += 2 / n * (v/mean - 1) * math.Sin(t)
		}
		return math.Hypot(x, y), math.Mod(math.Atan2(y, x)/(2*math.Pi)*24/turns+24/turns, 24/turns)
	}
	d := &Diurnal{Days: n / 24}
	a1, peak := wave(1)
	a2, peak2 := wave(2)
	rest := 0.0
	for i, v := range hours {
		t := begin + float64(i)
		r := v/mean - 1 - a1*math.Cos(2*math.Pi*(t-peak)/24) - a2*math.Cos(4*math.Pi*(t-peak2)/24)
		rest += r * r
	}
	err := math.Sqrt(rest / max(n-5, 1) * 2 / n)
	d.A1, d.A2, d.Peak, d.Peak2 = around(a1, err), around(a2, err), peak, peak2
	d.Day = d.together()
	d.Day.Start = float64(c.first%(24*hour)) / float64(hour)
	return d
}

// moves is by how much the day alone raises the local dispersion in windows of so many
// seconds: half the mean square of the change of the counts over their mean.
func (d *Diurnal) moves(rate, width float64) float64 {
	turn := 2 * math.Pi / (24 * 3600) * width
	return rate * width * (d.A1.Value*d.A1.Value + 4*d.A2.Value*d.A2.Value) * turn * turn / 4
}
