package edge

import (
	"bufio"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"edgesim/results"
)

// viewer is a viewer's connection. It sees what really goes over the wire, so
// a record tells the first and the last byte as they were written, not as they
// were handed over, and learns of a viewer who left.
//
// fasthttp serves a connection in one goroutine: read a request, call the
// handler, write the response, read on. So the record that the handler opens is
// settled by the next Read, or by the end of the connection.
type viewer struct {
	net.Conn
	e      *Edge
	secure *secured // Conn, where the viewer speaks TLS; nil: it does not
	hint   uint64
	busy   atomic.Bool // a request is being served
	over   atomic.Bool // fasthttp is done with the connection, and its last record is settled
	gate

	lingers atomic.Bool // what the viewer still sends is to be listened to before the end
	addr    netip.Addr
	port    uint16

	in, out     int64 // bytes since the last settled record
	first, last int64 // edge clock, ns: first and last write of the response; 0: none yet
	broken      bool  // a write failed
	open        bool  // rec waits to be settled
	readSet     int64 // edge clock: when the read deadline was set; 0: it is not for idling
	writeSet    int64

	id  uint64 // of the request being handled; no other of this edge has it
	rec results.Record
	tab *tab // where a leader's record waits for its flight
	ask ask  // the request being handled; reused
	buf []byte

	lender  *lender     // nil: everything is copied
	behind  [][]byte    // what is to leave together with the next Write, after it; else empty
	pieces  [][]byte    // of one call to the system; reused
	vectors net.Buffers // the same, while they are written
}

// Read settles the response that was written before it, then reads the head of
// the next request: fasthttp gets nothing else to read.
func (v *viewer) Read(p []byte) (int, error) {
	if v.open {
		v.settle()
	}
	if !v.body.ended() {
		return 0, io.EOF
	}
	return v.nextHead(p)
}

// flushWith writes what w holds and what is behind it in one call to the system.
// It returns how much of the latter left. Under TLS and on other connections
// that do not know how, each piece is written by itself.
func (v *viewer) flushWith(w *bufio.Writer) (int, error) {
	size := 0
	for _, p := range v.behind {
		size += len(p)
	}
	before, held := v.out, w.Buffered()
	var err error
	if held > 0 {
		err = w.Flush()
	} else {
		_, err = v.Write(nil)
	}
	clear(v.behind)
	v.behind = v.behind[:0]
	return min(size, max(0, int(v.out-before)-held)), err
}

// Write writes, with what is behind, and notes when.
func (v *viewer) Write(p []byte) (n int, err error) {
	if v.secure == nil {
		v.renew(&v.writeSet, v.e.conf.WriteTimeout, v.Conn.SetWriteDeadline)
	}
	if len(v.behind) == 0 {
		n, err = v.writeOne(p)
	} else {
		n, err = v.writeAll(p)
	}
	v.last = v.e.now()
	if v.first == 0 {
		v.first = v.last
	}
	v.broken = v.broken || err != nil
	return n, err
}

func (v *viewer) writeOne(p []byte) (int, error) {
	n, err := v.Conn.Write(p)
	if isTimeout(err) {
		var more int64
		more, err = v.resume(p, int64(n), err)
		n += int(more)
	}
	v.out += int64(n)
	return n, err
}

// writeAll writes p and what is behind it: lends what can be lent, and copies
// the rest in one call. It returns how much of p left.
func (v *viewer) writeAll(p []byte) (int, error) {
	n, dealt, err := v.lender.lend(p, v.behind)
	v.pieces = v.pieces[:0]
	if dealt == 0 {
		v.pieces = append(v.pieces, p)
	}
	v.pieces = append(v.pieces, v.behind[dealt:]...)
	if err == nil && len(v.pieces) > 0 {
		var m int64
		v.vectors = v.pieces
		m, err = v.vectors.WriteTo(v.Conn)
		n += m
	}
	if isTimeout(err) {
		var more int64
		more, err = v.resume(p, n, err)
		n += more
	}
	v.out += n
	v.vectors = nil
	clear(v.pieces)
	return min(len(p), int(n)), err
}

