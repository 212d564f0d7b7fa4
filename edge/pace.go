package edge

import (
	"net"
	"time"
)

// A response is cut off when its viewer takes nearly nothing of it, not when it
// takes long: every WriteTimeout must see MinRate bytes a second leave.

// resume goes on writing p and what is behind it after a deadline that came when
// sent bytes of them had left, for as long as the viewer keeps the pace. It
// returns what left then.
func (v *viewer) resume(p []byte, sent int64, err error) (int64, error) {
	v.vectors = v.unsent(p, sent)
	var total int64
	for isTimeout(err) && v.secure == nil && sent >= v.e.leastTaken {
		v.writeSet = max(v.e.now(), 1)
		_ = v.Conn.SetWriteDeadline(time.Now().Add(v.e.conf.WriteTimeout))
		sent, err = v.vectors.WriteTo(v.Conn)
		total += sent
	}
	v.vectors = nil
	return total, err
}

// unsent is p and what is behind it without the first n bytes of all that.
func (v *viewer) unsent(p []byte, n int64) [][]byte {
	var rest [][]byte
	for _, piece := range append([][]byte{p}, v.behind...) {
		cut := min(n, int64(len(piece)))
		n -= cut
		rest = append(rest, piece[cut:])
	}
	return rest
}

// paced is the connection under a viewer's TLS. A write that times out would be
// the end of TLS, so the pace is kept below it.
type paced struct {
	net.Conn
	e       *Edge
	goodbye bool // tls.Conn sets deadlines of its own for its last words
}

func (c *paced) Write(p []byte) (n int, err error) {
	for {
		if !c.goodbye {
			_ = c.Conn.SetWriteDeadline(time.Now().Add(c.e.conf.WriteTimeout))
		}
		m, err := c.Conn.Write(p[n:])
		n += m
		if !isTimeout(err) || c.goodbye || int64(m) < c.e.leastTaken {
			return n, err
		}
	}
}

func (c *paced) SetWriteDeadline(t time.Time) error {
	c.goodbye = true
	return c.Conn.SetWriteDeadline(t)
}

// CloseWrite says that no more will come, where the connection can say so.
func (c *paced) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
