// Package fleet hands pieces of work to workers on other machines over NATS
// JetStream, and gathers what came of them. It knows leases, retries, results and
// data by their content; it must never know what a piece computes: that is a Kind.
//
// A piece is a pure function of its description, which names it. So it may be run
// twice, by a worker that was thought dead and by its successor, and the first
// result is taken: nothing is lost, and nothing counts twice.
package fleet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Names on the server. A subject of work is work.VERSION.JOB.PIECE, one of notes
// note.JOB.PIECE.WHAT.
const (
	workStream = "EDGESIM_WORK"  // pieces that are to be run: a work queue
	noteStream = "EDGESIM_NOTES" // what became of them
	jobBucket  = "edgesim_jobs"
	menBucket  = "edgesim_workers"
	dataBucket = "edgesim_data"

	workPrefix = "edgesim.work."
	notePrefix = "edgesim.note."
	haltPrefix = "edgesim.halt." // JOB: stop its pieces, up to a place in the queue
	woePrefix  = "edgesim.woe."  // JOB: what keeps a worker from giving a result
)

// Kept is how long results and data stay on the server.
const Kept = 7 * 24 * time.Hour

// Lease is how long a worker may be silent about a piece before another gets it,
// unless a coordinator says otherwise.
const Lease = 30 * time.Second

// LeastLease is the shortest lease: beats come three to a lease.
const LeastLease = time.Second

// largest is how many bytes of a description or a result travel in a message;
// larger ones go through the object store. Servers take 1 MiB unless told.
const largest = 256 << 10

// LargestPiece is how large a description may be, in bytes.
const LargestPiece = 64 << 10

// failuresMost is how often a piece may fail before it is set aside.
const failuresMost = 3

// lossesMost is how often a piece may be given out before it is set aside, as one
// that ends its workers.
const lossesMost = 6

// Piece is work that one worker does.
type Piece struct {
	Kind string   `json:"kind"`
	Args []byte   `json:"args"`           // JSON, as the kind reads it
	Data []string `json:"data,omitempty"` // files that it needs, as Lay has them
}

// ID names a piece by what it is. Where its files lie is not part of that.
func (p Piece) ID() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%d\x00%s", p.Kind, len(p.Args), p.Args)
	for _, d := range p.Data {
		fmt.Fprintf(h, "\x00%s", ContentOf(d))
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}

// Token is a version as a part of a subject.
func Token(version string) string {
	sum := sha256.Sum256([]byte(version))
	return hex.EncodeToString(sum[:])[:12]
}

// lay makes what has to be on the server, where it is not there yet.
func (c *Conn) lay(ctx context.Context) error {
	steps := []func(context.Context) error{c.layWork, c.layNotes, c.layBuckets}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return fmt.Errorf("the server at %s: %w", c.Where, explained(err))
		}
	}
	return nil
}

func (c *Conn) layWork(ctx context.Context) (err error) {
	c.work, err = c.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: workStream, Description: "edgesim: pieces to be run", Subjects: []string{workPrefix + ">"},
		Retention: jetstream.WorkQueuePolicy, Storage: jetstream.FileStorage, Replicas: c.replicas,
		MaxMsgsPerSubject: 1, Discard: jetstream.DiscardNew, DiscardNewPerSubject: true, MaxMsgs: 10_000_000,
		MaxMsgSize: 2 * largest, MaxAge: Kept,
	})
	return err
}

func (c *Conn) layNotes(ctx context.Context) (err error) {
	c.notes, err = c.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: noteStream, Description: "edgesim: what became of pieces", Subjects: []string{notePrefix + ">"},
		Storage: jetstream.FileStorage, Replicas: c.replicas, Discard: jetstream.DiscardNew, MaxMsgs: 10_000_000,
		MaxMsgSize: 2 * largest, MaxAge: Kept,
	})
	return err
}

func (c *Conn) layBuckets(ctx context.Context) (err error) {
	c.jobs, err = c.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: jobBucket, Description: "edgesim: jobs", TTL: Kept, Replicas: c.replicas})
	if err != nil {
		return err
	}
	c.men, err = c.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: menBucket, Description: "edgesim: workers that are there", TTL: present, Replicas: c.replicas})
	if err != nil {
		return err
	}
	c.data, err = c.js.CreateOrUpdateObjectStore(ctx, jetstream.ObjectStoreConfig{Bucket: dataBucket, Description: "edgesim: data by content", TTL: Kept, Replicas: c.replicas})
	return err
}

// explained says what a server's error asks of a user.
func explained(err error) error {
	var api *jetstream.APIError
	switch {
	case errors.As(err, &api) && (api.ErrorCode == 10023 || api.ErrorCode == 10028 || api.ErrorCode == 10047 || api.ErrorCode == 10077):
		return fmt.Errorf("its store is full: %w; right is more room for it, or `edgesim jobs remove` of what is over", err)
	case errors.Is(err, jetstream.ErrJetStreamNotEnabled) || errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount):
		return fmt.Errorf("it has no JetStream: %w; right is nats-server --jetstream", err)
	}
	return err
}
