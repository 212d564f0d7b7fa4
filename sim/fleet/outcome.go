package fleet

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// finish tells a result, for as long as it takes: it was dear.
func (w *Worker) finish(g *given, result []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	n := w.note(g)
	n.Result = result
	if len(result) > largest {
		hash, err := w.Conn.PutBytes(ctx, result)
		if err != nil {
			w.lament(g, err)
			return
		}
		n.Result, n.Blob = nil, hash
	}
	if _, err := w.Conn.tell(ctx, g.job, g.id, done, n); err != nil {
		w.lament(g, err)
		return
	}
	w.count(func(m *Man) { m.Done++ })
	_ = g.m.Ack() // if it is not heard another worker finds the result
}

// fail tells of an error, and sets the piece aside if it is one too many.
func (w *Worker) fail(ctx context.Context, g *given, cause error) {
	w.count(func(m *Man) { m.Failed++ })
	w.Conn.log("piece %s of job %s (%s) failed: %v", g.id, g.job, g.Kind, cause)
	n := w.note(g)
	n.Error = clipped(cause.Error())
	_, err := w.Conn.tell(ctx, g.job, g.id, failed, n)
	times := 0
	if err == nil {
		times, err = w.Conn.turns(ctx, g.job, g.id, failed, g.turn)
	}
	if err == nil && (times >= failuresMost || errors.As(cause, new(deadly))) {
		if _, err = w.Conn.tell(ctx, g.job, g.id, done, n); err == nil {
			_ = g.m.DoubleAck(ctx)
			return
		}
	}
	if err != nil {
		w.lament(g, err)
		return
	}
	_ = g.m.NakWithDelay(min(time.Second, w.Conn.Lease()/3))
}

// lament tells whoever waits that a result could not be kept, which no other worker
// would mend: they end the job, and can take it up again.
func (w *Worker) lament(g *given, err error) {
	text := fmt.Sprintf("worker %s could not give back what piece %s came to: %v", w.Name, g.id, explained(err))
	w.Conn.log("job %s: %s", g.job, text)
	_ = w.Conn.nc.Publish(woePrefix+g.job, []byte(text)) // the next one tells it
	_ = g.m.NakWithDelay(w.Conn.Lease() / 3)
}

// deadly is what a piece fails with that has ended its workers.
type deadly struct{ times int }

func (d deadly) Error() string { return fmt.Sprintf("%d workers had it and were lost", d.times) }

// losses is how many workers had the piece before and were never heard of again.
func (w *Worker) losses(ctx context.Context, g *given) int {
	if g.turn <= lossesMost {
		return 0
	}
	lost := 0
	for what, sign := range map[string]int{begun: 1, failed: -1, back: -1} {
		n, err := w.Conn.turns(ctx, g.job, g.id, what, g.turn-1)
		if err != nil {
			return 0
		}
		lost += sign * n
	}
	return lost
}

// giveBack gives a piece to another worker at once.
func (w *Worker) giveBack(g *given) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, _ = w.Conn.tell(ctx, g.job, g.id, back, w.note(g)) // without it the worker counts as lost
	_ = g.m.Nak()
}
