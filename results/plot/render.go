package plot

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"image/color"
	"io"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// ErrLack is in the error of a Drawing whose records do not suffice for a plot.
var ErrLack = errors.New("too few records for this plot")

func lack(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrLack, fmt.Sprintf(format, args...))
}

// pngDPI makes a PNG of 1920 by 1080 pixels: a full-HD slide.
const pngDPI = 144

// Formats lists the formats that Render knows.
func Formats() []string { return []string{"svg", "png"} }

// Render draws d, a drawing of kind k, as an SVG or a PNG. Where the records
// do not suffice (ErrLack) the plot is an empty one that says what is lacking.
func Render(k Kind, d Drawing, w io.Writer, format string) error {
	p, err := d.Draw()
	if errors.Is(err, ErrLack) {
		p = blank(k, strings.TrimPrefix(err.Error(), ErrLack.Error()+": "))
	} else if err != nil {
		return fmt.Errorf("drawing plot %s: %w", k.Name, err)
	}
	switch format {
	case "svg":
		err = writeSVG(k, p, w)
	case "png":
		err = writePNG(p, w)
	default:
		return fmt.Errorf("plot format %q: there are %s", format, strings.Join(Formats(), ", "))
	}
	if err != nil {
		return fmt.Errorf("writing plot %s as %s: %w", k.Name, format, err)
	}
	return nil
}

// blank is a plot without data that says why.
func blank(k Kind, why string) *plot.Plot {
	p, _ := sheet(k, "")
	p.HideAxes()
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1
	p.Add(note{text: why})
	return p
}

func paint(p *plot.Plot, c draw.Canvas) {
	c.SetColor(Paper)
	c.Fill(c.Rectangle.Path())
	p.Draw(draw.Crop(c, 22, -30, 18, -20))
}

func writePNG(p *plot.Plot, w io.Writer) error {
	c := vgimg.NewWith(vgimg.UseWH(Width, Height), vgimg.UseDPI(pngDPI))
	paint(p, draw.New(c))
	_, err := vgimg.PngCanvas{Canvas: c}.WriteTo(w)
	return err
}

func writeSVG(k Kind, p *plot.Plot, w io.Writer) error {
	c := vgsvg.New(Width, Height)
	paint(p, draw.New(c))
	var raw bytes.Buffer
	if _, err := c.WriteTo(&raw); err != nil {
		return err
	}
	_, err := io.WriteString(w, mendSVG(k, raw.String()))
	return err
}

// mendSVG gives gonum's SVG what it lacks: a list of font families to fall
// back on, a size in CSS pixels, and a name for those who hear it.
func mendSVG(k Kind, svg string) string {
	_, body, found := strings.Cut(svg, "xmlns:xlink=\"http://www.w3.org/1999/xlink\">\n")
	if !found {
		panic("plot: the SVG has another head than expected")
	}
	body = strings.ReplaceAll(body, "font-family:Liberation Sans;font-variant:normal;",
		"font-family:'Liberation Sans',Arial,Helvetica,sans-serif;")
	body = strings.ReplaceAll(body, "\n\tstyle=", " style=")
	px := func(l vg.Length) int { return int(l.Dots(96)) }
	head := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %g %g" role="img" aria-label="%s">`+"\n<title>%s</title>\n",
		px(Width), px(Height), Width.Points(), Height.Points(), html.EscapeString(k.Title), html.EscapeString(k.Title))
	return head + body
}

// Hex is a colour as an SVG and a style sheet write it: "#0072B2".
func Hex(c color.RGBA) string {
	return "#" + strings.ToUpper(hex.EncodeToString([]byte{c.R, c.G, c.B}))
}
