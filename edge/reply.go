package edge

import (
	"slices"
	"time"

	"github.com/valyala/fasthttp"

	"edgesim/edge/rfc9111"
	"edgesim/results"
)

// newObject makes an object of a reply: its fields copied into one text, its
// freshness judged.
func (e *Edge) newObject(f *flight, r *reply, asked, now int64) *object {
	o := &object{key: f.key, status: r.header.StatusCode(), stored: now, body: newBody(), length: r.framing.length}
	o.meta.Status, o.meta.Received = o.status, e.unix(now)
	o.take(r.header, nil, f.rule.HidesCookies())
	o.url, o.query, o.contentType = f.url, f.query, e.names.Strings.Bytes(r.header.ContentType())
	if !o.meta.HasDate {
		o.addDate(e.unix(now) / int64(time.Second))
	}
	o.judge(f, e.unix(now), e.unix(asked), now)
	if len(o.vary) > 0 && o.verdict.Store && !f.route.rules.IgnoreVary {
		f.selectVariant(o)
	}
	return o
}

// renewedObject is the old object with the fields of a 304 in the place of its
// own, Content-Length and its kin excepted (RFC 9111 §3.2).
func (e *Edge) renewedObject(f *flight, r *reply, asked, now int64) *object {
	old := f.old
	o := &object{key: old.key, status: old.status, stored: now, body: old.body, length: old.length,
		url: old.url, query: old.query, contentType: old.contentType}
	o.meta.Status, o.meta.Received = old.status, e.unix(now)
	o.take(r.header, old, f.rule.HidesCookies())
	if !o.meta.HasDate {
		o.addDate(e.unix(now) / int64(time.Second))
	}
	o.judge(f, e.unix(now), e.unix(asked), now)
	o.vary = old.vary
	return o
}

func (o *object) judge(f *flight, now, asked, clock int64) {
	o.verdict = rfc9111.Judge(&f.req, &o.meta, &f.route.rules, now, asked)
	o.age = o.verdict.InitialAge
	o.expires = clock + int64(o.verdict.Remaining())
	o.ttl = results.TTLDynamic
	if o.verdict.Lifetime >= time.Hour {
		o.ttl = results.TTLStatic
	}
}

// take copies the fields of a header, and those of old that it does not bring.
func (o *object) take(h *fasthttp.ResponseHeader, old *object, noCookies bool) {
	size, n := 0, 0
	for name, value := range h.All() {
		size, n = size+len(name)+len(value), n+1
	}
	if old != nil {
		size, n = size+len(old.text), n+len(old.fields)
	}
	o.text, o.fields = make([]byte, 0, size+64), make([]field, 0, n+1)
	connection := h.Peek("Connection")
	for name, value := range h.All() {
		if !hopByHop(name) && !listed(connection, name) && !ours(name) && !(old != nil && is(name, "Content-Encoding")) &&
			!(noCookies && is(name, "Set-Cookie")) {
			o.add(name, value)
		}
	}
	if old == nil {
		return
	}
	if o.date == nil && old.date != nil {
		o.add(nameDate, old.date)
	}
	fresh := len(o.fields)
	for _, x := range old.fields {
		if !slices.ContainsFunc(o.fields[:fresh], func(y field) bool { return is(x.name, text(y.name)) }) {
			o.add(x.name, x.value)
		}
	}
}

// ours are the fields of a response that the edge writes itself for every
// viewer.
func ours(name []byte) bool {
	return is(name, "Content-Length") || is(name, "X-Cache") || is(name, "X-Amz-Cf-Pop") ||
		is(name, "X-Amz-Cf-Id")
}

// add copies one field and notes what it says. Age is noted, not kept: it is
// written anew each time. Date is kept apart.
func (o *object) add(name, value []byte) {
	o.meta.Field(name, value)
	switch {
	case is(name, "Age"):
		return
	case is(name, "Date"):
		if o.meta.HasDate && o.date == nil {
			o.date = o.put(value)
		}
		return
	}
	kept := field{o.put(name), o.put(value)}
	o.fields = append(o.fields, kept)
	switch {
	case is(name, "ETag") && o.etag == nil:
		o.etag = kept.value
	case is(name, "Last-Modified"):
		o.lastModified = o.meta.LastModified
	case is(name, "Vary"):
		o.vary = varyNames(o.vary, value)
	}
}

func (o *object) put(b []byte) []byte {
	from := len(o.text)
	o.text = append(o.text, b...)
	return o.text[from:len(o.text):len(o.text)]
}

// addDate gives a response the Date it came without (RFC 9110 §6.6.1).
func (o *object) addDate(unix int64) {
	from := len(o.text)
	o.text = appendDate(o.text, unix)
	o.date = o.text[from:len(o.text):len(o.text)]
}
