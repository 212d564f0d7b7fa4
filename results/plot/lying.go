package plot

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	rowHigh  vg.Length = 21   // the least height of a category
	rowHighs vg.Length = 15   // the least height of one of several bars of a category
	nameWide vg.Length = 0.38 // the share of the paper that names may take
	barShare           = 0.74 // of a row's height
)

// paintLying draws a figure of categories on its side: their names at the left,
// bars to the right, the first category on top. Those that find no room are
// left out, and the header says so.
func (f *Figure) paintLying(c draw.Canvas) {
	bars := max(f.abreast(), 1)
	h := f.header()
	room := c.Max.Y - c.Min.Y - h.height(c.Max.X-c.Min.X) - 60
	rows := max(int(room/max(rowHigh, rowHighs*vg.Length(bars))), 1)
	if n := len(f.X.Names); n > rows {
		h.subtitle = subtitle("", h.subtitle, "the first "+num(float64(rows))+" of "+num(float64(n)))
	} else {
		rows = max(n, 1)
	}
	h.draw(&c, c.Min.X)
	p := f.axes()
	value := f.Y.dress(&p.X, f.extentLying(rows))
	roomForWords(&p.X, &value)
	f.names(p, rows, (c.Max.X-c.Min.X)*nameWide)
	p.Draw(c)
	c = p.DataCanvas(c)
	value.from, value.to = c.Min.X, c.Max.X
	s := shelf{Canvas: c, value: value, rows: rows, bars: bars}
	s.grid(p)
	s.draw(f)
}

// abreast is how many bars of a category stand side by side: the stacked ones
// together are one.
func (f *Figure) abreast() int {
	n, stacked := 0, 0
	for _, l := range f.Series {
		if l.Form == AsStack {
			stacked = 1
		} else {
			n++
		}
	}
	return n + stacked
}

// names puts the categories' names at the Y axis.
func (f *Figure) names(p *plot.Plot, rows int, wide vg.Length) {
	a := &p.Y
	a.Min, a.Max = -float64(rows)+0.5, 0.5
	a.LineStyle.Width, a.Tick.LineStyle.Width, a.Tick.Length = 0, 0, 0
	var marks ticks
	for i, name := range f.X.Names[:min(rows, len(f.X.Names))] {
		label := cutMiddle(printable(name), a.Tick.Label, wide)
		if label == "" {
			label = "–" // gonum takes a mark without a label for a minor one
		}
		marks = append(marks, plot.Tick{Value: -float64(i), Label: label})
	}
	a.Tick.Marker = marks
	a.Padding = 3
}

// roomForWords widens the axis of values so that figures find room behind the
// longest bar.
func roomForWords(a *plot.Axis, r *ruler) {
	a.Max += (a.Max - a.Min) * 0.09
	r.max = a.Max
}

// extentLying is the range of the values of the first rows.
func (f *Figure) extentLying(rows int) extent {
	e := f.Y.given()
	sum := map[int]float64{}
	for _, l := range f.Series {
		for _, pt := range l.points() {
			row, ok := rowOf(pt.X, rows)
			if !ok {
				continue
			}
			e.add(pt.Y, f.Y.Scale)
			if l.Form == AsStack && pt.Y > 0 {
				sum[row] += pt.Y
				e.add(sum[row], f.Y.Scale)
			}
		}
	}
	return e
}

// rowOf is the row of a category, where it is one of so many.
func rowOf(x float64, rows int) (row int, ok bool) {
	if !(x >= 0 && x < float64(rows)) {
		return 0, false
	}
	return int(x), true
}

// shelf is where bars lie.
type shelf struct {
	draw.Canvas
	value      ruler
	rows, bars int
}

// grid draws light lines at the marks of the values, and the line that bars
// begin at.
func (s shelf) grid(p *plot.Plot) {
	for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
		if x := s.place(t.Value); !t.IsMinor() && t.Value >= p.X.Min && t.Value <= p.X.Max {
			s.StrokeLine2(stroke(Grid, hairline), x, s.Min.Y, x, s.Max.Y)
		}
	}
	s.StrokeLine2(stroke(Soft, hairline), s.base(), s.Min.Y, s.base(), s.Max.Y)
}

