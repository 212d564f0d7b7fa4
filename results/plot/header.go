package plot

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// header is title, subtitle and legend above the data, flush left with it. It
// reserves its room as a glyph at the upper edge, which gonum then keeps clear,
// so that a legend never covers data.
type header struct {
	title, subtitle string
	entries         []entry
}

// entry is one line of the legend.
type entry struct {
	label string
	line  draw.LineStyle
	kind  swatchKind
}

// swatchKind is what stands before a label.
type swatchKind uint8

const (
	asLine swatchKind = iota
	asFill
	asDot
)

const (
	titleHigh    vg.Length = 32
	subtitleHigh vg.Length = 25
	entryHigh    vg.Length = 24
	headerGap    vg.Length = 10
	headerWide   vg.Length = 860 // the legend wraps here
	swatch       vg.Length = 30
	swatchGap    vg.Length = 8
	entryGap     vg.Length = 26
)

func (h *header) add(label string, line draw.LineStyle) {
	h.entries = append(h.entries, entry{label: label, line: line})
}

func (h *header) addFill(label string, line draw.LineStyle) {
	h.entries = append(h.entries, entry{label: label, line: line, kind: asFill})
}

func (h *header) addDot(label string, line draw.LineStyle) {
	h.entries = append(h.entries, entry{label: label, line: line, kind: asDot})
}

// rows breaks the legend into rows that fit.
func (h *header) rows() [][]entry {
	var rows [][]entry
	var wide vg.Length
	for _, e := range h.entries {
		w := e.width()
		if len(rows) == 0 || wide+w > headerWide {
			rows, wide = append(rows, nil), 0
		}
		last := len(rows) - 1
		rows[last] = append(rows[last], e)
		wide += w
	}
	return rows
}

func (e entry) width() vg.Length {
	return swatch + swatchGap + entryStyle().Width(e.label) + entryGap
}

func (h *header) height() vg.Length {
	high := titleHigh + headerGap + vg.Length(len(h.rows()))*entryHigh
	if h.subtitle != "" {
		high += subtitleHigh
	}
	return high
}

// GlyphBoxes reserves the header's height above the data.
func (h *header) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	box := vg.Rectangle{Max: vg.Point{Y: h.height()}}
	return []plot.GlyphBox{{X: 0, Y: 1, Rectangle: box}}
}

// Plot draws the header from its upper edge down. Other plotters may have
// reserved room between it and the data.
func (h *header) Plot(c draw.Canvas, p *plot.Plot) {
	at := vg.Point{X: c.Min.X, Y: c.Max.Y + reserved(p)}
	c.FillText(bold(sans(titleSize, Ink, draw.XLeft, draw.YTop)), at, h.title)
	at.Y -= titleHigh
	if h.subtitle != "" {
		c.FillText(sans(subtitleSize, Soft, draw.XLeft, draw.YTop), at, h.subtitle)
		at.Y -= subtitleHigh
	}
	for _, row := range h.rows() {
		x := at.X
		for _, e := range row {
			e.draw(c, vg.Point{X: x, Y: at.Y - entryHigh/2})
			x += e.width()
		}
		at.Y -= entryHigh
	}
}

func (e entry) draw(c draw.Canvas, at vg.Point) {
	switch e.kind {
	case asFill:
		low, high := vg.Point{X: at.X, Y: at.Y - 6}, vg.Point{X: at.X + swatch, Y: at.Y + 6}
		c.FillPolygon(e.line.Color, corners(low, high))
	case asDot:
		dot(c, e.line.Color, vg.Point{X: at.X + swatch/2, Y: at.Y}, 4)
	case asLine:
		c.StrokeLine2(e.line, at.X, at.Y, at.X+swatch, at.Y)
	}
	middle(c, entryStyle(), vg.Point{X: at.X + swatch + swatchGap, Y: at.Y}, e.label)
}

func entryStyle() draw.TextStyle { return sans(labelSize, Ink, draw.XLeft, draw.YCenter) }

// middle writes text whose capitals and digits are centred on at.Y: gonum's own
// centring puts the middle of the line there, a tenth of the size too low.
func middle(c draw.Canvas, s draw.TextStyle, at vg.Point, text string) {
	c.FillText(s, vg.Point{X: at.X, Y: at.Y + 0.1*s.Font.Size}, text)
}

func corners(low, high vg.Point) []vg.Point {
	return []vg.Point{low, {X: high.X, Y: low.Y}, high, {X: low.X, Y: high.Y}}
}

// reserved is the height kept clear above the data by the tallest glyph there.
func reserved(p *plot.Plot) vg.Length {
	var high vg.Length
	for _, b := range p.GlyphBoxes(p) {
		if b.Y == 1 && b.Max.Y > high {
			high = b.Max.Y
		}
	}
	return high
}
