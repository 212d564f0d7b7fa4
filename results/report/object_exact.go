package report

import (
	"iter"

	"edgesim/results"
)

// exactObjects counts every object: 64 bytes each and 11 to 21 of an index, 16 for
// each string, its URL's text beside. Names are made of Syms, for which the table of strings has to
// keep its generation.
type exactObjects struct {
	hashed
	generation uint64
	objects    results.Tally[objectCounts]
	spilled    map[uint64]*objectSums
	urls       []exactURL // by Sym
	numbers    [addAtOnce]uint32
	read       uint64 // so that the reads of fetch are not left out
}

// exactURL is what is known of a URL.
type exactURL struct {
	name   uint64 // hashOf its text; 0: not known yet
	number uint32 // of the object that had it last, plus 1
}

func newExactObjects(o Options) *exactObjects {
	return &exactObjects{hashed: newHashed(o), generation: o.Names.Strings.Generation(), spilled: map[uint64]*objectSums{}}
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
		key := exactKey(r.Distribution, r.URL, 0)
		if e.o.Query {
			key |= uint64(r.Query) << symBits
		}
		keys[i] = key
	}
}

func exactKey(distribution uint16, url, query results.Sym) uint64 {
	return uint64(distribution)<<(2*symBits) | uint64(query)<<symBits | uint64(url)
}

func (e *exactObjects) things(recs []results.Record, things []uint64) {
	for i := range recs {
		u := e.url(recs[i].URL)
		if u.name == 0 {
			u.name = hashOf(0, e.o.Names.Str(recs[i].URL))
		}
		things[i] = e.thing(&recs[i], u.name)
	}
}

// url is what is known of that URL; good until the next call.
func (e *exactObjects) url(url results.Sym) *exactURL {
	if more := int(url) + 1 - len(e.urls); more > 0 {
		e.urls = append(e.urls, make([]exactURL, more)...)
	}
	return &e.urls[url]
}

func (e *exactObjects) add(recs []results.Record, keys []uint64, downloads []download) {
	e.fetch(recs)
	for i := range recs {
		c := e.find(recs[i].URL, keys[i], e.numbers[i])
		if c.add(&recs[i], downloads[i]); c.requests >= spillAt {
			e.spill(keys[i], c)
		}
	}
}

// fetch reads where the objects' counters are that had the records' URLs last, all
// at once, so that the processor waits for them together.
func (e *exactObjects) fetch(recs []results.Record) {
	for i := range recs {
		e.numbers[i] = e.url(recs[i].URL).number
	}
	for _, n := range e.numbers[:len(recs)] {
		if n > 0 {
			key, _ := e.objects.Entry(int(n) - 1)
			e.read += key
		}
	}
}

// find is the counter of key, which most often is that of the number.
func (e *exactObjects) find(url results.Sym, key uint64, number uint32) *objectCounts {
	if number > 0 {
		if at, c := e.objects.Entry(int(number) - 1); at == key {
			return c
		}
	}
	n := e.objects.Number(key)
	e.url(url).number = uint32(n) + 1
	_, c := e.objects.Entry(n)
	return c
}

// row is the number of an object that was counted.
func (e *exactObjects) row(url results.Sym, key uint64) uint32 {
	n := e.url(url).number - 1
	if at, _ := e.objects.Entry(int(n)); at == key {
		return n
	}
	return uint32(e.objects.Number(key))
}

// merge adds counts, of fewer than spillAt requests, of an object.
func (e *exactObjects) merge(distribution uint16, url, query results.Sym, counts *objectCounts) {
	key := exactKey(distribution, url, query)
	c := e.find(url, key, e.url(url).number)
	c.merge(counts)
	if c.requests >= spillAt {
		e.spill(key, c)
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
