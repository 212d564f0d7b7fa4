package plot

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// strip is a low panel of percentages between header and data, over the same
// X axis: a second quantity without a second Y axis.
type strip struct {
	head   *header
	title  string
	lines  []line // Y in percent; below 0 is drawn at 0
	shaded float64
}

const (
	stripHigh vg.Length = 84
	stripGap  vg.Length = 30 // below the strip
	stripName vg.Length = 20 // its title above it
)

// GlyphBoxes reserves the room of strip and header, one above the other.
func (s *strip) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	box := vg.Rectangle{Max: vg.Point{Y: stripGap + stripHigh + stripName + s.head.height()}}
	return []plot.GlyphBox{{X: 0, Y: 1, Rectangle: box}}
}

func (s *strip) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	low := c.Max.Y + stripGap
	y := func(percent float64) vg.Length {
		return low + stripHigh*vg.Length(min(max(percent, 0), 100)/100)
	}
	s.frame(c, p, x, y)
	if s.shaded > p.X.Min {
		warmLabel(c, c.Min, vg.Point{X: min(x(s.shaded), c.Max.X), Y: y(45)})
	}
	for _, l := range s.lines {
		for _, part := range strokes(thin(l.pts)) {
			pts := make([]vg.Point, len(part))
			for i, pt := range part {
				pts[i] = vg.Point{X: x(pt.X), Y: y(pt.Y)}
			}
			if len(pts) == 1 {
				dot(c, l.style.Color, pts[0], 3.5)
				continue
			}
			c.StrokeLines(l.style, pts)
		}
	}
}

// frame draws title, shading, grid and labels.
func (s *strip) frame(c draw.Canvas, p *plot.Plot, x, y func(float64) vg.Length) {
	if s.shaded > p.X.Min {
		shadeBox(c, vg.Point{X: c.Min.X, Y: y(0)}, vg.Point{X: min(x(s.shaded), c.Max.X), Y: y(100)})
	}
	for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
		c.StrokeLine2(stroke(Grid, hairline), x(t.Value), y(0), x(t.Value), y(100))
	}
	label := sans(tickSize, Soft, draw.XRight, draw.YCenter)
	for _, v := range []float64{0, 50, 100} {
		c.StrokeLine2(stroke(Grid, hairline), c.Min.X, y(v), c.Max.X, y(v))
		middle(c, label, vg.Point{X: c.Min.X - 9, Y: y(v)}, num(v)+" %")
	}
	c.StrokeLine2(stroke(Soft, hairline), c.Min.X, y(0), c.Min.X, y(100))
	title := sans(noteSize, Soft, draw.XLeft, draw.YBottom)
	c.FillText(title, vg.Point{X: c.Min.X, Y: y(100) + 6}, s.title)
}

// offload is what share of whole part leaves, in percent; NaN without a whole.
func offload(part, whole int64) float64 {
	if whole == 0 {
		return math.NaN()
	}
	return 100 * (1 - float64(part)/float64(whole))
}
