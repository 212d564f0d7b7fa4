package edge

import (
	"crypto/tls"
	"io"
	"net"
	"net/netip"
	"sync/atomic"
	"time"
)

// listener wraps every connection in a viewer, and turns away those for whom
// there is no room.
type listener struct {
	net.Listener
	e   *Edge
	tls *tls.Config // nil: viewers speak plain HTTP
}

var viewerNumber atomic.Uint64

func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		v := &viewer{Conn: c, e: l.e, hint: viewerNumber.Add(1)}
		v.id = l.e.seed + v.hint*0x9E3779B97F4A7C15 // spread by the golden ratio: room for counting up
		v.ask.secret = l.e.secret
		v.addr, v.port = addrOf(c.RemoteAddr())
		if !l.e.enter(v) {
			l.turnAway(c)
			continue
		}
		if l.tls != nil {
			v.speakTLS(l.tls)
		} else {
			v.lender = newLender(c, l.e.arena)
		}
		return v, nil
	}
}

// enter lets a connection in where there is room for it, in all and from where
// it comes.
func (e *Edge) enter(v *viewer) bool {
	from := neighbourhood(v.addr)
	e.mu.Lock()
	defer e.mu.Unlock()
	most := e.conf.MaxPerAddress
	if len(e.viewers) >= e.conf.MaxConns || most > 0 && from.IsValid() && e.from[from] >= most {
		e.turned.Add(1)
		return false
	}
	e.viewers[v] = struct{}{}
	if most > 0 {
		e.from[from]++
	}
	return true
}

// neighbourhood is what counts as one address: of IPv6 the first 64 bits, which
// are one network's, whose hosts choose the rest as they like (RFC 4291 §2.5.1).
func neighbourhood(a netip.Addr) netip.Addr {
	if p, err := a.Prefix(64); a.Is6() && err == nil {
		return p.Addr()
	}
	return a
}

// forget takes a connection that has ended out of the count, once.
func (e *Edge) forget(v *viewer) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, in := e.viewers[v]; !in {
		return
	}
	delete(e.viewers, v)
	from := neighbourhood(v.addr)
	if e.from[from]--; e.from[from] <= 0 {
		delete(e.from, from)
	}
}

// noRoom goes to whom there is no room for, as far as it can be sent at once.
const noRoom = "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n" +
	"Retry-After: 1\r\nConnection: close\r\nContent-Length: 29\r\n\r\n503 too many connections now\n"

// turnAway ends a connection and waits for nobody: whoever has too many of them
// must not hold up those who come next. Under TLS there is nothing to say
// before the handshake.
func (l *listener) turnAway(c net.Conn) {
	if l.tls == nil {
		_ = c.SetWriteDeadline(time.Now().Add(time.Millisecond))
		_, _ = io.WriteString(c, noRoom) // a courtesy: whether it arrives changes nothing
	}
	c.Close()
}
