package edge

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httputil"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"edgesim/edge/wire"
)

// upstream keeps the connections to one origin and speaks HTTP/1.1 on them.
//
// It frames messages itself and uses fasthttp for parsing headers only,
// because a cache must know for certain whether a body is whole (docs/adr/0004).
type upstream struct {
	Origin
	given  Origin    // as it was configured, before defaults
	number uint16    // index into Names.Origins
	secure *upstream // asked instead for viewers who speak TLS; nil: this one is

	mu      sync.Mutex
	idle    []*originConn            // the most recently used last
	live    map[*originConn]struct{} // every open connection
	open    int                      // live ones, and rights to open one given out
	waiting []chan *originConn       // for one of MaxConns, the first the longest
	closed  bool
	left    bool // no site has it any more: what is under way goes on, nothing is kept idle
}

// sets reports whether the origin's settings give the field.
func (u *upstream) sets(name []byte) bool {
	return slices.ContainsFunc(u.Headers, func(h Header) bool { return is(name, h.Name) })
}

const maxOriginHeader = 32 << 10 // bytes of a response's header, as CloudFront has it

type originConn struct {
	net.Conn
	up     *upstream
	br     *bufio.Reader
	since  time.Time    // idle since
	n      atomic.Int64 // bytes received
	began  int64        // n when the exchange under way began
	used   bool         // has carried a response before
	timing timing       // of the exchange under way
	sent   time.Time    // when its request had gone out; zero: not yet
	heard  time.Time    // when the first byte of its response came; zero: not yet
	until  time.Time    // when the exchange under way must be complete; zero: whenever
}

// Read reads with the origin's timeouts, and counts.
func (c *originConn) Read(p []byte) (int, error) {
	deadline := time.Now().Add(c.up.ReadTimeout)
	if !c.until.IsZero() && c.until.Before(deadline) {
		deadline = c.until
	}
	if err := c.SetReadDeadline(deadline); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(p)
	c.n.Add(int64(n))
	if n > 0 && c.heard.IsZero() {
		c.heard = time.Now()
	}
	return n, err
}

// outgoing is a request as it is sent to an origin.
type outgoing struct {
	head     []byte    // request line and header, the empty line included
	bare     int       // how much of head comes before our own conditions
	body     io.Reader // nil: none
	size     int64     // of body; -1: chunked
	bodiless bool      // it is a HEAD: its response has no body
	again    bool      // it may be sent twice: its method is safe
	sent     bool      // all of it went out
	hints    hints     // takes interim responses; nil: nobody wants them
}

// reply is an origin's response: its header, and a body that reads up to the
// end that its framing proves.
type reply struct {
	header  *fasthttp.ResponseHeader
	framing framing
	conn    *originConn
	whole   bool // the request it answers went out whole
	closes  bool // the origin will not answer another on this connection
}

// bytes is how many bytes the origin has sent for this reply so far.
func (r *reply) bytes() int64 { return r.conn.n.Load() - r.conn.began }

// timing is what getting the header took.
func (r *reply) timing() timing {
	t := r.conn.timing
	t.first = max(0, r.conn.heard.Sub(r.conn.sent)) // an early answer came before all of the request was out
	return t
}

// ask sends one request and reads the header of its response. A request of a
// safe method that an idle connection lost before any byte of a response is
// sent once more, on a new connection.
func (u *upstream) ask(ctx context.Context, out *outgoing) (*reply, error) {
	c, err := u.get(ctx)
	if err != nil {
		return nil, err
	}
	r, err := c.exchange(out)
	if err == nil {
		return r, nil
	}
	lost := c.used && c.n.Load() == c.began && out.again && !isTimeout(err)
	if !lost || ctx.Err() != nil {
		u.discard(c)
		return nil, err
	}
	if c, err = u.replace(ctx, c); err != nil {
		return nil, err
	}
	if r, err = c.exchange(out); err != nil {
		u.discard(c)
	}
	return r, err
}

func isTimeout(err error) bool {
	if err == nil {
		return false // before t, which costs an allocation
	}
	var t interface{ Timeout() bool }
	return errors.Is(err, fasthttp.ErrTimeout) || errors.As(err, &t) && t.Timeout()
}

