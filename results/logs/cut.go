package logs

import (
	"encoding/binary"
	"math/bits"
)

// cutSlack is how many more places cut wants than it is to fill.
const cutSlack = 64

// cut writes where the separators of a line are to ends, and returns how many it
// wrote. It ends early when that is more than most; ends has room for most and
// cutSlack.
//
// Fields of a log are too short for a search of each to pay. So 64 bytes at a
// time become as many bits, one for each separator, and places are written four
// at a time: where there are fewer, what comes next is written over the rest.
func cut(line []byte, sep byte, ends []int32, most int) (n int) {
	want := sep8 * uint64(sep)
	for i := 0; i < len(line) && n <= most; i += 64 {
		rest := line[i:]
		var hits uint64
		if len(rest) >= 64 {
			hits = hits64(rest, want)
		} else {
			hits = hitsOf(rest, want)
		}
		count := bits.OnesCount64(hits)
		for k := n; hits != 0; k += 4 {
			four := ends[k : k+4 : k+4]
			four[0] = int32(i + bits.TrailingZeros64(hits))
			hits &= hits - 1
			four[1] = int32(i + bits.TrailingZeros64(hits))
			hits &= hits - 1
			four[2] = int32(i + bits.TrailingZeros64(hits))
			hits &= hits - 1
			four[3] = int32(i + bits.TrailingZeros64(hits))
			hits &= hits - 1
		}
		n += count
	}
	return n
}

const sep8 = 0x0101010101010101

// hits8 has a bit for each of the eight bytes of x that is zero.
func hits8(x uint64) uint64 {
	const low = 0x7F7F7F7F7F7F7F7F
	x = ^((x&low + low) | x | low)           // the high bit of every zero byte
	return x >> 7 * 0x0102040810204080 >> 56 // gathered in one byte
}

// hits64 has a bit for each of the first 64 bytes that is the one in want.
func hits64(b []byte, want uint64) uint64 {
	b = b[:64:64]
	le := binary.LittleEndian
	return hits8(le.Uint64(b)^want) | hits8(le.Uint64(b[8:])^want)<<8 |
		hits8(le.Uint64(b[16:])^want)<<16 | hits8(le.Uint64(b[24:])^want)<<24 |
		hits8(le.Uint64(b[32:])^want)<<32 | hits8(le.Uint64(b[40:])^want)<<40 |
		hits8(le.Uint64(b[48:])^want)<<48 | hits8(le.Uint64(b[56:])^want)<<56
}

// hitsOf is the same of less than 64 bytes.
func hitsOf(b []byte, want uint64) (hits uint64) {
	i := 0
	for ; i+8 <= len(b); i += 8 {
		hits |= hits8(binary.LittleEndian.Uint64(b[i:])^want) << i
	}
	for ; i < len(b); i++ {
		if b[i] == byte(want) {
			hits |= 1 << i
		}
	}
	return hits
}
