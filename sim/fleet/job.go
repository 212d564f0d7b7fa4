package fleet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// States of a job.
const (
	Running   = "running"
	Done      = "done"
	Cancelled = "cancelled"
)

// About is what the server knows of a job.
type About struct {
	ID      string    `json:"id"`
	Command []string  `json:"command"` // as typed, without secrets
	Dir     string    `json:"dir"`     // where it was typed
	Host    string    `json:"host"`
	Version string    `json:"version"`
	State   string    `json:"state"`
	Begun   time.Time `json:"begun"`
	Seen    time.Time `json:"seen"` // when its coordinator was last there
	Pieces  int       `json:"pieces"`
	Done    int       `json:"done"`
	Cut     int       `json:"cut,omitempty"` // as Settle has it; 0: nobody has asked
}

// JobID names a job by what it is about: the command without what only says how,
// and the content of what it reads.
func JobID(about ...string) string {
	h := sha256.New()
	for _, s := range about {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}

// SetAside is a piece that failed too often.
type SetAside struct {
	Kind, Worker, Text string
}

func (s SetAside) Error() string {
	if isOnce(s.Kind) {
		return fmt.Sprintf("failed on worker %s: %s", s.Worker, s.Text)
	}
	return fmt.Sprintf("set aside after it failed %d times, last on worker %s: %s", failuresMost, s.Worker, s.Text)
}

// Stopped tells whether it failed since its worker was stopped.
func (s SetAside) Stopped() bool { return s.Text == ErrStopped.Error() }

// ErrCancelled is what pieces of a job that was cancelled end with.
var ErrCancelled = errors.New("the job was cancelled")

// Job is a set of pieces that someone waits for.
type Job struct {
	ID    string
	conn  *Conn
	about About
	halt  context.CancelCauseFunc
	ended context.Context
	tail  jetstream.ConsumeContext
	beat  sync.WaitGroup

	mu       sync.Mutex
	waiting  map[string]chan struct{} // pieces asked for
	results  map[string]*note         // of pieces that are done
	running  map[string]uint64        // turn of pieces that a worker has
	retried  map[string]uint64        // last turn of pieces that had more than one
	earlier  int
	reached  uint64 // sequence of the last note
	arrived  chan struct{}
	caught   bool          // arrived is closed
	changed  chan struct{} // something did; capacity 1
	setAside int

	cancelled bool
	wards     []context.CancelCauseFunc // of While
}

// Open takes a job up: a new one, or one that was begun before, with what its
// pieces came to. Close ends it.
func Open(ctx context.Context, c *Conn, about About) (*Job, error) {
	j := &Job{ID: about.ID, conn: c, about: about, waiting: map[string]chan struct{}{}, results: map[string]*note{},
		running: map[string]uint64{}, retried: map[string]uint64{}, arrived: make(chan struct{}), changed: make(chan struct{}, 1)}
	j.about.Version, j.about.State, j.about.Begun = c.Version, Running, time.Now().UTC()
	if old, err := c.about(ctx, about.ID); err == nil {
		if j.about.Cut = old.Cut; old.State != Cancelled {
			j.about.Begun = old.Begun
		}
	}
	if err := c.keepAbout(ctx, j.about); err != nil {
		return nil, explained(err)
	}
	if err := j.catchUp(ctx); err != nil {
		return nil, err
	}
	j.ended, j.halt = context.WithCancelCause(context.Background())
	if err := j.listen(haltPrefix, func(*nats.Msg) { j.cancel() }); err != nil {
		return nil, err
	}
	if err := j.listen(woePrefix, func(m *nats.Msg) { j.halt(errors.New(string(m.Data[:min(len(m.Data), 4<<10)]))) }); err != nil {
		return nil, err
	}
	j.beat.Go(j.keepSeen)
	return j, nil
}

// While is ctx, which a cancellation of the job ends, too, with ErrCancelled as the cause.
// Whoever gets that error from a piece finds it ended. That the job is over does not
// end it.
func (j *Job) While(ctx context.Context) context.Context {
	ctx, end := context.WithCancelCause(ctx)
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.wards = append(j.wards, end); j.cancelled {
		end(ErrCancelled)
	}
	return ctx
}

// cancel ends all that waits for the job: first who looks at a context.
func (j *Job) cancel() {
	j.mu.Lock()
	j.cancelled = true
	for _, end := range j.wards {
		end(ErrCancelled)
	}
	j.mu.Unlock()
	j.halt(ErrCancelled)
}

// Settle keeps how large the job's pieces are, which goes by who is there: what the
// first coordinator has said holds for those that take the job up, so that they ask for
// the same pieces.
func (j *Job) Settle(ctx context.Context, cut int) (int, error) {
	j.mu.Lock()
	known := j.about.Cut
	if known == 0 {
		j.about.Cut = cut
	}
	j.mu.Unlock()
	if known > 0 {
		return known, nil
	}
	return cut, j.conn.keepAbout(ctx, j.now())
}

// listen hears what is said of the job while it lasts.
func (j *Job) listen(prefix string, heard func(*nats.Msg)) error {
	sub, err := j.conn.nc.Subscribe(prefix+j.ID, heard)
	if err == nil {
		context.AfterFunc(j.ended, func() { _ = sub.Unsubscribe() })
	}
	return err
}

// catchUp reads the notes that are there, and goes on reading.
func (j *Job) catchUp(ctx context.Context) error {
	last := uint64(0)
	switch m, err := j.conn.notes.GetLastMsgForSubject(ctx, notePrefix+j.ID+".>"); {
	case err == nil:
		last = m.Sequence
	case !errors.Is(err, jetstream.ErrMsgNotFound):
		return err
	}
	cons, err := j.conn.js.OrderedConsumer(ctx, noteStream, jetstream.OrderedConsumerConfig{FilterSubjects: []string{notePrefix + j.ID + ".>"}})
	if err != nil {
		return err
	}
	j.tail, err = cons.Consume(func(m jetstream.Msg) {
		if meta, err := m.Metadata(); err == nil {
			j.take(m.Subject(), m.Data(), meta.Sequence.Stream, meta.NumPending, last)
		}
	})
	if err != nil || last == 0 {
		return err
	}
	select {
	case <-j.arrived:
		return nil
	case <-ctx.Done():
		j.tail.Stop()
		return ctx.Err()
	}
}

// take takes in a note.
func (j *Job) take(subject string, data []byte, sequence, rest, last uint64) {
	n, err := readNote(subject, data)
	j.mu.Lock()
	defer j.mu.Unlock()
	if err == nil && sequence > j.reached {
		j.note(&n, sequence <= last)
	}
	j.reached = max(j.reached, sequence)
	if !j.caught && (sequence >= last || rest == 0) {
		j.caught = true
		close(j.arrived)
	}
	j.tellChanged()
}

func (j *Job) note(n *note, early bool) {
	if n.Turn > 1 {
		j.retried[n.piece] = max(j.retried[n.piece], n.Turn)
	}
	switch n.what {
	case begun:
		if j.results[n.piece] == nil {
			j.running[n.piece] = n.Turn
		}
	case failed, back:
		delete(j.running, n.piece)
	case done:
		delete(j.running, n.piece)
		if j.results[n.piece] != nil {
			return
		}
		if n.Error != "" {
			if early { // tried again by whoever asks again
				return
			}
			j.setAside++
		}
		j.results[n.piece] = n
		if early {
			j.earlier++
		}
		if w := j.waiting[n.piece]; w != nil {
			close(w)
		}
	}
}

// Do has a piece run, and gives what it came to: at once if that is known, even where
// ctx is over. It returns SetAside for one that failed too often.
func (j *Job) Do(ctx context.Context, p Piece) ([]byte, error) {
	id := p.ID()
	arrived, err := j.ask(ctx, id, p)
	if err != nil {
		return nil, err
	}
	var over error
	select {
	case <-arrived:
	case <-ctx.Done():
		over = context.Cause(ctx)
	case <-j.ended.Done():
		over = context.Cause(j.ended)
	}
	j.mu.Lock()
	n := j.results[id]
	j.mu.Unlock()
	if n == nil {
		return nil, over
	}
	if n.Error != "" {
		return nil, SetAside{p.Kind, n.Worker, n.Error}
	}
	return j.conn.bytesOf(ctx, n)
}

// Ask has a piece run, whose result Do gives later: so results that do not fit into
// memory together stay on the server until they are wanted.
func (j *Job) Ask(ctx context.Context, p Piece) error {
	_, err := j.ask(ctx, p.ID(), p)
	return err
}

// ask queues a piece that was not asked for yet. What it returns is closed when the
// result is there.
func (j *Job) ask(ctx context.Context, id string, p Piece) (arrived chan struct{}, err error) {
	if len(p.Args) > LargestPiece {
		return nil, fmt.Errorf("a piece's description has %d bytes; right are at most %d, and the rest as data", len(p.Args), LargestPiece)
	}
	arrived, known := j.wait(id)
	if !known {
		if err = j.submit(ctx, id, p); err != nil {
			j.mu.Lock()
			delete(j.waiting, id) // whoever asks again has it queued again
			j.mu.Unlock()
		}
	}
	return arrived, err
}

// wait is closed when the piece's result is there; known: it was asked for.
func (j *Job) wait(id string) (arrived chan struct{}, known bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if w := j.waiting[id]; w != nil {
		return w, true
	}
	w := make(chan struct{})
	j.waiting[id] = w
	j.tellChanged()
	if j.results[id] != nil {
		close(w)
		return w, true
	}
	return w, false
}

// submit queues a piece, unless it is queued.
func (j *Job) submit(ctx context.Context, id string, p Piece) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if err := j.conn.forget(ctx, j.ID, id); err != nil {
		return err
	}
	err = j.conn.publish(ctx, &nats.Msg{Subject: j.conn.queue(p.Kind) + "." + j.ID + "." + id, Data: text})
	if err == nil || isThere(err) {
		return nil
	}
	return fmt.Errorf("queueing a piece: %w", explained(err))
}

