package trace

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"edgesim/results"
	"edgesim/results/logs"
)

// Access logs, as results/logs reads them: CloudFront's of any era, and those of
// other servers. Files may be folders and patterns, too.
//
// An object is a distribution, a path and a query, hashed together (the host where
// a log does not tell the distribution). A request is one that asks a cache for an
// object:
//
//   - GET and HEAD; others pass by a cache and are left out,
//   - with a status of 200, 203, 206 or 304; errors, redirects and what was refused
//     are left out, and so are viewers who hung up before any response.
//
// An object's size is what its whole response weighed (status 200, its
// Content-Length; where the log has none, the bytes sent, with the header's where
// body and header are not told apart). A range tells the
// size no better than its last byte, a broken-off response no better than what was
// sent, a HEAD and a 304 nothing: they count with the largest size that the object
// had until then, 1 byte where there was none.
//
// A time is the moment at which the request began, since 1970. Logs are ordered by
// file, and within one by the end of requests or not at all: requests come as they
// stand there.
func init() {
	register(Format{
		Name:   "logs",
		About:  "access logs as edgesim report reads them: files, folders, patterns; --format logs:nginx names their own format",
		Tells:  Tells{Times: true, Sizes: true},
		detect: detectLog,
		open:   openLogs,
	})
}

// detectLog asks the formats of logs, which are certain of what they take.
func detectLog(head []byte) sureness {
	if logs.Told(head) {
		return surely
	}
	return no
}

// logReader reads logs in a goroutine of its own, which waits for whoever reads
// requests.
type logReader struct {
	batches chan []Request
	free    chan []Request // of those, the ones that have been read
	batch   []Request      // being read
	at      int
	cancel  context.CancelFunc
	done    chan struct{} // closed when err and doubts are there
	err     error
	doubts  *logs.Doubts
	faults  *Faults
	told    bool

	names *results.Names
	sizes results.Tally[int64] // of objects, so far
	left  int64                // requests that ask for no object
}

// logBatches is how many batches lie between the two goroutines.
const logBatches = 4

func openLogs(o Options, layout string, faults *Faults) (requests, error) {
	r := &logReader{batches: make(chan []Request, logBatches), free: make(chan []Request, logBatches+2),
		done: make(chan struct{}), faults: faults, names: results.NewNames(time.Unix(0, 0).UTC())}
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	go func() {
		defer close(r.done)
		defer close(r.batches)
		r.doubts, r.err = logs.Read(ctx, logs.Options{Files: o.Files, Stdin: o.Stdin, Format: layout, Names: r.names, Locate: o.Locate,
			Query: true, Referrers: o.Records != nil, Bounded: true}, func(recs []results.Record) {
			if o.Records != nil {
				o.Records(recs, r.names)
			}
			r.take(ctx, recs)
		})
	}()
	return r, nil
}

// take hands the requests among recs to the reader.
func (r *logReader) take(ctx context.Context, recs []results.Record) {
	var batch []Request
	select {
	case batch = <-r.free:
	default:
	}
	batch = batch[:0]
	for i := range recs {
		if req, ok := r.request(&recs[i]); ok {
			batch = append(batch, req)
		} else {
			r.left++
		}
	}
	select {
	case r.batches <- batch:
	case <-ctx.Done():
	}
}

// request is what a record asks a cache for; false where it asks for nothing.
func (r *logReader) request(rec *results.Record) (Request, bool) {
	if rec.Method != results.GET && rec.Method != results.HEAD || rec.URL == 0 {
		return Request{}, false
	}
	known := r.sizes.At(rec.Object)
	size, ok := SizeOf(rec, *known)
	if ok {
		*known = size
	}
	return Request{At: max(rec.At, 0), ID: rec.Object, Size: size, Next: Unknown}, ok
}

// SizeOf is what a line of a log tells of the size of its object, known being its
// size until then, or 0; false where the response is of no object.
func SizeOf(rec *results.Record, known int64) (size int64, ok bool) {
	switch rec.Status {
	case 200, 203:
		if rec.Method == results.HEAD {
			break
		}
		size = cmp.Or(max(rec.ContentLength, 0), rec.BodyBytes, rec.BytesOut)
		if rec.Flags.Has(results.Aborted) || rec.Flags.Has(results.Truncated) {
			size = max(size, known)
		}
		return max(size, 1), true
	case 206:
		known = max(known, rec.RangeEnd+1, rec.ContentLength)
	case 304:
	default:
		return 0, false
	}
	return max(known, 1), true
}

func (r *logReader) read(reqs []Request) (int, error) {
	for r.at == len(r.batch) {
		if r.batch != nil {
			r.free <- r.batch
		}
		batch, more := <-r.batches
		if !more {
			r.batch, r.at = nil, 0
			return 0, r.end()
		}
		r.batch, r.at = batch, 0
	}
	n := copy(reqs, r.batch[r.at:])
	r.at += n
	return n, nil
}

// end is what the reading ended with.
func (r *logReader) end() error {
	<-r.done
	if r.told {
		return io.EOF
	}
	r.told = true
	if r.err != nil {
		return fmt.Errorf("trace: %w", r.err)
	}
	for _, said := range r.doubts.Said {
		r.faults.say("%s", said)
	}
	if r.left > 0 {
		r.faults.say("%d requests of the logs ask a cache for no object (errors, redirects, other methods) and are left out", r.left)
	}
	return r.malformed()
}

// malformed takes the lines that are no records for bad ones.
func (r *logReader) malformed() error {
	d := r.doubts
	for _, f := range d.First {
		if err := r.faults.bad(Fault{f.File, f.Line, inLines, f.What}); err != nil {
			return err
		}
	}
	r.faults.Bad += d.Malformed - int64(len(d.First))
	return io.EOF
}

// Close ends the reading.
func (r *logReader) Close() error {
	r.cancel()
	<-r.done
	return nil
}

// isLogs reports whether a path can only mean logs: a folder or a pattern.
func isLogs(path string) bool {
	info, err := os.Stat(path)
	if err != nil {
		return strings.ContainsAny(path, "*?[")
	}
	return info.IsDir()
}
