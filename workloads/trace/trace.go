// Package trace reads and writes request traces: files in which others have
// written down what was asked of a cache, as numbers. It knows the formats and
// how they are compressed; it must never know a cache, nor what is made of the
// requests.
//
// A format is a file that registers itself.
package trace

// Request is one line of a trace.
type Request struct {
	At   int64  // ns since the trace's own epoch; 0 where the format has no times
	ID   uint64 // the object's name; text names are hashed (xxh3)
	Size int64  // bytes; 1 where the format has no sizes
	Next int64  // number of the object's next request, from 0; Never, or Unknown where the trace does not tell
}

const (
	Never   int64 = 1<<63 - 1 // the object is not asked for again
	Unknown int64 = -1        // nobody has looked
)

// A Reader is a stream of requests in the order of the trace: an io.Reader of
// requests. Read fills up to len(reqs) and returns how many; at the end it
// returns io.EOF, with n = 0 or with the last ones.
type Reader interface {
	Read(reqs []Request) (n int, err error)
}
