package edge

import (
	"time"

	"github.com/valyala/fasthttp"

	"edgesim/edge/behavior"
	"edgesim/edge/rfc9111"
	"edgesim/results"
)

// newObject makes an object of a reply: its fields copied into one text, its
// freshness judged.
func (e *Edge) newObject(f *flight, r *reply, asked, now int64) *object {
	o := &object{key: f.key, status: r.header.StatusCode(), stored: now, body: newBody(e.arena), length: r.framing.length,
		http10: !r.header.IsHTTP11()}
	return e.made(o, f, r, asked, now)
}

// headObject makes the head of slices of a 206: what a 200 would have said of
// the whole (RFC 9111 §3.3).
func (e *Edge) headObject(f *flight, r *reply, c contentRange, asked, now int64) *object {
	o := &object{key: f.key, status: 200, stored: now, body: bodyOf(nil), length: c.total, sliced: true,
		http10: !r.header.IsHTTP11()}
	return e.made(o, f, r, asked, now)
}

func (e *Edge) made(o *object, f *flight, r *reply, asked, now int64) *object {
	o.meta.Status, o.meta.Received = o.status, e.unix(now)
	o.take(r.header, nil, f.rule)
	o.url, o.query, o.contentType = f.url, f.query, e.sym(r.header.ContentType())
	o.meta.AtTarget = f.target.is(o.block.get("Content-Location"))
	o.judge(f, e.unix(now), e.unix(asked), now)
	if len(o.vary) > 0 && o.verdict.Store && !f.route.rules.IgnoreVary {
		f.selectVariant(o)
	}
	f.squeeze(o)
	o.fit()
	return o
}

// fit lets the fields take no more memory than they are long: what an object
// costs then follows from what it says.
func (o *object) fit() {
	if len(o.block) < cap(o.block) {
		o.block = append(make(block, 0, len(o.block)), o.block...)
		o.etag = o.block.get("ETag")
	}
}

// mostFields is how long a renewed object's fields may be, in bytes.
const mostFields = 2 * maxOriginHeader

func (o *object) judge(f *flight, now, asked, clock int64) {
	o.verdict = rfc9111.Judge(&f.req, &o.meta, f.route.rulesFor(o.status), now, asked)
	if f.key == "" {
		o.verdict.Store, o.verdict.Why = false, "method"
	}
	f.sinceTier(o)
	o.age = o.verdict.InitialAge
	o.expires = clock + int64(o.verdict.Remaining())
	if o.verdict.Store && o.meta.CC.Held != "" {
		f.once = o.withhold()
	}
	o.ttl = results.TTLDynamic
	if o.verdict.Lifetime >= time.Hour {
		o.ttl = results.TTLStatic
	}
}

// take copies the fields of a header into a block, Date first, and those of old
// that it does not bring.
func (o *object) take(h *fasthttp.ResponseHeader, old *object, rule *behavior.Rule) {
	size := 64
	for name, value := range h.All() {
		size += len(name) + len(value) + 4
	}
	if old != nil {
		size += len(old.block)
	}
	o.block = o.dated(make(block, 0, size), h, old)
	connection := connectionOf(h)
	for name, value := range h.All() {
		if !hopByHop(name) && !listed(connection, name) && !ours(name) && !(old != nil && is(name, "Content-Encoding")) &&
			!(is(name, "Set-Cookie") && rule.HidesCookies()) && !(o.status == 200 && is(name, "Content-Range")) {
			o.add(name, value, rule)
		}
	}
	if old != nil {
		o.addMissing(old.block, rule)
	}
	o.etag = o.block.get("ETag")
	o.lastModified = o.meta.LastModified
}

// withhold takes the fields out that no-cache or private name (RFC 9111
// §5.2.2.4, §5.2.2.7), and returns them. Date stays: every response has one.
func (o *object) withhold() (taken block) {
	kept := make(block, 0, len(o.block))
	for name, value := range o.block.all() {
		if o.meta.CC.Holds(name) && !is(name, "Date") {
			taken = taken.add(name, value)
		} else {
			kept = kept.add(name, value)
		}
	}
	o.block, o.etag = kept, kept.get("ETag")
	return taken
}

// connectionOf is what the Connection fields list.
func connectionOf(h *fasthttp.ResponseHeader) (list []byte) {
	for name, value := range h.All() {
		if is(name, "Connection") {
			list = append(append(list, ','), value...)
		}
	}
	return list
}

// dated begins a block with the Date that came; else, for a 304, the stored
// one's; else the time of receipt (RFC 9110 §6.6.1).
func (o *object) dated(b block, h *fasthttp.ResponseHeader, old *object) block {
	for name, value := range h.All() {
		if is(name, "Date") {
			o.meta.Field(name, value)
			if o.meta.HasDate {
				return b.add(nameDate, value)
			}
		}
	}
	if old != nil {
		o.meta.Field(nameDate, old.block.get("Date"))
		return b.add(nameDate, old.block.get("Date"))
	}
	return b.add(nameDate, appendDate(nil, o.meta.Received/int64(time.Second)))
}

// ours are the fields of a response that the edge writes itself for every
// viewer.
func ours(name []byte) bool {
	return is(name, "Content-Length") || is(name, "X-Cache") || is(name, "X-Amz-Cf-Pop") ||
		is(name, "X-Amz-Cf-Id") || is(name, tierField)
}

// add copies one field and notes what it says. Age is noted, not kept: it is
// written anew each time.
func (o *object) add(name, value []byte, rule *behavior.Rule) {
	if is(name, "Date") {
		return // dated has it
	}
	o.meta.Field(name, value)
	if is(name, "Age") {
		return
	}
	if is(name, "Vary") {
		o.vary = varyNames(o.vary, value)
		if value = rule.ShownVary(value); len(value) == 0 {
			return
		}
	}
	o.block = o.block.add(name, value)
}

// addMissing adds the stored fields that a 304 did not bring.
func (o *object) addMissing(stored block, rule *behavior.Rule) {
	fresh := o.block[:len(o.block):len(o.block)]
	for name, value := range stored.all() {
		if fresh.get(text(name)) == nil {
			o.add(name, value, rule)
		}
	}
}
