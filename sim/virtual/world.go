package virtual

import (
	"time"

	"github.com/zeebo/xxh3"

	"edgesim/results"
	"edgesim/sim/network"
	"edgesim/workloads"
)

// world is everything that has a state in a run, and its clock. It is used by
// one goroutine.
type world struct {
	now    int64 // virtual time: ns since the run began
	epoch  int64 // Unix ns of time 0
	warmup int64
	events events

	names   *results.Names
	paths         // of its catalog
	kinds   []int // by section: how many types the sections before it have
	viewers *workloads.Viewers
	copies  copies
	clerk   *clerk
	site    *site
	desks   []desk
	nodes   []*node // edge locations, then tiers, numbered as in far
	heads   []*head
	merges  map[[2]int32]int32 // of two heads: that of the first, renewed by the second
	ids     uint64

	far       *network.Map
	locations int   // of nodes, how many viewers ask
	apart     bool  // far tells distances; else nothing is far
	rtt       int64 // ns: round trip between viewers and edge, beside that
	trips     int64 // that a viewer's new connection takes
	idle      int64 // ns after which it is closed

	portLen int // of ":8443" in redirects to HTTPS

	asks      stock[ask]
	flights   stock[flight]
	exchanges stock[exchange]
	one       ask // the request being handled

	key    []byte
	looked uint64 // so that looking is not for nothing in the compiler's eyes

	out   []results.Record // handed on when full
	relay *relay
}

// copies says which version of an object a viewer has who asks conditionally, and the
// key of its entity tag.
type copies func(object uint64, at time.Duration) (key, version uint64)

func (c copies) of(req *workloads.Request) int64 {
	_, version := c(req.Object, req.At)
	return int64(version)
}

// headStart is how long before time 0 a live run's edges begin (sim/live), which
// the ticks count from by which they close idle connections.
const headStart = int64(50 * time.Millisecond)

func (w *world) unix(at int64) int64 { return w.epoch + at }

// second is a moment as Unix seconds.
func (w *world) second(at int64) int64 {
	u := w.unix(at)
	if u < 0 && u%int64(time.Second) != 0 {
		return u/int64(time.Second) - 1
	}
	return u / int64(time.Second)
}

func (w *world) newID() uint64 {
	w.ids++
	return w.ids
}

// headFor is the header of what comes from an origin by a route.
func (w *world) headFor(r *route, up *server, what answer, contentType, cacheControl string) *head {
	key := headOf{up, contentType, cacheControl, what}
	if at, ok := r.heads[key]; ok {
		return w.heads[at]
	}
	h := up.headOfAnswer(r, what, contentType, cacheControl)
	r.heads[key] = w.addHead(h)
	return h
}

func (w *world) addHead(h *head) int32 {
	h.number = int32(len(w.heads))
	if h.contentType != "" {
		h.kind = w.names.Strings.Of(h.contentType)
	}
	w.heads = append(w.heads, h)
	return h.number
}

// faultHead is the header of the edge's own word for a fault, where it is kept.
func (w *world) faultHead(r *route) int32 {
	key := headOf{what: isError}
	if at, ok := r.heads[key]; ok {
		return at
	}
	h := newHead(r, (*fault)(nil).ownFields(), "no-store")
	r.heads[key] = w.addHead(h)
	return h.number
}

// behindTier is the header as it comes from a tier, which has dressed it already.
func (w *world) behindTier(h *head) *head {
	if h.dress == (dress{}) {
		return h
	}
	if h.undressed == nil {
		u := *h
		u.dress = dress{}
		w.addHead(&u)
		h.undressed = &u
	}
	return h.undressed
}

// ahead of its turn, a request's memory is looked at: what it will need lies all
// over the caches of a large catalog, and a processor that is told of several
// such places at once waits for all of them together.
const lookedAhead = 32

// askAll asks every request of a batch at its time; before is how many came
// before them.
func (w *world) askAll(b *batch, before uint64) {
	for from := 0; from < len(b.requests); from += lookedAhead {
		to := min(from+lookedAhead, len(b.requests))
		w.look(b.known[from:to])
		for i := from; i < to; i++ {
			before++
			w.run(int64(b.requests[i].At))
			w.ask(&b.requests[i], &b.known[i], before)
		}
	}
}

