package policy

import (
	"math"
	"math/bits"
)

// lhdModel knows how objects fared by their age, in classes of objects that were
// alike. With hits H(a) and evictions E(a) of a class at age a, an object of age a
// has the hit density
//
//	      Σ_{x≥a} H(x)
//	───────────────────────────    hits for each request of its time to come
//	Σ_{x≥a} Σ_{y≥x} (H(y)+E(y))
//
// which is its probability of a hit over its expected lifetime, in steps of age;
// divided by its bytes it is what lhd compares. An object's class is the logarithm
// of the sum of its last two ages when hit.
//
// Ages are requests in steps of 2^shift. The steps are chosen twice, early, so that
// the residents' number is a hundredth of the oldest age. Every age and class is 12
// bytes: H, E and the density, in float32. What was seen decays by a tenth with
// every model.
type lhdModel struct {
	hits      []float32 // by class and age
	evictions []float32
	densities []float32
	ages      int
	shift     uint
	made      int // models so far

	objects, weight float64 // moving sum of the residents' number, and of ones
}

const (
	lhdClasses   = 16
	lhdDecay     = 0.9
	lhdTolerance = 0.01 // of the oldest age: a step beside the residents' number
	lhdShift     = 10   // to begin with
)

// newLHDModel has made-up densities until it has learned: the younger and the more
// often hit, the denser, which makes it close to GDSF. The numbers of the classes
// are those that the authors' simulator gives to its only application, from 17.
func newLHDModel(ages int) lhdModel {
	m := lhdModel{
		hits:      make([]float32, lhdClasses*ages),
		evictions: make([]float32, lhdClasses*ages),
		densities: make([]float32, lhdClasses*ages),
		ages:      ages,
		shift:     lhdShift,
	}
	for c := range lhdClasses {
		of := m.class(m.densities, c)
		for a := range of {
			of[a] = float32(lhdClasses+c+1) / float32(a+1)
		}
		of[ages-1] = float32(math.Inf(-1)) // older than can be told
	}
	return m
}

// class is the part of a table that one class has.
func (m *lhdModel) class(table []float32, c int) []float32 { return table[c*m.ages : (c+1)*m.ages] }

// age is so many requests in steps, up to the oldest.
func (m *lhdModel) age(requests uint32) int { return min(int(requests>>m.shift), m.ages-1) }

// classOf is the class of an object whose last two ages when hit had that sum: 0
// for the oldest, one more for every half, 15 for the youngest.
func (m *lhdModel) classOf(sum int) uint8 {
	if sum == 0 {
		return lhdClasses - 1
	}
	halvings := bits.Len(uint((m.ages - 1) / sum)) // the least with sum·2^halvings ≥ ages
	return uint8(min(halvings, lhdClasses-1))
}

func (m *lhdModel) hit(class uint8, age int)     { m.hits[int(class)*m.ages+age]++ }
func (m *lhdModel) evicted(class uint8, age int) { m.evictions[int(class)*m.ages+age]++ }

// density is in hits for each step of age.
func (m *lhdModel) density(class uint8, age int) float32 {
	return m.densities[int(class)*m.ages+age]
}

// learn makes the next model, with so many residents.
func (m *lhdModel) learn(residents int) {
	for i := range m.hits {
		m.hits[i] *= lhdDecay
		m.evictions[i] *= lhdDecay
	}
	m.objects = m.objects*lhdDecay + float64(residents)
	m.weight = m.weight*lhdDecay + 1
	if m.made == 5 || m.made == 25 {
		m.rescale()
	}
	for c := range lhdClasses {
		solve(m.class(m.hits, c), m.class(m.evictions, c), m.class(m.densities, c))
	}
	m.made++
}

// solve computes densities from the oldest age down, both sums as they grow.
func solve(hits, evictions, densities []float32) {
	last := len(hits) - 1
	events, all := hits[last]+evictions[last], hits[last]
	lifetime := events
	for a := last - 1; a >= 0; a-- {
		all += hits[a]
		events += hits[a] + evictions[a]
		lifetime += events
		densities[a] = 0
		if events > 1e-5 {
			densities[a] = all / lifetime
		}
	}
}

// rescale chooses the steps of age, and brings what was learned to them.
func (m *lhdModel) rescale() {
	best := m.objects / m.weight / (lhdTolerance * float64(m.ages))
	shift := uint(1)
	for float64(int(1)<<shift) < best {
		shift++
	}
	for c := range lhdClasses {
		for _, table := range [][]float32{m.class(m.hits, c), m.class(m.evictions, c)} {
			if shift < m.shift {
				stretch(table, m.shift-shift)
			} else {
				compress(table, shift-m.shift)
			}
		}
	}
	m.shift = shift
	m.objects *= 8 // a weight that delays the next change
	m.weight *= 8
}

// stretch spreads every step over 2^by; those that become too old are the oldest.
func stretch(counts []float32, by uint) {
	last := len(counts) - 1
	for a := len(counts) >> by; a < last; a++ {
		counts[last] += counts[a]
	}
	for a := last - 1; a >= 0; a-- {
		counts[a] = counts[a>>by] / float32(int(1)<<by)
	}
}

// compress adds 2^by steps up to one; the oldest stays what it is.
func compress(counts []float32, by uint) {
	if by == 0 {
		return
	}
	last := len(counts) - 1
	for a := range last {
		sum := float32(0)
		for x := a << by; x < min((a+1)<<by, last); x++ {
			sum += counts[x]
		}
		counts[a] = sum
	}
}
