package workloads

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"time"
)

func init() {
	params := []Param{
		{Name: "requests", Usage: "for an object in all its life, on average", Default: 25, Low: 1e-3, High: 1e9},
		{Name: "beta", Usage: "of the Pareto distribution of that number", Default: 2, Low: 1.01, High: 100},
		{Name: "life", Usage: "of an object, on average", Unit: Seconds, Default: 3 * 86400, Low: 1e-3, High: 1e9},
	}
	popularities.register(PopularityKind{
		Name: "shot_noise", Usage: "objects are born, asked for ever less, and forgotten: shot noise, exponential",
		Params: params,
		New:    func(c PopularityConfig, p Params) (Popularity, error) { return newShotNoise(c, p, 8) },
	})
	popularities.register(PopularityKind{
		Name: "shot_box", Usage: "objects are born, asked for evenly, and forgotten at once: shot noise, a box",
		Params: params,
		New:    func(c PopularityConfig, p Params) (Popularity, error) { return newShotNoise(c, p, 0) },
	})
}

// shotNoise is the shot noise model (Traverso, Ahmed, Garetto, Giaccone, Leonardi and
// Niccolini, "Temporal locality in today's content caching", ACM CCR 2013). Objects
// are born as a Poisson process of rate γ. One born at τ is asked for V times on
// average, where V is Pareto distributed with index β, at times spread over its life
// L: at t with the intensity
//
//	V·h((t−τ)/L)/L        h(x) = e^−x, here up to 8 lives, or 1 for x < 1
//
// A request at t is for an object with a probability in proportion to its intensity
// then; γ = rate/E[V] makes the sum of all the section's rate. (The tail that is cut
// off at 8 lives is 0.03 % of the requests.) It begins as it goes on: with what was
// born before and still lives.
//
// Those living lie in a ring by birth, with sums of their weights in a Fenwick tree
// ("A new data structure for cumulative frequency tables", Software: Practice and
// Experience 1994), so that a draw takes the logarithm of their number, and 16 bytes
// for each: 8·γ·L of them, and γ·L of the box. As all fade alike, V·e^(τ/L) is a
// weight that need not be changed while they do.
//
// Objects' numbers are used in turn, and not again before they lie idle as long as
// they were alive at most.
type shotNoise struct {
	rng     *rand.PCG
	objects uint64
	least   float64 // of V
	root    float64 // −1/β
	life    float64 // ns
	gap     float64 // ns, mean from birth to birth
	span    float64 // ns, that an object is kept
	fades   bool

	tree   []float64 // Fenwick tree over the places of the ring, from 1
	born   []float64 // ns, by place
	weight []float64 // by place
	oldest uint64    // of the living, by number of births
	next   uint64    // birth
	due    float64   // ns, when it comes
	zero   float64   // ns, the τ that weights are relative to
	start  uint64    // number of the first object
}

// mostAlive keeps the ring and its sums below 2 GiB.
const mostAlive = 1 << 26

func newShotNoise(c PopularityConfig, p Params, lives float64) (Popularity, error) {
	if c.Rate == 0 {
		return nil, wrong("life", Seconds.Format(p["life"]), "a rate: in a closed loop no time passes")
	}
	s := &shotNoise{
		rng: c.RNG, objects: c.Objects, root: -1 / p["beta"], least: p["requests"] * (p["beta"] - 1) / p["beta"],
		life: p["life"] * 1e9, gap: p["requests"] / c.Rate * 1e9, fades: lives > 0,
	}
	s.span = s.life * max(lives, 1)
	alive := s.span / s.gap
	switch {
	case alive > mostAlive/2:
		return nil, fmt.Errorf("%.0f objects would be alive: want a shorter life or more requests for each, for %d at most", alive, mostAlive/2)
	case float64(c.Objects) < 2*alive+64:
		return nil, fmt.Errorf("objects %d: they are born at %.4g a second and kept for %s, so that numbers would come again too soon: want %.0f objects or more",
			c.Objects, 1e9/s.gap, Seconds.Format(s.span/1e9), math.Ceil(2*alive+64))
	}
	places := 1 << bits.Len(uint(alive+8*math.Sqrt(alive)+16))
	s.tree, s.born, s.weight = make([]float64, places+1), make([]float64, places), make([]float64, places)
	s.start = below(s.rng.Uint64(), c.Objects)
	s.zero = -s.span
	s.due = s.zero + s.wait()
	s.until(0)
	return s, nil
}

func (s *shotNoise) wait() float64 { return -s.gap * math.Log(open(s.rng.Uint64())) }

// until lets time pass: what is due is born, what is over forgotten. What was born
// in a long silence and is over by now is passed by.
func (s *shotNoise) until(at float64) {
	for s.due <= at {
		s.bear(s.due)
		s.due += s.wait()
	}
	for s.oldest < s.next && s.born[s.place(s.oldest)] < at-s.span {
		s.forget()
	}
	if s.oldest == s.next {
		s.bear(at) // somebody asks for something
	}
}

func (s *shotNoise) place(birth uint64) int { return int(birth & uint64(len(s.born)-1)) }

func (s *shotNoise) bear(at float64) {
	if s.next-s.oldest == uint64(len(s.born)) {
		s.forget()
	}
	i := s.place(s.next)
	if i == 0 || s.fades && (at-s.zero)/s.life > 300 {
		s.renew(at)
	}
	s.born[i], s.weight[i] = at, s.least*math.Pow(open(s.rng.Uint64()), s.root)
	if s.fades {
		s.weight[i] *= math.Exp((at - s.zero) / s.life)
	}
	s.next++
	s.add(i, s.weight[i])
}

func (s *shotNoise) forget() {
	i := s.place(s.oldest)
	s.oldest++
	s.add(i, -s.weight[i])
	s.weight[i] = 0
}

func (s *shotNoise) add(i int, w float64) {
	for i++; i < len(s.tree); i += i & -i {
		s.tree[i] += w
	}
}

// renew makes the sums anew, for weights relative to at: what rounding left in them
// is gone, and nothing outgrows a float64.
func (s *shotNoise) renew(at float64) {
	by := 1.0
	if s.fades {
		by = math.Exp((s.zero - at) / s.life)
		s.zero = at
	}
	clear(s.tree)
	for i := range s.weight {
		s.weight[i] *= by
		s.tree[i+1] += s.weight[i]
		if up := i + 1 + (i+1)&-(i+1); up < len(s.tree) {
			s.tree[up] += s.tree[i+1]
		}
	}
}

// Draw implements Popularity.
func (s *shotNoise) Draw(at time.Duration) uint64 {
	s.until(float64(at))
	i := s.find(unit64(s.rng.Uint64()) * s.tree[len(s.tree)-1])
	age := uint64(i-s.place(s.oldest)) & uint64(len(s.born)-1)
	birth := min(s.oldest+age, s.next-1) // rounding may lead to an empty place
	return (s.start + birth) % s.objects
}

// find is the place at which the sum of the weights passes w.
func (s *shotNoise) find(w float64) int {
	i := 0
	for half := len(s.born) / 2; half > 0; half /= 2 {
		if s.tree[i+half] <= w {
			i += half
			w -= s.tree[i]
		}
	}
	return i
}
