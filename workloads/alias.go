package workloads

import "math/bits"

// alias is a table that draws index i with a probability in proportion to its
// weight, in constant time (Walker, "An efficient method for generating
// discrete random variables with general distributions", ACM TOMS 1977).
//
// The total probability is cut into n columns of equal area. Each column holds
// at most two indices: its own, up to a cut, and another one above it. A draw
// picks a column and a height in it, both from one 64-bit number x: n·x/2^64
// has the column as its whole part and the height as its fraction.
//
// An entry takes 8 bytes, because what a draw from a large table costs is its
// cache misses. A cut has 32 bits, so that the table is off from the weights by
// less than 2^-32 in total.
type alias []column

type column struct {
	cut   uint32 // heights below it belong to the column itself, in units of 2^-32
	other uint32 // whose the rest is
}

// newAlias makes the table by Vose's method ("A linear algorithm for generating
// random numbers with a given distribution", IEEE TSE 1991): an index with less
// than a column's area is topped up by one with more, until none is left.
// Weights are finite, not negative and not all 0; there are fewer than 2^32.
func newAlias(weights []float64) alias {
	area := scaled(weights)
	table := make(alias, len(area))
	for i := range table {
		table[i] = column{other: uint32(i)}
	}
	// The indices still to be settled: the small ones from the left, the large
	// ones from the right, of one slice.
	order := make([]uint32, len(area))
	small, large := 0, len(area)
	for i, a := range area {
		if a < 1 {
			order[small] = uint32(i)
			small++
		} else {
			large--
			order[large] = uint32(i)
		}
	}
	for small > 0 && large < len(area) {
		small--
		s, l := order[small], order[large]
		table[s] = column{cut: uint32(area[s] * (1 << 32)), other: l}
		area[l] -= 1 - area[s]
		if area[l] < 1 { // l has become a small one
			large++
			order[small] = l
			small++
		}
	}
	return table // what is left fills its own column, but for rounding
}

// scaled are weights scaled to an average of 1: areas, in columns.
func scaled(weights []float64) []float64 {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	area := make([]float64, len(weights))
	for i, w := range weights {
		area[i] = w / sum * float64(len(weights))
	}
	return area
}

// draw is the index that x, uniform over 64 bits, falls to.
func (a alias) draw(x uint64) uint32 {
	at, height := bits.Mul64(x, uint64(len(a)))
	c := a[at]
	i := uint32(at)
	if uint32(height>>32) >= c.cut {
		i = c.other
	}
	return i
}

// share is the probability of an index.
func (a alias) share(i int) float64 {
	sum := 0.0
	for at, c := range a {
		cut := float64(c.cut) / (1 << 32)
		if at == i {
			sum += cut
		}
		if int(c.other) == i {
			sum += 1 - cut
		}
	}
	return sum / float64(len(a))
}
