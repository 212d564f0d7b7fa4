package edge

import (
	"context"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"time"

	"edgesim/edge/behavior"
	"edgesim/edge/rfc9111"
	"edgesim/results"
)

// outcome is what a flight decides once the origin's header is there; everyone
// who waited acts on it.
type outcome uint8

const (
	undecided outcome = iota
	shared            // obj answers everyone: its body is kept, and may still grow
	renewed           // the origin said 304: obj is the old object, renewed
	staleGood         // the origin failed and obj, stale, may stand in
	passed            // obj is for the leader alone; the others ask for themselves
	faulted           // no response came: everyone gets the error
	parted            // obj is the head of slices, one of which comes with this flight
	changed           // the object that a slice was to be of is not there any more
	unfit             // the part that came cannot be kept: everyone asks for himself
)

// flight is one origin fetch that many requests may ride. It runs in a
// goroutine of its own, so no viewer's pace or departure touches it.
type flight struct {
	e    *Edge
	p    *partition
	key  string
	hash uint64
	rule *behavior.Rule
	up   *upstream       // asked now
	req  rfc9111.Request // what the leader asked, as caching sees it
	out  outgoing
	old  *object // what is being renewed; nil: nothing
	want *want   // the part that is asked for; nil: all

	told   *told // what the tier said that answered; nil: no tier did
	sent   int64 // edge clock: when the request that is answered went out, which its age counts from
	others []way // of a group, who is asked should up fail, in order

	route       *route
	why         purpose
	conditional bool // the viewer's own conditions went to the origin
	conditioned bool // those, or others or a range, may make the response what it is
	private     bool // not in the partition's table: nobody else may join
	behind      bool // renews a stale object that has been served already: nobody waits for it
	url         results.Sym
	query       results.Sym

	base     int    // length of key before the variant
	baseHash uint64 // of that part
	began    int64  // edge clock
	variant  string // the key it can be joined under too, once Vary is known; "": none

	purges int64       // the edge's when it began
	void   atomic.Bool // what it brings was invalidated since it began: not to be kept

	holds atomic.Int32 // of the flight itself and of everyone who rides: until they are done, its bodies stay

	siblings []*object // stored variants of which the origin may name one as good
	hints    hints     // takes interim responses; nil: nobody wants them
	once     block     // fields of the response that are not kept, for the leader
	target   target    // of a POST whose response may be kept

	headers func(name string) []byte // the leader's request fields, until the decision; nil: gone

	home      *partition // of the plain key
	sliceHome *partition // where others find it for the slice it brings; nil: nowhere
	headed    bool       // what it brings is too large to keep, but slices of it may be: a head is kept

	decided chan struct{} // closed when the fields below are set
	outcome outcome
	obj     *object
	took    timing
	part    *object // the slice, or some of one, that comes; nil: none
	lead    *stream // the leader's place at the body, taken before that moves
	fault   fault

	takes    []byte    // the encodings the leader takes, as the key has them
	squeezer *squeezer // compresses the body; nil: it stays as it comes

	tab    *tab
	own    origined
	status int   // of the origin's response; 0: there was none
	booked int64 // bytes of the memory for bodies in flight
}

// fault is why an origin gave no response.
type fault struct {
	status  int
	detail  results.Detail
	why     string
	crowded bool // the edge is over its bounds
	kept    bool // it is the origin's: errors of origins are kept where errors are
}

// fly starts the flight.
func (f *flight) fly() {
	f.e.flying.add()
	f.e.inFlight.Add(1)
	go f.run()
}

func (f *flight) run() {
	defer f.e.flying.done()
	defer f.land()
	asked := f.e.now()
	r, err := f.ask()
	known := err != nil || r.header.StatusCode() != 304 || f.identified(r)
	f.drop()
	if !known {
		r, err = f.askWhole(r)
	}
	f.own.ttfb = f.e.now() - asked
	if up, ok := f.out.body.(*upload); ok {
		f.own.sent = up.got
	}
	if err != nil {
		f.fail(err)
		return
	}
	f.took = r.timing()
	f.judge(r, f.sent)
	f.pump(r)
	f.own.total = f.e.now() - asked
	f.own.bytes += r.bytes()
	f.up.done(r)
}

