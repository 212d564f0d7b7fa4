package report

import (
	"cmp"
	"fmt"
	"slices"

	"edgesim/results"
	"edgesim/results/sketch"
)

func init() {
	register(Kind{
		Name:  "longer_ttl",
		Title: "Objects that want a longer TTL",
		About: "The 50 objects that were fetched again most often by an edge that had fetched them before, with the bytes " +
			"that moved and the time to live that would have spared nine of ten.",
		Group: Beyond, Place: 8,
		New: func(o Options) Report { return newLongerTTL(o) },
	})
}

const longerTTLRows = 50

// longerTTL counts fetches that a longer time to live could have spared, by object.
// Such are refresh hits, since the object was there and only its time was over,
// and misses of an object that the same edge location has fetched before, within
// the range and not at the same time: a miss by another location is nobody's
// fault, and so is one of another piece of the object, or one that waits for a
// flight under way. Hits need no look at any table, which makes the report cheap.
//
// The interval of a re-fetch is the time from the end of the location's last
// fetch. Where records are out of order it is taken from the latest, and so a
// little too long.
type longerTTL struct {
	o       Options
	fetches fetches
	exact   results.Tally[renewals]
	bounded *sketch.SpaceSaving[renewals] // nil: exact
	totals  []demand                      // by distribution + 1

	keys []uint64 // of the fetches among a batch of records
	at   []int    // their places in it
}

// renewals are an object's fetches after its first.
type renewals struct {
	url, query          string
	distribution        uint16
	refreshed, repeated int64
	bytes               int64
	intervals           intervals
}

func newLongerTTL(o Options) *longerTTL {
	l := &longerTTL{o: o, fetches: fetches{most: o.Bounded}}
	if o.Bounded > 0 {
		l.bounded = sketch.NewSpaceSaving[renewals](o.Bounded)
	}
	return l
}

func (l *longerTTL) Add(recs []results.Record) {
	for len(recs) > 0 {
		n := min(len(recs), addAtOnce)
		l.addSome(recs[:n])
		recs = recs[n:]
	}
}

// addSome picks the fetches out and looks for what is known of them, all at once.
func (l *longerTTL) addSome(recs []results.Record) {
	l.keys, l.at = l.keys[:0], l.at[:0]
	for i := range recs {
		r := &recs[i]
		result := r.ResultType()
		if result != results.Miss && result != results.RefreshHit || r.Flags.Has(results.Collapsed) || r.Method.Proxied() {
			continue
		}
		object := sketch.Mix(r.Object, uint64(r.Distribution))
		l.keys = append(l.keys, sketch.Mix(object, uint64(r.Edge)<<48^uint64(r.RangeStart+1)))
		l.at = append(l.at, i)
	}
	l.fetches.young.Fetch(l.keys)
	for i, at := range l.at {
		l.add(&recs[at], l.keys[i])
	}
}

func (l *longerTTL) add(r *results.Record, key uint64) {
	object, refreshed := sketch.Mix(r.Object, uint64(r.Distribution)), r.ResultType() == results.RefreshHit
	interval, again := l.fetches.add(key, r)
	if !again && !refreshed {
		return
	}
	n := l.of(object, r)
	bytes := r.OriginBytes
	if refreshed {
		n.refreshed++
	} else {
		n.repeated++
		if bytes == 0 && !tellsLayer(r) {
			bytes = r.BytesOut
		}
	}
	n.bytes += bytes
	if again {
		n.intervals.add(interval)
	}
	sum := placeOf(&l.totals, r.Distribution)
	sum.requests++
	sum.bytes += bytes
}

// of is where the object's renewals are counted.
func (l *longerTTL) of(object uint64, r *results.Record) *renewals {
	var n *renewals
	fresh := false
	if l.bounded != nil {
		n, fresh = l.bounded.At(object)
	} else {
		n = l.exact.At(object)
		fresh = n.refreshed+n.repeated == 0
	}
	if fresh {
		*n = renewals{url: l.o.Names.Str(r.URL), query: l.o.Names.Str(r.Query), distribution: r.Distribution}
	}
	return n
}

func (n *renewals) total() int64 { return n.refreshed + n.repeated }

// object is the URL as tables have it.
func (n *renewals) object() string {
	if n.query == "" {
		return lastChars(n.url, urlChars)
	}
	return lastChars(n.url+"?"+n.query, urlChars)
}

