package policy

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// plainExperts is what the twins of LeCaR and Cacheus share: weights and two
// histories, oldest first.
type plainExperts struct {
	weight  [2]float64
	history [2][]plainEvicted
	half    int64
	rng     *rand.PCG
}

type plainEvicted struct {
	Item
	when, hits int
	fresh      bool
}

func newPlainExperts(c Config, purpose string) plainExperts {
	rng := c.chance(purpose)
	return plainExperts{weight: [2]float64{0.5, 0.5}, half: c.Capacity / 2, rng: &rng}
}

func (x *plainExperts) find(key uint64) (e, i int) {
	for e := range x.history {
		if i := slices.IndexFunc(x.history[e], func(o plainEvicted) bool { return o.Key == key }); i >= 0 {
			return e, i
		}
	}
	return -1, -1
}

func (x *plainExperts) take(key uint64) (e int, o plainEvicted) {
	e, i := x.find(key)
	if e >= 0 {
		o = x.history[e][i]
		x.history[e] = slices.Delete(slices.Clone(x.history[e]), i, i+1)
	}
	return e, o
}

// remember returns whom it displaces.
func (x *plainExperts) remember(e int, o plainEvicted) (out []plainEvicted) {
	bytes := o.Size
	for _, old := range x.history[e] {
		bytes += old.Size
	}
	for o.Size <= x.half && bytes > x.half {
		out = append(out, x.history[e][0])
		bytes -= x.history[e][0].Size
		x.history[e] = x.history[e][1:]
	}
	if o.Size <= x.half {
		x.history[e] = append(x.history[e], o)
	}
	return out
}

func (x *plainExperts) blame(e int, loss float64) {
	w := x.weight[e] * math.Exp(-loss)
	w = min(max(w/(w+x.weight[1-e]), 0.01), 0.99)
	x.weight[e], x.weight[1-e] = w, 1-w
}

func (x *plainExperts) draw() int {
	if float64(x.rng.Uint64()>>11)/(1<<53) < x.weight[0] {
		return 0
	}
	return 1
}

// plainLeCaR has its residents by recency, and looks for the rarest.
type plainLeCaR struct {
	plainExperts
	all            []Item
	hits, last     map[uint64]int
	now            int
	rate, discount float64
	back           map[uint64]int // frequency of who was remembered when room was first made for it
	asked          map[uint64]bool
}

func (p *plainLeCaR) hit(key uint64) {
	p.now++
	it := p.all[where(p.all, key)]
	p.all = append(without(p.all, key), it)
	p.hits[key]++
	p.last[key] = p.now
}

func (p *plainLeCaR) admit(Item) bool { return true }

func (p *plainLeCaR) recall(key uint64) {
	if p.asked[key] {
		return
	}
	p.asked[key] = true
	e, o := p.take(key)
	if e < 0 {
		return
	}
	p.back[key] = o.hits
	p.blame(e, p.rate*math.Exp(math.Log(p.discount)*float64(p.now+1-o.when)/float64(max(1, len(p.all)))))
}

func (p *plainLeCaR) add(it Item) {
	p.recall(it.Key)
	p.now++
	p.hits[it.Key] = p.back[it.Key] + 1
	p.last[it.Key] = p.now
	delete(p.back, it.Key)
	delete(p.asked, it.Key)
	p.all = append(p.all, it)
}

func (p *plainLeCaR) victim(in Item) uint64 {
	p.recall(in.Key)
	rarest := slices.MinFunc(p.all, func(a, b Item) int {
		if p.hits[a.Key] != p.hits[b.Key] {
			return p.hits[a.Key] - p.hits[b.Key]
		}
		return p.last[a.Key] - p.last[b.Key]
	})
	both := [2]Item{p.all[0], rarest}
	e := p.draw()
	p.remove(both[e].Key)
	if both[0] != both[1] {
		p.remember(e, plainEvicted{Item: both[e], when: p.now + 1, hits: p.hits[both[e].Key]})
	}
	return both[e].Key
}

func (p *plainLeCaR) remove(key uint64) { p.all = without(p.all, key) }

func TestLeCaRAgreesWithItsTwin(t *testing.T) {
	for _, spec := range []string{"lecar", "lecar:rate=0.1,discount=0.5"} {
		duels(t, spec, func(k Kind, c Config) plain {
			return &plainLeCaR{
				plainExperts: newPlainExperts(c, "lecar"),
				hits:         map[uint64]int{}, last: map[uint64]int{}, back: map[uint64]int{}, asked: map[uint64]bool{},
				rate: k.Get(c, "rate"), discount: k.Get(c, "discount"),
			}
		})
	}
}

// TestExpertsLoseWeightByRegret: e^−loss of it, never below a hundredth.
func TestExpertsLoseWeightByRegret(t *testing.T) {
	x := newExperts(Config{Capacity: 10})
	x.blame(recency, math.Log(3))
	if w := x.weight; math.Abs(w[recency]-0.25) > 1e-12 || math.Abs(w[frequency]-0.75) > 1e-12 {
		t.Errorf("weights %v; want 1/4 and 3/4", w)
	}
	for range 100 {
		x.blame(frequency, 1)
	}
	if w := x.weight; w != [2]float64{0.99, 1 - 0.99} {
		t.Errorf("weights %v; want 0.99 and 0.01", w)
	}
}
