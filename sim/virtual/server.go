package virtual

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"edgesim/results"
	"edgesim/sim/origin"
	"edgesim/sim/scenario"
	"edgesim/workloads"
)

// server is one simulated origin, and how caches ask it.
type server struct {
	w        *world
	number   uint16 // index into Names.Origins
	index    int    // among the site's
	host     []byte // that the origin sees, unless the viewer's is forwarded
	conf     origin.Config
	model    *origin.Model
	contents *scenario.Contents
	own      []bool            // by section: what is asked for is always the section's own object
	first    []uint64          // of each section: the id of its first object
	attempts [][]uint32        // requests received so far, by section and object; nil: by key
	byKey    map[uint64]uint32 // the same, where the catalog is too large
	absent   uint32            // requests for what is not there
	gate     gate

	readTimeout, completion time.Duration // completion 0: as long as it takes
	keepAlive, maxWait      time.Duration
	tries                   int  // how often a request is sent while no response begins
	maxIdle, maxConns       int  // maxConns 0: as many as are asked for
	direct                  bool // what is not cached passes tiers by
}

func newServer(w *world, conf origin.Config, o *scenario.Origin, mode string, contents *scenario.Contents) (*server, error) {
	model, err := origin.New(conf)
	if err != nil {
		return nil, err
	}
	up := &server{w: w, conf: model.Config(), model: model, contents: contents, byKey: map[uint64]uint32{},
		readTimeout: cmp.Or(o.ReadTimeout.Std(), 30*time.Second), completion: o.CompletionTimeout.Std(),
		keepAlive: cmp.Or(o.KeepAlive.Std(), 5*time.Second),
		maxWait:   cmp.Or(o.MaxWait.Std(), o.ConnectTimeout.Std(), 10*time.Second),
		tries:     o.ResponseTries(mode), maxIdle: cmp.Or(o.MaxIdle, 256), maxConns: o.MaxConns,
		direct: o.PassesTiers(mode)}
	up.gate.places, up.gate.limit = conf.Concurrency, conf.QueueLimit
	room := uint64(mostCounted)
	for section := range w.catalog.Sections() {
		first, end := w.catalog.SectionIDs(section)
		var list []uint32
		if n := end - first; n <= room {
			room -= n
			list = make([]uint32, n)
		}
		up.own, up.first, up.attempts = append(up.own, contents.Own(section)), append(up.first, first), append(up.attempts, list)
	}
	return up, nil
}

// mostCounted is of how many objects an origin counts the requests in slices: those of
// the sections that fit.
const mostCounted = 1 << 26

// count is the number of this request for the exchange's object, from 0.
func (up *server) count(x *exchange) uint32 {
	if !x.found {
		up.absent++
		return up.absent - 1
	}
	section := sectionAmong(up.first, x.id)
	if list := up.attempts[section]; list != nil {
		at := &list[x.id-up.first[section]]
		*at++
		return *at - 1
	}
	n := up.byKey[x.object.Key]
	up.byKey[x.object.Key] = n + 1
	return n
}

// gate lets so many requests be served at once; the rest wait in order of
// arrival.
type gate struct {
	places, limit, serving int // places and limit 0: unlimited
	queue                  []*exchange
	head                   int
}

// enter takes a place; waits says that there is none, full that nobody may wait
// for one any more.
func (g *gate) enter(x *exchange) (waits, full bool) {
	switch {
	case g.places == 0:
		return false, false
	case g.serving < g.places:
		g.serving++
		return false, false
	case g.limit > 0 && len(g.queue)-g.head >= g.limit:
		return false, true
	}
	g.queue = append(g.queue, x)
	return true, false
}

// leave gives a place back, to whom waits the longest; nil: to nobody.
func (g *gate) leave() *exchange {
	if g.head == len(g.queue) {
		g.serving--
		return nil
	}
	x := g.queue[g.head]
	g.queue[g.head] = nil
	if g.head++; g.head == len(g.queue) || g.head > 1024 {
		n := copy(g.queue, g.queue[g.head:])
		clear(g.queue[n:])
		g.queue, g.head = g.queue[:n], 0
	}
	return x
}

