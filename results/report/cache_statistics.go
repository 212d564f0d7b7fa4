package report

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"edgesim/results"
	"edgesim/results/places"
)

func init() {
	register(Kind{
		Name:  "cache_statistics",
		Title: "Cache statistics",
		About: "Requests by how the cache answered, status and bytes over time, by the moment a response ended, as CloudFront counts them.",
		Group: CloudFront, Place: 1,
		New: func(o Options) Report { return newCacheStatistics(o) },
	})
}

// cacheStatistics counts by distribution and time bucket.
type cacheStatistics struct {
	timeline
	cells map[bucket]*tallies
	// The cell of the record before, since the next is most often of the same.
	lastBucket bucket
	lastCell   *tallies

	place  string // the continent that is counted; ALL: every one
	placed map[[2]byte]bool
}

type bucket struct {
	distribution int // index into Names.Distributions
	number       int64
}

// total is the distribution of the rows over all distributions.
const total = -1

func newCacheStatistics(o Options) *cacheStatistics {
	return &cacheStatistics{timeline: newTimeline(o), cells: map[bucket]*tallies{},
		place: cmp.Or(o.ViewerLocation, all), placed: map[[2]byte]bool{}}
}

func (c *cacheStatistics) Add(recs []results.Record) {
	for i := range recs {
		r := &recs[i]
		if c.place == all || c.isThere(r.Country) {
			c.at(bucket{int(r.Distribution), c.of(r)}).add(r)
		}
	}
}

// isThere reports whether the country is on the continent that is counted.
func (c *cacheStatistics) isThere(country [2]byte) bool {
	there, known := c.placed[country]
	if !known {
		there = places.Continent(string(country[:])) == c.place
		c.placed[country] = there
	}
	return there
}

func (c *cacheStatistics) at(b bucket) *tallies {
	if c.lastCell == nil || c.lastBucket != b {
		if c.cells[b] == nil {
			c.cells[b] = &tallies{}
		}
		c.lastBucket, c.lastCell = b, c.cells[b]
	}
	return c.lastCell
}

func (c *cacheStatistics) coarsen(grain time.Duration) {
	fine, of := c.cells, c.timeline.coarsen(grain)
	c.cells, c.lastCell = map[bucket]*tallies{}, nil
	for b, t := range fine {
		c.at(bucket{b.distribution, of(b.number)}).merge(t)
	}
}

// Tables has a row for every bucket from the first to the last, empty ones
// included. A report of all distributions begins with the rows of ALL, and
// where there are several the rows of each follow.
func (c *cacheStatistics) Tables(distribution string) []*Table {
	scope := c.o.scope(distribution)
	t := &Table{Name: "cache_statistics", Title: "Cache statistics", Columns: cacheColumns(), Charts: cacheCharts()}
	t.Preamble = c.o.preamble("Cache Statistics", scope,
		[2]string{"Granularity", c.granularity()}, [2]string{"ViewerLocation", c.place})
	known := c.o.Names.EveryDistribution()
	rows := c.rowsOf(scope, known)
	seen := map[int64]bool{}
	for b := range c.cells {
		seen[b.number] = true
	}
	numbers, note := c.numbers(seen)
	cells := c.summed()
	for _, d := range rows {
		for _, n := range numbers {
			t.Rows = append(t.Rows, c.row(d, known, n, cells[bucket{d, n}]))
		}
	}
	if note != "" {
		t.Notes = append(t.Notes, note)
	}
	if len(rows) > 1 {
		t.Notes = append(t.Notes, "Rows of distribution ALL are the sums of the others.")
	}
	return []*Table{t}
}

// Absorb adds up rows of the same bucket and distribution.
func (c *cacheStatistics) Absorb(t *Table) error {
	r, err := read(t, cacheColumns())
	if err != nil {
		return err
	}
	for _, row := range r.ownRows() {
		number, err := c.number(row[r.at["TimeBucket"]])
		if err != nil {
			return err
		}
		d, err := r.distribution(c.o, row)
		if err != nil {
			return err
		}
		n := r.tallies(row)
		n.errors = r.count(row, "ErrorCount")
		if n != (tallies{}) {
			c.at(bucket{d, number}).merge(&n)
		}
	}
	return nil
}

// summed is the cells with the sums over all distributions beside them.
func (c *cacheStatistics) summed() map[bucket]*tallies {
	cells := maps.Clone(c.cells)
	for b, t := range c.cells {
		sum := bucket{total, b.number}
		if cells[sum] == nil {
			cells[sum] = &tallies{}
		}
		cells[sum].merge(t)
	}
	return cells
}

