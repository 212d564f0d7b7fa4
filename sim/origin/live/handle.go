package live

import (
	"io"
	"time"

	"github.com/valyala/fasthttp"
	"github.com/zeebo/xxh3"

	"edgesim/sim/origin"
)

// exchange is one request and what is to become of it.
type exchange struct {
	ctx    *fasthttp.RequestCtx
	object origin.Object
	found  bool
	at     time.Duration // arrival, in the model's time
	begin  time.Time     // when the first byte of the response is due
	answer origin.Answer
}

// handle is the life of a request: outages and resets, the queue, the wait for
// the first byte, and the answer. A request that got past the queue gives its
// place back when its body is closed, or here if it has none.
func (s *Server) handle(ctx *fasthttp.RequestCtx) {
	s.count.requests.Add(1)
	s.count.inFlight.up()
	x := exchange{ctx: ctx}
	if !s.meet(&x) {
		s.count.inFlight.down()
		ctx.Conn().(*conn).reset()
		return
	}
	drain(ctx)
	switch s.gate.enter(s.kill) {
	case full:
		x.answer.Status = fasthttp.StatusServiceUnavailable
		s.answer(&x)
		s.count.inFlight.down()
		return
	case cancelled:
		s.count.inFlight.down()
		_ = ctx.Conn().Close()
		return
	}
	s.serve(&x)
}

// ended is the end of a request that was served.
func (s *Server) ended() {
	s.gate.leave()
	s.count.inFlight.down()
}

func (s *Server) serve(x *exchange) {
	x.begin = time.Now().Add(x.answer.FirstByte)
	if !s.waitUntil(x.begin, s.kill) {
		_ = x.ctx.Conn().Close()
		s.ended()
		return
	}
	s.answer(x)
	if x.ctx.Response.BodyStream() == nil {
		s.ended()
	}
}

// drain reads an upload to its end: left unread, it would be taken for the
// next request on the connection.
func drain(ctx *fasthttp.RequestCtx) {
	if r := ctx.RequestBodyStream(); r != nil {
		if _, err := io.Copy(io.Discard, r); err != nil {
			ctx.SetConnectionClose()
		}
	}
}

// meet asks the model about the request, and sits out the outages in which
// nothing is answered. It returns false when the connection is to be reset.
func (s *Server) meet(x *exchange) bool {
	key, attempt := s.identify(x)
	for now := x.ctx.Time(); ; now = time.Now() {
		x.at = s.at(now)
		x.answer = s.model.Answer(key, attempt, x.at)
		switch x.answer.Fault {
		case origin.Reset:
			s.count.resets.Add(1)
			return false
		case origin.Refuse:
			s.count.refused.Add(1)
			return false
		case origin.Hang:
			s.count.hung.Add(1)
			if !s.waitUntil(s.epoch.Add(x.answer.Until), s.stop) {
				return false
			}
		default:
			return true
		}
	}
}

// identify finds the object and counts the attempt. What is not there is one
// object as far as counting goes, so that a scan of missing paths costs no
// memory, and has its fate drawn by path.
func (s *Server) identify(x *exchange) (key uint64, attempt uint32) {
	uri := x.ctx.URI()
	if target := x.ctx.RequestURI(); s.targets != nil && len(target) > 0 && target[0] == '/' {
		x.object, x.found = s.targets.FindTarget(uri.Host(), target)
	} else {
		x.object, x.found = s.contents.Find(uri.Host(), uri.PathOriginal())
	}
	if x.object.Size < 0 {
		panic("live: the contents gave an object of negative size")
	}
	if x.found {
		return x.object.Key, s.attempts.next(x.object.Key)
	}
	return xxh3.Hash(uri.PathOriginal()), s.absent.Add(1) - 1
}

// refusing says whether connections are refused now.
func (s *Server) refusing() bool {
	o, out := s.model.OutageAt(s.at(time.Now()))
	return out && o.Kind == "refuse"
}
