package player

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math"
	"net"
	"strings"
	"time"

	"edgesim/results"
	"edgesim/workloads"
)

// Config is what a Player is made from. Only Target, Source and Catalog must be
// given.
type Config struct {
	Target     string   // host:port that every connection dials
	Targets    []string // in place of Target, several servers, each asked by its own viewers; each connection may be open to all of them
	TargetOf   []uint16 // by viewer: a place in Targets; needed with them, and Viewers too, where there are several
	Scheme     string   // "http" or empty, or "https", HTTP/1.1 over TLS
	BasePath   string   // put before every path, as "/static"; empty: none
	OnePath    string   // asked for in place of the catalog's paths, query included; empty: the catalog's
	HostHeader string   // sent as Host instead of the catalog's names; empty: the catalog's
	Hosts      []string // by target: sent as Host to that one; nil: HostHeader or the catalog's
	Headers    []Header // sent with every request, in place of the viewers' own of the same name

	// TLS is how https is spoken. Without a ServerName there, that of the Host
	// that is sent is asked for and must be in the certificate, and hosts of
	// different names have connections of their own. nil: the system's authorities
	// are trusted.
	TLS         *tls.Config
	NoKeepAlive bool // a connection for each request, closed after it

	SlowShare float64 // of viewers who read slowly, 0 to 1; each of their requests has a connection of its own
	SlowRate  float64 // bytes/s at which these read bodies

	Source  workloads.Source
	Catalog *workloads.Catalog
	Viewers *workloads.Viewers // nil: requests carry no viewer's agent, address or referrer

	Connections int           // how many, each with one request at a time; 0: 64
	Threads     int           // that have plain, kept TCP connections on Linux, each a part of them and of the schedule; no more than Connections; 0: 1. All else has all processors in any case
	Closed      bool          // closed loop: a connection asks again as soon as it is answered; At is then the actual start
	Think       time.Duration // closed loop: what passes on average between an answer and the next request; 0: nothing
	ThinkEven   bool          // all think times are alike; else they are exponential
	ThinkSeed   uint64        // of exponential ones
	Length      time.Duration // planned length of the run, warm-up included; 0: until the source ends
	Drain       time.Duration // after Length, how long requests that are due may still be begun; 0: 5 s
	Warmup      time.Duration // records with an earlier At are flagged Warm; 0: none
	Timeout     time.Duration // of one request, from its actual start; kept within a fiftieth; 0: 30 s
	Grace       time.Duration // what requests in flight get when the context is cancelled; 0: 1 s
	Late        time.Duration // requests begun later than this after their At, with a connection free in time, are flagged Late; 0: 1 ms

	// Copy is the version of an object that a viewer has who asks conditionally
	// at that time, with the key of its entity tag: that of a simulated origin
	// of a known epoch. nil: whatever tag was last seen for the object, of those
	// of some ten thousand objects; an object with none is asked for plainly.
	Copy func(object uint64, at time.Duration) (key, version uint64)

	Verify bool // compare every body byte with what a simulated origin answers

	Recorder      *results.Recorder // gets one record for each request sent; nil: none are made
	Names         *results.Names    // where hosts, URLs and agents are interned; needed with a Recorder
	Distributions []uint16          // by host of the catalog: Record.Distribution; nil: 0
	NoURLs        bool              // leave Record.URL empty: for catalogs of more than 16 million objects

	// Epoch is the moment of At = 0; zero: when Play begins.
	Epoch time.Time
	// Dial makes the connections; nil: TCP.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// GoTimers waits with Go's timers even where the system has finer ones:
	// for virtual clocks.
	GoTimers bool

	plain  bool // connections are TCP and kept, and time is real
	slowly func(ctx context.Context, network, addr string) (net.Conn, error)
}

// Header is a field of a request's header.
type Header struct{ Name, Value string }

func (c Config) withDefaults() Config {
	set := func(d *time.Duration, def time.Duration) {
		if *d == 0 {
			*d = def
		}
	}
	set(&c.Drain, 5*time.Second)
	set(&c.Timeout, 30*time.Second)
	set(&c.Grace, time.Second)
	set(&c.Late, time.Millisecond)
	if c.Connections == 0 {
		c.Connections = 64
	}
	if c.Dial == nil {
		c.Dial, c.slowly = new(net.Dialer).DialContext, dialSlowly
		c.plain = !c.GoTimers && c.Scheme != "https" && !c.NoKeepAlive && c.Think == 0
	}
	if !c.plain || c.Threads == 0 {
		c.Threads = 1
	}
	if c.slowly == nil {
		c.slowly = c.Dial
	}
	return c
}

