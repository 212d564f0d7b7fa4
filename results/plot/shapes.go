package plot

import (
	"image/color"
	"math"
	"slices"

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
	run := (2*len(pts) + maxPoints - 5) / (maxPoints - 4)
	kept := []point{pts[0]}
	for from := 0; from < len(pts); from += run {
		kept = appendExtremes(kept, pts[from:min(from+run, len(pts))])
	}
	return append(kept, pts[len(pts)-1])
}

func appendExtremes(kept, run []point) []point {
	low, high := 0, 0
	for i, p := range run {
		if p.Y < run[low].Y {
			low = i
		}
		if p.Y > run[high].Y {
			high = i
		}
	}
	kept = append(kept, run[min(low, high)])
	if low != high {
		kept = append(kept, run[max(low, high)])
	}
	return kept
}

// line is a polyline, broken where Y is NaN. A point between two breaks is
// drawn as a dot, since a line of one point is invisible.
type line struct {
	pts   []point
	style draw.LineStyle
}

func (l line) Plot(c draw.Canvas, p *plot.Plot) {
	for _, s := range strokes(thin(l.pts)) {
		pts := place(c, p, s)
		if len(pts) == 1 {
			dot(c, l.style.Color, pts[0], 3.5)
			continue
		}
		c.StrokeLines(l.style, pts)
	}
}

// band fills between two polylines without breaks; a nil one is the X axis.
type band struct {
	low, high []point
	fill      color.Color
}

func (b band) Plot(c draw.Canvas, p *plot.Plot) {
	edge, floor := place(c, p, thin(b.high)), place(c, p, thin(b.low))
	if b.low == nil {
		floor = []vg.Point{{X: edge[0].X, Y: c.Min.Y}, {X: edge[len(edge)-1].X, Y: c.Min.Y}}
	}
	slices.Reverse(floor)
	c.FillPolygon(b.fill, append(edge, floor...))
}

// dots are points as they are, without a line.
type dots struct {
	pts    []point
	fill   color.Color
	radius vg.Length
}

func (d dots) Plot(c draw.Canvas, p *plot.Plot) {
	for _, pt := range place(c, p, d.pts) {
		dot(c, d.fill, pt, d.radius)
	}
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

func place(c draw.Canvas, p *plot.Plot, pts []point) []vg.Point {
	x, y := p.Transforms(&c)
	placed := make([]vg.Point, len(pts), len(pts)+2)
	for i, pt := range pts {
		placed[i] = vg.Point{X: x(pt.X), Y: y(pt.Y)}
	}
	return placed
}

// shade marks the warm-up: a tinted band from the left edge to X = to. It is
// drawn below the grid; its name, where it wants one, is drawn above.
type shade struct{ to float64 }

func (s shade) Plot(c draw.Canvas, p *plot.Plot) {
	if s.to <= p.X.Min {
		return
	}
	x, _ := p.Transforms(&c)
	shadeBox(c, c.Min, vg.Point{X: min(x(s.to), c.Max.X), Y: c.Max.Y})
}

func shadeBox(c draw.Canvas, low, high vg.Point) {
	c.FillPolygon(Shade, corners(low, high))
	c.StrokeLine2(stroke(Grid, 1.4), high.X, low.Y, high.X, high.Y)
}

// warmLabel names the shaded band at its upper end, where it is wide enough.
func warmLabel(c draw.Canvas, low, high vg.Point) {
	label := sans(noteSize, Soft, draw.XRight, draw.YTop)
	if label.Width("warm-up")+12 <= high.X-low.X {
		c.FillText(label, vg.Point{X: high.X - 6, Y: high.Y - 6}, "warm-up")
	}
}

// named writes the shade's name.
type named shade

func (s named) Plot(c draw.Canvas, p *plot.Plot) {
	if s.to > p.X.Min {
		x, _ := p.Transforms(&c)
		warmLabel(c, c.Min, vg.Point{X: min(x(s.to), c.Max.X), Y: c.Max.Y})
	}
}

// grid draws light lines at the axes' labelled ticks.
type grid struct{}

func (grid) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	style := stroke(Grid, hairline)
	for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
		if !t.IsMinor() && t.Value >= p.X.Min && t.Value <= p.X.Max {
			c.StrokeLine2(style, x(t.Value), c.Min.Y, x(t.Value), c.Max.Y)
		}
	}
	for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
		if !t.IsMinor() && t.Value >= p.Y.Min && t.Value <= p.Y.Max {
			c.StrokeLine2(style, c.Min.X, y(t.Value), c.Max.X, y(t.Value))
		}
	}
}

// note is a sentence in the middle of an empty plot.
type note struct{ text string }

func (n note) Plot(c draw.Canvas, _ *plot.Plot) {
	c.FillText(sans(titleSize-3, Soft, draw.XCenter, draw.YCenter), c.Center(), n.text)
}
