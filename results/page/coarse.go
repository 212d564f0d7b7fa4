package page

import (
	"math"
	"slices"

	"edgesim/results/report"
)

// grains are the widths of time buckets that a table may be made coarser to, in
// seconds.
var grains = []float64{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 2 * 3600, 3 * 3600, 6 * 3600, 12 * 3600,
	86400, 2 * 86400, 7 * 86400, 14 * 86400, 28 * 86400}

// atMost is the table with no more time buckets than most, or as it is when it
// is one of totals.
func atMost(t *report.Table, most int) *report.Table {
	at := t.MomentColumn()
	if at < 0 || len(t.Rows) == 0 {
		return t
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, row := range t.Rows {
		low, high = min(low, row[at].Num), max(high, row[at].Num)
	}
	step := t.Step()
	if (high-low)/step < float64(most) {
		return t
	}
	for _, g := range grains {
		if g >= step && math.Floor(high/g)-math.Floor(low/g) < float64(most) {
			return cut(t, low, high+step, g)
		}
	}
	return cut(t, low, high+step, math.Ceil((high-low)/float64(most)/86400)*86400)
}

// cut is the rows of a table over time whose bucket begins within from ≤ t < to,
// as buckets of grain seconds, or of the next multiple of the table's own. Rows
// with the same texts in the same bucket become one, as their columns say.
// script/buckets.js does the same, and a test holds them to it.
func cut(t *report.Table, from, to, grain float64) *report.Table {
	at := t.MomentColumn()
	if at < 0 {
		return t
	}
	step := t.Step()
	grain = max(1, math.Ceil(grain/step-1e-9)) * step
	coarse := *t
	coarse.Rows = nil
	if grain > step {
		coarse.Columns = slices.Clone(t.Columns)
		for i := range coarse.Columns {
			coarse.Columns[i].Mean = false // a peak of several buckets is of a whole one
		}
	}
	for _, g := range groupsOf(t, at, from, to, grain) {
		coarse.Rows = append(coarse.Rows, mergedRow(t, at, g))
	}
	return &coarse
}

// group is the rows that become one.
type group struct {
	start float64
	rows  [][]report.Cell
}

// groupsOf puts rows of the same texts together, in their first order, and in
// order of time among themselves.
func groupsOf(t *report.Table, at int, from, to, grain float64) []*group {
	var keys []string
	byKey := map[string]map[float64]*group{}
	for _, row := range t.Rows {
		if row[at].Num < from || row[at].Num >= to {
			continue
		}
		key := keyOf(t, row)
		if byKey[key] == nil {
			keys, byKey[key] = append(keys, key), map[float64]*group{}
		}
		start := math.Floor(row[at].Num/grain) * grain
		if byKey[key][start] == nil {
			byKey[key][start] = &group{start: start}
		}
		byKey[key][start].rows = append(byKey[key][start].rows, row)
	}
	var all []*group
	for _, key := range keys {
		from := len(all)
		for _, g := range byKey[key] {
			all = append(all, g)
		}
		slices.SortFunc(all[from:], func(a, b *group) int { return int(math.Copysign(1, a.start-b.start)) })
	}
	return all
}

func keyOf(t *report.Table, row []report.Cell) string {
	key := ""
	for i, c := range t.Columns {
		if c.Unit == report.Text {
			key += row[i].Text + "\x00"
		}
	}
	return key
}

func mergedRow(t *report.Table, at int, g *group) []report.Cell {
	merged := slices.Clone(g.rows[0])
	merged[at] = report.Cell{Text: secondsToMoment(g.start), Num: g.start}
	if len(g.rows) == 1 {
		return merged
	}
	for i, c := range t.Columns {
		if i != at && c.Unit != report.Text {
			merged[i] = mergedCell(c, g.rows, i)
		}
	}
	for i, c := range t.Columns {
		if c.Unit == report.Percent && c.Of != "" {
			merged[i] = shareOf(t, merged, c)
		}
	}
	return merged
}

var noNumber = report.Cell{Text: "-"}

func mergedCell(c report.Column, rows [][]report.Cell, i int) report.Cell {
	how := mergeOf(c)
	total := noNumber
	for _, row := range rows {
		switch {
		case how == "none" || row[i].Text != "":
		case total.Text != "":
			total = report.Cell{Num: row[i].Num}
		case how == "sum":
			total.Num += row[i].Num
		default:
			total.Num = max(total.Num, row[i].Num)
		}
	}
	return total
}

// shareOf is a percentage of a merged row.
func shareOf(t *report.Table, row []report.Cell, c report.Column) report.Cell {
	of, over := noNumber, noNumber
	for i, o := range t.Columns {
		switch o.Name {
		case c.Of:
			of = row[i]
		case c.Over:
			over = row[i]
		}
	}
	if of.Text != "" || over.Text != "" || over.Num == 0 {
		return noNumber
	}
	return report.Cell{Num: 100 * of.Num / over.Num}
}
