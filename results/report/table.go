package report

import (
	"fmt"
	"slices"
	"time"

	"edgesim/results"
)

// Table is a finished report: CloudFront's preamble, its columns, its rows, and
// the charts that it makes.
type Table struct {
	Name     string
	Title    string
	Preamble [][2]string // name and value, in CloudFront's order
	Columns  []Column
	Rows     [][]Cell // each as long as Columns
	Notes    []string // what was left out, what is estimated
	Charts   []Chart
}

// Column is a column's head, and how its numbers add up.
type Column struct {
	Name  string // CloudFront's name, as in the CSV
	Label string // as people read it on a terminal or page; "" means Name
	Unit  Unit
	Wide  bool // left out where a terminal has no room for it
	Mean  bool // of the time bucket's whole length, however much of it was measured

	Merge    Merge  // how the rows of several time buckets make one
	Of, Over string // columns of which a Percent is 100 · Of / Over; "": no such two
}

// Unit says what a column's numbers are, and so how people are shown them.
type Unit uint8

const (
	Text    Unit = iota
	Count        // whole numbers
	Bytes        // 1,536,000 is shown as 1.46 MiB
	Percent      // 0 to 100
	Millis       // milliseconds, as float
	Moment       // a time bucket's start, UTC
	Number       // any other number
)

// Merge says how the numbers of several time buckets make one of a longer.
type Merge uint8

const (
	ByUnit Merge = iota // counts and bytes add up; a Percent with Of and Over is computed anew; the rest stays apart
	Sum
	Max
	Apart // there is no way: a chart keeps the finer buckets, a table leaves the cell empty
)

// Cell is a text or a number, as its column's Unit says. A Moment is both: the
// time in RFC 3339 and the seconds since 1970. Anywhere else a number's cell
// has a text only when there is no number, and the text says so, as "-" does.
type Cell struct {
	Text string
	Num  float64 // exact for counts and bytes up to 2^53
}

// Chart is what a table looks like as a picture. It names columns instead of
// holding numbers, so that a picture can never say anything else than its table,
// over whatever range and grain.
type Chart struct {
	Name  string // part of a file's name: "status_codes"
	Title string
	About string // how to read it, in a sentence
	Form  Form
	X     string // column: a Moment is time; a Text names bars
	Y     string // the axis's words, as "requests"
	Unit  Unit   // of Y
	Rate  bool   // per second: numbers are divided by the bucket's length
	// Where a table has rows of several things over time, such as of several
	// distributions or regions, Only picks the rows of the chart: column and
	// text. Rows of ALL come before those of others.
	Only   [][2]string
	Most   int // of bars, at most so many; 0: all
	Series []Series
}

// Form is how a chart is drawn.
type Form uint8

const (
	Lines Form = iota
	Stack      // areas or bars on top of each other, in the order of the series
	Bars
)

// Series is one line, or one colour of bars: Σ Columns, or 100 · Σ Columns / Σ
// Over where Over is named and the chart's unit is Percent, Σ Columns / Σ Over
// where it is not.
type Series struct {
	Label   string
	Columns []string
	Over    []string
	Color   string // of a result type ("Hit"), or blue, sky, vermillion, purple, green, orange, gray, ink; "": by its place
}

func text(s string) Cell { return Cell{Text: s} }

func num[T ~int | ~int64 | ~float64](n T) Cell { return Cell{Num: float64(n)} }

var noNumber = Cell{Text: "-"}

// head is what people read above the column.
func (c Column) head() string {
	if c.Label != "" {
		return c.Label
	}
	return c.Name
}

// Head is the table with no more than n of its rows, and a note of how many
// there are; 0 is all of them.
func (t *Table) Head(n int) *Table {
	if n <= 0 || len(t.Rows) <= n {
		return t
	}
	head := *t
	head.Rows = t.Rows[:n]
	head.Notes = append(slices.Clone(t.Notes), fmt.Sprintf("%s of %s rows are shown.", grouped(int64(n)), grouped(int64(len(t.Rows)))))
	return &head
}

// Stamp puts the moment of making into the preamble: it is not known when the
// report begins to be filled. A zero one changes nothing.
func (t *Table) Stamp(made time.Time) {
	for i := range t.Preamble {
		if t.Preamble[i][0] == "GeneratedTimeUTC" && !made.IsZero() {
			t.Preamble[i][1] = made.UTC().Format(time.RFC3339)
		}
	}
}

// Covered is the range that the table's preamble names; false when it has none.
func (t *Table) Covered() (from, to time.Time, ok bool) {
	for _, p := range t.Preamble {
		at, err := time.Parse(time.RFC3339Nano, p[1])
		switch {
		case err != nil:
		case p[0] == "StartDateUTC":
			from = at
		case p[0] == "EndDateUTC":
			to = at
		}
	}
	return from, to, from.Before(to)
}

// Belong names the distribution in rows that are of all, where there was but that
// one when they were made: so they stay its own beside those of others.
func (t *Table) Belong(d results.Distribution) {
	id, name := -1, -1
	for i, c := range t.Columns {
		switch c.Name {
		case "DistributionID":
			id = i
		case "FriendlyName":
			name = i
		}
	}
	if id < 0 || name < 0 || slices.ContainsFunc(t.Rows, func(row []Cell) bool { return row[id].Text != all }) {
		return
	}
	for _, row := range t.Rows {
		row[id], row[name] = text(d.ID), text(label(d))
	}
}
