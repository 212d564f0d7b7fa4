package fleet

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// question is what the tests' pieces ask.
type question struct {
	N     int
	Run   string // tells runs of the tests apart
	Gates string `json:",omitempty"` // waits until the test opens it
	Fails int    `json:",omitempty"` // the first so many times
	Long  int    `json:",omitempty"` // bytes of the answer
}

type answer struct {
	Square int
	Long   string `json:",omitempty"`
}

var (
	ran   sync.Map // *atomic.Int64 by question: how often it was run
	gates sync.Map // chan struct{} by name
)

func init() {
	Register(KindOf("square", func(ctx context.Context, r *Room, q question) (answer, error) {
		n, _ := ran.LoadOrStore(fmt.Sprint(q), new(atomic.Int64))
		times := n.(*atomic.Int64).Add(1)
		if int(times) <= q.Fails {
			return answer{}, fmt.Errorf("not at time %d", times)
		}
		if gate, ok := gates.Load(q.Gates); ok {
			select {
			case <-gate.(chan struct{}):
			case <-ctx.Done():
				return answer{}, ctx.Err()
			}
		}
		return answer{q.N * q.N, strings.Repeat("x", q.Long)}, nil
	}))
	Register(KindOf("size", func(ctx context.Context, r *Room, _ struct{}) (int64, error) {
		path, err := r.File(ctx, 0)
		if err != nil {
			return 0, err
		}
		info, err := os.Stat(path)
		if err != nil {
			return 0, err
		}
		return info.Size(), nil
	}))
}

func times(q question) int64 {
	n, _ := ran.LoadOrStore(fmt.Sprint(q), new(atomic.Int64))
	return n.(*atomic.Int64).Load()
}

// place is a server of a test, that can be restarted with its store.
type place struct {
	t     *testing.T
	dir   string
	port  int
	srv   *Server
	lease time.Duration // longer than any machine stands still, but where it is to end
}

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{t: t, dir: t.TempDir(), lease: time.Minute}
	p.start()
	t.Cleanup(func() { p.srv.Close() })
	return p
}

func (p *place) start() {
	p.t.Helper()
	srv, err := Serve(Serving{Dir: p.dir, Port: p.port})
	if err != nil {
		p.t.Fatal(err)
	}
	p.srv = srv
	if p.port == 0 {
		_, _ = fmt.Sscanf(srv.URL[strings.LastIndex(srv.URL, ":")+1:], "%d", &p.port)
	}
}

func (p *place) connect(version string) *Conn {
	p.t.Helper()
	c, err := Connect(p.t.Context(), Options{URL: p.srv.URL, Name: "test", Version: version, Lease: p.lease, Wait: time.Minute, Log: p.t.Logf})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(c.Close)
	return c
}

// work starts a worker; stop ends it and waits.
func (p *place) work(name string, c *Conn) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	w := &Worker{Conn: c, Name: name, Slots: 2, Cache: filepath.Join(p.t.TempDir(), "cache")}
	var done sync.WaitGroup
	done.Go(func() {
		if err := w.Run(ctx); err != nil {
			p.t.Logf("worker %s: %v", name, err)
		}
	})
	stop = sync.OnceFunc(func() { cancel(); done.Wait() })
	p.t.Cleanup(stop)
	return stop
}

func open(t *testing.T, c *Conn, id string) *Job {
	t.Helper()
	j, err := Open(t.Context(), c, About{ID: id, Command: []string{"edgesim", "test"}})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// all asks for the squares of 0 to n−1 and checks them.
func all(t *testing.T, j *Job, n int, q question) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			q := q
			q.N = i
			a, err := Ask[answer](t.Context(), j, "square", q)
			if err != nil || a.Square != i*i || len(a.Long) != q.Long {
				t.Errorf("%d: %v, %d bytes, %v", i, a.Square, len(a.Long), err)
			}
		})
	}
	wg.Wait()
}

