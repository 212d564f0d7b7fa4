package player

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"edgesim/results"
	"edgesim/workloads"

	"github.com/valyala/fasthttp"
)

// readBuffer holds a response header, and is the piece in which bodies are read.
const readBuffer = 32 << 10

// States of conn.begun beside a start time, which is at least 0.
const (
	resting     = -1 // no request in flight
	interrupted = -2 // the one in flight has been given up by the watchdog
)

// conn is one connection and the goroutine that plays on it. The fields below
// req belong to the request in flight.
type conn struct {
	player *Player
	sched  *schedule
	wake   chan struct{} // holds one token when c is to lead, or to go home

	mu   sync.Mutex // guards net against the watchdog
	net  link       // nil: closed
	kept bool       // net has carried a whole response
	wire meter
	in   *bufio.Reader

	target int      // the place that net leads to: of Config.Targets, and with TLS of the names there
	parked []parked // by place: what waits while another is asked; nil where there is but one

	failures int // requests in a row to which nothing came

	loop   *loop         // that c is played by; nil: by a goroutine of its own
	place  int32         // in Player.conns
	ready  chan struct{} // holds a token when the socket may have something new
	flying bool          // the request is in the loop's hands,
	away   bool          // or in those of a goroutine
	need   int           // length of the response, once that is known,
	header int           // and of its header
	pieces bool          // it does not come at once

	begun atomic.Int64 // the start of the request in flight, or a state
	ended atomic.Uint64

	req    workloads.Request
	start  time.Duration // actual start
	number uint64        // in order of the schedule, from 1
	since  time.Duration // when it became free for this request
	object workloads.Object
	viewer workloads.Viewer
	host   *phrase
	slow   bool       // the viewer reads slowly
	mood   *rand.Rand // of think times
	out    []byte
	sent   int           // of out's bytes
	left   int64         // bytes of content that out does not hold
	came   time.Duration // when the first byte came, where that was noted; 0: when it is read
	last   time.Duration // when the last byte came, where that was noted; 0: when it is read
	broken error         // why the connection failed, where that is known already
	path   []byte        // as sent: the request target
	tag    []byte        // of the viewer's copy, as sent
	led    []byte        // URL of the page that led to it
	rec    results.Record
	head   fasthttp.ResponseHeader

	heading heading // what counts of the header
	answer  answer
	body    body
}

// link is a connection as it is used here: a net.Conn, or a loop's socket.
type link = io.ReadWriteCloser

// meter counts what is read from the wire.
type meter struct {
	from io.Reader
	n    int64
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.from.Read(p)
	m.n += int64(n)
	return n, err
}

func newConn(p *Player, s *schedule) *conn {
	c := &conn{player: p, sched: s, wake: make(chan struct{}, 1)}
	c.in = bufio.NewReaderSize(&c.wire, readBuffer)
	if n := len(p.cfg.every()) * p.names; n > 1 {
		c.parked = make([]parked, n)
	}
	c.begun.Store(resting)
	return c
}

// run plays until the schedule is over. hard ends dialling.
func (c *conn) run(hard context.Context) {
	for c.sched.next(c) {
		c.begin()
		c.play(hard)
		c.think(hard)
	}
	c.hangUp()
	c.unpark()
}

// begin makes the request in c.req ready to be sent.
func (c *conn) begin() {
	c.begun.Store(int64(c.start))
	if c.parked != nil {
		c.turnTo(c.player.placeOf(&c.req))
	}
	if c.slow = c.player.isSlow(c); c.slow {
		c.hangUp()
	}
	c.prepare()
}

// play sends the request, reads what comes and records it. In a closed loop it
// keeps c from spinning against a server that is gone.
func (c *conn) play(hard context.Context) {
	c.end(c.exchange(hard))
	if c.failures > 0 && c.player.cfg.Closed {
		c.rest(hard)
	}
}

