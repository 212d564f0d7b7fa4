package live

import (
	"strconv"

	"github.com/valyala/fasthttp"
)

// answerBucket answers as an S3 bucket answers a GET of an object: with ranges,
// conditional requests, and errors as XML.
func (s *Server) answerBucket(x *exchange, sc *scratch) {
	ctx := x.ctx
	ctx.Response.Header.SetCanonical(fieldRequestID, s.requestID(sc))
	switch {
	case x.answer.Status != fasthttp.StatusOK:
		s.fail(x, sc, slowDown)
	case !ctx.IsGet() && !ctx.IsHead():
		ctx.Response.Header.SetCanonical(fieldAllow, []byte("GET, HEAD"))
		s.fail(x, sc, methodNotAllowed)
	case !x.found && s.missing == fasthttp.StatusForbidden:
		s.fail(x, sc, accessDenied)
	case !x.found:
		s.fail(x, sc, noSuchKey)
	default:
		s.answerObject(x, sc)
	}
}

func (s *Server) answerObject(x *exchange, sc *scratch) {
	s.describe(x, sc)
	switch sc.v.precondition(&x.ctx.Request.Header, true) {
	case fasthttp.StatusPreconditionFailed:
		s.fail(x, sc, preconditionFailed)
	case fasthttp.StatusNotModified:
		s.setMetadata(x, sc)
		x.ctx.SetStatusCode(fasthttp.StatusNotModified)
	default:
		s.answerRange(x, sc)
	}
}

// answerRange sends the object, or the part of it that was asked for. A Range
// is only for GET (RFC 9110 §14.2).
func (s *Server) answerRange(x *exchange, sc *scratch) {
	h, size := &x.ctx.Response.Header, x.object.Size
	off, n, r := int64(0), size, whole
	if field := x.ctx.Request.Header.Peek("Range"); len(field) > 0 && x.ctx.IsGet() && sc.v.ifRange(&x.ctx.Request.Header) {
		off, n, r = parseRange(field, size)
	}
	h.SetCanonical(fieldAcceptRanges, valueBytes)
	if r == unsatisfiable {
		h.SetCanonical(fieldContentRange, sc.with(strconv.AppendInt(append(sc.b[:0], "bytes */"...), size, 10)))
		s.fail(x, sc, invalidRange)
		return
	}
	s.setMetadata(x, sc)
	if r == part {
		h.SetCanonical(fieldContentRange, sc.with(appendContentRange(sc.b[:0], off, n, size)))
		x.ctx.SetStatusCode(fasthttp.StatusPartialContent)
	}
	s.setBody(x, sc, off, n)
}

// requestID is 16 hexadecimal digits, no two alike in a server's life: the
// number of the request times an odd constant is a bijection.
func (s *Server) requestID(sc *scratch) []byte {
	const digits = "0123456789ABCDEF"
	id := s.ids.Add(1) * 0x9E3779B97F4A7C15
	for i := range sc.id {
		sc.id[i] = digits[id>>(60-4*i)&15]
	}
	return sc.id[:]
}
