package edge

import (
	"cmp"
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/valyala/fasthttp"

	"edgesim/edge/behavior"
	"edgesim/results"
)

// lab is an edge in front of a scripted origin, both on in-memory listeners, in
// a synctest bubble: time passes only when everybody waits.
type lab struct {
	t      *testing.T
	edge   *Edge
	names  *results.Names
	client *http.Client
	dial   func() (net.Conn, error) // to the edge
	asked  atomic.Int64             // requests that reached the origin
	scheme string                   // of the requests; "": http

	mu      sync.Mutex
	records []results.Record
}

// fasthttp begins a goroutine that never ends when it first writes a Date of its
// own, as it does in answer to what is no request. It must not begin in a bubble,
// which could then not end.
func init() { new(fasthttp.ResponseHeader).Header() }

// inLab runs body with an edge whose only origin is handler.
func inLab(t *testing.T, handler http.HandlerFunc, change func(*Config), body func(l *lab)) {
	synctest.Test(t, func(t *testing.T) {
		l := &lab{t: t}
		stopOrigin, dial := l.origin(handler)
		stopEdge := l.start(dial, change)
		body(l)
		l.client.CloseIdleConnections()
		stopEdge()
		stopOrigin()
		time.Sleep(time.Minute) // fasthttp's and net/http's helpers wind down in virtual time
		if left := l.edge.arena.InUse(); left != 0 {
			t.Errorf("%d bytes of bodies are still held by somebody", left)
		}
	})
}

func (l *lab) origin(handler http.HandlerFunc) (stop func(), dial func(context.Context, string) (net.Conn, error)) {
	ln := newPipes()
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.asked.Add(1)
		handler(w, r)
	})}
	go srv.Serve(ln)
	return func() { srv.Close() }, ln.dial
}

func (l *lab) start(dial func(context.Context, string) (net.Conn, error), change func(*Config)) (stop func()) {
	def := behavior.Standard()
	def.Origin = "o"
	rec := results.NewRecorder(0)
	conf := Config{
		Distributions: []behavior.Distribution{{ID: "E1", Domain: "example.com", Default: def}},
		Origins:       []Origin{{Name: "o", Addr: "origin:80", Dial: dial}},
		Capacity:      64 << 20, Shards: 1, Policy: "lru",
		CacheStatus: true, Recorder: rec, Epoch: time.Now(),
	}
	if change != nil {
		change(&conf)
	}
	e, err := New(conf)
	if err != nil {
		l.t.Fatal(err)
	}
	l.edge, l.names = e, e.Names()
	ln := newPipes()
	go e.Serve(ln)
	l.dial = func() (net.Conn, error) { return ln.dial(context.Background(), "") }
	l.client = &http.Client{
		Transport: &http.Transport{
			DialContext:        func(ctx context.Context, _, addr string) (net.Conn, error) { return ln.dial(ctx, addr) },
			DisableCompression: true, MaxIdleConnsPerHost: 100,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	go rec.Take(func(b []results.Record) {
		l.mu.Lock()
		l.records = append(l.records, b...)
		l.mu.Unlock()
	})
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := e.Shutdown(ctx); err != nil {
			l.t.Errorf("shutdown: %v", err)
		}
		rec.Close()
	}
}

// answer is what a viewer got.
type answer struct {
	status int
	header http.Header
	length int64
	body   []byte
	err    error // of reading the body
	first  time.Duration
	total  time.Duration
}

// get asks for a path with header fields given as name, value pairs.
func (l *lab) get(path string, fields ...string) answer { return l.do("GET", path, fields...) }

func (l *lab) do(method, path string, fields ...string) (a answer) {
	l.t.Helper()
	began := time.Now()
	res, err := l.client.Do(l.request(method, path, fields...))
	if err != nil {
		return answer{err: err}
	}
	defer res.Body.Close()
	a = answer{status: res.StatusCode, header: res.Header, length: res.ContentLength, first: -1}
	buf := make([]byte, 64<<10)
	for a.err == nil {
		var n int
		n, a.err = res.Body.Read(buf)
		if n > 0 && a.first < 0 {
			a.first = time.Since(began)
		}
		a.body = append(a.body, buf[:n]...)
	}
	if a.err == io.EOF {
		a.err = nil
	}
	a.total = time.Since(began)
	return a
}

func (l *lab) request(method, path string, fields ...string) *http.Request {
	r, err := http.NewRequest(method, cmp.Or(l.scheme, "http")+"://example.com"+path, nil)
	if err != nil {
		l.t.Fatal(err)
	}
	for i := 0; i+1 < len(fields); i += 2 {
		if fields[i] == "Host" {
			r.Host = fields[i+1]
			continue
		}
		r.Header.Add(fields[i], fields[i+1])
	}
	return r
}

// all asks n times at once.
func (l *lab) all(n int, path string, fields ...string) []answer {
	answers := make([]answer, n)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() { answers[i] = l.get(path, fields...) })
	}
	wg.Wait()
	return answers
}

// recorded waits until n records have been settled and returns them.
func (l *lab) recorded(n int) []results.Record {
	l.t.Helper()
	for range 100 {
		synctest.Wait()
		l.edge.conf.Recorder.Flush()
		synctest.Wait()
		l.mu.Lock()
		got := append([]results.Record(nil), l.records...)
		l.mu.Unlock()
		if len(got) >= n {
			return got
		}
		time.Sleep(time.Second)
	}
	l.t.Fatalf("fewer than %d records", n)
	return nil
}

func (l *lab) want(a answer, status int, xcache string) {
	l.t.Helper()
	if a.err != nil {
		l.t.Fatalf("the response broke: %v", a.err)
	}
	if a.status != status || a.header.Get("X-Cache") != xcache+" from edgesim" {
		l.t.Fatalf("got %d, X-Cache %q, Cache-Status %q; want %d, %s", a.status, a.header.Get("X-Cache"),
			a.header.Get("Cache-Status"), status, xcache)
	}
}

func (l *lab) wantAsked(n int64) {
	l.t.Helper()
	if got := l.asked.Load(); got != n {
		l.t.Fatalf("the origin was asked %d times, want %d", got, n)
	}
}

// byID puts the records of one connection in the order of its requests: that of a
// request which began a flight may come later than the next one's.
func byID(records []results.Record) []results.Record {
	slices.SortFunc(records, func(a, b results.Record) int { return cmp.Compare(a.ID, b.ID) })
	return records
}
