package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Worker runs pieces.
type Worker struct {
	Conn  *Conn
	Name  string // its own on the server: letters, digits, - and _
	Host  string
	Slots int    // pieces at a time
	Jobs  int    // processors for each
	Cache string // folder for data; workers may share one
	Room  int64  // bytes of it; 0: CacheRoom
	Kinds []Kind // that it runs; nil: all that are registered

	// Shared are the folders and URLs at which files may be read where they lie.
	Shared Places

	// Limit is how long a piece may take; then it is given up. 0: an hour.
	Limit time.Duration

	// NoLoad refuses pieces that cannot be run again, those of load; Targets are the
	// servers, as host or host:port, that others may be asked to load: nil: all.
	NoLoad  bool
	Targets []string

	gate  gate
	shelf *shelf
	mu    sync.Mutex
	man   Man
	stop  map[string]map[*context.CancelCauseFunc]bool // by job
	void  map[string]uint64                            // by job that was cancelled: the last of its pieces in the queue
}

// Run takes pieces until ctx ends; then it gives those that are running back.
func (w *Worker) Run(ctx context.Context) error {
	if err := w.begin(ctx); err != nil {
		return err
	}
	sub, err := w.Conn.nc.Subscribe(haltPrefix+"*", func(m *nats.Msg) { w.halt(strings.TrimPrefix(m.Subject, haltPrefix), string(m.Data)) })
	if err != nil {
		return err
	}
	defer func() { _ = sub.Unsubscribe() }()
	defer w.Conn.whenAgain(func() { w.catchUp(ctx) })()
	var slots sync.WaitGroup
	for range w.Slots {
		slots.Go(func() { w.slot(ctx) })
	}
	if !w.NoLoad {
		slots.Go(func() { w.onceSlot(ctx) })
	}
	slots.Go(func() { w.beat(ctx) })
	slots.Wait()
	after, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return w.Conn.men.Purge(after, w.Name)
}

// begin checks that the name is free and says who is there.
func (w *Worker) begin(ctx context.Context) error {
	w.stop, w.void, w.shelf = map[string]map[*context.CancelCauseFunc]bool{}, map[string]uint64{}, newShelf(w)
	w.man = Man{Name: w.Name, Host: w.Host, Version: w.Conn.Version, Slots: w.Slots, Since: time.Now().UTC()}
	text, err := json.Marshal(w.man)
	if err != nil {
		return err
	}
	// One that died a moment ago is still there; a service that is restarted has its name.
	wait, cancel := context.WithTimeout(ctx, present+present/2)
	defer cancel()
	for {
		_, err = w.Conn.men.Create(wait, w.Name, text)
		if !errors.Is(err, jetstream.ErrKeyExists) {
			break
		}
		select {
		case <-wait.Done():
			return fmt.Errorf("there is a worker %q already: right is another --name", w.Name)
		case <-time.After(present / 10):
		}
	}
	if errors.Is(err, jetstream.ErrInvalidKey) {
		return fmt.Errorf("name %q: right are letters, digits, - and _", w.Name)
	}
	return explained(err)
}

// beat tells the server that the worker is there.
func (w *Worker) beat(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(present / 4):
		}
		w.mu.Lock()
		text, err := json.Marshal(w.man)
		w.mu.Unlock()
		if err == nil {
			try, cancel := context.WithTimeout(ctx, present/4)
			_, _ = w.Conn.men.Put(try, w.Name, text) // the next beat tells it
			w.Conn.learnLease(try)
			cancel()
		}
	}
}

// slot runs one piece after the other.
func (w *Worker) slot(ctx context.Context) {
	queue := queue{conn: w.Conn}
	for ctx.Err() == nil && w.gate.wait(ctx) {
		m := queue.next(ctx)
		switch {
		case m == nil:
		case !w.gate.enter():
			_ = m.NakWithDelay(time.Second) // a piece that is run once has begun meanwhile
		default:
			w.serve(ctx, m)
			w.gate.leave()
		}
	}
}

// given is a piece that this worker has.
type given struct {
	Piece
	job, id  string
	turn     uint64
	sequence uint64 // its place in the queue
	m        jetstream.Msg
}

// serve runs a piece and tells what came of it.
func (w *Worker) serve(ctx context.Context, m jetstream.Msg) {
	g, err := read(m)
	if err != nil {
		w.Conn.log("a message that is no piece was thrown away: %v", err)
		_ = m.Term() // it would not be one the next time
		return
	}
	if g.turn > 1 {
		if n, err := w.Conn.finished(ctx, g.job, g.id); err == nil && n != nil {
			_ = m.Ack() // a lease was lost, and another worker was done first
			return
		}
	}
	w.count(func(m *Man) { m.Running++ })
	defer w.count(func(m *Man) { m.Running-- })
	w.Conn.mention(g.job, g.id, begun, w.note(g))
	result, err := w.run(ctx, g)
	switch {
	case err == nil:
		w.finish(g, result)
	case ctx.Err() != nil:
		w.giveBack(g)
	case errors.Is(err, ErrCancelled):
		_ = m.Term()
	default:
		w.fail(ctx, g, err)
	}
}

