// Package sketch counts streams of 64-bit names in bounded memory and says how
// wrong it may be: the most frequent names (SpaceSaving), and whether a name
// was there before (Seen, Bloom). Everything is deterministic: the same names
// in the same order give the same answers. The package knows numbers only, and
// must never know what the names stand for.
//
// Names are to be well mixed hashes where it says so; Mix makes one of two.
package sketch

import "math/bits"

// Mix folds two 64-bit values into one whose every bit depends on all of
// theirs: the 128-bit product of the two, each first blinded with a constant
// (digits of π), folded and multiplied once more. It is not commutative, and
// not for keys that an adversary who knows the constants may choose.
func Mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^0x243F6A8885A308D3, b^0x13198A2E03707344)
	hi, lo = bits.Mul64(hi^lo^0xA4093822299F31D0, 0x9E3779B97F4A7C15^a)
	return hi ^ lo
}
