package fleet

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Login is how a server is told who asks. What is empty is not used. None of it
// is ever printed.
type Login struct {
	User     string `yaml:"user"`
	Password string `yaml:"password"`
	Token    string `yaml:"token"`
	NKey     string `yaml:"nkey"`  // file with a seed
	Creds    string `yaml:"creds"` // credentials file: JWT and seed
	CA       string `yaml:"ca"`    // file of certificates that the server's is signed by
	Cert     string `yaml:"cert"`  // client's certificate, with Key
	Key      string `yaml:"key"`
}

// Options say which server, and how.
type Options struct {
	URL      string // nats://host:port, several with commas
	Login    Login
	Name     string        // of this side, as servers list it
	Version  string        // of the program: pieces go to workers of the same
	Lease    time.Duration // 0: what is there, or Lease
	Replicas int           // of streams on a cluster of servers; 0: 1
	Wait     time.Duration // for the first connection; 0: 10 s
	Inside   *Server       // in this process: it is reached without the network; nil: none

	// Log is told of connections that are lost and found. nil: nobody is.
	Log func(format string, args ...any)
}

// Conn is a connection to a server that has what this package needs.
type Conn struct {
	Where   string // the server's address, without secrets
	Version string

	lease    atomic.Int64 // ns
	nc       *nats.Conn
	js       jetstream.JetStream
	work     jetstream.Stream
	notes    jetstream.Stream
	jobs     jetstream.KeyValue
	men      jetstream.KeyValue
	data     jetstream.ObjectStore
	replicas int
	log      func(format string, args ...any)

	mu    sync.Mutex
	again map[*func()]bool // to be called when it is connected again
}

// answering is how long the server may take to answer: a busy machine stands still for
// seconds, and its disk for longer.
const answering = 20 * time.Second

// Connect connects, and makes streams and buckets where they are not there yet.
func Connect(ctx context.Context, o Options) (*Conn, error) {
	c := &Conn{Where: Redacted(o.URL), Version: o.Version, replicas: max(1, o.Replicas), log: o.Log}
	if c.log == nil {
		c.log = func(string, ...any) {}
	}
	opts, err := o.options(c)
	if err != nil {
		return nil, err
	}
	if c.nc, err = nats.Connect(o.URL, opts...); err != nil {
		return nil, c.refused(err)
	}
	if c.js, err = jetstream.New(c.nc, jetstream.WithDefaultTimeout(answering)); err == nil {
		err = c.lay(ctx)
	}
	if err == nil {
		err = c.layLease(ctx, o.Lease)
	}
	if err != nil {
		c.nc.Close()
		return nil, err
	}
	return c, nil
}

// Close ends the connection; what was published is on the server by then.
func (c *Conn) Close() { c.nc.Close() }

// Lease is how long a worker of this version may be silent about a piece: as the
// coordinator said that came last with a lease of its own.
func (c *Conn) Lease() time.Duration { return time.Duration(c.lease.Load()) }

// whenAgain has something done whenever the connection was lost and is there again; call
// what it returns to end that.
func (c *Conn) whenAgain(do func()) (end func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.again == nil {
		c.again = map[*func()]bool{}
	}
	c.again[&do] = true
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.again, &do)
	}
}

// refused is what kept us from a server, without secrets.
func (c *Conn) refused(err error) error {
	text := err.Error()
	switch {
	case errors.Is(err, nats.ErrNoServers):
		return fmt.Errorf("there is no NATS server at %s: right is one that runs there, or --nats embedded", c.Where)
	case errors.Is(err, nats.ErrAuthorization) || strings.Contains(strings.ToLower(text), "authorization"):
		return fmt.Errorf("the NATS server at %s does not take these credentials (%s)", c.Where, text)
	}
	return fmt.Errorf("the NATS server at %s: %s", c.Where, text)
}

func (o *Options) options(c *Conn) ([]nats.Option, error) {
	wait := o.Wait
	if wait == 0 {
		wait = 10 * time.Second
	}
	list := []nats.Option{
		nats.Name(o.Name), nats.Timeout(wait), nats.MaxReconnects(-1), nats.ReconnectWait(500 * time.Millisecond),
		nats.ReconnectBufSize(-1), // what cannot be sent now is an error here, and is sent again by whoever wants it sent
		nats.PingInterval(10 * time.Second), nats.MaxPingsOutstanding(2),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				c.log("connection to %s lost (%v); trying again", c.Where, err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) {
			c.log("connected to %s again", c.Where)
			c.mu.Lock()
			defer c.mu.Unlock()
			for do := range c.again {
				go (*do)()
			}
		}),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}),
	}
	if o.Inside != nil {
		list = append(list, nats.InProcessServer(o.Inside.server))
		if config := o.Inside.tls; config != nil {
			list = append(list, nats.Secure(config))
		}
	}
	more, err := o.Login.options(o.Inside != nil)
	return append(list, more...), err
}

func (l *Login) options(inside bool) (list []nats.Option, err error) {
	if l.User != "" || l.Password != "" {
		list = append(list, nats.UserInfo(l.User, l.Password))
	}
	if l.Token != "" {
		list = append(list, nats.Token(l.Token))
	}
	if l.NKey != "" {
		nkey, err := nats.NkeyOptionFromSeed(l.NKey)
		if err != nil {
			return nil, fmt.Errorf("nkey file %s: %w", l.NKey, err)
		}
		list = append(list, nkey)
	}
	if l.Creds != "" {
		if _, err := os.Stat(l.Creds); err != nil {
			return nil, fmt.Errorf("credentials file: %w", err)
		}
		list = append(list, nats.UserCredentials(l.Creds))
	}
	if !inside && (l.CA != "" || l.Cert != "" || l.Key != "") {
		config, err := l.tls()
		if err != nil {
			return nil, err
		}
		list = append(list, nats.Secure(config))
	}
	return list, nil
}

func (l *Login) tls() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if l.CA != "" {
		text, err := os.ReadFile(l.CA)
		if err != nil {
			return nil, fmt.Errorf("certificates of authorities: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("certificates of authorities: %s has none in PEM form", l.CA)
		}
	}
	if l.Cert != "" || l.Key != "" {
		pair, err := tls.LoadX509KeyPair(l.Cert, l.Key)
		if err != nil {
			return nil, fmt.Errorf("client's certificate: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// Redacted is a list of URLs without user, password and token.
func Redacted(urls string) string {
	var list []string
	for text := range strings.SplitSeq(urls, ",") {
		u, err := url.Parse(text)
		switch {
		case err != nil || u.Host == "":
			_, after, found := strings.Cut(text, "@")
			if !found {
				after = text
			}
			list = append(list, after)
		default:
			u.User = nil
			list = append(list, u.String())
		}
	}
	return strings.Join(list, ",")
}
