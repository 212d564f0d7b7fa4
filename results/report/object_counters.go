package report

import (
	"iter"

	"edgesim/results"
	"edgesim/results/sketch"
)

// objectCounter counts objects under 64-bit names.
type objectCounter interface {
	// keys writes the name of each record's object into keys, as long.
	keys(recs []results.Record, keys []uint64)
	// agent is a User-Agent's name.
	agent(results.Sym) uint64
	// add counts the records under their names.
	add(recs []results.Record, keys []uint64, downloads []download)
	// all gives every object that it knows; a value is good until the next.
	all() iter.Seq2[uint64, *objectSums]
	// name is what an object that all gave is called.
	name(key uint64) objectName
	// beyond is the most requests that an object which all does not give may have,
	// by distribution; none where it gives every object.
	beyond() map[int]int64
	// lost counts the records that it had to leave out.
	lost() int64
}

// objectName is what an object is called within its distribution.
type objectName struct {
	path, query string
}

func (n objectName) url() string {
	if n.query == "" {
		return n.path
	}
	return n.path + "?" + n.query
}

// hashed names objects by hashes, which outlive their Syms.
type hashed struct {
	o       Options
	strings bySym[uint64]
}

func newHashed(o Options) hashed {
	return hashed{o: o, strings: newBySym(o.Names.Strings, hashOf)}
}

func (h *hashed) keys(recs []results.Record, keys []uint64) {
	h.strings.renew()
	for i := range recs {
		r := &recs[i]
		query := results.Sym(0)
		if h.o.Query {
			query = r.Query
		}
		keys[i] = h.key(int(r.Distribution), h.strings.of(r.URL), query)
	}
}

func (h *hashed) key(distribution int, path uint64, query results.Sym) uint64 {
	if query != 0 {
		path = sketch.Mix(path, h.strings.of(query))
	}
	return sketch.Mix(path, uint64(distribution))
}

func (h *hashed) agent(sym results.Sym) uint64 { return h.strings.of(sym) }

func (h *hashed) nameOf(r *results.Record) objectName {
	n := objectName{path: h.o.Names.Str(r.URL)}
	if h.o.Query {
		n.query = h.o.Names.Str(r.Query)
	}
	return n
}
