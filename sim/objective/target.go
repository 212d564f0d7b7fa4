package objective

import (
	"fmt"
	"strings"
)

// Target is a promise: a quantity that is at least, or at most, a value.
type Target struct {
	Quantity
	Value float64 // in the quantity's unit
	text  string
}

// Parse reads a target of one of the given quantities, as "byte-hit>=0.95", "hit>=90%", "ttfb-p99<=80ms",
// "origin-rate<=200/s" or "origin-bandwidth<=1Gbit/s".
func Parse(text string, among []Quantity) (Target, error) {
	name, value, ok := strings.Cut(text, "=")
	op := ""
	if ok && name != "" {
		name, op = name[:len(name)-1], name[len(name)-1:]
	}
	if op != "<" && op != ">" {
		return Target{}, fmt.Errorf("target %q: write it as QUANTITY>=VALUE or QUANTITY<=VALUE, as byte-hit>=0.95", text)
	}
	q, err := Find(strings.TrimSpace(name), among)
	if err != nil {
		return Target{}, fmt.Errorf("target %q: %w", text, err)
	}
	if q.More != (op == ">") {
		return Target{}, fmt.Errorf("target %q: of %s %s is better, so the target is %s=", text, q.Title,
			map[bool]string{true: "more", false: "less"}[q.More], map[bool]string{true: ">", false: "<"}[q.More])
	}
	v, err := q.Unit.Parse(strings.TrimSpace(value))
	if err != nil {
		return Target{}, fmt.Errorf("target %q: %w", text, err)
	}
	if q.Unit == Share && v > 1 {
		return Target{}, fmt.Errorf("target %q: %s is a share, from 0 to 1 or 0%% to 100%%", text, q.Title)
	}
	return Target{q, v, name + op + "=" + strings.TrimSpace(value)}, nil
}

func (t Target) String() string { return t.text }

// Kept reports whether a value keeps the promise.
func (t Target) Kept(v float64) bool {
	if t.More {
		return v >= t.Value
	}
	return v <= t.Value
}
