package edge

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"edgesim/edge/behavior"
	"edgesim/results"
)

// Header is a field that an origin gets with every request.
type Header = behavior.Header

// Origin is where misses go: an HTTP/1.1 server.
type Origin struct {
	Name string // as behaviors refer to it
	Addr string // host:port that is dialled
	Host string // Host header sent where the behavior does not forward the viewer's; "" means Addr
	Path string // put before every request's path; "" or "/something" without a slash at its end
	TLS  bool   // speak HTTPS

	// TLSAddr is host:port where the origin is asked over TLS for viewers who
	// speak TLS (CloudFront's match-viewer); for others it is asked at Addr
	// without. "": it is asked at Addr for everyone.
	TLSAddr string
	Trust   OriginTLS

	// Headers go with every request, in place of the viewer's fields of these
	// names.
	Headers []Header

	ConnectTimeout    time.Duration // of one attempt; 0 means 10 s
	ConnectAttempts   int           // 1 to 3; 0 means 3
	ReadTimeout       time.Duration // to the first byte and between any two packets; 0 means 30 s, of a tier 5 minutes
	ResponseAttempts  int           // how often a GET or HEAD is sent while no response begins in ReadTimeout, 1 to 3; 0 means 1
	CompletionTimeout time.Duration // from a request to the last byte of its response, at least ReadTimeout; 0: as long as it takes
	KeepAlive         time.Duration // how long an idle connection is kept; 0 means 5 s
	MaxIdle           int           // idle connections kept; 0 means 256
	MaxConns          int           // connections open at a time; 0: as many as are asked for
	MaxWait           time.Duration // for one of MaxConns to be free; 0 means ConnectTimeout

	// Tier says that this is no origin but an edge of ours, LayerRegional or
	// LayerShield, which is believed. Via is the name of such a one through which
	// what may be cached goes; when no connection to it comes about, the origin
	// itself is asked. "": straight to the origin.
	Tier results.Layer
	Via  string
	// MethodsDirect lets requests with methods that are not cached pass the tier
	// by, as CloudFront does. False: they go through it, so that it forgets what
	// they change.
	MethodsDirect bool

	// Dial replaces the network in tests. nil dials TCP.
	Dial func(ctx context.Context, addr string) (net.Conn, error)
	// Certificates is what TLS is spoken with beside Trust. nil: crypto/tls's
	// defaults.
	Certificates *tls.Config
}

// ParseOrigin reads an origin from a URL such as http://127.0.0.1:8080/prefix.
func ParseOrigin(name, text string) (Origin, error) {
	u, err := url.Parse(text)
	if err != nil {
		return Origin{}, fmt.Errorf("origin %q is not a URL: %w", text, err)
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return Origin{}, fmt.Errorf("origin %q: write http://HOST[:PORT][/PATH] or https://…", text)
	}
	if u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return Origin{}, fmt.Errorf("origin %q: an origin has no user, query or fragment", text)
	}
	port := cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
	return Origin{
		Name: name,
		Addr: net.JoinHostPort(u.Hostname(), port),
		Host: u.Host,
		Path: strings.TrimRight(u.EscapedPath(), "/"),
		TLS:  u.Scheme == "https",
	}, nil
}

