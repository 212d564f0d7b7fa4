package unit

import (
	"fmt"
	"math"
	"strconv"
)

// Rate is a number of events per second, written 5000/s, 100/m or 5000.
type Rate float64

const rateExample = "5000/s, 100/m or 5000"

var ratePeriods = []struct {
	name    string
	seconds float64
}{{"/s", 1}, {"/m", 60}, {"/h", 3600}, {"/d", 86400}}

// ParseRate reads a rate per second, minute, hour or day; without a unit it is
// per second.
func ParseRate(text string) (Rate, error) {
	number, name := split(text)
	if !digits(number) {
		return 0, signError("rate", text, rateExample)
	}
	count, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsInf(count, 0) {
		return 0, fmt.Errorf("rate %q: too large", text)
	}
	if name == "" {
		return Rate(count), nil
	}
	for _, p := range ratePeriods {
		if p.name == name {
			return Rate(count / p.seconds), nil
		}
	}
	return 0, fmt.Errorf("rate %q: unknown unit %q; write %s/s, or /m, /h or /d for minutes, hours or days", text, name, number)
}

// String is the rate per second; a rate that is a short number only per
// minute, hour or day is written so.
func (r Rate) String() string {
	if f := float64(r); f < 0 || math.IsNaN(f) || math.IsInf(f, 0) {
		return fmt.Sprint(f) + "/s"
	}
	for _, p := range ratePeriods {
		short := strconv.FormatFloat(float64(r)*p.seconds, 'f', 3, 64)
		if n, _ := strconv.ParseFloat(short, 64); n/p.seconds == float64(r) {
			return shortest(n) + p.name
		}
	}
	return shortest(float64(r)) + "/s"
}

// Set reads text into r, as a flag does.
func (r *Rate) Set(text string) error {
	v, err := ParseRate(text)
	if err == nil {
		*r = v
	}
	return err
}

// Type is the word for a rate in a command's help.
func (*Rate) Type() string { return "rate" }

// MarshalText implements encoding.TextMarshaler.
func (r Rate) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (r *Rate) UnmarshalText(text []byte) error { return r.Set(string(text)) }
