package virtual

import (
	"net/http"
	"time"

	"edgesim/edge"
	"edgesim/edge/rfc9111"
	"edgesim/results"
)

// outcome is what a flight decides once the origin's header is there; everyone
// who waited acts on it.
type outcome uint8

const (
	undecided outcome = iota
	shared            // obj answers everyone: its body is kept, and may still come in
	renewed           // the origin said 304: obj is the old object, renewed
	staleGood         // the origin failed and obj, stale, may stand in
	passed            // obj is for the leader alone; the others ask for themselves
	faulted           // no response came: everyone gets the error
	parted            // obj is the head of slices, one of which comes with this flight
	changed           // the object that a slice was to be of is not there any more
	unfit             // the part that came cannot be kept: everyone asks for himself
)

// flight is one fetch that many requests may ride.
type flight struct {
	number int32 // among all that were made
	n      *node
	p      *partition
	lead   *ask // who began it
	riders []*ask
	hash   uint64
	keyLen int

	renews  bool // old is asked about
	private bool // nobody else may join
	known   bool // because the key is known not to be shared
	behind  bool // renews a stale object that has been served already: nobody waits for it
	forOne  bool // what the leader asks is passed on as it is
	keyless bool // nothing under its key is kept
	listed  bool // it is in the partition's table
	headed  bool // what it brings is too large to keep, but slices of it may be
	old     held
	want    *want // the part that is asked for; nil: all

	ups   []*server // of a group, who is asked should the one before fail, in order
	tier  bool      // the tier is asked
	holds bool      // it has a connection, to the tier or to the first of ups
	try   int       // of those that are made while no response begins
	asked int64     // virtual time when the first request went out,
	sent  int64     // and the one that was answered
	limit int64     // when the request for a connection is given up
	reply *reply    // room for a tier's
	own   figures
	told  told

	outcome outcome
	obj     held
	flow    flow
	status  int // of the response; 0: there was none
	fault   fault
	booked  int64
	hungUp  int64 // virtual time when nobody wants more of what is not kept; 0: all is wanted
	enough  int64 // how many bytes of it the cache reads then at most; 0: as many as are there
	reuse   bool  // the connection is good for another request
	named   int   // events and exchanges that name it
	over    bool
}

func (w *world) newFlight() *flight {
	f, isNew := w.flights.take()
	if isNew {
		f.number, f.reply = w.flights.last(), new(reply)
	}
	return f
}

// free gives the flight back, once it is over and nobody names it any more.
func (f *flight) free() {
	if !f.over || f.named > 0 {
		return
	}
	w := f.n.w
	number, riders, room := f.number, f.riders[:0], f.reply
	*f = flight{} // cleared where it lies: a literal with fields would be made elsewhere, and copied
	f.number, f.riders, f.reply = number, riders, room
	w.flights.giveBack(number)
}

// open reports whether a flight that was found may still be joined: one whose
// response has expired while its body comes in may not.
func (f *flight) open(now int64) bool { return f.outcome != shared || now < f.obj.expires }

func (f *flight) unlist() {
	if f.listed {
		f.p.flights.drop(f.hash, f)
	}
	f.listed = false
}

// fly asks whom the request is for.
func (f *flight) fly() {
	r := f.lead.route
	f.asked = f.n.w.now
	if f.ups = r.ups; !f.lead.failsOver() {
		f.ups = r.ups[:1]
	}
	f.tier = f.n.up != nil && r.rule.TTL.Max != 0 && !f.known && !(r.ups[0].direct && f.keyless)
	f.try = 1
	f.ask()
}

// ask sends the request to the tier, or to the first of the origins that are
// left.
func (f *flight) ask() {
	f.sent = f.n.w.now
	if f.tier {
		f.askTier()
		return
	}
	up := f.ups[0]
	f.own.asked++
	f.own.origin, f.own.member = up.number, f.lead.route.member(up)
	f.connect()
}

// answered acts on what came of the exchange, or of the tier's answer.
func (f *flight) answered(p *reply) {
	w := f.n.w
	f.reuse = false
	if f.again(p) {
		return
	}
	f.own.ttfb = w.now - f.asked
	if p.failed != nil {
		f.fail(&p.failed.fault)
		return
	}
	if f.told = p.told; f.told.some {
		f.own.asked += f.told.asked
		f.own.member = f.told.member
		f.own.origin = f.lead.route.ups[f.told.member].number
	}
	f.judge(p)
	f.come(p)
}

