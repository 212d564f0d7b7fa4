package policy

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// plainLHD keeps whole objects in a slice, in the order that the sample is drawn
// from, and what it learned in maps by class and age.
type plainLHD struct {
	all              []plainLHDObject
	hits, evictions  map[[2]int]float32
	density          map[[2]int]float32
	ages, shift      int
	now, every, made int
	sample           int
	numbers, weight  float64
	suspects         [8]uint64 // a ring of keys plus 1; 0: nobody
	oldest           int       // of suspects
	usual            float32
	budget           int64
	rng              interface{ Uint64() uint64 }
}

type plainLHDObject struct {
	Item
	when, last, beforeLast int
	explorer               bool
}

func newPlainLHD(k Kind, c Config) plain {
	rng := c.chance("lhd")
	p := &plainLHD{
		hits: map[[2]int]float32{}, evictions: map[[2]int]float32{}, density: map[[2]int]float32{},
		ages: int(k.Get(c, "ages")), every: int(k.Get(c, "every")), sample: int(k.Get(c, "sample")),
		shift: 10, budget: int64(float64(c.Capacity) * 0.01), rng: &rng,
	}
	for class := range 16 {
		for age := range p.ages {
			p.density[[2]int{class, age}] = float32(17+class) / float32(age+1)
		}
	}
	return p
}

func (p *plainLHD) age(o plainLHDObject) int { return min((p.now-o.when)>>p.shift, p.ages-1) }

func (p *plainLHD) class(o plainLHDObject) int {
	sum, class := o.last+o.beforeLast, 0
	if sum == 0 {
		return 15
	}
	for sum < p.ages && class < 15 {
		sum *= 2
		class++
	}
	return class
}

func (p *plainLHD) worth(o plainLHDObject) float32 {
	if p.age(o) == p.ages-1 {
		return float32(math.Inf(-1))
	}
	d := p.density[[2]int{p.class(o), p.age(o)}] / float32(o.Size)
	if o.explorer {
		d++
	}
	return d
}

func (p *plainLHD) find(key uint64) int {
	for i, o := range p.all {
		if o.Key == key {
			return i
		}
	}
	return -1
}

func (p *plainLHD) admit(Item) bool { return true }

func (p *plainLHD) explore(o *plainLHDObject) (drawn bool) {
	o.explorer = false
	if p.made < 50 {
		drawn = p.rng.Uint64()%32 == 0
		if drawn && p.budget > 0 {
			o.explorer = true
			p.budget -= o.Size
		}
	}
	return drawn
}

func (p *plainLHD) hit(key uint64) {
	o := &p.all[p.find(key)]
	age := p.age(*o)
	p.hits[[2]int{p.class(*o), age}]++
	if o.explorer {
		p.budget += o.Size
	}
	o.beforeLast, o.last, o.when = o.last, age, p.now
	p.explore(o)
	p.tick()
}

func (p *plainLHD) add(it Item) {
	o := plainLHDObject{Item: it, when: p.now, beforeLast: p.ages}
	if drawn := p.explore(&o); !drawn && p.worth(o) < p.usual {
		p.suspects[p.oldest%8] = it.Key + 1
		p.oldest++
	}
	p.all = append(p.all, o)
	p.tick()
}

func (p *plainLHD) tick() {
	p.now++
	if p.now%p.every != 0 {
		return
	}
	for class := range 16 {
		for age := range p.ages {
			p.hits[[2]int{class, age}] *= 0.9
			p.evictions[[2]int{class, age}] *= 0.9
		}
	}
	p.numbers, p.weight = p.numbers*0.9+float64(len(p.all)), p.weight*0.9+1
	if p.made == 5 || p.made == 25 {
		p.rescale()
	}
	for class := range 16 {
		var all, events, lifetime float32
		for age := p.ages - 1; age >= 0; age-- {
			at := [2]int{class, age}
			all += p.hits[at]
			events += p.hits[at] + p.evictions[at]
			lifetime += events
			p.density[at] = 0
			if events > 1e-5 {
				p.density[at] = all / lifetime
			}
		}
	}
	p.made++
}

func (p *plainLHD) rescale() {
	shift := 1
	for math.Pow(2, float64(shift)) < p.numbers/p.weight/(0.01*float64(p.ages)) {
		shift++
	}
	p.numbers, p.weight = p.numbers*8, p.weight*8
	last := p.ages - 1
	for _, table := range []map[[2]int]float32{p.hits, p.evictions} {
		for class := range 16 {
			fresh := map[int]float32{last: table[[2]int{class, last}]}
			if shift < p.shift {
				wide := 1 << (p.shift - shift)
				for age := range last {
					fresh[age] = table[[2]int{class, age / wide}] / float32(wide)
					if age >= p.ages/wide {
						fresh[last] += table[[2]int{class, age}]
					}
				}
			} else {
				for age := range last {
					fresh[age>>(shift-p.shift)] += table[[2]int{class, age}]
				}
			}
			for age := range p.ages {
				table[[2]int{class, age}] = fresh[age]
			}
		}
	}
	p.shift = shift
}