// exchange is one request at an origin.
type exchange struct {
	number int32   // among all that were made
	f      *flight // nil: the cache has given it up, or has been answered
	up     *server
	route  *route
	reused bool  // the connection has carried a response before
	way    int64 // ns, one way between cache and origin
	sent   int64 // virtual time
	limit  int64 // when the cache gives up

	object  origin.Object
	found   bool
	own     bool   // it is the object asked for itself
	id      uint64 // of what is found, in the catalog
	kind    int    // of its type in all of them, where it is its own; -1: unknown
	at      int64  // when it arrived, the end of a hang included
	attempt uint32
	answer  origin.Answer

	pathLen int
	method  results.Method
	has     edition         // that the cache has, in If-None-Match; none: no condition
	part    workloads.Range // asked for
	ifRange bool            // and only if the object is still of that edition
	reply   reply           // what comes of it
	watched bool            // its end of time is planned
	named   int             // events and queues that name it
}

// arrive is a request's arrival at the origin. A connection that is refused is
// never asked anything.
func (up *server) arrive(x *exchange) {
	x.at = up.w.now
	if o, out := up.model.OutageAt(time.Duration(x.at)); out && o.Kind == "refuse" && !x.reused {
		x.reply = reply{failed: &lostConnection}
		if x.f != nil {
			x.f.leaveContent()
		}
		up.w.back(x, up.w.now)
		return
	}
	x.attempt = up.count(x)
	up.meet(x)
}

// meet asks the model about the request, and sits out the outages in which
// nothing is answered.
func (up *server) meet(x *exchange) {
	w := up.w
	x.answer = up.model.Answer(x.object.Key, x.attempt, time.Duration(x.at))
	switch x.answer.Fault {
	case origin.Reset, origin.Refuse:
		x.reply = reply{failed: &lostConnection}
		w.back(x, w.now)
		return
	case origin.Hang:
		w.watch(x)
		x.at = int64(x.answer.Until)
		w.name(x, x.at, resumes)
		return
	}
	waits, full := up.gate.enter(x)
	switch {
	case full:
		x.answer.Status = http.StatusServiceUnavailable
		up.say(x, w.now)
		w.back(x, w.now)
	case waits:
		x.named++
		w.watch(x)
	default:
		up.serve(x)
	}
}

// serve begins to serve a request: all that will come of it is known now.
func (up *server) serve(x *exchange) {
	begin := up.w.now + int64(x.answer.FirstByte)
	up.say(x, begin)
	if up.gate.places > 0 {
		end, _ := x.reply.flow.end()
		up.w.name(x, end, leaves)
	}
	up.w.back(x, begin)
}

// leave frees the place of an exchange that is over.
func (up *server) leave() {
	if next := up.gate.leave(); next != nil {
		next.named--
		up.serve(next)
	}
}

// say makes the reply whose first byte leaves at begin.
func (up *server) say(x *exchange, begin int64) {
	p := &x.reply
	*p = reply{date: up.w.second(begin), edition: none, from: -1, to: -1, total: -1}
	switch {
	case x.answer.Status != http.StatusOK:
		up.fail(p, x, x.answer.Status, "")
	case !x.reads() && up.conf.Kind == origin.Bucket:
		up.fail(p, x, http.StatusMethodNotAllowed, "")
	case x.method == results.OPTIONS:
		up.sayNothing(p, x, tellsMethods)
	case !x.found:
		up.fail(p, x, up.conf.Missing, "")
	case x.method == results.POST:
		up.sayPosted(p, x)
	case !x.reads():
		up.sayNothing(p, x, isChanged)
	default:
		up.sayObject(p, x)
	}
	p.flow.begin, p.flow.floor, p.flow.until = begin, begin, never
	if p.flow.size = p.flow.n; x.method == results.HEAD {
		p.flow.n, p.flow.cut = 0, 0
	}
	p.flow.meant()
}

// edition is that of the exchange's object when the request came.
func (x *exchange) edition() edition {
	return edition{int64(origin.Version(x.object, time.Duration(x.at))), uint32(x.id)}
}

// sayObject answers with the object, the part of it that was asked for, or that
// it has not changed.
func (up *server) sayObject(p *reply, x *exchange) {
	p.edition = x.edition()
	p.modified = up.w.second(int64(origin.LastModified(x.object, time.Duration(x.at))))
	p.head = up.headFor(x)
	if x.has == p.edition && !x.ifRange {
		p.status = http.StatusNotModified
		return
	}
	off, n := int64(0), x.object.Size
	p.status, p.length = http.StatusOK, n
	if up.conf.Kind == origin.Bucket && x.part.Length > 0 && x.method != results.HEAD && !(x.ifRange && x.has != p.edition) {
		if off, n = cut(x.part, n); n == 0 {
			up.fail(p, x, http.StatusRequestedRangeNotSatisfiable, rangeText(x.part))
			return
		}
		p.status, p.from, p.to, p.total, p.length = http.StatusPartialContent, off, off+n, x.object.Size, n
	}
	up.sendBody(p, x, n)
}

