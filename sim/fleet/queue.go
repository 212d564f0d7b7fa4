package fleet

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// layLease makes the queue of this version's pieces, or sets its lease.
func (c *Conn) layLease(ctx context.Context, lease time.Duration) error {
	config := jetstream.ConsumerConfig{
		Durable: c.queueName(), Description: "edgesim " + c.Version, AckPolicy: jetstream.AckExplicitPolicy,
		AckWait: Lease, MaxDeliver: -1, MaxAckPending: 100_000, FilterSubject: workPrefix + Token(c.Version) + ".>",
		InactiveThreshold: Kept,
	}
	if lease > 0 {
		config.AckWait = lease
		c.Lease = lease
		_, err := c.work.CreateOrUpdateConsumer(ctx, config)
		return explained(err)
	}
	cons, err := c.work.Consumer(ctx, config.Durable)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		cons, err = c.work.CreateOrUpdateConsumer(ctx, config)
	}
	if err == nil {
		c.Lease = cons.CachedInfo().Config.AckWait
	}
	return explained(err)
}

// queueName is the consumer of this version's pieces.
func (c *Conn) queueName() string { return "workers-" + Token(c.Version) }

// asking is how long one question for a piece lasts.
const asking = 10 * time.Second

// next is the next piece; nil: there was none for a while.
func (w *Worker) next(ctx context.Context, queue *jetstream.Consumer) (jetstream.Msg, error) {
	if *queue == nil {
		cons, err := w.Conn.work.Consumer(ctx, w.Conn.queueName())
		if errors.Is(err, jetstream.ErrConsumerNotFound) {
			return nil, w.Conn.layLease(ctx, 0)
		}
		if err != nil {
			return nil, err
		}
		*queue = cons
	}
	wait, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	m, err := (*queue).Next(jetstream.FetchContext(wait))
	if errors.Is(err, nats.ErrTimeout) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, jetstream.ErrNoMessages) {
		return nil, nil
	}
	return m, err
}
