package edge

import (
	"bytes"
	"strconv"
	"time"

	"edgesim/edge/behavior"
	"edgesim/results"
)

// What a request's protocol is, and what follows from it.

var (
	schemeHTTP  = []byte("http")
	schemeHTTPS = []byte("https")
)

func (a *ask) scheme() []byte {
	if a.https {
		return schemeHTTPS
	}
	return schemeHTTP
}

// forwardedHTTPS reports whether the proxy next to us says that its viewer
// speaks HTTPS. Proxies set X-Forwarded-Proto or add to it at its end, so the
// last member is the one that cannot have come from the viewer.
func (a *ask) forwardedHTTPS() bool {
	last := a.proto[bytes.LastIndexByte(a.proto, ',')+1:]
	return bytes.EqualFold(bytes.TrimSpace(last), schemeHTTPS)
}

// acceptEncoding is the field that says which encodings the viewer takes; nil
// where it sent none. What an HTTP/1.0 viewer sends is not looked at: those who
// still speak that cannot be relied on to know encodings (and CloudFront does
// not either).
func (a *ask) acceptEncoding() []byte {
	if !a.ctx.Request.Header.IsHTTP11() {
		return nil
	}
	return a.sent("Accept-Encoding")
}

// toHTTPS answers a request over plain HTTP where that is not served (reference
// 1.3). An HTTP/1.0 client does not know 307, and 301 might make a GET of its
// POST.
func (e *Edge) toHTTPS(v *viewer, a *ask) {
	http11 := a.ctx.Request.Header.IsHTTP11()
	switch {
	case a.rule.ViewerProtocol != behavior.RedirectToHTTPS, !a.cacheable() && !http11:
		e.refuse(v, a, fault{status: 403, detail: results.InvalidRequest, why: "this is served over HTTPS only"})
	case a.cacheable():
		e.redirect(v, a, 301, "Moved Permanently")
	default:
		e.redirect(v, a, 307, "Temporary Redirect")
	}
}

var asRedirect = manner{results.Redirect, results.NoLayer, 0, true, "", 0}

// redirect sends the viewer to the same URL with https.
func (e *Edge) redirect(v *viewer, a *ask, status int, reason string) {
	res := &a.ctx.Response
	res.Header.DisableNormalizing()
	res.SetStatusCode(status)
	b := append(block(v.buf[:0]), "Date: "...)
	b = appendDate(b, e.unix(e.now())/int64(time.Second))
	b = append(b, "\r\nContent-Type: text/html\r\nLocation: "...)
	b = append(e.appendSecureURL(b, a), crlf...)
	v.buf = e.trace(v, e.signed(a.outfit(b)), asRedirect.result)
	inject(&res.Header, v.buf)
	title := strconv.Itoa(status) + " " + reason
	body := []byte("<!DOCTYPE html>\n<title>" + title + "</title>\n<h1>" + title + "</h1>\n<p>This is served over HTTPS.</p>\n")
	res.SetBodyRaw(body)
	res.SkipBody = a.method == results.HEAD
	e.open(v, a, nil, &asRedirect, &part{status: status, span: span{to: -1}})
	v.rec.ContentLength = int64(len(body))
	if !res.SkipBody {
		v.rec.BodyBytes = int64(len(body))
	}
}

// appendSecureURL appends the request's URL as it came, with https and the port
// of that.
func (e *Edge) appendSecureURL(b []byte, a *ask) []byte {
	_, path, query := splitTarget(a.ctx.Request.Header.RequestURI()) // a.path may have become the root object's
	b = append(append(b, "https://"...), behavior.WithoutPort(a.host)...)
	if e.conf.HTTPSPort != 443 {
		b = strconv.AppendInt(append(b, ':'), int64(e.conf.HTTPSPort), 10)
	}
	if string(path) != "*" { // OPTIONS of the server itself
		b = append(b, path...)
	}
	if query != nil {
		b = append(append(b, '?'), query...)
	}
	return b
}
