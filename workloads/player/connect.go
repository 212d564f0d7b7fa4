package player

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"sync"
	"syscall"
	"time"

	"edgesim/results"
)

// links is what connecting takes.
type links struct {
	mu                 sync.Mutex
	made               uint64
	connect, handshake *results.Histogram
}

// Connections is what connecting took, of all connections that were made.
type Connections struct {
	Made      uint64
	Connect   results.Figures // ms: name resolution and TCP
	Handshake results.Figures // ms: TLS, after that
}

func (l *links) figures() Connections {
	l.mu.Lock()
	defer l.mu.Unlock()
	return Connections{l.made, l.connect.Figures(), l.handshake.Figures()}
}

// handshakeError is a TLS connection that did not come about.
type handshakeError struct{ error }

func (e handshakeError) Unwrap() error { return e.error }

// connect makes a connection, as the request's viewer and the scheme want it.
func (c *conn) connect(ctx context.Context) (net.Conn, error) {
	p := c.player
	dial, began := p.cfg.Dial, time.Now()
	if c.slow {
		dial = p.cfg.slowly
	}
	n, err := dial(ctx, "tcp", c.addr())
	if err != nil {
		return nil, err
	}
	connected := time.Now()
	if p.cfg.Scheme == "https" {
		if n, err = c.handshake(ctx, n); err != nil {
			return nil, err
		}
	}
	p.links.mu.Lock()
	defer p.links.mu.Unlock()
	p.links.made++
	p.links.connect.Record(int64(connected.Sub(began)))
	if p.cfg.Scheme == "https" {
		p.links.handshake.Record(int64(time.Since(connected)))
	}
	return n, nil
}

func (c *conn) handshake(ctx context.Context, n net.Conn) (net.Conn, error) {
	conf := &tls.Config{}
	if c.player.cfg.TLS != nil {
		conf = c.player.cfg.TLS.Clone()
	}
	conf.NextProtos = []string{"http/1.1"}
	conf.ServerName = cmp.Or(conf.ServerName, c.serverName())
	over := tls.Client(n, conf)
	if err := over.HandshakeContext(ctx); err != nil {
		_ = n.Close()
		return nil, handshakeError{err}
	}
	return over, nil
}

// serverName is the name that the request is for, without a port.
func (c *conn) serverName() string {
	cfg, name := &c.player.cfg, ""
	switch {
	case cfg.Hosts != nil:
		name = cfg.Hosts[c.target/c.player.names]
	case cfg.HostHeader != "":
		name = cfg.HostHeader
	default:
		name = cfg.Catalog.Hosts()[c.req.Host]
	}
	if host, _, err := net.SplitHostPort(name); err == nil {
		return host
	}
	return name
}

// namesAsked is how many names a target is asked for in TLS connections of their
// own.
func (c *Config) namesAsked() int {
	if c.Scheme != "https" || c.HostHeader != "" || c.Hosts != nil || c.TLS != nil && c.TLS.ServerName != "" {
		return 1
	}
	return len(c.Catalog.Hosts())
}

// slowBuffer is the receive buffer of a slow viewer, in bytes: the system's would
// hold a second or more of what he reads, and the server would not notice.
const slowBuffer = 16 << 10

func dialSlowly(ctx context.Context, network, addr string) (net.Conn, error) {
	d := net.Dialer{Control: func(_, _ string, raw syscall.RawConn) error {
		return raw.Control(func(fd uintptr) {
			_ = setReceiveBuffer(fd, slowBuffer) // a system that has none of the kind reads as slowly, only less noticed
		})
	}}
	return d.DialContext(ctx, network, addr)
}
