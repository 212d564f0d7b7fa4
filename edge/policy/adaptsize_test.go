package policy

import (
	"math"
	"math/rand/v2"
	"testing"
)

// plainAdaptSize keeps what was asked for in maps. The model is the same:
// TestAdmissionModelIsItsFormula has another.
type plainAdaptSize struct {
	plainLRU
	rng                   interface{ Uint64() uint64 }
	capacity              int64
	c                     float64
	size                  map[uint64]int64
	rate                  map[uint64]float32
	count                 map[uint64]int
	until, every, tunings int
}

func (p *plainAdaptSize) hit(key uint64) {
	p.note(p.all[where(p.all, key)])
	p.plainLRU.hit(key)
}

func (p *plainAdaptSize) admit(it Item) bool {
	p.note(it)
	return float64(p.rng.Uint64()>>11)/(1<<53) < math.Exp(-float64(it.Size)/p.c)
}

func (p *plainAdaptSize) note(it Item) {
	if p.every == 0 {
		return
	}
	if _, ok := p.size[it.Key]; !ok {
		p.size[it.Key] = it.Size
	}
	p.count[it.Key]++
	if p.until--; p.until > 0 {
		return
	}
	total := int64(0)
	for _, size := range p.size {
		total += size
	}
	if total < 3*p.capacity {
		p.until = 10_000
		return
	}
	p.until = p.every
	p.tune()
}

func (p *plainAdaptSize) tune() {
	p.tunings++
	m := admissionModel{capacity: p.capacity}
	m.clear()
	for key := uint64(0); key < 150; key++ {
		size, known := p.size[key]
		if !known {
			continue
		}
		if old, ok := p.rate[key]; ok {
			p.rate[key] = 0.3*old + 0.7*float32(p.count[key])
		} else {
			p.rate[key] = float32(p.count[key])
		}
		p.count[key] = 0
		if p.rate[key] < 0.1 {
			delete(p.size, key)
			delete(p.rate, key)
			continue
		}
		m.add(float64(p.rate[key]), float64(size))
	}
	p.c = m.best()
}

func TestAdaptSizeAgreesWithItsTwin(t *testing.T) {
	tuned := 0
	for _, spec := range []string{"adaptsize:c=30", "adaptsize:every=700,c=20", "adaptsize:every=0,c=60", "adaptsize:every=97,c=1e6"} {
		duels(t, spec, func(k Kind, c Config) plain {
			rng := c.chance("adaptsize")
			p := &plainAdaptSize{
				rng: &rng, capacity: c.Capacity, c: k.Get(c, "c"), every: int(k.Get(c, "every")),
				size: map[uint64]int64{}, rate: map[uint64]float32{}, count: map[uint64]int{},
			}
			p.until = p.every
			t.Cleanup(func() { tuned += p.tunings })
			return p
		})
	}
	t.Cleanup(func() {
		if tuned == 0 {
			t.Error("no twin was tuned")
		}
	})
}

// exactHits is the paper's model, object by object, T by bisection.
func exactHits(rates, sizes []float64, capacity, c float64) float64 {
	hit := func(i int, t float64) float64 {
		q := math.Exp(-sizes[i] / c)
		steady := 1 / (1 + math.Exp(-rates[i]*t)/q) // (e^λT−1 ≈ e^λT where it counts, else below)
		if rates[i]*t < 30 {
			steady = q * math.Expm1(rates[i]*t) / (1 + q*math.Expm1(rates[i]*t))
		}
		return steady * (1 - math.Exp(-rates[i]*q))
	}
	low, high := 0.0, 1e9
	for range 120 {
		t, taken := math.Sqrt(max(low, 1e-12)*high), 0.0
		for i := range rates {
			taken += sizes[i] * hit(i, t)
		}
		if taken > capacity {
			high = t
		} else {
			low = t
		}
	}
	sum := 0.0
	for i := range rates {
		sum += rates[i] * hit(i, low)
	}
	return sum
}

// TestAdmissionModelIsItsFormula: the cells' hit ratio is within 0.005 of that of
// the objects, and the c chosen has within 0.002 of the most hits of any.
func TestAdmissionModelIsItsFormula(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, sigma := range []float64{0.3, 1.4, 2.2} {
		var rates, sizes []float64
		m := admissionModel{capacity: 4_000_000}
		m.clear()
		total := 0.0
		for i := range 1500 {
			rates = append(rates, 20_000/float64(i+1)/8.6)
			sizes = append(sizes, math.Ceil(12e3*math.Exp(sigma*rng.NormFloat64())))
			m.add(rates[i], sizes[i])
			total += rates[i]
		}
		chosen := m.best()
		most := 0.0
		for log := 8.0; log < 22; log += 0.8 {
			c := math.Exp2(log)
			exact, cells := exactHits(rates, sizes, 4e6, c)/total, m.hits(c)/total
			if math.Abs(exact-cells) > 0.005 {
				t.Errorf("σ=%v, c=%.0f: hit ratio %.4f, of the objects %.4f", sigma, c, cells, exact)
			}
			most = max(most, exact)
		}
		if got := exactHits(rates, sizes, 4e6, chosen) / total; got < most-0.002 {
			t.Errorf("σ=%v: c=%.0f has a hit ratio of %.4f; the best has %.4f", sigma, chosen, got, most)
		}
	}
}

// TestAdmissionModelHoldsAtItsEnds: nothing known, one object, all of it fits.
func TestAdmissionModelHoldsAtItsEnds(t *testing.T) {
	for _, objects := range [][2]float64{{0, 0}, {1, 1}, {5, 1e18}, {1e12, 1}} {
		for _, capacity := range []int64{1, 1000, math.MaxInt64} {
			m := admissionModel{capacity: capacity}
			m.clear()
			if objects[0] > 0 {
				m.add(objects[0], objects[1])
			}
			if c := m.best(); !(c > 0) || math.IsInf(c, 0) {
				t.Errorf("%v in %d bytes: c = %v", objects, capacity, c)
			}
		}
	}
}

// TestAdaptSizeForgets what was not asked for in three periods, and knows no more
// bytes for it.
func TestAdaptSizeForgets(t *testing.T) {
	p := mustMake(t, "adaptsize:every=10", Config{Capacity: 2}).(*adaptsize)
	for key := range uint64(40) {
		p.Admit(Item{Key: key / 10 * 10, Size: 10}) // four objects, ten times each
	}
	for range 80 {
		p.Admit(Item{Key: 99, Size: 10})
	}
	if p.bytes != 10 || p.index.Len() != 1 {
		t.Errorf("%d objects with %d bytes are known; only one was asked for of late", p.index.Len(), p.bytes)
	}
	if wrong := brokenModern(p, 0, 0, 2); wrong != "" {
		t.Error(wrong)
	}
}
