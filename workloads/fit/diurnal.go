package fit

import "math"

// Diurnal is how the rate changes over a day, by the hour of the trace's clock:
// mean·(1 + A1·cos 2π(t−Peak)/24h + A2·cos 4π(t−Peak2)/24h).
type Diurnal struct {
	A1    Estimate `json:"a1"`
	A2    Estimate `json:"a2"`
	Peak  float64  `json:"peak"`  // hours since midnight on the trace's clock
	Peak2 float64  `json:"peak2"` // of the second wave, 0 to 12
	Days  float64  `json:"days"`  // the fit is of so many
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
	return d
}
