package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"

	"github.com/spf13/pflag"

	"edgesim/results"
	"edgesim/sim/unit"
	"edgesim/workloads/trace"
)

var traceCommand = command{
	name:     "trace",
	synopsis: "stat|convert|gen [flags]",
	about:    "look at, convert and make request traces",
	long: `A trace is a file with what was asked of a cache, plain or packed by gzip, zstd
or xz. Its format is told by what stands in it:

` + traceFormatList() + `
Examples:
  edgesim trace convert web.csv.gz -o web.oracleGeneral.zst
  edgesim trace gen --objects 1000000 --zipf 0.8 -o z.oracleGeneral
`,
	under: []command{traceStatCommand, traceConvertCommand, traceGenCommand},
}

// traceFormatList says of each format what it is, and whether it is written, too.
func traceFormatList() string {
	var b strings.Builder
	for _, f := range trace.Formats() {
		written := ""
		if f.Writable() {
			written = " (read and written)"
		}
		fmt.Fprintf(&b, "  %-14s %s\n", f.Name, folded(f.About+written, 60, "\n"+strings.Repeat(" ", 17)))
	}
	return b.String()
}

// folded is text in lines of at most so many columns.
func folded(text string, columns int, between string) string {
	line, out := 0, ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == 0:
		case line+1+len(word) > columns:
			out, line = out+between, 0
		default:
			out, line = out+" ", line+1
		}
		out, line = out+word, line+len(word)
	}
	return out
}

// traceFlags are how a trace is read.
type traceFlags struct {
	format, columns string
	limit           int64
	from, until     unit.Duration
	skipBad         bool

	records func(recs []results.Record, names *results.Names) // is told what logs hold; nil: nobody is
	locate  func(netip.Addr) ([2]byte, results.State)         // where the viewers of logs are; nil: unknown
}

func (o *traceFlags) add(f *pflag.FlagSet) {
	f.StringVar(&o.format, "format", "", "`FORMAT` of the trace: "+formatNames(trace.Formats())+" (default: told by the content)")
	f.StringVar(&o.columns, "columns", "", "`SPEC`, which column is what: time=1,id=2,size=3 and, where needed, header, delimiter=tab, time-unit=ms, size-unit=KB")
	f.Int64Var(&o.limit, "limit", 0, "read at most `N` requests")
	f.Var(&o.from, "from", "leave out requests before this time of the trace's own clock")
	f.Var(&o.until, "until", "and those from this time on")
	f.BoolVar(&o.skipBad, "skip-bad", false, "pass over lines that are no request, and count them")
}

// open opens the trace of the arguments.
func (o *traceFlags) open(files []string) (*trace.Trace, error) {
	if o.limit < 0 {
		return nil, usagef("--limit %d: right is a number from 1 on, or 0 for all", o.limit)
	}
	if o.until != 0 && o.until <= o.from {
		return nil, usagef("--until %v is not behind --from %v", o.until, o.from)
	}
	t, err := trace.Open(trace.Options{Files: files, Format: o.format, Columns: o.columns, Limit: o.limit,
		From: int64(o.from), To: int64(o.until), SkipBad: o.skipBad, Records: o.records, Locate: o.locate})
	if err != nil {
		return nil, usageError{err}
	}
	return t, nil
}

func formatNames(formats []trace.Format) string {
	names := ""
	for i, f := range formats {
		if i > 0 {
			names += ", "
		}
		names += f.Name
	}
	return names
}

// batchLen is how many requests go from hand to hand.
const batchLen = 4096

// errBroken says that a signal came before the end of a trace.
var errBroken = errors.New("interrupted")

// pour gives the trace to sink, batch by batch, until its end or that of ctx.
func pour(ctx context.Context, r trace.Reader, sink func([]trace.Request) error) error {
	reqs := make([]trace.Request, batchLen)
	for {
		n, err := r.Read(reqs)
		if n > 0 {
			if err := sink(reqs[:n]); err != nil {
				return err
			}
		}
		switch {
		case err == io.EOF:
			return nil
		case errors.As(err, &trace.Fault{}):
			return usagef("%w (--skip-bad counts such places and goes on)", err)
		case err != nil:
			return usageError{err}
		case ctx.Err() != nil:
			return errBroken
		}
	}
}

// sayFaults tells what was passed over.
func sayFaults(e *env, name string, f *trace.Faults) {
	if f.Bad > 0 {
		fmt.Fprintf(e.stderr, "edgesim %s: lines that are no request and were passed over: %d, the first of them:\n", name, f.Bad)
		for _, fault := range f.First {
			fmt.Fprintf(e.stderr, "  %v\n", fault)
		}
	}
	if f.Empty > 0 {
		fmt.Fprintf(e.stderr, "edgesim %s: %d requests are for objects of 0 bytes: taken as 1 byte\n", name, f.Empty)
	}
	for _, said := range f.Said {
		fmt.Fprintf(e.stderr, "edgesim %s: %s\n", name, said)
	}
}
