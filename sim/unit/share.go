package unit

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Share is a part of a whole, from 0 to 1, written 5% or 0.05.
type Share float64

const shareExample = "5% or 0.05"

// ParseShare reads a percentage or a fraction.
func ParseShare(text string) (Share, error) {
	number, name := split(text)
	if !digits(number) {
		return 0, signError("share", text, shareExample)
	}
	if name != "" && name != "%" {
		return 0, fmt.Errorf("share %q: unknown unit %q; write it as %s", text, name, shareExample)
	}
	value, err := fraction(number, name == "%")
	if err != nil {
		return 0, fmt.Errorf("share %q: more than the whole; write it as %s", text, shareExample)
	}
	if value > 1 && name == "" && value <= 100 {
		return 0, fmt.Errorf("share %q: more than the whole; write %s%% for a percentage", text, number)
	}
	if value > 1 {
		return 0, fmt.Errorf("share %q: more than the whole; the most is 100%%", text)
	}
	return Share(value), nil
}

// fraction reads a number, or a percentage by moving its point: a division by
// 100 would make 33.3% another number than 0.333.
func fraction(number string, percent bool) (float64, error) {
	if percent {
		number += "e-2"
	}
	return strconv.ParseFloat(number, 64)
}

// String is the share in percent where that reads back exactly with at most
// six decimals, and as a fraction otherwise.
func (s Share) String() string {
	if math.IsNaN(float64(s)) || math.IsInf(float64(s), 0) {
		return fmt.Sprint(float64(s))
	}
	percent := strconv.FormatFloat(float64(s)*100, 'f', 6, 64)
	if f, _ := fraction(percent, true); f == float64(s) {
		return strings.TrimSuffix(strings.TrimRight(percent, "0"), ".") + "%"
	}
	return shortest(float64(s))
}

// Set reads text into s, as a flag does.
func (s *Share) Set(text string) error {
	v, err := ParseShare(text)
	if err == nil {
		*s = v
	}
	return err
}

// Type is the word for a share in a command's help.
func (*Share) Type() string { return "share" }

// MarshalText implements encoding.TextMarshaler.
func (s Share) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Share) UnmarshalText(text []byte) error { return s.Set(string(text)) }
