// Package logs reads access logs of every kind into records: which files are
// meant, what they are packed in, which format they have, and what their lines
// say. It knows what a log says and what it leaves out, and nothing of what
// reports make of it.
//
// A format is a file that registers itself. What it cannot read it says line by
// line; nothing in a log ends the reading of it.
package logs

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"runtime"
	"time"

	"edgesim/results"
)

// Options say which logs are read, and how much of them.
type Options struct {
	Files  []string  // paths, folders (all that is in them), globs (** for any folders), "-" for Stdin; in this order
	Stdin  io.Reader // what "-" reads
	Format string    // name of a format, or name:layout where it takes one; "": told by what stands in the file

	Names *results.Names // gets strings, distributions, edges and behaviors; its epoch is the records'

	// Locate is the viewer's country, where a log does not say it, and U.S. state;
	// used by several goroutines, nil: unknown.
	Locate func(addr netip.Addr) (country [2]byte, state results.State)

	Everything bool // keep cookies, forwarded addresses, content types, whole referrers, queries and request ids too
	Query      bool // keep queries
	Referrers  bool // keep whole referrers

	// Bounded keeps the table of strings small by emptying it when it has grown:
	// a Sym is good for one call of the sink, and Names.Strings.Generation tells
	// when it was emptied.
	Bounded bool

	Now time.Time // the moment of reading, by which lines from the future are told; zero: none is

	Workers  int            // goroutines that parse; 0: as many as there are processors
	Progress func(Progress) // is told after every batch; nil: nobody
}

// Progress is how far the reading has come.
type Progress struct {
	Files, FilesDone int
	Bytes, BytesDone int64 // as they lie on the disk; Bytes is 0 when it is not known
	Records          int64
}

// ErrNothingKnown is what Read's error is when no file was a log.
var ErrNothingKnown = errors.New("none of these is a log this program knows")

// Read reads the logs and hands their records to the sink in batches, in the
// order in which they stand, from one goroutine. The sink keeps none of a batch.
//
// An error means that a file that was asked for cannot be had, that none of
// them is a log, or that ctx ended. All else is a doubt: see Doubts.
func Read(ctx context.Context, o Options, sink func([]results.Record)) (*Doubts, error) {
	if o.Names == nil || sink == nil {
		panic("logs: Read without names or without a sink")
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	format, err := o.format()
	if err != nil {
		return nil, err
	}
	d := &Doubts{}
	inputs, err := expand(o.Files, d)
	if err != nil {
		return nil, err
	}
	p := newPipeline(o, format, inputs, d, sink)
	if err := p.run(ctx); err != nil {
		return d, err
	}
	return d, d.end(&o)
}
