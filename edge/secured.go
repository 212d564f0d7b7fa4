package edge

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"time"

	"edgesim/edge/behavior"
)

// secured is a viewer's TLS connection. The first Read makes the handshake, so
// that it happens in the connection's own goroutine and Accept waits for nobody.
type secured struct {
	*tls.Conn
	v      *viewer // whose connection it is
	raw    net.Conn
	shaken bool
	closed atomic.Bool

	version uint8 // as results.Record.TLS has it
	cipher  uint16
	server  string // the name the viewer asked for (SNI); "": none

	site *site              // as of which
	dist *behavior.Compiled // has that name; nil: none has
}

// Read reads plain text. After a handshake that failed it reports an end of
// file: there is nobody to answer.
func (s *secured) Read(p []byte) (int, error) {
	if !s.shaken {
		s.shaken = true
		if err := s.shake(); err != nil {
			s.raw.Close()
			return 0, io.EOF
		}
	}
	return s.Conn.Read(p)
}

// Write writes plain text. Before the handshake there is nobody to say anything
// to: where the server has no room for a connection it says so while it accepts,
// and must not wait for a handshake there.
func (s *secured) Write(p []byte) (int, error) {
	if !s.shaken {
		return 0, net.ErrClosed
	}
	return s.Conn.Write(p)
}

func (s *secured) shake() error {
	ctx, cancel := context.WithTimeout(context.Background(), s.v.e.conf.HandshakeTimeout)
	defer cancel()
	err := s.Conn.HandshakeContext(ctx)
	if err != nil {
		s.explain(err)
		return err
	}
	state := s.Conn.ConnectionState()
	s.version, s.cipher, s.server = uint8(state.Version-0x0300), state.CipherSuite, state.ServerName
	return nil
}

// plainAnswer goes to who speaks plain HTTP where TLS is spoken. Its end is the
// connection's.
const plainAnswer = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n" +
	"400 this port speaks HTTPS: write https:// in front of the address\n"

// explain answers a request that came without TLS, so that a wrong URL can be
// told from a broken server.
func (s *secured) explain(err error) {
	var header tls.RecordHeaderError
	if !errors.As(err, &header) || header.Conn == nil {
		return
	}
	switch string(header.RecordHeader[:]) {
	case "GET /", "HEAD ", "POST ", "PUT /", "OPTIO", "PATCH", "DELET":
		_ = s.raw.SetWriteDeadline(time.Now().Add(time.Second))
		_, _ = io.WriteString(s.raw, plainAnswer) // a courtesy: whether it arrives changes nothing
	}
}

// ServeTLS is Serve for viewers who speak TLS. conf holds the certificates;
// versions below 1.2 are refused whatever it says, and HTTP/1.1 is the only
// protocol offered (ALPN).
func (e *Edge) ServeTLS(ln net.Listener, conf *tls.Config) error {
	conf = conf.Clone()
	conf.MinVersion = max(conf.MinVersion, tls.VersionTLS12)
	conf.NextProtos = []string{"http/1.1"}
	return e.serveOn(&listener{Listener: ln, e: e, tls: conf})
}

// speakTLS makes a viewer's connection one that speaks TLS.
func (v *viewer) speakTLS(conf *tls.Config) {
	v.secure = &secured{Conn: tls.Server(&paced{Conn: v.Conn, e: v.e}, conf), v: v, raw: v.Conn}
	v.Conn = v.secure
}

// misdirected reports whether the viewer asked another distribution for its
// certificate than it asks now (RFC 9110 §15.5.20): what it verified does not
// speak for this host. A name that no distribution has, or none, tells nothing.
func (s *secured) misdirected(a *ask) bool {
	if s.site != a.site {
		s.site = a.site
		s.dist, _ = a.site.table.Host(bytesOf(s.server))
	}
	return s.dist != nil && s.dist != a.dist
}

// Close ends the connection. TLS says goodbye (RFC 9112 §9.8), which takes up to
// 5 s with a viewer who reads nothing; nobody waits for that, and a shutdown cuts
// it short.
func (s *secured) Close() error {
	if !s.closed.Swap(true) {
		go func() {
			s.Conn.Close()
			s.v.e.forget(s.v)
		}()
	}
	return nil
}

// cut ends the connection without a word.
func (v *viewer) cut() {
	if v.secure != nil {
		v.secure.raw.Close()
		return
	}
	v.Conn.Close()
}
