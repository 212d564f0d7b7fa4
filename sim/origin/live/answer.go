package live

import (
	"time"

	"github.com/valyala/fasthttp"

	"edgesim/sim/origin"
)

// The names of fields, as these origins spell them.
var (
	fieldAcceptRanges = []byte("Accept-Ranges")
	fieldAllow        = []byte("Allow")
	fieldCacheControl = []byte("Cache-Control")
	fieldContentRange = []byte("Content-Range")
	fieldETag         = []byte("ETag")
	fieldLastModified = []byte("Last-Modified")
	fieldRequestID    = []byte("x-amz-request-id")

	valueBytes   = []byte("bytes")
	valueNoStore = []byte("no-store")
)

const defaultType = "application/octet-stream"

// answer writes the response, but for a body that is still to be made.
func (s *Server) answer(x *exchange) {
	sc := s.scratch.Get().(*scratch)
	defer s.scratch.Put(sc)
	setDate(&x.ctx.Response.Header, sc.with(s.date.appendTo(sc.b[:0], time.Now())))
	if s.kind == origin.Bucket {
		s.answerBucket(x, sc)
	} else {
		s.answerDynamic(x, sc)
	}
	s.count.byStatus[x.ctx.Response.StatusCode()].Add(1)
}

// scratch is where field values are put together before fasthttp copies them.
type scratch struct {
	b  []byte
	v  validators
	id [16]byte // of the request
}

// with keeps b's memory for the next value.
func (sc *scratch) with(b []byte) []byte {
	sc.b = b
	return b
}

// describe works out the validators of what is to be sent.
func (s *Server) describe(x *exchange, sc *scratch) {
	v := &sc.v
	v.version = origin.Version(x.object, x.at)
	v.etag = v.etag[:0]
	if s.weak {
		v.etag = append(v.etag, "W/"...)
	}
	v.etag = origin.AppendETag(v.etag, x.object.Key, v.version)
	v.modified = s.epoch.Add(origin.LastModified(x.object, x.at)).Truncate(time.Second)
	v.exact = x.object.ChangeEvery == 0 || x.object.ChangeEvery >= time.Second
}

// setMetadata sets the fields that a 200, a 206 and a 304 have in common
// (RFC 9110 §15.4.5).
func (s *Server) setMetadata(x *exchange, sc *scratch) {
	h := &x.ctx.Response.Header
	h.SetCanonical(fieldETag, sc.v.etag)
	h.SetCanonical(fieldLastModified, sc.with(fasthttp.AppendHTTPDate(sc.b[:0], sc.v.modified)))
	if cc := s.model.CacheControl(x.object); cc != "" {
		h.SetCanonical(fieldCacheControl, sc.with(append(sc.b[:0], cc...)))
	}
}

// setBody gives the response its body: n bytes of the object from off on.
func (s *Server) setBody(x *exchange, sc *scratch, off, n int64) {
	resp := &x.ctx.Response
	if x.object.ContentType != "" {
		resp.Header.SetContentType(x.object.ContentType)
	} else {
		resp.Header.SetContentType(defaultType)
	}
	b := s.bodies.Get().(*body)
	*b = body{s: s, key: x.object.Key, version: sc.v.version, off: off, n: n, cut: n, curve: x.answer.Curve, begin: x.begin}
	if x.answer.Fault == origin.Truncate {
		b.cut = int64(x.answer.FaultAt * float64(n))
	}
	if !s.chunked || !x.ctx.Request.Header.IsHTTP11() { // HTTP/1.0 knows no chunks (RFC 9112 §6.1)
		resp.SetBodyStream(b, int(n))
		return
	}
	resp.SetBodyStream(b, -1)
	resp.ImmediateHeaderFlush = b.paced() // body cannot flush a chunked writer itself
}
