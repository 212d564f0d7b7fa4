package plot

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"html"
	"image"
	"image/color"
	"io"
	"math"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Formats lists the formats that Render knows.
func Formats() []string { return []string{"svg", "png", "pdf"} }

// Render draws the figure in a size as an SVG, a PNG or a PDF. The same figure
// gives the same bytes.
func Render(w io.Writer, f *Figure, format string, size Size) error {
	var err error
	switch format {
	case "svg":
		err = writeSVG(w, f, size)
	case "png":
		err = writePNG(w, f, size)
	case "pdf":
		err = writePDF(w, f, size)
	default:
		return fmt.Errorf("plot format %q: there are %s", format, strings.Join(Formats(), ", "))
	}
	if err != nil {
		return fmt.Errorf("writing plot %s as %s: %w", f.Name, format, err)
	}
	return nil
}

func writePNG(w io.Writer, f *Figure, size Size) error {
	pixels := func(side vg.Length) int { return int(math.Round(side.Dots(float64(size.DPI)))) }
	// The canvas' resolution is a whole number, so the sheet takes its size from
	// the pixels.
	img := image.NewRGBA(image.Rect(0, 0, pixels(size.Width), pixels(size.Height)))
	dpi := int(math.Round(float64(size.DPI) * size.scale()))
	c := vgimg.NewWith(vgimg.UseImage(img), vgimg.UseDPI(dpi))
	f.paint(draw.New(c))
	_, err := vgimg.PngCanvas{Canvas: c}.WriteTo(w)
	return err
}

func writeSVG(w io.Writer, f *Figure, size Size) error {
	wide, high := size.sheet()
	c := vgsvg.New(wide, high)
	f.paint(draw.New(c))
	var raw bytes.Buffer
	if _, err := c.WriteTo(&raw); err != nil {
		return err
	}
	_, err := io.WriteString(w, mendSVG(f, size, raw.String()))
	return err
}

// mendSVG gives gonum's SVG what it lacks: a list of font families to fall
// back on, a size in CSS pixels, and a name for those who hear it.
func mendSVG(f *Figure, size Size, svg string) string {
	_, body, found := strings.Cut(svg, "xmlns:xlink=\"http://www.w3.org/1999/xlink\">\n")
	if !found {
		panic("plot: the SVG has another head than expected")
	}
	body = strings.ReplaceAll(body, "font-family:Liberation Sans;font-variant:normal;",
		"font-family:'Liberation Sans',Arial,Helvetica,sans-serif;")
	body = strings.ReplaceAll(body, "\n\tstyle=", " style=")
	px := func(l vg.Length) int { return int(math.Round(l.Dots(96))) }
	wide, high := size.sheet()
	title := html.EscapeString(printable(f.Title))
	head := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %.6g %.6g" role="img">`+"\n<title>%s</title>\n",
		px(size.Width), px(size.Height), wide.Points(), high.Points(), title)
	return head + body
}

// Hex is a colour as an SVG and a style sheet write it: "#0072B2".
func Hex(c color.RGBA) string {
	return "#" + strings.ToUpper(hex.EncodeToString([]byte{c.R, c.G, c.B}))
}
