package fit

import (
	"sync"

	"edgesim/results"
	"edgesim/workloads/trace"
	"edgesim/workloads/trace/stat"
)

// Mixing takes the records of an access log, and says what objects are of: a
// distribution and a content class, together a kind. It may be asked while it is
// filled.
type Mixing struct {
	mu sync.Mutex

	n, asked, ranges, aborts, heads, unchanged int64

	methods   map[results.Method]int64
	statuses  map[uint16]int64
	countries map[[2]byte]int64
	classes   map[string]int64
	visitors  visitors
	sites     sites
	browsing  browsing
	reached   []reaches // by site
	begun     int64     // of the first record: when it ended, ns
	ends      grain     // of the moments at which requests ended: the finest that the log's clock tells

	most    int // objects followed
	level   uint
	kinds   []kind
	numbers map[kindKey]uint16
	objects results.Tally[logged]
}

// kindKey is what tells kinds apart.
type kindKey struct {
	site  int
	class string
}

// kind is a distribution's objects of a content class.
type kind struct {
	kindKey
	requests int64 // for objects
	gone     int64 // for what is not there: statuses 403, 404 and 410
	sent     int64 // that were sent elsewhere: redirects
	changes  int64 // with methods that a cache passes on
	endings  map[string]int64
	fresh    freshness
}

// logged is what a log says of an object.
type logged struct {
	kind    uint16
	asked   uint32 // requests that a cache may answer
	hits    uint32
	fetched int64 // when it last came from the origin, ns; unknown: not since the log begins
	size    int64 // as trace.SizeOf learns it
	written uint32
	led     uint32 // requests that a page led to
}

const unknown = -1 << 62

// mostKinds bounds how many kinds there are: those of further distributions are the
// last one's.
const (
	mostKinds = 512
	mostSites = 24
)

// NewMixing is a Mixing of nothing that follows so many objects at most; 0: 1,048,576.
func NewMixing(objects int) *Mixing {
	if objects <= 0 {
		objects = defaultFollowed
	}
	// It meets objects that Measured does not, and is to have all that that has.
	return &Mixing{most: 2 * objects, methods: map[results.Method]int64{}, statuses: map[uint16]int64{}, countries: map[[2]byte]int64{},
		classes: map[string]int64{}, numbers: map[kindKey]uint16{}, visitors: newVisitors(), sites: newSites(), browsing: newBrowsing()}
}

// Add takes records, whose strings are in names.
func (m *Mixing) Add(recs []results.Record, names *results.Names) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range recs {
		m.add(&recs[i], names)
	}
}

func (m *Mixing) add(r *results.Record, names *results.Names) {
	m.n++
	m.methods[r.Method]++
	m.statuses[r.Status]++
	if r.Country != [2]byte{} {
		m.countries[r.Country]++
	}
	m.ends.add(r.End())
	m.visitors.add(r, names)
	url := names.Str(r.URL)
	class, ending := classOf(url)
	m.classes[class]++
	if r.Flags.Has(results.Aborted) {
		m.aborts++
	}
	number := m.kindOf(r, names, class)
	k := &m.kinds[number]
	m.reach(r, k.site)
	if len(k.endings) < 64 || k.endings[ending] > 0 {
		k.endings[ending]++
	}
	if r.Method != results.GET && r.Method != results.HEAD {
		k.changes++
		m.follow(r, number).written++
		return
	}
	m.asked++
	switch {
	case r.Method == results.HEAD:
		m.heads++
	case r.Status == 206 || r.RangeStart >= 0:
		m.ranges++
	}
	if r.Status == 304 {
		m.unchanged++
	}
	m.ask(r, names, number)
}

// reach takes what the record tells of its site's origin.
func (m *Mixing) reach(r *results.Record, site int) {
	if m.n == 1 {
		m.begun = r.End()
	}
	for len(m.reached) <= site {
		m.reached = append(m.reached, reaches{})
	}
	m.reached[site].add(r.End()-m.begun, r)
}

// ask takes a GET or HEAD.
func (m *Mixing) ask(r *results.Record, names *results.Names, number uint16) {
	k, o := &m.kinds[number], m.follow(r, number)
	size, ok := trace.SizeOf(r, o.size)
	if !ok {
		switch {
		case redirects(r):
			k.sent++
		case r.Status == 404 || r.Status == 403 || r.Status == 410:
			k.gone++
		}
		return
	}
	o.size = size
	k.requests++
	k.fresh.add(r, o)
	if m.browsing.add(r, names, k.class, number) {
		o.led++
	}
}

// redirects reports whether a viewer was sent elsewhere: by the edge, to HTTPS, or by
// the origin.
func redirects(r *results.Record) bool {
	switch r.Status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return r.ResultType() == results.Redirect
}

// follow is what is known of the record's object; something that is forgotten at once
// where it is not of the sample.
func (m *Mixing) follow(r *results.Record, number uint16) *logged {
	if !stat.Sampled(r.Object, m.level) {
		return &logged{kind: number, fetched: unknown}
	}
	o := m.objects.At(r.Object)
	if o.asked == 0 && o.written == 0 && o.size == 0 {
		*o = logged{kind: number, fetched: unknown}
	}
	if m.objects.Len() > m.most {
		m.thin()
		return m.follow(r, number)
	}
	return o
}

func (m *Mixing) thin() {
	m.level++
	var kept results.Tally[logged]
	for id, o := range m.objects.All() {
		if stat.Sampled(id, m.level) {
			*kept.At(id) = *o
		}
	}
	m.objects = kept
}

// kindOf is the number of a record's kind.
func (m *Mixing) kindOf(r *results.Record, names *results.Names, class string) uint16 {
	key := kindKey{m.sites.of(r, names), class}
	number, known := m.numbers[key]
	if known {
		return number
	}
	if len(m.kinds) == mostKinds {
		return mostKinds - 1
	}
	number = uint16(len(m.kinds))
	m.kinds = append(m.kinds, kind{kindKey: key, endings: map[string]int64{}})
	m.numbers[key] = number
	return number
}

// kindsOf appends the kinds of objects; of those that are not followed the first.
func (m *Mixing) kindsOf(ids []uint64, to []uint16) []uint16 {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range ids {
		number := uint16(0)
		if o := m.objects.Find(id); o != nil {
			number = o.kind
		}
		to = append(to, number)
	}
	return to
}

// grain is the greatest common divisor of moments, ns.
type grain struct {
	of    int64
	first int64
	some  bool
}

func (g *grain) add(at int64) {
	if !g.some {
		g.first, g.some = at, true
	}
	if g.of != 1 {
		g.of = divisor(g.of, max(at-g.first, g.first-at))
	}
}
