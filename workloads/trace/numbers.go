package trace

import (
	"math"
	"strconv"

	"github.com/zeebo/xxh3"
)

// digits is the number that the digits of b from at on write, and where they end.
// It is right for up to 19 of them.
func digits(b []byte, at int) (v uint64, end int) {
	for end = at; end < len(b); end++ {
		c := b[end] - '0'
		if c > 9 {
			break
		}
		v = v*10 + uint64(c)
	}
	return v, end
}

const safeDigits = 19 // as many fit 64 bits whatever they are

// nameOf is the 64-bit name of an object as a text has it: a number's own value
// where it is written as numbers are, the xxh3 hash of the text where it is not.
func nameOf(text []byte) uint64 {
	v, end := digits(text, 0)
	if end == len(text) && end > 0 && (text[0] != '0' || end == 1) {
		if end <= safeDigits {
			return v
		}
		if v, _ = digits(text[:safeDigits], 0); end == safeDigits+1 {
			if last := uint64(text[safeDigits] - '0'); v <= (math.MaxUint64-last)/10 {
				return v*10 + last
			}
		}
	}
	return xxh3.Hash(text)
}

// amount is what text is times unit, which for whole numbers is exact; false where
// it is no number from 0 to 2^63−1.
func amount(text []byte, unit int64) (int64, bool) {
	v, end := digits(text, 0)
	if end == len(text) && end > 0 && end <= safeDigits {
		return times(v, unit)
	}
	if end < len(text) && text[end] == '.' && end > 0 && end <= safeDigits {
		part, all := digits(text, end+1)
		if n := all - end - 1; all == len(text) && n > 0 && n <= 9 {
			whole, ok := times(v, unit)
			fraction := int64(math.Round(float64(part) / math.Pow10(n) * float64(unit)))
			return whole + fraction, ok && whole <= math.MaxInt64-fraction
		}
	}
	f, err := strconv.ParseFloat(string(text), 64)
	f *= float64(unit)
	if err != nil || !(f >= 0 && f < math.MaxInt64) {
		return 0, false
	}
	return int64(math.Round(f)), true
}

func times(v uint64, unit int64) (int64, bool) {
	if v > uint64(math.MaxInt64/unit) {
		return 0, false
	}
	return int64(v) * unit, true
}
