package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats.go"
)

// linePrefix is above JOB.up and JOB.down: from and to the pieces that run.
const linePrefix = "edgesim.line."

// Line joins those who run pieces of a job and who waits for them, while both are
// there. What is told may get lost: whoever needs it tells it again.
type Line struct {
	conn          *Conn
	speak, listen string
}

// Line is the job's, from the side of who waits.
func (j *Job) Line() *Line {
	return &Line{j.conn, linePrefix + j.ID + ".down", linePrefix + j.ID + ".up"}
}

// Line is the line of the piece's job, from its own side.
func (r *Room) Line() *Line {
	return &Line{r.worker.Conn, linePrefix + r.job + ".up", linePrefix + r.job + ".down"}
}

// Tell tells the other side.
func (l *Line) Tell(v any) error {
	text, err := json.Marshal(v)
	if err == nil && len(text) > largest {
		err = fmt.Errorf("%d bytes are too many for a message", len(text))
	}
	if err != nil {
		return err
	}
	return l.conn.nc.Publish(l.speak, text)
}

// Hear gives f what the other side tells, one after the other, until it is stopped.
func (l *Line) Hear(f func(text []byte)) (stop func(), err error) {
	s, err := l.conn.nc.Subscribe(l.listen, func(m *nats.Msg) { f(m.Data) })
	if err != nil {
		return nil, err
	}
	return func() { _ = s.Unsubscribe() }, nil
}

// Clock reads the server's clock, for the piece.
func (r *Room) Clock(ctx context.Context) (Clock, error) {
	return r.worker.Conn.Clock(ctx, r.job, "worker-"+r.Worker)
}

// Lease is how long whoever runs pieces may be silent.
func (r *Room) Lease() time.Duration { return r.worker.Conn.Lease() }

// Keep lays a file into the object store; what it gives names it.
func (r *Room) Keep(ctx context.Context, path string) (hash string, err error) {
	return r.worker.Conn.Put(ctx, path)
}

// Take copies a blob to a file and takes it out of the store: for results that are
// large and wanted once.
func (c *Conn) Take(ctx context.Context, hash, path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := errors.Join(c.fetch(ctx, hash, f), f.Close()); err != nil {
		return err
	}
	return c.data.Delete(ctx, hash)
}
