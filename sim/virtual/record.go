package virtual

import (
	"net/http"
	"strconv"
	"time"

	"edgesim/edge/behavior"
	"edgesim/results"
)

// lens are the lengths of what this edge writes into every header.
type lens struct {
	via         int
	server      int
	tail        [results.Results]int // by result type: X-Cache, X-Amz-Cf-Pop, X-Amz-Cf-Id
	cacheStatus bool
	notAllowed  fault
}

// newLens are those of an edge location of that code.
func newLens(code string, cloudfront bool) lens {
	product, via := "edgesim", len("edgesim")
	l := lens{cacheStatus: !cloudfront, notAllowed: notAllowed}
	ids := 0
	if cloudfront {
		product, via = "cloudfront", len("0123456789abcdef0123456789abcdef.cloudfront.net (CloudFront)")
		l.server = field{"Server", len("CloudFront")}.line()
		ids = field{"X-Amz-Cf-Id", 56}.line()
		l.notAllowed.status = http.StatusForbidden
	}
	l.via = field{"Via", len("1.1 ") + via}.line()
	for r := range results.Results {
		l.tail[r] = field{"X-Cache", len(r.String()) + len(" from ") + len(product)}.line() + field{"X-Amz-Cf-Pop", len(code)}.line() + ids
	}
	return l
}

// describe begins the record of a response to a viewer.
func (n *node) describe(a *ask, o *held, m *manner, p *part) {
	n.open(a, p.status, m)
	r := a.rec
	if o.status != http.StatusNotModified { // whose type the origin did not send again
		r.ContentType = n.w.heads[o.head].kind
	}
	r.TTL = o.ttlClass()
	if a.method.Proxied() {
		r.TTL = results.TTLProxy
	}
	if max(int(o.status), p.status) >= 400 {
		r.Response, r.Result, r.Detail = results.Error, results.Error, results.ErrorDetail
		if m.detail != results.SameAsResult {
			r.Detail = m.detail
		}
	}
	if p.sends && (o.length >= 0) {
		r.ContentLength = p.to - p.from
	}
	if p.cut && p.status == 206 {
		r.RangeStart, r.RangeEnd = p.from, p.to-1
	}
	if a.page != nil {
		a.page.tell(r)
	}
}

// open writes what a record says of a request, whatever became of it.
func (n *node) open(a *ask, status int, m *manner) {
	r := a.rec
	(&view{n, &a.req, &a.known, a.desk, a.route, a.number, a.far}).open(r, status, m)
	r.Object, r.Method, r.BytesIn = a.hash, a.method, a.bytes-a.upload
	if a.method.Proxied() {
		r.TTL = results.TTLProxy
	}
	if a.hash == 0 {
		r.Object = n.w.nameOf(a)
	}
}

// open begins the record of what a viewer sees of an edge, as of a GET for what
// has the key that the clerk has found.
func (v *view) open(r *results.Record, status int, m *manner) {
	f, k := v.face, v.known
	*r = results.Record{} // cleared where it lies, then filled: it is not made twice
	r.At, r.ID, r.Object = int64(v.req.At), v.number, k.hash
	r.ContentLength, r.RangeStart, r.RangeEnd = -1, -1, -1
	r.Addr, r.Host, r.URL, r.Query, r.Referrer = f.addr, v.desk.sym, k.url, k.query, k.led
	r.Agent, r.Forwarded, r.Country = f.agent, f.forwarded, f.country
	r.Distribution, r.Edge, r.Status, r.Method = results.NoDistribution, v.n.place, uint16(status), results.GET
	r.Protocol, r.Version, r.Vantage = results.HTTP, results.HTTP11, results.AtSimulator
	r.Response, r.Result, r.Detail, r.Layer, r.Flags = m.result, m.result, m.detail, m.layer, m.flags
	r.Class, r.BytesIn = k.class, k.bytes
	if v.route != nil {
		r.Distribution, r.Behavior = v.route.number, v.route.name
	}
	if r.At < v.n.w.warmup {
		r.Flags |= results.Warm
	}
}

// distance adds to the record's times the way between viewer and edge, and that a
// slow viewer takes longer for the body than it takes to come.
func (n *node) distance(a *ask) { a.face.distance(a.rec, a.far) }

// distance is the same for a viewer whose round trip to the edge takes so long, in ns.
func (f *face) distance(r *results.Record, far int64) {
	if rate := f.bandwidth; rate > 0 {
		r.Total = max(r.Total, r.TTFB+int64(float64(r.BodyBytes)/float64(rate)*1e9))
	}
	r.TTFB += far
	r.Total += far
	if r.TTFB > patience {
		r.Flags |= results.Aborted | results.NoResponse
		r.Result, r.Detail, r.Status = results.Error, results.ClientHungUpRequest, 0
		r.TTFB, r.Total, r.BytesOut, r.BodyBytes = 0, patience, 0, 0
	}
}

