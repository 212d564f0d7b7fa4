package workloads

import "math/bits"

// Chance comes in two forms. What belongs to an object or a viewer is a hash of
// a seed and its number, so that nothing need be stored and any one can be
// looked up alone. What belongs to the sequence of requests is drawn from one
// PCG per purpose.

// step is 2^64 divided by the golden ratio, made odd: the increment of
// SplitMix64.
const step = 0x9e3779b97f4a7c15

// mix is a bijection of the 64-bit numbers in which every bit of the result
// depends on every bit of x: the finalizer of SplitMix64 (Steele, Lea and Flood,
// "Fast splittable pseudorandom number generators", OOPSLA 2014), with the
// constants of Stafford's variant 13.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// hash is the n-th output of SplitMix64 begun at seed. For one seed, different
// n have different hashes.
func hash(seed, n uint64) uint64 { return mix(seed + (n+1)*step) }

// derive makes the seed of one purpose from a seed and the purpose's name.
func derive(seed uint64, name string) uint64 {
	for i := range len(name) {
		seed = hash(seed, uint64(name[i]))
	}
	return hash(seed, uint64(len(name)))
}

// unit64 is the number in [0, 1) whose 53 bits are the highest of x.
func unit64(x uint64) float64 { return float64(x>>11) * 0x1p-53 }

// open is like unit64, in (0, 1): the middle of the 2^-52 wide interval that x
// falls into.
func open(x uint64) float64 { return (float64(x>>12) + 0.5) * 0x1p-52 }

// below is the whole number in [0, n) that x, uniform over 64 bits, falls to
// when the interval is cut into n parts. Parts differ by 2^-64.
func below(x, n uint64) uint64 {
	hi, _ := bits.Mul64(x, n)
	return hi
}

// scramble is a bijection of [0, 2^width) that looks like chance, and its
// inverse: two rounds of multiplying by an odd number between three
// xor-shifts. Odd numbers have an inverse modulo 2^width; a xor-shift by at
// least half the width is its own.
type scramble struct {
	mask     uint64
	shift    uint
	add      uint64
	mul, inv [2]uint64
}

func newScramble(width uint, seed uint64) scramble {
	s := scramble{mask: 1<<width - 1, shift: (width + 1) / 2, add: hash(seed, 0)}
	for i := range s.mul {
		s.mul[i] = hash(seed, uint64(i)+1) | 1
		s.inv[i] = inverse(s.mul[i])
	}
	return s
}

// inverse is the inverse of odd m modulo 2^64. Newton's step doubles the number
// of low bits that are right, and m itself has three.
func inverse(m uint64) uint64 {
	inv := m
	for range 5 {
		inv *= 2 - m*inv
	}
	return inv
}

func (s *scramble) forward(x uint64) uint64 {
	x ^= x >> s.shift
	x = (x*s.mul[0] + s.add) & s.mask
	x ^= x >> s.shift
	x = (x * s.mul[1]) & s.mask
	return x ^ x>>s.shift
}

func (s *scramble) back(x uint64) uint64 {
	x ^= x >> s.shift
	x = (x * s.inv[1]) & s.mask
	x ^= x >> s.shift
	x = ((x - s.add) * s.inv[0]) & s.mask
	return x ^ x>>s.shift
}

// permutation is a bijection of [0, n) for any n: the scramble of the next power
// of two, applied again whenever it leads out (it must come back in, because
// it goes in circles). That takes fewer than two steps on average.
type permutation struct {
	n    uint64
	over scramble
}

func newPermutation(n, seed uint64) permutation {
	return permutation{n: n, over: newScramble(uint(bits.Len64(n-1)), seed)}
}

func (p *permutation) of(x uint64) uint64 {
	for {
		if x = p.over.forward(x); x < p.n {
			return x
		}
	}
}
