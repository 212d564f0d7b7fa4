package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"

	"edgesim/results"
)

func init() {
	register(Kind{
		Name:  "popular_objects",
		Title: "Popular objects",
		About: "The 50 objects asked for most, with hits, bytes and status codes, and how many of their downloads " +
			"went to viewers who had had them.",
		Group: CloudFront, Place: 2,
		Tables: []string{"popular_objects", "popular_objects_more"},
		New:    func(o Options) Report { return newPopularObjects(o) },
	})
}

const (
	popularRows = 50
	// urlChars is how much of a URL's end the report shows.
	urlChars = 500
	// addAtOnce is how many records are looked at together, so that what they need
	// of memory is fetched together.
	addAtOnce = 256
)

// popularObjects counts objects: exactly, with a bounded number of counters, or as
// CloudFront does, as Options say.
type popularObjects struct {
	o        Options
	counter  objectCounter
	repeats  *repeats
	absorbed absorbedObjects

	names     [addAtOnce]uint64
	things    [addAtOnce]uint64
	downloads [addAtOnce]download
}

func newPopularObjects(o Options) *popularObjects {
	return &popularObjects{o: o, counter: newObjectCounter(o), repeats: newRepeats(), absorbed: newAbsorbedObjects()}
}

func newObjectCounter(o Options) objectCounter {
	switch {
	case o.Approximate:
		return newRunningObjects(o)
	case o.Bounded > 0:
		return newBoundedObjects(o)
	}
	return newExactObjects(o)
}

func (p *popularObjects) Add(recs []results.Record) {
	for len(recs) > 0 {
		n := min(len(recs), addAtOnce)
		names, things, downloads := p.names[:n], p.things[:n], p.downloads[:n]
		p.counter.keys(recs[:n], names)
		p.counter.things(recs[:n], things)
		p.repeats.of(recs[:n], things, p.counter.agent, downloads)
		p.counter.add(recs[:n], names, downloads)
		recs = recs[n:]
	}
}

// Tables are CloudFront's table and one of what CloudFront does not tell of the
// same objects.
func (p *popularObjects) Tables(distribution string) []*Table {
	scope := p.o.scope(distribution)
	top := p.top(scope)
	first := &Table{Name: "popular_objects", Title: "Popular objects", Columns: popularColumns(),
		Preamble: p.o.preamble("Popular Objects", scope), Notes: top.notes(p)}
	more := &Table{Name: "popular_objects_more", Title: "Popular objects: repeat downloads",
		Columns: popularMoreColumns(), Notes: p.repeats.notes(), Charts: popularCharts(),
		Preamble: p.o.preamble("Popular Objects: Repeat Downloads", scope, [2]string{mostUnlisted, strconv.FormatInt(top.rest, 10)})}
	if p.absorbed.tables > 0 {
		more.Notes = append(more.Notes, "Repeats are those within each of the tables that were added up; a viewer who "+
			"came back in another is not among them.")
	}
	for _, o := range top.list {
		first.Rows = append(first.Rows, o.row())
		more.Rows = append(more.Rows, o.moreRow(p.repeats.unknown > 0 && p.repeats.known == 0))
	}
	return []*Table{first, more}
}

// popular is an object on its way into the table.
type popular struct {
	objectSums
	of  results.Distribution
	url string
}

// compare puts more requests first; among equals the URL decides, so that the
// table does not depend on the order of the records.
func (a popular) compare(b popular) int {
	return cmp.Or(
		cmp.Compare(b.requests, a.requests),
		cmp.Compare(a.url, b.url),
		cmp.Compare(a.of.ID, b.of.ID))
}

// popularTop is the list of the first objects.
type popularTop struct {
	list  []popular
	known int   // objects that were counted
	rest  int64 // the most requests that one which is not listed may have
	scope string
}

