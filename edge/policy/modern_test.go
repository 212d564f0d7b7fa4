package policy

import (
	"slices"
	"testing"
)

// plainLRU has its objects oldest first.
type plainLRU struct{ all []Item }

func (p *plainLRU) hit(key uint64) {
	it := p.all[where(p.all, key)]
	p.all = append(without(p.all, key), it)
}

func (p *plainLRU) admit(Item) bool   { return true }
func (p *plainLRU) add(it Item)       { p.all = append(p.all, it) }
func (p *plainLRU) remove(key uint64) { p.all = without(p.all, key) }

func (p *plainLRU) victim(Item) uint64 {
	key := p.all[0].Key
	p.remove(key)
	return key
}

// plainDice is LRU behind a number from 0 to 1.
type plainDice struct {
	plainLRU
	rng interface{ Uint64() uint64 }
	q   float64
}

func (p *plainDice) admit(Item) bool { return float64(p.rng.Uint64()>>11)/(1<<53) < p.q }

func TestQLRUAgreesWithItsTwin(t *testing.T) {
	for _, spec := range []string{"qlru", "qlru:q=0.5", "qlru:q=1"} {
		duels(t, spec, func(k Kind, c Config) plain {
			rng := c.chance("qlru")
			return &plainDice{rng: &rng, q: k.Get(c, "q")}
		})
	}
}

// plainKLRU looks into all its stages before it changes any.
type plainKLRU struct {
	plainLRU
	stages [][]Item // of names, each oldest first
	limit  int64
}

func (p *plainKLRU) hit(key uint64) {
	p.pass(p.all[where(p.all, key)])
	p.plainLRU.hit(key)
}

func (p *plainKLRU) admit(it Item) bool { return p.pass(it) }

func (p *plainKLRU) pass(it Item) bool {
	before := true
	for i, stage := range p.stages {
		known := where(stage, it.Key) >= 0
		switch {
		case known:
			old := stage[where(stage, it.Key)]
			p.stages[i] = append(without(stage, it.Key), old)
		case before && it.Size <= p.limit:
			for bytesOf(p.stages[i])+it.Size > p.limit {
				p.stages[i] = p.stages[i][1:]
			}
			p.stages[i] = append(p.stages[i], it)
		}
		before = known
	}
	return before
}

func TestKLRUAgreesWithItsTwin(t *testing.T) {
	for _, spec := range []string{"klru", "klru:k=3", "klru:k=4,ghost=2.5", "klru:ghost=0.3"} {
		duels(t, spec, func(k Kind, c Config) plain {
			return &plainKLRU{
				stages: make([][]Item, int(k.Get(c, "k"))-1),
				limit:  int64(float64(c.Capacity) * k.Get(c, "ghost")),
			}
		})
	}
}

func TestKLRUAdmitsWhatAllStagesKnow(t *testing.T) {
	for _, c := range []struct {
		spec string
		want []bool
	}{
		{"klru", []bool{false, true}},
		{"klru:k=3", []bool{false, false, true}},
		{"klru:k=4", []bool{false, false, false, true}},
	} {
		p := mustMake(t, c.spec, Config{Capacity: 10})
		if got := admits(p, 1, slices.Repeat([]uint64{7}, len(c.want))...); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", c.spec, got)
		}
	}
}

// plainHyperbolic keeps its residents in the order that the sample is drawn from.
type plainHyperbolic struct {
	all    []Item
	since  map[uint64]int
	count  map[uint64]int
	now    int
	sample int
	sized  bool
	rng    interface{ Uint64() uint64 }
}

func (p *plainHyperbolic) hit(key uint64) {
	p.now++
	p.count[key]++
}

func (p *plainHyperbolic) admit(Item) bool { return true }

func (p *plainHyperbolic) add(it Item) {
	p.now++
	p.since[it.Key], p.count[it.Key] = p.now, 1
	p.all = append(p.all, it)
}

func (p *plainHyperbolic) victim(Item) uint64 {
	var looked []int
	for range (p.sample + 1) / 2 {
		r := p.rng.Uint64()
		looked = append(looked, int(r>>32*uint64(len(p.all))>>32), int(r<<32>>32*uint64(len(p.all))>>32))
	}
	least, victim := 0.0, -1
	for _, i := range looked {
		it := p.all[i]
		denominator := float64(p.now + 1 - p.since[it.Key])
		if p.sized {
			denominator *= float64(it.Size)
		}
		if f := float64(p.count[it.Key]) / denominator; victim < 0 || f < least {
			least, victim = f, i
		}
	}
	key := p.all[victim].Key
	p.remove(key)
	return key
}

