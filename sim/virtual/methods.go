package virtual

import (
	"github.com/zeebo/xxh3"

	"edgesim/results"
	"edgesim/workloads"
)

// What methods other than GET ask of a cache (edge/changed.go, RFC 9110 §9): they
// pass through, some with content, and what they change is stored no more.

// methodOf is a request's method as records have it, which list them in the same
// order.
func methodOf(req *workloads.Request) results.Method {
	return results.GET + results.Method(req.Method)
}

// content is how many bytes of content go with a request.
func content(req *workloads.Request) int64 {
	switch req.Method {
	case workloads.POST, workloads.PUT, workloads.PATCH:
		return int64(req.Body)
	}
	return 0
}

func (a *ask) heads() bool { return a.method == results.HEAD }

// reads reports whether the request is one to which conditions mean something (RFC
// 9110 §13.2.1), and which is sent again where no answer comes in time.
func (a *ask) reads() bool { return a.method == results.GET || a.method == results.HEAD }

// cacheable reports whether a stored response may answer it.
func (a *ask) cacheable() bool {
	return a.route.rule.CachedMethods.Has(a.method) && (a.reads() || a.method == results.OPTIONS)
}

// changes reports whether the method may change what is at its target (§9.2.1). One
// that does not is sent again where an idle connection lost it.
func (a *ask) changes() bool { return !a.reads() && a.method != results.OPTIONS }

// failsOver reports whether a group may ask its next member for it.
func (a *ask) failsOver() bool { return a.reads() || a.cacheable() }

// unkept is why responses to its method are not kept, for Cache-Status.
func (a *ask) unkept() uint8 {
	if a.reads() {
		return forBypass
	}
	return forMethod
}

// mostUpload is the longest content that an edge takes, in bytes
// (edge.Config.MaxUpload).
const mostUpload = 1 << 30

// closing is the length of the field by which a response ends its connection: where
// content lies on it that nobody has read, or an error page took an answer's place.
func (a *ask) closing() int {
	if a.upload == 0 && (a.page == nil || content(&a.req) == 0) {
		return 0
	}
	if a.by == nil {
		a.face.open = 0
	}
	return closeLine
}

const closeLine = len("Connection: close\r\n")

// takeContent has the leader's content go on with the flight's request. It returns
// how long that takes over the viewer's link, in ns; nearer to the origin there is
// all by then.
func (f *flight) takeContent() (ns int64) {
	a := f.lead
	if a.upload == 0 || a.page != nil {
		return 0
	}
	if rate := a.face.bandwidth; a.by == nil && rate > 0 {
		ns = int64(float64(a.upload) / float64(rate) * 1e9)
	}
	f.own.sent, a.upload = a.upload, 0
	return ns
}

// leaveContent is for a connection that would not take it.
func (f *flight) leaveContent() { f.lead.upload, f.own.sent = f.own.sent, 0 }

// optionsKey makes the request's key that of a response to OPTIONS (edge/ask.go).
func (w *world) optionsKey(a *ask) {
	a.hash, a.keyLen = xxh3.Hash(append(w.keyOf(a), optionsMark)), a.keyLen+1
}

const optionsMark = 'O'

// changed takes out what is stored for a request's target, for GET and for OPTIONS,
// after a method that may have changed it (RFC 9111 §4.4).
func (n *node) changed(a *ask) {
	key := n.w.plainKey(a)
	n.invalidate(xxh3.Hash(key))
	n.invalidate(xxh3.Hash(append(key, optionsMark)))
}

// plainKey is the key of what a GET by the same viewer would ask for, in the world's
// room for one.
func (w *world) plainKey(a *ask) []byte {
	path, query := w.targetOf(a)
	w.key = a.route.rule.AppendKey(w.key[:0], a.desk.host, path, query, w.fieldsOf(a))
	return w.key
}

// invalidate removes what is stored under a key; what flights that began before
// now would store is not kept.
func (n *node) invalidate(hash uint64) {
	p := n.part(hash)
	p.changes.set(hash, n.w.now)
	if f := p.flights.find(hash); f != nil {
		f.unlist()
	}
	p.remove(hash)
}

// changedSince reports whether what the flight's request is for was changed since
// it began, as far as the partition remembers.
func (p *partition) changedSince(f *flight) bool {
	at, noted := p.changes.of(f.lead.hash)
	return noted && at >= f.asked
}

// keep stores a complete object that a flight has brought, unless a newer one is
// there or it was changed meanwhile.
func (n *node) keep(f *flight, p *partition, hash uint64, o *held) bool {
	return !p.changedSince(f) && n.put(p, hash, o)
}

// tooLong is an edge's own refusal of content that is too long.
var tooLong = fault{status: 413, detail: results.InvalidRequest, why: "the request's body is too large"}