func (c *originConn) exchange(out *outgoing) (*reply, error) {
	c.began = c.n.Load()
	c.sent, c.heard = time.Time{}, time.Time{}
	if c.used {
		c.timing = timing{}
	}
	if c.up.CompletionTimeout > 0 {
		c.until = time.Now().Add(c.up.CompletionTimeout)
	}
	err := c.send(out)
	out.sent, c.sent = err == nil, time.Now()
	var ours *uploadError
	if err != nil && (out.body == nil || errors.As(err, &ours)) {
		return nil, fmt.Errorf("sending the request: %w", err)
	}
	r, rerr := c.receive(out)
	if rerr != nil && err != nil {
		return nil, fmt.Errorf("sending the request: %w", err) // nor was there an early answer to it
	}
	return r, rerr
}

// mostInterim is how many interim responses (1xx) may come before the final one.
const mostInterim = 8

// receive reads the header of the final response; interim ones are dropped.
func (c *originConn) receive(out *outgoing) (*reply, error) {
	r := &reply{header: &fasthttp.ResponseHeader{}, conn: c}
	r.header.DisableNormalizing()
	r.header.SetNoDefaultContentType(true)
	var head wire.Response
	for interim := 0; ; interim++ {
		if interim > mostInterim {
			return nil, fmt.Errorf("%w: more than %d interim responses", errInvalidReply, mostInterim)
		}
		head = wire.Response{}
		if err := c.check(&head); err != nil {
			return nil, err
		}
		if err := r.header.Read(c.br); err != nil {
			return nil, fmt.Errorf("%w: %w", errInvalidReply, err)
		}
		if head.Status == 101 {
			return nil, fmt.Errorf("%w: 101 that nobody asked for", errInvalidReply)
		} else if head.Status >= 200 {
			break
		} else if head.Status != 100 {
			out.hints.tell(r.header)
		}
	}
	r.framing, r.whole, r.closes = frame(c.br, &head, out.bodiless), out.sent, head.Close
	return r, nil
}

// originLimits bound a response's header. What reaches maxOriginHeader is too
// much: it would fill the buffer that it is checked in.
var originLimits = wire.Limits{Head: maxOriginHeader, Fields: 1000}

// check waits for a response's header to be complete and looks at every byte of
// it before anything believes one.
func (c *originConn) check(h *wire.Response) error {
	for n := 1; ; n = c.br.Buffered() + 1 {
		_, err := c.br.Peek(n)
		b, _ := c.br.Peek(c.br.Buffered())
		done, f := h.Scan(b, &originLimits)
		switch {
		case f != nil && f.Limit:
			return errHeaderTooBig
		case f != nil:
			return fmt.Errorf("%w: %w", errInvalidReply, f)
		case done:
			return nil
		case err != nil:
			return fmt.Errorf("reading the response's header: %w", err)
		}
	}
}

var errHeaderTooBig = errors.New("the origin's response header is too large")

var errInvalidReply = errors.New("invalid response from the origin")

func (c *originConn) send(out *outgoing) error {
	if err := c.SetWriteDeadline(time.Now().Add(c.up.ReadTimeout)); err != nil {
		return err
	}
	if _, err := c.Write(out.head); err != nil {
		return err
	}
	if out.body == nil {
		return nil
	}
	w := &patientWriter{c}
	if out.size >= 0 {
		n, err := io.Copy(w, out.body)
		if err == nil && n != out.size {
			err = io.ErrUnexpectedEOF
		}
		return err
	}
	cw := httputil.NewChunkedWriter(w)
	if _, err := io.Copy(cw, out.body); err != nil {
		return err
	}
	if err := cw.Close(); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\r\n")
	return err
}

// patientWriter gives every write of an upload the read timeout anew.
type patientWriter struct{ c *originConn }

func (w *patientWriter) Write(p []byte) (int, error) {
	if err := w.c.SetWriteDeadline(time.Now().Add(w.c.up.ReadTimeout)); err != nil {
		return 0, err
	}
	return w.c.Write(p)
}

// done ends the use of a reply's connection: kept when the body was read to
// its proven end and nothing more has come, closed otherwise.
func (u *upstream) done(r *reply) {
	if r.whole && r.framing.reusable() && !r.closes && r.conn.br.Buffered() == 0 {
		u.put(r.conn)
		return
	}
	u.discard(r.conn)
}
