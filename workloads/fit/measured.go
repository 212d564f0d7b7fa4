package fit

import (
	"cmp"

	"edgesim/results"
	"edgesim/workloads/trace"
	"edgesim/workloads/trace/stat"
)

// Options say what is known of a trace, and how much memory measuring may take.
type Options struct {
	Name  string
	Tells trace.Tells // without sizes all objects count 1

	// Objects bounds how many objects are followed; 0: 1,048,576. Beyond it they are
	// a sample by name (SHARDS, Waldspurger, Park, Garthwaite and Ahmad, FAST 2015),
	// and what is said of objects is scaled. Each takes up to 160 bytes.
	Objects int
}

const defaultFollowed = 1 << 20

// object is what is kept of each object that is followed.
type object struct {
	requests int64
	size     int64   // as asked for first: a hit keeps its size
	first    int64   // moment of its first request, ns
	age      float64 // seconds from its first request to the others, added up
}

// Measured is what a trace is like. It is filled with Add, and used by one goroutine
// at a time; its memory is bounded by Options.Objects.
type Measured struct {
	Options
	Requests   int64
	Bytes      int64
	Objects    int64 // distinct; an estimate where not all were followed
	WorkingSet int64 // bytes of distinct objects, or their number without sizes
	Curve      Curve

	stack   *stat.Stack
	objects results.Tally[object]
	ids     []uint64
	seen    seen
	sizes   []bySize // by bin of the object's size

	described bool // by a descriptor: there are no counts of objects
	clock     clock
}

// seen are the requests for objects that are followed, as many as they stand for.
type seen struct{ requests, bytes float64 }

// bySize is what is known of the objects of a bin of sizes.
type bySize struct {
	requests, bytes float64
	objects         float64 // distinct
	octets          float64 // of those
	part            int     // of a descriptor: 0 for small objects, 1 for large ones,
	share           float64 // and how much of those this is
	again           bins    // requests for objects known, by distance: what of others was asked for since
}

// NewMeasured is a Measured of nothing.
func NewMeasured(o Options) *Measured {
	o.Objects = cmp.Or(o.Objects, defaultFollowed)
	return &Measured{Options: o, stack: stat.NewStack(o.Objects), clock: newClock()}
}

// Add takes the next requests of the trace.
func (m *Measured) Add(reqs []trace.Request) {
	m.ids = m.ids[:0]
	for i := range reqs {
		m.ids = append(m.ids, reqs[i].ID)
	}
	m.objects.Fetch(m.ids)
	for i := range reqs {
		m.add(&reqs[i])
	}
}

func (m *Measured) add(r *trace.Request) {
	size := int64(1)
	if m.Tells.Sizes {
		size = max(1, r.Size)
	}
	m.Requests++
	m.Bytes += size
	if m.Tells.Times {
		m.clock.add(r.At)
	}
	if !m.stack.Follows(r.ID) {
		return
	}
	o := m.objects.At(r.ID)
	if o.requests == 0 {
		o.size, o.first = size, r.At
	}
	o.requests++
	o.age += float64(r.At-o.first) / 1e9
	own, level := o.size, m.stack.Level()
	m.count(m.stack.Ask(r.ID, own), own, size, float64(int64(1)<<level))
	if m.stack.Level() > level {
		m.forget()
	}
}

// count takes a request at that depth, for an object of its own size, that stands for
// so many.
func (m *Measured) count(d stat.Depth, own, size int64, stands float64) {
	bin := binOf(own)
	for bin >= len(m.sizes) {
		m.sizes = append(m.sizes, bySize{})
	}
	s := &m.sizes[bin]
	m.seen.requests += stands
	m.seen.bytes += stands * float64(size)
	s.requests += stands
	s.bytes += stands * float64(size)
	if !d.Known {
		s.objects += stands
		s.octets += stands * float64(own)
		return
	}
	s.again.add(d.Bytes, stands)
	m.Curve.add(d.Bytes+own, stands, stands*float64(size))
}

// forget leaves out the objects that are not followed any more.
func (m *Measured) forget() {
	var kept results.Tally[object]
	for id, o := range m.objects.All() {
		if m.stack.Follows(id) {
			*kept.At(id) = *o
		}
	}
	m.objects = kept
}

// Finish sums up what was taken in.
func (m *Measured) Finish() {
	m.Curve.Requests, m.Curve.Bytes = float64(m.Requests), float64(m.Bytes)
	objects, octets := 0.0, 0.0
	for i := range m.sizes {
		objects += m.sizes[i].objects
		octets += m.sizes[i].octets
	}
	m.Objects, m.WorkingSet = int64(objects+0.5), int64(octets+0.5)
	if m.stack.Level() == 0 {
		return
	}
	// The most popular objects are in the sample or not as chance will have it: by how
	// much its requests are fewer or more than they ought to be, so many are added at
	// the smallest distance (SHARDS_adj, section 4.4 of the paper).
	m.Curve.add(1, m.Curve.Requests-m.seen.requests, m.Curve.Bytes-m.seen.bytes)
}

// Rate is which share of the objects is followed.
func (m *Measured) Rate() float64 { return 1 / float64(int64(1)<<m.stack.Level()) }
