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
	// and what is said of objects is scaled. Each takes up to 200 bytes, of an access
	// log 100 more.
	Objects int

	// Log is told what an access log says beside its requests for objects, before they
	// are added here; nil: the trace is none.
	Log *Mixing
}

const defaultFollowed = 1 << 20

// object is what is kept of each object that is followed.
type object struct {
	requests int64
	size     int64   // as asked for first: a hit keeps its size. In logs the largest: they learn sizes
	first    int64   // moment of its first request, ns
	age      float64 // seconds from its first request to the others, added up
	epochs   byEpoch
	kind     uint16 // of the log's kinds
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
	own     []*stat.Stack // of a log's kinds, each of its own objects
	objects results.Tally[object]
	ids     []uint64
	kinds   []uint16 // of ids
	seen    seen
	cells   [][]bySize // by the log's kind, then by bin of the object's size

	began     int64 // moment of the first request
	last      int64 // and of the last
	level     uint8 // epochs are of 2^level ms
	described bool  // by a descriptor: there are no counts of objects
	clock     clock
}

// seen are the requests for objects that are followed, as many as they stand for.
type seen struct{ requests, bytes float64 }

// bySize is what is known of the objects of a bin of sizes.
type bySize struct {
	requests, bytes float64
	objects         float64 // distinct
	octets          float64 // of those
	bin             int
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
	if m.Log != nil {
		m.kinds = m.Log.kindsOf(m.ids, m.kinds[:0])
	}
	for i := range reqs {
		kind := uint16(0)
		if m.Log != nil {
			kind = m.kinds[i]
		}
		m.add(&reqs[i], kind)
	}
}

func (m *Measured) add(r *trace.Request, kind uint16) {
	size := int64(1)
	if m.Tells.Sizes {
		size = max(1, r.Size)
	}
	at := m.moment(r)
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
		o.size, o.first, o.kind = size, at, kind
	}
	if m.Log != nil {
		o.size = max(o.size, size)
	}
	o.requests++
	o.age += float64(at-o.first) / 1e9
	epoch := m.epochOf(at - m.began)
	o.epochs.at(m.level)[epoch]++
	own, level := o.size, m.stack.Level()
	d := m.stack.Ask(r.ID, own)
	m.count(d, m.within(r.ID, o, d), o, size, float64(int64(1)<<level))
	if m.stack.Level() > level {
		m.forget()
	}
}

// within is how deep an object lies among those of its own kind.
func (m *Measured) within(id uint64, o *object, d stat.Depth) stat.Depth {
	if m.Log == nil {
		return d
	}
	for int(o.kind) >= len(m.own) {
		m.own = append(m.own, nil)
	}
	if m.own[o.kind] == nil {
		m.own[o.kind] = stat.NewStack(-1)
	}
	d = m.own[o.kind].Ask(id, o.size)
	d.Bytes <<= m.stack.Level()
	return d
}

// moment is a request's time; without times they come one a millisecond, as the
// scenario has them then.
func (m *Measured) moment(r *trace.Request) int64 {
	at := r.At
	if !m.Tells.Times {
		at = m.Requests * 1e6
	}
	if m.Requests == 0 {
		m.began, m.last = at, at
	}
	m.last = max(m.last, at)
	return m.last
}

// length is how long the trace is, in seconds.
func (m *Measured) length() float64 { return float64(m.last-m.began) / 1e9 }

// cell is where objects of a kind and a size are counted. Those of logs have wider
// bins, as there are several kinds.
func (m *Measured) cell(kind uint16, size int64) *bySize {
	for int(kind) >= len(m.cells) {
		m.cells = append(m.cells, nil)
	}
	list, bin := &m.cells[kind], m.sizeBin(size)
	for bin >= len(*list) {
		*list = append(*list, bySize{})
	}
	return &(*list)[bin]
}

func (m *Measured) sizeBin(size int64) int {
	if m.Log != nil {
		return binOf(size) >> 2
	}
	return binOf(size)
}

// count takes a request at that depth, of all and among its kind, for an object, that
// stands for so many.
func (m *Measured) count(d, own stat.Depth, o *object, size int64, stands float64) {
	s := m.cell(o.kind, o.size)
	m.seen.requests += stands
	m.seen.bytes += stands * float64(size)
	s.requests += stands
	s.bytes += stands * float64(size)
	if !d.Known {
		s.objects += stands
		s.octets += stands * float64(o.size)
		return
	}
	if own.Known {
		s.again.add(own.Bytes, stands)
	}
	m.Curve.add(d.Bytes+o.size, stands, stands*float64(size))
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
	m.own = nil // they begin anew: what is forgotten would lie between what is not
}

// Finish sums up what was taken in.
func (m *Measured) Finish() {
	m.Curve.Requests, m.Curve.Bytes = float64(m.Requests), float64(m.Bytes)
	objects, octets := 0.0, 0.0
	if m.Log != nil {
		m.settle()
	}
	for _, list := range m.cells {
		for i := range list {
			objects += list[i].objects
			octets += list[i].octets
		}
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

// settle counts objects anew by the sizes that a log has told in the end.
func (m *Measured) settle() {
	for _, list := range m.cells {
		for i := range list {
			list[i].objects, list[i].octets = 0, 0
		}
	}
	for _, o := range m.objects.All() {
		s := m.cell(o.kind, o.size)
		s.objects += 1 / m.Rate()
		s.octets += float64(o.size) / m.Rate()
	}
}

// Rate is which share of the objects is followed.
func (m *Measured) Rate() float64 { return 1 / float64(int64(1)<<m.stack.Level()) }