// again asks once more, or somebody else, where what came of the request is not
// to be taken.
func (f *flight) again(p *reply) bool {
	r := f.lead.route
	switch {
	case f.tier && p.failed != nil && p.failed.busy:
		f.tier = false
	case p.failed != nil && p.failed.timeout && f.lead.reads() && f.try < f.ups[0].tries:
		f.try++
	case !f.tier && len(f.ups) > 1 && r.failing(p):
		if p.failed == nil {
			end, body := p.flow.end()
			f.own.bytes += p.wire(body)
			f.giveConnection(p.reusable() && end == f.n.w.now)
		}
		f.ups, f.try = f.ups[1:], 1
	default:
		return false
	}
	f.ask()
	return true
}

// reusable reports whether the connection is good for another request once the
// body has come.
func (p *reply) reusable() bool { return p.failed == nil && !p.flow.breaks() }

// judge reads the header and decides.
func (f *flight) judge(p *reply) {
	if f.want != nil && f.judgePart(p) {
		return
	}
	f.status = p.status
	if f.renews && p.status >= 500 && f.standIn(p.status) {
		return
	}
	if p.status == http.StatusNotModified && f.renews {
		f.renew(p)
		return
	}
	if f.renews && p.status == http.StatusOK && f.lead.heads() {
		f.updateByHead(p)
	}
	o := &f.obj
	f.n.newHeld(o, f, p, p.status)
	o.length = p.length
	switch {
	case f.forOne && (f.lead.part.Length > 0 || f.conditional()) && p.status != http.StatusOK || p.status == http.StatusPartialContent,
		!o.bits.has(kept), f.lead.heads(), p.length > f.n.largest, !f.book(p.flow.n):
		f.keepHead(o, p)
		f.pass()
		return
	case o.bits.has(collapsible):
		if f.private {
			f.p.setPassing(f.hash, 0)
		}
	case !f.private:
		f.remember()
		f.unlist()
	}
	f.outcome = shared
}

// keepHead keeps the head of an object that is too large to be kept in one piece:
// ranges of it, and the next one who asks for all of it, are served in slices.
func (f *flight) keepHead(o *held, p *reply) {
	if f.lead.route.rule.Slice > 0 && !f.forOne && o.bits.has(kept) && o.status == http.StatusOK &&
		p.length > f.n.largest && !f.lead.heads() && f.n.w.strong(o) {
		h := f.asHead(*o)
		f.headed = f.n.keep(f, f.n.part(f.lead.hash), f.lead.hash, &h)
	}
}

// newHeld makes o the object of a reply, with its freshness judged.
func (n *node) newHeld(o *held, f *flight, p *reply, status int) {
	w, r := n.w, f.lead.route
	*o = held{}
	o.id, o.stored, o.status, o.version, o.modified, o.date = w.newID(), w.now, uint16(status), p.version, uint32(p.modified), uint32(p.date)
	o.of = p.of
	o.head, o.fields, o.passed, o.key, o.length = p.head.number, int32(p.extra), uint16(p.passed), int32(f.keyLen), p.length
	if f.want != nil && f.want.known {
		o.key = int32(f.lead.keyLen)
	}
	if status == http.StatusPartialContent || status == http.StatusRequestedRangeNotSatisfiable {
		o.fields += int32(contentRangeLine(p.from, p.to, p.total))
		o.from, o.mark = p.from, uint64(p.total)
	}
	meta := &p.head.meta // what is of one response alone is written anew for each
	meta.Status, meta.Date, meta.LastModified = status, p.date, p.modified
	meta.Age, meta.HasAge = p.age, p.aged
	req := rfc9111.Request{Method: f.lead.method}
	v := rfc9111.Judge(&req, meta, r.rulesFor(status), w.unix(w.now), w.unix(f.sent))
	if f.keyless {
		v.Store = false
	}
	if f.told.some && status >= 400 && v.Store && p.aged {
		v.InitialAge = max(v.InitialAge, time.Duration(min(p.age, 1<<31))*time.Second)
	}
	o.judged(&v, w.now)
	if r.rule.Compresses() && !p.varied && edge.Squeezable(status, p.length, []byte(p.head.contentType)) && !meta.CC.Is(rfc9111.NoTransform) {
		o.bits |= varies
		o.fields += int32(varyLine)
	}
	if p.aged {
		o.bits |= aged
	}
}

