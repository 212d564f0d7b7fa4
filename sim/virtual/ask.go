package virtual

import (
	"edgesim/edge/cache"
	"edgesim/results"
	"edgesim/workloads"
)

// ask is one request at one cache: a viewer's, or one of a flight of the cache
// before it.
type ask struct {
	place  int32 // among all that were made
	n      *node
	req    workloads.Request // of a viewer's also its number
	number uint64            // of a viewer's request, from 1
	at     int64             // virtual time when it came
	far    int64             // ns: round trip between viewer and edge
	by     *flight           // of the cache before; nil: a viewer asks
	desk   *desk
	route  *route

	known          // of what the viewer asked for
	hash    uint64 // of the key that it is asked for under, which an error page has another of,
	keyLen  int    // as a method may,
	pathLen int    // and its path
	method  results.Method
	upload  int64 // bytes of content that the viewer sends, and that nobody has read; 0: none
	part    workloads.Range
	has     edition // that the cache before has, or the viewer; none: it asks without condition
	ifRange bool    // the condition is one for the part

	judged     uint64 // id of a head that was looked into,
	lacking    bool   // and what was found: slices that this request needs are not there
	solo, rode bool
	turns      uint8
	forward    uint8    // length of the word why it goes to the origin; 0: it does not
	fwdStatus  uint16   // what the origin answered; 0: nothing
	page       *instead // nil: the request is for what it asked for
	other      []byte   // path of what is asked for in the object's place, an error page's; nil: nothing is
	reading    *reading // a response that is made of slices; nil: it is not, or has not begun
	asked      uint16   // how often its flight asked an origin,
	askedAt    uint16   // and which of the behavior's

	owes int // of its response and its flights, how many are not done
	owed figures
	rec  *results.Record // where its record is made; nil for one of a cache
	own  *results.Record // room for it, of one that is kept
	kept bool            // it is not the one that is used for request after request
}

// figures are what a flight made an origin do.
type figures struct {
	asked, origin, member uint16
	bytes, sent           int64
	ttfb, total           int64 // ns from the request to it
	detail                results.Detail
	broke                 bool
}

// add adds another flight's; the times are those of the first.
func (o *figures) add(x *figures) {
	if o.asked == 0 {
		o.origin, o.ttfb, o.total = x.origin, x.ttfb, x.total
	}
	o.asked += x.asked
	o.bytes += x.bytes
	o.sent += x.sent
	o.broke = o.broke || x.broke
	if x.detail != results.SameAsResult {
		o.detail = x.detail
	}
}

// targetOf is the path and the query of what is asked for; good until the next call.
func (w *world) targetOf(a *ask) (path, query []byte) {
	path, query = w.pathOf(a.req.Object)
	return a.desk.rooted(path), query
}

// keep is the ask as one that outlives the request being handled.
func (w *world) keep(a *ask) *ask {
	if a.kept {
		return a
	}
	k := w.newAsk()
	own, place := k.own, k.place
	*k = *a
	k.kept, k.own, k.rec, k.place = true, own, own, place
	return k
}

func (w *world) newAsk() *ask {
	a, isNew := w.asks.take()
	if isNew {
		a.place, a.own = w.asks.last(), new(results.Record)
	}
	return a
}

// done is called when the response or one of its flights is.
func (w *world) done(a *ask) {
	if a.owes--; a.owes > 0 {
		return
	}
	if a.by == nil {
		w.settle(a)
	} else if r := a.own; a.at >= w.warmup {
		r.OriginAsked, r.OriginBytes = a.owed.asked, a.owed.bytes
		a.n.tally.Add(r)
	}
	if a.kept {
		place, own := a.place, a.own
		*a = ask{}
		a.place, a.own = place, own
		w.asks.giveBack(place)
	}
}

// settle completes a viewer's record and hands it on.
func (w *world) settle(a *ask) {
	r, o := a.rec, &a.owed
	r.OriginAsked, r.Origin, r.OriginBytes, r.OriginSent = o.asked, o.origin, o.bytes, o.sent
	r.OriginTTFB, r.OriginTotal = o.ttfb, o.total
	if o.broke {
		r.Flags |= results.Truncated
		r.Result, r.Detail = results.Error, o.detail
	}
	w.hand(r, a.kept)
}

// The lengths of the words by which Cache-Status says why a request goes to the
// origin (RFC 9211 §2.2).
const (
	forBypass  = uint8(len("bypass"))
	forURI     = uint8(len("uri-miss"))
	forRequest = uint8(len("request"))
	forStale   = uint8(len("stale"))
	forPartial = uint8(len("partial"))
	forMethod  = uint8(len("method"))
)

// because finds the reason why what is stored, or its absence, sends the request
// to the origin. The first reason found stays.
func (a *ask) because(o *held, state cache.State) {
	switch {
	case a.forward != 0:
	case a.route.rule.TTL.Max == 0:
		a.forward = forBypass
	case o != nil && state == cache.Fresh:
		a.forward = forRequest
	case o != nil:
		a.forward = forStale
	default:
		a.forward = forURI
	}
}

// manner is how a response came about.
type manner struct {
	result results.Result
	layer  results.Layer
	flags  results.Flags
	asked  bool // the request went forward to the origin, or would have
	note   int  // length of what Cache-Status says beside
	detail results.Detail
}

var (
	asHit       = manner{results.Hit, results.LayerEdge, 0, false, 0, 0}
	asStale     = manner{results.Hit, results.LayerEdge, results.StaleHit, false, len("; detail=stale-while-revalidate"), 0}
	asStaleErr  = manner{results.Hit, results.LayerEdge, results.StaleHit, false, len("; detail=stale-if-error"), 0}
	asStoodIn   = manner{results.Hit, results.LayerEdge, results.StaleHit, true, len("; detail=stale-if-error"), 0}
	asMiss      = manner{results.Miss, results.LayerOrigin, 0, true, len("; stored"), 0}
	asRefresh   = manner{results.RefreshHit, results.LayerEdge, 0, true, 0, 0}
	asCollapsed = manner{results.Hit, results.LayerOrigin, results.Collapsed, true, len("; collapsed"), 0}
	asRenewed   = manner{results.Hit, results.LayerEdge, results.Collapsed, true, len("; collapsed"), 0}
	asStoodBy   = manner{results.Hit, results.LayerEdge, results.StaleHit | results.Collapsed, true, len("; collapsed; detail=stale-if-error"), 0}
	asPassed    = manner{results.Miss, results.LayerOrigin, 0, true, 0, 0}
	asCrowded   = manner{results.CapacityExceeded, results.NoLayer, 0, true, 0, 0}
	asError     = manner{results.Error, results.NoLayer, 0, true, 0, 0}
	asRedirect  = manner{results.Redirect, results.NoLayer, 0, true, 0, 0}
)

// manner is how the response came about, told a viewer: what a tier had counts
// as a hit, and one that the shield had is told apart.
func (t *told) manner(m manner) manner {
	if !t.some {
		return m
	}
	m.detail = t.detail
	if t.result == results.Error {
		m.layer = t.layer
	}
	if t.result == results.Hit || t.result == results.RefreshHit {
		m.result, m.layer = t.result, t.layer
		if t.layer == results.LayerShield && t.result == results.Hit {
			m.detail = results.OriginShieldHit
		}
	}
	return m
}
