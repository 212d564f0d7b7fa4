// Package rfc9111 decides what a shared cache may keep and for how long, as
// RFC 9111 has it and, setting by setting, as CloudFront's documentation has
// it. It knows header fields, dates, ages and lifetimes. It must never know a
// clock, a socket, a body or where responses are kept: the time comes with
// every question.
//
// The caller visits the fields of a message (Request.Field, Response.Field),
// then asks Judge once per response. Nothing here allocates, except for a
// targeted field and for directives that name fields, which are rare.
package rfc9111

import (
	"time"

	"edgesim/results"
)

// Forever is the longest lifetime: the 2^31 seconds at which RFC 9111 §1.2.2
// lets numbers of seconds end, some 68 years.
const Forever = (1 << 31) * time.Second

// Request is what decides about caching in the request that went to the
// origin. The zero Request has no method; set it, then hand over the fields.
type Request struct {
	Method        results.Method
	CC            CacheControl
	Authorization bool // credentials went to the origin; false where the edge took them out
	Range         bool
	hasCC         bool
	pragmaNoCache bool
}

// Response is what decides about caching in a response. The zero Response is
// ready: set Status and, where two-digit years must be right, Received; then
// hand over the fields. Dates are Unix seconds, and mean something where their
// Has flag is set.
type Response struct {
	Status   int
	Received int64 // Unix nanoseconds; only for two-digit years (RFC 9110 §5.6.7). 0: they mean 1970 to 2069

	CC           CacheControl
	Expires      int64
	Date         int64
	LastModified int64
	Age          int64 // seconds, at most 2^31; 0 when absent or not a number

	HasExpires      bool // an Expires line was there, valid or not
	ExpiresValid    bool // and it was a date; otherwise it means a time in the past
	HasDate         bool
	HasLastModified bool
	HasAge          bool
	HasETag         bool
	HasVary         bool
	VaryAny         bool // Vary has the member *
	SetCookie       bool

	// AtTarget says of the response to a POST that its Content-Location is the
	// request's target: then it is what a GET would get (RFC 9110 §9.3.3).
	AtTarget bool

	targeted []byte // the lines of CDN-Cache-Control, joined
}

// Rules are the settings of one behavior. The zero Rules store nothing, because
// MaxTTL is 0; Standard and CloudFront are where to start.
type Rules struct {
	// MinTTL lengthens, MaxTTL shortens the lifetime that the origin gave.
	// DefaultTTL is the lifetime of responses whose origin gave none; with 0
	// and Heuristic it is reckoned from Last-Modified. MaxTTL 0 stores nothing.
	MinTTL, DefaultTTL, MaxTTL time.Duration

	Heuristic          bool          // RFC 9111 §4.2.2, where DefaultTTL is 0
	RequestDirectives  bool          // Cache-Control and Pragma of requests count (§5.2.1)
	CacheOptions       bool          // responses to OPTIONS may be kept, beside GET and HEAD
	CachePosts         bool          // and to POST, for GET to reuse, as RFC 9110 §9.3.3 has it
	CDNCacheControl    bool          // CDN-Cache-Control takes the place of Cache-Control and Expires (RFC 9213)
	FieldForms         bool          // no-cache and private that name fields hold back these alone; otherwise they are the plain forms
	MinBeatsDirectives bool          // with MinTTL > 0, no-cache, no-store and private are kept for MinTTL
	DefaultAnyStatus   bool          // every final status below 400 may get DefaultTTL, not only those of RFC 9110 §15.1
	IgnoreVary         bool          // Vary keeps no variants apart; * alone matters, and that only while MinTTL is 0
	ErrorCaching       bool          // statuses from 400 are kept by CloudFront's table instead of §3
	ErrorTTL           time.Duration // with ErrorCaching: the shortest lifetime of a kept error
	StaleDespiteShared bool          // stale-while-revalidate and stale-if-error count beside s-maxage, which §4.2.4 forbids
	StaleOnError       time.Duration // stale-if-error of a response that has none; 0: no staleness unasked
}

// Standard is a shared cache by RFC 9111 and nothing else.
func Standard() Rules {
	return Rules{MaxTTL: Forever, Heuristic: true, RequestDirectives: true,
		CachePosts: true, CDNCacheControl: true, FieldForms: true}
}

// CloudFront is what CloudFront documents for a behavior whose cache policy
// leaves the TTLs alone: minimum 0, default one day, maximum one year.
func CloudFront() Rules {
	return Rules{
		DefaultTTL: 24 * time.Hour, MaxTTL: 365 * 24 * time.Hour,
		MinBeatsDirectives: true, DefaultAnyStatus: true, IgnoreVary: true,
		ErrorCaching: true, ErrorTTL: 10 * time.Second,
		StaleDespiteShared: true, StaleOnError: Forever,
	}
}

// Verdict is what Judge says of a response.
type Verdict struct {
	Store bool // it may be kept, and keeping it can be of use

	// A kept response is fresh while InitialAge plus its time in the cache is
	// below Lifetime (§4.2). Lifetime 0: it is validated before every use.
	Lifetime, InitialAge time.Duration

	MustRevalidate       bool          // never serve it stale (§4.2.4)
	StaleWhileRevalidate time.Duration // how long after its end it may be served while it is renewed (RFC 5861 §3)
	StaleIfError         time.Duration // and while the origin fails (RFC 5861 §4)

	Collapsible bool   // requests that waited for it may be answered with it (§4)
	Why         string // what decided, in a word or two that never change
}

// Remaining is the freshness left when the response arrived; 0 when it came
// stale.
func (v *Verdict) Remaining() time.Duration { return max(0, v.Lifetime-v.InitialAge) }

// seconds turns a number of seconds into a Duration of at most Forever.
func seconds(n int64) time.Duration { return time.Duration(min(n, maxSeconds)) * time.Second }
