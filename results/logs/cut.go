package logs

import (
	"encoding/binary"
	"math/bits"
)

// cut writes where the separators of a line are to ends, until that is full, and
// returns how many it wrote. It looks at eight bytes at a time: fields of a log
// are too short for a search of each to pay.
func cut(line []byte, sep byte, ends []int32) (n int) {
	const ones, low = 0x0101010101010101, 0x7F7F7F7F7F7F7F7F
	want := ones * uint64(sep)
	i := 0
	for ; i+8 <= len(line); i += 8 {
		x := binary.LittleEndian.Uint64(line[i:]) ^ want
		// The high bit of every byte of x that is zero, and of no other.
		for hits := ^((x&low + low) | x | low); hits != 0; hits &= hits - 1 {
			if n == len(ends) {
				return n
			}
			ends[n] = int32(i + bits.TrailingZeros64(hits)>>3)
			n++
		}
	}
	for ; i < len(line) && n < len(ends); i++ {
		if line[i] == sep {
			ends[n] = int32(i)
			n++
		}
	}
	return n
}