func TestEveryPieceComesBackOnce(t *testing.T) {
	p := newPlace(t)
	c := p.connect("v1")
	p.work("a", c)
	p.work("b", p.connect("v1"))
	j := open(t, c, "every")
	all(t, j, 60, question{Run: p.dir, Gates: "none"})
	all(t, j, 60, question{Run: p.dir, Gates: "none"}) // asked again: known
	got := j.Progress()
	if got.Done != 60 || got.Pieces != 60 || got.ByWorker["a"]+got.ByWorker["b"] != 60 || got.Retried != 0 || got.Running != 0 {
		t.Errorf("%+v", got)
	}
	for i := range 60 {
		if n := times(question{Run: p.dir, N: i, Gates: "none"}); n != 1 {
			t.Errorf("piece %d ran %d times", i, n)
		}
	}
	j.Close(true)
	if a, err := c.Job(t.Context(), "every"); err != nil || a.State != Done || a.Done != 60 {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestWhatIsLargeGoesThroughTheStore(t *testing.T) {
	p := newPlace(t)
	c := p.connect("v1")
	p.work("a", c)
	j := open(t, c, "large")
	defer j.Close(true)
	all(t, j, 3, question{Run: p.dir, Long: 2 * largest})

	hash, err := c.PutBytes(t.Context(), make([]byte, 3<<20))
	if err != nil {
		t.Fatal(err)
	}
	if n, err := Ask[int64](t.Context(), j, "size", struct{}{}, hash); err != nil || n != 3<<20 {
		t.Errorf("%d, %v", n, err)
	}
}

func TestAPieceThatFailsIsTriedAgainAndThenSetAside(t *testing.T) {
	p := newPlace(t)
	c := p.connect("v1")
	p.work("a", c)
	j := open(t, c, "fails")
	defer j.Close(true)
	if a, err := Ask[answer](t.Context(), j, "square", question{Run: p.dir, N: 5, Fails: 2}); err != nil || a.Square != 25 {
		t.Errorf("failing twice: %v, %v", a, err)
	}
	_, err := Ask[answer](t.Context(), j, "square", question{Run: p.dir, N: 6, Fails: 100})
	var aside SetAside
	if !errors.As(err, &aside) || aside.Text != "not at time 3" || times(question{Run: p.dir, N: 6, Fails: 100}) != 3 {
		t.Errorf("failing always: %v after %d times", err, times(question{Run: p.dir, N: 6, Fails: 100}))
	}
	if _, err := Ask[answer](t.Context(), j, "unheard", 1); !errors.As(err, &aside) || !strings.Contains(err.Error(), `no kind of piece "unheard"`) {
		t.Errorf("an unknown kind: %v", err)
	}
	if _, err := Ask[answer](t.Context(), j, "square", map[string]int{"M": 1}); !errors.As(err, &aside) || !strings.Contains(err.Error(), `unknown field "M"`) {
		t.Errorf("an unknown field: %v", err)
	}
	if got := j.Progress(); got.SetAside != 3 || got.Retried != 2+2+2+2 {
		t.Errorf("%+v", got)
	}
}

func TestALeaseThatEndsGivesThePieceToAnother(t *testing.T) {
	p := newPlace(t)
	p.lease = 2 * time.Second
	lame := p.connect("v1")
	stop := p.work("lame", lame)
	gates.Store("lease", make(chan struct{}))
	c := p.connect("v1")
	j := open(t, c, "lease")
	defer j.Close(true)
	answered := make(chan error)
	go func() {
		_, err := Ask[answer](t.Context(), j, "square", question{Run: p.dir, N: 7, Gates: "lease"})
		answered <- err
	}()
	for j.Progress().Running == 0 {
		<-j.Changed()
	}
	lame.nc.Close() // it dies, as far as the others know
	p.work("able", c)
	open, _ := gates.Load("lease")
	close(open.(chan struct{}))
	if err := <-answered; err != nil {
		t.Fatal(err)
	}
	if got := j.Progress(); got.Retried == 0 || got.ByWorker["able"] != 1 {
		t.Errorf("%+v", got)
	}
	stop()
}

func TestACoordinatorThatComesBackFindsWhatIsDone(t *testing.T) {
	p := newPlace(t)
	c := p.connect("v1")
	stop := p.work("a", c)
	j := open(t, c, "again")
	all(t, j, 10, question{Run: p.dir, Gates: "again"})
	j.Close(false)
	stop()
	j = open(t, p.connect("v1"), "again") // no worker is there: nothing can be run
	defer j.Close(true)
	all(t, j, 10, question{Run: p.dir, Gates: "again"})
	if got := j.Progress(); got.Earlier != 10 || got.Done != 10 {
		t.Errorf("%+v", got)
	}
}

func TestAServerThatComesBackWithItsStoreLosesNothing(t *testing.T) {
	p := newPlace(t)
	c := p.connect("v1")
	gates.Store("server", make(chan struct{}))
	p.work("a", p.connect("v1"))
	j := open(t, c, "server")
	defer j.Close(true)
	var asked sync.WaitGroup
	for i := range 12 {
		asked.Go(func() {
			if a, err := Ask[answer](t.Context(), j, "square", question{Run: p.dir, N: i, Gates: "server"}); err != nil || a.Square != i*i {
				t.Errorf("%d: %v, %v", i, a, err)
			}
		})
	}
	for at := j.Progress(); at.Running < 2 || at.Pieces < 12; at = j.Progress() {
		<-j.Changed()
	}
	p.srv.Close()
	open, _ := gates.Load("server")
	close(open.(chan struct{}))
	p.start()
	asked.Wait()
}

func TestAWorkerOfAnotherVersionGetsNothing(t *testing.T) {
	p := newPlace(t)
	other, c := p.connect("v2"), p.connect("v1")
	p.work("other", other)
	j := open(t, c, "version")
	defer j.Close(true)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for list, _ := c.Workers(ctx); len(list) == 0; list, _ = c.Workers(ctx) {
		}
		p.work("ours", p.connect("v1"))
	}()
	defer cancel()
	all(t, j, 5, question{Run: p.dir, Gates: "version"})
	if got := j.Progress(); got.ByWorker["ours"] != 5 {
		t.Errorf("%+v", got)
	}
}

func TestACancelledJobEndsEverywhere(t *testing.T) {
	p := newPlace(t)
	c := p.connect("v1")
	p.work("a", c)
	gates.Store("cancel", make(chan struct{}))
	j := open(t, c, "cancel")
	answered := make(chan error)
	while := j.While(t.Context())
	for i := range 5 {
		ctx := while
		if i%2 == 0 {
			ctx = t.Context()
		}
		go func() {
			_, err := Ask[answer](ctx, j, "square", question{Run: p.dir, N: i, Gates: "cancel"})
			if context.Cause(while) != ErrCancelled {
				t.Errorf("while it is not cancelled, piece %d gives %v", i, err)
			}
			answered <- err
		}()
	}
	for at := j.Progress(); at.Running < 2 || at.Pieces < 5; at = j.Progress() {
		<-j.Changed()
	}
	if err := p.connect("v1").Cancel(t.Context(), "cancel"); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if err := <-answered; !errors.Is(err, ErrCancelled) {
			t.Error(err)
		}
	}
	if late := j.While(t.Context()); context.Cause(late) != ErrCancelled {
		t.Error("what is asked for in a cancelled job goes on")
	}
	j.Close(false)
	if a, _ := c.Job(t.Context(), "cancel"); a.State != Cancelled {
		t.Errorf("%+v", a)
	}
	if err := c.Cancel(t.Context(), "nobody"); err == nil || !strings.Contains(err.Error(), `no job "nobody"`) {
		t.Error(err)
	}
}