// end is the end of the request in flight.
func (c *conn) end(kind results.Fault, err error) {
	if !c.begun.CompareAndSwap(int64(c.start), resting) {
		c.begun.Store(resting)
		c.hangUp()
		if kind != results.NoFault {
			kind, err = c.brokenOff()
		}
	}
	if c.slow {
		c.hangUp()
	}
	c.finish(kind, err)
	c.failures++
	if !c.rec.Flags.Has(results.NoResponse) {
		c.failures = 0
	}
}

// rest is 1 ms after the first failure, doubled with each further one up to a
// second.
func (c *conn) rest(hard context.Context) {
	t := time.NewTimer(min(time.Millisecond<<min(c.failures-1, 10), time.Second))
	defer t.Stop()
	select {
	case <-t.C:
	case <-hard.Done():
	}
}

// brokenOff is what a request that the watchdog gave up has failed of: its
// time was over, or the run was, and then the viewer has hung up.
func (c *conn) brokenOff() (results.Fault, error) {
	if !c.player.cutting.Load() {
		return results.FaultTimeout, fmt.Errorf("no whole response within %v", c.player.cfg.Timeout)
	}
	c.rec.Flags = c.rec.Flags&^(results.Truncated|results.NoResponse) | results.Aborted
	return cut, nil
}

// prepare puts the request into words, and into the record what is known of it
// before it is sent.
func (c *conn) prepare() {
	w := c.player.words
	c.object = w.catalog.Object(c.req.Object)
	c.path = w.appendPath(c.path[:0], c.req.Object)
	var viewer *workloads.Viewer
	if w.viewers != nil {
		c.viewer = w.viewers.Viewer(c.req.Viewer)
		viewer = &c.viewer
	}
	c.tag = c.tag[:0]
	if c.req.Conditional {
		c.tag = c.player.appendTag(c.tag, &c.req)
	}
	c.host = w.host(c.req.Host, c.target/c.player.names)
	c.out = w.appendRequest(c.out[:0], &c.req, c.host, c.path, c.tag, viewer)
	c.left = c.content()
	c.describe(viewer)
	c.out = appendContent(c.out, &c.left)
	c.sent, c.came, c.last, c.broken = 0, 0, 0, nil
}

func (c *conn) describe(viewer *workloads.Viewer) {
	cfg, w := &c.player.cfg, c.player.words
	c.rec = results.Record{
		At: int64(c.req.At), Lag: int64(c.start - c.req.At),
		ID: c.number, Object: c.object.Key,
		BytesIn:       int64(len(c.out)) + c.left,
		ContentLength: -1, RangeStart: -1, RangeEnd: -1,
		Host:    c.host.sym,
		Method:  verbs[c.req.Method].method,
		Version: results.HTTP11,
		Vantage: results.AtClient,
		Class:   uint8(min(c.object.Class+1, 255)),
	}
	if cfg.Scheme == "https" {
		c.rec.Protocol = results.HTTPS
	}
	if c.req.At < cfg.Warmup {
		c.rec.Flags |= results.Warm
	}
	if c.since <= c.req.At && c.start-c.req.At > cfg.Late {
		c.rec.Flags |= results.Late
	}
	if cfg.Distributions != nil {
		c.rec.Distribution = cfg.Distributions[c.req.Host]
	}
	if w.names == nil {
		return
	}
	if !cfg.NoURLs {
		c.rec.URL, c.rec.Query = w.url(c.path)
	}
	if viewer != nil {
		c.rec.Agent = w.names.Strings.Of(viewer.Agent)
		c.rec.Country = viewer.Country
		if c.req.From != 0 {
			c.rec.Referrer = c.referer()
		} else if c.req.Referrer != 0 {
			c.rec.Referrer = w.referrers[c.req.Referrer].sym
		}
		if viewer.Addr.IsValid() {
			c.rec.Addr = viewer.Addr.As16()
		}
	}
}