// forget removes the error of a piece that was set aside: it is asked for anew.
func (c *Conn) forget(ctx context.Context, job, piece string) error {
	n, err := c.finished(ctx, job, piece)
	if err != nil || n == nil || n.Error == "" {
		return err
	}
	return c.notes.Purge(ctx, jetstream.WithPurgeSubject(notePrefix+job+"."+piece+".>"))
}

// keepSeen tells the server that someone waits, until the job is closed, and hears
// of a cancellation that was said while the server could not be reached.
func (j *Job) keepSeen() {
	for {
		select {
		case <-j.ended.Done():
			return
		case <-time.After(seenEvery):
		}
		ctx, cancel := context.WithTimeout(j.ended, patience)
		e, err := j.conn.jobs.Get(ctx, j.ID)
		var old About
		if err == nil && json.Unmarshal(e.Value(), &old) == nil && old.State == Cancelled {
			j.cancel()
		} else if err == nil {
			text, err := json.Marshal(j.now())
			if err == nil {
				_, _ = j.conn.jobs.Update(ctx, j.ID, text, e.Revision()) // the next one tells it
			}
		}
		cancel()
	}
}

// now is what the server should know of the job.
func (j *Job) now() About {
	p := j.Progress()
	j.mu.Lock()
	about := j.about
	j.mu.Unlock()
	about.Seen, about.Pieces, about.Done = time.Now().UTC(), p.Pieces, p.Done
	return about
}

const seenEvery = 3 * time.Second

// Close notes how the job ended. One that is not over can be taken up again.
func (j *Job) Close(over bool) {
	cancelled := errors.Is(context.Cause(j.ended), ErrCancelled)
	j.halt(nil)
	j.beat.Wait()
	j.tail.Stop()
	about := j.now()
	switch {
	case cancelled:
		about.State = Cancelled
	case over:
		about.State = Done
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := j.conn.keepAbout(ctx, about); err != nil {
		j.conn.log("job %s: how it ended could not be noted: %v", j.ID, err)
	}
}
