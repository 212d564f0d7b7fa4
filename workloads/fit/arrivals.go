package fit

import (
	"fmt"
	"math"
)

// Arrivals is how requests come.
type Arrivals struct {
	Rate        Estimate     `json:"rate"`      // requests per second
	Variation   float64      `json:"variation"` // standard deviation of the gaps over their mean: 1 of a Poisson process
	Step        float64      `json:"step"`      // seconds, how finely the trace tells times
	Dispersions []Dispersion `json:"dispersions"`
	Kind        string       `json:"kind"` // as a scenario names it
}

// Dispersion is the variance over the mean of the numbers of requests in windows: 1 of
// a Poisson process, whatever their width.
type Dispersion struct {
	Width float64 `json:"width"` // seconds
	Value float64 `json:"value"`
	Local float64 `json:"local"` // the same by the changes from window to window alone
}

// arrivals tells constant from Poisson from bursts, by the dispersion in windows of
// about ten requests, and by how it grows; nil of fewer than 100 requests.
//
// Of a Poisson process whose rate is modulated by two states the dispersion at wide
// windows is 1 + 2·m·v·τ, with m its rate, v the squared coefficient of variation of
// the rate, and τ = s₁s₂/(s₁+s₂) how long the states are remembered, and half of the
// rest is there at windows of about 2.15·τ (Fischer and Meier-Hellstern, Performance
// Evaluation 1993). The share of time in the high state is taken as a tenth, mmpp's
// default is an eleventh.
//
// Where the rate has its days, the local dispersion stands for it, which is 2D(w) −
// D(2w) of the dispersions D: it has the same end, and half of the rest at 2.75·τ; and
// only windows in which the day itself moves it by less than a half.
// Windows are four times as wide as times are told, at least.
func (c *clock) arrivals(step float64, days *Diurnal) *Arrivals {
	seconds := c.seconds()
	if c.n < 100 || seconds <= 0 {
		return nil
	}
	n, gaps := float64(c.n), float64(c.n-1)
	mean := c.sum / gaps
	a := &Arrivals{Step: step, Variation: math.Sqrt(max(0, c.square/gaps-mean*mean)) / mean}
	width := float64(leastWidth) / 1e9
	for i := range c.scales {
		if d := c.scales[i].dispersion(); !math.IsNaN(d) && (width >= 4*a.Step || a.Step <= 1e-3) {
			a.Dispersions = append(a.Dispersions, Dispersion{width, d, c.scales[i].local()})
		}
		width *= 2
	}
	rate := n / seconds
	a.Rate = around(rate, math.Sqrt(n*max(1, a.widest()))/seconds)
	a.Kind = a.kind(rate, days)
	return a
}

// widest is the dispersion in the widest windows.
func (a *Arrivals) widest() float64 {
	if n := len(a.Dispersions); n > 0 {
		return a.Dispersions[n-1].Value
	}
	return 1
}

func (a *Arrivals) kind(rate float64, days *Diurnal) string {
	value, half := func(d Dispersion) float64 { return d.Value }, 2.15
	d := a.Dispersions
	if days != nil {
		value, half = func(d Dispersion) float64 { return d.Local }, 2.75
		for len(d) > 0 && days.moves(rate, d[len(d)-1].Width) > 0.5 {
			d = d[:len(d)-1]
		}
	}
	for len(d) > 1 && d[0].Width*rate < 10 {
		d = d[1:]
	}
	switch {
	case len(d) == 0:
		return "poisson"
	case value(d[0]) < 0.3:
		return "constant"
	}
	top := 0.0
	for _, one := range d {
		top = max(top, value(one))
	}
	if top < 2 {
		return "poisson"
	}
	at := d[len(d)-1].Width
	for _, one := range d {
		if value(one)-1 >= (top-1)/2 {
			at = one.Width
			break
		}
	}
	tau := at / half
	const share = 0.1 // of the time, at the high rate
	v := min((top-1)/(2*rate*tau), 0.9*(1-share)/share)
	// v = share(1−share)(r−1)²/(1+share(r−1))²
	root := math.Sqrt(v / (share * (1 - share)))
	ratio := 1 + root/(1-share*root)
	return fmt.Sprintf("mmpp:high=%.3g,low_for=%s,high_for=%s", ratio, span(tau/share), span(tau/(1-share)))
}
