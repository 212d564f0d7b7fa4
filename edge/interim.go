package edge

import (
	"strconv"

	"github.com/valyala/fasthttp"
)

// Interim responses (RFC 9110 §15.2) go to the viewer whose request the origin
// is answering, ahead of everything else: a 103 that waits for the final
// response is of no use. They are never kept.

// hints is the way from a flight to the viewer who waits for it.
type hints chan []byte

// wantsInterim reports whether interim responses can be passed on to the
// request's viewer. One of HTTP/1.0 does not know them; while a request's body
// is read, the connection has another user.
func (a *ask) wantsInterim() bool {
	return a.rule.ForwardInterim && !a.hasBody && a.ctx.Request.Header.IsHTTP11()
}

// tell passes on an interim response; when the viewer is slow it is dropped.
func (h hints) tell(header *fasthttp.ResponseHeader) {
	if h == nil {
		return
	}
	status := header.StatusCode()
	b := append([]byte("HTTP/1.1 "), strconv.Itoa(status)...)
	b = append(append(b, ' '), fasthttp.StatusMessage(status)...)
	b = append(b, crlf...)
	connection := connectionOf(header)
	for name, value := range header.All() {
		if !hopByHop(name) && !listed(connection, name) && !is(name, "Content-Length") {
			b = block(b).add(name, value)
		}
	}
	select {
	case h <- append(b, crlf...):
	default:
	}
}

// await waits for the flight's decision, and writes what comes before it.
func (h hints) await(f *flight, v *viewer) {
	for {
		select {
		case b := <-h:
			v.interim(b)
		case <-f.decided:
			for len(h) > 0 {
				v.interim(<-h)
			}
			return
		}
	}
}

// interim writes past fasthttp, whose buffer is empty while a request is handled.
// A viewer who is gone is noticed with the final response.
func (v *viewer) interim(b []byte) { _, _ = v.Write(b) }

// hints is where the interim responses of the request's flight go; nil: nowhere.
func (a *ask) hints() hints {
	if !a.wantsInterim() {
		return nil
	}
	return make(hints, mostInterim)
}
