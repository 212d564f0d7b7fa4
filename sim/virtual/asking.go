package virtual

import (
	"github.com/zeebo/xxh3"

	"edgesim/sim/origin"
	"edgesim/workloads"
)

// How a flight's requests get to origins and tiers, and what comes back.

// pool is the connections that the flight's cache has to whom it asks.
func (f *flight) pool() *pool {
	if f.tier {
		return &f.n.tierAt
	}
	return &f.n.pools[f.ups[0].index]
}

// connect takes a connection and sends the request, or waits for one.
func (f *flight) connect() {
	up, c := f.ups[0], f.pool()
	switch {
	case c.take(f.n.w.now, int64(up.keepAlive)):
		f.send(true)
	case up.maxConns == 0 || c.open < up.maxConns:
		c.open++
		f.send(false)
	default:
		c.waiting = append(c.waiting, f)
		f.limit = f.n.w.now + int64(up.maxWait)
		f.named++
		f.n.w.events.plan(f.limit, crowded, f.number)
	}
}

// crowded is the end of a wait for a connection.
func (f *flight) crowded() {
	c := f.pool()
	for i, waits := range c.waiting {
		if waits == f && f.limit == f.n.w.now {
			c.waiting = append(c.waiting[:i], c.waiting[i+1:]...)
			f.answered(&reply{failed: &noConnection})
			return
		}
	}
}

// giveConnection ends the use of the flight's connection: whoever has waited
// longest gets it, or the right to open another.
func (f *flight) giveConnection(good bool) {
	if !f.holds {
		return
	}
	f.holds = false
	c := f.pool()
	switch {
	case len(c.waiting) > 0:
		next := c.waiting[0]
		c.waiting = append(c.waiting[:0], c.waiting[1:]...)
		next.send(good)
	case good:
		c.put(f.n.w.now, f.mostIdle())
	default:
		c.open--
	}
}

func (f *flight) mostIdle() int {
	if f.tier {
		return mostIdle
	}
	return f.ups[0].maxIdle
}

// mostIdle is how many idle connections to a tier are kept (edge.Origin.MaxIdle).
const mostIdle = 256

// send sends the request to the origin, on a connection that is there already or
// on a new one, which takes a round trip.
func (f *flight) send(reused bool) {
	w, up, a := f.n.w, f.ups[0], f.lead
	f.holds = true
	x := w.newExchange()
	x.f, x.up, x.route, x.reused = f, up, a.route, reused
	x.way = f.n.ways[up.index]
	x.sent = w.now
	if !reused {
		x.sent += 2 * x.way
	}
	x.sent += f.takeContent()
	x.limit = x.sent + int64(up.readTimeout)
	if up.completion > 0 {
		x.limit = min(x.limit, x.sent+int64(up.completion))
	}
	x.method, x.pathLen, x.has = a.method, a.pathLen, none
	f.demand(&x.part, &x.has, &x.ifRange)
	x.find(w, a)
	if at := x.sent + x.way; at > w.now {
		w.name(x, at, arrives)
		return
	}
	up.arrive(x)
	w.freeExchange(x)
}

// demand says which part is asked for, and on what conditions.
func (f *flight) demand(part *workloads.Range, has *edition, ifRange *bool) {
	if f.renews {
		*has = f.old.edition()
	}
	switch {
	case f.want != nil && f.want.from >= 0:
		*part = workloads.Range{First: f.want.from, Length: f.want.to - f.want.from}
	case f.want != nil:
		*part = workloads.Range{First: -1, Length: f.want.to}
	case f.forOne:
		*part = f.lead.part
		if f.conditional() {
			*has = f.lead.has
		}
	}
	if f.want != nil && f.want.known && f.n.w.strong(&f.want.head) {
		*has, *ifRange = f.want.head.edition(), true
	}
}

// conditional reports whether the leader's own condition goes to the origin: a
// viewer's, or that of a cache which renews what it has.
func (f *flight) conditional() bool { return f.forOne && f.lead.has != none && !f.lead.ifRange }