func (o Origin) withDefaults() (Origin, error) {
	if err := o.check(); err != nil {
		return o, err
	}
	o.Host = cmp.Or(o.Host, o.Addr)
	o.ConnectTimeout = cmp.Or(o.ConnectTimeout, 10*time.Second)
	o.ConnectAttempts = cmp.Or(o.ConnectAttempts, 3)
	if o.Tier != results.NoLayer {
		o.ReadTimeout = cmp.Or(o.ReadTimeout, 5*time.Minute) // it tries origins as often as its settings say
	}
	o.ReadTimeout = cmp.Or(o.ReadTimeout, 30*time.Second)
	o.ResponseAttempts = cmp.Or(o.ResponseAttempts, 1)
	o.KeepAlive = cmp.Or(o.KeepAlive, 5*time.Second)
	o.MaxIdle = cmp.Or(o.MaxIdle, 256)
	o.MaxWait = cmp.Or(o.MaxWait, o.ConnectTimeout)
	if err := o.prepareTLS(); err != nil {
		return o, fmt.Errorf("origin %s: %w", o.Name, err)
	}
	if o.CompletionTimeout != 0 && o.CompletionTimeout < o.ReadTimeout {
		return o, fmt.Errorf("origin %s: CompletionTimeout %v is below ReadTimeout, %v", o.Name, o.CompletionTimeout, o.ReadTimeout)
	}
	if o.Dial == nil {
		// A name's addresses are tried one after the other.
		o.Dial = func(ctx context.Context, addr string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", addr)
		}
	}
	return o, nil
}

func (o *Origin) check() error {
	if o.Name == "" {
		return fmt.Errorf("an origin has no Name")
	}
	_, _, err := net.SplitHostPort(o.Addr)
	switch {
	case err != nil:
		return fmt.Errorf("origin %s: Addr %q must be host:port: %w", o.Name, o.Addr, err)
	case o.TLSAddr != "" && !isAddr(o.TLSAddr):
		return fmt.Errorf("origin %s: TLSAddr %q must be host:port", o.Name, o.TLSAddr)
	case o.ConnectAttempts < 0 || o.ConnectAttempts > 3:
		return fmt.Errorf("origin %s: ConnectAttempts %d must be from 1 to 3", o.Name, o.ConnectAttempts)
	case o.ResponseAttempts < 0 || o.ResponseAttempts > 3:
		return fmt.Errorf("origin %s: ResponseAttempts %d must be from 1 to 3", o.Name, o.ResponseAttempts)
	case o.Path != "" && (o.Path[0] != '/' || strings.HasSuffix(o.Path, "/")):
		return fmt.Errorf("origin %s: Path %q must begin with a slash and not end with one", o.Name, o.Path)
	case o.Tier != results.NoLayer && o.Tier != results.LayerRegional && o.Tier != results.LayerShield:
		return fmt.Errorf("origin %s: Tier %v must be regional or shield", o.Name, o.Tier)
	case o.Tier != results.NoLayer && o.Via != "":
		return fmt.Errorf("origin %s: a tier has no Via: its own settings say where it asks", o.Name)
	case o.MaxConns < 0 || o.MaxIdle < 0:
		return fmt.Errorf("origin %s: MaxConns and MaxIdle must be 0 or a number of connections", o.Name)
	case min(o.ConnectTimeout, o.ReadTimeout, o.CompletionTimeout, o.KeepAlive, o.MaxWait) < 0:
		return fmt.Errorf("origin %s: a timeout is negative", o.Name)
	}
	if err := behavior.CheckOriginHeaders(o.Headers); err != nil {
		return fmt.Errorf("origin %s: %w", o.Name, err)
	}
	return nil
}

func isAddr(s string) bool {
	_, _, err := net.SplitHostPort(s)
	return err == nil
}

// dial makes one connection, TLS included, trying as often as the origin's
// settings say.
func (o *Origin) dial(ctx context.Context) (net.Conn, error) {
	var err error
	for range o.ConnectAttempts {
		var c net.Conn
		if c, err = o.dialOnce(ctx); err == nil {
			return c, nil
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, err
}

func (o *Origin) dialOnce(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, o.ConnectTimeout)
	defer cancel()
	c, err := o.Dial(ctx, o.Addr)
	if err != nil || !o.TLS {
		return c, err
	}
	t := tls.Client(c, o.Certificates)
	if err := t.HandshakeContext(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return t, nil
}

// addrOf is a viewer's address as a record keeps it.
func addrOf(a net.Addr) (netip.Addr, uint16) {
	if t, ok := a.(*net.TCPAddr); ok {
		ap := t.AddrPort()
		return ap.Addr().Unmap(), ap.Port()
	}
	return netip.Addr{}, 0
}
