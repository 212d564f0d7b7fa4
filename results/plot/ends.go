package plot

import (
	"cmp"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Lines over time carry their names at their ends, too, so that who sees no
// colours, or reads a copy in gray, need not compare dashes with a legend.
const (
	mostEnds             = 8
	endHigh    vg.Length = 16  // of one name
	endWide    vg.Length = 130 // of the longest
	endSample  vg.Length = 14  // the piece of line before a name
	endGap     vg.Length = 4
	leastNamed           = 2 // a line alone is named by title and axis
)

// ended are the series whose ends are named: those that run on to the right edge
// of the X axis; none where there are too few or too many.
func (f *Figure) ended(x ruler) []Line {
	if f.X.Scale != Time && f.X.Scale != Elapsed {
		return nil
	}
	var lines []Line
	for _, l := range f.Series {
		switch l.Form {
		case "", AsLine, AsStep:
			if l.Label != "" && len(l.points()) > 0 {
				lines = append(lines, l)
			}
		}
	}
	if len(lines) < leastNamed || len(lines) > mostEnds {
		return nil
	}
	return slices.DeleteFunc(lines, func(l Line) bool {
		last := x.value(l.X[len(l.points())-1])
		return !((last-x.min)/(x.max-x.min) > 0.8)
	})
}

func endStyle() draw.TextStyle { return sans(noteSize, Ink, draw.XLeft, draw.YCenter) }

// endName is the line's name as it stands at its end.
func endName(l Line) string { return cutMiddle(printable(l.Label), endStyle(), endWide) }

// roomForEnds is the width to the right of the data that the names take.
func roomForEnds(lines []Line) vg.Length {
	var wide vg.Length
	for _, l := range lines {
		wide = max(wide, endStyle().Width(endName(l)))
	}
	if wide == 0 {
		return 0
	}
	return wide + endSample + 3*endGap
}

// ending is where a line's name stands.
type ending struct {
	line Line
	y    vg.Length
}

// nameEnds writes the lines' names to the right of the data, each as high as its
// line runs towards its end, and apart from the others.
func (p panel) nameEnds(lines []Line) {
	var ends []ending
	for _, l := range lines {
		if at := slices.Concat(p.place(l.points())...); len(at) > 0 {
			ends = append(ends, ending{l, endOf(at)})
		}
	}
	slices.SortStableFunc(ends, func(a, b ending) int { return cmp.Compare(b.y, a.y) })
	spread(ends, p.Min.Y+endHigh/2, p.Max.Y)
	for _, e := range ends {
		x := p.Max.X + endGap
		p.StrokeLine2(e.line.pen(), x, e.y, x+endSample, e.y)
		middle(p.Canvas, endStyle(), vg.Point{X: x + endSample + endGap, Y: e.y}, endName(e.line))
	}
}

// endOf is the median height of a line's last eighth: the very last time bucket
// is often one that the run's end has cut short, where all lines fall.
func endOf(at []vg.Point) vg.Length {
	last := at[len(at)-1-(len(at)-1)/8:]
	heights := make([]vg.Length, len(last))
	for i, pt := range last {
		heights[i] = pt.Y
	}
	slices.Sort(heights)
	return heights[len(heights)/2]
}

// spread moves places, which fall, apart by endHigh within low and high, as
// little as it can from above; where there is no room for all they touch.
func spread(ends []ending, low, high vg.Length) {
	gap := min(endHigh, (high-low)/vg.Length(max(len(ends)-1, 1)))
	for i := range ends {
		top := high
		if i > 0 {
			top = ends[i-1].y - gap
		}
		ends[i].y = min(ends[i].y, top)
	}
	for i := range ends {
		j := len(ends) - 1 - i
		ends[j].y = max(ends[j].y, low+vg.Length(i)*gap)
	}
}