// compare puts more renewals first, and does not depend on the records' order.
func (n *renewals) compare(o *renewals) int {
	return cmp.Or(cmp.Compare(o.total(), n.total()), cmp.Compare(o.bytes, n.bytes),
		cmp.Compare(n.url, o.url), cmp.Compare(n.query, o.query), cmp.Compare(n.distribution, o.distribution))
}

func longerTTLColumns() []Column {
	return []Column{
		{Name: "DistributionID", Unit: Text, Wide: true},
		{Name: "FriendlyName", Label: "Distribution", Unit: Text, Wide: true},
		{Name: "Object", Label: "URL", Unit: Text},
		{Name: "RefetchCount", Label: "Re-fetches", Unit: Count},
		{Name: "RefreshHitCount", Label: "Refresh hits", Unit: Count, Wide: true},
		{Name: "RepeatMissCount", Label: "Repeat misses", Unit: Count, Wide: true},
		{Name: "OriginBytes", Label: "Bytes moved", Unit: Bytes},
		{Name: "MedianSeconds", Label: "Median s", Unit: Number, Merge: Apart},
		{Name: "TTLSeconds", Label: "TTL s for 90 %", Unit: Number, Merge: Apart},
	}
}

// Tables is the objects with the most re-fetches.
func (l *longerTTL) Tables(distribution string) []*Table {
	scope := l.o.scope(distribution)
	t := &Table{Name: "longer_ttl", Title: "Objects that want a longer TTL", Columns: longerTTLColumns(), Charts: longerTTLCharts()}
	t.Preamble = l.o.preamble("Longer TTL", scope)
	known := l.o.Names.EveryDistribution()
	wanted := wanted(scope, known)
	for _, n := range l.top(wanted) {
		id, name := nameOf(int(n.distribution), known)
		t.Rows = append(t.Rows, []Cell{text(id), text(name), text(n.object()), num(n.total()), num(n.refreshed), num(n.repeated), num(n.bytes),
			n.intervals.middle(), n.intervals.covering(0.9)})
	}
	if len(t.Rows) > 0 {
		t.Notes = l.notes(wanted, t)
	}
	return []*Table{t}
}

func (l *longerTTL) notes(wanted func(int) bool, t *Table) []string {
	var all demand
	for i, sum := range l.totals {
		if wanted(int(uint16(i - 1))) {
			all.requests += sum.requests
			all.bytes += sum.bytes
		}
	}
	shown := 0.0
	for _, row := range t.Rows {
		shown += row[3].Num
	}
	notes := []string{
		fmt.Sprintf("Of %s re-fetches with %s the %d objects shown have %s.", grouped(all.requests), binaryBytes(float64(all.bytes)),
			len(t.Rows), grouped(int64(shown))),
		"A refresh hit a longer TTL spares for sure; a repeat miss only where the object did not leave the cache for want of room. " +
			"The TTL is the interval that 90 % of re-fetches did not exceed, to the next quarter of a doubling.",
	}
	if l.bounded != nil && (l.bounded.Beyond() > 0 || l.fetches.forgot) {
		notes = append(notes, fmt.Sprintf("Memory is bounded: counts are the least that there were, up to %s too low; re-fetches with more than %s "+
			"other fetches in between are not seen.", grouped(int64(l.bounded.Beyond())), grouped(int64(l.o.Bounded))))
	}
	return notes
}

// top is the list of the first objects, kept sorted while all pass by.
func (l *longerTTL) top(wanted func(int) bool) []*renewals {
	var list []*renewals
	l.each(func(n *renewals) {
		if !wanted(int(n.distribution)) || len(list) == longerTTLRows && n.total() < list[longerTTLRows-1].total() {
			return
		}
		at, _ := slices.BinarySearchFunc(list, n, (*renewals).compare)
		list = slices.Insert(list, at, n)
		list = list[:min(len(list), longerTTLRows)]
	})
	return list
}

func (l *longerTTL) each(f func(*renewals)) {
	if l.bounded != nil {
		for c := range l.bounded.All() {
			f(c.Value)
		}
		return
	}
	for _, n := range l.exact.All() {
		f(n)
	}
}

func longerTTLCharts() []Chart {
	return []Chart{{
		Name: "longer_ttl", Title: "Objects that want a longer TTL", Form: Stack, X: "Object", Y: "re-fetches", Unit: Count, Most: 15,
		About: "Fetches of an object by an edge location that had fetched it before.",
		Series: []Series{
			{Label: "Refresh hits", Columns: []string{"RefreshHitCount"}, Color: "RefreshHit"},
			{Label: "Repeat misses", Columns: []string{"RepeatMissCount"}, Color: "Miss"},
		},
	}}
}
