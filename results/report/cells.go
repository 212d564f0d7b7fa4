package report

import (
	"maps"
	"slices"
	"time"

	"edgesim/results"
)

// cells keeps a T for every distribution and time bucket in which something
// happened.
type cells[T any] struct {
	timeline
	merge  func(into, from *T)
	all    map[bucket]*T
	recent []recent[T] // by distribution + 1, so that NoDistribution has the first place
}

// recent is the cell that a distribution's last record counted in, since its
// next is most often of the same, and the time that the cell covers, in ns since
// the epoch.
type recent[T any] struct {
	from, to int64
	cell     *T
}

func newCells[T any](o Options, merge func(into, from *T)) cells[T] {
	return cells[T]{timeline: newTimeline(o), merge: merge, all: map[bucket]*T{}}
}

// cellOf is the cell that the record counts in.
func (c *cells[T]) cellOf(r *results.Record) *T {
	place := int(r.Distribution + 1)
	if place < len(c.recent) {
		if l, end := &c.recent[place], r.End(); l.from <= end && end < l.to {
			return l.cell
		}
	}
	return c.find(r, place)
}

func (c *cells[T]) find(r *results.Record, place int) *T {
	number := c.of(r)
	cell := c.at(bucket{int(r.Distribution), number})
	for len(c.recent) <= place {
		c.recent = append(c.recent, recent[T]{})
	}
	from := number*c.grain - c.epoch
	c.recent[place] = recent[T]{from: from, to: from + c.grain, cell: cell}
	return cell
}

func (c *cells[T]) at(b bucket) *T {
	cell := c.all[b]
	if cell == nil {
		cell = new(T)
		c.all[b] = cell
	}
	return cell
}

// coarsen adds the cells up to those of longer buckets.
func (c *cells[T]) coarsen(grain time.Duration) {
	fine, of := c.all, c.timeline.coarsen(grain)
	c.all, c.recent = map[bucket]*T{}, nil
	for b, cell := range fine {
		c.merge(c.at(bucket{b.distribution, of(b.number)}), cell)
	}
}

// whole is the sum of the scope's cells.
func (c *cells[T]) whole(scope string) *T {
	sum := new(T)
	wanted := wanted(scope, c.o.Names.EveryDistribution())
	for b, cell := range c.all {
		if wanted(b.distribution) {
			c.merge(sum, cell)
		}
	}
	return sum
}

// fill adds to the table a row for every bucket from the first to the last,
// empty ones included. A table of all distributions begins with the rows of ALL,
// and where there are several the rows of each follow. A row is overTimeColumns'
// cells and then those that f makes of the bucket's sum over the row's
// distributions.
func (c *cells[T]) fill(t *Table, scope string, f func(of []int, number int64, sum *T) []Cell) {
	known := c.o.Names.EveryDistribution()
	rows := c.rowsOf(scope, known)
	numbers, note := c.numbers(c.seen())
	if note != "" {
		t.Notes = append(t.Notes, note)
	}
	every := c.distributions()
	for _, d := range rows {
		id, name := nameOf(d, known)
		of := []int{d}
		if d == total {
			of = every
		}
		for _, n := range numbers {
			row := []Cell{text(id), text(name), c.cell(n)}
			t.Rows = append(t.Rows, append(row, f(of, n, c.sum(of, n))...))
		}
	}
	if len(rows) > 1 {
		t.Notes = append(t.Notes, "Rows of distribution ALL are of the others together.")
	}
}

// sum is what the distributions have in the bucket together; never nil.
func (c *cells[T]) sum(distributions []int, number int64) *T {
	sum := new(T)
	for _, d := range distributions {
		if cell := c.all[bucket{d, number}]; cell != nil {
			c.merge(sum, cell)
		}
	}
	return sum
}

// rowsOf are the distributions that get rows, in their order: the one of the
// scope, or the whole and, where there are several, each that is known or was
// seen.
func (c *cells[T]) rowsOf(scope string, known []results.Distribution) []int {
	if scope != "" {
		return numbersOf(scope, known)
	}
	list := c.distributions()
	for i := range known {
		list = append(list, i)
	}
	slices.Sort(list)
	if list = slices.Compact(list); len(list) < 2 {
		return []int{total}
	}
	return slices.Insert(list, 0, total)
}

// distributions are the numbers of those that were seen, in their order.
func (c *cells[T]) distributions() []int {
	seen := map[int]bool{}
	for b := range c.all {
		seen[b.distribution] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

func (c *cells[T]) seen() map[int64]bool {
	seen := map[int64]bool{}
	for b := range c.all {
		seen[b.number] = true
	}
	return seen
}

// numbersOf are the numbers of the distributions with that ID.
func numbersOf(scope string, known []results.Distribution) []int {
	var list []int
	for i, d := range known {
		if d.ID == scope {
			list = append(list, i)
		}
	}
	return list
}

// wanted tells which distributions' numbers are of the scope.
func wanted(scope string, known []results.Distribution) func(distribution int) bool {
	list := numbersOf(scope, known)
	return func(d int) bool { return scope == "" || slices.Contains(list, d) }
}

// overTimeColumns are the columns that every table over time begins with.
func overTimeColumns(more ...Column) []Column {
	return append([]Column{
		{Name: "DistributionID", Unit: Text, Wide: true},
		{Name: "FriendlyName", Label: "Distribution", Unit: Text},
		{Name: "TimeBucket", Label: "Time (UTC)", Unit: Moment},
	}, more...)
}

// place is where a row that is taken back belongs.
func (c *cells[T]) place(r *reading, row []Cell) (*T, error) {
	number, err := c.number(row[r.at["TimeBucket"]])
	if err != nil {
		return nil, err
	}
	d, err := r.distribution(c.o, row)
	if err != nil {
		return nil, err
	}
	return c.at(bucket{d, number}), nil
}
