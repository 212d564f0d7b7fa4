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
	// things writes what each record's object is called within its distribution into
	// things, as long: a hash of the text, which is the same whoever reads.
	things(recs []results.Record, things []uint64)
	// agent is the same of a User-Agent.
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
	h.things(recs, keys)
	for i := range recs {
		keys[i] = sketch.Mix(keys[i], uint64(recs[i].Distribution))
	}
}

func (h *hashed) things(recs []results.Record, things []uint64) {
	for i := range recs {
		things[i] = h.thing(&recs[i], h.strings.of(recs[i].URL))
	}
}

// thing is the path's name and the query's as one, where queries are looked at.
func (h *hashed) thing(r *results.Record, path uint64) uint64 {
	if h.o.Query && r.Query != 0 {
		return sketch.Mix(path, h.strings.of(r.Query))
	}
	return path
}

func (h *hashed) agent(sym results.Sym) uint64 { return h.strings.of(sym) }

func (h *hashed) nameOf(r *results.Record) objectName {
	n := objectName{path: h.o.Names.Str(r.URL)}
	if h.o.Query {
		n.query = h.o.Names.Str(r.Query)
	}
	return n
}
