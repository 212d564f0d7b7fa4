package edge

import (
	"bytes"
	"io"
	"strconv"
	"time"

	"github.com/valyala/fasthttp"

	"edgesim/edge/rfc9111"
	"edgesim/results"
	"edgesim/results/accesslog"
)

// manner is how a response came about: what the viewer, the record and
// Cache-Status are told.
type manner struct {
	result results.Result
	layer  results.Layer
	flags  results.Flags
	status string // of Cache-Status (RFC 9211 §2), after the cache's name
}

var (
	asHit       = manner{results.Hit, results.LayerEdge, 0, "; hit"}
	asStale     = manner{results.Hit, results.LayerEdge, results.StaleHit, "; hit; detail=stale"}
	asStaleErr  = manner{results.Hit, results.LayerEdge, results.StaleHit, "; hit; detail=stale-if-error"}
	asMiss      = manner{results.Miss, results.LayerOrigin, 0, "; fwd=uri-miss; stored"}
	asStaleMiss = manner{results.Miss, results.LayerOrigin, 0, "; fwd=stale; stored"}
	asRefresh   = manner{results.RefreshHit, results.LayerEdge, 0, "; fwd=stale; fwd-status=304"}
	asCollapsed = manner{results.Hit, results.LayerOrigin, results.Collapsed, "; fwd=uri-miss; collapsed"}
	asPassed    = manner{results.Miss, results.LayerOrigin, 0, "; fwd=uri-miss"}
	asMethod    = manner{results.Miss, results.LayerOrigin, 0, "; fwd=method"}
	asError     = manner{results.Error, results.NoLayer, 0, "; fwd=uri-miss; detail=error"}
)

// respond writes an object to the viewer: whole, or what the request's
// conditions and range make of it. lead is the place at a passed body that was
// taken for this viewer; nil otherwise. It reports false, having written
// nothing, when the body's beginning is not there any more.
func (e *Edge) respond(v *viewer, a *ask, o *object, m *manner, lead *stream) bool {
	res := &a.ctx.Response
	res.Header.DisableNormalizing()
	part := a.partOf(o)
	sends := part.sends() && a.method != results.HEAD
	var raw []byte
	if sends && lead == nil {
		var ok bool
		if lead, ok = newStream(o.body, part.from, part.to); !ok {
			return false
		}
	} else if sends && part.cut {
		lead.narrow(part.from, part.to)
	}
	if sends && lead != nil && part.length(o) < 0 && !a.ctx.Request.Header.IsHTTP11() {
		var err error
		if raw, err = gather(lead); err != nil {
			e.refuse(v, a, fault{502, results.OriginReadError, "the response broke off, or is too long for HTTP/1.0 without a length"})
			return true
		}
		lead = nil
	}
	e.header(v, &res.Header, o, &part, m)
	e.open(v, a, o, m, &part)
	switch {
	case sends && lead != nil:
		lead.v = v
		res.SetBodyStream(lead, int(part.length(o)))
	case sends:
		res.SetBodyRaw(raw)
		v.rec.BodyBytes = int64(len(raw))
	case !sends:
		closeStream(lead)
		res.SkipBody = part.status != 416
		if a.method == results.HEAD {
			setLength(res, o.length)
		}
	}
	return true
}

// mostGathered is the longest body of unknown length that a viewer of HTTP/1.0,
// who knows no chunks, can get.
const mostGathered = 32 << 20

// gather reads a body of unknown length to its end.
func gather(s *stream) ([]byte, error) {
	defer s.Close()
	b, err := io.ReadAll(io.LimitReader(s, mostGathered+1))
	if err == nil && len(b) > mostGathered {
		err = io.ErrShortBuffer
	}
	return b, err
}

func closeStream(s *stream) {
	if s != nil {
		s.Close()
	}
}

// setLength announces a length without a body, for HEAD.
func setLength(res *fasthttp.Response, length int64) {
	if length >= 0 {
		res.Header.SetContentLength(int(length))
	}
}

