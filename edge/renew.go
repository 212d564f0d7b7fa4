package edge

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/valyala/fasthttp"

	"edgesim/edge/rfc9111"
)

// identified finds the stored response that a 304 is about (RFC 9111 §4.3.4):
// the one with its entity tag; where it has none, the only one we asked about.
// It reports false when that cannot be known, or the tag is of none of ours: then
// the 304 must not be used.
func (f *flight) identified(r *reply) bool {
	if f.conditional {
		return true // it answers the viewer's own condition
	}
	etag := fieldOf(r.header, "ETag")
	if f.old != nil {
		return len(etag) == 0 || bytes.Equal(opaque(etag), opaque(f.old.etag))
	}
	for _, o := range f.siblings {
		if bytes.Equal(etag, o.etag) || len(etag) == 0 && len(f.siblings) == 1 {
			f.old = o
			return true
		}
	}
	return false
}

// fieldOf is the value of the first field of that name, whose case does not
// count: Peek finds names as they were sent.
func fieldOf(h *fasthttp.ResponseHeader, name string) []byte {
	for n, value := range h.All() {
		if is(n, name) {
			return value
		}
	}
	return nil
}

// drop lets go of the siblings that the origin did not name.
func (f *flight) drop() {
	for _, o := range f.siblings {
		if o != f.old {
			o.body.let()
		}
	}
	f.siblings = nil
}

// askWhole asks again, without conditions.
func (f *flight) askWhole(r *reply) (*reply, error) {
	drain(r)
	f.own.bytes += r.bytes()
	f.up.done(r)
	if f.old != nil {
		f.old.body.let()
		f.old = nil
	}
	f.out.unconditional()
	for i := range f.others {
		f.others[i].out.unconditional()
	}
	return f.ask()
}

// renew replaces the old object by one with the fields of a 304 (RFC 9111
// §4.3.4). Where the old one is another variant, the origin has said that it
// answers this request too, so that it is kept for both.
func (f *flight) renew(r *reply, asked, now int64) {
	o := f.e.renewedObject(f, f.old, r, asked, now)
	f.replace(o)
	if !o.verdict.Collapsible {
		f.remember(now)
	}
	f.leave()
	f.decide(renewed, o, fault{})
}

func (f *flight) replace(o *object) {
	if o.verdict.Store {
		f.p.renew(f.hash, f.old, o, f)
		if f.old.key != f.key {
			twin := *o
			twin.key = f.old.key
			f.p.renew(hashKey(bytesOf(twin.key)), f.old, &twin, f)
		}
		return
	}
	f.p.mu.Lock()
	f.p.remove(f.hash, f.key)
	f.p.mu.Unlock()
}

// updateByHead renews what is stored for GET by the response to a HEAD, or drops
// it when that shows it to be another (RFC 9111 §4.3.5).
func (f *flight) updateByHead(r *reply, asked, now int64) {
	if !f.old.isWhat(r) {
		f.p.mu.Lock()
		f.p.remove(f.hash, f.key)
		f.p.mu.Unlock()
		return
	}
	f.replace(f.e.renewedObject(f, f.old, r, asked, now))
	f.once = nil
}

// isWhat reports whether validators and length of a response, as far as it has
// them, are the object's.
func (o *object) isWhat(r *reply) bool {
	etag, changed, length := fieldOf(r.header, "ETag"), fieldOf(r.header, "Last-Modified"), fieldOf(r.header, "Content-Length")
	if o.squeezed() { // its tag and length are of other bytes than the origin's
		etag, length = weakened(etag), nil
	}
	if len(etag) > 0 && !bytes.Equal(etag, o.etag) {
		return false
	}
	if at, ok := rfc9111.ParseDate(changed); ok && at != o.lastModified {
		return false
	}
	n, err := strconv.ParseInt(text(length), 10, 64)
	return len(length) == 0 || err == nil && n == o.size()
}

// renewedObject is the old object with the fields of a 304 in the place of its
// own, Content-Length and its kin excepted (RFC 9111 §3.2). A change of Vary
// makes it unfit to be kept: the request it was kept for is not known any more.
func (e *Edge) renewedObject(f *flight, old *object, r *reply, asked, now int64) *object {
	o := &object{key: f.key, status: old.status, stored: now, body: old.body, length: old.length,
		url: old.url, query: old.query, contentType: old.contentType, http10: !r.header.IsHTTP11(),
		sliced: old.sliced, sliceSize: old.sliceSize, mark: old.mark}
	o.meta.Status, o.meta.Received = old.status, e.unix(now)
	o.take(r.header, old, f.rule)
	o.dressLike(old)
	o.judge(f, e.unix(now), e.unix(asked), now)
	if len(o.block) > mostFields || !f.rule.IgnoreVary && !slices.Equal(o.vary, old.vary) {
		o.verdict.Store = false // or renewals that bring new names each time would grow it for ever
	}
	o.vary, o.generation, o.base = old.vary, old.generation, old.base
	o.fit()
	return o
}
