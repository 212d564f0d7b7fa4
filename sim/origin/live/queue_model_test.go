package live

import (
	"slices"
	"time"
)

// plainQueue is the queue by its definition: first come, first served by whichever
// server is free first; each arrival looks at all who came before it.
type plainQueue struct {
	limit  int             // how many may wait
	free   []time.Duration // when each server will be
	starts []time.Duration
}

// enter lets in an arrival that will be served for so long, and tells when that
// begins; false: there was no place to wait.
func (q *plainQueue) enter(at, service time.Duration) (time.Duration, bool) {
	waiting := 0
	for _, s := range q.starts {
		if s > at {
			waiting++
		}
	}
	server := slices.Index(q.free, slices.Min(q.free))
	start := max(at, q.free[server])
	if start > at && waiting >= q.limit {
		return 0, false
	}
	q.free[server] = start + service
	q.starts = append(q.starts, start)
	return start, true
}
