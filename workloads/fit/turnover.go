package fit

import "math"

// Turnover is how long objects are asked for: Life is the time constant of the
// exponential by which requests for an object become fewer, of those objects that came
// in the first half of the trace.
type Turnover struct {
	Life     Estimate `json:"life"`     // seconds
	Volume   float64  `json:"volume"`   // requests for an object on average
	Objects  int64    `json:"objects"`  // the fit is of so many, asked for at least twice
	Resident bool     `json:"resident"` // they are asked for until the trace ends: Life says nothing
}

// turnover fits the shot noise's life (Traverso and others, ACM CCR 43, 2013). With
// an exponential profile of time constant L the requests of an object lie L·Exp(1)
// after its birth, and what lies behind the first of n is, by the exponential's having
// no memory, n−1 times L on average, however late the first one was: the maximum
// likelihood of L is the sum of all that over the sum of n−1. Objects that came in the
// second half are left out, as their requests may be beyond the end.
func (m *Measured) turnover(list []*object) *Turnover {
	half := m.began + (m.last-m.began)/2
	age, again, n, asked := 0.0, 0.0, int64(0), int64(0)
	for _, o := range list {
		asked += o.requests
		if o.requests > 1 && o.first < half {
			age += o.age
			again += float64(o.requests - 1)
			n++
		}
	}
	if n < 30 || age <= 0 {
		return nil
	}
	life := age / again
	return &Turnover{Life: around(life, life/math.Sqrt(again)), Objects: n, Volume: float64(asked) / float64(len(list)),
		Resident: life > m.length()/8}
}
