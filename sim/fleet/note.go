package fleet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// What became of a piece, in the order in which it does.
const (
	begun  = "begun"  // a worker has it
	failed = "failed" // it gave an error
	back   = "back"   // the worker ended and gave it back
	done   = "done"   // its result; of several the first, which is the only one kept
)

// note says what became of a piece.
type note struct {
	Worker string    `json:"worker"`
	Time   time.Time `json:"time"`           // by the worker's clock
	Turn   uint64    `json:"turn"`           // it was given out so many times
	Result []byte    `json:"result"`         // of done
	Blob   string    `json:"blob,omitempty"` // a result that is too large for a message
	Error  string    `json:"error,omitempty"`

	piece, what string
}

func noteSubject(job, piece, what string) string { return notePrefix + job + "." + piece + "." + what }

// readNote reads a note and where it lies.
func readNote(subject string, data []byte) (note, error) {
	var n note
	parts := strings.Split(strings.TrimPrefix(subject, notePrefix), ".")
	if len(parts) < 3 {
		return n, errors.New("no note: " + subject)
	}
	err := json.Unmarshal(data, &n)
	n.piece, n.what = parts[1], parts[2]
	return n, err
}

// tell publishes a note of a piece, until ctx ends. done is told once; false says
// that it was before.
func (c *Conn) tell(ctx context.Context, job, piece, what string, n note) (first bool, err error) {
	text, err := json.Marshal(n)
	if err != nil {
		return false, err
	}
	subject := noteSubject(job, piece, what)
	var opts []jetstream.PublishOpt
	if what == done {
		opts = append(opts, jetstream.WithExpectLastSequencePerSubject(0))
	} else {
		subject += "." + strconv.FormatUint(n.Turn, 10)
	}
	err = c.publish(ctx, &nats.Msg{Subject: subject, Data: text}, opts...)
	if isWrongLast(err) {
		return false, nil
	}
	return err == nil, err
}

// mention publishes a note that nothing hangs on, without waiting for it to be kept:
// what the connection publishes next comes behind it.
func (c *Conn) mention(job, piece, what string, n note) {
	if text, err := json.Marshal(n); err == nil {
		subject := noteSubject(job, piece, what) + "." + strconv.FormatUint(n.Turn, 10)
		_, _ = c.js.PublishMsgAsync(&nats.Msg{Subject: subject, Data: text})
	}
}

// patience is how long one attempt to publish may take.
const patience = 5 * time.Second

// publish publishes, again and again while the server cannot be reached, and once more
// where the connection is another now, on which no answer can come.
func (c *Conn) publish(ctx context.Context, m *nats.Msg, opts ...jetstream.PublishOpt) error {
	for {
		try, cancel := context.WithTimeout(ctx, patience)
		end := c.whenAgain(cancel)
		_, err := c.js.PublishMsg(try, m, opts...)
		end()
		cancel()
		var api *jetstream.APIError
		if err == nil || errors.As(err, &api) || ctx.Err() != nil || c.nc.IsClosed() {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(300 * time.Millisecond):
		}
	}
}

func isWrongLast(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && (api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence || api.ErrorCode == 10164)
}

// isThere reports that the subject has a message already.
func isThere(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && strings.Contains(api.Description, "per subject")
}

// finished is the result of a piece, if there is one.
func (c *Conn) finished(ctx context.Context, job, piece string) (*note, error) {
	subject := noteSubject(job, piece, done)
	m, err := c.notes.GetLastMsgForSubject(ctx, subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	n, err := readNote(subject, m.Data)
	return &n, err
}

// turns counts a piece's notes of one sort, of its turns until and with the last.
// (A note that was only mentioned may come into the stream later than its turn's end.)
func (c *Conn) turns(ctx context.Context, job, piece, what string, last uint64) (int, error) {
	subject := noteSubject(job, piece, what) + "."
	info, err := c.notes.Info(ctx, jetstream.WithSubjectFilter(subject+"*"))
	if err != nil {
		return 0, err
	}
	count := 0
	for s := range info.State.Subjects {
		if turn, err := strconv.ParseUint(strings.TrimPrefix(s, subject), 10, 64); err == nil && turn <= last {
			count++
		}
	}
	return count, nil
}

// bytesOf is a note's result, wherever it lies.
func (c *Conn) bytesOf(ctx context.Context, n *note) ([]byte, error) {
	if n.Blob == "" {
		return n.Result, nil
	}
	var b bytes.Buffer
	err := c.fetch(ctx, n.Blob, &b)
	return b.Bytes(), err
}
