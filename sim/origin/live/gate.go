package live

import "sync"

// gate lets so many requests be served at once; the rest wait in order of
// arrival. A place that becomes free is handed to the first who waits, so
// nobody who comes later can slip in between.
type gate struct {
	mu                   sync.Mutex
	places, limit        int // 0: unlimited
	serving, mostServing int
	queue                []*waiter // first in, first out from head on
	head                 int
	spare                sync.Pool // of *waiter
}

type waiter struct{ turn chan struct{} }

func newGate(places, limit int) *gate {
	g := &gate{places: places, limit: limit}
	g.spare.New = func() any { return &waiter{turn: make(chan struct{}, 1)} }
	return g
}

// outcome is how a request left the queue.
type outcome uint8

const (
	entered   outcome = iota
	full              // as many as may wait are waiting
	cancelled         // cancel was closed first
)

// enter waits for a place, which must be given back with leave.
func (g *gate) enter(cancel <-chan struct{}) outcome {
	w, o := g.line()
	if w == nil {
		return o
	}
	select {
	case <-w.turn:
		g.spare.Put(w)
		return entered
	case <-cancel:
	}
	g.abandon(w)
	return cancelled
}

// line takes a free place, or a place in the queue.
func (g *gate) line() (*waiter, outcome) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.places == 0 || g.serving < g.places {
		g.serving++
		g.mostServing = max(g.mostServing, g.serving)
		return nil, entered
	}
	if g.limit > 0 && len(g.queue)-g.head >= g.limit {
		return nil, full
	}
	w := g.spare.Get().(*waiter)
	g.queue = append(g.queue, w)
	return w, entered
}

// leave gives a place back.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.head == len(g.queue) {
		g.serving--
		return
	}
	w := g.queue[g.head]
	g.queue[g.head] = nil
	g.head++
	if g.head == len(g.queue) || g.head > 1024 {
		n := copy(g.queue, g.queue[g.head:])
		clear(g.queue[n:])
		g.queue, g.head = g.queue[:n], 0
	}
	w.turn <- struct{}{}
}

// abandon takes w out of the queue, or gives back the place it has just got.
func (g *gate) abandon(w *waiter) {
	g.mu.Lock()
	for i := g.head; i < len(g.queue); i++ {
		if g.queue[i] == w {
			g.queue = append(g.queue[:i], g.queue[i+1:]...)
			g.mu.Unlock()
			return
		}
	}
	g.mu.Unlock()
	g.leave()
}

func (g *gate) stats() (serving, mostServing, waiting int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return int64(g.serving), int64(g.mostServing), int64(len(g.queue) - g.head)
}
