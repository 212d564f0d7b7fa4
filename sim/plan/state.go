// Package plan finds the smallest cache that keeps promises, what it costs, how
// sure that is and what would change it. It knows targets, the search over
// capacities and prices; it must never know how a capacity is tried.
package plan

import (
	"edgesim/sim/objective"
	"edgesim/sim/sweep"
)

// state says whether a capacity keeps its promises.
type state int

const (
	misses state = iota // not even by its mean
	maybe               // by its mean, but not with the whole interval
	meets
)

// judge judges an estimate.
func judge(t objective.Target, e sweep.Estimate) state {
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
func all(targets []objective.Target, figures map[string]sweep.Estimate) state {
	worst := meets
	for _, t := range targets {
		worst = min(worst, judge(t, figures[t.Name]))
	}
	return worst
}
