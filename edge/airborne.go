package edge

import "sync"

// airborne counts flights. Unlike a sync.WaitGroup it may be added to from nothing
// while someone waits: during a shutdown viewers whose grace is not over may still
// ask for what is not there.
type airborne struct {
	mu   sync.Mutex
	n    int
	none sync.Cond
}

func (a *airborne) add() {
	a.mu.Lock()
	a.n++
	a.mu.Unlock()
}

func (a *airborne) done() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.n--; a.n == 0 && a.none.L != nil {
		a.none.Broadcast()
	}
}

// wait returns when there is none.
func (a *airborne) wait() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.none.L = &a.mu
	for a.n > 0 {
		a.none.Wait()
	}
}