func (p *plainHyperbolic) remove(key uint64) {
	i, last := where(p.all, key), len(p.all)-1
	p.all[i] = p.all[last]
	p.all = p.all[:last]
}

func TestHyperbolicAgreesWithItsTwin(t *testing.T) {
	for _, spec := range []string{"hyperbolic", "hyperbolic:sample=3", "hyperbolic:size=1,sample=10"} {
		duels(t, spec, func(k Kind, c Config) plain {
			rng := c.chance("hyperbolic")
			return &plainHyperbolic{
				since: map[uint64]int{}, count: map[uint64]int{}, rng: &rng,
				sample: int(k.Get(c, "sample")), sized: k.Get(c, "size") == 1,
			}
		})
	}
}

// plainQDLP has its queues oldest first.
type plainQDLP struct {
	small, main, left []Item
	hits              map[uint64]int
	back              map[uint64]bool // was remembered when room was first made for it
	mainCap           int64
}

func (p *plainQDLP) hit(key uint64)  { p.hits[key] = min(3, p.hits[key]+1) }
func (p *plainQDLP) admit(Item) bool { return true }

func (p *plainQDLP) recall(key uint64) {
	if where(p.left, key) >= 0 {
		p.left = without(p.left, key)
		p.back[key] = true
	}
}

func (p *plainQDLP) add(it Item) {
	p.recall(it.Key)
	p.hits[it.Key] = 0
	if p.back[it.Key] {
		p.main = append(p.main, it)
	} else {
		p.small = append(p.small, it)
	}
	delete(p.back, it.Key)
}

func (p *plainQDLP) hand() uint64 {
	for {
		it := p.main[0]
		p.main = p.main[1:]
		if p.hits[it.Key] == 0 {
			return it.Key
		}
		p.hits[it.Key]--
		p.main = append(p.main, it)
	}
}

func (p *plainQDLP) goOver() {
	p.hits[p.small[0].Key] = 0
	p.main = append(p.main, p.small[0])
	p.small = p.small[1:]
}

func (p *plainQDLP) victim(in Item) uint64 {
	p.recall(in.Key)
	coming := int64(0)
	if p.back[in.Key] {
		coming = in.Size
	}
	if len(p.main) > 0 && bytesOf(p.main)+coming > p.mainCap || len(p.small) == 0 {
		return p.hand()
	}
	it := p.small[0]
	switch fits := bytesOf(p.main)+it.Size <= p.mainCap; {
	case p.hits[it.Key] == 0 || it.Size > p.mainCap:
		p.small = p.small[1:]
		if it.Size <= p.mainCap {
			for bytesOf(p.left)+it.Size > p.mainCap {
				p.left = p.left[1:]
			}
			p.left = append(p.left, it)
		}
		return it.Key
	case fits:
		p.goOver()
		return p.victim(in)
	}
	key := p.hand()
	if bytesOf(p.main)+it.Size <= p.mainCap {
		p.goOver()
	}
	return key
}

func (p *plainQDLP) remove(key uint64) { p.small, p.main = without(p.small, key), without(p.main, key) }

func TestQDLPFIFOAgreesWithItsTwin(t *testing.T) {
	for _, spec := range []string{"qdlpfifo", "qdlpfifo:small=0.5", "qdlpfifo:small=0.9"} {
		duels(t, spec, func(k Kind, c Config) plain {
			return &plainQDLP{
				hits: map[uint64]int{}, back: map[uint64]bool{},
				mainCap: c.Capacity - int64(float64(c.Capacity)*k.Get(c, "small")),
			}
		})
	}
}

// TestQDLPFIFOWorkedOutByHand has room for 10 objects, 7 of them in the main part.
func TestQDLPFIFOWorkedOutByHand(t *testing.T) {
	for _, steps := range []string{
		"+a +b +c b !a !c !b",                 // one hit is enough for b
		"+a !a +b +a !b !a",                   // a comes back into the main part and outlives b
		"+a +b -a +a !b !a",                   // removed, a was not remembered
		"+a +b +c a a a a !b b !c !a",         // a has gone over with no hits: at the hand's first pass it leaves
		"+a +b a !b +c a a a a +d b !c !d !a", // hits in the main part: the hand puts a back three times
	} {
		script(t, mustMake(t, "qdlpfifo:small=0.3", Config{Capacity: 10}), steps)
	}
}
