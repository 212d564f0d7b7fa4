package player

import (
	"context"
	"io"
	"net"
	"net/http"
	"runtime"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"edgesim/workloads"
)

// A loop sleeps on only while nothing but the schedule needs it.
func TestWhenALoopDozes(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*loop)
		wait   time.Duration
		want   bool
	}{
		"soon":                 {wait: 50 * time.Microsecond, want: true},
		"at most":              {wait: mostDoze, want: true},
		"later":                {wait: mostDoze + 1},
		"now":                  {wait: 0},
		"nothing is scheduled": {wait: noTimeout},
		"no stamps":            {wait: 50 * time.Microsecond, change: func(l *loop) { l.stamps = false }},
		"a long answer lately": {wait: 50 * time.Microsecond, change: func(l *loop) { l.short = shortRun - 1 }},
		"looks now and then":   {wait: 50 * time.Microsecond, change: func(l *loop) { l.dozed = lookAfter }},
		"a goroutine reads":    {wait: 50 * time.Microsecond, change: func(l *loop) { l.away = 1 }},
	} {
		l := loop{stamps: true, short: shortRun}
		if c.change != nil {
			c.change(&l)
		}
		if got := l.mayDoze(c.wait); got != c.want {
			t.Errorf("%s: dozes %v", name, got)
		}
	}
}

// An answer of which a piece is seen ends dozing, however many came whole before: the
// first byte's time would be that of the last.
func TestAnswersInPiecesEndDozing(t *testing.T) {
	const whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	for _, piece := range []string{whole[:1], whole[:20], whole[:len(whole)-1]} {
		l, c, server := adopted(t)
		c.flying, l.short = true, shortRun
		io.WriteString(server, piece)
		for c.in.Buffered() < len(piece) {
			l.sleep(noTimeout)
		}
		if l.mayDoze(time.Microsecond) {
			t.Errorf("it dozes after %q", piece)
		}
	}
}

// adopted is a loop of one connection, which is open, with the server's end of it.
func adopted(t *testing.T) (*loop, *conn, net.Conn) {
	t.Helper()
	p, err := New(Config{Target: "127.0.0.1:1", Catalog: smallCatalog(t), Source: workloads.FromSlice(nil), Connections: 1})
	if err != nil {
		t.Fatal(err)
	}
	l := newLoop(p.scheds[0], p.conns)
	if l == nil {
		t.Skip("this system has no epoll_pwait2")
	}
	t.Cleanup(l.close)
	l.sched.begin(time.Now(), l)
	server, client := connected(t)
	c := p.conns[0]
	if c.net, err = l.adopt(c, client); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.hangUp)
	c.wire.from = c.net
	return l, c, server
}

// connected is a connection's two ends.
func connected(t *testing.T) (server, client net.Conn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	if client, err = net.Dial("tcp", ln.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if server, err = ln.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return server, client
}

// No answer comes before it is written, by whatever clock.
func TestAnswersComeAfterTheyAreWritten(t *testing.T) {
	const n = 3000
	var mu sync.Mutex
	wrote := map[string]time.Time{}
	addr := talker(t, func(w net.Conn, r *http.Request) bool {
		mu.Lock()
		wrote[r.URL.Path] = time.Now()
		mu.Unlock()
		io.WriteString(w, tiny)
		return false
	})
	reqs := every(50*time.Microsecond, n)
	for i := range reqs {
		reqs[i].Object = uint64(i)
	}
	cat, epoch, processors := alikeCatalog(t, n, 2), time.Now(), runtime.GOMAXPROCS(0)
	got := play(t, context.Background(), Config{Target: addr, Catalog: cat, Source: workloads.FromSlice(reqs), Connections: 16, Epoch: epoch})
	if got.Done != n || runtime.GOMAXPROCS(0) != processors {
		t.Fatalf("%+v; %d processors, were %d", got.Outcome, runtime.GOMAXPROCS(0), processors)
	}
	mu.Lock()
	defer mu.Unlock()
	const skew = 10 * time.Microsecond // between two of the system's clocks, read one after the other
	for _, r := range got.recs {
		w := wrote[string(cat.AppendPath(nil, reqs[r.ID-1].Object))]
		first, last := time.Duration(r.At+r.TTFB), time.Duration(r.At+r.Total)
		if first < w.Sub(epoch)-skew || last < first {
			t.Fatalf("request %d came at %v and %v, before it was written at %v", r.ID, first, last, w.Sub(epoch))
		}
	}
}

// The moment is the system's, not that of reading: an answer that is known to be there
// has come before that, however long it lies.
func TestAnAnswersAgeIsNotPartOfItsTime(t *testing.T) {
	l, c, server := adopted(t)
	for began := time.Now(); c.net.(*socket).stamp == 0; { // the system notes nothing until some thread of its has got round to it
		if time.Since(began) > 5*time.Second {
			t.Skip("this system does not note when bytes come")
		}
		arrive(t, l, c, server)
		c.in.Reset(&c.wire)
	}
	there := arrive(t, l, c, server)
	if at := l.arrival(c); at > there+time.Millisecond {
		t.Errorf("it came at %v, and was there at %v", at, there)
	}
}

// arrive has the server write a byte, and c read it 2 ms after it was there.
func arrive(t *testing.T, l *loop, c *conn, server net.Conn) (there time.Duration) {
	t.Helper()
	io.WriteString(server, "x")
	for come := false; !come; { // a new connection has other events, too
		n, _ := l.poll(noTimeout)
		come = n > 0 && l.events[0].Events&unix.EPOLLIN != 0
	}
	there = l.sched.now()
	for l.sched.now() < there+2*time.Millisecond {
	}
	if _, err := c.in.Peek(1); err != nil {
		t.Fatal(err)
	}
	return there
}

// Without the system's word on when an answer came, it is read as soon as it comes.
func TestWithoutStampsALoopDoesNotDoze(t *testing.T) {
	l, c, server := adopted(t)
	c.net.(*socket).stamped = false
	c.flying, l.short = true, shortRun
	c.begun.Store(0)
	io.WriteString(server, common)
	for c.flying {
		l.sleep(noTimeout)
	}
	if l.mayDoze(time.Microsecond) {
		t.Error("it dozes")
	}
}