// renew moves a deadline to timeout from now, at most once in a tenth of the
// timeout: deadlines cost more than a lookup does.
func (v *viewer) renew(set *int64, timeout time.Duration, to func(time.Time) error) {
	now := max(v.last, v.ask.now)
	if *set == 0 || now-*set > int64(timeout)/10 {
		*set = max(now, 1)
		_ = to(time.Now().Add(timeout)) // a connection that is gone says so at the next read or write
	}
}

// state follows fasthttp: busy from a request's first byte to the end of its
// response. A new connection counts as idle until it has sent a request.
func (v *viewer) state(s fasthttp.ConnState) {
	switch s {
	case fasthttp.StateIdle:
		v.busy.Store(false)
	case fasthttp.StateClosed:
		v.end()
	}
}

// end settles what is open when the connection is done with. Close would be the
// wrong place: a shutdown calls that from another goroutine.
func (v *viewer) end() {
	if v.open {
		v.settle()
	}
	v.over.Store(true)
	if v.secure == nil { // else its goodbye does
		v.e.forget(v)
	}
	select {
	case v.e.ended <- struct{}{}:
	default:
	}
}

// settle completes the record of the response just written and hands it on.
func (v *viewer) settle() {
	r := &v.rec
	r.BytesIn, r.BytesOut = v.in, v.out
	if v.first != 0 {
		r.TTFB, r.Total = v.first-r.At, v.last-r.At
	} else {
		r.Total = v.e.now() - r.At
	}
	if v.broken {
		v.hungUp(r)
	}
	r.BodyBytes = min(r.BodyBytes, r.BytesOut)
	if v.tab != nil {
		v.tab.viewerDone(v.e, r)
		v.tab = nil
	} else {
		v.e.record(v.hint, r)
	}
	v.in, v.out, v.first, v.broken, v.open = 0, 0, 0, false, false
}

// hungUp is how CloudFront logs a viewer who left: Error at the end, whatever
// the response began as; status 000 when nothing had been sent.
func (v *viewer) hungUp(r *results.Record) {
	r.Flags |= results.Aborted
	r.Result, r.Detail = results.Error, results.ClientCommError
	if v.out == 0 {
		r.Status, r.Detail = 0, results.ClientHungUpRequest
	}
}

// tab is a leader's record while its flight is still under way. The flight may
// outlast the viewer, and the viewer the flight; whoever is done last hands the
// record on, with what the origin sent in it.
type tab struct {
	mu   sync.Mutex
	left int // of viewer and flight, how many are not done
	hint uint64
	rec  results.Record
	owed origined
}

// origined is what a flight made an origin do.
type origined struct {
	asked       uint16
	origin      uint16
	member      uint16 // which of the behavior's origins that is
	bytes, sent int64
	ttfb, total int64 // ns from the request to it
	detail      results.Detail
	broke       bool
}

// owe is the tab for another flight of the request being handled.
func (v *viewer) owe() *tab {
	if v.tab == nil {
		v.tab = &tab{left: 1, hint: v.hint}
	}
	v.tab.mu.Lock()
	v.tab.left++
	v.tab.mu.Unlock()
	return v.tab
}

func (t *tab) viewerDone(e *Edge, r *results.Record) {
	t.mu.Lock()
	t.rec = *r
	t.done(e)
}

func (t *tab) flightDone(e *Edge, o origined) {
	t.mu.Lock()
	t.owed.add(o)
	t.done(e)
}

// add adds another flight's; the times are those of the first.
func (o *origined) add(x origined) {
	if o.asked == 0 {
		o.origin, o.ttfb, o.total = x.origin, x.ttfb, x.total
	}
	o.asked += x.asked
	o.bytes += x.bytes
	o.sent += x.sent
	if x.broke {
		o.broke = true
	}
	if x.detail != results.SameAsResult {
		o.detail = x.detail
	}
}

// done is called with the lock and gives it back.
func (t *tab) done(e *Edge) {
	t.left--
	last := t.left == 0
	t.mu.Unlock()
	if !last {
		return
	}
	r, o := &t.rec, t.owed
	r.OriginAsked, r.Origin = o.asked, o.origin
	r.OriginBytes, r.OriginSent = o.bytes, o.sent
	r.OriginTTFB, r.OriginTotal = o.ttfb, o.total
	if o.broke {
		r.Flags |= results.Truncated
		r.Result, r.Detail = results.Error, o.detail
	}
	e.record(t.hint, r)
}
