package plot

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A point is one of a line's. A NaN in Y breaks the line.
type point struct{ X, Y float64 }

// maxPoints bounds a line: more make a file heavy and no picture better.
const maxPoints = 2000

// thin keeps at most maxPoints of pts. Of each run of neighbours the lowest and
// the highest stay, in their order, so that no spike is lost.
func thin(pts []point) []point {
	if len(pts) <= maxPoints {
		return pts
	}
	run := (3*len(pts) + maxPoints - 5) / (maxPoints - 4)
	kept := []point{pts[0]}
	for from := 0; from < len(pts); from += run {
		kept = appendExtremes(kept, pts[from:min(from+run, len(pts))])
	}
	return append(kept, pts[len(pts)-1])
}

// appendExtremes keeps of run its lowest and highest point, and that it is
// broken.
func appendExtremes(kept, run []point) []point {
	low, high, broken := -1, -1, -1
	for i, p := range run {
		if math.IsNaN(p.Y) {
			broken = i
			continue
		}
		if low < 0 || p.Y < run[low].Y {
			low = i
		}
		if high < 0 || p.Y > run[high].Y {
			high = i
		}
	}
	if low >= 0 {
		kept = append(kept, run[min(low, high)])
		if low != high {
			kept = append(kept, run[max(low, high)])
		}
	}
	if broken >= 0 {
		kept = append(kept, run[broken])
	}
	return kept
}

func dot(c draw.Canvas, fill color.Color, at vg.Point, radius vg.Length) {
	c.SetColor(fill)
	var path vg.Path
	path.Move(vg.Point{X: at.X + radius, Y: at.Y})
	path.Arc(at, radius, 0, 2*math.Pi)
	path.Close()
	c.Fill(path)
}

// strokes cuts a line where Y is NaN.
func strokes(pts []point) [][]point {
	var all [][]point
	from := 0
	for i := 0; i <= len(pts); i++ {
		if i < len(pts) && !math.IsNaN(pts[i].Y) {
			continue
		}
		if i > from {
			all = append(all, pts[from:i])
		}
		from = i + 1
	}
	return all
}

// span is the box of a shaded part of the X axis, where it is on it.
func (p panel) span(s Span) (low, high vg.Point, ok bool) {
	if !p.x.has(s.To) || s.From > s.To {
		return low, high, false
	}
	from := p.Min.X
	if p.x.has(s.From) {
		from = min(max(p.x.at(s.From), p.Min.X), p.Max.X)
	}
	to := min(p.x.at(s.To), p.Max.X)
	return vg.Point{X: from, Y: p.Min.Y}, vg.Point{X: to, Y: p.Max.Y}, to > from
}

func shadeBox(c draw.Canvas, low, high vg.Point) {
	c.FillPolygon(Shade, corners(low, high))
	c.StrokeLine2(stroke(Grid, 1.4), high.X, low.Y, high.X, high.Y)
}

// spanLabel names a shaded part at its upper end, where it is wide enough.
func spanLabel(c draw.Canvas, low, high vg.Point, name string) {
	label := sans(noteSize, Soft, draw.XRight, draw.YTop)
	name = printable(name)
	if label.Width(name)+12 <= high.X-low.X {
		c.FillText(label, vg.Point{X: high.X - 6, Y: high.Y - 6}, name)
	}
}

// grid draws light lines at the axes' labelled ticks.
func (p panel) grid(axes *plot.Plot) {
	p.uprights(axes)
	for _, t := range axes.Y.Tick.Marker.Ticks(axes.Y.Min, axes.Y.Max) {
		if !t.IsMinor() && t.Value >= axes.Y.Min && t.Value <= axes.Y.Max {
			y := p.Y((t.Value - axes.Y.Min) / (axes.Y.Max - axes.Y.Min))
			p.StrokeLine2(stroke(Grid, hairline), p.Min.X, y, p.Max.X, y)
		}
	}
}

// uprights draws the grid's lines at the X axis' labelled ticks.
func (p panel) uprights(axes *plot.Plot) {
	for _, t := range axes.X.Tick.Marker.Ticks(axes.X.Min, axes.X.Max) {
		if !t.IsMinor() && t.Value >= axes.X.Min && t.Value <= axes.X.Max {
			x := p.X((t.Value - axes.X.Min) / (axes.X.Max - axes.X.Min))
			p.StrokeLine2(stroke(Grid, hairline), x, p.Min.Y, x, p.Max.Y)
		}
	}
}

// mark draws a labelled place: a line across at one value, or a ring.
func (p panel) mark(m Mark) {
	style := sans(noteSize, Ink, draw.XLeft, draw.YBottom)
	dashed := stroke(Ink, 1.2, 5, 4)
	text := printable(m.Label)
	switch {
	case m.Axis == "x" && p.x.has(m.X) && p.inside(vg.Point{X: p.x.at(m.X), Y: p.Min.Y}):
		at := p.x.at(m.X)
		p.StrokeLine2(dashed, at, p.Min.Y, at, p.Max.Y)
		p.beside(style, vg.Point{X: at, Y: p.Max.Y - 20}, text)
	case m.Axis == "y" && p.y.has(m.Y) && p.inside(vg.Point{X: p.Min.X, Y: p.y.at(m.Y)}):
		at := p.y.at(m.Y)
		p.StrokeLine2(dashed, p.Min.X, at, p.Max.X, at)
		p.beside(style, vg.Point{X: p.Max.X, Y: at}, text)
	case m.Axis == "" && p.x.has(m.X) && p.y.has(m.Y):
		if at := (vg.Point{X: p.x.at(m.X), Y: p.y.at(m.Y)}); p.inside(at) {
			dot(p.Canvas, Ink, at, 4.5)
			dot(p.Canvas, Paper, at, 3)
			p.beside(style, at, text)
		}
	}
}

func (p panel) inside(at vg.Point) bool {
	return at.X >= p.Min.X-0.01 && at.X <= p.Max.X+0.01 && at.Y >= p.Min.Y-0.01 && at.Y <= p.Max.Y+0.01
}

// beside writes a mark's words above it, to the right where there is room.
func (p panel) beside(s draw.TextStyle, at vg.Point, text string) {
	wide := s.Width(text)
	x := min(at.X+7, p.Max.X-wide-2)
	y := min(at.Y+4, p.Max.Y-16)
	p.FillText(s, vg.Point{X: max(x, p.Min.X), Y: y}, text)
}

// note is a sentence in the middle of an empty plot.
type note struct{ text string }

func (n note) draw(c draw.Canvas) {
	c.FillText(sans(titleSize-3, Soft, draw.XCenter, draw.YCenter), c.Center(), printable(n.text))
}