// header writes the stored fields, Age, and how the response came about.
func (e *Edge) header(v *viewer, h *fasthttp.ResponseHeader, o *object, part *part, m *manner) {
	now := v.ask.now
	h.SetStatusCode(part.status)
	b := e.dressed(block(v.buf[:0]), o.block, &v.ask, m.result == results.Miss)
	if part.cut {
		b = part.describe(b, o)
	}
	if m.result == results.Hit || o.meta.HasAge { // RFC 9111 §4, §5.1
		b = appendNumber(b, "Age", int64(o.ageAt(now)/time.Second))
	}
	result := m.result
	if o.status >= 400 {
		result = results.Error // an origin's error, kept or not
	}
	v.buf = e.trace(v, append(b, e.via[o.oldVersion()]...), result, m.status)
	if e.conf.CacheStatus && result != results.Miss && result != results.Error {
		v.buf = append(v.buf[:len(v.buf)-len(crlf)], "; ttl="...)
		v.buf = strconv.AppendInt(v.buf, int64(o.left(now)/time.Second), 10)
		v.buf = append(v.buf, crlf...)
	}
	if v.ask.timed(v.id) {
		v.buf = e.appendTiming(v.buf, v, &v.ask, m)
	}
	inject(h, v.buf)
}

// trace appends the fields that say how a response came about, Cache-Status
// (RFC 9211) last.
func (e *Edge) trace(v *viewer, b block, r results.Result, status string) block {
	b = append(b, e.tails[r]...)
	if e.conf.RequestIDs {
		b = append(b, "X-Amz-Cf-Id: "...)
		b = accesslog.AppendRequestID(b, v.id)
		b = append(b, crlf...)
	}
	if e.conf.CacheStatus {
		b = append(b, "Cache-Status: edgesim"...)
		b = append(b, status...)
		b = append(b, crlf...)
	}
	return b
}

// partOf decides which part of o answers the request: conditions first, then
// the range (RFC 9110 §13.2.2, §14.2).
func (a *ask) partOf(o *object) part {
	p := part{status: o.status, to: -1}
	if o.status != 200 || !a.cacheable() {
		return p
	}
	if a.unmodified(o) {
		p.status = 304
		return p
	}
	if len(a.rangeField) > 0 && a.method == results.GET && a.rangeHolds(o) {
		p.narrow(a.rangeField, o)
	}
	return p
}

// unmodified reports whether the viewer's own copy is good (RFC 9110 §13.1.2,
// §13.1.3): If-None-Match compares weakly and, where it is given,
// If-Modified-Since is not looked at.
func (a *ask) unmodified(o *object) bool {
	if len(a.ifNoneMatch) > 0 {
		return matches(a.ifNoneMatch, o.etag)
	}
	if len(a.ifModifiedSince) == 0 || o.lastModified == 0 {
		return false
	}
	since, ok := rfc9111.ParseDate(a.ifModifiedSince)
	return ok && o.lastModified <= since
}

// matches reports whether a list of entity tags holds etag by weak comparison
// (RFC 9110 §8.8.3.2), or is "*".
func matches(list, etag []byte) bool {
	if string(bytes.TrimSpace(list)) == "*" {
		return true
	}
	want := opaque(etag)
	if len(want) == 0 {
		return false
	}
	for len(list) > 0 {
		at := bytes.IndexByte(list, '"')
		if at < 0 {
			return false
		}
		end := bytes.IndexByte(list[at+1:], '"')
		if end < 0 {
			return false
		}
		if bytes.Equal(list[at:at+end+2], want) {
			return true
		}
		list = list[at+end+2:]
	}
	return false
}

// opaque is an entity tag without its weakness.
func opaque(etag []byte) []byte { return bytes.TrimPrefix(etag, []byte("W/")) }

// rangeHolds reports whether If-Range lets the range count (RFC 9110 §13.1.5):
// a strong entity tag or an exact date.
func (a *ask) rangeHolds(o *object) bool {
	if len(a.ifRange) == 0 {
		return true
	}
	if a.ifRange[0] == '"' {
		return bytes.Equal(a.ifRange, o.etag)
	}
	date, ok := rfc9111.ParseDate(a.ifRange)
	return ok && o.lastModified != 0 && date == o.lastModified
}
