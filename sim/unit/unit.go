// Package unit reads and writes the quantities of scenarios and flags: sizes,
// durations, rates and shares, each in the one spelling that users see. Every
// type is an encoding.TextMarshaler and TextUnmarshaler, and has the String,
// Set and Type methods that command line flags want. What a type writes it
// reads back as the very same value.
//
// It must never know what a quantity is for: bounds tighter than "not
// negative" belong to whoever asked for it.
package unit

import (
	"fmt"
	"strconv"
	"strings"
)

// longest is the most bytes a quantity may be written in: enough for every
// float64 without an exponent (at most 326 with its unit and space), and a
// bound on the work of exact arithmetic on it.
const longest = 400

// split cuts text into the decimal number it begins with and the rest, both
// without surrounding spaces. A number is digits with at most one point, no sign and
// no exponent. Text beyond longest has no number.
func split(text string) (number, rest string) {
	if text = strings.TrimSpace(text); len(text) > longest {
		return "", text
	}
	end, point := 0, false
	for ; end < len(text); end++ {
		c := text[end]
		if c == '.' && !point {
			point = true
		} else if c < '0' || c > '9' {
			break
		}
	}
	return text[:end], strings.TrimSpace(text[end:])
}

// digits reports whether a number of split has a digit on both sides of its
// point, or no point.
func digits(number string) bool {
	return number != "" && number[0] != '.' && number[len(number)-1] != '.'
}

// signError says what is wrong with text that does not begin with a number.
func signError(kind, text, example string) error {
	trimmed := strings.TrimSpace(text)
	switch {
	case len(trimmed) > longest:
		return fmt.Errorf("%s of %d characters: too long; write it as %s", kind, len(trimmed), example)
	case trimmed == "":
		return fmt.Errorf("%s %q: nothing there; write it as %s", kind, text, example)
	case trimmed[0] == '-':
		return fmt.Errorf("%s %q: it cannot be negative; write it as %s", kind, text, example)
	}
	return fmt.Errorf("%s %q: it does not begin with a number; write it as %s", kind, text, example)
}

// shortest is the shortest decimal that reads back as f, without an exponent
// (split reads none).
func shortest(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