// read takes a message apart.
func read(m jetstream.Msg) (*given, error) {
	parts := strings.Split(strings.TrimPrefix(m.Subject(), workPrefix), ".")
	if len(parts) != 3 {
		return nil, errors.New("subject " + m.Subject())
	}
	g := &given{job: parts[1], id: parts[2], m: m}
	if err := json.Unmarshal(m.Data(), &g.Piece); err != nil {
		return nil, err
	}
	if g.ID() != g.id {
		return nil, errors.New("its name is not of its content")
	}
	if len(g.Args) > LargestPiece {
		return nil, fmt.Errorf("a description of %d bytes", len(g.Args))
	}
	meta, err := m.Metadata()
	if err == nil {
		g.turn, g.sequence = meta.NumDelivered, meta.Sequence.Stream
	}
	return g, err
}

func (w *Worker) note(g *given) note {
	return note{Worker: w.Name, Time: time.Now().UTC(), Turn: g.turn}
}

func (w *Worker) count(change func(*Man)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(&w.man)
}

// run runs a piece while it keeps its lease.
func (w *Worker) run(ctx context.Context, g *given) (result []byte, err error) {
	kind, err := w.kindOf(g.Kind)
	if err != nil {
		return nil, err
	}
	if lost := w.losses(ctx, g); lost >= lossesMost {
		return nil, deadly{lost}
	}
	limit := w.Limit
	if limit == 0 {
		limit = time.Hour
	}
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer w.stoppable(g, &cancel)()
	if context.Cause(inner) != nil {
		return nil, context.Cause(inner) // it was on its way here when its job was cancelled
	}
	if !kind.Once { // that one is the worker's for good, and lasts as long as it was told to
		late := time.AfterFunc(limit, func() { cancel(fmt.Errorf("it took longer than %v", limit)) })
		defer late.Stop()
		go w.keep(inner, g.m)
	}
	room := &Room{Worker: w.Name, Jobs: max(1, w.Jobs), shelf: w.shelf, needs: g.Data, job: g.job, worker: w}
	defer func() {
		err = errors.Join(err, room.close())
		if p := recover(); p != nil {
			w.Conn.log("%s", debug.Stack())
			err = fmt.Errorf("panic: %v", p)
		}
		if err != nil && context.Cause(inner) != nil {
			err = context.Cause(inner)
		}
	}()
	return kind.Do(inner, room, g.Args)
}

// keep keeps the lease of a piece while ctx lasts. A coordinator that comes meanwhile
// may make it shorter.
func (w *Worker) keep(ctx context.Context, m jetstream.Msg) {
	told := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(min(w.Conn.Lease()/3-time.Since(told), present/4)):
		}
		if now := time.Now(); now.Sub(told) >= w.Conn.Lease()/3 {
			_ = m.InProgress() // the next one may come through
			told = now
		}
	}
}

// stoppable lets a cancelled job end its pieces, those too that were taken off the
// queue just before and have not begun; call what it returns when it is over.
func (w *Worker) stoppable(g *given, cancel *context.CancelCauseFunc) func() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if g.sequence <= w.void[g.job] {
		(*cancel)(ErrCancelled)
	}
	if w.stop[g.job] == nil {
		w.stop[g.job] = map[*context.CancelCauseFunc]bool{}
	}
	w.stop[g.job][cancel] = true
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if delete(w.stop[g.job], cancel); len(w.stop[g.job]) == 0 {
			delete(w.stop, g.job)
		}
	}
}

// catchUp ends the pieces of jobs that were cancelled, or removed, while the worker could
// not hear it.
// A piece that it gets meanwhile is none of them.
func (w *Worker) catchUp(ctx context.Context) {
	w.mu.Lock()
	running := map[string][]*context.CancelCauseFunc{}
	for job, all := range w.stop {
		running[job] = slices.Collect(maps.Keys(all))
	}
	w.mu.Unlock()
	for job, all := range running {
		try, cancel := context.WithTimeout(ctx, patience)
		a, err := w.Conn.about(try, job)
		cancel()
		gone := errors.Is(err, jetstream.ErrKeyNotFound)
		if !gone && (err != nil || a.State != Cancelled) {
			continue
		}
		w.mu.Lock()
		for _, end := range all {
			(*end)(ErrCancelled)
		}
		w.mu.Unlock()
	}
}

// voidMost is how many cancelled jobs are remembered: only pieces that are on their
// way to a worker need it.
const voidMost = 10_000

// halt ends what runs of a job; last is the place in the queue of the last of its pieces
// when it was cancelled. A job that is taken up again has its pieces behind it.
func (w *Worker) halt(job, last string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.void) >= voidMost {
		clear(w.void)
	}
	if n, err := strconv.ParseUint(last, 10, 64); err == nil {
		w.void[job] = max(w.void[job], n)
	}
	for cancel := range w.stop[job] {
		(*cancel)(ErrCancelled)
	}
}
