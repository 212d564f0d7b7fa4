package virtual

// askTier asks the tier behind the flight's cache.
func (f *flight) askTier() {
	w, c := f.n.w, f.pool()
	f.holds = true
	way := f.n.upWay
	at := w.now + way
	if !c.take(w.now, tierKeepAlive) {
		c.open++
		at += 2 * way
	}
	a := w.newAsk()
	lead := f.lead
	*a = ask{n: f.n.up, by: f, req: lead.req, desk: lead.desk, route: lead.route, face: lead.face,
		hash: lead.hash, keyLen: lead.keyLen, pathLen: lead.pathLen, head: lead.head, version: -1, owes: 1, kept: true, own: a.own}
	f.demand(&a.part, &a.version, &a.ifRange)
	if at > w.now {
		w.events.add(event{at: at, what: comes, a: a})
		return
	}
	w.comes(a)
}

// tierKeepAlive is how long a connection to a tier is kept idle, in ns
// (edge.Origin.KeepAlive).
const tierKeepAlive = 5e9

// comes is the request's arrival at the tier.
func (w *world) comes(a *ask) {
	a.at = w.now
	a.n.answer(a)
}

// tell gives the flight of the cache before the answer of this one, whose header
// leaves at a moment.
func (n *node) tell(a *ask, p *reply, at int64) {
	f, w := a.by, n.w
	p.flow = p.flow.later(f.n.upWay)
	w.done(a)
	if at += f.n.upWay; at <= w.now {
		f.answered(p)
		return
	}
	if f.reply == nil {
		f.reply = new(reply)
	}
	*f.reply = *p
	f.named++
	w.events.plan(at, tells, f, nil)
}