// patience is how long a viewer waits for the first byte, in ns: as long as the
// player does.
const patience = int64(30 * time.Second)

// ownFields are the fields of the edge's own word for a fault.
func (w *fault) ownFields() []field {
	fields := []field{{"Date", dateLen}, {"Content-Type", len("text/plain; charset=utf-8")}, {"Cache-Control", len("no-store")}}
	return fields
}

// length is that of the text of the edge's own word for a fault.
func (w *fault) length() int64 {
	return int64(len(strconv.Itoa(w.status)) + len(" \n") + len(w.why))
}

// refuse answers with an error of the edge's own.
func (n *node) refuse(a *ask, why *fault, flags results.Flags) {
	if r := n.pageFor(a, why.status); r != nil && !why.crowded {
		n.answerInstead(a, r, why.detail)
		return
	}
	m := asError
	if why.crowded {
		m = asCrowded
	}
	m.detail, m.flags = why.detail, flags
	fields := why.ownFields()
	if why.status == http.StatusServiceUnavailable {
		fields = append(fields, field{"Retry-After", 1})
	}
	body := why.length()
	head := statusLine(why.status) + sumOf(fields) + a.route.ownDressing(fields) + n.lens.server + n.lens.via + n.lens.tail[m.result] +
		lengthLine(body) + a.closing() + endOfHead
	if a.by != nil {
		n.passFault(a, why, &m, head, sumOf(fields))
		return
	}
	if a.heads() {
		body = 0
	}
	n.answerOwn(a, why.status, &m, head, body, 0, -1)
}

// answerOwn ends the record of a response of the edge's own: what of its body is
// sent, what of that the record counts, and its length as the record has it.
func (n *node) answerOwn(a *ask, status int, m *manner, head int, sent, body, length int64) {
	n.open(a, status, m)
	r := a.rec
	r.BytesOut = int64(head) + sent
	r.BodyBytes, r.ContentLength = body, length
	r.TTFB = n.w.now - a.at
	r.Total = r.TTFB
	if a.page != nil {
		a.page.tell(r)
	}
	n.distance(a)
	n.w.done(a)
}

// passFault answers a flight of the cache before with an error of this edge's.
func (n *node) passFault(a *ask, why *fault, m *manner, head, fields int) {
	w := n.w
	t := told{true, m.result, m.layer, why.detail, a.asked, a.askedAt}
	p := a.by.reply
	*p = reply{status: why.status, edition: none, head: w.heads[w.faultHead(a.route)], date: w.second(w.now), length: why.length(),
		from: -1, to: -1, total: -1, told: t, header: head + n.toldLine(&t), flow: there(w.now, why.length())}
	p.extra = fields - p.head.block + n.lens.server + n.lens.via
	if a.heads() {
		p.flow = p.flow.part(0, 0)
	}
	n.note(a, m, m.result, int64(p.header), &p.flow)
	n.tell(a, n.w.now)
}

// toldLine is the length of the field in which a tier says how it came by its
// response (docs/adr/0012).
func (n *node) toldLine(t *told) int {
	b := len("Edgesim-Tier: \r\n") + len(t.result.String()) + len("; layer=") + len(t.layer.String()) + len("; asked=") + digits(int64(t.asked))
	if t.asked > 0 {
		b += len("; origin=") + digits(int64(t.member))
	}
	if t.detail != results.SameAsResult {
		b += len("; detail=") + len(t.detail.String())
	}
	return b
}

// redirect sends the viewer to the same URL with https.
func (n *node) redirect(a *ask) {
	status := http.StatusMovedPermanently
	if !a.cacheable() {
		status = http.StatusTemporaryRedirect
	}
	title := strconv.Itoa(status) + " " + http.StatusText(status)
	body := int64(len("<!DOCTYPE html>\n<title>" + title + "</title>\n<h1>" + title + "</h1>\n<p>This is served over HTTPS.</p>\n"))
	location := len("https://") + len(behavior.WithoutPort(a.desk.host)) + int(a.target) + n.w.portLen
	fields := []field{{"Date", dateLen}, {"Content-Type", len("text/html")}, {"Location", location}}
	head := statusLine(status) + sumOf(fields) + a.route.ownDressing(fields) + n.lens.server + n.lens.via +
		n.lens.tail[results.Redirect] + lengthLine(body) + a.closing() + endOfHead
	sent := body
	if a.heads() {
		sent = 0
	}
	m := asRedirect
	n.answerOwn(a, status, &m, head, sent, sent, body)
}
