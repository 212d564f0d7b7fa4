package plot

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Ranked puts the rows of a figure of cells in order, the best on the average
// first, and marks the best cell of every column, under label. lowest says that
// less is better. Only rows that contend are marked: what knows the future always
// wins. Cells that lack do not count.
func (f *Figure) Ranked(lowest bool, label string, contends func(Line) bool) {
	sign := 1.0
	if lowest {
		sign = -1
	}
	slices.SortStableFunc(f.Series, func(a, b Line) int { return cmp.Compare(sign*b.average(), sign*a.average()) })
	best := map[float64]float64{}
	each := func(visit func(row, x, v float64)) {
		for row, l := range f.Series {
			for _, pt := range l.points() {
				if contends(l) && !math.IsNaN(pt.Y) {
					visit(float64(row), pt.X, sign*pt.Y)
				}
			}
		}
	}
	each(func(_, x, v float64) {
		if b, ok := best[x]; !ok || v > b {
			best[x] = v
		}
	})
	each(func(row, x, v float64) {
		if v == best[x] {
			f.Marks = append(f.Marks, Mark{Label: label, X: x, Y: row})
		}
	})
}

// average is the mean of what is a number.
func (l Line) average() float64 {
	sum, n := 0.0, 0
	for _, v := range l.Y {
		if !math.IsNaN(v) {
			sum, n = sum+v, n+1
		}
	}
	return ratio(sum, float64(n))
}

// ColumnName is the name of a column for a cache's size: bytes, or objects.
func ColumnName(capacity int64, objects bool) string {
	if objects {
		return grouped(fmt.Sprint(capacity))
	}
	return octets(float64(capacity))
}
