// Package results is the ground of the house: what happened to requests, as
// records, and what is made of them. It knows records, the names behind their
// numbers, histograms, summaries and the run folder; it must never know where
// a record came from (an HTTP edge, a simulator, a log file) nor import
// anything else of this module.
package results

import "math"

// Record is what happened to one request, seen from one vantage. It is of
// fixed size and holds no pointers, so that a buffer of records costs the
// garbage collector nothing; strings are interned (Sym) in a Names table that
// travels beside the records.
//
// Times are nanoseconds. At counts from Names.Epoch; the others from At.
// The fields are those that the five CloudFront reports, the CloudFront
// access log and a latency study need.
type Record struct {
	At    int64 // intended start, since the run's epoch
	Lag   int64 // actual start − intended start; 0 where the two are one
	TTFB  int64 // first byte of the response − At; 0 when no byte came
	Total int64 // last byte (or the failure) − At

	OriginTTFB  int64 // first byte from the origin − request sent to it; 0 without an origin request
	OriginTotal int64 // last byte from the origin − request sent to it; 0 without an origin request

	ID     uint64 // names the request; the log's x-edge-request-id derives from it
	Object uint64 // the 64-bit name of what was asked for

	BytesOut      int64 // bytes to the viewer, header included (sc-bytes)
	BytesIn       int64 // bytes from the viewer, header included (cs-bytes)
	BodyBytes     int64 // body bytes of BytesOut
	OriginBytes   int64 // bytes this request made the origin send, header included; 0 for a joined request
	OriginSent    int64 // body bytes sent on to the origin (uploads)
	ContentLength int64 // the response's Content-Length; -1 when it had none
	RangeStart    int64 // from the response's Content-Range; -1 without one
	RangeEnd      int64 // last byte of the range, inclusive; -1 without one

	Addr [16]byte // viewer's address as netip.Addr.As16 gives it; zero when unknown

	Host        Sym // Host header as the viewer sent it (x-host-header)
	URL         Sym // path as received, without query (cs-uri-stem)
	Query       Sym // query without '?'
	Referrer    Sym
	Agent       Sym // User-Agent
	Cookie      Sym
	Forwarded   Sym // X-Forwarded-For
	ContentType Sym

	Distribution uint16 // index into Names.Distributions, or NoDistribution
	Edge         uint16 // index into Names.Edges: the location that answered
	Behavior     uint16 // index into Names.Behaviors
	Origin       uint16 // index into Names.Origins
	Status       uint16 // as sent; 0 when the viewer left before any response
	Port         uint16 // viewer's
	OriginAsked  uint16 // requests this one made to an origin, retries included
	Flags        Flags
	Fault        Fault // what the client found wrong; NoFault where that is nothing, or the status

	Country [2]byte // viewer's, ISO 3166-1 alpha-2; zero when unknown

	Method   Method
	Protocol Protocol // viewer's protocol
	Version  Version  // viewer's HTTP version
	TLS      uint8    // tls.Version minus 0x0300; 0 for plain HTTP
	Cipher   uint16   // TLS cipher suite number; 0 for plain HTTP

	Response Result // as classified when the response began (x-edge-response-result-type)
	Result   Result // as classified when it ended (x-edge-result-type)
	Detail   Detail // x-edge-detailed-result-type
	Layer    Layer  // who had the bytes
	TTL      TTLClass
	Vantage  Vantage
	Class    uint8 // content class of the workload; 0 when unknown
	State    State // viewer's U.S. state; NoState when unknown or elsewhere
}

// NoDistribution is Record.Distribution of a request that an edge refused because
// no distribution has its host name.
const NoDistribution = math.MaxUint16

// Service is the time from the actual start to the last byte, in nanoseconds:
// what a closed-loop tool would have called the latency.
func (r *Record) Service() int64 { return r.Total - r.Lag }

// ResultType is the result type that reports and histograms count the record
// under: as classified when the response began, as CloudFront's reports count
// hits and misses; where the response never began, as classified at its end.
func (r *Record) ResultType() Result {
	if r.Response != NoResult {
		return r.Response
	}
	return r.Result
}

// Failed reports whether the viewer did not get what an origin in order would
// have sent: an error response, none at all, one that broke off, one with
// wrong bytes or one that is no HTTP. That a viewer hung up is not a failure. Where nobody classified
// the response, as with a server that does not tell, its status decides.
func (r *Record) Failed() bool {
	if r.Fault != NoFault || r.Flags&(NoResponse|Truncated|Unverified) != 0 || r.Response.failed() {
		return true
	}
	if r.ResultType() == NoResult {
		return r.Status >= 400
	}
	return r.Result.failed() && !r.Flags.Has(Aborted)
}

// End is the moment of the last byte, in nanoseconds since the epoch.
func (r *Record) End() int64 { return r.At + r.Total }

// Flags are yes-or-no facts of a record.
type Flags uint8

const (
	Collapsed  Flags = 1 << iota // rode a flight that another request had begun
	StaleHit                     // answered with a stale object
	Warm                         // belongs to the warm-up, which headline figures leave out
	Unverified                   // body bytes were not those expected
	Aborted                      // the viewer hung up
	Late                         // sent later than intended by more than the player's tolerance
	Truncated                    // the response broke off
	NoResponse                   // connection refused, reset or timed out before a response
)

// Has reports whether all flags of f are set.
func (g Flags) Has(f Flags) bool { return g&f == f }