// look touches what the requests will need: where the edges' indexes have them and
// what is held, and of what is not held at an edge the same at the tiers behind it.
// Each is asked for of all requests before it is wanted of one.
func (w *world) look(next []known) {
	sum := uint64(0)
	for i := range next {
		k := &next[i]
		sum += w.nodes[k.face.location].part(k.hash).shard.Touch(k.hash)
	}
	var missing [lookedAhead]*known
	n := 0
	for i := range next {
		k := &next[i]
		at := w.nodes[k.face.location]
		if o, _ := at.part(k.hash).peek(k.hash); o != nil {
			sum += uint64(o.head)
			continue
		}
		missing[n] = k
		n++
		for up := at.up; up != nil; up = up.up {
			sum += up.part(k.hash).shard.Touch(k.hash)
		}
	}
	w.looked = sum + w.lookBehind(missing[:n])
}

// lookBehind is look for what edges do not hold.
func (w *world) lookBehind(missing []*known) (sum uint64) {
	for _, k := range missing {
		for up := w.nodes[k.face.location].up; up != nil; up = up.up {
			if o, _ := up.part(k.hash).peek(k.hash); o != nil {
				sum += uint64(o.head)
				break
			}
		}
	}
	return sum
}

// ask is a viewer's request.
func (w *world) ask(req *workloads.Request, k *known, number uint64) {
	w.now = int64(req.At)
	v := view{w.nodes[k.face.location], req, k, &w.desks[req.Host], nil, number, w.reach(k.face)}
	if v.desk.dist != nil {
		v.route = v.desk.routes[k.rule]
	}
	if v.plain() {
		v.n.servePlain(&v)
		return
	}
	a := v.ask()
	if a.route != nil && a.hash == 0 {
		w.personalKey(a)
	}
	if req.Conditional && (a.route == nil || !a.route.rule.NoConditions()) {
		a.has = edition{w.copies.of(req), uint32(w.catalog.SameAs(req.Object))}
	}
	v.n.answer(a)
}

// reach is how long a viewer's request and the answer are on their way, a new
// connection included.
func (w *world) reach(f *face) int64 {
	far := w.rtt + f.rtt
	if w.apart {
		if w.now >= f.open {
			far += w.trips * far
		}
		f.open = w.now + w.idle
	}
	return far
}

// slot is where the next record is made.
func (w *world) slot() *results.Record { return &w.out[:len(w.out)+1][len(w.out)] }

// hand hands a record on; made elsewhere, it is copied.
func (w *world) hand(r *results.Record, elsewhere bool) {
	w.out = w.out[:len(w.out)+1]
	if elsewhere {
		w.out[len(w.out)-1] = *r
	}
	if len(w.out) == cap(w.out) {
		w.flush()
	}
}

func (w *world) flush() {
	if len(w.out) > 0 {
		w.out = w.relay.swap(w.out)
	}
}

// run lets everything happen until a moment.
func (w *world) run(until int64) {
	for w.events.due(until) {
		e := w.events.next()
		w.now = e.at
		w.happens(&e)
	}
}

func (w *world) happens(e *event) {
	switch what := e.what(); what {
	case crowded, tells, outgrown, lands:
		w.happensTo(w.flights.of(e.who), what)
	case comes:
		w.comes(w.asks.of(e.who))
	case reads:
		a := w.asks.of(e.who)
		a.n.read(a)
	case impatient:
		f := w.flights.of(e.who)
		f.n.impatient(w.asks.of(e.rider), f)
	default:
		w.happensThere(w.exchanges.of(e.who), what)
	}
}

// happensThere is what happens to an exchange.
func (w *world) happensThere(x *exchange, what what) {
	x.named--
	switch what {
	case arrives:
		x.up.arrive(x)
	case resumes:
		x.up.meet(x)
	case answered:
		w.answered(x)
	case leaves:
		x.up.leave()
	case overdue:
		w.overdue(x)
	}
	w.freeExchange(x)
}

// happensTo is what happens to a flight.
func (w *world) happensTo(f *flight, what what) {
	f.named--
	switch what {
	case crowded:
		f.crowded()
	case tells:
		f.answered(f.reply)
	case outgrown:
		f.outgrown()
	case lands:
		f.land()
	}
	f.free()
}

// nameOf is what the record calls an object whose key was not made.
func (w *world) nameOf(a *ask) uint64 {
	if a.desk.dist == nil {
		path, _ := w.pathOf(a.req.Object)
		return xxh3.Hash(path)
	}
	if a.card.hash != 0 {
		return a.card.hash
	}
	return xxh3.Hash(w.plainKey(a))
}