// top keeps the list sorted while all objects pass by, so that a catalog of
// millions is not sorted for fifty.
func (p *popularObjects) top(scope string) *popularTop {
	known, most := p.o.Names.EveryDistribution(), cmp.Or(p.o.Most, popularRows)
	wanted := wanted(scope, known)
	t := &popularTop{scope: scope}
	for key, sums := range p.absorbed.with(p.counter) {
		if !wanted(sums.distribution) {
			continue
		}
		t.known++
		if len(t.list) == most && sums.requests < t.list[most-1].requests {
			t.rest = max(t.rest, sums.requests+sums.wrong)
			continue
		}
		o := popular{objectSums: *sums, url: p.name(key).url()}
		if sums.distribution < len(known) {
			o.of = known[sums.distribution]
		}
		at, _ := slices.BinarySearchFunc(t.list, o, popular.compare)
		t.list = slices.Insert(t.list, at, o)
		if len(t.list) > most {
			t.rest = max(t.rest, t.list[most].requests+t.list[most].wrong)
			t.list = t.list[:most]
		}
	}
	t.rest = max(t.rest, p.unlisted(wanted))
	return t
}

func (p *popularObjects) name(key uint64) objectName {
	if a := p.absorbed.objects[key]; a != nil {
		return a.name
	}
	return p.counter.name(key)
}

// unlisted is the most requests that an object may have which nobody knows.
func (p *popularObjects) unlisted(wanted func(int) bool) int64 {
	most := p.absorbed.every
	for d, n := range p.counter.beyond() {
		if wanted(d) {
			most = max(most, n+p.absorbed.floor(d))
		}
	}
	for d := range p.absorbed.floors {
		if wanted(d) {
			most = max(most, p.absorbed.floor(d))
		}
	}
	return most
}

// notes say what was left out and how sure the counts are.
func (t *popularTop) notes(p *popularObjects) (list []string) {
	if exact := !p.o.Approximate && p.o.Bounded <= 0 && p.absorbed.tables == 0; exact {
		if t.known > len(t.list) {
			list = append(list, fmt.Sprintf("%d of %d objects are shown.", len(t.list), t.known))
		}
		return list
	}
	wrong := int64(0)
	for _, o := range t.list {
		wrong = max(wrong, o.wrong)
	}
	if p.o.Approximate {
		list = append(list, "Requests are counted as CloudFront does, by a list of 150 that runs over intervals of ten "+
			"minutes: up to "+grouped(wrong)+" of an object's requests are an estimate for the time when it was not on "+
			"the list (MaxError), and what else it did in that time is not counted.")
	}
	if p.o.Bounded > 0 && !p.o.Approximate {
		list = append(list, "Objects are counted with "+grouped(int64(p.o.Bounded))+" counters for each distribution.")
	}
	if p.absorbed.tables > 0 {
		list = append(list, fmt.Sprintf("%d lists were added up; an object that one of them does not show had at most "+
			"as many requests in it as the last that it shows.", p.absorbed.tables))
	}
	if n := p.counter.lost(); n > 0 {
		list = append(list, grouped(n)+" records came more than three hours late, of objects that were not on the day's list, and are left out.")
	}
	if !p.o.Approximate {
		list = append(list, t.bound(wrong))
	}
	return list
}

// bound says how far a sketch or a sum of lists may be from the truth.
func (t *popularTop) bound(wrong int64) string {
	switch last := len(t.list) - 1; {
	case wrong == 0 && t.rest == 0:
		return "No object was left out: the counts are exact."
	case last >= 0 && t.rest <= t.list[last].requests:
		return fmt.Sprintf("A count is too low by %s at most (MaxError); these are surely the first %d.", grouped(wrong), last+1)
	}
	return fmt.Sprintf("A count is too low by %s at most (MaxError); an object that is not shown had at most %s requests.",
		grouped(wrong), grouped(t.rest))
}

// lastChars is the end of s, at most n characters long.
func lastChars(s string, n int) string {
	at := len(s)
	for ; n > 0 && at > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(s[:at])
		at -= size
	}
	return s[at:]
}
