package virtual

import (
	"bytes"

	"edgesim/results"
	"edgesim/sim/network"
	"edgesim/workloads"
)

// A clerk finds out what requests are about before their time comes: what is asked
// for, who asks, and what of that is in records. It is pure of the clock, so that it
// works ahead of it, on whatever processor is free; it is used by one goroutine, in
// the order of requests, which gives texts their numbers.
type clerk struct {
	paths
	names     *results.Names
	viewers   *workloads.Viewers
	copies    copies
	desks     []desk
	cardsKept uint64

	seen      []uint64           // by viewer, a bit: its face is filled
	faces     []*[facesPage]face // by viewer; nil: none of the page has been seen
	referrers []referrer
	pages     []ledBy // that have led to others, each in the place of its number
	led, key  []byte

	far       *network.Map
	apart     bool            // far tells distances; else nothing is far
	countries map[[2]byte]int // by their place in the map's list
}

// paths writes paths of a catalog, each into the room of the last.
type paths struct {
	catalog *workloads.Catalog
	queried bool // its paths may have queries
	path    []byte
}

// pathOf is an object's path and, where it has one, its query; good until the next
// call.
func (p *paths) pathOf(id uint64) (path, query []byte) {
	p.path = p.catalog.AppendPath(p.path[:0], id)
	if !p.queried {
		return p.path, nil
	}
	path, query, _ = bytes.Cut(p.path, []byte{'?'})
	return path, query
}

// known is what the clerk has found out of a request.
type known struct {
	card
	keyLen int32       // length of the key; 0: it depends on who asks, or nobody has the host
	target int32       // length of path and query as the viewer sends them
	bytes  int64       // that the request has on the wire, content included
	query  results.Sym // what follows the path
	led    results.Sym // Referer
	face   *face
}

// batch is requests, and what is known of each.
type batch struct {
	requests []workloads.Request
	known    []known
}

func newBatch(n int) *batch {
	return &batch{make([]workloads.Request, n), make([]known, n)}
}

// study finds out about the requests of a batch.
func (c *clerk) study(b *batch) {
	for i := range b.requests {
		c.find(&b.requests[i], &b.known[i])
	}
}

func (c *clerk) find(req *workloads.Request, k *known) {
	d := &c.desks[req.Host]
	k.card = c.card(d, req.Object)
	k.keyLen, k.target, k.query = 0, int32(k.pathLen()), 0
	if k.rooted() {
		k.target = int32(len("/"))
	}
	if d.dist != nil {
		k.keyLen = int32(d.keys[k.rule] + withLength(k.pathLen()))
	}
	if c.queried {
		c.askQuery(d, req.Object, k)
	}
	k.face = c.face(req.Viewer)
	led := c.referer(req)
	k.led = led.sym
	k.bytes = int64(c.requestBytes(d, req, k) + led.line)
}

// referrer is a value of the Referer field, and the length of its line.
type referrer struct {
	sym  results.Sym
	line int
}

// ledBy is what requests say that a page has led to, and that are to a host.
type ledBy struct {
	from uint64 // as workloads.Request has it; 0: none
	host uint16
	referrer
}

// pagesKept is how many pages are remembered: half a MiB of them.
const pagesKept = 1 << 14

// referer is what the request says led to it.
func (c *clerk) referer(req *workloads.Request) referrer {
	if req.From == 0 {
		return c.referrers[req.Referrer]
	}
	at := &c.pages[req.From%pagesKept]
	if at.from == req.From && at.host == req.Host {
		return at.referrer
	}
	c.led = c.catalog.AppendReferer(c.led[:0], "http", req)
	r := referrer{c.names.Strings.Bytes(c.led), field{"Referer", len(c.led)}.line()}
	if r.sym != results.Overflow { // each of those is counted
		*at = ledBy{req.From, req.Host, r}
	}
	return r
}

// requestBytes is the length of the request as the player sends it, but for the
// Referer.
func (c *clerk) requestBytes(d *desk, req *workloads.Request, k *known) int {
	n := len(" ") + len(methodOf(req).String()) + int(k.target) + len(" HTTP/1.1\r\n") + d.lines + int(k.face.lines) + endOfHead
	switch req.Method {
	case workloads.POST, workloads.PUT, workloads.PATCH:
		n += lengthLine(int64(req.Body)) + int(content(req))
	}
	if r := req.Range; r.Length > 0 {
		n += len("Range: bytes=-\r\n")
		if r.First >= 0 {
			n += digits(r.First) + digits(r.First+r.Length-1)
		} else {
			n += digits(r.Length)
		}
	}
	if req.Conditional {
		n += field{"If-None-Match", etagLen}.line() + digits(c.copies.of(req)) - 1
	}
	return n
}
