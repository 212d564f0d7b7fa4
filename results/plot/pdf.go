package plot

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"io"
	"math"
	"time"

	"codeberg.org/go-pdf/fpdf"
	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// pdfCanvas draws on one page of a PDF. It stands in for gonum's own vgpdf,
// which knows Windows-1252 only (no α, no minus sign), darkens what is
// translucent, and gives other bytes every time: here fonts are embedded as
// Unicode, the letters that are used alone, and a figure gives the same bytes.
//
// A PDF's Y axis points up, as gonum's does; fpdf turns every Y it is given
// over, so it is given the page's height less Y.
type pdfCanvas struct {
	doc   *fpdf.Fpdf
	high  float64 // of the page, in points
	width vg.Length
	saved []vg.Length     // line widths
	known map[string]bool // fonts by name and style
}

func writePDF(w io.Writer, f *Figure, size Size) error {
	doc := fpdf.NewCustom(&fpdf.InitType{
		UnitStr: "pt", Size: fpdf.SizeType{Wd: size.Width.Points(), Ht: size.Height.Points()},
	})
	doc.SetCatalogSort(true)
	long := time.Unix(0, 0).UTC() // zero would be the moment of writing
	doc.SetCreationDate(long)
	doc.SetModificationDate(long)
	doc.SetProducer("edgesim", true)
	doc.SetTitle(printable(f.Title), true)
	doc.SetMargins(0, 0, 0)
	doc.SetAutoPageBreak(false, 0)
	doc.AddPage()
	c := &pdfCanvas{doc: doc, high: size.Height.Points(), known: map[string]bool{}}
	c.Push()
	c.Scale(size.scale(), size.scale())
	vg.Initialize(c)
	wide, high := size.sheet()
	f.paint(draw.NewCanvas(c, wide, high))
	c.Pop()
	if err := doc.Output(w); err != nil {
		return fmt.Errorf("PDF: %w", err)
	}
	return nil
}

func (c *pdfCanvas) SetLineWidth(w vg.Length) {
	c.width = w
	c.doc.SetLineWidth(w.Points())
}

func (c *pdfCanvas) SetLineDash(pattern []vg.Length, offset vg.Length) {
	dash := make([]float64, len(pattern))
	for i, d := range pattern {
		dash[i] = d.Points()
	}
	c.doc.SetDashPattern(dash, offset.Points())
}

func (c *pdfCanvas) SetColor(col color.Color) {
	if col == nil {
		col = color.Black
	}
	n := color.NRGBAModel.Convert(col).(color.NRGBA)
	r, g, b := int(n.R), int(n.G), int(n.B)
	c.doc.SetFillColor(r, g, b)
	c.doc.SetDrawColor(r, g, b)
	c.doc.SetTextColor(r, g, b)
	c.doc.SetAlpha(float64(n.A)/0xFF, "Normal")
}

func (c *pdfCanvas) Rotate(rad float64) {
	sin, cos := math.Sincos(rad)
	c.doc.Transform(fpdf.TransformMatrix{A: cos, B: sin, C: -sin, D: cos})
}

func (c *pdfCanvas) Translate(to vg.Point) {
	c.doc.Transform(fpdf.TransformMatrix{A: 1, D: 1, E: to.X.Points(), F: to.Y.Points()})
}

func (c *pdfCanvas) Scale(x, y float64) {
	c.doc.Transform(fpdf.TransformMatrix{A: x, D: y})
}

func (c *pdfCanvas) Push() {
	c.saved = append(c.saved, c.width)
	c.doc.TransformBegin()
}

func (c *pdfCanvas) Pop() {
	last := len(c.saved) - 1
	c.width, c.saved = c.saved[last], c.saved[:last]
	c.doc.TransformEnd()
}

func (c *pdfCanvas) Stroke(p vg.Path) {
	if c.width > 0 {
		c.outline(p)
		c.doc.DrawPath("D")
	}
}

func (c *pdfCanvas) Fill(p vg.Path) {
	c.outline(p)
	c.doc.DrawPath("F")
}

func (c *pdfCanvas) outline(p vg.Path) {
	for _, part := range p {
		x, y := c.at(part.Pos)
		switch part.Type {
		case vg.MoveComp:
			c.doc.MoveTo(x, y)
		case vg.LineComp:
			c.doc.LineTo(x, y)
		case vg.ArcComp:
			c.arc(part)
		case vg.CurveComp:
			c.curve(part)
		case vg.CloseComp:
			c.doc.ClosePath()
		}
	}
}

// curve draws a Bézier curve of the second or third degree.
func (c *pdfCanvas) curve(p vg.PathComp) {
	x, y := c.at(p.Pos)
	x0, y0 := c.at(p.Control[0])
	if len(p.Control) == 1 {
		c.doc.CurveTo(x0, y0, x, y)
		return
	}
	x1, y1 := c.at(p.Control[1])
	c.doc.CurveBezierCubicTo(x0, y0, x1, y1, x, y)
}

// arc draws a part of a circle as Bézier curves of at most an eighth of a turn,
// with their control points at 4/3·tan(φ/4) of the radius for an arc of φ: off
// by less than a millionth of the radius.
func (c *pdfCanvas) arc(p vg.PathComp) {
	n := max(int(math.Ceil(math.Abs(p.Angle)/(math.Pi/4))), 1)
	step := p.Angle / float64(n)
	reach := p.Radius * vg.Length(4.0/3*math.Tan(step/4))
	on := func(a, out float64) vg.Point {
		return vg.Point{X: p.Pos.X + p.Radius*vg.Length(math.Cos(a)) - reach*vg.Length(out*math.Sin(a)),
			Y: p.Pos.Y + p.Radius*vg.Length(math.Sin(a)) + reach*vg.Length(out*math.Cos(a))}
	}
	c.doc.LineTo(c.at(on(p.Start, 0)))
	for i := range n {
		a, b := p.Start+float64(i)*step, p.Start+float64(i+1)*step
		x0, y0 := c.at(on(a, 1))
		x1, y1 := c.at(on(b, -1))
		x, y := c.at(on(b, 0))
		c.doc.CurveBezierCubicTo(x0, y0, x1, y1, x, y)
	}
}

func (c *pdfCanvas) at(p vg.Point) (x, y float64) {
	return p.X.Points(), c.high - p.Y.Points()
}

func (c *pdfCanvas) FillString(face font.Face, at vg.Point, text string) {
	style := ""
	if face.Font.Weight == xfont.WeightBold {
		style = "B"
	}
	name := face.Font.Name()
	c.embed(face, name, style)
	c.doc.SetFont(name, style, face.Font.Size.Points())
	x, y := c.at(at)
	c.doc.Text(x, y, basic(text))
}

// embed puts the font into the document, once.
func (c *pdfCanvas) embed(face font.Face, name, style string) {
	if c.known[name+style] {
		return
	}
	c.known[name+style] = true
	var source bytes.Buffer
	if _, err := face.Face.WriteSourceTo(nil, &source); err != nil {
		c.doc.SetError(fmt.Errorf("font %s: %w", name, err))
	}
	c.doc.AddUTF8FontFromBytes(name, style, source.Bytes())
}

// basic is text without what lies beyond Unicode's first plane, which the
// library has no way to write.
func basic(text string) string {
	runes := []rune(text)
	for i, r := range runes {
		if r > 0xFFFF {
			runes[i] = '?'
		}
	}
	return string(runes)
}

// DrawImage is part of vg.Canvas; no figure holds an image.
func (c *pdfCanvas) DrawImage(vg.Rectangle, image.Image) {
	panic("plot: a figure does not hold images")
}