// sendBody has n bytes of the object follow the header.
func (up *server) sendBody(p *reply, x *exchange, n int64) {
	p.flow.curve, p.flow.n, p.flow.cut = x.answer.Curve, n, n
	if x.answer.Fault == origin.Truncate {
		p.flow.cut = int64(x.answer.FaultAt * float64(n))
	}
	if up.conf.Chunked {
		p.length = -1
	}
}

// sayPosted answers a POST, as a server does, with the object's bytes.
func (up *server) sayPosted(p *reply, x *exchange) {
	p.edition = x.edition()
	p.head = up.w.headFor(x.route, up, isPosted, x.object.ContentType, "")
	p.status, p.length = http.StatusOK, x.object.Size
	up.sendBody(p, x, p.length)
}

// sayNothing answers without content what changed an object, or asked for methods.
func (up *server) sayNothing(p *reply, x *exchange, what answer) {
	p.status, p.head = http.StatusNoContent, up.w.headFor(x.route, up, what, "", "")
}

func (x *exchange) reads() bool { return x.method == results.GET || x.method == results.HEAD }

// cut is the part of size bytes that a range asks for (RFC 9110 §14.1.2); n 0:
// none of it is there.
func cut(r workloads.Range, size int64) (off, n int64) {
	switch {
	case r.First < 0:
		n = min(r.Length, size)
		return size - n, n
	case r.First >= size:
		return 0, 0
	}
	return r.First, min(r.Length, size-r.First)
}

func rangeText(r workloads.Range) string {
	if r.First < 0 {
		return "bytes=-" + strconv.FormatInt(r.Length, 10)
	}
	return fmt.Sprintf("bytes=%d-%d", r.First, r.First+r.Length-1)
}

// fail answers with an error, whose text is the origin's kind's.
func (up *server) fail(p *reply, x *exchange, status int, asked string) {
	what := isError
	if status == http.StatusMethodNotAllowed {
		what = isRefused
	}
	p.status, p.head = status, up.w.headFor(x.route, up, what, "", "")
	p.length = up.errorLength(status, x, asked)
	p.flow.n, p.flow.cut = p.length, p.length
}

// errorLength is how long the body of an error is.
func (up *server) errorLength(status int, x *exchange, asked string) int64 {
	if up.conf.Kind != origin.Bucket {
		return int64(len(strconv.Itoa(status)) + len(" \n") + len(http.StatusText(status)))
	}
	n := len(xml.Header + "<Error><Code></Code><Message></Message><RequestId></RequestId></Error>")
	n += idLen
	switch status {
	case http.StatusServiceUnavailable:
		n += len("SlowDown" + "Reduce your request rate.")
	case http.StatusForbidden:
		n += len("AccessDenied" + "Access Denied")
	case http.StatusMethodNotAllowed:
		n += len("MethodNotAllowed"+"Objects here can only be read."+"<Method></Method>") + len(x.method.String())
	case http.StatusNotFound:
		n += len("NoSuchKey"+"There is no object under this key."+"<Key></Key>") + x.pathLen - 1
	case http.StatusRequestedRangeNotSatisfiable:
		n += len("InvalidRange" + "The range lies outside the object." + "<RangeRequested></RangeRequested><ActualObjectSize></ActualObjectSize>" + asked)
		n += digits(x.object.Size)
	}
	return int64(n)
}

// headFor is the header of the exchange's object.
func (up *server) headFor(x *exchange) *head {
	if x.own {
		return up.headOf(x)
	}
	return up.w.headFor(x.route, up, isObject, x.object.ContentType, up.model.CacheControl(x.object))
}

// headOf is headFor by type, which costs no look into a table of texts.
func (up *server) headOf(x *exchange) *head {
	at := 2 * x.kind
	if up.model.Cacheable(x.object.Key) {
		at++
	}
	list := x.route.typed[up.index]
	for at >= len(list) {
		list = append(list, nil)
		x.route.typed[up.index] = list
	}
	if list[at] == nil {
		list[at] = up.w.headFor(x.route, up, isObject, x.object.ContentType, up.model.CacheControl(x.object))
	}
	return list[at]
}
