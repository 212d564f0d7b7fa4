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

// churn fits a constant rate of change. Of requests in two epochs that lie k apart, one
// of each is for the same object with the probability
//
//	C(k) = Σ p_i(e)·p_i(e+k)
//
// of which Σ n_i·n'_i / (N·N') is an estimate without bias. Where a part c of the ranks
// go to other objects in every epoch, each in its turn, as workloads' churn has it, C(k)
// is in proportion to 1 − c·k until all are gone, so that
//
//	c = (C(1) − C(2)) / (2·C(1) − C(2))
//
// Its error is by the scatter of C over the pairs of epochs. Nil of fewer than four
// whole epochs, or where no object is asked for in two of them.
func (m *Measured) churn() *Churn {
	whole := m.whole()
	if whole < 4 {
		return nil
	}
	var sums [epochs][3]float64 // by epoch, with the one k behind it
	var all [epochs]float64
	for _, o := range m.objects.All() {
		n := o.epochs.at(m.level)
		for e := range whole {
			all[e] += float64(n[e])
			for k := 1; k <= 2 && e+k < whole; k++ {
				sums[e][k] += float64(n[e]) * float64(n[e+k])
			}
		}
	}
	var c [3][]float64
	for e := range whole {
		for k := 1; k <= 2 && e+k < whole; k++ {
			c[k] = append(c[k], sums[e][k]/(all[e]*all[e+k]))
		}
	}
	one, oneErr := meanOf(c[1])
	two, twoErr := meanOf(c[2])
	if !(one > 0) {
		return nil
	}
	// ∂c/∂C(1) = C(2)/(2C(1)−C(2))², ∂c/∂C(2) = −C(1)/(2C(1)−C(2))²
	below := 2*one - two
	err := math.Hypot(two*oneErr, one*twoErr) / (below * below)
	part := around((one-two)/below, err)
	return &Churn{Every: m.epoch(), Part: Estimate{within01(part.Value), within01(part.Low), within01(part.High)}}
}

func within01(v float64) float64 { return min(max(v, 0), 1) }

// meanOf is the mean, and its standard error.
func meanOf(values []float64) (mean, err float64) {
	n := float64(len(values))
	for _, v := range values {
		mean += v / n
	}
	for _, v := range values {
		err += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(err / max(n-1, 1) / n)
}

// Seen says of a part of ranks that it changes by more than chance.
func (c *Churn) Seen() bool { return c != nil && c.Part.Low > 0.01 }
