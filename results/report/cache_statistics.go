package report

import (
	"cmp"

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
	cells[tallies]
	continent string // whose viewers are counted; ALL: every one
	there     map[[2]byte]bool
}

type bucket struct {
	distribution int // index into Names.Distributions
	number       int64
}

// total is the distribution of the rows over all distributions.
const total = -1

func newCacheStatistics(o Options) *cacheStatistics {
	return &cacheStatistics{cells: newCells(o, (*tallies).merge),
		continent: cmp.Or(o.ViewerLocation, all), there: map[[2]byte]bool{}}
}

func (c *cacheStatistics) Add(recs []results.Record) {
	results.AddOneByOne(c, recs)
	c.AddSingly(recs)
}

// AddCrowd implements results.Crowded.
func (c *cacheStatistics) AddCrowd(n *results.Crowd) {
	if c.continent == all {
		c.cellOf(n.Record).add(n)
	}
}

// AddSingly implements results.Singly: a crowd is not of one country.
func (c *cacheStatistics) AddSingly(recs []results.Record) {
	if c.continent == all {
		return
	}
	for i := range recs {
		if r := &recs[i]; c.isThere(r.Country) {
			one := results.One(r)
			c.cellOf(r).add(&one)
		}
	}
}

// isThere reports whether the country is on the continent that is counted.
func (c *cacheStatistics) isThere(country [2]byte) bool {
	there, known := c.there[country]
	if !known {
		there = places.Continent(string(country[:])) == c.continent
		c.there[country] = there
	}
	return there
}

// Tables has a row for every bucket from the first to the last, empty ones
// included. A report of all distributions begins with the rows of ALL, and
// where there are several the rows of each follow.
func (c *cacheStatistics) Tables(distribution string) []*Table {
	scope := c.o.scope(distribution)
	t := &Table{Name: "cache_statistics", Title: "Cache statistics", Columns: cacheColumns(), Charts: cacheCharts()}
	t.Preamble = c.o.preamble("Cache Statistics", scope,
		[2]string{"Granularity", c.granularity()}, [2]string{"ViewerLocation", c.continent})
	known := c.o.Names.EveryDistribution()
	rows := c.rowsOf(scope, known)
	numbers, note := c.numbers(c.seen())
	every := c.distributions()
	for _, d := range rows {
		of := []int{d}
		if d == total {
			of = every
		}
		for _, n := range numbers {
			t.Rows = append(t.Rows, c.row(d, known, n, c.sum(of, n)))
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
	row := []Cell{text(id), text(name), text(c.continent), c.cell(number),
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
