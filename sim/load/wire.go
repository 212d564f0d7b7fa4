package load

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"edgesim/sim/scenario"
	"edgesim/sim/unit"
	"edgesim/workloads"
	"edgesim/workloads/player"
)

// wire is what the options say of the wire, read.
type wire struct {
	tls       *tls.Config
	routes    []route
	slowShare float64
	slowRate  float64
	think     time.Duration
	thinkEven bool
	fields    []player.Header
	method    workloads.Method
}

// route is another way to a host and port; empty ones stand for all.
type route struct{ host, port, toHost, toPort string }

// checkWire reads the flags.
func (o *Options) checkWire() error {
	for _, check := range []func() error{o.checkURLs, o.checkThreads, o.readTLS, o.readRoutes, o.readSlow, o.readThink, o.readHeaders, o.readMethod} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// checkURLs wants several URLs to differ in nothing but the host.
func (o *Options) checkURLs() error {
	for _, u := range o.urls[1:] {
		if u.Scheme != o.url.Scheme || u.RequestURI() != o.url.RequestURI() {
			return fmt.Errorf("URLs %s and %s differ in more than the host; right are several servers of the same path", o.url, u)
		}
	}
	return nil
}

// checkThreads wants threads where they play: all else has every processor.
func (o *Options) checkThreads() error {
	if o.Threads > 1 && (o.url.Scheme == "https" || o.NoKeepAlive || o.Think != "") {
		return errors.New("--threads goes with plain http over kept connections and no think time: all else is played on every processor as it is")
	}
	return nil
}

// threads are those of the player: each has a connection or more.
func (s *Run) threads() (int, error) {
	switch n := s.Options.Threads; {
	case n > s.Plan.Connections:
		return 0, fmt.Errorf("--threads %d for %d connections; right is a connection for each of them or more", n, s.Plan.Connections)
	case n > 1 && s.Plan.think > 0:
		return 0, errors.New("--threads with a scenario that has think times (workload.think): those are played on every processor as it is")
	default:
		return n, nil
	}
}

func (o *Options) readTLS() error {
	if o.url.Scheme != "https" {
		for _, name := range []string{"insecure", "ca"} {
			if o.given(name) {
				return fmt.Errorf("--%s goes with an https URL", name)
			}
		}
		return nil
	}
	o.wire.tls = &tls.Config{InsecureSkipVerify: o.Insecure}
	text := o.Authorities
	switch {
	case text != nil:
	case o.CA == "":
		return nil
	default:
		var err error
		if text, err = os.ReadFile(o.CA); err != nil {
			return fmt.Errorf("--ca: %w", err)
		}
	}
	o.wire.tls.RootCAs = x509.NewCertPool()
	if !o.wire.tls.RootCAs.AppendCertsFromPEM(text) {
		return fmt.Errorf("--ca %s: there is no certificate in it; right is PEM", o.CA)
	}
	return nil
}

func (o *Options) readRoutes() error {
	for _, text := range o.Resolve {
		p := parts(text)
		if len(p) != 3 || p[0] == "" || !isPort(p[1]) || net.ParseIP(p[2]) == nil {
			return fmt.Errorf("--resolve %q; right is HOST:PORT:ADDR, as www.example.com:443:127.0.0.1", text)
		}
		if p[0] == "*" {
			p[0] = ""
		}
		o.wire.routes = append(o.wire.routes, route{host: p[0], port: p[1], toHost: p[2]})
	}
	for _, text := range o.ConnectTo {
		p := parts(text)
		if len(p) != 4 || p[1] != "" && !isPort(p[1]) || p[3] != "" && !isPort(p[3]) {
			return fmt.Errorf("--connect-to %q; right is HOST:PORT:HOST:PORT, as www.example.com:443:127.0.0.1:8443", text)
		}
		o.wire.routes = append(o.wire.routes, route{p[0], p[1], p[2], p[3]})
	}
	return nil
}

// parts cuts at colons, but for those in brackets, which go.
func parts(text string) (list []string) {
	for {
		if strings.HasPrefix(text, "[") {
			inside, rest, ok := strings.Cut(text[1:], "]")
			if !ok || rest != "" && rest[0] != ':' {
				return nil
			}
			if list = append(list, inside); rest == "" {
				return list
			}
			text = rest[1:]
			continue
		}
		one, rest, more := strings.Cut(text, ":")
		if list = append(list, one); !more {
			return list
		}
		text = rest
	}
}

func isPort(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n > 0 && n < 1<<16
}

// address is host:port to connect to for a URL.
func (w *wire) address(u *url.URL) string {
	host, port := u.Hostname(), cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
	for _, r := range w.routes {
		if (r.host == "" || strings.EqualFold(r.host, host)) && (r.port == "" || r.port == port) {
			return net.JoinHostPort(cmp.Or(r.toHost, host), cmp.Or(r.toPort, port))
		}
	}
	return net.JoinHostPort(host, port)
}

func (o *Options) readSlow() error {
	if o.Slow == "" {
		return nil
	}
	share, rate, _ := strings.Cut(o.Slow, ":")
	var s unit.Share
	var b scenario.Bandwidth
	err := s.Set(share)
	if err == nil {
		err = b.UnmarshalText([]byte(rate))
	}
	if err != nil || b <= 0 {
		return fmt.Errorf("--slow %q; right is SHARE:RATE, as 5%%:100KB/s", o.Slow)
	}
	o.wire.slowShare, o.wire.slowRate = float64(s), float64(b)
	return nil
}

func (o *Options) readThink() error {
	if o.Think == "" {
		return nil
	}
	text, even := strings.CutPrefix(o.Think, "constant:")
	var d unit.Duration
	if err := d.Set(text); err != nil || d <= 0 {
		return fmt.Errorf("--think %q; right is a time, as 2s, or constant:2s", o.Think)
	}
	if !o.Closed {
		return errors.New("--think goes with --closed: in an open loop the schedule says when; give that too")
	}
	o.wire.think, o.wire.thinkEven = d.Std(), even
	return nil
}

func (o *Options) readHeaders() error {
	for _, text := range o.Headers {
		name, value, ok := strings.Cut(text, ":")
		if name, value = strings.TrimSpace(name), strings.TrimSpace(value); !ok || name == "" {
			return fmt.Errorf("--header %q; right is 'Name: value'", text)
		}
		if strings.EqualFold(name, "Host") {
			return fmt.Errorf("--header %q: use --host for that", text)
		}
		o.wire.fields = append(o.wire.fields, player.Header{Name: name, Value: value})
	}
	return nil
}

var methods = map[string]workloads.Method{
	"GET": workloads.GET, "HEAD": workloads.HEAD, "POST": workloads.POST, "PUT": workloads.PUT,
	"PATCH": workloads.PATCH, "DELETE": workloads.DELETE, "OPTIONS": workloads.OPTIONS,
}

func (o *Options) readMethod() error {
	var known bool
	if o.wire.method, known = methods[strings.ToUpper(cmp.Or(o.Method, "GET"))]; !known {
		return fmt.Errorf("--method %q; right are GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS", o.Method)
	}
	carries := o.wire.method == workloads.POST || o.wire.method == workloads.PUT || o.wire.method == workloads.PATCH
	switch {
	case o.Body > 1<<30:
		return fmt.Errorf("--body %v; right is up to 1GiB", o.Body)
	case o.given("body") && !carries && o.Method != "":
		return fmt.Errorf("--body with --method %s: it has no content; right are POST, PUT and PATCH", o.Method)
	case o.given("body") && o.Method == "":
		return errors.New("--body goes with --method POST, PUT or PATCH; give that too")
	}
	return nil
}

// shaped gives all requests of a source a method, and what goes with it.
type shaped struct {
	workloads.Source
	method workloads.Method
	body   uint32
}

// Read implements workloads.Source.
func (s *shaped) Read(reqs []workloads.Request) (int, error) {
	n, err := s.Source.Read(reqs)
	for i := range reqs[:n] {
		r := &reqs[i]
		r.Method, r.Body = s.method, s.body
		if s.method != workloads.GET {
			r.Range = workloads.Range{}
		}
	}
	return n, err
}

// shape is what the requests' source becomes.
func (o *Options) shape(src workloads.Source) workloads.Source {
	if o.Method == "" {
		return src
	}
	return &shaped{src, o.wire.method, uint32(o.Body)}
}

// onTheWire puts what the flags say into a player's configuration.
func (s *Run) onTheWire(c *player.Config) error {
	o, w := s.Options, &s.Options.wire
	var err error
	if c.Threads, err = s.threads(); err != nil {
		return err
	}
	c.Scheme, c.TLS, c.NoKeepAlive, c.Headers = o.url.Scheme, w.tls, o.NoKeepAlive, w.fields
	c.SlowShare, c.SlowRate = w.slowShare, w.slowRate
	c.Think, c.ThinkEven, c.ThinkSeed = cmp.Or(w.think, s.Plan.think), w.thinkEven, s.Plan.Seed+uint64(max(0, o.Share.Number-1))
	c.Target, c.Source = w.address(o.url), o.shape(c.Source)
	if len(o.urls) == 1 {
		return nil
	}
	if c.Viewers == nil {
		return errors.New("several URLs: viewers are dealt to them, and this workload has none; give one URL")
	}
	for _, u := range o.urls {
		c.Targets = append(c.Targets, w.address(u))
		if c.HostHeader != "" && o.Host == "" {
			c.Hosts = append(c.Hosts, u.Host)
		}
	}
	c.TargetOf = make([]uint16, c.Viewers.Count())
	for viewer := range c.TargetOf {
		c.TargetOf[viewer] = uint16(viewer % len(o.urls))
	}
	return nil
}
