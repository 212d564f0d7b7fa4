package plot

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
)

// Size is how large a figure is drawn.
type Size struct {
	Width, Height vg.Length
	DPI           int // pixels of an inch of a PNG
}

// The named sizes.
var sizes = []struct {
	name, about string
	size        Size
}{
	{"16x9", "a slide; PNG of 1920 by 1080 pixels", Size{960, 540, 144}},
	{"4x3", "a slide; PNG of 1920 by 1440 pixels", Size{960, 720, 144}},
	{"square", "7.5 by 7.5 in", Size{540, 540, 192}},
	{"page", "half a page of A4 or Letter, upright: 170 by 115 mm", Size{170 * vg.Millimeter, 115 * vg.Millimeter, 300}},
	{"landscape", "a whole page of A4 or Letter, lying: 239 by 170 mm", Size{239 * vg.Millimeter, 170 * vg.Millimeter, 300}},
}

// Slide is the size of a run folder's plots.
func Slide() Size { return sizes[0].size }

// SizeNames lists the named sizes.
func SizeNames() []string {
	var names []string
	for _, s := range sizes {
		names = append(names, s.name)
	}
	return names
}

// Bounds of a size, in points: what is smaller cannot hold a plot's words, what
// is larger takes more memory than any paper is worth.
const (
	leastSide vg.Length = 180
	mostSide  vg.Length = 3600
)

// sizeUnits are the units of WIDTHxHEIGHT, in points, with the resolution of
// a PNG in dots per inch.
var sizeUnits = []struct {
	name  string
	point vg.Length
	dpi   int
}{
	{"mm", vg.Millimeter, 300},
	{"cm", vg.Centimeter, 300},
	{"in", vg.Inch, 300},
	{"pt", 1, 300},
	{"px", vg.Inch / 96, 96},
}

// ParseSize reads a named size, or a width and a height as "160mmx90mm",
// "6.5inx4in" or "1200x675px"; the unit of the width is that of the height
// where it has none.
func ParseSize(text string) (Size, error) {
	for _, s := range sizes {
		if s.name == text {
			return s.size, nil
		}
	}
	wrong := func(why string) (Size, error) {
		return Size{}, fmt.Errorf("size %q %s; right is one of %s, or WIDTHxHEIGHT in mm, cm, in, pt or px, as 160mmx90mm",
			text, why, strings.Join(SizeNames(), ", "))
	}
	m := twoSides.FindStringSubmatch(text)
	if m == nil {
		return wrong("is unknown")
	}
	height, dpi := side(m[3], m[4])
	width, _ := side(m[1], cmp.Or(m[2], m[4]))
	for _, long := range []vg.Length{width, height} {
		if !(long >= leastSide && long <= mostSide) {
			return wrong(fmt.Sprintf("has a side that is not within %.0f and %.0f mm",
				math.Ceil(float64(leastSide/vg.Millimeter)), math.Floor(float64(mostSide/vg.Millimeter))))
		}
	}
	return Size{Width: width, Height: height, DPI: dpi}, nil
}

var twoSides = regexp.MustCompile(`^([0-9.]+)(mm|cm|in|pt|px)?x([0-9.]+)(mm|cm|in|pt|px)$`)

// side is a length of so many units, and the resolution that goes with the
// unit; digits that are no number make it 0.
func side(digits, unit string) (vg.Length, int) {
	v, err := strconv.ParseFloat(digits, 64)
	for _, u := range sizeUnits {
		if u.name == unit && err == nil {
			return vg.Length(v) * u.point, u.dpi
		}
	}
	return 0, 0
}

// scale is how much larger than on a slide letters and pens are. They shrink
// more slowly than the canvas, so that a plot can be read on half a page.
func (s Size) scale() float64 {
	least := min(s.Width/Slide().Width, s.Height/Slide().Height)
	return math.Pow(float64(least), 0.75)
}

// sheet is the size in the lengths of the slide, in which everything is drawn.
func (s Size) sheet() (width, height vg.Length) {
	k := vg.Length(s.scale())
	return s.Width / k, s.Height / k
}
