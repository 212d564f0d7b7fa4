package report

import (
	"cmp"
	"fmt"

	"edgesim/results"
)

// reading is a table being taken back, its columns found by name.
type reading struct {
	*Table
	at map[string]int
}

// read finds the columns; one that is missing is an error.
func read(t *Table, columns []Column) (*reading, error) {
	r := &reading{Table: t, at: map[string]int{}}
	for i, c := range t.Columns {
		r.at[c.Name] = i
	}
	for _, c := range columns {
		if _, there := r.at[c.Name]; !there {
			return nil, fmt.Errorf("table %s has no column %s", t.Name, c.Name)
		}
	}
	return r, nil
}

func (r *reading) text(row []Cell, column string) string { return row[r.at[column]].Text }

func (r *reading) count(row []Cell, column string) int64 { return int64(row[r.at[column]].Num) }

func (r *reading) number(row []Cell, column string) float64 { return row[r.at[column]].Num }

// ownRows are the rows that are not sums of others: those of single
// distributions where there are any, else those of all.
func (r *reading) ownRows() [][]Cell {
	var own [][]Cell
	for _, row := range r.Rows {
		if r.text(row, "DistributionID") != all {
			own = append(own, row)
		}
	}
	if len(own) == 0 {
		return r.Rows
	}
	return own
}

// distribution is the number of the row's distribution, which is placed if it is
// new. A row of all is of the only one there is, and of none where there are
// several.
func (r *reading) distribution(o Options, row []Cell) (int, error) {
	id, name := r.text(row, "DistributionID"), r.text(row, "FriendlyName")
	known := o.Names.EveryDistribution()
	for i, d := range known {
		if d.ID == id || id == all && len(known) == 1 {
			return i, nil
		}
	}
	if id == "" || id == all {
		return results.NoDistribution, nil
	}
	n, err := o.Names.PlaceDistribution(results.Distribution{ID: id, Friendly: cmp.Or(name, id)})
	return int(n), err
}

// tallies are the counters of a row that has them under CloudFront's names.
func (r *reading) tallies(row []Cell) tallies {
	return tallies{
		requests: r.count(row, "RequestCount"), hits: r.count(row, "HitCount"), misses: r.count(row, "MissCount"),
		incomplete: r.count(row, "IncompleteDownloadCount"),
		status: [4]int64{r.count(row, "HTTP2xx"), r.count(row, "HTTP3xx"),
			r.count(row, "HTTP4xx"), r.count(row, "HTTP5xx")},
		bytes: r.count(row, "TotalBytes"), missBytes: r.count(row, "BytesFromMisses"),
	}
}
