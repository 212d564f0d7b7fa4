package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// once is what the name of a queue ends with whose pieces are run once.
const once = "-once"

func isOnce(kind string) bool {
	return slices.ContainsFunc(kinds, func(k Kind) bool { return k.Name == kind && k.Once })
}

// queue is the subject above those of pieces of a kind.
func (c *Conn) queue(kind string) string {
	name := workPrefix + Token(c.Version)
	if isOnce(kind) {
		name += once
	}
	return name
}

// gate lets pieces in one beside the other, or one alone.
type gate struct {
	mu      sync.Mutex
	inside  int           // pieces that run beside others
	closed  bool          // one wants to be alone, or is
	changed chan struct{} // closed at the next change; nil: nobody waits
}

func (g *gate) change(do func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	do()
	if g.changed != nil {
		close(g.changed)
		g.changed = nil
	}
}

// until waits for a condition; false: ctx ended first.
func (g *gate) until(ctx context.Context, met func() bool) bool {
	for {
		g.mu.Lock()
		ok := met()
		if !ok && g.changed == nil {
			g.changed = make(chan struct{})
		}
		changed := g.changed
		g.mu.Unlock()
		if ok {
			return true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

// wait waits until nobody is alone.
func (g *gate) wait(ctx context.Context) bool {
	return g.until(ctx, func() bool { return !g.closed })
}

// enter lets one more in, unless one is alone.
func (g *gate) enter() (in bool) {
	g.change(func() {
		if in = !g.closed; in {
			g.inside++
		}
	})
	return in
}

func (g *gate) leave() { g.change(func() { g.inside-- }) }

// shut lets nobody in, and waits until everybody is out; open ends it.
func (g *gate) shut(ctx context.Context) bool {
	g.change(func() { g.closed = true })
	return g.until(ctx, func() bool { return g.inside == 0 })
}

func (g *gate) open() { g.change(func() { g.closed = false }) }

// onceSlot runs pieces that are run once, one at a time and nothing beside it.
func (w *Worker) onceSlot(ctx context.Context) {
	queue := queue{conn: w.Conn, which: once}
	for ctx.Err() == nil {
		m := queue.next(ctx)
		if m == nil {
			continue
		}
		lease, stop := context.WithCancel(ctx)
		go w.keep(lease, m)
		alone := w.gate.shut(ctx)
		stop()
		if alone {
			w.serveOnce(ctx, m)
		} else {
			_ = m.Nak()
		}
		w.gate.open()
	}
}

// serveOnce runs a piece that cannot be run again: it is claimed before it begins, and
// whatever it comes to is told as its end.
func (w *Worker) serveOnce(ctx context.Context, m jetstream.Msg) {
	g, err := read(m)
	if err != nil {
		w.Conn.log("a message that is no piece was thrown away: %v", err)
		_ = m.Term()
		return
	}
	n, err := w.Conn.finished(ctx, g.job, g.id)
	if err == nil && n != nil {
		_ = m.Ack()
		return
	}
	w.count(func(m *Man) { m.Running++ })
	defer w.count(func(m *Man) { m.Running-- })
	mine, err := w.Conn.claim(ctx, g, w.note(g))
	if err == nil && !mine {
		_ = m.Ack()
		return
	}
	var result []byte
	if err == nil {
		_ = m.Ack() // whom it is given to again finds the claim
		result, err = w.run(ctx, g)
	}
	switch {
	case err == nil:
		w.finish(g, result)
	case errors.Is(err, ErrCancelled):
	case ctx.Err() != nil:
		w.abandon(g, ErrStopped)
	default:
		w.abandon(g, err)
	}
}

// claim makes a piece that is run once a worker's own: the first one's who says so.
// To take it off the queue would not be enough: the lease of one who stands still just
// then ends, another is given the piece, and both would run it.
func (c *Conn) claim(ctx context.Context, g *given, n note) (mine bool, err error) {
	text, err := json.Marshal(n)
	if err != nil {
		return false, err
	}
	subject := noteSubject(g.job, g.id, begun) + "." + strconv.FormatUint(g.sequence, 10)
	err = c.publish(ctx, &nats.Msg{Subject: subject, Data: text}, jetstream.WithExpectLastSequencePerSubject(0))
	if !isWrongLast(err) {
		return err == nil, err
	}
	m, err := c.notes.GetLastMsgForSubject(ctx, subject) // of our own, if its receipt was lost
	return err == nil && string(m.Data) == string(text), err
}

// ErrStopped is what a piece ends with that cannot be run again and whose worker was
// stopped.
var ErrStopped = errors.New("its worker was stopped")

// abandon tells the error of a piece that cannot be run again.
func (w *Worker) abandon(g *given, cause error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	w.count(func(m *Man) { m.Failed++ })
	w.Conn.log("piece %s of job %s (%s) failed: %v", g.id, g.job, g.Kind, cause)
	n := w.note(g)
	n.Error = clipped(cause.Error())
	if _, err := w.Conn.tell(ctx, g.job, g.id, done, n); err != nil {
		w.Conn.log("piece %s of job %s: its error could not be told: %v", g.id, g.job, explained(err))
	}
}

// clipped is an error's text of a bounded size.
func clipped(text string) string { return text[:min(len(text), 4<<10)] }

// MayLoad says whether the worker's owner lets it load the server at an address,
// host:port.
func (r *Room) MayLoad(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%q is no address of a server; right is host:port", address)
	}
	if targets := r.worker.Targets; targets == nil || slices.ContainsFunc(targets, func(t string) bool { return strings.EqualFold(t, host) || strings.EqualFold(t, address) }) {
		return nil
	}
	return fmt.Errorf("worker %s may not load %s: its --load-targets are %s", r.Worker, address, strings.Join(r.worker.Targets, ", "))
}
