package virtual

import (
	"cmp"

	"github.com/zeebo/xxh3"

	"edgesim/edge/behavior"
	"edgesim/results"
)

// Error pages (edge/errorpage.go): a distribution may answer errors with another
// response, which is asked for like any other.

// instead is a request that is answered with an error page: what it was about
// before the page took its place.
type instead struct {
	path   []byte // of the page
	status int    // that the viewer gets, should the page be had
	detail results.Detail
	method results.Method // of the request
	hash   uint64
}

// pageFor is the rule by which another response takes the place of one with
// that status; nil: none does. An error page that fails is not replaced, nor
// what a tier says to an edge nearer to the viewer.
func (n *node) pageFor(a *ask, status int) *behavior.ErrorRule {
	if status < 400 || a.route == nil || a.page != nil || !n.isEdge() {
		return nil
	}
	if r := a.route.dist.Error(status); r != nil && r.Page != "" {
		return r
	}
	return nil
}

// answerInstead answers with an error page: the request becomes one for the page.
func (n *node) answerInstead(a *ask, r *behavior.ErrorRule, detail results.Detail) {
	w := n.w
	a = w.keep(a)
	hash := a.hash
	if hash == 0 {
		hash = w.nameOf(a)
	}
	a.page = &instead{[]byte(r.Page), cmp.Or(r.ResponseCode, r.Code), detail, a.method, hash}
	a.method, a.part, a.has, a.reading = results.GET, noPart, none, nil
	a.solo, a.rode, a.turns, a.forward, a.fwdStatus, a.judged, a.lacking = false, false, 0, 0, 0, 0, false
	a.route = a.desk.routes[a.route.dist.Route(a.page.path).Index]
	a.other, a.pathLen = a.page.path, len(a.page.path)
	if !a.cacheable() {
		a.hash, a.keyLen = 0, 0
		n.alone(a, a.unkept())
		return
	}
	w.key = a.route.rule.AppendKey(w.key[:0], a.desk.host, a.page.path, nil, w.fieldsOf(a))
	a.hash, a.keyLen = xxh3.Hash(w.key), len(w.key)
	n.serve(a)
}

// tell puts what the request was about into the record of the response.
func (p *instead) tell(r *results.Record) {
	r.Object, r.Method = p.hash, p.method
	r.Response, r.Result, r.Detail = results.Error, results.Error, p.detail
}
