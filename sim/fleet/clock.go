package fleet

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Clock is how this machine's clock stands to the server's: the server's is Ahead of
// it, give or take Unsure.
//
// A message is published, and the server notes when it stored it: between our sending
// and our hearing of it. The middle of the two is at most half of the round trip off,
// however long each way took (Cristian, "Probabilistic clock synchronization",
// Distributed Computing 3, 1989); of several tries the one with the least is kept.
type Clock struct {
	Ahead  time.Duration `json:"ahead"`
	Unsure time.Duration `json:"unsure"`
}

// clockTries are how many messages are sent to read the server's clock.
const clockTries = 20

// Clock reads the server's clock. from tells those who read it at the same time apart.
func (c *Conn) Clock(ctx context.Context, job, from string) (Clock, error) {
	best := Clock{Unsure: time.Hour}
	subject := noteSubject(job, from, "clock")
	for range clockTries {
		sent := time.Now()
		ack, err := c.js.Publish(ctx, subject, nil)
		heard := time.Now()
		if err != nil {
			return best, fmt.Errorf("reading the server's clock: %w", explained(err))
		}
		stored, err := c.notes.GetMsg(ctx, ack.Sequence)
		if err != nil {
			return best, fmt.Errorf("reading the server's clock: %w", err)
		}
		best = best.or(sent, heard, stored.Time)
	}
	err := c.notes.Purge(ctx, jetstream.WithPurgeSubject(subject))
	if errors.Is(err, context.Canceled) {
		return best, err
	}
	return best, nil
}

// or is the surer of what is known and of another try.
func (k Clock) or(sent, heard, stored time.Time) Clock {
	half := heard.Sub(sent) / 2 // by the monotonic clock: steps do not show
	if half >= k.Unsure {
		return k
	}
	return Clock{Ahead: stored.Sub(sent.Round(0)) - half, Unsure: half}
}

// Here is a moment of the server's clock by this machine's.
func (k Clock) Here(there time.Time) time.Time { return there.Add(-k.Ahead) }

// There is a moment of this machine's clock by the server's.
func (k Clock) There(here time.Time) time.Time { return here.Round(0).Add(k.Ahead) }
