package curve

import "edgesim/workloads/trace"

// batchSize is how many requests are numbered and handed on together. Enough for
// the processor to have its misses under way at once, few enough that a batch and
// what it touches stay in a core's own cache.
const batchSize = 2048

// ask is a request as cells see it.
type ask struct {
	object uint32 // number of the object
	size   uint32 // as sizes codes it
}

// batch is requests in their order. Cells only read it.
type batch struct {
	asks    []ask
	ids     []uint64 // the objects' names, by request
	next    []int64  // numbers of their objects' next requests; nil where nobody asks
	objects int      // numbers given out so far, those of this batch included
	large   []int64  // of sizes, for codes up to this batch
}

// sizeOf is the size with that code.
func (b *batch) sizeOf(code uint32) int64 {
	if code < largeSize {
		return int64(code)
	}
	return b.large[code-largeSize]
}

// numberer makes batches of requests.
type numberer struct {
	config  Config
	numbers *numbers
	want    bool // next requests
	unfit   unfit
	totals  Totals
}

func newNumberer(c Config, capacities []int64) *numberer {
	return &numberer{config: c, numbers: newNumbers(), unfit: newUnfit(capacities)}
}

// fill makes b the batch of reqs, at most batchSize of them.
func (m *numberer) fill(b *batch, reqs []trace.Request) {
	b.asks, b.ids = b.asks[:0], b.ids[:0]
	largest, bytes := m.totals.Largest, int64(0)
	for i := range reqs {
		r := &reqs[i]
		size := m.config.sizeOf(r)
		largest = max(largest, size)
		bytes += size
		if size > m.unfit.least {
			m.unfit.add(size)
		}
		b.asks = append(b.asks, ask{size: m.numbers.sizes.code(size)})
		b.ids = append(b.ids, m.config.name(r.ID, size))
	}
	m.totals.Largest = largest
	m.totals.Bytes += bytes
	m.totals.Requests += int64(len(reqs))
	m.totals.Counted += int64(len(reqs))
	m.number(b)
	if m.want {
		b.next = b.next[:0]
		for i := range reqs {
			b.next = append(b.next, reqs[i].Next)
		}
	}
}

func (m *numberer) number(b *batch) {
	n := m.numbers
	n.roomy(len(b.ids))
	n.touch(b.ids)
	for i, id := range b.ids {
		b.asks[i].object = n.number(i, id, b.asks[i].size)
	}
	b.objects, b.large = n.used, n.sizes.large
}

// name is what an object is called: with ResizedNew id and size together.
func (c Config) name(id uint64, size int64) uint64 {
	if c.ResizedNew {
		return spread(id ^ spread(uint64(size)))
	}
	return id
}

// clear forgets what was counted, at the end of the warm-up.
func (m *numberer) clear() {
	m.totals.Counted, m.totals.Bytes = 0, 0
	m.unfit.clear()
}

// sum is the totals so far.
func (m *numberer) sum() Totals {
	t := m.totals
	t.Objects, t.WorkingSet, t.Resized = int64(m.numbers.used), m.numbers.workingSet, m.numbers.resized
	return t
}
