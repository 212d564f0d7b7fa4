package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"edgesim/results"
)

func init() {
	register(Kind{
		Name:  "cache_statistics",
		Title: "Cache statistics",
		About: "Requests by how the cache answered, status and bytes over time, by the moment a response ended, as CloudFront counts them.",
		New:   func(o Options) Report { return newCacheStatistics(o) },
	})
}

// mostEmpty is how many buckets a report of all of a range may have. A range
// of more has only those in which something happened.
const mostEmpty = 20_000

// cacheStatistics counts by distribution and time bucket. A bucket's number is
// the Unix time over the grain, so that hours and days begin where the clock's
// do; a record belongs to the bucket in which its response ended, as the rows
// of a CloudFront log do.
type cacheStatistics struct {
	o     Options
	grain int64 // ns
	epoch int64 // ns since 1970
	cells map[bucket]*tallies

	// The cell of the record before, since the next is most often of the same.
	lastBucket bucket
	lastCell   *tallies
}

type bucket struct {
	distribution int // index into Names.Distributions
	number       int64
}

// total is the distribution of the rows over all distributions.
const total = -1

func newCacheStatistics(o Options) *cacheStatistics {
	c := &cacheStatistics{o: o, grain: int64(o.Grain), epoch: o.at(0).UnixNano(), cells: map[bucket]*tallies{}}
	if c.grain <= 0 {
		c.grain = int64(time.Hour)
	}
	return c
}

func (c *cacheStatistics) Add(recs []results.Record) {
	for i := range recs {
		if r := &recs[i]; c.o.covers(r) {
			b := bucket{int(r.Distribution), floorDiv(c.epoch+r.End(), c.grain)}
			c.at(b).add(r)
		}
	}
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

// Table has a row for every bucket from the first to the last, empty ones
// included. A report of all distributions begins with the rows of ALL, and
// where there are several the rows of each follow.
func (c *cacheStatistics) Table() *Table {
	numbers, note := c.numbers()
	t := &Table{Name: "cache_statistics", Title: "Cache statistics", Columns: cacheColumns()}
	var from, to time.Time
	if len(numbers) > 0 {
		from, to = c.start(numbers[0]), c.start(numbers[len(numbers)-1]+1)
	}
	t.Preamble = c.o.preamble("Cache Statistics", from, to,
		[2]string{"Granularity", granularity(c.grain)}, [2]string{"ViewerLocation", all})
	cells := c.summed()
	for _, d := range c.distributions() {
		for _, n := range numbers {
			t.Rows = append(t.Rows, c.row(d, n, cells[bucket{d, n}]))
		}
	}
	if note != "" {
		t.Notes = append(t.Notes, note)
	}
	if c.o.whole() && len(c.distributions()) > 1 {
		t.Notes = append(t.Notes, "Rows of distribution ALL are the sums of the others.")
	}
	return t
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

// distributions are those that get rows, in their order.
func (c *cacheStatistics) distributions() []int {
	seen := map[int]bool{}
	for b := range c.cells {
		seen[b.distribution] = true
	}
	for i, d := range c.o.Names.Distributions {
		if c.o.whole() || d.ID == c.o.Distribution {
			seen[i] = true
		}
	}
	list := slices.Sorted(maps.Keys(seen))
	switch {
	case !c.o.whole():
		return list
	case len(list) < 2:
		return []int{total}
	}
	return slices.Insert(list, 0, total)
}

// numbers are the buckets that get rows, in order of time.
func (c *cacheStatistics) numbers() (list []int64, note string) {
	first, last := c.span()
	if last < first {
		return nil, ""
	}
	if last-first < mostEmpty {
		for n := first; n <= last; n++ {
			list = append(list, n)
		}
		return list, ""
	}
	seen := map[int64]bool{}
	for b := range c.cells {
		seen[b.number] = true
	}
	return slices.Sorted(maps.Keys(seen)),
		fmt.Sprintf("The range has more than %d time buckets: empty ones are left out.", mostEmpty)
}

// span is the first and last bucket of the range and of the records; last is
// before first when there are neither.
func (c *cacheStatistics) span() (first, last int64) {
	first, last = 0, -1
	widen := func(a, b int64) {
		if last < first {
			first, last = a, b
		}
		first, last = min(first, a), max(last, b)
	}
	if !c.o.From.IsZero() && c.o.From.Before(c.o.To) {
		widen(floorDiv(c.o.From.UnixNano(), c.grain), floorDiv(c.o.To.UnixNano()-1, c.grain))
	}
	for b := range c.cells {
		widen(b.number, b.number)
	}
	return first, last
}

func (c *cacheStatistics) start(n int64) time.Time { return time.Unix(0, n*c.grain).UTC() }

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

func (c *cacheStatistics) row(distribution int, number int64, t *tallies) []Cell {
	id, name := c.named(distribution)
	if t == nil {
		t = &tallies{}
	}
	start := c.start(number)
	row := []Cell{text(id), text(name), text(all),
		{Text: moment(start), Num: float64(start.UnixNano()) / 1e9},
		num(t.requests), num(t.hits), num(t.misses), num(t.errors), num(t.incomplete)}
	row = append(row, t.statusCells()...)
	return append(row, num(t.bytes), num(t.missBytes))
}

func (c *cacheStatistics) named(distribution int) (id, name string) {
	if distribution == total {
		return all, all
	}
	if distribution < len(c.o.Names.Distributions) {
		d := c.o.Names.Distributions[distribution]
		return d.ID, cmp.Or(d.Friendly, d.Domain)
	}
	return "", ""
}

// granularity is CloudFront's word for the grain where it has one.
func granularity(grain int64) string {
	switch time.Duration(grain) {
	case time.Hour:
		return "Hourly"
	case 24 * time.Hour:
		return "Daily"
	}
	return time.Duration(grain).String()
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
