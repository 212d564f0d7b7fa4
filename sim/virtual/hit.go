package virtual

import (
	"net/http"

	"edgesim/edge/cache"
	"edgesim/results"
	"edgesim/workloads"
)

// Most requests ask plainly for what is held and fresh. Nobody waits for anything
// then, and the record follows from what the clerk knows and what is held; so none
// of what an ask is for is made (docs/adr/0058).

// view is a viewer's request as it comes to its edge.
type view struct {
	n   *node
	req *workloads.Request
	*known
	desk   *desk
	route  *route // nil: nobody has the host
	number uint64 // from 1
	far    int64  // ns: round trip between viewer and edge
}

// plain reports whether nothing stands between the request and the cache, and a
// stored response would be answered as it is.
func (v *view) plain() bool {
	return v.route != nil && v.route.open && v.known.hash != 0 && v.req.Method == workloads.GET &&
		!v.req.Conditional && v.req.Range.Length == 0 && v.req.Abort == 0
}

// opens reports whether every viewer may have by the route what its cache holds.
func (r *route) opens() bool {
	return !r.dist.Geo.Restricts() && !r.rule.ViewerProtocol.WantsHTTPS() &&
		r.rule.AllowedMethods.Has(results.GET) && r.rule.CachedMethods.Has(results.GET)
}

// whole reports whether what is held is a response of the origin's, all of it, that
// is answered as it is.
func (o *held) whole() bool {
	return o.status == http.StatusOK && o.length >= 0 && o.bits&(sliced|onError) == 0
}

// servePlain is serve for a plain request.
func (n *node) servePlain(v *view) {
	p := n.part(v.known.hash)
	o, state := p.lookup(v.known.hash, n.w.now)
	if state == cache.Fresh && o.whole() {
		n.respondPlain(v, o)
		return
	}
	n.serveFound(v.ask(), p, o, state)
}

// respondPlain is respond for a plain request that hits.
func (n *node) respondPlain(v *view, o *held) {
	w := n.w
	r := w.slot()
	v.open(r, http.StatusOK, &asHit)
	r.ContentType, r.TTL = w.heads[o.head].kind, o.ttlClass()
	r.ContentLength, r.BodyBytes = o.length, o.length
	r.BytesOut = int64(n.plainBytes(o)) + o.length
	v.face.distance(r, v.far)
	w.hand(r, false)
}

// plainBytes is headBytes of a plain request that hits.
func (n *node) plainBytes(o *held) int {
	w, l := n.w, &n.lens
	b := len("HTTP/1.1 200 OK\r\n") + w.fieldBytes(o) + w.heads[o.head].dress.all + w.ageLine(o) + l.via + l.tail[results.Hit] + lengthLine(o.length) + endOfHead
	if l.cacheStatus {
		b += n.statusLine(nil, o, &asHit, nil)
	}
	return b
}

// ask makes the ask of a request that is not answered at once. It is good until the
// next, unless it is kept.
func (v *view) ask() *ask {
	w := v.n.w
	a := &w.one
	*a = ask{} // cleared where it lies, then filled: it is not made twice
	a.n, a.req, a.number, a.at, a.desk, a.route, a.far = v.n, *v.req, v.number, w.now, v.desk, v.route, v.far
	a.known, a.hash, a.keyLen, a.pathLen = *v.known, v.known.hash, int(v.known.keyLen), v.known.pathLen()
	a.method, a.upload, a.part, a.has, a.owes, a.rec = methodOf(v.req), content(v.req), v.req.Range, none, 1, w.slot()
	return a
}
