package origin

import "time"

// Queue is a waiting room before k servers, first come first served: given
// arrivals in order and how long each will be served, it tells when service
// starts. The servers' next free moments are a heap, so an arrival costs
// O(log k). It is used by one goroutine at a time.
type Queue struct {
	limit   int
	free    []time.Duration // a heap: when each busy server will be free
	servers int
	waiting []time.Duration // starts of those let in, ascending, from head on
	head    int
}

// NewQueue returns a queue before so many servers, 0 for unlimited, in which
// at most limit may wait, 0 for unlimited.
func NewQueue(servers, limit int) *Queue {
	if servers < 0 || limit < 0 {
		panic("origin: a queue with a negative number of servers or places")
	}
	return &Queue{servers: servers, limit: limit}
}

// Enter lets in an arrival, not earlier than the one before, that will hold a
// server for so long, and returns when its service starts. It returns false,
// and forgets the arrival, when as many as may wait are waiting.
func (q *Queue) Enter(at, service time.Duration) (start time.Duration, ok bool) {
	if q.servers == 0 {
		return at, true
	}
	if len(q.free) < q.servers {
		q.push(at + service)
		return at, true
	}
	start = max(at, q.free[0])
	if waiting := q.Waiting(at); start > at {
		if q.limit > 0 && waiting >= q.limit {
			return 0, false
		}
		q.waiting = append(q.waiting, start)
	}
	q.free[0] = start + service
	q.down()
	return start, true
}

// Waiting is how many of those let in have not started at a moment, which is
// not earlier than the last arrival.
func (q *Queue) Waiting(at time.Duration) int {
	for q.head < len(q.waiting) && q.waiting[q.head] <= at {
		q.head++
	}
	if q.head > 64 && q.head > len(q.waiting)/2 { // moves each start once or twice in its life
		q.waiting = q.waiting[:copy(q.waiting, q.waiting[q.head:])]
		q.head = 0
	}
	return len(q.waiting) - q.head
}

func (q *Queue) push(t time.Duration) {
	q.free = append(q.free, t)
	for i := len(q.free) - 1; i > 0; {
		up := (i - 1) / 2
		if q.free[up] <= q.free[i] {
			return
		}
		q.free[up], q.free[i] = q.free[i], q.free[up]
		i = up
	}
}

// down restores the heap after its first element has grown.
func (q *Queue) down() {
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(q.free); child++ {
			if q.free[child] < q.free[least] {
				least = child
			}
		}
		if least == i {
			return
		}
		q.free[i], q.free[least] = q.free[least], q.free[i]
		i = least
	}
}
