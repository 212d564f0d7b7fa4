package unit

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Size is a number of bytes, written 4096, 64MiB or 1GB: units of 1024 have an
// i in them (IEC 80000-13), units of 1000 have none.
type Size int64

// The units of 1024, in bytes.
const (
	KiB Size = 1 << (10 * (iota + 1))
	MiB
	GiB
	TiB
	PiB
	EiB
)

type sizeUnit struct {
	name  string
	bytes Size
	power string // as an error message explains it
}

// sizeUnits go from large to small, the units of 1024 first, so that String
// finds the one with the smallest number.
var sizeUnits = []sizeUnit{
	{"EiB", EiB, "2^60"}, {"EB", 1e18, "10^18"}, {"PiB", PiB, "2^50"}, {"PB", 1e15, "10^15"},
	{"TiB", TiB, "2^40"}, {"TB", 1e12, "10^12"}, {"GiB", GiB, "2^30"}, {"GB", 1e9, "10^9"},
	{"MiB", MiB, "2^20"}, {"MB", 1e6, "10^6"}, {"KiB", KiB, "2^10"}, {"kB", 1e3, "10^3"},
}

const sizeExample = "4096, 64MiB or 1GB"

// ParseSize reads a size. A fraction of a unit is rounded to whole bytes, as sizes are
// printed: 35.2MiB. Of bytes there is none.
func ParseSize(text string) (Size, error) {
	number, name := split(text)
	if !digits(number) {
		return 0, signError("size", text, sizeExample)
	}
	unit, ok := sizeUnitOf(name)
	if !ok {
		return 0, sizeUnitError(text, number, name)
	}
	value, ok := new(big.Rat).SetString(number)
	if !ok {
		return 0, signError("size", text, sizeExample)
	}
	if unit == 1 && !value.IsInt() {
		return 0, fmt.Errorf("size %q: not a whole number of bytes; write it as %s", text, sizeExample)
	}
	value.Mul(value, new(big.Rat).SetInt64(int64(unit)))
	bytes := nearest(value)
	if !bytes.IsInt64() {
		return 0, fmt.Errorf("size %q: too large; the most is 2^63-1 bytes, just under 8EiB", text)
	}
	return Size(bytes.Int64()), nil
}

// nearest is the whole number that is nearest to a value from 0.
func nearest(value *big.Rat) *big.Int {
	twice := new(big.Int).Lsh(value.Num(), 1)
	twice.Add(twice, value.Denom())
	return twice.Div(twice, new(big.Int).Lsh(value.Denom(), 1))
}

func sizeUnitOf(name string) (Size, bool) {
	switch name {
	case "", "B":
		return 1, true
	case "KB":
		return 1e3, true
	}
	for _, u := range sizeUnits {
		if u.name == name {
			return u.bytes, true
		}
	}
	return 0, false
}

// sizeUnitError offers the two units that begin with the same letter: whoever
// writes 64mb or 64M may mean either.
func sizeUnitError(text, number, name string) error {
	var offers []string
	for _, u := range sizeUnits {
		if strings.EqualFold(u.name[:1], name[:1]) {
			offers = append([]string{fmt.Sprintf("%s%s (%s bytes)", number, u.name, u.power)}, offers...)
		}
	}
	if len(offers) == 0 {
		return fmt.Errorf("size %q: unknown unit %q; write it as %s", text, name, sizeExample)
	}
	return fmt.Errorf("size %q: unknown unit %q; write %s", text, name, strings.Join(offers, " or "))
}

// String is the size in the unit that makes its number smallest and whole.
func (s Size) String() string {
	best, name := int64(s), ""
	for _, u := range sizeUnits {
		if n := int64(s / u.bytes); s%u.bytes == 0 && abs(n) < abs(best) {
			best, name = n, u.name
		}
	}
	return strconv.FormatInt(best, 10) + name
}

func abs(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// Set reads text into s, as a flag does.
func (s *Size) Set(text string) (err error) {
	v, err := ParseSize(text)
	if err == nil {
		*s = v
	}
	return err
}

// Type is the word for a size in a command's help.
func (*Size) Type() string { return "size" }

// MarshalText implements encoding.TextMarshaler.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Size) UnmarshalText(text []byte) error { return s.Set(string(text)) }
