package plot

import (
	"encoding/json"
	"math"
	"strconv"
)

// Figure is a plot as plain data: what is drawn, not how wide a pen is. It is
// drawn in any size and format by Render, by a page's script from its JSON, and
// laid over another run's by Overlay.
type Figure struct {
	Name     string `json:"name"`               // file name without extension: "hit_ratio"
	Title    string `json:"title"`              // "Hit ratio over time"
	Subtitle string `json:"subtitle,omitempty"` // the run's name and what else stands under the title
	About    string `json:"about,omitempty"`    // how to read it, in a sentence
	X        Axis   `json:"x"`
	Y        Axis   `json:"y"`
	// Step is the width, on the X axis, of the time bucket that a point stands
	// for: from its X to X+Step, or to the axis' end where that cuts the last
	// one short. 0: points are points.
	Step float64 `json:"step,omitempty"`
	// Sums says that a point is what its bucket adds up to, so that buckets of another
	// width have other points.
	Sums   bool   `json:"sums,omitempty"`
	Series []Line `json:"series"` // in the order of the legend; the first lies on top
	Strip  *Strip `json:"strip,omitempty"`
	Spans  []Span `json:"spans,omitempty"`
	Marks  []Mark `json:"marks,omitempty"`
	Lack   string `json:"lack,omitempty"` // why there is nothing to draw: "no requests"
}

// Scales of an axis.
const (
	Linear   = "linear"   // "" means the same
	Log      = "log"      // values above 0; others are left out
	Elapsed  = "elapsed"  // seconds since the run began
	Time     = "time"     // seconds since 1970, shown as UTC
	Nines    = "nines"    // 1/(1−p) of the percentile p, from 1 on, logarithmic
	Category = "category" // 0, 1, 2 … are Names; X only, and the figure lies on its side: the first on top
	// Columns are 0, 1, 2 … as Names; X only. Every series is a row of cells, the
	// first on top, coloured by their Y on a scale over Y's range; a mark frames the
	// cell of column X and of series number Y, and the first mark's label says what
	// the frames mean.
	Columns = "columns"
)

// Units of an axis. Ticks of percents, bytes and dollars carry theirs, of the
// others the label does.
const (
	Percents     = "%"
	Octets       = "B" // shown in powers of 1024
	OctetsRate   = "B/s"
	Milliseconds = "ms"
	PerSecond    = "/s"
	Counts       = "count"
	Dollars      = "$"
)

// Axis is one of a figure's axes.
type Axis struct {
	Label string `json:"label"`
	Scale string `json:"scale"`
	Unit  string `json:"unit,omitempty"`
	// Min and Max are the range of the data and what must be seen beside it, in
	// the data's own values, without a margin. Both 0: that of the series.
	Min   float64  `json:"min,omitempty"`
	Max   float64  `json:"max,omitempty"`
	Names []string `json:"names,omitempty"` // of categories
}

// Forms of a line.
const (
	AsLine   = "line"   // "" means the same; a lone point is a dot
	AsStep   = "step"   // the value holds until the next point
	AsPoints = "points" // dots
	AsBars   = "bars"   // from 0; those of several series stand side by side
	AsStack  = "stack"  // an area on top of those of the later stacked series
	AsBand   = "band"   // a line and the area below it, down to Y2 or the axis
	AsDoubt  = "doubt"  // an area from Y down to Y2 and no line: how sure the line of the same colour is; not in the legend
)

// Line is one series of points.
type Line struct {
	Label string `json:"label"`
	Note  string `json:"note,omitempty"` // figures that the legend adds to the label: "87.3 %"
	// Color names a result type ("Hit") or one of blue, sky, vermillion,
	// purple, green, orange, gray, ink; ColorOf knows them.
	Color string    `json:"color,omitempty"`
	Dash  []float64 `json:"dash,omitempty"` // on, off, … in points; none is solid
	Form  string    `json:"form,omitempty"`
	Thin  bool      `json:"thin,omitempty"` // drawn with a thinner pen, as what is there for comparison
	X     Numbers   `json:"x"`
	Y     Numbers   `json:"y"`            // as long as X; NaN, null in JSON, breaks the line
	Y2    Numbers   `json:"y2,omitempty"` // the lower edge of a band
}

// Strip is a low panel of percentages, from 0 to 100, above the data and over
// the same X axis: a second quantity without a second Y axis.
type Strip struct {
	Title  string `json:"title"`
	Series []Line `json:"series"`
}

// Span is a shaded part of the X axis, as the warm-up is.
type Span struct {
	Label string  `json:"label"`
	From  float64 `json:"from"`
	To    float64 `json:"to"`
}

// Mark is a place with a label: on Axis "x" a vertical line at X, on "y" a
// horizontal one at Y, on "" the point X, Y.
type Mark struct {
	Label string  `json:"label"`
	X     float64 `json:"x"`
	Y     float64 `json:"y"`
	Axis  string  `json:"axis,omitempty"`
}

// Numbers are a series' values. What is not a number, or infinite, is null in
// JSON, and NaN when it comes back.
type Numbers []float64

// MarshalJSON writes the numbers as short as they come back exactly.
func (n Numbers) MarshalJSON() ([]byte, error) {
	b := append(make([]byte, 0, 2+8*len(n)), '[')
	for i, v := range n {
		if i > 0 {
			b = append(b, ',')
		}
		switch {
		case math.IsNaN(v) || math.IsInf(v, 0):
			b = append(b, "null"...)
		case v == math.Trunc(v) && math.Abs(v) < 1<<53:
			b = strconv.AppendInt(b, int64(v), 10)
		default:
			b = strconv.AppendFloat(b, v, 'g', -1, 64)
		}
	}
	return append(b, ']'), nil
}

// UnmarshalJSON reads numbers and nulls.
func (n *Numbers) UnmarshalJSON(b []byte) error {
	var all []*float64
	if err := json.Unmarshal(b, &all); err != nil {
		return err
	}
	*n = make(Numbers, len(all))
	for i, v := range all {
		(*n)[i] = math.NaN()
		if v != nil {
			(*n)[i] = *v
		}
	}
	return nil
}
