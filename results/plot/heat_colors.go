package plot

import (
	"image/color"
	"math"
)

// The scale of colours runs straight from a dark blue through gray to a light
// yellow in the perceptual space OKLab (Ottosson, "A perceptual color space for
// image processing", 2020). Blue against yellow, and lightness that only grows,
// is what readers with any of the common colour blindnesses tell apart, and what a
// gray print keeps (Nuñez, Anderton and Renslow, "Optimizing colormaps with
// consideration for color vision deficiency", PLOS ONE 2018).
var heatFrom, heatTo = rgb(0x123A6B), rgb(0xFFE566)

// The cells' letters. They are not quite Paper and black, which a page turns with
// light and dark: a cell's colour stays.
var heatLight, heatDark = rgb(0xFEFEFE), rgb(0x010101)

// heatTurn is the share of the scale from which on dark letters have the better
// contrast. page/script/heat.js has the same.
const heatTurn = 0.37

// HeatColor is the colour at a share of the scale, from 0 to 1.
func HeatColor(share float64) color.RGBA {
	a, b := oklab(heatFrom), oklab(heatTo)
	for i := range a {
		a[i] += (b[i] - a[i]) * share
	}
	return a.rgb()
}

func heatInk(share float64) color.RGBA {
	if share < heatTurn {
		return heatLight
	}
	return heatDark
}

// lab is a colour in OKLab: lightness, green to red, blue to yellow.
type lab [3]float64

func oklab(c color.RGBA) lab {
	r, g, b := linear(c.R), linear(c.G), linear(c.B)
	l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
	m := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
	s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
	return lab{
		0.2104542553*l + 0.7936177850*m - 0.0040720468*s,
		1.9779984951*l - 2.4285922050*m + 0.4505937099*s,
		0.0259040371*l + 0.7827717662*m - 0.8086757660*s,
	}
}

func (c lab) rgb() color.RGBA {
	l := math.Pow(c[0]+0.3963377774*c[1]+0.2158037573*c[2], 3)
	m := math.Pow(c[0]-0.1055613458*c[1]-0.0638541728*c[2], 3)
	s := math.Pow(c[0]-0.0894841775*c[1]-1.2914855480*c[2], 3)
	return color.RGBA{
		R: encoded(4.0767416621*l - 3.3077115913*m + 0.2309699292*s),
		G: encoded(-1.2684380046*l + 2.6097574011*m - 0.3413193965*s),
		B: encoded(-0.0041960863*l - 0.7034186147*m + 1.7076147010*s),
		A: 0xFF,
	}
}

// linear is the light of an sRGB value (IEC 61966-2-1), encoded the value of a
// light.
func linear(v uint8) float64 {
	s := float64(v) / 255
	if s <= 0.04045 {
		return s / 12.92
	}
	return math.Pow((s+0.055)/1.055, 2.4)
}

func encoded(light float64) uint8 {
	light = min(max(light, 0), 1)
	s := 12.92 * light
	if light > 0.0031308 {
		s = 1.055*math.Pow(light, 1/2.4) - 0.055
	}
	return uint8(math.Round(255 * s))
}
