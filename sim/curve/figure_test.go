package curve

import (
	"io"
	"slices"
	"strings"
	"testing"

	"edgesim/results/plot"
)

// TestFiguresShowWhatWasCounted: a line for each policy with its points, intervals
// of samples, the knee, and the mark.
func TestFiguresShowWhatWasCounted(t *testing.T) {
	reqs := zipfTrace(2000, 30_000, 0.9, true, 0, 8)
	sizes := Sizes(workingSet(reqs))
	var cells []Cell
	for _, spec := range []string{"lru", "s3fifo"} {
		for _, size := range sizes {
			cells = append(cells, Cell{spec, size})
		}
	}
	c := Config{Curve: &Curve{}}
	results, totals := played(t, reqs, cells, c)
	d := Drawn{Name: "a trace", Results: results, Curve: c.Curve, Totals: totals, Mark: sizes[3]}
	figs := d.Figures()
	if len(figs) != 4 || len(figs[0].Series) != 3 || len(figs[1].Marks) == 0 {
		t.Fatalf("%d figures, of the first %d series and marks %+v", len(figs), len(figs[0].Series), figs[0].Marks)
	}
	line := figs[1].Series[2]
	if line.Label != "S3-FIFO" || line.X[2] != float64(sizes[2]) || line.Y[2] != 100*results[len(sizes)+2].ByteMissRatio() {
		t.Errorf("the line of S3-FIFO: %+v", line)
	}
	if stack := figs[0].Series[0]; stack.X[len(stack.X)-1] > 1.1*float64(totals.WorkingSet) {
		t.Errorf("the stack's line goes on to %v, beyond all objects, %d", stack.X[len(stack.X)-1], totals.WorkingSet)
	}
	better := 0 // S3-FIFO misses fewer bytes than LRU, or it is the other way round
	for i, size := range sizes {
		l, s := results[i].ByteMissRatio(), results[len(sizes)+i].ByteMissRatio()
		row := slices.IndexFunc(figs[3].Series, func(l plot.Line) bool { return l.Label == "S3-FIFO" })
		if cell := figs[3].Series[row]; cell.X[i] != float64(i) || cell.Y[i] != 100*s || figs[3].X.Names[i] != plot.ColumnName(size, false) {
			t.Errorf("the cell of S3-FIFO at %d: %+v", size, cell)
		}
		if s > l {
			row = 1 - row
		}
		if s < l {
			better++
		}
		if !slices.ContainsFunc(figs[3].Marks, func(m plot.Mark) bool { return m.X == float64(i) && m.Y == float64(row) }) {
			t.Errorf("at %d row %d has no frame: %+v", size, row, figs[3].Marks)
		}
	}
	if better == 0 {
		t.Error("S3-FIFO is nowhere the better: the frames were not put to the test")
	}
	for _, f := range figs {
		size, _ := plot.ParseSize("16x9")
		if err := plot.Render(io.Discard, f, "svg", size); err != nil {
			t.Error(err)
		}
	}
	_, estimates := sampledCells(t, reqs, Sampling{Rate: 0.5}, "lru", sizes, Config{})
	d = Drawn{Results: results[:len(sizes)], Estimates: estimates, Totals: totals}
	if text := d.Figures()[0].Subtitle; !strings.HasPrefix(text, "LRU · ") {
		t.Errorf("one line has no legend, and the subtitle %q does not name it", text)
	}
	if s := d.Figures()[0].Series; len(s) != 2 || s[1].Form != plot.AsDoubt || s[1].Y[1] < s[0].Y[1] || s[1].Y2[1] > s[0].Y[1] {
		t.Errorf("a sample's series: %+v", s)
	}
}

// TestKneeIsWhereTheCurveBends, and there is none of a straight line.
func TestKneeIsWhereTheCurveBends(t *testing.T) {
	x := plot.Numbers{1, 10, 100, 1000, 10000}
	for _, c := range []struct {
		y    plot.Numbers
		want int
	}{
		{plot.Numbers{100, 60, 20, 15, 10}, 2},
		{plot.Numbers{100, 75, 50, 25, 0}, -1},
		{plot.Numbers{100, 99, 98, 50, 0}, -1},
		{plot.Numbers{100, 20, 15, 12, 10}, 1},
	} {
		if got := knee(plot.Line{X: x, Y: c.y}); got != c.want {
			t.Errorf("the knee of %v is at %d, not %d", c.y, got, c.want)
		}
	}
}

// TestForesightHasNoFrame: Belady's cells are there, on top, and never the best.
func TestForesightHasNoFrame(t *testing.T) {
	d := Drawn{IgnoreSize: true, Totals: Totals{Counted: 100}}
	for i, spec := range []string{"lru", "belady"} {
		for _, size := range []int64{20, 10} {
			d.Results = append(d.Results, Result{Cell: Cell{spec, size}, Requests: 100, Misses: size - int64(i)})
		}
	}
	f := d.Figures()[1]
	if f.Series[0].Label != Title("belady") || f.X.Names[0] != "10" || f.Series[0].X[0] != 1 {
		t.Errorf("columns %v and rows %+v", f.X.Names, f.Series)
	}
	if len(f.Marks) != 2 || f.Marks[0].Y != 1 || f.Marks[1].Y != 1 {
		t.Errorf("the frames are %+v", f.Marks)
	}
}