func (p *plainLHD) victim(Item) uint64 {
	n := 8
	if p.made > 50 {
		n = (p.sample + 1) / 2 * 2
	}
	var looked []int
	for range n / 2 {
		r := p.rng.Uint64()
		looked = append(looked, int(r>>32*uint64(len(p.all))>>32), int(r<<32>>32*uint64(len(p.all))>>32))
	}
	at, least := looked[0], p.worth(p.all[looked[0]])
	for _, key := range p.suspects {
		if key > 0 {
			looked = append(looked, p.find(key-1))
		}
	}
	for _, i := range looked {
		if w := p.worth(p.all[i]); w < least {
			at, least = i, w
		}
	}
	p.usual = 0.9*p.usual + 0.1*max(least, 0)
	o := p.all[at]
	p.evictions[[2]int{p.class(o), p.age(o)}]++
	p.remove(o.Key)
	return o.Key
}

// remove takes the last object into the place of the one that leaves.
func (p *plainLHD) remove(key uint64) {
	at, last := p.find(key), len(p.all)-1
	if p.all[at].explorer {
		p.budget += p.all[at].Size
	}
	p.all[at] = p.all[last]
	p.all = p.all[:last]
	for i := range p.suspects {
		if p.suspects[i] == key+1 {
			p.suspects[i] = 0
		}
	}
}

func TestLHDAgreesWithItsTwin(t *testing.T) {
	for _, spec := range []string{"lhd", "lhd:every=100,ages=64", "lhd:every=37,ages=200,sample=3"} {
		duels(t, spec, newPlainLHD)
	}
}

// TestLHDModelIsItsFormula compares the sums that grow with the two of the paper.
func TestLHDModelIsItsFormula(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ages := rapid.IntRange(2, 60).Draw(t, "ages")
		draw := rapid.SliceOfN(rapid.Float32Range(0, 50), ages, ages)
		hits, evictions, got := draw.Draw(t, "hits"), draw.Draw(t, "evictions"), make([]float32, ages)
		solve(hits, evictions, got)
		for a := range ages - 1 {
			all, events, lifetime := 0.0, 0.0, 0.0
			for x := a; x < ages; x++ {
				all += float64(hits[x])
				events += float64(hits[x]) + float64(evictions[x])
				for y := x; y < ages; y++ {
					lifetime += float64(hits[y]) + float64(evictions[y])
				}
			}
			if events < 1e-4 {
				continue
			}
			if want := all / lifetime; math.Abs(float64(got[a])-want) > 1e-4*want {
				t.Fatalf("age %d: density %v, want %v", a, got[a], want)
			}
		}
	})
}

// TestLHDRescaleLosesNoEvent: what is stretched or compressed has as many events.
func TestLHDRescaleLosesNoEvent(t *testing.T) {
	total := func(counts []float32) (sum float64) {
		for _, n := range counts {
			sum += float64(n)
		}
		return sum
	}
	for _, by := range []uint{0, 1, 3} {
		counts := make([]float32, 50)
		for a := range counts {
			counts[a] = float32(a%7) + 1
		}
		before := total(counts)
		compress(counts, by)
		if after := total(counts); after != before {
			t.Errorf("compressed by %d: %v events of %v", by, after, before)
		}
		counts = make([]float32, 64)
		for a := range counts {
			counts[a] = float32(a%7) + 1
		}
		before = total(counts)
		stretch(counts, by)
		if after := total(counts); math.Abs(after-before) > float64(int(7)<<by) { // the oldest step may be cut
			t.Errorf("stretched by %d: %v events of %v", by, after, before)
		}
	}
}

// TestLHDAgesDoNotComeRound: an object that was not asked for in 2^32 requests is
// not young again.
func TestLHDAgesDoNotComeRound(t *testing.T) {
	p := mustMake(t, "lhd:every=65536,ages=64", Config{Capacity: 10}).(*lhd)
	p.Add(0, Item{0, 1})
	p.Add(1, Item{1, 1})
	for leap := range 1<<17 + 1<<15 { // of 2^16 requests each, in which 1 is asked for
		p.now += 1<<16 - 1
		p.until = 1
		p.Hit(1)
		if age := p.age(&p.tags[0]); leap > 0 && age != 63 {
			t.Fatalf("after %d requests the object is of age %d", (leap+1)<<16, age)
		}
	}
}
