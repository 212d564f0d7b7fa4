package plot

import (
	"image/color"
	"math"
	"testing"
)

// cells is a figure of cells: 29 rows by 12 columns, with one that lacks.
func cells() *Figure {
	f := &Figure{Name: "form_cells", Title: "Hit ratio by policy and cache size", Subtitle: "made up",
		X: Axis{Label: "cache size", Scale: Columns}, Y: Axis{Label: "hit ratio", Unit: Percents}}
	for c := range 12 {
		f.X.Names = append(f.X.Names, ColumnName(1<<(c+22)+1e5*int64(c), false))
	}
	names := []string{"lru", "fifo", "clock", "sieve", "s3fifo", "wtinylfu", "arc", "car", "lirs", "lecar", "cacheus", "lhd", "gdsf", "hyperbolic",
		"adaptsize", "slru", "2q", "mq", "lru-k", "lfuda", "qdlpfifo", "q-lru,q=0.1", "2-hit", "bloom,next=lru", "threshold,size=1MiB", "random", "belady", "belady-size", "pfoo-upper"}
	for row, name := range names {
		l := Line{Label: name}
		for c := range 12 {
			l.X = append(l.X, float64(c))
			l.Y = append(l.Y, min(100, 6*float64(c+1)+12*math.Abs(math.Sin(float64(row*row+c)/3))+float64(row/26)*20))
		}
		f.Series = append(f.Series, l)
	}
	f.Series[4].Y[7] = math.NaN()
	f.Ranked(false, "best of its size, without foresight", func(l Line) bool { return l.Label != "belady" && l.Label != "belady-size" && l.Label != "pfoo-upper" })
	return f
}

// luminance is that of WCAG 2.2, contrast its ratio.
func luminance(c color.RGBA) float64 {
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

func contrast(a, b color.RGBA) float64 {
	x, y := luminance(a)+0.05, luminance(b)+0.05
	return max(x, y) / min(x, y)
}

// Along the scale it only gets lighter, and letters keep the contrast of 4.5 that
// WCAG 2.2 (1.4.3) asks of text.
func TestValuesCanBeReadOnEveryColorOfTheScale(t *testing.T) {
	before := -1.0
	for i := range 1001 {
		share := float64(i) / 1000
		c := HeatColor(share)
		if l := luminance(c); l < before-0.0005 { // what rounding to 8 bits may cost
			t.Errorf("at %.3f the scale gets darker, to %.4f from %.4f", share, l, before)
		} else {
			before = l
		}
		if ratio := contrast(c, heatInk(share)); ratio < 4.5 {
			t.Errorf("at %.3f the contrast of %s on %s is %.2f", share, Hex(heatInk(share)), Hex(c), ratio)
		}
	}
	if HeatColor(0) != heatFrom || HeatColor(1) != heatTo {
		t.Errorf("the scale runs from %s to %s", Hex(HeatColor(0)), Hex(HeatColor(1)))
	}
}

// The order is by the average, the frames are at the best that contend, with all
// that are as good; what lacks is neither.
func TestRankedMarksTheBestOfEveryColumn(t *testing.T) {
	x := Numbers{0, 1, 2}
	row := func(label string, y ...float64) Line { return Line{Label: label, X: x, Y: y} }
	for _, c := range []struct {
		lowest bool
		order  string
		marks  []Mark
	}{
		{false, "oacb", []Mark{{"best", 0, 1, ""}, {"best", 2, 1, ""}, {"best", 1, 2, ""}, {"best", 2, 2, ""}}},
		{true, "bcao", []Mark{{"best", 0, 0, ""}, {"best", 1, 0, ""}, {"best", 2, 0, ""}}},
	} {
		f := &Figure{Series: []Line{row("b", 1, 2, 3), row("a", 9, 5, 9), row("c", 4, 6, 9), row("o", 99, math.NaN(), 99)}}
		f.Ranked(c.lowest, "best", func(l Line) bool { return l.Label != "o" })
		order := ""
		for _, l := range f.Series {
			order += l.Label
		}
		if order != c.order {
			t.Errorf("lowest %v: order %s, not %s", c.lowest, order, c.order)
		}
		if len(f.Marks) != len(c.marks) {
			t.Fatalf("lowest %v: marks %+v, not %+v", c.lowest, f.Marks, c.marks)
		}
		for i := range c.marks {
			if f.Marks[i] != c.marks[i] {
				t.Errorf("lowest %v: mark %+v, not %+v", c.lowest, f.Marks[i], c.marks[i])
			}
		}
	}
}

// Runs of other sizes keep their cells in the columns of their names.
func TestCellsLaidOverEachOtherKeepTheirColumns(t *testing.T) {
	of := func(names ...string) *Figure {
		return &Figure{Name: "n", X: Axis{Scale: Columns, Names: names}, Series: []Line{{Label: "lru", X: Numbers{0, 1}, Y: Numbers{1, 2}}}}
	}
	g, err := Overlay([]*Figure{of("1", "2"), of("2", "4")}, []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	if len(g.Series) != 2 || g.Series[1].X[0] != 1 || g.Series[1].X[1] != 2 || len(g.X.Names) != 3 {
		t.Errorf("columns %v and rows %+v", g.X.Names, g.Series)
	}
}
