package report

import (
	"cmp"
	"fmt"
	"slices"
	"unicode/utf8"

	"edgesim/results"
)

func init() {
	register(Kind{
		Name:  "popular_objects",
		Title: "Popular objects",
		About: "The 50 objects asked for most, with hits, bytes and status codes; counts are exact.",
		Group: CloudFront, Place: 2,
		New: func(o Options) Report { return &popularObjects{o: o} },
	})
}

const (
	popularRows = 50
	// urlChars is how much of a URL's end the report shows.
	urlChars = 500
)

// popularObjects counts every object exactly. CloudFront keeps a running list
// of 150 and estimates what an object got while it was not on the list.
type popularObjects struct {
	o       Options
	objects results.Tally[tallies]
}

// A Sym is below 2^24, so that a distribution, a query and a path make one
// 64-bit name.
const symBits = 24

func (p *popularObjects) Add(recs []results.Record) {
	for i := range recs {
		r := &recs[i]
		key := uint64(r.Distribution)<<(2*symBits) | uint64(r.URL)
		if p.o.Query {
			key |= uint64(r.Query) << symBits
		}
		p.objects.At(key).add(r)
	}
}

// popular is an object on its way into the table.
type popular struct {
	*tallies
	distribution results.Distribution
	url          string
}

// compare puts more requests first; among equals the URL decides, so that the
// table does not depend on the order of the records.
func (a popular) compare(b popular) int {
	return cmp.Or(
		cmp.Compare(b.requests, a.requests),
		cmp.Compare(a.url, b.url),
		cmp.Compare(a.distribution.ID, b.distribution.ID))
}

func (p *popularObjects) Tables(distribution string) []*Table {
	scope := p.o.scope(distribution)
	t := &Table{Name: "popular_objects", Title: "Popular objects", Columns: popularColumns()}
	t.Preamble = p.o.preamble("Popular Objects", scope)
	list, n := p.top(scope)
	for _, o := range list {
		t.Rows = append(t.Rows, o.row())
	}
	if n > len(list) {
		t.Notes = append(t.Notes, fmt.Sprintf("%d of %d objects are shown.", len(list), n))
	}
	return []*Table{t}
}

// top is the list of the first objects, kept sorted while all pass
// by, so that a catalog of millions is not sorted for fifty; of is how many there
// are.
func (p *popularObjects) top(scope string) (list []popular, of int) {
	known, most := p.o.Names.EveryDistribution(), cmp.Or(p.o.Most, popularRows)
	for key, n := range p.objects.All() {
		if d := int(key >> (2 * symBits)); scope != "" && (d >= len(known) || known[d].ID != scope) {
			continue
		}
		of++
		if len(list) == most && n.requests < list[most-1].requests {
			continue
		}
		o := p.named(key, n, known)
		at, _ := slices.BinarySearchFunc(list, o, popular.compare)
		list = slices.Insert(list, at, o)
		list = list[:min(len(list), most)]
	}
	return list, of
}

func (p *popularObjects) named(key uint64, n *tallies, known []results.Distribution) popular {
	o := popular{tallies: n, url: p.o.Names.Str(results.Sym(key & (1<<symBits - 1)))}
	if query := p.o.Names.Str(results.Sym(key >> symBits & (1<<symBits - 1))); query != "" {
		o.url += "?" + query
	}
	if d := int(key >> (2 * symBits)); d < len(known) {
		o.distribution = known[d]
	}
	return o
}

func popularColumns() []Column {
	columns := []Column{
		{Name: "DistributionID", Unit: Text, Wide: true},
		{Name: "FriendlyName", Label: "Distribution", Unit: Text},
		{Name: "Object", Label: "URL", Unit: Text},
		{Name: "RequestCount", Label: "Requests", Unit: Count},
		{Name: "HitCount", Label: "Hits", Unit: Count, Wide: true},
		{Name: "MissCount", Label: "Misses", Unit: Count},
		{Name: "HitCountPct", Label: "Hit %", Unit: Percent},
		{Name: "BytesFromMisses", Label: "From misses", Unit: Bytes, Wide: true},
		{Name: "TotalBytes", Label: "Bytes", Unit: Bytes},
		{Name: "IncompleteDownloadCount", Label: "Incomplete", Unit: Count, Wide: true},
	}
	return append(columns, statusColumns()...)
}

func (o popular) row() []Cell {
	row := []Cell{text(o.distribution.ID),
		text(cmp.Or(o.distribution.Friendly, o.distribution.Domain)),
		text(lastChars(o.url, urlChars)),
		num(o.requests), num(o.hits), num(o.misses),
		num(100 * float64(o.hits) / float64(o.requests)),
		num(o.missBytes), num(o.bytes), num(o.incomplete)}
	return append(row, o.statusCells()...)
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