// rowsOf are the distributions that get rows, in their order: the one of the
// scope, or the whole and, where there are several, each that is known or was
// seen.
func (c *cacheStatistics) rowsOf(scope string, known []results.Distribution) []int {
	seen := map[int]bool{}
	for i, d := range known {
		if scope == "" || d.ID == scope {
			seen[i] = true
		}
	}
	if scope != "" {
		return slices.Sorted(maps.Keys(seen))
	}
	for b := range c.cells {
		seen[b.distribution] = true
	}
	list := slices.Sorted(maps.Keys(seen))
	if len(list) < 2 {
		return []int{total}
	}
	return slices.Insert(list, 0, total)
}

func cacheColumns() []Column {
	columns := []Column{
		{Name: "DistributionID", Unit: Text, Wide: true},
		{Name: "FriendlyName", Label: "Distribution", Unit: Text},
		{Name: "ViewerLocation", Unit: Text, Wide: true},
		{Name: "TimeBucket", Label: "Time (UTC)", Unit: Moment},
		{Name: "RequestCount", Label: "Requests", Unit: Count},
		{Name: "HitCount", Label: "Hits", Unit: Count},
		{Name: "MissCount", Label: "Misses", Unit: Count},
		{Name: "ErrorCount", Label: "Errors", Unit: Count},
		{Name: "IncompleteDownloadCount", Label: "Incomplete", Unit: Count, Wide: true},
	}
	columns = append(columns, statusColumns()...)
	return append(columns,
		Column{Name: "TotalBytes", Label: "Bytes", Unit: Bytes},
		Column{Name: "BytesFromMisses", Label: "From misses", Unit: Bytes})
}

// cacheCharts are the five of the console's report. Refresh hits and redirects
// are in none of the three result types, so that their lines need not add up to
// 100 %.
func cacheCharts() []Chart {
	one := func(label, column, color string) Series {
		return Series{Label: label, Columns: []string{column}, Color: color}
	}
	of := func(label, column, color string) Series {
		return Series{Label: label, Columns: []string{column}, Over: []string{"RequestCount"}, Color: color}
	}
	return []Chart{
		{Name: "requests", Title: "Total requests", Form: Lines, X: "TimeBucket", Y: "requests", Unit: Count,
			About:  "All requests of viewers, of any method and status.",
			Series: []Series{one("Requests", "RequestCount", "blue")}},
		{Name: "result_types", Title: "Viewer requests by result type", Form: Lines, X: "TimeBucket", Y: "share of requests", Unit: Percent,
			About:  "Of all requests; refresh hits and redirects are in none of the three.",
			Series: []Series{of("Hits", "HitCount", "Hit"), of("Misses", "MissCount", "Miss"), of("Errors", "ErrorCount", "Error")}},
		{Name: "bytes", Title: "Bytes transferred to viewers", Form: Lines, X: "TimeBucket", Y: "bytes", Unit: Bytes,
			About:  "With headers, and what of it requests got that ended as misses.",
			Series: []Series{one("Total bytes", "TotalBytes", "blue"), one("Bytes from misses", "BytesFromMisses", "Miss")}},
		{Name: "status_codes", Title: "HTTP status codes", Form: Lines, X: "TimeBucket", Y: "requests", Unit: Count,
			About: "By class; a viewer that left before there was a status is in none.",
			Series: []Series{one("2xx", "HTTP2xx", "blue"), one("3xx", "HTTP3xx", "green"),
				one("4xx", "HTTP4xx", "orange"), one("5xx", "HTTP5xx", "purple")}},
		{Name: "incomplete_downloads", Title: "Downloads that did not finish", Form: Lines, X: "TimeBucket", Y: "share of requests", Unit: Percent,
			About:  "Answers with status 200 that viewers did not wait for, of all requests.",
			Series: []Series{of("Incomplete", "IncompleteDownloadCount", "purple")}},
	}
}

func (c *cacheStatistics) row(distribution int, known []results.Distribution, number int64, t *tallies) []Cell {
	id, name := nameOf(distribution, known)
	if t == nil {
		t = &tallies{}
	}
	row := []Cell{text(id), text(name), text(c.place), c.cell(number),
		num(t.requests), num(t.hits), num(t.misses), num(t.errors), num(t.incomplete)}
	row = append(row, t.statusCells()...)
	return append(row, num(t.bytes), num(t.missBytes))
}

// nameOf is a distribution's ID and FriendlyName; both are empty for requests
// that no distribution has taken.
func nameOf(distribution int, known []results.Distribution) (id, name string) {
	if distribution == total {
		return all, all
	}
	if distribution < len(known) {
		return known[distribution].ID, label(known[distribution])
	}
	return "", ""
}
