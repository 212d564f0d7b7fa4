package edge

import (
	"cmp"
	"fmt"
	"net/netip"
	"runtime"
	"time"

	"edgesim/edge/behavior"
	"edgesim/edge/cache"
	"edgesim/edge/policy"
	"edgesim/edge/wire"
	"edgesim/results"
)

// Config is what an Edge is made from.
type Config struct {
	Distributions []behavior.Distribution
	Origins       []Origin      // by the names that behaviors use
	Groups        []OriginGroup // behaviors may name these too

	Capacity     int64  // bytes for objects: bodies, header fields and bookkeeping; at least 64 KiB
	Policy       string // as policy.Parse reads it; "" means "s3fifo"
	Shards       int    // partitions of the capacity, 1 to 1024; 0: 4 for every processor, but none below 64 MiB
	MaxObject    int64  // largest object kept, in bytes; 0: a whole shard's capacity
	InFlight     int64  // bytes of bodies that may be under way from origins while they are kept; 0: 256 MiB
	MaxFlights   int    // requests to origins under way at a time; beyond it what is not cached is answered 503 (CapacityExceeded); 0: 10,000
	Compressions int    // responses that are compressed at a time, up to 4 MB each; what comes beyond is kept as it came. 0: 4 for every processor
	Seed         uint64 // of the policies' chance

	// Layer says whose requests come: viewers' (LayerEdge; 0 means that), or those
	// of edges that have this one as a tier (LayerRegional, LayerShield). A tier
	// believes what they say of the viewer, and leaves to them what only viewers
	// are to see: redirects to HTTPS, restrictions by country and error pages.
	Layer results.Layer

	Location string // code of the edge location, as FRA56-P1; "" means EDG1-P1
	Product  string // what X-Cache says a response comes from; "" means "edgesim"
	ViaName  string // pseudonym in Via; "" means Product

	Server string // Server of the edge's own responses; "" sends none

	CacheStatus bool // send Cache-Status (RFC 9211)
	RequestIDs  bool // send X-Amz-Cf-Id
	CloudFront  bool // refuse in CloudFront's words: 403 for a method that is not allowed

	TrustForwarded      bool                          // take the viewer's address from X-Forwarded-For
	TrustForwardedProto bool                          // take the viewer's protocol from X-Forwarded-Proto: only behind a proxy that ends TLS and sets it
	Locate              func(addr netip.Addr) [2]byte // country of an address; nil: unknown

	RecordCookies bool // records have the viewers' cookies

	Recorder *results.Recorder // takes a record of every request; nil: none
	Names    *results.Names    // to be filled with distributions, behaviors and origins; nil: an own one
	Epoch    time.Time         // moment of At = 0; zero: when the Edge is made

	HTTPSPort int // where redirects to HTTPS send viewers; 0: 443

	HandshakeTimeout time.Duration // for a viewer's TLS handshake; 0: 10 s
	IdleTimeout      time.Duration // from a response to the first byte of the next request; 0: 60 s
	HeaderTimeout    time.Duration // from a request's first byte to the end of its header; 0: 20 s
	BodyTimeout      time.Duration // for a viewer to send some more of a request's body; 0: 60 s
	WriteTimeout     time.Duration // for a viewer to take some of a response; 0: 60 s
	MinRate          int           // bytes a second that a viewer must send of a body, or take of a response, at least, once BodyTimeout or WriteTimeout has passed; 0: 256
	MaxHeader        int           // bytes of a request's line and header; 0: 32 KiB
	MaxTarget        int           // bytes of a request's target (URL); 0: 8192
	MaxFields        int           // lines of a request's header; 0: 256
	MaxUpload        int           // bytes of a request's body; 0: 1 GiB
	MaxConns         int           // viewers' connections at a time; 0: 100,000
	MaxPerAddress    int           // of these, from one IPv4 address or one /64 of IPv6; 0: all
}

