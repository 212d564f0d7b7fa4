package fleet

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// TestAWorkerThatEndsGivesItsPieceBack ends a worker as a service manager does,
// more often than a piece may lose workers.
func TestAWorkerThatEndsGivesItsPieceBack(t *testing.T) {
	p := newPlace(t)
	shut := make(chan struct{})
	gates.Store("back", shut)
	c := p.connect("v1")
	j := open(t, c, "back")
	defer j.Close(true)
	q := question{Run: p.dir, N: 3, Gates: "back"}
	answered := make(chan error)
	go func() {
		_, err := Ask[answer](t.Context(), j, "square", q)
		answered <- err
	}()
	for range lossesMost + 2 {
		stop := p.work("ends", c)
		for j.Progress().Running == 0 {
			<-j.Changed()
		}
		stop()
		for j.Progress().Running > 0 {
			<-j.Changed()
		}
	}
	close(shut)
	p.work("stays", c)
	if err := <-answered; err != nil {
		t.Fatal(err)
	}
	if got := j.Progress(); got.ByWorker["stays"] != 1 || got.Retried < lossesMost {
		t.Errorf("%+v", got)
	}
}

// TestAPieceThatEndsItsWorkersIsSetAside counts workers that had it and were not
// heard of again.
func TestAPieceThatEndsItsWorkersIsSetAside(t *testing.T) {
	p := newPlace(t)
	c := p.connect("v1")
	j := open(t, c, "deadly")
	defer j.Close(true)
	answered := make(chan error)
	go func() {
		_, err := Ask[answer](t.Context(), j, "square", question{Run: p.dir, N: 3})
		answered <- err
	}()
	w := &Worker{Conn: c, Name: "dies"}
	for range lossesMost { // each says that it has begun and dies; here the queue is told at once
		m, err := w.await(t)
		if err != nil {
			t.Fatal(err)
		}
		g, err := read(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.tell(t.Context(), g.job, g.id, begun, w.note(g)); err != nil {
			t.Fatal(err)
		}
		if err := m.Nak(); err != nil {
			t.Fatal(err)
		}
	}
	p.work("lives", c)
	if err := <-answered; !errors.As(err, new(SetAside)) || !strings.Contains(err.Error(), "6 workers had it and were lost") {
		t.Error(err)
	}
}

// TestAJobIsToldThatResultsCannotBeKept fills the store while a piece runs.
func TestAJobIsToldThatResultsCannotBeKept(t *testing.T) {
	srv, err := Serve(Serving{Dir: t.TempDir(), Room: 8 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	p := &place{t: t, srv: srv, lease: time.Minute}
	c := p.connect("v1")
	p.work("a", c)
	j := open(t, c, "full")
	_, err = Ask[answer](t.Context(), j, "square", question{Run: t.TempDir(), Long: 16 << 20})
	if err == nil || !strings.Contains(err.Error(), "store is full") || !strings.Contains(err.Error(), "worker a could not give back") {
		t.Error(err)
	}
	j.Close(false)
}

// TestACancellationIsHeardLater is of one that was said while the coordinator could
// not hear it.
func TestACancellationIsHeardLater(t *testing.T) {
	p := newPlace(t)
	c := p.connect("v1")
	j := open(t, c, "later")
	a, err := c.Job(t.Context(), "later")
	if err != nil {
		t.Fatal(err)
	}
	a.State = Cancelled
	if err := c.keepAbout(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if _, err := Ask[answer](t.Context(), j, "square", question{Run: p.dir}); !errors.Is(err, ErrCancelled) {
		t.Error(err)
	}
	j.Close(false)
	if a, _ = c.Job(t.Context(), "later"); a.State != Cancelled {
		t.Errorf("%+v", a)
	}
}

// TestWhatIsNoPieceIsThrownAway puts into the queue what no coordinator would.
func TestWhatIsNoPieceIsThrownAway(t *testing.T) {
	p := newPlace(t)
	c := p.connect("v1")
	piece := Piece{Kind: "square", Args: []byte(`{"N":4}`)}
	for subject, text := range map[string]string{
		"j.name":           `{"kind":"square"}`,
		"j." + piece.ID():  `{"kind":"square","args":"eyJOIjo1fQ=="}`, // another piece's name
		"a.b.c":            `{}`,
		"j.more":           strings.Repeat("x", largest),
		"j.0123456789abcd": `{"kind":"square","args":"` + strings.Repeat("A", 2*LargestPiece) + `"}`,
	} {
		if err := c.publish(t.Context(), &nats.Msg{Subject: workPrefix + Token("v1") + "." + subject, Data: []byte(text)}); err != nil {
			t.Fatal(err)
		}
	}
	p.work("a", c)
	j := open(t, c, "thrown")
	defer j.Close(true)
	all(t, j, 3, question{Run: p.dir})
	for {
		info, err := c.work.Info(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if info.State.Msgs == 0 {
			return
		}
	}
}

func TestSecretsAreNotKept(t *testing.T) {
	typed := []string{"sweep", "--nats", "nats://me:secret@host:1,nats://tok@other:2", "--nats-password", "secret", "--nats-token=secret", "--nats=tls://a:secret@b"}
	got := strings.Join(Safe(typed), " ")
	if want := "sweep --nats nats://host:1,nats://other:2 --nats-password *** --nats-token=*** --nats=tls://b"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	var f Flags
	kept := []string{"sweep", "a.yaml", "--nats", "nats://host:1", "--policy", "lru", "--nats-password", "***"}
	now := []string{"jobs", "resume", "x", "--nats=nats://new:1", "--nats-auth", "f.yaml", "--json"}
	if got := strings.Join(f.Again(kept, now), " "); got != "sweep a.yaml --policy lru --nats=nats://new:1 --nats-auth f.yaml" {
		t.Error(got)
	}
}

// await is the worker's next message.
func (w *Worker) await(t *testing.T) (m jetstream.Msg, err error) {
	queue := queue{conn: w.Conn}
	for m == nil && err == nil {
		m, err = queue.ask(t.Context())
	}
	return m, err
}

var waits sync.Map // chan error by question.Run

func init() {
	Register(KindOf("waits", func(ctx context.Context, _ *Room, q question) (answer, error) {
		<-ctx.Done()
		ended, _ := waits.Load(q.Run)
		ended.(chan error) <- context.Cause(ctx)
		return answer{}, ctx.Err()
	}))
}

// TestACancellationThatAWorkerMissedEndsItsPiece is of one that was said while the worker
// was not connected: it looks when it is again.
func TestACancellationThatAWorkerMissedEndsItsPiece(t *testing.T) {
	p := newPlace(t)
	c, away := p.connect("v1"), p.connect("v1")
	p.work("away", away)
	p.work("too", away)
	missed, removed, other := open(t, c, "missed"), open(t, c, "removed"), open(t, c, "goes-on")
	waited := make(chan error, 3)
	waits.Store(p.dir, waited)
	for _, job := range []*Job{missed, removed, other} {
		defer job.Close(false)
		go func() { _, _ = Ask[answer](t.Context(), job, "waits", question{Run: p.dir}) }()
		for job.Progress().Running == 0 {
			<-job.Changed()
		}
	}
	a, err := c.Job(t.Context(), missed.ID)
	if err != nil {
		t.Fatal(err)
	}
	a.State = Cancelled
	if err := errors.Join(c.keepAbout(t.Context(), a), c.jobs.Purge(t.Context(), removed.ID), away.nc.ForceReconnect()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := <-waited; !errors.Is(err, ErrCancelled) {
			t.Errorf("a piece ended with %v", err)
		}
	}
	select {
	case err := <-waited:
		t.Errorf("the other job's piece ended, too: %v", err)
	default:
	}
}

// TestALeaseThatIsMadeShorterIsHeardOf by a worker that was there before: it would else
// tell of itself too seldom to keep its pieces.
func TestALeaseThatIsMadeShorterIsHeardOf(t *testing.T) {
	p := newPlace(t)
	c := p.connect("v1")
	p.work("a", c)
	p.lease = LeastLease
	p.connect("v1")
	for given := time.Now(); c.Lease() != LeastLease; {
		if time.Since(given) > time.Minute {
			t.Fatalf("the worker's lease is %v", c.Lease())
		}
		<-time.After(present / 100)
	}
}