// objectAt is what the origin has under the request's path, and which object of the
// catalog that is.
func (w *world) objectAt(up *server, a *ask) (id uint64, o origin.Object, found bool) {
	var path, query []byte
	switch {
	case a.other != nil:
		path = a.other
	case up.own[a.desk.sectionOf(a.req.Object)] && !a.card.rooted():
		o, _ = up.contents.Object(a.req.Object)
		return w.catalog.SameAs(a.req.Object), o, true
	default:
		path, query = w.targetOf(a)
	}
	host := up.host
	if a.route.rule.ForwardHost {
		host = a.desk.host
	}
	w.key = a.route.rule.AppendQuery(append(w.key[:0], path...), query)
	if id, o, found = up.contents.FindNumber(host, w.key); !found {
		o.Key = xxh3.Hash(path) // its fate is drawn by path
	}
	return id, o, found
}

// find finds the exchange's object.
func (x *exchange) find(w *world, a *ask) {
	section := a.desk.sectionOf(a.req.Object)
	if x.own = x.up.own[section] && a.other == nil && !a.card.rooted(); !x.own {
		x.id, x.object, x.found = w.objectAt(x.up, a)
		return
	}
	x.id, x.found = w.catalog.SameAs(a.req.Object), true
	x.object, x.kind = x.up.contents.Object(a.req.Object)
	x.kind += w.kinds[section]
}

// name plans an event of an exchange.
func (w *world) name(x *exchange, at int64, what what) {
	x.named++
	w.events.plan(at, what, x.number)
}

// watch plans the end of an exchange's time, where its answer may come late.
func (w *world) watch(x *exchange) {
	if !x.watched && x.f != nil {
		x.watched = true
		w.name(x, x.limit, overdue)
	}
}

// back sends the reply, whose header leaves the origin at a moment, to the cache.
func (w *world) back(x *exchange, at int64) {
	if x.f == nil {
		return // the cache has given it up
	}
	if at += x.way; at > x.limit {
		w.watch(x)
		return
	}
	w.name(x, at, answered)
}

// answered gives the flight its reply.
func (w *world) answered(x *exchange) {
	f := x.f
	if f == nil {
		return
	}
	x.f = nil
	p := &x.reply
	if p.failed != nil && p.failed.again && x.reused && !f.lead.changes() {
		f.holds = true
		f.send(false)
		return
	}
	if p.failed == nil {
		p.flow.delay(x.way)
		f.limitFlow(p, x)
	} else {
		f.giveConnection(false)
	}
	f.answered(p)
}

// limitFlow breaks the body off where the cache's patience ends: at the time by
// which the whole exchange must be over, or when too long nothing comes.
func (f *flight) limitFlow(p *reply, x *exchange) {
	up := x.up
	if up.completion > 0 {
		p.flow.until = min(p.flow.until, x.sent+int64(up.completion))
	}
	if p.flow.n <= p.flow.curve.Piece {
		return // in one piece
	}
	if gap := p.flow.curve.Due(2*p.flow.curve.Piece) - p.flow.curve.Due(p.flow.curve.Piece); gap > up.readTimeout {
		p.flow.until = min(p.flow.until, p.flow.at(p.flow.curve.Piece)+int64(up.readTimeout))
	}
}

// overdue is an exchange whose time is over.
func (w *world) overdue(x *exchange) {
	f := x.f
	if f == nil {
		return
	}
	x.f = nil
	f.giveConnection(false)
	f.answered(&reply{failed: &noAnswer})
}

func (w *world) newExchange() *exchange {
	x, isNew := w.exchanges.take()
	if isNew {
		x.number = w.exchanges.last()
	}
	return x
}

// freeExchange gives an exchange back that nobody names any more.
func (w *world) freeExchange(x *exchange) {
	if x.named > 0 {
		return
	}
	number := x.number
	*x = exchange{}
	x.number = number
	w.exchanges.giveBack(number)
}
