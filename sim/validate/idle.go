package validate

import (
	"context"
	"fmt"
	"slices"
	"time"

	"edgesim/results"
	"edgesim/sim/scenario"
	"edgesim/sim/sweep"
)

// leastIdle is how many answers make a round trip.
const leastIdle = 20

// Idle is how long an edge with nothing else to do takes to answer from its
// cache: the median first byte of the hits of one viewer who asks again as soon
// as it is answered. s is played for as long as it says; it has to be a closed
// loop of one connection.
func Idle(ctx context.Context, s *scenario.Scenario, live sweep.World) (time.Duration, error) {
	var hits hitTimes
	if err := live(ctx, s, &hits); err != nil {
		return 0, fmt.Errorf("measuring an idle edge: %w", err)
	}
	if len(hits) < leastIdle {
		return 0, fmt.Errorf("measuring an idle edge: %d hits in %v; at least %d are needed", len(hits), s.Duration, leastIdle)
	}
	slices.Sort(hits)
	return time.Duration(hits[len(hits)/2]), nil
}

// hitTimes are the first bytes of hits as their viewer saw them, in ns.
type hitTimes []int64

func (h *hitTimes) Add(recs []results.Record) {
	for i := range recs {
		if r := &recs[i]; r.Vantage == results.AtClient && r.ResultType() == results.Hit && !r.Flags.Has(results.Collapsed) {
			*h = append(*h, r.TTFB)
		}
	}
}
