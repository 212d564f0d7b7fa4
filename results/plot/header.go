package plot

import (
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// header is title, subtitle and legend above the data, so that a legend never
// covers data.
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
	asBar
	asDot
)

const (
	titleHigh    vg.Length = 32
	subtitleHigh vg.Length = 25
	entryHigh    vg.Length = 24
	headerGap    vg.Length = 10
	swatch       vg.Length = 30
	swatchGap    vg.Length = 8
	entryGap     vg.Length = 26
)

// header is the figure's: a legend only where there is something to tell apart.
func (f *Figure) header() *header {
	h := &header{title: printable(f.Title), subtitle: printable(f.Subtitle)}
	for _, l := range f.Series {
		if f.X.Scale == Category {
			l.Form = AsBars
		}
		h.add(l)
	}
	if f.Strip != nil {
		for _, l := range f.Strip.Series {
			h.add(l)
		}
	}
	if len(h.entries) == 1 && f.Strip == nil && f.Series[0].Note == "" {
		h.entries = nil
	}
	return h
}

func (h *header) add(l Line) {
	e := entry{label: l.legend(), line: l.pen()}
	switch l.Form {
	case AsPoints:
		e.kind = asDot
	case AsStack, AsBand:
		e.kind, e.line.Color = asFill, l.wash()
	case AsBars:
		e.kind = asBar
	}
	if e.label != "" && l.Form != AsDoubt {
		h.entries = append(h.entries, e)
	}
}

// legend is the series' label and what figures stand beside it.
func (l Line) legend() string {
	label, note := printable(l.Label), printable(l.Note)
	switch {
	case note == "":
		return label
	case strings.ContainsAny(note[:1], "0123456789<") || strings.HasPrefix(note, "−") || strings.HasPrefix(note, "–"):
		return label + " " + note
	}
	return label + ", " + note
}

// rows breaks the legend into rows that are no wider than wide.
func (h *header) rows(wide vg.Length) [][]entry {
	var rows [][]entry
	var full vg.Length
	for _, e := range h.entries {
		e.label = cutMiddle(e.label, entryStyle(), wide-swatch-swatchGap)
		w := e.width()
		if len(rows) == 0 || full+w-entryGap > wide {
			rows, full = append(rows, nil), 0
		}
		last := len(rows) - 1
		rows[last] = append(rows[last], e)
		full += w
	}
	return rows
}

func (e entry) width() vg.Length {
	return swatch + swatchGap + entryStyle().Width(e.label) + entryGap
}

// lines are the title's or the subtitle's, broken where wide ends.
func (h *header) lines(wide vg.Length) (title, subtitle []string) {
	return wrap(h.title, " ", titleStyle(), wide), wrap(h.subtitle, parting, subtitleStyle(), wide)
}

// height is that of the header over a width.
func (h *header) height(wide vg.Length) vg.Length {
	title, subtitle := h.lines(wide)
	return titleHigh*vg.Length(len(title)) + subtitleHigh*vg.Length(len(subtitle)) +
		headerGap + vg.Length(len(h.rows(wide)))*entryHigh
}

// draw draws the header from c's upper edge down, flush left with left, and
// takes its room away from c. Rows of the legend that would leave too little
// for the data are not drawn.
func (h *header) draw(c *draw.Canvas, left vg.Length) {
	wide := c.Max.X - left
	title, subtitle := h.lines(wide)
	at := vg.Point{X: left, Y: c.Max.Y}
	for _, line := range title {
		c.FillText(titleStyle(), at, line)
		at.Y -= titleHigh
	}
	for _, line := range subtitle {
		c.FillText(subtitleStyle(), at, line)
		at.Y -= subtitleHigh
	}
	for _, row := range h.rows(wide) {
		if at.Y-entryHigh-leastData < c.Min.Y {
			break
		}
		x := at.X
		for _, e := range row {
			e.draw(*c, vg.Point{X: x, Y: at.Y - entryHigh/2})
			x += e.width()
		}
		at.Y -= entryHigh
	}
	c.Max.Y = max(at.Y-headerGap, c.Min.Y+leastData/2)
}

func titleStyle() draw.TextStyle { return bold(sans(titleSize, Ink, draw.XLeft, draw.YTop)) }

func subtitleStyle() draw.TextStyle { return sans(subtitleSize, Soft, draw.XLeft, draw.YTop) }

func (e entry) draw(c draw.Canvas, at vg.Point) {
	switch e.kind {
	case asFill:
		low, high := vg.Point{X: at.X, Y: at.Y - 6}, vg.Point{X: at.X + swatch, Y: at.Y + 6}
		c.FillPolygon(e.line.Color, corners(low, high))
	case asBar:
		bar(c, e.line.Color, len(e.line.Dashes) > 0, vg.Point{X: at.X, Y: at.Y - 6}, vg.Point{X: at.X + swatch, Y: at.Y + 6})
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
