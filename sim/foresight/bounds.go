package foresight

import (
	"cmp"
	"math"
	"slices"
)

// Bound is what a bound says of one capacity. Misses and MissBytes are bounds of
// their own: one schedule need not reach both.
type Bound struct {
	Capacity         int64 // bytes
	Requests, Misses int64
	Bytes, MissBytes int64 // asked for, and of misses
}

// BoundKind is a bound, as its file registers it.
type BoundKind struct {
	Name  string // lower case, as on the command line
	Title string // as in a plot's legend
	Paper string
	About string // what it bounds, in a sentence
	Lower bool   // on misses: no policy has fewer. Otherwise a schedule is known that has no more
	Of    func(v *Intervals, capacity int64) Bound
}

var bounds []BoundKind

// Bounds lists the bounds, by name.
func Bounds() []BoundKind {
	all := slices.Clone(bounds)
	slices.SortFunc(all, func(a, b BoundKind) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// measure is what a bound counts.
type measure int

const (
	hits measure = iota
	hitBytes
	measures
)

// gain is what interval i brings.
func (m measure) gain(i *interval) int64 {
	if m == hits {
		return 1
	}
	return i.bytes
}

// cost is size × length, in bytes × requests.
func (i *interval) cost() float64 { return float64(i.size) * float64(i.to-i.from) }

// order is the intervals by cost for what they gain, the cheapest first. In
// objects this is size × length; in bytes it is length alone where objects keep
// their sizes: by size × length it would be no bound on bytes. Prices are told
// apart to 2^-24 of their value.
func (v *Intervals) order(m measure) []uint32 {
	if v.orders[m] != nil {
		return v.orders[m]
	}
	v.orders[m] = v.sorted(func(i *interval) float64 { return i.cost() / float64(m.gain(i)) })
	return v.orders[m]
}

// sorted is the intervals by a number of each, from 0, the least first.
func (v *Intervals) sorted(by func(*interval) float64) []uint32 {
	all := make([]uint64, len(v.all))
	for at := range v.all {
		bits := math.Float32bits(float32(by(&v.all[at])))
		all[at] = uint64(bits)<<32 | uint64(at) // of numbers from 0 the bits have the numbers' order
	}
	sortByHigh(all)
	order := make([]uint32, len(all))
	for k, p := range all {
		order[k] = uint32(p)
	}
	return order
}

// sortByHigh sorts by the upper 32 bits, whose first is 0, and leaves equal ones
// in order: by counting, 11 bits at a time.
func sortByHigh(all []uint64) {
	const digit = 11
	other := make([]uint64, len(all))
	for shift := 32; shift < 64; shift += digit {
		var starts [1<<digit + 1]int
		for _, p := range all {
			starts[p>>shift&(1<<digit-1)+1]++
		}
		for d := 1; d < len(starts); d++ {
			starts[d] += starts[d-1]
		}
		for _, p := range all {
			d := p >> shift & (1<<digit - 1)
			other[starts[d]] = p
			starts[d]++
		}
		all, other = other, all
	}
	copy(other, all) // after three rounds the result is in the other one
}

// bound is the Bound of so many hits and bytes hit.
func (v *Intervals) bound(capacity, hits, hitBytes int64) Bound {
	return Bound{
		Capacity: capacity, Requests: v.requests, Misses: v.requests - hits,
		Bytes: v.bytes, MissBytes: v.bytes - hitBytes,
	}
}
