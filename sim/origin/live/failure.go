package live

import (
	"bytes"
	"encoding/xml"
	"strconv"

	"github.com/valyala/fasthttp"
)

// failure is an error as S3 words it: a status, and a code that clients act on.
type failure struct {
	status        int
	code, message string
}

var (
	accessDenied       = failure{fasthttp.StatusForbidden, "AccessDenied", "Access Denied"}
	noSuchKey          = failure{fasthttp.StatusNotFound, "NoSuchKey", "There is no object under this key."}
	methodNotAllowed   = failure{fasthttp.StatusMethodNotAllowed, "MethodNotAllowed", "Objects here can only be read."}
	preconditionFailed = failure{fasthttp.StatusPreconditionFailed, "PreconditionFailed", "A condition of the request does not hold."}
	invalidRange       = failure{fasthttp.StatusRequestedRangeNotSatisfiable, "InvalidRange", "The range lies outside the object."}
	slowDown           = failure{fasthttp.StatusServiceUnavailable, "SlowDown", "Reduce your request rate."}
)

// fail answers f as XML.
func (s *Server) fail(x *exchange, sc *scratch, f failure) {
	resp := &x.ctx.Response
	resp.SetStatusCode(f.status)
	resp.Header.SetContentType("application/xml")
	b := sc.b[:0]
	b = append(b, xml.Header+"<Error>"...)
	b = appendElement(b, "Code", []byte(f.code))
	b = appendElement(b, "Message", []byte(f.message))
	switch f.code {
	case noSuchKey.code:
		b = appendElement(b, "Key", bytes.TrimPrefix(x.ctx.URI().PathOriginal(), []byte("/")))
	case methodNotAllowed.code:
		b = appendElement(b, "Method", x.ctx.Method())
	case invalidRange.code:
		b = appendElement(b, "RangeRequested", x.ctx.Request.Header.Peek("Range"))
		b = appendElement(b, "ActualObjectSize", strconv.AppendInt(nil, x.object.Size, 10))
	}
	b = appendElement(b, "RequestId", sc.id[:])
	b = append(b, "</Error>"...)
	resp.SetBody(sc.with(b))
}

func appendElement(b []byte, name string, text []byte) []byte {
	w := bytes.NewBuffer(append(append(append(b, '<'), name...), '>'))
	if err := xml.EscapeText(w, text); err != nil {
		panic("live: writing to memory failed: " + err.Error())
	}
	return append(append(append(w.Bytes(), "</"...), name...), '>')
}
