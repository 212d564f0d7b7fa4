package plot

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// leastData is the height that the data keep, however long the legend.
const leastData vg.Length = 150

// paint draws the figure on c, which is as large as a Size's sheet.
func (f *Figure) paint(c draw.Canvas) {
	c.SetColor(Paper)
	c.Fill(c.Rectangle.Path())
	c = draw.Crop(c, 22, -30, 18, -20)
	lack := f.lack()
	switch {
	case lack != "":
		h := f.header()
		h.entries = nil
		h.draw(&c, c.Min.X)
		note{text: lack}.draw(c)
	case f.X.Scale == Category:
		f.paintLying(c)
	case f.X.Scale == Columns:
		f.paintHeat(c)
	default:
		f.paintUpright(c)
	}
}

// lack is why there is nothing to draw, "" where there is something.
func (f *Figure) lack() string {
	if f.Lack != "" {
		return f.Lack
	}
	if f.X.Scale == Columns && len(f.X.Names) == 0 {
		return "no data"
	}
	for _, l := range f.Series {
		for _, pt := range l.points() {
			if !math.IsNaN(pt.X) && !math.IsNaN(pt.Y) {
				return ""
			}
		}
	}
	return "no data"
}

// paintUpright draws a figure over an X axis of numbers or moments.
func (f *Figure) paintUpright(c draw.Canvas) {
	f = f.stacked()
	if !(f.Step > 0 && f.Step < farthest) {
		f.Step = 0
	}
	p := f.axes()
	x := f.X.dress(&p.X, f.extentX())
	y := f.Y.dress(&p.Y, f.extentY())
	f.header().draw(&c, p.DataCanvas(c).Min.X)
	strip := c
	if f.Strip != nil {
		c.Max.Y -= stripName + stripHigh + stripGap
	}
	ends := f.ended(x)
	c.Max.X -= roomForEnds(ends)
	p.Draw(c)
	c = p.DataCanvas(c)
	x.from, x.to, y.from, y.to = c.Min.X, c.Max.X, c.Min.Y, c.Max.Y
	data := panel{Canvas: c, x: x, y: y, step: f.Step, end: f.end()}
	f.shade(data, p, f.Strip == nil)
	data.draw(f.Series)
	data.nameEnds(ends)
	for _, m := range f.Marks {
		data.mark(m)
	}
	if f.Strip != nil {
		data.Canvas.Max.Y = strip.Max.Y
		f.Strip.draw(f, data, p)
	}
}

// shade draws what lies below the data: spans, then the grid, then the spans'
// names.
func (f *Figure) shade(data panel, p *plot.Plot, names bool) {
	for _, s := range f.Spans {
		if low, high, ok := data.span(s); ok {
			shadeBox(data.Canvas, low, high)
		}
	}
	data.grid(p)
	for _, s := range f.Spans {
		if low, high, ok := data.span(s); ok && names {
			spanLabel(data.Canvas, low, high, s.Label)
		}
	}
}

// axes is an empty plot in the house's look, which draws the axes.
func (f *Figure) axes() *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	dressAxis(&p.X, draw.XCenter, draw.YTop)
	dressAxis(&p.Y, draw.XRight, draw.YCenter)
	p.X.Label.Padding, p.Y.Label.Padding = 7, 9
	return p
}

// given is the range that the axis itself names.
func (x Axis) given() extent {
	e := nowhere()
	if x.Min != 0 || x.Max != 0 {
		e.add(x.Min, x.Scale)
		e.add(x.Max, x.Scale)
	}
	return e
}

// extentX is the range of the X axis: what it names, and all data.
func (f *Figure) extentX() extent {
	e := f.X.given()
	bounded := !e.empty()
	series := f.Series
	if f.Strip != nil {
		series = append(series[:len(series):len(series)], f.Strip.Series...)
	}
	for _, l := range series {
		for _, v := range l.X {
			e.add(v, f.X.Scale)
			if !bounded {
				e.add(v+f.Step, f.X.Scale)
			}
		}
	}
	return e
}

// extentY is the range of the Y axis: what it names, and all data.
func (f *Figure) extentY() extent {
	e := f.Y.given()
	for _, l := range f.Series {
		for _, v := range l.Y {
			e.add(v, f.Y.Scale)
		}
		for _, v := range l.Y2 {
			e.add(v, f.Y.Scale)
		}
	}
	return e
}

// end is where the X axis cuts the last bucket short.
func (f *Figure) end() float64 {
	if f.X.Min != 0 || f.X.Max != 0 {
		return f.X.Max
	}
	return math.NaN()
}

// stacked is the figure with its stacked series put on top of those that come
// later, as bands. What is missing of one counts as 0 there.
func (f *Figure) stacked() *Figure {
	g := *f
	g.Series = append([]Line{}, f.Series...)
	below := map[float64]float64{}
	for i := len(g.Series) - 1; i >= 0; i-- {
		l := &g.Series[i]
		if l.Form != AsStack {
			continue
		}
		pts := l.points()
		l.X, l.Y, l.Y2 = make(Numbers, len(pts)), make(Numbers, len(pts)), make(Numbers, len(pts))
		for j, pt := range pts {
			low := below[pt.X]
			high := low
			if pt.Y > 0 && low+pt.Y < farthest {
				high += pt.Y
			}
			l.X[j], l.Y[j], l.Y2[j], below[pt.X] = pt.X, high, low, high
		}
	}
	return &g
}
