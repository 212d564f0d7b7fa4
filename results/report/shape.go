package report

import (
	"math"
	"time"
)

// Together is the table's rows, of all distributions together where it has such
// rows, as a chart and a page show them.
func (t *Table) Together() [][]Cell {
	for i, c := range t.Columns {
		if c.Name != "DistributionID" {
			continue
		}
		var whole [][]Cell
		for _, row := range t.Rows {
			if row[i].Text == all {
				whole = append(whole, row)
			}
		}
		if whole != nil {
			return whole
		}
	}
	return t.Rows
}

// TimeBucket is the name of the column of time buckets, as CloudFront has it.
// Other moments, such as that of a peak, are cells like any.
const TimeBucket = "TimeBucket"

// MomentColumn is the number of the column of time buckets; -1 in a table of
// totals.
func (t *Table) MomentColumn() int {
	for i, c := range t.Columns {
		if c.Unit == Moment && c.Name == TimeBucket {
			return i
		}
	}
	return -1
}

// Step is the width of the table's time buckets in seconds; 0 in a table of
// totals. A table of a single bucket may have it in its preamble; where it has
// not, there is but the one, and it is taken for a second wide.
func (t *Table) Step() float64 {
	at := t.MomentColumn()
	if at < 0 {
		return 0
	}
	step := math.Inf(1)
	for i := 1; i < len(t.Rows); i++ {
		if d := t.Rows[i][at].Num - t.Rows[i-1][at].Num; d > 0 {
			step = min(step, d)
		}
	}
	if math.IsInf(step, 1) {
		return t.grain()
	}
	return step
}

// grain is the width of a bucket as the preamble has it, in seconds.
func (t *Table) grain() float64 {
	for _, p := range t.Preamble {
		if p[0] != "Granularity" {
			continue
		}
		if d, err := time.ParseDuration(p[1]); err == nil && d > 0 {
			return d.Seconds()
		}
		switch p[1] {
		case "Hourly":
			return time.Hour.Seconds()
		case "Daily":
			return (24 * time.Hour).Seconds()
		}
	}
	return 1
}
