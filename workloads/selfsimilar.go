package workloads

import (
	"math"
	"math/rand/v2"
	"time"
)

func init() {
	arrivals.register(ArrivalKind{
		Name:  "selfsimilar",
		Usage: "in bursts at all time scales: many sources on and off for heavy-tailed times",
		Params: []Param{
			{Name: "sources", Usage: "how many there are; the fewer, the burstier", Unit: Whole, Default: 50, Low: 1, High: 100_000},
			{Name: "index", Usage: "Pareto index a of the times; the Hurst parameter is (3-a)/2", Default: 1.4, Low: 1.2, High: 1.9},
			{Name: "on", Usage: "how long a source sends, on average", Unit: Seconds, Default: 1, Low: 1e-6, High: 1e8},
			{Name: "off", Usage: "how long it is silent, on average", Unit: Seconds, Default: 1, Low: 1e-6, High: 1e8},
		},
		New: newSelfSimilar,
	})
}

// selfSimilar is the rate of many sources that send and are silent by turns, for
// times with P(T > x) = (k/x)^a, 1 < a < 2, whose mean is a·k/(a−1) and whose
// variance is infinite. Over times longer than theirs, their sum tends to
// fractional Gaussian noise of the Hurst parameter H = (3−a)/2: bursts of
// bursts, which no averaging smoothes as it does with Poisson (Willinger, Taqqu,
// Sherman and Wilson, "Self-similarity through high-variability", IEEE/ACM ToN
// 1997).
//
// While it sends, a source's requests are Poisson at the rate that makes all of
// them together have the mean rate; their sum is Poisson at the rate of those
// that are sending. The sources lie in a heap by when they turn next.
//
// The process is stationary from its beginning: a source sends with the share of
// time for which sources do, and what is left of its time then is drawn from
// what is left at a random moment. What comes in any finite time lies about the
// mean by much more than with Poisson; that is what long-range dependence is.
type selfSimilar struct {
	rng     *rand.PCG
	rate    float64 // of a sending source, per ns
	sending int
	now     time.Duration
	heap    []onOff
	means   [2]float64 // ns: silent, sending
	index   float64
}

// onOff is one source.
type onOff struct {
	turns time.Duration
	on    bool
}

func newSelfSimilar(c ArrivalConfig, p Params) (Arrivals, error) {
	on, off, n := p["on"], p["off"], int(p["sources"])
	if err := checkTurns(c.Rate, (on+off)/2/float64(n)); err != nil {
		return nil, err
	}
	s := &selfSimilar{
		rng: c.RNG, index: p["index"], means: [2]float64{off * 1e9, on * 1e9},
		rate: c.Rate / 1e9 / float64(n) * ((on + off) / on), heap: make([]onOff, n),
	}
	for i := range s.heap {
		sends := unit64(s.rng.Uint64()) < on/(on+off)
		s.heap[i] = onOff{nanoseconds(s.leftover(s.means[place(sends)])), sends}
		s.sending += place(sends)
	}
	for i := n/2 - 1; i >= 0; i-- {
		s.down(i)
	}
	return newModulated(c.RNG, s), nil
}

// place is 1 for a source that sends.
func place(sends bool) int {
	if sends {
		return 1
	}
	return 0
}

// turn implements levels: it lasts until the source that is due turns. It is
// asked when the time before is over, so that this source turns first, but at
// the very beginning.
func (s *selfSimilar) turn() (rate, left float64) {
	if first := &s.heap[0]; first.turns <= s.now && s.now > 0 {
		first.on = !first.on
		s.sending += 2*place(first.on) - 1
		gap := nanoseconds(s.pareto(s.means[place(first.on)]))
		first.turns += min(gap, forever-first.turns)
		s.down(0)
	}
	if s.now == forever { // the end of time, from which nothing turns any more
		return s.rate * float64(len(s.heap)), math.Inf(1)
	}
	before := s.now
	s.now = max(s.heap[0].turns, 1)
	return s.rate * float64(s.sending), float64(s.now - before)
}

// pareto is a time of that mean.
func (s *selfSimilar) pareto(mean float64) float64 {
	least := mean * (s.index - 1) / s.index
	return least * math.Pow(open(s.rng.Uint64()), -1/s.index)
}

// leftover is what is left, at a random moment, of such a time of that mean: its
// density is P(T > x)/mean, uniform up to the least time k = mean·(a−1)/a and
// Pareto of index a−1 beyond.
func (s *selfSimilar) leftover(mean float64) float64 {
	a := s.index
	least, u := mean*(a-1)/a, open(s.rng.Uint64())
	if u <= (a-1)/a {
		return u * mean
	}
	return least * math.Pow(a*(1-u), -1/(a-1))
}

// down lets a source sink to its place in the heap.
func (s *selfSimilar) down(i int) {
	h := s.heap
	for {
		child := 2*i + 1
		if child >= len(h) {
			return
		}
		if child+1 < len(h) && h[child+1].turns < h[child].turns {
			child++
		}
		if h[i].turns <= h[child].turns {
			return
		}
		h[i], h[child] = h[child], h[i]
		i = child
	}
}
