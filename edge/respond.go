package edge

import (
	"bytes"
	"io"
	"time"

	"github.com/valyala/fasthttp"

	"edgesim/edge/rfc9111"
	"edgesim/results"
	"edgesim/results/accesslog"
)

// respond writes an object to the viewer: whole, or what the request's
// conditions and range make of it. lead is the place at a passed body that was
// taken for this viewer; nil otherwise. It reports false, having written
// nothing, when the body's beginning is not there any more.
func (e *Edge) respond(v *viewer, a *ask, o *object, m *manner, lead *stream) bool {
	if r := e.pageFor(a, o.status); r != nil {
		closeStream(lead)
		e.answerInstead(v, a, r, results.ErrorDetail)
		return true
	}
	if o.sliced {
		closeStream(lead)
		return e.respondSliced(v, a, o, m, nil)
	}
	part := a.partOf(o)
	if lead != nil && part.many != nil && o.body.passes() {
		part = part.undivided(o) // what has gone by is not kept
	}
	if !part.sends() || a.method == results.HEAD {
		closeStream(lead)
		e.write(v, a, o, m, &part, nil, nil)
		return true
	}
	if part.many != nil {
		return e.respondMany(v, a, o, m, &part, lead)
	}
	if lead == nil {
		var ok bool
		if lead, ok = newStream(o.body, part.from, part.to); !ok {
			return false
		}
	} else if part.cut {
		lead.narrow(part.from, part.to)
	}
	lead.v = v
	return e.send(v, a, o, m, &part, lead)
}

// respondMany answers with several ranges of one body, which somebody must hold
// until the last of them is out.
func (e *Edge) respondMany(v *viewer, a *ask, o *object, m *manner, part *part, lead *stream) bool {
	if lead == nil {
		var ok bool
		if lead, ok = newStream(o.body, part.from, part.to); !ok {
			return false
		}
	}
	e.write(v, a, o, m, part, nil, &relay{v: v, from: &wholeBody{lead}, todo: part.stretches(o)})
	return true
}

// send writes a response whose body is a stream. A viewer of HTTP/1.0 gets one
// of unknown length when it has been read to its end.
func (e *Edge) send(v *viewer, a *ask, o *object, m *manner, part *part, lead *stream) bool {
	if part.length(o) >= 0 || a.ctx.Request.Header.IsHTTP11() {
		e.write(v, a, o, m, part, nil, lead)
		return true
	}
	raw, err := gather(lead)
	if err != nil {
		e.refuse(v, a, fault{status: 502, detail: results.OriginReadError, why: "the response broke off, or is too long for HTTP/1.0 without a length"})
		return true
	}
	e.write(v, a, o, m, part, raw, nil)
	return true
}

// write writes a response's header, and its body from raw or as it comes from
// stream; neither: there is none.
func (e *Edge) write(v *viewer, a *ask, o *object, m *manner, part *part, raw []byte, stream io.ReadCloser) {
	res := &a.ctx.Response
	res.Header.DisableNormalizing()
	e.header(v, &res.Header, o, part, m)
	e.open(v, a, o, m, part)
	switch {
	case stream != nil:
		res.SetBodyStream(stream, int(part.length(o)))
	case part.sends() && a.method != results.HEAD:
		res.SetBodyRaw(raw)
		v.rec.BodyBytes = int64(len(raw))
	default:
		res.SkipBody = part.status != 416
		if a.method == results.HEAD {
			setLength(res, o.length)
		}
	}
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
	fields := o.block
	switch {
	case part.status == 304 && o.status != 304:
		fields = o.beside304(nil)
	case part.many != nil:
		fields = part.fields(nil, o)
	}
	if once := v.ask.once; len(once) > 0 {
		fields = append(fields[:len(fields):len(fields)], once...)
	}
	b := e.dressed(block(v.buf[:0]), fields, &v.ask, m.result == results.Miss)
	if part.cut {
		b = part.describe(b, o)
	}
	if m.result == results.Hit || o.meta.HasAge { // RFC 9111 §4, §5.1
		b = appendNumber(b, "Age", int64(o.ageAt(now)/time.Second))
	}
	result := m.result
	if max(o.status, part.status) >= 400 || v.ask.page != nil {
		result = results.Error // an origin's error, kept or not, a range that is not there, or what stands in for one
	}
	b = e.trace(v, append(b, e.via[o.oldVersion()]...), result)
	if e.conf.CacheStatus {
		b = v.ask.appendStatus(b, o, part, m)
	}
	if v.ask.timed(v.id) {
		b = e.appendTiming(b, v, &v.ask, m)
	}
	if e.conf.isTier() {
		b = e.appendTold(b, &v.ask, result, m, m.detail)
	}
	v.buf = b
	inject(h, v.buf)
}

// trace appends the fields that say where a response comes from.
func (e *Edge) trace(v *viewer, b block, r results.Result) block {
	b = append(b, e.tails[r]...)
	if e.conf.RequestIDs {
		b = append(b, "X-Amz-Cf-Id: "...)
		b = accesslog.AppendRequestID(b, v.id)
		b = append(b, crlf...)
	}
	return b
}

// partOf decides which part of o answers the request: conditions first, then
// the range (RFC 9110 §13.2.2, §14.2).
func (a *ask) partOf(o *object) part {
	p := part{status: o.status, span: span{to: -1}}
	if !a.conditional() {
		return p
	}
	if a.page != nil && o.status == 200 {
		p.status, p.page = a.page.status, true
		return p
	}
	if o.conditional() && a.unmodified(o) {
		p.status = 304
		return p
	}
	if o.status == 200 && len(a.rangeField) > 0 && a.method == results.GET && a.rangeHolds(o) {
		p.narrow(a, o)
	}
	return p
}

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
	return ok && o.strongDate() && date == o.lastModified
}
