package live

import (
	"context"
	"net"
)

// Sockets is what the parts of a run find each other by.
type Sockets interface {
	// Listen opens a listener at an address of its own.
	Listen() (net.Listener, error)
	// Dial connects to the address that a listener has.
	Dial(ctx context.Context, network, addr string) (net.Conn, error)
}

// loopback is TCP within this machine.
type loopback struct{ net.Dialer }

func (loopback) Listen() (net.Listener, error) { return net.Listen("tcp", "127.0.0.1:0") }

func (l loopback) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	return l.DialContext(ctx, network, addr)
}
