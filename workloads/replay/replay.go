// Package replay plays again what was asked of another cache: any trace or access
// log as a workload, with a catalog of the objects that stand in it, the viewers
// where it tells them, and its own order and times. It knows how requests come out
// of files and in which order they go; it must never know a cache, a clock, nor
// what is made of the requests.
//
// A file is read once, when it is opened. What is kept of it in memory is the table
// of its objects (workloads.List) and of its viewers; the requests lie in a store
// that goes to a temporary file when it grows, from 6 to some 30 bytes each, and are
// read from there as often as they are played.
package replay

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"edgesim/workloads"
	"edgesim/workloads/trace"
)

// Options say what is replayed, and where its requests go.
type Options struct {
	Files   []string  // paths, one after the other, packed or not; of logs also folders and patterns; "-" for Stdin
	Stdin   io.Reader // what "-" reads; nil: os.Stdin
	Format  string    // name of a trace's format, or logs:layout; "": told by the content
	Columns string    // which column is what, for formats that have to be told

	From, To int64  // ns of the file's own clock, of logs since 1970: requests from From on and before To; 0: no bound
	Limit    uint64 // the first requests, at most so many; 0: all
	SkipBad  bool   // pass over what is no request and count it, in place of ending with an error

	// Place says where requests for a host of a log go; the host is in lower case and
	// without a port, and empty where the file tells none. nil: all to OnePlace.
	Place func(host string) (Place, error)
	// Seen appends what an origin sees of a path with its query that is asked for at
	// a host of a Place. nil: all of it.
	Seen func(dst []byte, host string, target []byte) []byte

	// Viewers are who asks where the file does not tell; where it tells no countries,
	// where they are.
	Viewers workloads.ViewersConfig
}

// Place is where requests go.
type Place struct {
	Host string // that is asked, in lower case
	Site string // hosts of one site have the same objects; those of different ones have none in common
}

// OnePlace is where all requests go that have no other place.
var OnePlace = Place{Host: "replay.example"}

// Replay is a trace or a log that was read. It does not change; any number of
// goroutines may ask it.
type Replay struct {
	catalog *workloads.Catalog
	viewers *workloads.Viewers
	ownView bool // the file tells the viewers

	sections []uint64 // by place of the file: id of its section's first object
	hosts    []uint16 // by place of the file: index into the catalog's hosts

	told     string // name of the format
	timed    bool
	requests uint64
	first    int64 // ns of the file's clock
	span     time.Duration
	order    *order
	doubts   []string
}

// stdinRoom is how much of the standard input is looked at to tell its format.
const stdinRoom = 1 << 20

// Open reads files. The error says what is wrong with them, with file and line, or
// with the options.
func Open(ctx context.Context, o Options) (*Replay, error) {
	if o.Stdin == nil {
		o.Stdin = os.Stdin
	}
	o.Stdin = bufio.NewReaderSize(o.Stdin, stdinRoom) // so that nothing is lost to who looks at its beginning
	if o.Place == nil {
		o.Place = func(string) (Place, error) { return OnePlace, nil }
	}
	told, err := trace.Told(o.traceOptions())
	if err != nil {
		return nil, err
	}
	g := newGatherer(&o)
	if told == "logs" {
		err = g.fromLogs(ctx)
	} else {
		err = g.fromTrace(ctx)
	}
	if err != nil {
		return nil, err
	}
	r, err := g.finish(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", strings.Join(o.Files, ", "), err)
	}
	r.told = told
	return r, nil
}

func (o *Options) traceOptions() trace.Options {
	return trace.Options{Files: o.Files, Stdin: o.Stdin, Format: o.Format, Columns: o.Columns,
		From: o.From, To: o.To, Limit: int64(o.Limit), SkipBad: o.SkipBad}
}

// Catalog is the objects that were asked for.
func (r *Replay) Catalog() *workloads.Catalog { return r.catalog }

// Viewers are who asked, or who asks in their place.
func (r *Replay) Viewers() *workloads.Viewers { return r.viewers }

// TellsViewers reports whether the file tells who asked.
func (r *Replay) TellsViewers() bool { return r.ownView }

// Format is the name of the format that the files are in.
func (r *Replay) Format() string { return r.told }

// Requests is how many there are.
func (r *Replay) Requests() uint64 { return r.requests }

// Timed reports whether the file tells times; without them a replay has a rate, or
// is a closed loop.
func (r *Replay) Timed() bool { return r.timed }

// Span is the time from the first request to the last, and on to where the next one
// would have been: the mean time between two is added. Played in a loop, a replay
// begins anew there. 0 where the file tells no times.
func (r *Replay) Span() time.Duration { return r.span }

// Doubts are what a reader of the figures must know of the file behind them, in a
// sentence each.
func (r *Replay) Doubts() []string { return r.doubts }

var errEmpty = errors.New("there is no request to replay")
