package plot

import (
	"image/color"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"edgesim/results"
)

// The one look. Lengths are in points on a slide of 960 by 540, which are 1280 by
// 720 CSS pixels; on other sizes all are scaled together.
const (
	titleSize    = 23
	subtitleSize = 15
	labelSize    = 16
	tickSize     = 15
	noteSize     = 14

	lineWidth = 2.4
	hairline  = 0.8
)

// The neutral colours. They and the data colours are exported so that a page
// can put its own in their place in an SVG, where each appears as Hex has it.
var (
	Paper = rgb(0xFFFFFF) // the background
	Ink   = rgb(0x1B1F24) // titles, the line for all requests
	Soft  = rgb(0x57606A) // subtitles, axes, tick labels, notes
	Grid  = rgb(0xE4E7EB) // grid lines
	Shade = rgb(0xF3F4F6) // the warm-up's background
)

// Data colours are Okabe and Ito's palette for colour-blind readers
// (https://jfly.uni-koeln.de/color/, "Color Universal Design", 2008).
var (
	Blue       = rgb(0x0072B2)
	Sky        = rgb(0x56B4E9)
	Vermillion = rgb(0xD55E00)
	Purple     = rgb(0xCC79A7)
	Green      = rgb(0x009E73)
	Orange     = rgb(0xE69F00)
	Gray       = rgb(0x8C959F)
)

var resultColors = [results.Results]color.RGBA{
	results.NoResult:             Gray,
	results.Hit:                  Blue,
	results.RefreshHit:           Sky,
	results.Miss:                 Vermillion,
	results.Error:                Purple,
	results.Redirect:             Green,
	results.LimitExceeded:        Orange,
	results.CapacityExceeded:     Orange,
	results.LambdaExecutionError: Gray,
}

// ResultColor is the colour of a result type in every plot and page.
func ResultColor(r results.Result) color.RGBA {
	if int(r) < len(resultColors) {
		return resultColors[r]
	}
	return Gray
}

// resultDashes tell result types apart where colours do not: in print, and to
// those who see none.
var resultDashes = [results.Results][]vg.Length{
	results.RefreshHit: {9, 3},
	results.Miss:       {12, 3, 3, 3},
	results.Error:      {3, 3},
	results.Redirect:   {6, 3, 2, 3, 2, 3},
}

func rgb(hex uint32) color.RGBA {
	return color.RGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xFF}
}

// faded is c at an opacity of a/255.
func faded(c color.RGBA, a uint8) color.NRGBA {
	return color.NRGBA{R: c.R, G: c.G, B: c.B, A: a}
}

func stroke(c color.Color, width vg.Length, dashes ...vg.Length) draw.LineStyle {
	return draw.LineStyle{Color: c, Width: width, Dashes: dashes}
}

// sans is a text style in Liberation Sans, which has Arial's metrics: an SVG
// falls back to that without a letter out of place.
func sans(size vg.Length, c color.Color, x draw.XAlignment, y draw.YAlignment) text.Style {
	return text.Style{
		Color:   c,
		Font:    font.Font{Typeface: "Liberation", Variant: "Sans", Size: size},
		XAlign:  x,
		YAlign:  y,
		Handler: plot.DefaultTextHandler,
	}
}

func bold(s text.Style) text.Style {
	s.Font.Weight = xfont.WeightBold
	return s
}

func dressAxis(a *plot.Axis, x draw.XAlignment, y draw.YAlignment) {
	a.LineStyle = stroke(Soft, hairline)
	a.Tick.LineStyle = stroke(Soft, hairline)
	a.Tick.Length = 5
	a.Tick.Label = sans(tickSize, Soft, x, y)
	a.Label.TextStyle = sans(labelSize, Ink, draw.XCenter, draw.YBottom)
	a.Padding = 0
}
