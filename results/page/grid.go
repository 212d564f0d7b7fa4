package page

import (
	"fmt"
	"strconv"

	"edgesim/results"
	"edgesim/results/report"
)

const (
	// gridRows is how many rows of a table the page shows; its CSV has all.
	gridRows = 500
	// openRows is how many rows a table may have to stand open.
	openRows = 200
	// longText is how many bytes a text may have to stay on one line.
	longText = 28
)

// grid is a table in the shape the template wants.
type grid struct {
	Name, Title, About string
	Heads              []head
	Rows               [][]cell
	Notes              []string
	Files              []Link
	Open               bool
}

type head struct {
	Label   string
	Numeric bool
	Wide    bool // left out on narrow screens
}

type cell struct {
	Text    string
	Sort    string // the number in full, to sort by; "" sorts by Text
	Numeric bool
	Long    bool // may be broken into several lines
	Wide    bool
	Bar     string // width of a share bar, as "43.2%"; "" for none
	Class   string
}

// grids are the page's tables: the distributions, then the reports.
func grids(p Page) []grid {
	var all []grid
	for _, t := range p.Tables {
		all = append(all, gridOf(t))
		if t.Name == "summary" && len(p.Summary.Distributions) > 0 {
			all = append(all, distributions(p.Summary))
		}
	}
	return all
}

func gridOf(t Table) grid {
	g := grid{Name: t.Name, Title: t.Title, About: t.About, Notes: t.Notes, Files: t.Files,
		Open: len(t.Rows) <= openRows}
	if t.Name == "summary" {
		g.Notes = nil // they are the run's warnings, which the page shows on top
	}
	for _, c := range t.Columns {
		if !shownColumn(c) {
			continue
		}
		label := c.Label
		if label == "" {
			label = c.Name
		}
		if c.Unit == report.Millis {
			label += " (ms)"
		}
		g.Heads = append(g.Heads, head{Label: label, Numeric: numeric(c.Unit), Wide: c.Wide})
	}
	rows := t.Rows
	if len(rows) > gridRows {
		g.Notes = append(g.Notes[:len(g.Notes):len(g.Notes)],
			fmt.Sprintf("The first %d of %s rows; the CSV file has all.", gridRows, count(int64(len(rows)))))
		rows = rows[:gridRows]
	}
	most := barScale(t.Table)
	for _, row := range rows {
		g.Rows = append(g.Rows, cellsOf(t.Table, row, most))
	}
	return g
}

// shownColumn reports whether the page has the column: texts that only an
// export needs, such as IDs, are in the CSV.
func shownColumn(c report.Column) bool { return numeric(c.Unit) || !c.Wide }

func numeric(u report.Unit) bool { return u != report.Text && u != report.Moment }

func cellsOf(t *report.Table, row []report.Cell, most float64) []cell {
	var cells []cell
	for i, c := range t.Columns {
		if !shownColumn(c) {
			continue
		}
		one := cell{Text: c.Show(row[i]), Numeric: numeric(c.Unit), Wide: c.Wide}
		one.Long = !one.Numeric && len(one.Text) > longText
		if one.Numeric && row[i].Text == "" {
			one.Sort = strconv.FormatFloat(row[i].Num, 'f', -1, 64)
		}
		if barred(t, c) && most > 0 {
			one.Bar = strconv.FormatFloat(100*row[i].Num/most, 'f', 1, 64) + "%"
		}
		if c.Name == "Result" {
			one.Class = "key is-" + row[i].Text
		}
		cells = append(cells, one)
	}
	return cells
}

// barred reports whether a column's numbers have bars: requests of popular
// objects, shares of result types.
func barred(t *report.Table, c report.Column) bool {
	return t.Name == "popular_objects" && c.Name == "RequestCount" || t.Name == "summary" && c.Name == "RequestsPct"
}

// barScale is the number whose bar is as wide as can be.
func barScale(t *report.Table) float64 {
	most := 0.0
	for i, c := range t.Columns {
		for _, row := range t.Rows {
			if barred(t, c) {
				most = max(most, row[i].Num)
			}
		}
	}
	return most
}

// distributions is the summary's block of distributions as a table.
func distributions(s *results.Summary) grid {
	t := &report.Table{
		Name: "distributions", Title: "Distributions",
		Columns: []report.Column{
			{Name: "Distribution"},
			{Name: "Names it answers to"},
			{Name: "Requests", Unit: report.Count},
			{Name: "Hit %", Unit: report.Percent},
			{Name: "Byte hit %", Unit: report.Percent},
			{Name: "Bytes", Unit: report.Bytes},
			{Name: "Origin requests", Unit: report.Count},
			{Name: "TTFB p50", Unit: report.Millis},
			{Name: "TTFB p99", Unit: report.Millis},
		},
	}
	for _, d := range s.Distributions {
		t.Rows = append(t.Rows, distribution(d))
	}
	return gridOf(Table{Table: t, About: "Hits, bytes and times of each distribution. A distribution answers to its domain and its aliases, from one cache."})
}

func distribution(d results.DistributionFigures) []report.Cell {
	name := d.Name
	if name == "" {
		name = d.ID
	}
	names := d.Domain
	for _, a := range d.Aliases {
		names += " " + a
	}
	num := func(n float64) report.Cell { return report.Cell{Num: n} }
	ms := func(n float64) report.Cell {
		if d.TTFB.Count == 0 {
			return report.Cell{Text: "–"}
		}
		return num(n)
	}
	return []report.Cell{{Text: name}, {Text: names}, num(float64(d.Requests)), num(100 * d.HitRatio),
		num(100 * d.ByteHitRatio), num(float64(d.BytesOut)), num(float64(d.OriginRequests)),
		ms(d.TTFB.P50), ms(d.TTFB.P99)}
}
