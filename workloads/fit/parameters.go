package fit

import "math"

// Parameters are what was fitted to a trace. Intervals have the true value in 95 of
// 100 traces, if the model is right.
type Parameters struct {
	Requests   int64   `json:"requests"`
	Objects    int64   `json:"objects"`           // distinct
	Bytes      int64   `json:"bytes,omitempty"`   // asked for
	WorkingSet int64   `json:"working_set"`       // bytes of distinct objects; their number where the trace tells no sizes
	Followed   float64 `json:"followed"`          // share of the objects that all else rests on
	Seconds    float64 `json:"seconds,omitempty"` // how long the trace is

	Popularity Popularity `json:"popularity"`
	Sizes      *Sizes     `json:"sizes,omitempty"`
	Arrivals   *Arrivals  `json:"arrivals,omitempty"`
	Diurnal    *Diurnal   `json:"diurnal,omitempty"` // of traces of a day at least
	Turnover   *Turnover  `json:"turnover,omitempty"`
	Churn      *Churn     `json:"churn,omitempty"` // of traces that have some
	Mixes      *Mixes     `json:"mixes,omitempty"` // of access logs
	Parts      []Part     `json:"parts,omitempty"` // what a scenario has sections for
}

// Estimate is a value with its interval.
type Estimate struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

const z95 = 1.959963984540054 // Φ⁻¹(0.975)

// around is an estimate of that standard error.
func around(value, err float64) Estimate {
	return Estimate{value, value - z95*err, value + z95*err}
}

// proportion is that of k in n, with Wilson's interval (Journal of the American
// Statistical Association 22, 1927), which keeps within 0 and 1.
func proportion(k, n int64) Estimate {
	if n == 0 {
		return Estimate{}
	}
	p, all := float64(k)/float64(n), float64(n)
	scale := 1 / (1 + z95*z95/all)
	mid, off := (p+z95*z95/(2*all))*scale, z95*scale*math.Sqrt(p*(1-p)/all+z95*z95/(4*all*all))
	return Estimate{p, max(0, mid-off), min(1, mid+off)}
}

// Has reports whether the interval has the value.
func (e Estimate) Has(v float64) bool { return v >= e.Low && v <= e.High }

// Parameters are fitted to what was measured.
func (m *Measured) Parameters() *Parameters {
	p := &Parameters{Requests: m.Requests, Objects: m.Objects, WorkingSet: m.WorkingSet, Followed: m.Rate()}
	if m.Log != nil {
		p.Mixes = m.Log.Mixes()
	}
	var all []*object
	for _, o := range m.objects.All() {
		all = append(all, o)
	}
	if m.Tells.Sizes {
		p.Bytes = m.Bytes
		p.Sizes = fitSizes(all)
	}
	if !m.described {
		g := groupOf(all, 1/m.Rate())
		p.Popularity, _ = g.popularity()
		p.Parts = m.parts()
		p.Churn = m.churn()
	}
	if m.Tells.Times {
		p.Seconds = m.clock.seconds()
		p.Diurnal = m.clock.diurnal()
		p.Arrivals = m.clock.arrivals(m.resolution(), p.Diurnal)
		p.Turnover = m.turnover(all)
	}
	return p
}

// resolution is how finely times are told, in seconds: logs note when requests ended,
// and those that note whole seconds tell beginnings no better, whatever was taken off.
func (m *Measured) resolution() float64 {
	step := m.clock.step
	if m.Log != nil {
		step = max(step, m.Log.ends.of)
	}
	return float64(step) / 1e9
}
