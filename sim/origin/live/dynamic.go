package live

import (
	"fmt"

	"github.com/valyala/fasthttp"
)

const dynamicMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"

// answerDynamic answers as a server that makes its pages: every method of the
// list is taken, uploads are read and forgotten, a POST is answered with the
// object's bytes, and ranges are not offered (RFC 9110 §14.2 lets a server
// ignore Range).
func (s *Server) answerDynamic(x *exchange, sc *scratch) {
	ctx := x.ctx
	switch {
	case x.answer.Status != fasthttp.StatusOK:
		s.failPlain(x, x.answer.Status)
	case ctx.IsOptions():
		ctx.Response.Header.SetCanonical(fieldAllow, []byte(dynamicMethods))
		ctx.SetStatusCode(fasthttp.StatusNoContent)
	case !takes(ctx):
		ctx.Response.Header.SetCanonical(fieldAllow, []byte(dynamicMethods))
		s.failPlain(x, fasthttp.StatusMethodNotAllowed)
	case !x.found:
		s.failPlain(x, s.missing)
	default:
		s.answerPage(x, sc)
	}
}

func takes(ctx *fasthttp.RequestCtx) bool {
	return ctx.IsGet() || ctx.IsHead() || ctx.IsPost() || ctx.IsPut() || ctx.IsPatch() || ctx.IsDelete()
}

func (s *Server) answerPage(x *exchange, sc *scratch) {
	ctx := x.ctx
	safe := ctx.IsGet() || ctx.IsHead()
	s.describe(x, sc)
	switch status := sc.v.precondition(&ctx.Request.Header, safe); {
	case status == fasthttp.StatusPreconditionFailed:
		s.failPlain(x, status)
	case status == fasthttp.StatusNotModified:
		s.setMetadata(x, sc)
		ctx.SetStatusCode(status)
	case safe:
		s.setMetadata(x, sc)
		s.setBody(x, sc, 0, x.object.Size)
	case ctx.IsPost():
		ctx.Response.Header.SetCanonical(fieldETag, sc.v.etag)
		ctx.Response.Header.SetCanonical(fieldCacheControl, valueNoStore)
		s.setBody(x, sc, 0, x.object.Size)
	default:
		ctx.SetStatusCode(fasthttp.StatusNoContent)
	}
}

// failPlain answers an error with a line of text.
func (s *Server) failPlain(x *exchange, status int) {
	x.ctx.SetStatusCode(status)
	x.ctx.SetContentType("text/plain; charset=utf-8")
	fmt.Fprintf(x.ctx, "%d %s\n", status, fasthttp.StatusMessage(status))
}
