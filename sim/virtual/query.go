package virtual

import "edgesim/results"

// A replay's objects are told by their queries, too. What a query adds to a request is
// worked out once, as a card is, and kept beside it.

// query is what an object's query adds. Objects of a replay have some 30 bytes of it
// each.
type query struct {
	sym    results.Sym
	target uint16 // length of path and query together
	key    uint16 // length of the key; 0: it depends on who asks
}

// askQuery completes a request for an object that may have a query: what is in its
// record, and how long its key is.
func (c *clerk) askQuery(d *desk, object uint64, k *known) {
	q, met := d.queries[object]
	if !met {
		q = c.newQuery(d, object, &k.card)
		if len(d.queries) < mostCards {
			d.queries[object] = q
		}
	}
	k.query, k.target = q.sym, int32(q.target)
	if q.key > 0 {
		k.keyLen = int32(q.key)
	}
}

func (c *clerk) newQuery(d *desk, object uint64, k *card) query {
	path, text := c.pathOf(object)
	path = d.rooted(path)
	q := query{target: uint16(len(c.path)), sym: c.names.Strings.Bytes(text)}
	if d.dist != nil && k.hash != 0 {
		c.key = d.routes[k.rule].rule.AppendKey(c.key[:0], d.host, path, text, func(name string) []byte {
			value, _ := fixedField(d, name)
			return value
		})
		q.key = uint16(len(c.key))
	}
	return q
}
