package plot

import (
	"math"
	"strconv"
	"strings"
)

// num is a number as people read it: "0.25", "1,200".
func num(v float64) string {
	if math.Abs(v) < 1000 {
		return strconv.FormatFloat(math.Round(v*1e6)/1e6, 'f', -1, 64)
	}
	return grouped(strconv.FormatFloat(math.Round(v), 'f', 0, 64))
}

// grouped puts commas between thousands.
func grouped(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// things counts: "1 request", "1,200 requests".
func things(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return grouped(strconv.FormatInt(n, 10)) + " " + noun + "s"
}

// short is a number with a metric suffix where it is large: "20k", "1.5M".
func short(v float64) string {
	for _, s := range []struct {
		size float64
		name string
	}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e4, "k"}} {
		if v >= s.size {
			unit := s.size
			if s.name == "k" {
				unit = 1e3
			}
			return strconv.FormatFloat(math.Round(v/unit*100)/100, 'f', -1, 64) + s.name
		}
	}
	return num(v)
}

// percent is a share as "87.3 %"; it never rounds up to 100 or down to 0.
func percent(share float64) string {
	p := share * 100
	switch {
	case p > 99.9 && p < 100:
		return strconv.FormatFloat(math.Floor(p*100)/100, 'f', 2, 64) + " %"
	case p > 0 && p < 0.1:
		return "< 0.1 %"
	}
	return strconv.FormatFloat(p, 'f', 1, 64) + " %"
}

// millis is a time in ms with three digits: "0.412 ms", "41.2 ms", "4,120 ms".
func millis(ms float64) string {
	switch {
	case ms >= 1000:
		return num(ms) + " ms"
	case ms <= 0:
		return "0 ms"
	}
	places := max(0, 2-int(math.Floor(math.Log10(ms))))
	return strconv.FormatFloat(ms, 'f', min(places, 3), 64) + " ms"
}

// ratio is a/b, and 0 when b is 0.
func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// octetUnits are bytes in powers of 1024.
var octetUnits = []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}

// binary is the largest power of 1024, up to that of EiB, that is not above
// most; 1 where most is below 1024.
func binary(most float64) float64 {
	unit := 1.0
	for i := 1; i < len(octetUnits) && most >= unit*1024; i++ {
		unit *= 1024
	}
	return unit
}

// octets is a number of bytes: "512 B", "1.5 GiB".
func octets(v float64) string {
	unit := binary(math.Abs(v))
	name := octetUnits[int(math.Round(math.Log2(unit)/10))]
	return significant(v/unit) + " " + name
}

// significant is v with three digits, or as many as it has before the point.
func significant(v float64) string {
	if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return num(v)
	}
	places := math.Pow(10, 2-math.Floor(math.Log10(math.Abs(v))))
	if places <= 1 || math.IsInf(places, 0) {
		return num(math.Round(v))
	}
	return num(math.Round(v*places) / places)
}

// dollars is an amount of money: "$0.02", "$1,200".
func dollars(v float64) string {
	sign := ""
	if v < 0 {
		sign, v = "-", -v
	}
	switch {
	case v >= 1000 || v == math.Trunc(v):
		return sign + "$" + num(v)
	case v < 0.01:
		return sign + "$" + strconv.FormatFloat(v, 'g', 3, 64)
	}
	return sign + "$" + strconv.FormatFloat(v, 'f', 2, 64)
}
