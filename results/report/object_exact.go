package report

import (
	"iter"

	"edgesim/results"
)

// exactObjects counts every object: 64 bytes each and 5 to 11 of an index, its
// URL's text beside. Names are made of Syms, for which the table of strings has to
// keep its generation.
type exactObjects struct {
	o          Options
	generation uint64
	objects    results.Tally[objectCounts]
	spilled    map[uint64]*objectSums
}

func newExactObjects(o Options) *exactObjects {
	return &exactObjects{o: o, generation: o.Names.Strings.Generation(), spilled: map[uint64]*objectSums{}}
}

// A Sym is below 2^24, so that a distribution, a query and a path make one
// 64-bit name.
const symBits = 24

func (e *exactObjects) keys(recs []results.Record, keys []uint64) {
	if e.o.Names.Strings.Generation() != e.generation {
		panic("report: the table of strings was emptied under a report that counts exactly: it needs Options.Bounded")
	}
	for i := range recs {
		r := &recs[i]
		key := uint64(r.Distribution)<<(2*symBits) | uint64(r.URL)
		if e.o.Query {
			key |= uint64(r.Query) << symBits
		}
		keys[i] = key
	}
}

func (e *exactObjects) agent(sym results.Sym) uint64 { return uint64(sym) << 32 }

func (e *exactObjects) add(recs []results.Record, keys []uint64, downloads []download) {
	e.objects.Fetch(keys)
	for i := range recs {
		c := e.objects.At(keys[i])
		if c.add(&recs[i], downloads[i]); c.requests >= spillAt {
			e.spill(keys[i], c)
		}
	}
}

func (e *exactObjects) spill(key uint64, c *objectCounts) {
	if e.spilled[key] == nil {
		e.spilled[key] = &objectSums{}
	}
	sums := c.sums()
	e.spilled[key].merge(&sums)
	*c = objectCounts{}
}

func (e *exactObjects) all() iter.Seq2[uint64, *objectSums] {
	return func(yield func(uint64, *objectSums) bool) {
		for key, c := range e.objects.All() {
			sums := c.sums()
			sums.distribution = int(key >> (2 * symBits))
			if more := e.spilled[key]; more != nil {
				sums.merge(more)
			}
			if !yield(key, &sums) {
				return
			}
		}
	}
}

func (e *exactObjects) name(key uint64) objectName {
	return objectName{
		path:  e.o.Names.Str(results.Sym(key & (1<<symBits - 1))),
		query: e.o.Names.Str(results.Sym(key >> symBits & (1<<symBits - 1))),
	}
}

func (e *exactObjects) beyond() map[int]int64 { return nil }

func (e *exactObjects) lost() int64 { return 0 }
