package virtual

// askTier asks the tier behind the flight's cache.
func (f *flight) askTier() {
	w, c := f.n.w, f.pool()
	f.holds = true
	way := f.n.upWay
	lead := f.lead
	upload := lead.upload
	at := w.now + way + f.takeContent()
	if !c.take(w.now, tierKeepAlive) {
		c.open++
		at += 2 * way
	}
	a := w.newAsk()
	a.other, a.upload = lead.other, upload-lead.upload // what it takes goes on
	a.n, a.by, a.req, a.desk, a.route, a.face = f.n.up, f, lead.req, lead.desk, lead.route, lead.face
	a.card, a.hash, a.keyLen, a.pathLen, a.method, a.has, a.owes, a.kept = lead.card, lead.hash, lead.keyLen, lead.pathLen, lead.method, none, 1, true
	f.demand(&a.part, &a.has, &a.ifRange)
	if at > w.now {
		w.events.plan(at, comes, a.place)
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

// tell gives the flight of the cache before the answer of this one, which lies in
// its reply and whose header leaves at a moment.
func (n *node) tell(a *ask, at int64) {
	f, w := a.by, n.w
	p := f.reply
	p.flow.delay(f.n.upWay)
	w.done(a)
	if at += f.n.upWay; at <= w.now {
		f.answered(p)
		return
	}
	f.named++
	w.events.plan(at, tells, f.number)
}
