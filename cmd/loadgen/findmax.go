package main

import (
	"context"
	"fmt"
	"math"
	"slices"

	"edgesim/sim/objective"
)

// trial is a rate that was tried, and what came of it.
type trial struct {
	Asked    float64            `json:"asked"`    // requests per second
	Achieved float64            `json:"achieved"` // answered per second
	Measured map[string]float64 `json:"measured"` // the objectives' quantities; one that is not there is not known
	Met      bool               `json:"met"`      // every objective, and the rate was achieved
	Kept     bool               `json:"kept"`     // achieved nearly what was asked for
	Unsound  bool               `json:"unsound"`  // the generator did not keep its schedule
	// Lost is why it tells nothing: a worker was lost, and the rate was played again.
	Lost string `json:"lost,omitempty"`
}

const (
	// keptShare is how much of the asked rate must be achieved.
	keptShare = 0.95
	// finest is how near the highest rate that does and the lowest that does not come.
	finest = 1.05
	// slowest and fastest bound the search, in requests per second.
	slowest, fastest = 1, 1e7
	// mostTrials end a search whose trials contradict each other.
	mostTrials = 36
	// confirmations is how often the answer is tried again.
	confirmations = 2
	// mostLost is how often in a row a rate may lose a worker: it may be the rate's doing.
	mostLost = 3
)

// found is what a search came to.
type found struct {
	Rate    float64 `json:"rate"`  // the highest that met the objectives each time it was tried; 0: none did
	Above   float64 `json:"above"` // the lowest that did not; 0: none was found
	Met     int     `json:"met"`   // of Tried trials at Rate
	Tried   int     `json:"tried"`
	Limit   string  `json:"limit"` // what Above failed by: "objective", "rate" or "generator"
	Partial bool    `json:"partial"`
	GaveUp  bool    `json:"gave_up"` // after many trials that contradict each other
	Trials  []trial `json:"trials"`  // in the order in which they were made
}

// search finds the highest rate that meets: it doubles until one does not, halves
// what lies between, and tries the answer again. An answer that does not hold
// is not one, and the search goes on below it. A rate at which a worker was lost is
// tried again. What a search that fails has found until then is partial.
func search(ctx context.Context, start float64, try func(rate float64) (trial, error)) (f found, err error) {
	at := func(rate float64) bool {
		var t trial
		for range mostLost {
			if t, err = try(rate); err != nil || ctx.Err() != nil {
				return false
			}
			if f.Trials = append(f.Trials, t); t.Lost == "" {
				return t.Met
			}
		}
		err = fmt.Errorf("%s was played %d times, and a worker was lost each time; the last time %s", objective.PerSecond.Show(rate), mostLost, t.Lost)
		return false
	}
	low, high := 0.0, 0.0
	going := func() bool {
		f.Partial, f.GaveUp = err != nil || ctx.Err() != nil, f.told() >= mostTrials
		return !f.Partial && !f.GaveUp
	}
	for rate := start; going() && rate >= slowest && rate <= fastest; {
		switch {
		case at(rate):
			low = rate
		default:
			high = rate
		}
		if low > 0 && high > 0 {
			break
		}
		rate = map[bool]float64{true: rate * 2, false: rate / 2}[low > 0]
	}
	for going() && low > 0 {
		for going() && high > 0 && high > low*finest {
			if mid := round3((low + high) / 2); at(mid) {
				low = mid
			} else {
				high = mid
			}
		}
		held := true
		for i := 0; going() && held && i < confirmations; i++ {
			held = at(low)
		}
		if held {
			break
		}
		high, low = low, f.below(low)
	}
	if f.Partial { // what was being tried has not come to anything
		low, high = f.soFar()
	}
	f.conclude(low, high)
	return f, err
}

// told is how many trials tell something.
func (f *found) told() (n int) {
	for _, t := range f.Trials {
		if t.Lost == "" {
			n++
		}
	}
	return n
}

// soFar is between which rates the answer lies by the trials that were made: the
// highest that always met, and the lowest above it that did not; 0: there is none.
func (f *found) soFar() (low, high float64) {
	low = f.best(math.Inf(1))
	for _, t := range f.Trials {
		if met, tried := f.count(t.Asked); t.Asked > low && met < tried && (high == 0 || t.Asked < high) {
			high = t.Asked
		}
	}
	return low, high
}

// below is the highest rate tried below rate that met whenever it was tried; a tenth
// less where there is none.
func (f *found) below(rate float64) float64 {
	best := f.best(rate)
	if best == 0 && rate*0.9 >= slowest {
		return round3(rate * 0.9)
	}
	return best
}

// best is the highest rate tried below rate that met whenever it was tried; 0: none.
func (f *found) best(rate float64) (best float64) {
	for _, t := range f.Trials {
		if met, tried := f.count(t.Asked); t.Asked < rate && met == tried && tried > 0 {
			best = max(best, t.Asked)
		}
	}
	return best
}

func (f *found) count(rate float64) (met, tried int) {
	for _, t := range f.Trials {
		if t.Asked == rate && t.Lost == "" {
			tried++
			if t.Met {
				met++
			}
		}
	}
	return met, tried
}

func (f *found) conclude(low, high float64) {
	f.Met, f.Tried = f.count(low)
	if f.Rate = low; f.Met == 0 {
		f.Rate = 0
	}
	f.Above = high
	for _, t := range slices.Backward(f.Trials) {
		if t.Asked == high && !t.Met && t.Lost == "" {
			switch {
			case t.Unsound:
				f.Limit = "generator"
			case !t.Kept:
				f.Limit = "rate"
			default:
				f.Limit = "objective"
			}
			return
		}
	}
}

// round3 keeps three digits of a rate.
func round3(v float64) float64 {
	unit := math.Pow(10, math.Floor(math.Log10(v))-2)
	return math.Round(v/unit) * unit
}
