package virtual

import "edgesim/results"

// reply is what an origin or a tier answers a cache: what its header says, and
// how the body comes.
type reply struct {
	failed *failure // no response came; nil: one did
	status int
	head   *head
	flow   flow

	edition        // none: there is no object
	modified int64 // Last-Modified, Unix seconds
	date     int64 // Date, Unix seconds
	age      int64 // seconds
	aged     bool  // Age came

	length          int64 // Content-Length; -1: chunks
	from, to, total int64 // Content-Range; -1: none

	varied bool // a tier has added Vary
	extra  int  // bytes of fields that are kept, beyond the head's own
	passed int  // of these, Via and Cache-Status of tiers
	told   told // of a tier
	header int  // bytes of the header, of a tier's; 0: they follow from the rest
}

// failure is why no response came.
type failure struct {
	fault
	inGroups int  // the status that stands for it in a group's list
	timeout  bool // no answer in time: a read is sent again
	busy     bool // no connection came about: a tier is passed by
	again    bool // an idle connection that was lost before a byte came: the request is sent once more
}

// fault is an error of the edge's own.
type fault struct {
	status  int
	detail  results.Detail
	why     string
	crowded bool // the edge is over its bounds
	kept    bool // it is the origin's: errors of origins are kept where errors are
}

var (
	lostConnection = failure{fault: fault{status: 502, detail: results.OriginCommError, why: "the origin closed the connection", kept: true}, inGroups: 502, again: true}
	noAnswer       = failure{fault: fault{status: 504, detail: results.OriginCommError, why: "the origin did not answer in time", kept: true}, inGroups: 504, timeout: true}
	noConnection   = failure{fault: fault{status: 503, detail: results.OriginConnectError, why: "every connection to the origin is in use"}, inGroups: 503, busy: true}

	tooMany    = fault{status: 503, why: "too many requests are under way to origins", crowded: true}
	notAllowed = fault{status: 405, detail: results.InvalidRequestMethod, why: "this method is not allowed here"}
	notServed  = fault{status: 403, detail: results.ClientGeoBlocked, why: "this is not served in your country"}
	unknown    = fault{status: 403, detail: results.InvalidRequest, why: "no distribution has this host name"}
	onlyHTTPS  = fault{status: 403, detail: results.InvalidRequest, why: "this is served over HTTPS only"}
)

// told is what a tier says of its response.
type told struct {
	some   bool // it says so
	result results.Result
	layer  results.Layer
	detail results.Detail
	asked  uint16
	member uint16 // of the origins that the behavior names, which was asked
}

// wire is the bytes of the reply over the wire until so much of its body has
// come.
func (p *reply) wire(body int64) int64 {
	n := int64(p.header)
	if n == 0 {
		n = int64(p.head.wire(p.status, p.length) + p.taggedMore())
	}
	if p.header == 0 && (p.status == 206 || p.status == 416) {
		n += int64(contentRangeLine(p.from, p.to, p.total))
	}
	if p.length < 0 {
		body += chunking(&p.flow, body)
	}
	return n + body
}

// taggedMore is how much longer the entity tag is than one of a version of one
// digit.
func (p *reply) taggedMore() int {
	if !p.head.tagged {
		return 0
	}
	return digits(p.version) - 1
}

// contentRangeLine is the length of a Content-Range line.
func contentRangeLine(from, to, total int64) int {
	n := len("Content-Range: bytes /\r\n") + digits(total)
	if from < 0 {
		return n + len("*")
	}
	return n + digits(from) + len("-") + digits(to-1)
}

// chunking is the bytes that frame so much of a body in chunks: the pieces that
// the origin writes.
func chunking(f *flow, body int64) int64 {
	piece := int64(64 << 10)
	if f.curve.Bandwidth > 0 || f.curve.Every > 0 {
		piece = min(piece, f.curve.Piece)
	}
	n := body / piece * int64(hexDigits(piece)+4)
	if rest := body % piece; rest > 0 {
		n += int64(hexDigits(rest) + 4)
	}
	if body == f.n {
		n += int64(len("0\r\n\r\n"))
	}
	return n
}

func hexDigits(n int64) int {
	d := 1
	for n >= 16 {
		n /= 16
		d++
	}
	return d
}
