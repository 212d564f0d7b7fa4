package policy

import (
	"math"
	"math/bits"
)

func init() {
	a := Admission{Kind: Kind{
		Name:  "bloom",
		Title: "second hit",
		Paper: "B. M. Maggs, R. K. Sitaraman, Algorithmic nuggets in content delivery, SIGCOMM CCR 45(3), 2015",
		Params: []Param{
			{Name: "window", Usage: "bytes of objects noted until the filters rotate, in capacities", Default: 1, Lowest: 0.001, Most: 1000},
			{Name: "bits", Usage: "bits of a filter for each object noted", Default: 10, Lowest: 2, Most: 64},
		},
		SlotBytes: 4, // two filters of 10 bits, at three quarters of what they are made for
	}}
	a.Gate = func(c Config) Admitter { return newSecondHit(a.Get(c, "window"), a.Get(c, "bits"), c) }
	registerAdmission(a)
}

// secondHit admits an object that was asked for before, as far as it remembers:
// three quarters of the objects of a CDN's cluster are asked for once in two days,
// and need not be written and push nothing out (the paper's cache-on-second-hit).
//
// It remembers in two Bloom filters. What is asked for is noted in the young one;
// when that has noted objects of window·capacity bytes it becomes the old one and
// an empty one takes its place, so an object is remembered while between one and
// two windows of bytes are noted after it. One that only the old filter knows is
// noted anew: it was asked for again.
//
// With n objects noted in m bits by k positions each, an unknown one is taken for
// known by a filter with probability (1−e^{−kn/m})^k, at bits = 10 and k = 7 at
// most 0.008 (Bloom, CACM 13(7), 1970). As the number of objects that make a
// window is not known in advance, a filter that is full rotates early and the next
// is made for twice as many.
type secondHit struct {
	young, old filter
	noted      int64 // bytes of the objects in the young filter
	limit      int64 // for noted
	bits       float64
	seed       uint64
}

// leastNoted is what the first filter is made for, in objects.
const leastNoted = 1024

func newSecondHit(window, bits float64, c Config) *secondHit {
	return &secondHit{
		young: newFilter(leastNoted, bits),
		old:   newFilter(leastNoted, bits),
		limit: max(1, times(c.Capacity, window)),
		bits:  bits,
		seed:  mix(c.Seed ^ 0xb10f),
	}
}

func (a *secondHit) Admit(in Item) bool {
	h := mix(in.Key ^ a.seed)
	if a.young.has(h) {
		return true
	}
	known := a.old.has(h)
	if a.noted >= a.limit || a.young.used >= a.young.made {
		a.rotate()
	}
	a.young.add(h)
	a.noted += in.Size
	return known
}

// rotate makes the young filter the old one. Its successor is the old one,
// emptied, unless the window has turned out to hold more than that is made for.
func (a *secondHit) rotate() {
	made := a.young.made
	if a.noted < a.limit {
		made *= 2
	}
	a.young, a.old = a.old, a.young
	if a.young.made != made {
		a.young = newFilter(made, a.bits)
	}
	a.young.clear()
	a.noted = 0
}

// A filter is a Bloom filter made for so many objects. Its k positions are those
// of double hashing: h + i·g, each scaled to the number of bits (Kirsch,
// Mitzenmacher, Less hashing, same performance, ESA 2006).
type filter struct {
	words  []uint64
	hashes int
	made   int // for so many objects
	used   int // objects added
}

func newFilter(made int, bits float64) filter {
	words := (int(float64(made)*bits) + 63) / 64
	return filter{
		words:  make([]uint64, words),
		hashes: max(1, int(math.Round(bits*math.Ln2))), // the number with the fewest errors
		made:   made,
	}
}

func (f *filter) clear() {
	clear(f.words)
	f.used = 0
}

func (f *filter) has(h uint64) bool {
	g := mix(h) | 1
	for range f.hashes {
		at := f.position(h)
		if f.words[at>>6]&(1<<(at&63)) == 0 {
			return false
		}
		h += g
	}
	return true
}

func (f *filter) add(h uint64) {
	g := mix(h) | 1
	for range f.hashes {
		at := f.position(h)
		f.words[at>>6] |= 1 << (at & 63)
		h += g
	}
	f.used++
}

// position is h as a part of 2^64, of the filter's bits.
func (f *filter) position(h uint64) uint64 {
	hi, _ := bits.Mul64(h, uint64(len(f.words))*64)
	return hi
}
