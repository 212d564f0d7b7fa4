package player

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/sim/origin"
	"edgesim/workloads"
)

// reply is what a scripted server does with one request.
type reply struct {
	delay time.Duration // before the first byte
	text  string        // the bytes of the response
	then  error         // what reading gives after them; nil: the connection stays open
}

// script answers requests; it may be called from many goroutines.
type script func(*http.Request) reply

// fakeConn is a client's end of a connection to a script: no network, no
// goroutine, and no wall clock inside a synctest bubble.
type fakeConn struct {
	net.Conn
	answer script

	mu      sync.Mutex
	pending reply
	gone    chan struct{}
	once    sync.Once
}

func (c *fakeConn) Write(p []byte) (int, error) {
	req, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(p)))
	if err != nil {
		panic(fmt.Sprintf("the player sent what is no request: %v\n%s", err, p))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if then := c.pending.then; then != nil {
		return 0, then
	}
	c.pending = c.answer(req)
	return len(p), nil
}

func (c *fakeConn) Read(p []byte) (int, error) {
	if d := c.delay(); d > 0 {
		select {
		case <-time.After(d):
		case <-c.gone:
			return 0, net.ErrClosed
		}
	}
	c.mu.Lock()
	n := copy(p, c.pending.text)
	c.pending.text = c.pending.text[n:]
	then := c.pending.then
	c.mu.Unlock()
	if n > 0 {
		return n, nil
	}
	if then != nil {
		return 0, then
	}
	<-c.gone
	return 0, net.ErrClosed
}

func (c *fakeConn) delay() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.pending.delay
	c.pending.delay = 0
	return d
}

func (c *fakeConn) Close() error {
	c.once.Do(func() { close(c.gone) })
	return nil
}

// dialer makes connections to a script.
func dialer(s script) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		return &fakeConn{answer: s, gone: make(chan struct{})}, nil
	}
}

// smallCatalog has 50 objects of 1 byte to 100 kB on one host.
func smallCatalog(t testing.TB) *workloads.Catalog {
	t.Helper()
	c, err := workloads.NewCatalog(workloads.CatalogConfig{Seed: 1, Sections: []workloads.Section{{
		Name: "small", Hosts: []string{"www.example.com"}, Objects: 50, Share: 1, Zipf: 0.8,
		Types: []workloads.Type{{
			Name: "image", Prefix: "/images/", Ext: ".jpg", ContentType: "image/jpeg", Share: 1,
			Size: workloads.SizeModel{Median: 4000, Sigma: 1.5, Max: 100_000},
		}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A mode is a way to delimit a body.
type mode int

const (
	plainly mode = iota // by Content-Length
	chunked
	untilClosed
)

func compose(c *workloads.Catalog, r *http.Request, m mode) string {
	id, ok := c.Find(0, []byte(r.URL.Path))
	if !ok {
		return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
	}
	o := c.Object(id)
	body := make([]byte, o.Size)
	origin.Fill(body, o.Key, 7, 0)
	head := "HTTP/1.1 200 OK\r\n"
	if first, last, ok := rangeOf(r.Header.Get("Range"), o.Size); ok {
		head = fmt.Sprintf("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %d-%d/%d\r\n", first, last, o.Size)
		body = body[first : last+1]
	}
	head += "Etag: " + string(origin.AppendETag(nil, o.Key, 7)) + "\r\nX-Cache: Hit from cloudfront\r\n"
	text := delimit(body, m)
	if m == plainly {
		head += fmt.Sprintf("Content-Length: %d\r\n", len(body))
	} else if m == chunked {
		head += "Transfer-Encoding: chunked\r\n"
	}
	if r.Method == http.MethodHead {
		text = ""
	}
	return head + "\r\n" + text
}

func rangeOf(field string, size int64) (first, last int64, ok bool) {
	var n int64
	if k, _ := fmt.Sscanf(field, "bytes=%d-%d", &first, &last); k == 2 && first >= 0 && first < size {
		return first, min(last, size-1), true
	}
	if k, _ := fmt.Sscanf(field, "bytes=-%d", &n); k == 1 {
		return max(size-n, 0), size - 1, true
	}
	return 0, 0, false
}

func delimit(body []byte, m mode) string {
	if m != chunked {
		return string(body)
	}
	var b strings.Builder
	for len(body) > 0 {
		n := min(len(body), 1000)
		fmt.Fprintf(&b, "%x;note=\"x\"\r\n%s\r\n", n, body[:n])
		body = body[n:]
	}
	return b.String() + "0\r\nTrailer-Field: 1\r\n\r\n"
}

// played is what came of a run in a test.
type played struct {
	Outcome
	err  error
	recs []results.Record
	cfg  Config
}

// play runs cfg with what it leaves out filled in, in the order of records'
// numbers.
func play(t testing.TB, ctx context.Context, cfg Config) played {
	t.Helper()
	if cfg.Target == "" {
		cfg.Target = "edge.example:80"
	}
	if cfg.Catalog == nil {
		cfg.Catalog = smallCatalog(t)
	}
	cfg.Names = results.NewNames(time.Time{})
	if cfg.Recorder == nil {
		cfg.Recorder = results.NewRecorder(1)
	}
	p, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var out played
	var taker sync.WaitGroup
	taker.Go(func() {
		cfg.Recorder.Take(func(recs []results.Record) { out.recs = append(out.recs, recs...) })
	})
	out.Outcome, out.err = p.Play(ctx)
	cfg.Recorder.Close()
	taker.Wait()
	out.cfg = cfg
	if g := p.Progress(); g.InFlight != 0 || g.Sent != out.Sent || g.Done != out.Sent || g.Errors != out.Failed() {
		t.Errorf("Progress at the end is %+v, the outcome %+v", g, out.Outcome)
	}
	if n := uint64(len(out.recs)); n != out.Sent {
		t.Errorf("%d records of %d requests sent", n, out.Sent)
	}
	if out.Sent != out.Done+out.Cut+out.Failed() {
		t.Errorf("sent %d is not done %d + cut %d + failed %d", out.Sent, out.Done, out.Cut, out.Failed())
	}
	return out
}

// every makes n requests, one each period, for the objects in turn.
func every(period time.Duration, n int) []workloads.Request {
	reqs := make([]workloads.Request, n)
	for i := range reqs {
		reqs[i] = workloads.Request{At: time.Duration(i) * period, Object: uint64(i % 50)}
	}
	return reqs
}

var errClosed = io.EOF