// varyLine is the bytes of the field that the edge adds to what it compresses for
// those who take an encoding; the player's viewers take none.
const varyLine = len("Vary: Accept-Encoding\r\n")

// judged notes what the rules of caching say.
func (o *held) judged(v *rfc9111.Verdict, now int64) {
	o.age, o.lifetime = int64(v.InitialAge), int64(v.Lifetime)
	o.expires = now + int64(v.Remaining())
	o.swr, o.sie = int64(v.StaleWhileRevalidate), int64(v.StaleIfError)
	set := func(yes bool, b bits) {
		if yes {
			o.bits |= b
		}
	}
	set(v.Store, kept)
	set(v.MustRevalidate, must)
	set(v.Collapsible, collapsible)
	set(v.Lifetime >= time.Hour, static)
}

// pass gives the response, which is in obj, to the leader alone.
func (f *flight) pass() {
	if f.lead.method == results.GET && !f.headed {
		f.remember()
	}
	f.unlist()
	f.outcome = passed
}

func (f *flight) remember() { f.p.setPassing(f.hash, f.n.w.now+passFor) }

// book reserves memory for a body that comes in and is kept, until it is there.
func (f *flight) book(n int64) bool {
	if f.n.booked+n > f.n.memory {
		return false
	}
	f.n.booked += n
	f.booked = n
	return true
}

// come lets the body come in, and everyone who waited go on.
func (f *flight) come(p *reply) {
	w := f.n.w
	f.flow = p.flow
	f.release()
	if f.tooLarge() {
		f.outgrown()
	}
	end, body := f.flow.end()
	f.reuse = p.reusable()
	switch {
	case !f.sinks(), f.tooLarge() && f.behind && f.enough == 0:
		end, body = f.undone(w.now, end, body)
	case f.hungUp > 0:
		end, body = f.undone(f.hungUp, end, body)
	case f.sinks() && f.flow.breaks():
		f.own.broke, f.own.detail = true, results.OriginReadError
	}
	f.own.total = end - f.asked
	f.own.bytes += p.wire(body)
	if f.outcome == shared && p.length < 0 && p.flow.n > f.n.largest {
		f.named++
		w.events.plan(p.flow.at(f.n.largest), outgrown, f.number)
	}
	if end <= w.now {
		f.land()
		return
	}
	f.named++
	w.events.plan(end, lands, f.number)
}

// release lets everyone go on who waited for the decision. Those who ask for
// themselves then do so at one moment, and who of them is first gets what the
// origin does at its next attempt; Go's scheduler wakes who waits for a channel to
// be closed in this order: the first, and then from the last to the second.
func (f *flight) release() {
	riders := f.riders
	f.riders = nil
	if len(riders) > 0 {
		f.n.alight(riders[0], f)
	}
	for i := len(riders) - 1; i > 0; i-- {
		f.n.alight(riders[i], f)
	}
	f.riders = riders[:0]
}

// land is the end of a flight: what came whole is stored.
func (f *flight) land() {
	n := f.n
	f.unlist()
	f.unregister()
	switch {
	case f.flow.breaks():
	case f.brought():
		if f.brings() && !f.tooLarge() {
			f.keepSlices()
		}
	case f.outcome == shared && f.flow.n <= n.largest:
		f.obj.memory = edge.BodyMemory(f.flow.n, f.obj.length >= 0)
		f.obj.length = f.flow.n
		n.keep(f, f.p, f.hash, &f.obj)
	}
	n.booked -= f.booked
	n.flying--
	if f.own.asked == 0 { // a tier had it
		f.own.bytes, f.own.ttfb, f.own.total = 0, 0, 0
	}
	f.giveConnection(f.reuse)
	f.lead.owed.add(&f.own)
	n.w.done(f.lead)
	f.over = true
	f.free()
}
