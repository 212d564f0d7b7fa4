package edge

import (
	"strconv"
	"time"

	"github.com/valyala/fasthttp"

	"edgesim/edge/wire"
	"edgesim/results"
)

// turnAway answers a request that is not taken, notes it, and listens until the
// viewer has read the answer. CloudFront has one status for all that is too
// large, and logs none of it.
func (v *viewer) turnAway(head []byte, f *wire.Fault) {
	why, quiet := fault{status: f.Status, detail: results.InvalidRequest, why: f.Why}, false
	if f.Field {
		why.detail = results.InvalidRequestHeader
	}
	if v.e.conf.CloudFront && f.Limit {
		why.status, quiet = 413, true
	}
	v.id++
	now := v.e.now()
	body := why.text()
	b := append([]byte("HTTP/1.1 "), strconv.Itoa(why.status)...)
	b = append(append(b, ' '), fasthttp.StatusMessage(why.status)...)
	b = append(append(b, crlf...), why.fields(v.e.unix(now))...)
	b = v.e.trace(v, v.e.signed(b), asError.result)
	b = appendNumber(b, "Content-Length", int64(len(body)))
	b = append(b, "Connection: close\r\n\r\n"...)
	if string(v.head.Method.Of(head)) != "HEAD" {
		b = append(b, body...)
	}
	if !quiet {
		v.note(head, why, now)
	}
	v.in = int64(len(head))
	if _, err := v.Write(b); err == nil {
		v.linger()
	}
	if v.open {
		v.settle()
	}
}

// note opens the record of a request that was turned away, with what of it has
// been understood.
func (v *viewer) note(head []byte, why fault, now int64) {
	v.rec = results.Record{
		At: now, ID: v.id, Edge: v.e.number, ContentLength: -1, RangeStart: -1, RangeEnd: -1,
		Addr: v.addr.As16(), Port: v.port, Protocol: results.HTTP, Version: results.HTTP11,
		Status: uint16(why.status), Response: results.Error, Result: results.Error, Detail: why.detail,
		Vantage: results.AtEdge,
	}
	r, h := &v.rec, &v.head
	if h.Minor == '0' {
		r.Version = results.HTTP10
	}
	if v.secure != nil {
		r.Protocol, r.TLS, r.Cipher = results.HTTPS, v.secure.version, v.secure.cipher
	}
	r.Method, r.Host = results.MethodOf(h.Method.Of(head)), v.e.sym(h.Host.Of(head))
	if h.Target.To > 0 {
		_, path, query := splitTarget(h.Target.Of(head))
		r.URL, r.Query = v.e.sym(path), v.e.sym(query)
	}
	if v.e.conf.Locate != nil {
		r.Country = v.e.conf.Locate(v.addr)
	}
	v.open, v.first = true, 0
}

// How long a connection that is given up still listens: a viewer that is sending
// would find it reset, and the answer to what it sent lost with it.
const (
	lingerBytes = 1 << 20
	lingerTime  = 2 * time.Second
)

// linger says that no more will come, and takes what still does, within bounds.
func (v *viewer) linger() {
	if c, ok := v.Conn.(interface{ CloseWrite() error }); ok && c.CloseWrite() != nil {
		return
	}
	_ = v.Conn.SetReadDeadline(time.Now().Add(lingerTime))
	var b [4096]byte
	for left := lingerBytes; left > 0; {
		n, err := v.Conn.Read(b[:])
		if left -= n; err != nil {
			return
		}
	}
}

// Close ends the connection; fasthttp calls it after the last response.
func (v *viewer) Close() error {
	if v.lingers.Swap(false) {
		v.linger()
	}
	return v.Conn.Close()
}

// leaveUnread gives the connection up after the response when a part of the
// request's body was not read: it must not be taken for the next request.
func (v *viewer) leaveUnread(a *ask) {
	if !v.body.ended() {
		a.ctx.SetConnectionClose()
		v.lingers.Store(true)
	}
}
