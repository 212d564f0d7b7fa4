package plot

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// panel is a piece of paper with a ruler on either axis: the data's, or the
// strip's above it.
type panel struct {
	draw.Canvas
	x, y ruler
	step float64 // Figure.Step
	end  float64 // of the X axis, where a bucket is cut short; NaN: nowhere
}

// place is where points are on the paper. A point without a place breaks the
// line, as one with a NaN does.
func (p panel) place(pts []point) [][]vg.Point {
	var all [][]vg.Point
	whole := false
	for _, pt := range pts {
		if !p.x.has(pt.X) || !p.y.has(pt.Y) {
			whole = false
			continue
		}
		if !whole {
			all, whole = append(all, nil), true
		}
		last := len(all) - 1
		all[last] = append(all[last], vg.Point{X: p.x.at(pt.X), Y: p.y.at(pt.Y)})
	}
	return all
}

// trace is the series as a polyline. A bucket's value stands in its middle, and
// where neighbours lack it holds to the bucket's edges.
func (p panel) trace(l Line) []point {
	if l.Form == AsStep {
		return p.stairs(l)
	}
	pts := l.points()
	if p.step <= 0 {
		return thin(pts)
	}
	var all []point
	for _, part := range strokes(pts) {
		if len(all) > 0 {
			all = append(all, point{Y: math.NaN()})
		}
		last := part[len(part)-1]
		all = append(all, part[0])
		for _, pt := range part {
			all = append(all, point{X: (pt.X + p.until(pt.X)) / 2, Y: pt.Y})
		}
		all = append(all, point{X: p.until(last.X), Y: last.Y})
	}
	return thin(all)
}

// stairs is the series as values that hold until the next.
func (p panel) stairs(l Line) []point {
	var all []point
	pts := l.points()
	for i, pt := range pts {
		until := p.until(pt.X)
		if p.step <= 0 && i+1 < len(pts) {
			until = pts[i+1].X
		}
		all = append(all, pt, point{X: until, Y: pt.Y})
	}
	return thin(all)
}

// until is where the bucket from x on ends.
func (p panel) until(x float64) float64 {
	if to := x + p.step; !(to > p.end) {
		return to
	}
	return max(p.end, x)
}

// points are the series' points; what is missing in the shorter of X and Y is
// not there.
func (l Line) points() []point {
	pts := make([]point, min(len(l.X), len(l.Y)))
	for i := range pts {
		pts[i] = point{X: l.X[i], Y: l.Y[i]}
	}
	return pts
}

// draw draws series: areas first, then what lies on them, the first series
// topmost.
func (p panel) draw(series []Line) {
	for i := range series {
		switch l := series[len(series)-1-i]; l.Form {
		case AsBand, AsStack, AsDoubt:
			p.fill(l)
		case AsBars:
			p.upright(l)
		}
	}
	for i := range series {
		switch l := series[len(series)-1-i]; l.Form {
		case AsBars, AsDoubt:
		case AsPoints:
			p.dots(l)
		default:
			p.stroke(l)
		}
	}
}

func (p panel) dots(l Line) {
	for _, part := range p.place(l.points()) {
		for _, at := range part {
			dot(p.Canvas, ColorOf(l.Color), at, 2.6)
		}
	}
}

func (p panel) stroke(l Line) {
	style := l.pen()
	if p.step > 0 && len(l.X) > 120 {
		style.Width = min(style.Width, lineWidth-0.8)
	}
	for _, pts := range p.place(p.trace(l)) {
		if len(pts) == 1 {
			dot(p.Canvas, style.Color, pts[0], 3.5)
			continue
		}
		p.StrokeLines(style, pts)
	}
}

// fill fills between the series and its lower edge.
func (p panel) fill(l Line) {
	low := l
	low.Y = make(Numbers, len(l.Y))
	for i := range low.Y {
		switch {
		case !p.y.has(l.Y[i]): // both edges break together
			low.Y[i] = math.NaN()
		case i < len(l.Y2) && p.y.has(l.Y2[i]):
			low.Y[i] = l.Y2[i]
		default:
			low.Y[i] = p.floor()
		}
	}
	edges, floors := p.place(p.trace(l)), p.place(p.trace(low))
	for i := range min(len(edges), len(floors)) {
		around := append([]vg.Point{}, edges[i]...)
		for j := range floors[i] {
			around = append(around, floors[i][len(floors[i])-1-j])
		}
		if len(around) > 2 {
			p.FillPolygon(l.wash(), around)
		}
	}
}

// floor is the value at the axis' lower end, or 0 where that is above it.
func (p panel) floor() float64 {
	if p.y.log {
		return math.Pow(10, p.y.min)
	}
	return max(p.y.min*p.y.unit, 0)
}

// upright draws bars over an axis of numbers, one a point.
func (p panel) upright(l Line) {
	for _, pt := range l.points() {
		if !p.x.has(pt.X) || !p.y.has(pt.Y) {
			continue
		}
		from, to := p.x.at(pt.X), p.x.at(p.until(pt.X))
		switch gap := to - from; {
		case gap > 2:
			from, to = from+gap*0.1, to-gap*0.1
		case !(gap > 0):
			from, to = from-1.5, from+1.5
		}
		low, high := p.y.at(p.floor()), p.y.at(pt.Y)
		p.FillPolygon(ColorOf(l.Color), corners(vg.Point{X: from, Y: low}, vg.Point{X: to, Y: high}))
	}
}

// pen is the series' line.
func (l Line) pen() draw.LineStyle {
	style := stroke(ColorOf(l.Color), lineWidth)
	if l.Thin {
		style.Width = lineWidth - 1
	}
	for _, d := range l.Dash {
		if d > 0 && d < 1000 {
			style.Dashes = append(style.Dashes, vg.Length(d))
		}
	}
	if len(style.Dashes)%2 == 1 {
		style.Dashes = append(style.Dashes, style.Dashes...)
	}
	return style
}

// wash is the colour of the series' area.
func (l Line) wash() color.Color {
	if l.Form == AsDoubt {
		return faded(ColorOf(l.Color), 0x38)
	}
	return faded(ColorOf(l.Color), 0x60)
}
