package origin

import (
	"encoding/binary"
	"math/bits"
)

// The bytes of an object are a stream of 64-bit words, little endian: word i
// of (key, version) is
//
//	s = a + i·weyl,   word = hi(s·(s⊕b)) ⊕ lo(s·(s⊕b))
//
// where hi·2^64 + lo is the full product, and a and b are two hashes of key
// and version. A counter run through one wide multiplication is the
// construction of Wang Yi's wyrand; it is quick enough to outrun a network
// card, has random access, and gives neighbouring words, keys and versions
// nothing in common.
const weyl = 0x9E3779B97F4A7C15 // 2^64 divided by the golden ratio, made odd

const wordLen = 8

type stream struct{ a, b uint64 }

func streamOf(key, version uint64) stream {
	h := mix(key ^ mix(version+weyl))
	return stream{a: h, b: mix(h + weyl)}
}

func (t stream) word(i uint64) uint64 { return fold(t.a+i*weyl, t.b) }

func fold(s, b uint64) uint64 {
	hi, lo := bits.Mul64(s, s^b)
	return hi ^ lo
}

// mix is the finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): a
// bijection of 64-bit numbers in which every input bit reaches every output bit.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// Fill writes the bytes of (key, version) from offset off on into dst; off is
// not negative.
func Fill(dst []byte, key, version uint64, off int64) {
	t := streamOf(key, version)
	i := uint64(off) / wordLen
	if in := uint64(off) % wordLen; in != 0 {
		var head [wordLen]byte
		binary.LittleEndian.PutUint64(head[:], t.word(i))
		dst = dst[copy(dst, head[in:]):]
		i++
	}
	s, b := t.a+i*weyl, t.b
	for ; len(dst) >= 4*wordLen; dst = dst[4*wordLen:] {
		four := dst[: 4*wordLen : 4*wordLen] // one bounds check, and four products in flight
		binary.LittleEndian.PutUint64(four[0:], fold(s, b))
		s += weyl
		binary.LittleEndian.PutUint64(four[8:], fold(s, b))
		s += weyl
		binary.LittleEndian.PutUint64(four[16:], fold(s, b))
		s += weyl
		binary.LittleEndian.PutUint64(four[24:], fold(s, b))
		s += weyl
	}
	for ; len(dst) > 0; s += weyl {
		var tail [wordLen]byte
		binary.LittleEndian.PutUint64(tail[:], fold(s, b))
		dst = dst[copy(dst, tail[:]):]
	}
}

// Check compares src with the bytes of (key, version) from offset off on and
// returns the index of the first wrong byte, or -1 when all are right.
func Check(src []byte, key, version uint64, off int64) (wrong int) {
	t := streamOf(key, version)
	i, at := uint64(off)/wordLen, 0
	if in := int(uint64(off) % wordLen); in != 0 {
		at = min(wordLen-in, len(src))
		if w := differ(src[:at], t.word(i)>>(8*in)); w >= 0 {
			return w
		}
		i++
	}
	s, b := t.a+i*weyl, t.b
	for ; len(src)-at >= wordLen; at += wordLen {
		if x := binary.LittleEndian.Uint64(src[at:]) ^ fold(s, b); x != 0 {
			return at + bits.TrailingZeros64(x)/8
		}
		s += weyl
	}
	if w := differ(src[at:], fold(s, b)); w >= 0 {
		return at + w
	}
	return -1
}

// differ is the index of the first byte of src, at most a word long, that is
// not the matching byte of w; -1 when none is.
func differ(src []byte, w uint64) int {
	for i, c := range src {
		if c != byte(w>>(8*i)) {
			return i
		}
	}
	return -1
}
