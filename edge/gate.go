package edge

import (
	"io"
	"time"

	"edgesim/edge/wire"
)

// gate is where a viewer's bytes come in (docs/adr/0008). Nothing reaches
// fasthttp but the head of one request that edge/wire has taken; its body is
// read by whoever wants it, and what lies behind it waits here.
type gate struct {
	head  wire.Request // of the request being served
	body  upload       // what has not been read of its body yet
	ahead []byte       // read from the connection, and not used yet: a part of store
	store []byte
	drawn bool // the deadline is one request's own: the next idle time needs another
}

// beyondHead is how much more than the largest head may be read at once, in
// bytes: the beginning of a body, or further requests.
const beyondHead = 4 << 10

// nextHead reads the head of the next request into p and returns it, ready for
// fasthttp. It returns io.EOF when there is none, or none that is taken.
func (v *viewer) nextHead(p []byte) (int, error) {
	v.head, v.drawn = wire.Request{}, false
	n := copy(p, v.ahead)
	v.ahead = nil
	if cap(v.store) > beyondHead {
		v.store = nil // of an upload that came with its head
	}
	for {
		if n > 0 {
			done, f := v.head.Scan(p[:n], &v.e.limits)
			if f == nil && done {
				return v.admit(p, n), nil
			}
			if f == nil && n == len(p) {
				f = wire.LongHead
			}
			if f != nil {
				v.turnAway(p[:n], f)
				return 0, io.EOF
			}
		}
		v.expectHead(n)
		m, err := v.Conn.Read(p[n:])
		if n += m; m == 0 && err != nil {
			if n > v.head.Skip && isTimeout(err) {
				v.turnAway(p[:n], &lateHead)
			}
			return 0, io.EOF
		}
	}
}

var lateHead = wire.Fault{Status: 408, Why: "the request's header did not come in time (RFC 9110 section 15.5.9)"}

// expectHead sets the deadline: for a request to begin, or, once, for its head
// to be complete.
func (v *viewer) expectHead(have int) {
	switch {
	case have == 0:
		v.renew(&v.readSet, v.e.conf.IdleTimeout, v.Conn.SetReadDeadline)
	case !v.drawn:
		v.draw(v.e.conf.HeaderTimeout)
	}
}

// draw sets a deadline that is one request's own.
func (v *viewer) draw(timeout time.Duration) {
	v.drawn, v.readSet = true, 0
	_ = v.Conn.SetReadDeadline(time.Now().Add(timeout))
}

// admit lets a request in whose head is p up to head.End, of n bytes. A body is
// kept from fasthttp together with the fields that frame it, and so is Expect:
// the gate knows, and does not guess, where the body ends.
func (v *viewer) admit(p []byte, n int) int {
	h := &v.head
	if n > h.End {
		v.store = append(v.store[:0], p[h.End:n]...)
		v.ahead = v.store
	}
	v.in = int64(h.End)
	v.body.begin(v, h)
	h.Level(p)
	return len(h.Strip(p[:h.End]))
}

// more reads what has come, for whoever reads a body's framing.
func (v *viewer) more() error {
	if len(v.ahead) > 0 {
		return nil
	}
	if cap(v.store) < beyondHead {
		v.store = make([]byte, beyondHead)
	}
	n, err := v.receive(v.store[:beyondHead])
	v.ahead = v.store[:n]
	return err
}

// take reads from what is ahead, then from the connection.
func (v *viewer) take(p []byte) (int, error) {
	if len(v.ahead) > 0 {
		n := copy(p, v.ahead)
		v.ahead = v.ahead[n:]
		return n, nil
	}
	return v.receive(p)
}

// receive reads of a request's body, within its time.
func (v *viewer) receive(p []byte) (int, error) {
	before := v.e.now()
	v.draw(v.e.conf.BodyTimeout)
	n, err := v.Conn.Read(p)
	v.ask.now = v.e.now()
	v.body.waited += time.Duration(v.ask.now - before)
	if n > 0 {
		return n, nil
	}
	return 0, err
}
