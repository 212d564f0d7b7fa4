// Package plan finds the smallest cache that keeps promises, what it costs, how
// sure that is and what would change it. It knows targets, the search over
// capacities and prices; it must never know how a capacity is tried.
package plan

import (
	"fmt"
	"strings"

	"edgesim/sim/sweep"
)

// Target is a promise: a quantity that is at least, or at most, a value.
type Target struct {
	sweep.Quantity
	Value float64 // in the quantity's unit
	text  string
}

// ParseTarget reads a target as "byte-hit>=0.95", "hit>=90%", "ttfb-p99<=80ms",
// "origin-rate<=200/s" or "origin-bandwidth<=1Gbit/s".
func ParseTarget(text string) (Target, error) {
	name, value, ok := strings.Cut(text, "=")
	op := ""
	if ok && name != "" {
		name, op = name[:len(name)-1], name[len(name)-1:]
	}
	if op != "<" && op != ">" {
		return Target{}, fmt.Errorf("target %q: write it as QUANTITY>=VALUE or QUANTITY<=VALUE, as byte-hit>=0.95", text)
	}
	q, err := sweep.Find(strings.TrimSpace(name))
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
	if q.Unit == sweep.Share && v > 1 {
		return Target{}, fmt.Errorf("target %q: %s is a share, from 0 to 1 or 0%% to 100%%", text, q.Title)
	}
	return Target{q, v, name + op + "=" + strings.TrimSpace(value)}, nil
}

func (t Target) String() string { return t.text }

// state says whether a capacity keeps its promises.
type state int

const (
	misses state = iota // not even by its mean
	maybe               // by its mean, but not with the whole interval
	meets
)

// of judges an estimate.
func (t Target) of(e sweep.Estimate) state {
	sign := 1.0
	if !t.More {
		sign = -1
	}
	doubt := 0.0
	if e.Doubt != nil {
		doubt = *e.Doubt
	}
	switch margin := sign * (e.Mean - t.Value); {
	case margin >= doubt:
		return meets
	case margin >= 0:
		return maybe
	}
	return misses
}

// all is the worst state of all targets.
func all(targets []Target, figures map[string]sweep.Estimate) state {
	worst := meets
	for _, t := range targets {
		worst = min(worst, t.of(figures[t.Name]))
	}
	return worst
}
