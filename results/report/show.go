package report

import (
	"math"
	"strconv"
	"strings"
	"unicode"
)

// Show is the cell as people read it: 1,234,567 · 1.46 MiB · 97.30 % · 12.3 ms
// without the unit's sign where the unit is one a head names. Texts lose what
// a terminal would obey instead of print.
func (c Column) Show(cell Cell) string {
	switch {
	case c.Unit == Text, cell.Text != "":
		return printable(cell.Text)
	case c.Unit == Count:
		return grouped(int64(cell.Num))
	case c.Unit == Bytes:
		return binaryBytes(cell.Num)
	case c.Unit == Percent:
		return strconv.FormatFloat(cell.Num, 'f', 2, 64)
	case c.Unit == Millis:
		return millis(cell.Num)
	}
	return plain(cell.Num)
}

// plain writes whole numbers in full, and others with six digits.
func plain(x float64) string {
	if x == math.Trunc(x) && math.Abs(x) < 1e15 {
		return grouped(int64(x))
	}
	return strconv.FormatFloat(x, 'g', 6, 64)
}

// printable replaces what is not to be printed: control characters, broken
// UTF-8, marks that turn the direction of writing.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '\uFFFD'
	}, s)
}

// grouped writes n with a comma between every three digits.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	digits, sign := s, ""
	if n < 0 {
		digits, sign = s[1:], "-"
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// binaryBytes writes n bytes with three digits and the unit that keeps the
// number below 1024 (IEC 80000-13).
func binaryBytes(n float64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
	i := 0
	// 1023.5 and more would round to 1024 of the smaller unit.
	for ; math.Abs(n) >= 1023.5 && i < len(units)-1; i++ {
		n /= 1024
	}
	if i == 0 {
		return strconv.FormatFloat(n, 'f', 0, 64) + " B"
	}
	return threeDigits(n) + " " + units[i]
}

// millis writes milliseconds to three digits, but never finer than 1 µs.
func millis(ms float64) string {
	if math.Abs(ms) < 1 {
		return strconv.FormatFloat(ms, 'f', 3, 64)
	}
	return threeDigits(ms)
}

func threeDigits(x float64) string {
	switch a := math.Abs(x); {
	case a < 9.995:
		return strconv.FormatFloat(x, 'f', 2, 64)
	case a < 99.95:
		return strconv.FormatFloat(x, 'f', 1, 64)
	}
	return grouped(int64(math.Round(x)))
}

// exact is the cell as files have it: the number in full and without an
// exponent, "" where there is none.
func (c Column) exact(cell Cell) string {
	if c.Unit == Text || c.Unit == Moment {
		return cell.Text
	}
	if cell.Text != "" || math.IsNaN(cell.Num) || math.IsInf(cell.Num, 0) {
		return ""
	}
	switch c.Unit {
	case Percent:
		return strconv.FormatFloat(cell.Num, 'f', 2, 64)
	case Millis:
		return strconv.FormatFloat(cell.Num, 'f', 3, 64)
	}
	return strconv.FormatFloat(cell.Num, 'f', -1, 64)
}
