package fit

import "math"

// Every object's requests are counted in up to epochs stretches of the trace, all of
// one length, from which follows how fast it changes what is popular.
const epochs = 8

// byEpoch are an object's requests by epoch. Epochs become twice as long when a trace
// outgrows them; what an object has is put together when it is next looked at.
type byEpoch struct {
	n     [epochs]uint32
	level uint8 // the epochs are of 2^level milliseconds
}

// at brings the counts to a level.
func (b *byEpoch) at(level uint8) *[epochs]uint32 {
	for ; b.level < level; b.level++ {
		for i := range epochs / 2 {
			b.n[i] = b.n[2*i] + b.n[2*i+1]
		}
		clear(b.n[epochs/2:])
	}
	return &b.n
}

// epochOf is the epoch of a moment, in ns since the trace's first request.
func (m *Measured) epochOf(since int64) int {
	e := since / leastWidth >> m.level
	for ; e >= epochs; e /= 2 {
		m.level++
	}
	return int(e)
}

// epoch is how long one is, in seconds.
func (m *Measured) epoch() float64 { return float64(leastWidth) / 1e9 * float64(int64(1)<<m.level) }

// whole is how many epochs the trace has from their beginning to their end.
func (m *Measured) whole() int { return int(m.length() / m.epoch()) }

// Churn is how fast other objects become the popular ones: Part of the ranks go to
// other objects every Every seconds.
type Churn struct {
	Every float64  `json:"every"` // seconds
	Part  Estimate `json:"part"`
}

// churn fits a constant rate of change. Of requests in two epochs that lie k apart,
// one of each is for the same object with the probability
//
//	C(k) = Σ p_i(e)·p_i(e+k)
//
// of which Σ n_i·n'_i / (N·N') is an estimate without bias. Where a part c of the ranks
// go to other objects in every epoch, C(k) falls as (1−c)^k: c is the slope of ln C(k)
// over all pairs, by least squares, and its error by what these leave. Nil of fewer
// than four whole epochs, or where no object is asked for in two of them.
func (m *Measured) churn() *Churn {
	whole := m.whole()
	if whole < 4 {
		return nil
	}
	var sums [epochs][epochs]float64
	var all [epochs]float64
	for _, o := range m.objects.All() {
		n := o.epochs.at(m.level)
		for e := range whole {
			if n[e] == 0 {
				continue
			}
			all[e] += float64(n[e])
			for f := e + 1; f < whole; f++ {
				sums[e][f] += float64(n[e]) * float64(n[f])
			}
		}
	}
	var x, y []float64
	for e := range whole {
		for f := e + 1; f < whole && sums[e][f] > 0; f++ {
			x, y = append(x, float64(f-e)), append(y, math.Log(sums[e][f]/(all[e]*all[f])))
		}
	}
	slope, err, ok := regress(x, y)
	if !ok {
		return nil
	}
	part := Estimate{fading(slope), fading(slope + z95*err), fading(slope - z95*err)}
	return &Churn{Every: m.epoch(), Part: part}
}

// fading is the part that is gone where so much is left on a logarithmic scale.
func fading(slope float64) float64 { return -math.Expm1(min(slope, 0)) }

// regress is the slope of y over x by least squares, and its standard error.
func regress(x, y []float64) (slope, err float64, ok bool) {
	n := float64(len(x))
	mx, my := 0.0, 0.0
	for i := range x {
		mx, my = mx+x[i]/n, my+y[i]/n
	}
	xx, xy, rest := 0.0, 0.0, 0.0
	for i := range x {
		xx += (x[i] - mx) * (x[i] - mx)
		xy += (x[i] - mx) * (y[i] - my)
	}
	if n < 4 || xx == 0 {
		return 0, 0, false
	}
	slope = xy / xx
	for i := range x {
		r := y[i] - my - slope*(x[i]-mx)
		rest += r * r
	}
	return slope, math.Sqrt(rest / (n - 2) / xx), true
}

// Seen says of a part of ranks that it changes by more than chance.
func (c *Churn) Seen() bool { return c != nil && c.Part.Low > 0.01 }