func (c Config) withDefaults() (Config, error) {
	c.Policy = cmp.Or(c.Policy, "s3fifo")
	c.Shards = cmp.Or(c.Shards, max(1, min(4*runtime.GOMAXPROCS(0), int(c.Capacity/shardLeast))))
	c.MaxFlights = cmp.Or(c.MaxFlights, 10_000)
	c.InFlight = cmp.Or(c.InFlight, 256<<20)
	c.Compressions = cmp.Or(c.Compressions, 4*runtime.GOMAXPROCS(0))
	c.Layer = cmp.Or(c.Layer, results.LayerEdge)
	c.TrustForwarded = c.TrustForwarded || c.isTier()
	c.TrustForwardedProto = c.TrustForwardedProto || c.isTier()
	c.Location = cmp.Or(c.Location, "EDG1-P1")
	c.Product = cmp.Or(c.Product, "edgesim")
	c.ViaName = cmp.Or(c.ViaName, c.Product)
	c.HTTPSPort = cmp.Or(c.HTTPSPort, 443)
	c.HandshakeTimeout = cmp.Or(c.HandshakeTimeout, 10*time.Second)
	c.IdleTimeout = cmp.Or(c.IdleTimeout, time.Minute)
	c.WriteTimeout = cmp.Or(c.WriteTimeout, time.Minute)
	c.HeaderTimeout = cmp.Or(c.HeaderTimeout, 20*time.Second)
	c.BodyTimeout = cmp.Or(c.BodyTimeout, time.Minute)
	c.MinRate = cmp.Or(c.MinRate, 256)
	c.MaxHeader = cmp.Or(c.MaxHeader, 32<<10)
	c.MaxTarget = cmp.Or(c.MaxTarget, 8192)
	c.MaxFields = cmp.Or(c.MaxFields, 256)
	c.MaxUpload = cmp.Or(c.MaxUpload, 1<<30)
	c.MaxConns = cmp.Or(c.MaxConns, 100_000)
	if c.Epoch.IsZero() {
		c.Epoch = time.Now()
	}
	if c.Names == nil {
		c.Names = results.NewNames(c.Epoch.UTC())
	}
	return c, c.check()
}

// shardLeast is the least that a shard gets unless told otherwise: an object
// has to fit into one.
const shardLeast = 64 << 20

func (c *Config) check() error {
	switch {
	case c.Capacity < 64<<10:
		return fmt.Errorf("edge: Capacity is %d bytes: it must be at least 64 KiB", c.Capacity)
	case c.Shards < 1 || c.Shards > 1024:
		return fmt.Errorf("edge: Shards is %d: it must be from 1 to 1024", c.Shards)
	case c.Capacity/int64(c.Shards) < 16<<10:
		return fmt.Errorf("edge: Capacity %d over %d Shards leaves less than 16 KiB for one: take fewer shards",
			c.Capacity, c.Shards)
	case c.HTTPSPort < 1 || c.HTTPSPort > 65535:
		return fmt.Errorf("edge: HTTPSPort is %d: it must be from 1 to 65535", c.HTTPSPort)
	case c.Compressions < 0:
		return fmt.Errorf("edge: Compressions is %d: it must be 0 or more", c.Compressions)
	case c.MaxObject < 0 || c.InFlight < 0:
		return fmt.Errorf("edge: MaxObject and InFlight must be 0 or a number of bytes")
	case c.Layer > results.LayerShield:
		return fmt.Errorf("edge: Layer is %v: it must be edge, regional or shield", c.Layer)
	case c.MaxFlights < 0:
		return fmt.Errorf("edge: MaxFlights is %d: it must be 0 or a number of requests", c.MaxFlights)
	case min(c.IdleTimeout, c.HeaderTimeout, c.BodyTimeout, c.WriteTimeout, c.HandshakeTimeout) < 0:
		return fmt.Errorf("edge: a timeout is negative: it must be 0, for its default, or longer")
	case min(c.MinRate, c.MaxHeader, c.MaxTarget, c.MaxFields, c.MaxUpload, c.MaxConns, c.MaxPerAddress) < 0:
		return fmt.Errorf("edge: MinRate or one of the limits (Max...) is negative: it must be 0, for its default, or more")
	}
	return nil
}

func (c *Config) limits() wire.Limits {
	return wire.Limits{Head: c.MaxHeader, Target: c.MaxTarget, Fields: c.MaxFields}
}

// leastTaken is what a viewer has to take of a response in a WriteTimeout. A
// deadline is set anew only once in a tenth of that: so much it may be short of.
func (c *Config) leastTaken() int64 {
	return max(1, int64(0.9*c.WriteTimeout.Seconds()*float64(c.MinRate)))
}

// maxObject is the largest body that may be kept, in bytes.
func (c *Config) maxObject() int64 {
	most := c.Capacity / int64(c.Shards)
	if c.MaxObject > 0 {
		most = min(most, c.MaxObject)
	}
	return most - objectBytes - overhead(c.Policy)
}

func (c *Config) shard(i int) cache.Config {
	return cache.Config{
		Capacity: c.Capacity / int64(c.Shards),
		Policy:   c.Policy,
		Overhead: overhead(c.Policy),
		Seed:     c.Seed + uint64(i),
	}
}

// overhead is what an object costs in the shard and in its policy, in bytes.
func overhead(name string) int64 {
	kind, _, err := policy.Parse(name)
	if err != nil {
		return 0 // cache.New tells what is wrong
	}
	return cache.EntryBytes + int64(kind.SlotBytes)
}
