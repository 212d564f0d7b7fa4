package plot

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	stripHigh vg.Length = 84
	stripGap  vg.Length = 30 // below the strip
	stripName vg.Length = 20 // its title above it
)

// draw draws the strip at the upper end of data's canvas, over data's X axis.
// A share below 0 is drawn at 0.
func (s *Strip) draw(f *Figure, data panel, p *plot.Plot) {
	top := data.Max.Y - stripName
	data.Canvas.Rectangle = vg.Rectangle{
		Min: vg.Point{X: data.Min.X, Y: top - stripHigh},
		Max: vg.Point{X: data.Max.X, Y: top},
	}
	data.y = ruler{unit: 1, max: 100, from: data.Min.Y, to: data.Max.Y}
	s.frame(f, data, p)
	within := append([]Line{}, s.Series...)
	for i := range within {
		l := &within[i]
		l.Y = append(Numbers{}, l.Y...)
		for j, v := range l.Y {
			l.Y[j] = min(max(v, 0), 100)
		}
	}
	data.draw(within)
}

// frame draws title, shading, grid and labels.
func (s *Strip) frame(f *Figure, c panel, p *plot.Plot) {
	for _, span := range f.Spans {
		if low, high, ok := c.span(span); ok {
			shadeBox(c.Canvas, low, high)
		}
	}
	c.uprights(p)
	label := sans(tickSize, Soft, draw.XRight, draw.YCenter)
	for _, v := range []float64{0, 50, 100} {
		c.StrokeLine2(stroke(Grid, hairline), c.Min.X, c.y.at(v), c.Max.X, c.y.at(v))
		middle(c.Canvas, label, vg.Point{X: c.Min.X - 9, Y: c.y.at(v)}, num(v)+" %")
	}
	c.StrokeLine2(stroke(Soft, hairline), c.Min.X, c.Min.Y, c.Min.X, c.Max.Y)
	for _, span := range f.Spans {
		if low, high, ok := c.span(span); ok {
			spanLabel(c.Canvas, low, vg.Point{X: high.X, Y: c.y.at(45)}, span.Label)
		}
	}
	title := sans(noteSize, Soft, draw.XLeft, draw.YBottom)
	c.FillText(title, vg.Point{X: c.Min.X, Y: c.Max.Y + 6}, printable(s.Title))
}

// offload is what share of whole part leaves, in percent; NaN without a whole.
func offload(part, whole int64) float64 {
	if whole == 0 {
		return math.NaN()
	}
	return 100 * (1 - float64(part)/float64(whole))
}
