// Package edge is the HTTP edge: a shared cache in front of origins, with
// first-byte streaming. It knows HTTP, sockets and clocks; what is kept and who
// leaves is decided by edge/cache, what may be kept by edge/rfc9111, where a
// request belongs by edge/behavior. It must never know an experiment: no
// scenario, no workload, no simulated origin.
//
// The life of a request: Host → distribution → first matching behavior → method
// → key → shard. A hit leaves without its bytes being copied by us. A miss
// joins the key's flight, or begins one; the flight's goroutine reads the
// origin into a body that all its viewers read, each at its own pace.
package edge

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
	"weak"

	"github.com/valyala/fasthttp"

	"edgesim/edge/arena"
	"edgesim/edge/wire"
	"edgesim/results"
	"edgesim/results/places"
)

// Edge is one edge location.
type Edge struct {
	conf      Config
	site      atomic.Pointer[site] // what is served; a request keeps the one it began with
	parts     []*partition
	arena     *arena.Arena // where bodies lie
	memory    memory
	squeezers squeezers
	names     *results.Names
	number    uint16 // among the names' edge locations
	largest   int64  // body that may be kept, in bytes

	via   [2][]byte               // Via of responses that came by HTTP/1.1, and by HTTP/1.0
	tails [results.Results][]byte // fields that every response ends with, by result type

	server *fasthttp.Server
	ctx    context.Context // ends when origins are to be left alone
	cancel context.CancelFunc
	flying airborne
	stop   chan struct{}

	inFlight atomic.Int64
	purges   purges
	turned   atomic.Int64 // connections for which there was no room

	limits     wire.Limits // of requests' heads
	leastTaken int64       // bytes of a response that a viewer has to take in a WriteTimeout
	seed       uint64
	secret     uint64 // of what viewers must not guess

	mu      sync.Mutex
	viewers map[*viewer]struct{}
	from    map[netip.Addr]int // of viewers, how many from where; empty without MaxPerAddress
	ended   chan struct{}      // has a value when a viewer's connection has ended since it was last taken; capacity 1
	stopped bool
	retired []weak.Pointer[upstream] // of earlier sites; what nobody uses any more is gone

	reloads sync.Mutex // one Reload at a time
}

// New makes an edge. It serves nothing until Serve.
func New(conf Config) (*Edge, error) {
	conf, err := conf.withDefaults()
	if err != nil {
		return nil, err
	}
	e := &Edge{conf: conf, names: conf.Names, stop: make(chan struct{}), viewers: map[*viewer]struct{}{}, from: map[netip.Addr]int{},
		ended: make(chan struct{}, 1), arena: arena.New()}
	e.squeezers.limit = int64(conf.Compressions)
	e.limits, e.leastTaken = conf.limits(), conf.leastTaken()
	e.memory.limit, e.largest = conf.InFlight, conf.maxObject()
	st, err := e.newSite(conf.Distributions, conf.Origins, conf.Groups, nil)
	if err != nil {
		return nil, err
	}
	e.site.Store(st)
	if e.number, err = e.names.PlaceEdge(located(conf.Location)); err != nil {
		return nil, err
	}
	for i := range conf.Shards {
		p, err := newPartition(conf.shard(i))
		if err != nil {
			return nil, err
		}
		e.parts = append(e.parts, p)
	}
	e.words()
	e.ctx, e.cancel = context.WithCancel(context.Background())
	e.server = e.newServer()
	return e, nil
}

// located is what reports print of the edge location.
func located(code string) results.Edge {
	at := results.Edge{Code: code}
	at.City, at.Country, at.BillingRegion = places.Edge(code)
	return at
}

// words prepares the field values that never change.
func (e *Edge) words() {
	for i, version := range []string{"1.1", "1.0"} {
		e.via[i] = []byte("Via: " + version + " " + e.conf.ViaName + "\r\n")
	}
	for r := range results.Results {
		e.tails[r] = fmt.Appendf(nil, "X-Cache: %s from %s\r\nX-Amz-Cf-Pop: %s\r\n", r, e.conf.Product, e.conf.Location)
	}
	e.seed, e.secret = uint64(e.conf.Epoch.UnixNano()), rand.Uint64()
}

// now is the edge's clock: nanoseconds since the epoch, by the monotonic clock.
func (e *Edge) now() int64 { return int64(time.Since(e.conf.Epoch)) }

// unix turns a moment of the edge's clock into Unix nanoseconds.
func (e *Edge) unix(now int64) int64 { return e.conf.Epoch.UnixNano() + now }

func (e *Edge) partition(hash uint64) *partition {
	return e.parts[PartitionOf(hash, len(e.parts))]
}

// sym is the symbol of a text for records, where anybody takes them: nothing
// grows with what viewers ask for otherwise.
func (e *Edge) sym(text []byte) results.Sym {
	if e.conf.Recorder == nil {
		return 0
	}
	return e.names.Strings.Bytes(text)
}

func (e *Edge) record(hint uint64, r *results.Record) {
	if e.conf.Recorder != nil {
		e.conf.Recorder.Add(hint, r)
	}
}

// Names is what gives meaning to the edge's records.
func (e *Edge) Names() *results.Names { return e.names }

// DistributionOf is the index in Names.Distributions of the distribution that
// a host name belongs to; 0 when none has it.
func (e *Edge) DistributionOf(host string) uint16 {
	s := e.site.Load()
	if d, ok := s.table.Host([]byte(host)); ok {
		return s.routes[d.Index][0].dist
	}
	return 0
}