// land takes the flight out of the table and completes the leader's record.
// Should the flight itself have a fault of ours, nobody is left waiting.
func (f *flight) land() {
	if f.outcome == undecided {
		f.decide(faulted, nil, fault{status: 500, detail: results.ErrorDetail, why: "internal"})
	}
	if f.obj != nil && f.outcome != staleGood && f.outcome != renewed {
		f.obj.body.finish(failed, io.ErrUnexpectedEOF) // a body that has ended stays as it ended
	}
	if f.part != nil {
		f.part.body.finish(failed, io.ErrUnexpectedEOF)
	}
	f.unregister()
	f.p.mu.Lock()
	f.unlist()
	delete(f.p.under, f)
	f.p.mu.Unlock()
	f.e.squeezers.give(f.squeezer)
	f.e.memory.give(f.booked)
	f.e.inFlight.Add(-1)
	if f.own.asked == 0 { // a tier had it
		f.own.bytes, f.own.ttfb, f.own.total = 0, 0, 0
	}
	if f.tab != nil {
		f.tab.flightDone(f.e, f.own)
	}
	f.alight()
}

// alight ends the flight's part in it, or a rider's. When the last has left, the
// flight lets go of what it fetched and of what it renewed.
func (f *flight) alight() {
	switch n := f.holds.Add(-1); {
	case n < 0:
		panic("edge: more have left a flight than were in it")
	case n > 0:
		return
	}
	if f.old != nil {
		f.old.body.let()
	}
	if f.part != nil {
		f.part.body.let()
	}
	if f.obj != nil && (f.outcome == shared || f.outcome == passed || f.outcome == parted) {
		f.obj.body.let()
	}
}

// leave makes room in the table for another flight of the same key.
func (f *flight) leave() {
	f.unregister()
	if f.private {
		return
	}
	f.p.mu.Lock()
	f.unlist()
	f.p.mu.Unlock()
}

// unlist is leave for one who holds the lock.
func (f *flight) unlist() {
	for _, key := range [...]string{f.key, f.variant} {
		if f.p.flights[key] == f {
			delete(f.p.flights, key)
		}
	}
}

func (f *flight) decide(o outcome, obj *object, why fault) {
	f.outcome, f.obj, f.fault = o, obj, why
	close(f.decided)
}

// judge reads the header, decides, and releases everyone who waits for that.
func (f *flight) judge(r *reply, asked int64) {
	now := f.e.now()
	if f.want != nil && f.judgePart(r, asked, now) {
		return
	}
	status := r.header.StatusCode()
	f.status = status
	if f.old != nil && status >= 500 && f.standIn(now, status) {
		return
	}
	if f.old != nil && status == 304 {
		f.renew(r, asked, now)
		return
	}
	if status == 304 && !f.conditional {
		f.leave()
		f.decide(faulted, nil, faultOf(errInvalidReply))
		return
	}
	if f.old != nil && status == 200 && f.req.Method == results.HEAD {
		f.updateByHead(r, asked, now)
	}
	if f.target.URL != nil && status < 400 {
		f.p.invalidate(f.hash, f.key, f.began-1) // what it changes, before it may be kept itself
	}
	o := f.e.newObject(f, r, asked, now)
	if f.conditioned && status != 200 || status == 206 || !o.verdict.Store || f.bodiless() || !f.fits(r.framing.length) ||
		!f.book(nextPiece(0, r.framing.length)) {
		f.head(o, r.framing.length)
		f.pass(o)
		return
	}
	switch {
	case o.verdict.Collapsible:
		f.forget()
	case !f.private:
		f.remember(now)
		f.leave() // stored, but nobody may ride
	}
	if !f.behind {
		f.lead, _ = newStream(o.body, 0, -1)
	}
	f.decide(shared, o, fault{})
}

func (f *flight) bodiless() bool { return f.out.bodiless }

