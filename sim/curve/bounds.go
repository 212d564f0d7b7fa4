package curve

import "edgesim/sim/foresight"

// boundLane is bounds at some capacities. They are of the trace as a whole, so it
// notes the requests, and reckons when the counts are asked for.
type boundLane struct {
	kinds      []foresight.BoundKind
	capacities []int64
	intervals  foresight.Intervals
	err        error
}

func (l *boundLane) play(b *batch) {
	for _, a := range b.asks {
		if l.err != nil {
			return
		}
		l.err = l.intervals.Add(a.object, b.sizeOf(a.size))
	}
}

func (l *boundLane) clear() { panic("curve: bounds with a warm-up") }

func (l *boundLane) counts() []count {
	all := make([]count, len(l.kinds))
	for i, k := range l.kinds {
		b := k.Of(&l.intervals, l.capacities[i])
		all[i] = count{misses: b.Misses, missBytes: b.MissBytes}
	}
	return all
}
