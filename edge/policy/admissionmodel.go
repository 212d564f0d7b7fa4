package policy

import "math"

// admissionModel predicts the hit ratio of an LRU cache that admits objects of s
// bytes with probability p = e^{−s/c}. An object asked for at rate λ is a Markov
// chain of its place in the LRU order; under independent requests, with T the time
// that an object stays without being asked for,
//
//	h = p(e^{λT}−1) / (1 + p(e^{λT}−1)),   Σ s·h = capacity   (the paper's section 4)
//
// T follows from the capacity, and the hit ratio is Σ λ·h / Σ λ.
//
// That is the chain's steady state. With a tiny c it would keep the most popular
// objects and nothing else, which is the best there is, and take longer than the
// world to find them. A period is what there is to be admitted in, so h is taken
// times the probability of it, 1−e^{−λp}, with λ in requests a period. The paper
// has no such factor; its authors' program stops its iterations early instead.
//
// The paper computes this for every object, with a Padé approximant of h. Here
// objects of like rate and size share a cell, two to an octave of each, and stand for
// their mean: a tuning costs some hundred cells whatever the catalog, and h is exact.
type admissionModel struct {
	capacity int64
	cells    []admissionCell // all, made when first needed
	used     []admissionCell // those that are not empty, while best looks
}

// An admissionCell is so many objects with their sums of rates and sizes; in used,
// with their means.
type admissionCell struct{ rate, size, count float64 }

const (
	cellsPerOctave = 2
	rateOctaves    = 36
	leastRateLog   = -4 // requests a period
	sizeOctaves    = 63
	longestStay    = 1e9 // periods, in which T is looked for
)

func (m *admissionModel) clear() {
	if m.cells == nil {
		m.cells = make([]admissionCell, cellsPerOctave*cellsPerOctave*rateOctaves*sizeOctaves)
	}
	clear(m.cells)
}

// add counts an object of a rate, in requests a period, and a size.
func (m *admissionModel) add(rate, size float64) {
	r := int(cellsPerOctave * (math.Log2(rate) - leastRateLog))
	s := int(cellsPerOctave * math.Log2(size))
	r = min(max(r, 0), cellsPerOctave*rateOctaves-1)
	s = min(max(s, 0), cellsPerOctave*sizeOctaves-1)
	c := &m.cells[r*cellsPerOctave*sizeOctaves+s]
	c.rate += rate
	c.size += size
	c.count++
}

// best is the c with the most hits, in bytes: the best power of two up to the
// capacity, then by golden section between its neighbours (Kiefer, Proc. AMS 4,
// 1953), to 2 %.
func (m *admissionModel) best() float64 {
	m.used = m.used[:0]
	for _, c := range m.cells {
		if c.count > 0 {
			m.used = append(m.used, admissionCell{c.rate / c.count, c.size / c.count, c.count})
		}
	}
	log, most := 0.0, -1.0
	for x := 0.0; x <= math.Log2(float64(m.capacity)); x++ {
		if h := m.hits(math.Exp2(x)); h > most {
			log, most = x, h
		}
	}
	return math.Exp2(m.golden(log-1, log+1))
}

// golden is where hits has its maximum from log2 c = a to b, if it has one there.
func (m *admissionModel) golden(a, b float64) float64 {
	const inner = 1 / math.Phi
	x, y := b-inner*(b-a), a+inner*(b-a)
	hx, hy := m.hits(math.Exp2(x)), m.hits(math.Exp2(y))
	for b-a > 0.03 {
		if hx >= hy {
			b, y, hy = y, x, hx
			x = b - inner*(b-a)
			hx = m.hits(math.Exp2(x))
		} else {
			a, x, hx = x, y, hy
			y = a + inner*(b-a)
			hy = m.hits(math.Exp2(y))
		}
	}
	return (a + b) / 2
}

// hits is the hits a period with this c.
func (m *admissionModel) hits(c float64) (sum float64) {
	t := m.stay(c)
	for _, o := range m.used {
		sum += o.count * o.rate * o.hit(t, c)
	}
	return sum
}

// stay is T: by regula falsi with Illinois' halving (Dowell, Jarratt, BIT 11, 1971)
// on logarithms, where the bytes taken are close to a line.
func (m *admissionModel) stay(c float64) float64 {
	low, high := math.Log(1e-12), math.Log(longestStay)
	atLow, atHigh := m.excess(low, c), m.excess(high, c)
	if atLow >= 0 {
		return math.Exp(low)
	}
	if atHigh <= 0 {
		return math.Exp(high) // all that is admitted fits
	}
	side := 0
	for range 60 {
		x := (low*atHigh - high*atLow) / (atHigh - atLow)
		at := m.excess(x, c)
		switch {
		case math.Abs(at) < 1e-6 || high-low < 1e-9:
			return math.Exp(x)
		case at > 0:
			high, atHigh = x, at
			if side > 0 {
				atLow /= 2
			}
			side = 1
		default:
			low, atLow = x, at
			if side < 0 {
				atHigh /= 2
			}
			side = -1
		}
	}
	return math.Exp((low + high) / 2)
}

// excess is the logarithm of the bytes taken, in capacities, if T is e^x.
func (m *admissionModel) excess(x, c float64) float64 {
	t, taken := math.Exp(x), 0.0
	for _, o := range m.used {
		taken += o.count * o.size * o.hit(t, c)
	}
	return math.Log(max(taken, math.SmallestNonzeroFloat64) / float64(m.capacity))
}

// hit is an object's hit probability, which is also that of being resident.
func (o admissionCell) hit(t, c float64) float64 {
	asked := math.Expm1(o.rate * t)
	if asked > math.MaxFloat64 {
		asked = math.MaxFloat64 / 4
	}
	p := math.Exp(-o.size / c)
	return p * asked / (1 + p*asked) * -math.Expm1(-o.rate*p)
}
