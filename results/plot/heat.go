package plot

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	cellHigh     vg.Length = 11.5 // the least height of a cell that can be read
	cellWide     vg.Length = 34   // the least width: "100.0" in small letters
	cellGap      vg.Length = 1    // of paper between cells
	cellLetters  vg.Length = 8.5  // the least size of their letters
	heatNames    vg.Length = 22   // the height of the columns' names
	heatLabel    vg.Length = 22   // of the X axis' label
	scaleWide    vg.Length = 180  // of the legend's piece of the scale
	heatMostName vg.Length = 0.25 // the share of the paper that rows' names may take
)

// heat is where a figure of cells is drawn.
type heat struct {
	draw.Canvas
	f             *Figure
	rows, columns int // that find room
	low, high     float64
}

// paintHeat draws a figure of rows and columns of cells: the first series on top,
// the first column at the left. Those that find no room are left out, and the
// header says so.
func (f *Figure) paintHeat(c draw.Canvas) {
	t := &heat{Canvas: c, f: f, rows: len(f.Series), columns: len(f.X.Names)}
	t.low, t.high = f.scaleOfCells()
	left := t.nameWide() + 8
	h := &header{title: printable(f.Title), subtitle: printable(f.Subtitle)}
	room := c.Max.Y - c.Min.Y - h.height(c.Max.X-c.Min.X) - subtitleHigh - entryHigh - heatNames - heatLabel
	t.rows = min(t.rows, max(int(room/cellHigh), 1))
	t.columns = min(t.columns, max(int((c.Max.X-c.Min.X-left)/cellWide), 1))
	h.subtitle = subtitle("", h.subtitle, firstOf(t.rows, len(f.Series), "rows"), firstOf(t.columns, len(f.X.Names), "columns"))
	h.draw(&c, c.Min.X)
	t.legend(c)
	c.Max.Y -= entryHigh
	c.Min.Y += heatLabel + heatNames
	c.Min.X += left
	t.Canvas = c
	t.nameRows()
	t.nameColumns()
	for row := range t.rows {
		t.drawRow(row)
	}
	for _, m := range f.Marks {
		t.mark(m)
	}
}

// firstOf says how many of a kind are drawn, where it is not all.
func firstOf(n, of int, what string) string {
	if n == of {
		return ""
	}
	return fmt.Sprintf("the first %d of %d %s", n, of, what)
}

// scaleOfCells is the range of the values that the scale of colours stands for.
func (f *Figure) scaleOfCells() (low, high float64) {
	e := f.Y.given()
	if e.empty() {
		for _, l := range f.Series {
			for _, v := range l.Y {
				e.add(v, f.Y.Scale)
			}
		}
	}
	if e.empty() {
		return 0, 0
	}
	return e.low, e.high
}

// share is where a value lies on the scale, from 0 to 1.
func (t *heat) share(v float64) float64 {
	if !(t.high > t.low) {
		return 0.5
	}
	s := v/2 - t.low/2 // halves: the range of any two numbers is a number
	return min(max(s/(t.high/2-t.low/2), 0), 1)
}

// cell is the box of a row and column.
func (t *heat) cell(row, column int) (low, high vg.Point) {
	wide := (t.Max.X - t.Min.X) / vg.Length(t.columns)
	tall := t.tall()
	low = vg.Point{X: t.Min.X + wide*vg.Length(column), Y: t.Max.Y - tall*vg.Length(row+1)}
	return low, vg.Point{X: low.X + wide - cellGap, Y: low.Y + tall - cellGap}
}

func (t *heat) tall() vg.Length {
	return min((t.Max.Y-t.Min.Y)/vg.Length(t.rows), 90)
}

// letters is the size of names and values: as large as the cells' height lets.
func (t *heat) letters(most vg.Length) vg.Length {
	return min(max(t.tall()*0.8, cellLetters), most)
}

func (t *heat) drawRow(row int) {
	l := t.f.Series[row]
	for _, pt := range l.points() {
		column, ok := rowOf(pt.X, t.columns)
		if !ok {
			continue
		}
		low, high := t.cell(row, column)
		style := sans(t.letters(noteSize), Soft, draw.XCenter, draw.YCenter)
		if math.IsNaN(pt.Y) || math.IsInf(pt.Y, 0) {
			middle(t.Canvas, style, center(low, high), "–")
			continue
		}
		share := t.share(pt.Y)
		t.FillPolygon(HeatColor(share), corners(low, high))
		style.Color = heatInk(share)
		if t.marked(row, column) {
			style = bold(style)
		}
		t.fit(style, center(low, high), cellText(t.f.Y, pt.Y), high.X-low.X-2)
	}
}

// marked reports whether the cell has a frame.
func (t *heat) marked(row, column int) bool {
	return slices.ContainsFunc(t.f.Marks, func(m Mark) bool { return m.Axis == "" && m.X == float64(column) && m.Y == float64(row) })
}

func center(low, high vg.Point) vg.Point {
	return vg.Point{X: (low.X + high.X) / 2, Y: (low.Y + high.Y) / 2}
}

