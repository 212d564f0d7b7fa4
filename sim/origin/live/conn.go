package live

import (
	"net"
	"sync"
)

// listener takes connections for a Server: it refuses them during an outage
// of that kind, and hands out the others as conns.
type listener struct {
	net.Listener
	s    *Server
	once sync.Once
}

// Close is called by Shutdown and by fasthttp; the second call is no error.
func (l *listener) Close() (err error) {
	l.once.Do(func() { err = l.Listener.Close() })
	return err
}

// Accept is the next connection that is not refused. An open listener cannot
// keep the system from completing the handshake, so "refused" is a reset at
// once.
func (l *listener) Accept() (net.Conn, error) {
	for {
		inner, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		c := &conn{Conn: inner, s: l.s}
		if l.s.refusing() {
			l.s.count.refused.Add(1)
			c.reset()
			continue
		}
		l.s.conns.add(c)
		return c, nil
	}
}

// conn is a connection that counts what is sent and can be reset.
type conn struct {
	net.Conn
	s *Server
}

func (c *conn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.s.count.bytes.Add(uint64(n))
	return n, err
}

func (c *conn) Close() error {
	c.s.conns.remove(c)
	return c.Conn.Close()
}

// reset closes the connection so that TCP sends RST: with a linger of 0 the
// system drops what is unsent and does not say goodbye.
func (c *conn) reset() {
	if tcp, ok := c.Conn.(interface{ SetLinger(sec int) error }); ok {
		_ = tcp.SetLinger(0) // fails only on a connection that is gone already
	}
	_ = c.Close()
}

// conns are the open connections of a server.
type conns struct {
	mu   sync.Mutex
	open map[*conn]struct{}
}

func (o *conns) add(c *conn) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.open == nil {
		o.open = make(map[*conn]struct{})
	}
	o.open[c] = struct{}{}
}

func (o *conns) remove(c *conn) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.open, c)
}

func (o *conns) closeAll() {
	o.mu.Lock()
	var all []*conn
	for c := range o.open {
		all = append(all, c)
	}
	o.mu.Unlock()
	for _, c := range all {
		_ = c.Close()
	}
}
