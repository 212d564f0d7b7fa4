// Package curve tells how often a cache of each size misses: many cells (a policy
// and a capacity) over one reading of a trace, exact LRU curves for all sizes at
// once, and curves from a sample of the objects. It knows requests as numbers and
// policies; it must never know a clock, a file's format or HTTP.
//
// Conventions: no warm-up is cut unless asked for; an object larger than the
// capacity is a miss and is not admitted; a known id that comes with another size
// is a hit that keeps the size it was admitted with (ResizedKeep), or is another
// object (ResizedNew); sizes are at least 1 byte; no metadata is counted.
package curve

import (
	"edgesim/edge/policy"
	"edgesim/workloads/trace"
)

// Cell is one cache: a policy and a capacity.
type Cell struct {
	Policy   string // as policy.Parse reads it: "s3fifo:small=0.2"
	Capacity int64  // in bytes, or objects where sizes are ignored; at least 1
}

// Result is what a cell came to, warm-up left out.
type Result struct {
	Cell
	Requests  int64
	Misses    int64
	Bytes     int64 // asked for
	MissBytes int64 // of the requests that missed
	// Unfit are requests for objects larger than the capacity, which no policy
	// could answer; Refused are misses that were not admitted, for that reason or
	// by the policy's own.
	Unfit, UnfitBytes     int64
	Refused, RefusedBytes int64
}

// MissRatio is the share of requests that missed, 0 to 1; NaN of no requests.
func (r Result) MissRatio() float64 { return float64(r.Misses) / float64(r.Requests) }

// ByteMissRatio is the share of bytes that missed, 0 to 1; NaN of no bytes.
func (r Result) ByteMissRatio() float64 { return float64(r.MissBytes) / float64(r.Bytes) }

// Config says how a trace is read.
type Config struct {
	IgnoreSize bool   // every object counts 1, and capacities are numbers of objects
	ResizedNew bool   // an id with another size is another object; false: a hit that keeps its size
	Warmup     int64  // so many first requests fill the caches and are not counted
	Seed       uint64 // of the policies' own chance
	Curve      *Curve // when not nil, it becomes LRU's at all sizes, from the same reading
	Jobs       int    // goroutines that play cells, beside the one that reads; 0 and 1: no other
}

// Totals are what all cells share.
type Totals struct {
	Requests int64 // read, warm-up included
	Counted  int64 // behind the warm-up
	Bytes    int64 // of the counted requests
	Objects  int64 // distinct, warm-up included
	// WorkingSet is the bytes of the distinct objects, each by the size it came
	// with first, warm-up included.
	WorkingSet int64
	Largest    int64 // the largest size asked for, in bytes
	Resized    int64 // requests for a known id with another size than it came with first
	Partial    bool  // the reading was broken off
}

// A Reader is where requests come from.
type Reader = trace.Reader

// sizeOf is what a request counts.
func (c Config) sizeOf(r *trace.Request) int64 {
	if c.IgnoreSize {
		return 1
	}
	return max(1, r.Size)
}

func (c Cell) parse() (policy.Kind, map[string]float64, error) { return parse(c.Policy) }