// cellText is a value as its cell has it: the sign of percents stands once, at the
// scale.
func cellText(a Axis, v float64) string {
	if a.Unit == Percents && math.Abs(v) < 1e4 {
		return fmt.Sprintf("%.1f", v)
	}
	return a.word()(v)
}

// fit writes text in letters small enough for the width, or cut.
func (t *heat) fit(s draw.TextStyle, at vg.Point, text string, wide vg.Length) {
	s.Font.Size = t.fitting(s, text, wide)
	middle(t.Canvas, s, at, cutMiddle(text, s, wide))
}

// fitting is the size of letters that the width has room for.
func (t *heat) fitting(s draw.TextStyle, text string, wide vg.Length) vg.Length {
	if w := s.Width(text); w > wide {
		return max(s.Font.Size*wide/w, cellLetters)
	}
	return s.Font.Size
}

// mark puts a frame around the cell of column X and row Y.
func (t *heat) mark(m Mark) {
	column, ok := rowOf(m.X, t.columns)
	row, is := rowOf(m.Y, t.rows)
	if !ok || !is || m.Axis != "" {
		return
	}
	low, high := t.cell(row, column)
	frame(t.Canvas, low, high)
}

// frame is a mark's, half outside of the box: light between dark, so that it shows
// on every colour of the scale, to every eye.
func frame(c draw.Canvas, low, high vg.Point) {
	box := corners(low, high)
	box = append(box, box[0], box[1])
	c.StrokeLines(stroke(heatDark, 3), box)
	c.StrokeLines(stroke(heatLight, 1), box)
}

// nameWide is the width that the rows' names take.
func (t *heat) nameWide() (wide vg.Length) {
	for _, l := range t.f.Series {
		wide = max(wide, sans(noteSize, Soft, draw.XRight, draw.YCenter).Width(printable(l.Label)))
	}
	return min(wide, (t.Max.X-t.Min.X)*heatMostName)
}

func (t *heat) nameRows() {
	style := sans(t.letters(noteSize), Soft, draw.XRight, draw.YCenter)
	for row, l := range t.f.Series[:t.rows] {
		low, high := t.cell(row, 0)
		name := cutMiddle(printable(l.Label), style, t.nameWide())
		middle(t.Canvas, style, vg.Point{X: low.X - 8, Y: center(low, high).Y}, name)
	}
}

func (t *heat) nameColumns() {
	style := sans(noteSize, Soft, draw.XCenter, draw.YCenter)
	for _, name := range t.f.X.Names[:t.columns] { // all as small as the longest needs
		low, high := t.cell(0, 0)
		style.Font.Size = min(style.Font.Size, t.fitting(style, printable(name), high.X-low.X-4))
	}
	bottom := vg.Length(0)
	for column, name := range t.f.X.Names[:t.columns] {
		low, high := t.cell(t.rows-1, column)
		bottom = low.Y
		t.fit(style, vg.Point{X: center(low, high).X, Y: low.Y - heatNames/2}, printable(name), high.X-low.X-2)
	}
	label := sans(labelSize, Ink, draw.XCenter, draw.YCenter)
	at := vg.Point{X: (t.Min.X + t.Max.X) / 2, Y: bottom - heatNames - heatLabel/2}
	middle(t.Canvas, label, at, cutMiddle(printable(t.f.X.Label), label, t.Max.X-t.Min.X))
}

// legend is a piece of the scale between its ends, what it measures, and what the
// frames mean.
func (t *heat) legend(c draw.Canvas) {
	y, x := c.Max.Y-entryHigh/2+4, c.Min.X
	write := func(s draw.TextStyle, text string, gap vg.Length) {
		text = cutMiddle(text, s, max(c.Max.X-x, 0))
		middle(c, s, vg.Point{X: x, Y: y}, text)
		x += s.Width(text) + gap
	}
	notes := sans(noteSize, Soft, draw.XLeft, draw.YCenter)
	if label := printable(t.f.Y.Label); label != "" {
		write(entryStyle(), label, 12)
	}
	write(notes, t.f.Y.word()(t.low), 6)
	const pieces = 60
	wide := min(scaleWide, max(c.Max.X-x, 0)) / pieces
	for i := range pieces {
		low := vg.Point{X: x + wide*vg.Length(i), Y: y - 6}
		c.FillPolygon(HeatColor((float64(i)+0.5)/pieces), corners(low, vg.Point{X: min(low.X+wide+0.3, c.Max.X), Y: y + 6}))
	}
	x += wide*pieces + 6
	write(notes, t.f.Y.word()(t.high), entryGap)
	for _, m := range t.f.Marks {
		if label := printable(m.Label); label != "" && m.Axis == "" && x+swatch < c.Max.X {
			frame(c, vg.Point{X: x, Y: y - 6}, vg.Point{X: x + swatch, Y: y + 6})
			x += swatch + swatchGap
			write(entryStyle(), label, 0)
			return
		}
	}
}
