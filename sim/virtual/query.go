package virtual

import (
	"bytes"

	"edgesim/results"
)

// A replay's objects are told by their queries, too. What a query adds to a request is
// worked out once, as a card is, and kept beside it.

// query is what an object's query adds. Objects of a replay have some 30 bytes of it
// each.
type query struct {
	sym    results.Sym
	target uint16 // length of path and query together
	key    uint16 // length of the key; 0: it depends on who asks
}

// pathOf is an object's path and, where it has one, its query; good until the next
// call.
func (w *world) pathOf(id uint64) (path, query []byte) {
	w.path = w.catalog.AppendPath(w.path[:0], id)
	if !w.queried {
		return w.path, nil
	}
	path, query, _ = bytes.Cut(w.path, []byte{'?'})
	return path, query
}

// askQuery completes a request for an object that may have a query: what is in its
// record, and how long its key is.
func (w *world) askQuery(a *ask, c *card) {
	q, known := a.desk.queries[a.req.Object]
	if !known {
		q = w.newQuery(a, c)
		if len(a.desk.queries) < mostCards {
			a.desk.queries[a.req.Object] = q
		}
	}
	a.query, a.target = q.sym, int(q.target)
	if q.key > 0 {
		a.keyLen = int(q.key)
	}
}

func (w *world) newQuery(a *ask, c *card) query {
	d := a.desk
	path, text := w.pathOf(a.req.Object)
	q := query{target: uint16(len(w.path)), sym: w.names.Strings.Bytes(text)}
	if d.dist != nil && c.hash != 0 {
		w.key = d.routes[c.rule].rule.AppendKey(w.key[:0], d.host, path, text, func(name string) []byte {
			value, _ := fixedField(d, name)
			return value
		})
		q.key = uint16(len(w.key))
	}
	return q
}