func TestServersThatAreOpenAndOthersThatAreNotThere(t *testing.T) {
	if _, err := Serve(Serving{Host: "0.0.0.0", Dir: t.TempDir()}); err == nil || !strings.Contains(err.Error(), "open to everyone") {
		t.Error(err)
	}
	_, err := Connect(t.Context(), Options{URL: "nats://me:secret@127.0.0.1:1", Version: "v1"})
	if err == nil || !strings.Contains(err.Error(), "no NATS server at nats://127.0.0.1:1") || strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
	srv, err := Serve(Serving{Dir: t.TempDir(), Login: Login{User: "me", Password: "secret"}})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	for _, l := range []Login{{}, {User: "me", Password: "wrong"}, {Token: "me"}} {
		if _, err := Connect(t.Context(), Options{URL: srv.URL, Login: l, Version: "v1"}); err == nil || !strings.Contains(err.Error(), "does not take these credentials") {
			t.Errorf("%+v: %v", l, err)
		}
	}
	c, err := Connect(t.Context(), Options{URL: srv.URL, Login: Login{User: "me", Password: "secret"}, Version: "v1"})
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

func TestAFullStoreSaysSo(t *testing.T) {
	srv, err := Serve(Serving{Dir: t.TempDir(), Room: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	c, err := Connect(t.Context(), Options{URL: srv.URL, Version: "v1"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.PutBytes(t.Context(), make([]byte, 4<<20)); err == nil || !strings.Contains(err.Error(), "store is full") {
		t.Error(err)
	}
}

// TestPiecesStayCutAsTheyWere takes a job up when others are there.
func TestPiecesStayCutAsTheyWere(t *testing.T) {
	c := newPlace(t).connect("v1")
	for _, say := range []int{5, 7} {
		j := open(t, c, "cut")
		if cut, err := j.Settle(t.Context(), say); err != nil || cut != 5 {
			t.Errorf("told %d: %d, %v; right is 5", say, cut, err)
		}
		j.Close(false)
	}
	if n, err := c.Slots(t.Context()); n != 0 || err != nil {
		t.Errorf("%d slots, %v", n, err)
	}
}
