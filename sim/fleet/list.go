package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

func (c *Conn) about(ctx context.Context, id string) (About, error) {
	var a About
	e, err := c.jobs.Get(ctx, id)
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal(e.Value(), &a)
}

func (c *Conn) keepAbout(ctx context.Context, a About) error {
	text, err := json.Marshal(a)
	if err == nil {
		_, err = c.jobs.Put(ctx, a.ID, text)
	}
	return err
}

// Jobs are all that the server knows, the youngest first.
func (c *Conn) Jobs(ctx context.Context) ([]About, error) {
	keys, err := c.jobs.Keys(ctx)
	if errors.Is(err, jetstream.ErrNoKeysFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []About
	for _, key := range keys {
		if a, err := c.about(ctx, key); err == nil {
			list = append(list, a)
		}
	}
	slices.SortFunc(list, func(a, b About) int {
		if d := b.Begun.Compare(a.Begun); d != 0 {
			return d
		}
		return strings.Compare(a.ID, b.ID)
	})
	return list, nil
}

// Job is what the server knows of one job.
func (c *Conn) Job(ctx context.Context, id string) (About, error) {
	a, err := c.about(ctx, id)
	if errors.Is(err, jetstream.ErrKeyNotFound) || errors.Is(err, jetstream.ErrInvalidKey) {
		return a, fmt.Errorf("there is no job %q; `edgesim jobs list` lists them", id)
	}
	return a, err
}

// Cancel takes a job's pieces out of the queue and stops those that run.
func (c *Conn) Cancel(ctx context.Context, id string) error {
	a, err := c.Job(ctx, id)
	if err != nil {
		return err
	}
	a.State = Cancelled
	if err := c.keepAbout(ctx, a); err != nil {
		return err
	}
	if err := c.work.Purge(ctx, jetstream.WithPurgeSubject(workPrefix+"*."+id+".>")); err != nil {
		return err
	}
	info, err := c.work.Info(ctx)
	if err != nil {
		return err
	}
	last := strconv.AppendUint(nil, info.State.LastSeq, 10)
	return errors.Join(c.nc.Publish(haltPrefix+id, last), c.nc.FlushTimeout(patience))
}

// Remove cancels a job and forgets its results.
func (c *Conn) Remove(ctx context.Context, id string) error {
	if err := c.Cancel(ctx, id); err != nil {
		return err
	}
	if err := c.notes.Purge(ctx, jetstream.WithPurgeSubject(notePrefix+id+".>")); err != nil {
		return err
	}
	return c.jobs.Purge(ctx, id)
}

// Man is a worker that is there.
type Man struct {
	Name    string    `json:"name"`
	Host    string    `json:"host"`
	Version string    `json:"version"`
	Slots   int       `json:"slots"`
	Running int       `json:"running"`
	Done    int       `json:"done"`
	Failed  int       `json:"failed"`
	Since   time.Time `json:"since"`
}

// Slots is how many pieces workers of this version can run at a time now.
func (c *Conn) Slots(ctx context.Context) (n int, err error) {
	list, err := c.Workers(ctx)
	for _, m := range list {
		if m.Version == c.Version {
			n += m.Slots
		}
	}
	return n, err
}

// present is how long a worker is taken for there after it was heard.
const present = 10 * time.Second

// Workers are those that are there, by name.
func (c *Conn) Workers(ctx context.Context) ([]Man, error) {
	keys, err := c.men.Keys(ctx)
	if errors.Is(err, jetstream.ErrNoKeysFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []Man
	for _, key := range keys {
		var m Man
		if e, err := c.men.Get(ctx, key); err == nil && json.Unmarshal(e.Value(), &m) == nil {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(a, b Man) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}