// place is the place of what gonum's axis has for a value.
func (s shelf) place(v float64) vg.Length {
	r := s.value
	return r.from + (r.to-r.from)*vg.Length((v-r.min)/(r.max-r.min))
}

// base is where bars begin: at 0, or at the axis' lower end.
func (s shelf) base() vg.Length {
	if s.value.log || s.value.min > 0 {
		return s.value.from
	}
	return s.value.at(0)
}

// draw draws the figure's bars, series by series, with their figures behind
// them: of stacked ones the sum.
func (s shelf) draw(f *Figure) {
	ends := make([]float64, s.rows) // of the stacked bars so far
	beside := 0
	for _, l := range f.Series {
		stacked := l.Form == AsStack
		for _, pt := range l.points() {
			row, ok := rowOf(pt.X, s.rows)
			if !ok || !s.value.has(pt.Y) {
				continue
			}
			from, to, at := 0.0, pt.Y, beside
			if stacked {
				at, from = s.bars-1, ends[row]
				to = min(from+max(pt.Y, 0), farthest)
				ends[row] = to
			}
			s.bar(l, row, at, from, to)
			if !stacked && (pt.Y != 0 || s.bars == 1) {
				s.word(f, row, at, to)
			}
		}
		if !stacked {
			beside++
		}
	}
	for row, sum := range ends {
		if sum > 0 && s.value.has(sum) {
			s.word(f, row, s.bars-1, sum)
		}
	}
}

// slot is the lower and upper edge of a bar.
func (s shelf) slot(row, place int) (low, high vg.Length) {
	high1 := (s.Max.Y - s.Min.Y) / vg.Length(s.rows)
	top := s.Max.Y - high1*(vg.Length(row)+(1-barShare)/2)
	each := high1 * barShare / vg.Length(s.bars)
	each, off := min(each, 36), (each-min(each, 36))*vg.Length(s.bars)/2
	high = top - off - each*vg.Length(place)
	return high - each, high
}

func (s shelf) bar(l Line, row, place int, from, to float64) {
	low, high := s.slot(row, place)
	begin := s.base()
	if from > 0 {
		begin = s.value.at(from)
	}
	end := s.value.at(to)
	bar(s.Canvas, ColorOf(l.Color), len(l.Dash) > 0, vg.Point{X: begin, Y: low}, vg.Point{X: end, Y: high})
}

// bar is a filled box; that of a dashed line's series is an outline on a wash.
func bar(c draw.Canvas, fill color.Color, dashed bool, low, high vg.Point) {
	if !dashed {
		c.FillPolygon(fill, corners(low, high))
		return
	}
	n := color.NRGBAModel.Convert(fill).(color.NRGBA)
	n.A = 0x50
	c.FillPolygon(n, corners(low, high))
	box := corners(vg.Point{X: low.X, Y: low.Y + 0.5}, vg.Point{X: high.X, Y: high.Y - 0.5})
	c.StrokeLines(stroke(fill, 1), append(box, box[0]))
}

// word writes a bar's figure behind its end.
func (s shelf) word(f *Figure, row, place int, v float64) {
	low, high := s.slot(row, place)
	style := sans(min(noteSize, max(high-low, 8)), Soft, draw.XLeft, draw.YCenter)
	x := max(s.value.at(v), s.base()) + 5
	middle(s.Canvas, style, vg.Point{X: x, Y: (low + high) / 2}, f.Y.word()(v))
}

// word is how a value is written beside its bar.
func (x Axis) word() func(float64) string {
	switch x.Unit {
	case Percents:
		return func(v float64) string { return percent(v / 100) }
	case Counts, "":
		return func(v float64) string {
			if v == math.Trunc(v) {
				return num(v)
			}
			return significant(v)
		}
	case Milliseconds:
		return millis
	}
	return x.tick()
}
