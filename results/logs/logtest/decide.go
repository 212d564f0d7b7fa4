package logtest

import (
	"time"

	"edgesim/results"
)

const ms = int64(time.Millisecond)

// decide says how a request ended.
func (s *Source) decide(r *results.Record) {
	switch n := s.rng.IntN(1000); {
	case n < 700:
		s.served(r, results.Hit, s.rng.Int64N(2*ms))
	case n < 860:
		s.served(r, results.Miss, 20*ms+s.rng.Int64N(600*ms))
	case n < 900:
		s.served(r, results.RefreshHit, 20*ms+s.rng.Int64N(200*ms))
	case n < 915:
		s.redirected(r)
	case n < 940:
		s.failed(r)
	case n < 960:
		s.abandoned(r)
	case n < 965:
		s.gone(r)
	case n < 980:
		s.uploaded(r)
	case n < 990:
		s.ranged(r)
	case n < 995:
		s.served(r, results.Hit, s.rng.Int64N(ms))
		r.Method, r.Status = results.HEAD, 200
		r.BytesOut = 350
	default:
		s.served(r, results.Hit, s.rng.Int64N(ms))
		r.Status, r.BytesOut, r.ContentLength = 304, 300, -1
	}
}

func (s *Source) served(r *results.Record, result results.Result, ttfb int64) {
	r.Response, r.Result = result, result
	r.TTFB = 1 + ttfb
	r.Total = r.TTFB + r.ContentLength/4000*ms
	r.BytesOut = 300 + s.rng.Int64N(300) + r.ContentLength
	if result == results.Hit && s.rng.IntN(20) == 0 {
		r.Detail = results.OriginShieldHit
	}
}

func (s *Source) redirected(r *results.Record) {
	r.Response, r.Result = results.Redirect, results.Redirect
	r.Protocol, r.Version, r.TLS, r.Cipher = results.HTTP, results.HTTP11, 0, 0
	r.Status, r.BytesOut, r.ContentLength = 301, 560, 167
	r.TTFB, r.Total = 1, 1
}

func (s *Source) failed(r *results.Record) {
	details := []results.Detail{results.OriginConnectError, results.OriginDNSError, results.SameAsResult, results.InvalidRequestMethod, results.ClientGeoBlocked}
	statuses := []uint16{502, 502, 404, 403, 403}
	k := s.rng.IntN(len(details))
	r.Response, r.Result, r.Detail, r.Status = results.Error, results.Error, details[k], statuses[k]
	if s.rng.IntN(10) == 0 {
		r.Response, r.Result, r.Detail, r.Status = results.LimitExceeded, results.LimitExceeded, results.SameAsResult, 503
	}
	r.ContentLength, r.BytesOut = 507, 900
	r.TTFB = 1 + s.rng.Int64N(120*ms)
	r.Total = r.TTFB
}

// abandoned is a download whose viewer hung up.
func (s *Source) abandoned(r *results.Record) {
	s.served(r, results.Hit, s.rng.Int64N(100*ms))
	if s.rng.IntN(3) == 0 {
		r.Response = results.Miss
	}
	r.Result, r.Detail = results.Error, results.ClientCommError
	r.BytesOut = 400 + s.rng.Int64N(r.ContentLength)
	r.Flags = results.Aborted
}

// gone is a viewer that left before any response.
func (s *Source) gone(r *results.Record) {
	r.Response, r.Result, r.Detail = results.Error, results.Error, results.ClientHungUpRequest
	r.Status, r.BytesOut, r.ContentLength, r.TTFB = 0, 0, -1, 0
	r.Total = s.rng.Int64N(3000 * ms)
	r.Flags = results.Aborted
}

func (s *Source) uploaded(r *results.Record) {
	s.served(r, results.Miss, 50*ms+s.rng.Int64N(300*ms))
	r.Detail = results.SameAsResult
	r.Method = []results.Method{results.POST, results.PUT, results.PATCH, results.DELETE, results.OPTIONS}[s.rng.IntN(5)]
	r.BytesIn += s.rng.Int64N(200_000)
	r.ContentLength, r.BytesOut = 120, 500
}

func (s *Source) ranged(r *results.Record) {
	whole := r.ContentLength
	r.ContentLength = 1 + whole/2
	s.served(r, results.Hit, s.rng.Int64N(3*ms))
	r.Status, r.RangeStart, r.RangeEnd = 206, 0, whole/2
}

// settle makes of a record what a log can say of it: whole milliseconds, and the
// end in whole seconds.
func settle(r results.Record) results.Record {
	if r.TTFB > 0 {
		r.TTFB = max(1, (r.TTFB+ms/2)/ms*ms)
	}
	r.Total = (r.Total + ms/2) / ms * ms
	second := int64(time.Second)
	r.At -= r.End() % second
	return r
}
