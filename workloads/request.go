// Package workloads makes streams of requests: who asks for what, and when. It
// knows objects by number, popularity, sizes, arrivals and viewers; it must
// never know a socket, a cache or a real clock: time is the intended time of
// each request, chance comes from a seed.
package workloads

import (
	"io"
	"time"
)

// Request is what is asked and when. It holds no pointers: what the numbers
// mean is in the Catalog and the Viewers that belong to the Source.
type Request struct {
	At       time.Duration // intended time since the run began
	Object   uint64        // number in the catalog, from 0
	From     uint64        // number plus 1 of the object whose URL is the Referer; 0: Referrer counts
	Viewer   uint32        // index into Viewers
	Host     uint16        // index into Catalog.Hosts: the name the viewer asks for
	Referrer uint16        // index into Viewers.Referrers, where From is 0; 0 is none
	Method   Method
	Range    Range   // the zero Range asks for the whole object
	Abort    float32 // the viewer hangs up after this fraction of the body; 0: never
	Body     uint32  // bytes of content that go with a POST, PUT or PATCH

	// Conditional says that the viewer has a copy and asks whether it is still
	// good (If-None-Match, RFC 9110 §13.1.2), which a 304 answers.
	Conditional bool
}

// Method is an HTTP request method of a workload; the zero Method is GET.
type Method uint8

const (
	GET Method = iota
	HEAD
	POST
	PUT
	PATCH
	DELETE
	OPTIONS
)

// Range is a single byte range (RFC 9110 §14). With Length 0 it is no range;
// with First -1 it is a suffix of Length bytes.
type Range struct {
	First  int64
	Length int64
}

// A Source is a stream of requests, in order of At: an io.Reader of requests.
// Read fills up to len(reqs) of them and returns how many; at the end it
// returns io.EOF, with n = 0 or with the last ones.
type Source interface {
	Read(reqs []Request) (n int, err error)
}

// EOF is what a Source returns at its end.
var EOF = io.EOF
