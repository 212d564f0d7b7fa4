package live

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/valyala/fasthttp"

	"edgesim/results"
	"edgesim/sim/scenario"
)

// fasthttp begins a goroutine that never ends when it first writes a Date of its
// own. It must not begin in a bubble, which could then not end.
func init() { new(fasthttp.ResponseHeader).Header() }

// pipes are sockets in memory: what is written has been read, and time passes
// in a synctest bubble only when everybody waits.
type pipes struct {
	mu        sync.Mutex
	listeners map[string]*pipe
}

// pipe is one listener.
type pipe struct {
	addr  string
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (p *pipes) Listen() (net.Listener, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	ln := &pipe{addr: fmt.Sprintf("pipe:%d", len(p.listeners)+1), conns: make(chan net.Conn), done: make(chan struct{})}
	if p.listeners == nil {
		p.listeners = map[string]*pipe{}
	}
	p.listeners[ln.addr] = ln
	return ln, nil
}

func (p *pipes) Dial(ctx context.Context, _, addr string) (net.Conn, error) {
	p.mu.Lock()
	ln := p.listeners[addr]
	p.mu.Unlock()
	if ln == nil {
		return nil, fmt.Errorf("nobody listens at %s", addr)
	}
	here, there := net.Pipe()
	select {
	case ln.conns <- there:
		return here, nil
	case <-ln.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipe) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipe) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *pipe) Addr() net.Addr  { return l }
func (l *pipe) Network() string { return "pipe" }
func (l *pipe) String() string  { return l.addr }

// collector keeps the records of one vantage.
type collector struct {
	from results.Vantage
	recs []results.Record
}

func (c *collector) Add(recs []results.Record) {
	for i := range recs {
		if recs[i].Vantage == c.from {
			c.recs = append(c.recs, recs[i])
		}
	}
}

// inBubble plays the scenario on the real edge and its origins in virtual time,
// and returns what the edge saw, in the order of the requests.
func inBubble(t *testing.T, s *scenario.Scenario) (recs []results.Record, names *results.Names) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		view := &collector{from: results.AtEdge}
		var err error
		if names, err = Records(t.Context(), Config{Scenario: s, Sockets: &pipes{}}, view); err != nil {
			t.Fatal(err)
		}
		recs = view.recs
		time.Sleep(time.Minute) // helpers of fasthttp wind down
	})
	slices.SortStableFunc(recs, inOrder)
	return recs, names
}

// inOrder is by time and, of one moment, by what was asked for and by whom: who of
// them comes first in the real edge is its scheduler's.
func inOrder(a, b results.Record) int {
	return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Object, b.Object), bytes.Compare(a.Addr[:], b.Addr[:]))
}

// The real edge in a bubble says the same every time: what others are held
// against does not waver itself.
func TestABubbleIsAlwaysTheSame(t *testing.T) {
	s, err := scenario.Load("quickstart", "duration=3s", "warmup=1s", "origins.app.uncacheable=0%", "workload.aborts=0%")
	if err != nil {
		t.Fatal(err)
	}
	first, _ := inBubble(t, s)
	again, _ := inBubble(t, s)
	if len(first) < 8000 || len(again) != len(first) {
		t.Fatalf("%d records, then %d", len(first), len(again))
	}
	for i := range first {
		if a, b := factsOf(&first[i]), factsOf(&again[i]); a != b {
			t.Fatalf("request %d: %+v, then %+v", i, a, b)
		}
	}
}

// facts are what of a record the simulator has to foretell.
type facts struct {
	At, TTFB, Total, OriginTTFB, OriginTotal int64
	BytesOut, BodyBytes, OriginBytes         int64
	BytesIn, OriginSent                      int64
	Object                                   uint64
	RangeStart, RangeEnd, ContentLength      int64
	Distribution, Behavior, Status, Asked    uint16
	Edge                                     uint16
	Method                                   results.Method
	Response, Result                         results.Result
	Detail                                   results.Detail
	Layer                                    results.Layer
	TTL                                      results.TTLClass
	Flags                                    results.Flags
}

func factsOf(r *results.Record) facts {
	return facts{r.At, r.TTFB, r.Total, r.OriginTTFB, r.OriginTotal, r.BytesOut, r.BodyBytes, r.OriginBytes,
		r.BytesIn, r.OriginSent, r.Object,
		r.RangeStart, r.RangeEnd, r.ContentLength, r.Distribution, r.Behavior, r.Status, r.OriginAsked, r.Edge, r.Method,
		r.Response, r.Result, r.Detail, r.Layer, r.TTL, r.Flags &^ results.Warm}
}
