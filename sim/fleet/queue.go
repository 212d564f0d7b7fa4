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
	return errors.Join(c.layQueue(ctx, "", lease), c.layQueue(ctx, once, lease))
}

func (c *Conn) layQueue(ctx context.Context, which string, lease time.Duration) error {
	config := jetstream.ConsumerConfig{
		Durable: c.queueName() + which, Description: "edgesim " + c.Version, AckPolicy: jetstream.AckExplicitPolicy,
		AckWait: Lease, MaxDeliver: -1, MaxAckPending: 100_000, FilterSubject: workPrefix + Token(c.Version) + which + ".>",
		InactiveThreshold: Kept,
	}
	if lease > 0 {
		config.AckWait = lease
		c.lease.Store(int64(lease))
		_, err := c.work.CreateOrUpdateConsumer(ctx, config)
		return explained(err)
	}
	cons, err := c.work.Consumer(ctx, config.Durable)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		cons, err = c.work.CreateOrUpdateConsumer(ctx, config)
	}
	if err == nil {
		c.lease.Store(int64(cons.CachedInfo().Config.AckWait))
	}
	return explained(err)
}

// learnLease finds out whether a coordinator has come with another lease.
func (c *Conn) learnLease(ctx context.Context) {
	if cons, err := c.work.Consumer(ctx, c.queueName()); err == nil { // else the next time
		c.lease.Store(int64(cons.CachedInfo().Config.AckWait))
	}
}

// queueName is the consumer of this version's pieces.
func (c *Conn) queueName() string { return "workers-" + Token(c.Version) }

// asking is how long one question for a piece lasts.
const asking = 10 * time.Second

// queue is where pieces come from.
type queue struct {
	conn     *Conn
	which    string // what its name ends with
	consumer jetstream.Consumer
}

// next is the next piece; nil: there was none for a while.
func (q *queue) next(ctx context.Context) jetstream.Msg {
	m, err := q.ask(ctx)
	if err != nil {
		q.consumer = nil // it may be another after the server was away
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
		return nil
	}
	return m
}

func (q *queue) ask(ctx context.Context) (jetstream.Msg, error) {
	if q.consumer == nil {
		cons, err := q.conn.work.Consumer(ctx, q.conn.queueName()+q.which)
		if errors.Is(err, jetstream.ErrConsumerNotFound) {
			return nil, q.conn.layLease(ctx, 0)
		}
		if err != nil {
			return nil, err
		}
		q.consumer = cons
	}
	wait, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	defer q.conn.whenAgain(cancel)() // the question was lost with the connection
	m, err := q.consumer.Next(jetstream.FetchContext(wait))
	if errors.Is(err, context.Canceled) && ctx.Err() == nil {
		return nil, nil
	}
	if errors.Is(err, nats.ErrTimeout) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, jetstream.ErrNoMessages) {
		return nil, nil
	}
	return m, err
}