func (c *Config) check() error {
	switch {
	case c.Source == nil:
		return errors.New("player: Source is missing: give the stream of requests to play")
	case c.Catalog == nil:
		return errors.New("player: Catalog is missing: give the one that the Source draws from")
	case c.Scheme != "" && c.Scheme != "http" && c.Scheme != "https":
		return fmt.Errorf("player: Scheme %q is not spoken: only http and https", c.Scheme)
	case c.Hosts != nil && len(c.Hosts) != len(c.every()):
		return fmt.Errorf("player: Hosts has %d entries; right is one for each of %d targets", len(c.Hosts), len(c.every()))
	case !(c.SlowShare >= 0 && c.SlowShare <= 1) || c.SlowShare > 0 && !(c.SlowRate > 0):
		return fmt.Errorf("player: SlowShare %v at SlowRate %v; right are 0 to 1, and more than 0 bytes/s", c.SlowShare, c.SlowRate)
	case c.Think > 0 && !c.Closed:
		return errors.New("player: Think is for a closed loop: in an open one the schedule says when")
	case c.Connections < 1 || c.Connections > 1<<20:
		return fmt.Errorf("player: Connections is %d; right are 1 to %d", c.Connections, 1<<20)
	case c.Threads < 1 || c.Threads > c.Connections:
		return fmt.Errorf("player: Threads is %d; right are 1 to %d, the number of Connections", c.Threads, c.Connections)
	case c.BasePath != "" && (c.BasePath[0] != '/' || strings.ContainsFunc(c.BasePath, unfit)):
		return fmt.Errorf("player: BasePath %q must begin with / and hold no spaces or controls", c.BasePath)
	case c.OnePath != "" && (c.OnePath[0] != '/' || strings.ContainsFunc(c.OnePath, unfit)):
		return fmt.Errorf("player: OnePath %q must begin with / and hold no spaces or controls", c.OnePath)
	case c.OnePath != "" && c.Verify:
		return errors.New("player: Verify needs a catalog's paths: what OnePath answers is not known")
	case strings.ContainsFunc(c.HostHeader, unfit):
		return fmt.Errorf("player: HostHeader %q must hold no spaces or controls", c.HostHeader)
	case c.Distributions != nil && len(c.Distributions) != len(c.Catalog.Hosts()):
		return fmt.Errorf("player: Distributions has %d entries; right is one for each of the catalog's %d hosts", len(c.Distributions), len(c.Catalog.Hosts()))
	case c.Recorder != nil && c.Names == nil:
		return errors.New("player: Names is missing: a Recorder needs them")
	}
	for _, check := range []func() error{c.checkTargets, c.checkHeaders} {
		if err := check(); err != nil {
			return err
		}
	}
	return c.checkTimes()
}

func (c *Config) checkTargets() error {
	for _, target := range c.every() {
		if host, port, err := net.SplitHostPort(target); err != nil || host == "" || port == "" {
			return fmt.Errorf("player: Target %q must be host:port, as 127.0.0.1:8080", target)
		}
	}
	if len(c.Targets) < 2 {
		return nil
	}
	if c.Viewers == nil || len(c.TargetOf) != int(c.Viewers.Count()) {
		return fmt.Errorf("player: TargetOf has %d entries; with Targets there are Viewers, and it has one for each", len(c.TargetOf))
	}
	for viewer, target := range c.TargetOf {
		if int(target) >= len(c.Targets) {
			return fmt.Errorf("player: viewer %d goes to target %d of %d", viewer, target, len(c.Targets))
		}
	}
	return nil
}

func (c *Config) checkTimes() error {
	for _, f := range []struct {
		name  string
		value time.Duration
	}{
		{"Length", c.Length}, {"Drain", c.Drain}, {"Warmup", c.Warmup},
		{"Timeout", c.Timeout}, {"Think", c.Think}, {"Grace", c.Grace}, {"Late", c.Late},
	} {
		if f.value < 0 || f.value > math.MaxInt64/4 {
			return fmt.Errorf("player: %s is %v; it must be 0 or more, and under a lifetime", f.name, f.value)
		}
	}
	return nil
}

// every is all targets.
func (c *Config) every() []string {
	if len(c.Targets) > 0 {
		return c.Targets
	}
	return []string{c.Target}
}

// unfit reports characters that would break a request line or header field.
func unfit(r rune) bool { return r <= ' ' || r == 0x7f }
