package unit

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// Duration is a length of time, written 250ms, 30s, 1h30m, 60d or 1w.
type Duration time.Duration

// Day and Week are of 24 hours a day.
const (
	Day  = Duration(24 * time.Hour)
	Week = 7 * Day
)

// Std is d as the standard library has it.
func (d Duration) Std() time.Duration { return time.Duration(d) }

const durationExample = "250ms, 30s, 1h30m or 60d"

// ParseDuration reads one or more numbers with units (ns, us, ms, s, m, h, d,
// w) and adds them up. Only 0 needs no unit.
func ParseDuration(text string) (Duration, error) {
	number, rest := split(text)
	if !digits(number) {
		return 0, signError("duration", text, durationExample)
	}
	sum := new(big.Rat)
	for number != "" || rest != "" {
		if !digits(number) {
			return 0, fmt.Errorf("duration %q: no number before %q; write it as %s", text, number+rest, durationExample)
		}
		name, after := durationUnit(rest)
		unit, ok := durationUnitOf(name, number)
		if !ok {
			return 0, durationUnitError(text, number, name)
		}
		part, ok := new(big.Rat).SetString(number)
		if !ok {
			return 0, signError("duration", text, durationExample)
		}
		sum.Add(sum, part.Mul(part, new(big.Rat).SetInt64(int64(unit))))
		number, rest = split(after)
	}
	return wholeNanoseconds(text, sum)
}

func wholeNanoseconds(text string, ns *big.Rat) (Duration, error) {
	whole := new(big.Int).Quo(ns.Num(), ns.Denom())
	if !whole.IsInt64() {
		return 0, fmt.Errorf("duration %q: too long; the most is %v", text, Duration(math.MaxInt64))
	}
	if !ns.IsInt() {
		return 0, fmt.Errorf("duration %q: finer than a nanosecond; write it as %s", text, durationExample)
	}
	return Duration(whole.Int64()), nil
}

// durationUnit cuts off the unit that rest begins with: everything up to the
// next digit or point.
func durationUnit(rest string) (name, after string) {
	end := strings.IndexAny(rest, "0123456789.")
	if end < 0 {
		end = len(rest)
	}
	return strings.TrimSpace(rest[:end]), rest[end:]
}

func durationUnitOf(name, number string) (Duration, bool) {
	switch name {
	case "ns":
		return 1, true
	case "us", "µs", "μs": // the micro sign, and the Greek letter that looks like it
		return Duration(time.Microsecond), true
	case "ms":
		return Duration(time.Millisecond), true
	case "s":
		return Duration(time.Second), true
	case "m":
		return Duration(time.Minute), true
	case "h":
		return Duration(time.Hour), true
	case "d":
		return Day, true
	case "w":
		return Week, true
	}
	return 0, name == "" && strings.Trim(number, "0.") == ""
}

func durationUnitError(text, number, name string) error {
	if name == "" {
		return fmt.Errorf("duration %q: no unit after %s; write %ss for seconds, %sm for minutes", text, number, number, number)
	}
	return fmt.Errorf("duration %q: unknown unit %q; the units are ns, us, ms, s, m, h, d and w", text, name)
}

// String is the duration in days, hours, minutes and seconds, those that are
// not 0: 60d, 1h30m, 1.5s. Below a second it is in ms, µs or ns.
func (d Duration) String() string {
	if d < 0 {
		return "-" + negated(d)
	}
	if d < Duration(time.Second) {
		return below1s(d)
	}
	var b strings.Builder
	for _, u := range []struct {
		name string
		size Duration
	}{{"d", Day}, {"h", Duration(time.Hour)}, {"m", Duration(time.Minute)}} {
		if n := d / u.size; n > 0 {
			b.WriteString(strconv.FormatInt(int64(n), 10) + u.name)
		}
		d %= u.size
	}
	if d > 0 {
		b.WriteString(seconds(d))
	}
	return b.String()
}

func below1s(d Duration) string {
	if d == 0 {
		return "0s"
	}
	return time.Duration(d).String()
}

// seconds writes d, under a minute, with as many decimals as it needs.
func seconds(d Duration) string {
	whole, rest := d/Duration(time.Second), d%Duration(time.Second)
	if rest == 0 {
		return strconv.FormatInt(int64(whole), 10) + "s"
	}
	return strings.TrimRight(fmt.Sprintf("%d.%09d", whole, rest), "0") + "s"
}

// negated writes -d; no negative duration is ever read, but a wrong one must
// still print.
func negated(d Duration) string {
	if d == math.MinInt64 {
		return Duration(math.MaxInt64).String()
	}
	return (-d).String()
}

// Set reads text into d, as a flag does.
func (d *Duration) Set(text string) error {
	v, err := ParseDuration(text)
	if err == nil {
		*d = v
	}
	return err
}

// Type is the word for a duration in a command's help.
func (*Duration) Type() string { return "duration" }

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(text []byte) error { return d.Set(string(text)) }