// head keeps the head of an object that is too large to be kept in one piece:
// ranges of it, and the next one who asks for all of it, are served in slices.
func (f *flight) head(o *object, length int64) {
	if f.rule.Slice > 0 && f.why == forCache && o.verdict.Store && o.status == 200 && !o.squeezed() && length > f.e.largest &&
		f.req.Method == results.GET && o.strong() {
		h := o.asHead(f.rule.Slice, f.purges, 0)
		f.headed = f.home.keep(hashKey([]byte(o.key)), h, f)
		h.body.let()
	}
}

// pass gives the response to the leader alone, with back-pressure: what is not
// stored is read no faster than its viewer reads.
func (f *flight) pass(o *object) {
	if f.req.Method == results.GET && !f.headed {
		f.remember(f.e.now())
	}
	f.leave()
	o.body.shrink(passWindow)
	if !f.behind {
		f.lead, _ = newStream(o.body, 0, -1)
	}
	f.decide(passed, o, fault{})
}

// passWindow is how far an unstored body may run ahead of its viewer, in bytes.
const passWindow = 64 << 10

// passFor is how long a key is known not to be shared.
const passFor = 2 * time.Minute

func (f *flight) remember(now int64) { f.p.setPassing(f.hash, now+int64(passFor)) }

// forget lets viewers wait for this key's responses again.
func (f *flight) forget() {
	if f.private {
		f.p.setPassing(f.hash, 0)
	}
}

// fits reports whether a body of that length may be kept.
func (f *flight) fits(length int64) bool { return length <= f.e.largest }

// standIn lets the stale object answer in place of an origin that fails (RFC
// 5861 §4), and asks no more for a moment.
func (f *flight) standIn(now int64, status int) bool {
	if f.old == nil || !f.old.mayServeOnError(now) {
		return false
	}
	o := *f.old
	o.onError = true
	o.expires = now + int64(f.retry(status))
	f.p.renew(f.hash, f.old, &o, f)
	f.leave()
	f.decide(staleGood, &o, fault{})
	return true
}

// fail ends a flight whose origin gave no response.
func (f *flight) fail(err error) {
	f.fault = faultOf(err)
	f.own.detail = f.fault.detail
	if f.standIn(f.e.now(), f.fault.status) {
		return
	}
	f.keepFault()
	f.leave()
	f.decide(faulted, nil, f.fault)
}

// originFault is a fault that is the origin's.
func originFault(status int, detail results.Detail, why string) fault {
	return fault{status: status, detail: detail, why: why, kept: true}
}

func faultOf(err error) fault {
	var dns *net.DNSError
	var connect *connectError
	var upload *uploadError
	switch {
	case errors.As(err, &upload):
		return upload.fault
	case errors.As(err, &dns):
		return originFault(502, results.OriginDNSError, "the origin's name does not resolve")
	case errors.Is(err, context.Canceled), errors.Is(err, errClosed):
		return fault{status: 503, detail: results.ErrorDetail, why: "shutting down"}
	case errors.Is(err, errBusy):
		return fault{status: 503, detail: results.OriginConnectError, why: "every connection to the origin is in use"}
	case errors.As(err, &connect) && isTimeout(err):
		return originFault(504, results.OriginConnectError, "no connection to the origin came about in time")
	case isTimeout(err):
		return originFault(504, results.OriginCommError, "the origin did not answer in time")
	case errors.As(err, &connect):
		return originFault(502, results.OriginConnectError, "no connection to the origin")
	case errors.Is(err, errHeaderTooBig):
		return originFault(502, results.OriginHeaderTooBigError, "the origin's response header is too large")
	case errors.Is(err, errRangeLength):
		return originFault(502, results.OriginContentRangeLengthError, "the origin's Content-Range and length do not agree")
	case errors.Is(err, errInvalidReply), errors.Is(err, errRangeReply):
		return originFault(502, results.OriginInvalidResponseError, "the origin's response is not valid")
	}
	return originFault(502, results.OriginCommError, "the origin closed the connection")
}

// retry is how long an origin that failed with that status is left alone while
// a stale object stands in for it.
func (f *flight) retry(status int) time.Duration {
	return max(f.route.rulesFor(status).ErrorTTL, time.Second)
}
