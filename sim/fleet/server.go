package fleet

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// Serving says how a server in this process listens and what it keeps.
type Serving struct {
	Host  string // "": 127.0.0.1
	Port  int    // 0: any that is free
	Dir   string // where its store is
	Room  int64  // bytes of it; 0: what the server finds right
	Login Login  // whom it lets in; with Cert and Key it speaks TLS
}

// Server is a NATS server in this process.
type Server struct {
	URL    string // for others
	server *server.Server
	tls    *tls.Config // by which this process speaks to it; nil: in plain text
}

// listening is how long a server that has started may take until it listens.
const listening = time.Second

// Serve starts a server. One that others on the network can reach has to know
// whom it lets in.
func Serve(s Serving) (*Server, error) {
	if s.Host == "" {
		s.Host = "127.0.0.1"
	}
	if !loopback(s.Host) && s.Login.Token == "" && (s.Login.User == "" || s.Login.Password == "") {
		return nil, fmt.Errorf("a server on %s would be open to everyone: right is a user and password or a token, or 127.0.0.1", s.Host)
	}
	if s.Port == 0 {
		s.Port = server.RANDOM_PORT
	} else if l, err := net.Listen("tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.Port))); err != nil {
		return nil, fmt.Errorf("NATS server: %w", err) // it would try for ten seconds
	} else if err := l.Close(); err != nil {
		return nil, err
	}
	o := &server.Options{
		ServerName: "edgesim", Host: s.Host, Port: s.Port, JetStream: true, StoreDir: s.Dir, JetStreamMaxStore: s.Room,
		Username: s.Login.User, Password: s.Login.Password, Authorization: s.Login.Token,
		NoLog: true, NoSigs: true, DontListen: false, MaxPayload: 1 << 20,
		AuthTimeout: answering.Seconds(), TLSTimeout: answering.Seconds(),
	}
	if s.Login.Cert != "" {
		config, err := server.GenTLSConfig(&server.TLSConfigOpts{CertFile: s.Login.Cert, KeyFile: s.Login.Key, CaFile: s.Login.CA, Verify: s.Login.CA != ""})
		if err != nil {
			return nil, fmt.Errorf("certificate of the server: %w", err)
		}
		o.TLSConfig, o.TLS = config, true
	}
	srv, err := server.NewServer(o)
	if err != nil {
		return nil, fmt.Errorf("NATS server: %w", err)
	}
	srv.Start() // until its store is read, however large that is
	if !srv.ReadyForConnections(listening) {
		srv.Shutdown()
		return nil, fmt.Errorf("NATS server: it cannot listen on %s, or not use its store %s: another may run there",
			net.JoinHostPort(s.Host, strconv.Itoa(s.Port)), s.Dir)
	}
	if !srv.JetStreamEnabled() {
		srv.Shutdown()
		return nil, errors.New("NATS server: no store at " + s.Dir)
	}
	if !o.TLS {
		return &Server{URL: "nats://" + srv.Addr().String(), server: srv}, nil
	}
	// Nobody is between us and a server in this process: it need not prove who it is.
	own := &tls.Config{InsecureSkipVerify: true, Certificates: o.TLSConfig.Certificates, MinVersion: tls.VersionTLS12}
	return &Server{"tls://" + srv.Addr().String(), srv, own}, nil
}

// Close stops it; the store stays.
func (s *Server) Close() {
	s.server.Shutdown()
	s.server.WaitForShutdown()
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