// referer is the Sym of the URL that led to the request: where URLs are not kept,
// of its beginning, by which reports count.
func (c *conn) referer() results.Sym {
	w := c.player.words
	if c.player.cfg.NoURLs {
		c.led = append(append(c.led[:0], w.sites[w.catalog.HostFor(c.req.From-1, c.req.Host)]...), '/')
	} else {
		c.led = w.appendReferer(c.led[:0], &c.req)
	}
	return w.names.Strings.Bytes(c.led)
}

// exchange sends the request and reads the response. A connection that was
// kept and turns out to be closed is replaced once, as RFC 9112 §9.3.1 has it.
func (c *conn) exchange(hard context.Context) (results.Fault, error) {
	for {
		if c.net == nil {
			if err := c.dial(hard); err != nil {
				return dialKind(err), err
			}
		}
		kept := c.kept
		err := c.broken
		if err == nil {
			err = c.send()
		}
		if refused := err != nil; !refused || c.left > 0 { // who refuses content may do so before it is there
			if _, gone := c.in.Peek(1); gone == nil {
				kind, err := c.receive()
				if refused {
					c.hangUp()
				}
				return kind, err
			} else if !refused {
				err = gone
			}
		}
		c.hangUp()
		kind := readKind(err, false)
		if !kept || !verbs[c.req.Method].safe || kind != results.FaultReset && kind != results.FaultClosed || c.given() {
			c.rec.Flags |= results.NoResponse
			return kind, err
		}
		c.player.retried.Add(1)
		c.sent, c.came, c.broken = 0, 0, nil
	}
}

// dial makes a new connection within the request's time.
func (c *conn) dial(hard context.Context) error {
	cfg := &c.player.cfg
	left := c.start + cfg.Timeout - c.sched.now()
	ctx, cancel := context.WithTimeout(hard, left)
	defer cancel()
	n, err := c.connect(ctx)
	if err != nil {
		c.rec.Flags |= results.NoResponse
		return err
	}
	var l link = n
	if c.loop != nil {
		if l, err = c.loop.adopt(c, n); err != nil {
			c.rec.Flags |= results.NoResponse
			return err
		}
	}
	c.mu.Lock()
	c.net = l
	c.mu.Unlock()
	if c.given() { // the watchdog came before there was anything to close
		c.hangUp()
		c.rec.Flags |= results.NoResponse
		return context.DeadlineExceeded
	}
	c.kept = false
	c.wire.from = l
	c.in.Reset(&c.wire)
	return nil
}

func (c *conn) given() bool { return c.begun.Load() == interrupted }

// hangUp closes the connection, if there is one.
func (c *conn) hangUp() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.net != nil {
		_ = c.net.Close()
		c.net = nil
	}
}

// giveUp is the watchdog's: it breaks off the request in flight if that began
// at limit or before.
func (c *conn) giveUp(limit time.Duration) {
	s := c.begun.Load()
	if s < 0 || s > int64(limit) || !c.begun.CompareAndSwap(s, interrupted) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch n := c.net.(type) { // the reader wakes up; c itself forgets it in hangUp
	case nil:
	case interface{ interrupt() }:
		n.interrupt()
	default:
		_ = n.Close()
	}
}

// consumed is how many bytes of the wire have been taken.
func (c *conn) consumed() int64 { return c.wire.n - int64(c.in.Buffered()) }

// finish completes the record and hands it over.
func (c *conn) finish(kind results.Fault, err error) {
	p, r := c.player, &c.rec
	ended := c.last
	if ended == 0 {
		ended = c.sched.now()
	}
	r.Total = int64(ended) - r.At
	classify(r, &c.answer, kind)
	switch kind {
	case results.NoFault:
		p.done.Add(1)
	case cut:
		p.cut.Add(1)
	default:
		r.Fault = kind
		p.faults.add(kind, c.path, err)
		p.despair()
	}
	c.answer = answer{}
	if p.cfg.Recorder != nil {
		p.cfg.Recorder.Add(c.number, r)
	}
	c.ended.Add(1)
}

// resetByPeer reports the errors of a connection that the other side broke.
func resetByPeer(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNABORTED)
}
