package policy

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// plainCacheus has S and Q oldest first, and looks for CR-LFU's victim.
type plainCacheus struct {
	plainExperts
	s, q           []uint64
	of             map[uint64]*plainResident
	capacity, sCap int64
	rate           learningRate // TestLearningRateWorkedOutByHand has it
	now            int
	coming         *plainResident // asked for since room was first made for it
	evicted        bool
}

type plainResident struct {
	Item
	hits, last     int
	demoted, fresh bool
	known          bool // came back from a history
}

func (p *plainCacheus) sum(keys []uint64) (bytes int64) {
	for _, k := range keys {
		bytes += p.of[k].Size
	}
	return bytes
}

func (p *plainCacheus) tick() {
	p.now++
	p.rate.tick(len(p.of), p.rng)
}

func (p *plainCacheus) demotedOnes() (n int) {
	for _, r := range p.of {
		if r.demoted {
			n++
		}
	}
	return n
}

func (p *plainCacheus) freshOnes() (n int) {
	for _, o := range p.history[0] {
		if o.fresh {
			n++
		}
	}
	return n
}

func (p *plainCacheus) demote() {
	p.of[p.s[0]].demoted = true
	p.q = append(p.q, p.s[0])
	p.s = p.s[1:]
}

func drop(keys []uint64, key uint64) []uint64 {
	return slices.DeleteFunc(slices.Clone(keys), func(k uint64) bool { return k == key })
}

func (p *plainCacheus) hit(key uint64) {
	p.tick()
	p.rate.hits++
	r := p.of[key]
	r.hits++
	r.last = p.now
	if slices.Contains(p.s, key) {
		p.s = append(drop(p.s, key), key)
		return
	}
	if r.demoted {
		by := max(1, math.Floor(float64(p.freshOnes())/float64(p.demotedOnes())+0.5))
		p.sCap = min(p.capacity-1, p.sCap+int64(by)*r.Size)
		r.demoted = false
	}
	p.q = drop(p.q, key)
	for len(p.s) > 0 && p.sum(p.s)+r.Size > p.sCap {
		p.demote()
	}
	p.s = append(p.s, key)
}

func (p *plainCacheus) admit(Item) bool { return true }

func (p *plainCacheus) recall(it Item) {
	if p.coming != nil {
		return
	}
	p.tick()
	p.coming = &plainResident{Item: it, hits: 1}
	e, o := p.take(it.Key)
	if e < 0 {
		return
	}
	p.coming.known, p.coming.hits = true, o.hits
	if e == 0 && o.fresh {
		by := max(1, math.Floor(float64(p.demotedOnes())/math.Max(1, float64(p.freshOnes()))+0.5))
		p.sCap = p.capacity - min(p.capacity-1, p.capacity-p.sCap+int64(by)*it.Size)
	}
	p.blame(e, p.rate.now)
}

func (p *plainCacheus) add(it Item) {
	p.recall(it)
	r := p.coming
	r.last = p.now
	limit := r.known
	switch {
	case r.known, !p.evicted && len(p.q) == 0 && p.sum(p.s)+it.Size <= p.sCap:
		p.of[it.Key] = r
		p.s = append(p.s, it.Key)
	default:
		r.fresh = p.evicted || p.sum(p.q) >= p.capacity-p.sCap
		limit = r.fresh
		p.of[it.Key] = r
		p.q = append(p.q, it.Key)
	}
	for limit && len(p.s) > 0 && p.sum(p.s) >= p.sCap {
		p.demote()
	}
	p.coming, p.evicted = nil, false
}

func (p *plainCacheus) victim(in Item) uint64 {
	if p.rate.period == 0 {
		p.rate.begin(len(p.of))
	}
	p.recall(in)
	p.evicted = true
	both := [2]uint64{append(slices.Clone(p.q), p.s...)[0], p.rarest()}
	e := p.draw()
	r := p.of[both[e]]
	p.remove(r.Key)
	if both[0] != both[1] {
		p.remember(e, plainEvicted{r.Item, p.now, r.hits, r.fresh})
	}
	return r.Key
}

func (p *plainCacheus) rarest() (key uint64) {
	var least *plainResident
	for _, r := range p.of {
		if least == nil || r.hits < least.hits || r.hits == least.hits && r.last > least.last {
			least = r
		}
	}
	return least.Key
}

func (p *plainCacheus) remove(key uint64) {
	p.s, p.q = drop(p.s, key), drop(p.q, key)
	delete(p.of, key)
}

func TestCacheusAgreesWithItsTwin(t *testing.T) {
	duels(t, "cacheus", func(k Kind, c Config) plain {
		q := max(1, int64(float64(c.Capacity)*0.01))
		return &plainCacheus{
			plainExperts: newPlainExperts(c, "cacheus"), of: map[uint64]*plainResident{},
			capacity: c.Capacity, sCap: c.Capacity - q,
		}
	})
}

// TestCacheusWorkedOutByHand has room for 4, 1 of them in Q. The experts agree, so
// nothing is drawn but what makes no difference.
func TestCacheusWorkedOutByHand(t *testing.T) {
	for _, steps := range []string{
		"+a +b +c +d !d",       // d is alone in Q, and of the rarest the latest
		"+a +b +c +d a b c !d", // and the rarest
	} {
		script(t, mustMake(t, "cacheus", Config{Capacity: 4}), steps)
	}
}

// TestLearningRateWorkedOutByHand: periods of 10 requests with so many hits. It
// begins at √(2·ln 2/10) = 0.372, which counts as a rise from 0.
func TestLearningRateWorkedOutByHand(t *testing.T) {
	rng := rand.NewPCG(1, 1)
	l := learningRate{}
	l.begin(10)
	first := math.Sqrt(2 * math.Ln2 / 10)
	for i, step := range []struct {
		hits int
		want float64
	}{
		{5, first * 1.372},                             // rate and ratio rose: by itself times its rise
		{4, first * 1.372 * (1 - 0.139)},               // 0.511 is 0.139 more than 0.372, and the ratio fell
		{3, first * 1.372 * (1 - 0.139) * (1 + 0.071)}, // 0.440 is 0.071 less, and the ratio fell, too: on
		{3, first * 1.372 * (1 - 0.139) * (1 + 0.071)}, // the ratio stands
	} {
		l.hits = step.hits
		for range 10 {
			l.tick(10, rng)
		}
		if math.Abs(l.now-step.want) > 1e-3 {
			t.Errorf("period %d: rate %.4f, want %.4f", i+1, l.now, step.want)
		}
	}
}

// TestLearningRateBeginsAnew after ten periods without hits, the tenth of which
// counts.
func TestLearningRateBeginsAnew(t *testing.T) {
	l := learningRate{now: 0.7, current: 0.7, previous: 0.7, first: 0.2, period: 1}
	for i := range patience {
		if l.now != 0.7 {
			t.Fatalf("after %d periods without a hit: %v", i, l.now)
		}
		l.learn(rand.NewPCG(1, 1))
	}
	if l.now != 0.2 {
		t.Errorf("after ten: %v", l.now)
	}
}
