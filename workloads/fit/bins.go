package fit

import "math/bits"

// Distances and sizes are counted in bins: numbers up to 2^binBits have one each,
// larger ones share 2^binBits to a doubling.
const binBits = 5

// binOf is the bin of a number of at least 0.
func binOf(v int64) int {
	d := uint64(v)
	if d < 1<<binBits {
		return int(d)
	}
	shift := bits.Len64(d) - binBits - 1
	return shift<<binBits + int(d>>shift)
}

// lastOf is the largest number of a bin.
func lastOf(bin int) int64 {
	if bin < 1<<binBits {
		return int64(bin)
	}
	shift := bin>>binBits - 1
	return int64(uint64(bin-shift<<binBits+1)<<shift) - 1
}

// bins are weights by bin.
type bins []float64

func (b *bins) add(v int64, weight float64) {
	at := binOf(v)
	for at >= len(*b) {
		*b = append(*b, 0)
	}
	(*b)[at] += weight
}

// join adds another's weights.
func (b *bins) join(other bins) {
	for len(*b) < len(other) {
		*b = append(*b, 0)
	}
	for i, v := range other {
		(*b)[i] += v
	}
}

// stretched are the weights at so many times their numbers.
func (b bins) stretched(by float64) (made bins) {
	if by <= 1+1e-9 {
		return b
	}
	for i, v := range b {
		if v > 0 {
			made.add(int64(float64(lastOf(i))*by), v)
		}
	}
	return made
}
