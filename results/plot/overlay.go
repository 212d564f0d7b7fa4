package plot

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// runDashes tell runs apart in an overlay, where a series keeps its colour: the
// first is solid.
var runDashes = [][]float64{nil, {8, 4}, {2, 3}, {12, 3, 2, 3}, {12, 3, 2, 3, 2, 3}, {4, 2}}

// MostOverlaid is how many figures can be laid over each other and still be told
// apart.
var MostOverlaid = len(runDashes)

// Overlay lays figures of the same kind, of several runs, over each other. names
// are the runs', in the order of the figures. A series has the colour that it has
// alone, a run its dash, and the legend says which is which. Areas become lines,
// and bars stand side by side.
//
// Figures over moments are compared as they are where their ranges meet, else
// from the beginning of each. Figures that mean something else by their axes are
// refused, with an error that says what differs. What buckets add up to is drawn as
// buckets as wide as the widest would have it.
func Overlay(figs []*Figure, names []string) (*Figure, error) {
	if len(figs) != len(names) || len(figs) == 0 {
		panic("plot: an overlay of figures without names")
	}
	if len(figs) > MostOverlaid {
		return nil, fmt.Errorf("%d figures in one: at most %d can be told apart", len(figs), MostOverlaid)
	}
	for i, f := range figs[1:] {
		if err := comparable(figs[0], f); err != nil {
			return nil, fmt.Errorf("%s of %s and of %s cannot be laid over each other: %w", figs[0].Name, names[0], names[i+1], err)
		}
	}
	figs, per := widened(aligned(figs))
	g := *figs[0]
	g.Subtitle = subtitle("", strings.Join(short40(names), " and "), per)
	g.Series, g.Spans, g.Marks, g.Strip = nil, nil, nil, strip(figs, names)
	g.X, g.Y = g.X.over(figs, func(f *Figure) Axis { return f.X }), g.Y.over(figs, func(f *Figure) Axis { return f.Y })
	for i, f := range figs {
		g.Step = max(g.Step, f.Step)
		g.Spans = append(g.Spans, named(f.Spans, names[i])...)
		if f.Lack != "" {
			g.Subtitle = subtitle("", g.Subtitle, names[i]+": "+f.Lack)
		}
	}
	g.Lack = whole(figs)
	g.Series = interleaved(figs, names, func(f *Figure) []Line { return f.placed(g.X.Names) })
	return &g, nil
}

func short40(names []string) []string {
	var all []string
	for _, n := range names {
		all = append(all, clean(n))
	}
	return all
}

// comparable is nil where the axes of two figures mean the same.
func comparable(a, b *Figure) error {
	for _, d := range []struct{ what, of, from string }{
		{"they are plots", a.Name, b.Name},
		{"the X axes are", a.X.Scale + " " + a.X.Unit, b.X.Scale + " " + b.X.Unit},
		{"the Y axes are", a.Y.Scale + " " + a.Y.Unit, b.Y.Scale + " " + b.Y.Unit},
		{"the Y axes show", a.Y.Label, b.Y.Label},
	} {
		if d.of != d.from && a.Lack == "" && b.Lack == "" {
			return fmt.Errorf("%s %q and %q", d.what, strings.TrimSpace(d.of), strings.TrimSpace(d.from))
		}
	}
	return nil
}

// aligned are the figures with moments counted from the beginning of each, where
// their ranges do not all meet.
func aligned(figs []*Figure) []*Figure {
	if figs[0].X.Scale != Time || together(figs) {
		return figs
	}
	var all []*Figure
	for _, f := range figs {
		g := *f
		start := f.extentX()
		g.X.Scale, g.X.Label, g.X.Min, g.X.Max = Elapsed, "time since the first bucket", 0, 0
		g.Series = append([]Line{}, f.Series...)
		g.Spans, g.Marks, g.Strip = nil, nil, nil
		for i, l := range g.Series {
			g.Series[i].X = make(Numbers, len(l.X))
			for j, v := range l.X {
				g.Series[i].X[j] = v - start.low
			}
		}
		all = append(all, &g)
	}
	return all
}

// widened are the figures with sums as of the widest bucket of all, and what they are
// then: "per 5 s"; nothing where buckets are alike.
func widened(figs []*Figure) ([]*Figure, string) {
	widest, alike := 0.0, true
	for _, f := range figs {
		if !f.Sums || f.Step <= 0 {
			return figs, ""
		}
		alike = alike && f.Step == figs[0].Step
		widest = max(widest, f.Step)
	}
	if alike {
		return figs, ""
	}
	var all []*Figure
	for _, f := range figs {
		g := *f
		times := widest / f.Step
		g.Y.Min, g.Y.Max = g.Y.Min*times, g.Y.Max*times
		g.Series = slices.Clone(f.Series)
		for i, l := range g.Series {
			g.Series[i].Y, g.Series[i].Y2 = l.Y.scaled(times), l.Y2.scaled(times)
		}
		all = append(all, &g)
	}
	width := every(time.Duration(widest * float64(time.Second)))
	return all, "per " + strings.TrimPrefix(strings.TrimPrefix(width, "each "), "every ")
}

// scaled are the numbers, each so many times as large.
func (n Numbers) scaled(times float64) Numbers {
	if n == nil {
		return nil
	}
	all := make(Numbers, len(n))
	for i, v := range n {
		all[i] = v * times
	}
	return all
}

// together reports whether all figures share some of their X axes.
func together(figs []*Figure) bool {
	common := extent{math.Inf(-1), math.Inf(1)}
	for _, f := range figs {
		if e := f.extentX(); !e.empty() {
			common.low, common.high = max(common.low, e.low), min(common.high, e.high)
		}
	}
	return common.low < common.high
}

// over is the axis over all the figures' own; categories are those of all, in
// the order in which they come.
func (x Axis) over(figs []*Figure, of func(*Figure) Axis) Axis {
	e := nowhere()
	x.Names = nil
	for _, f := range figs {
		a := of(f)
		if g := a.given(); !g.empty() {
			e.low, e.high = min(e.low, g.low), max(e.high, g.high)
		}
		for _, n := range a.Names {
			if !slices.Contains(x.Names, n) {
				x.Names = append(x.Names, n)
			}
		}
	}
	x.Min, x.Max = 0, 0
	if !e.empty() {
		x.Min, x.Max = e.low, e.high
	}
	return x
}

// placed are the figure's series with categories numbered as in names.
func (f *Figure) placed(names []string) []Line {
	if f.X.Scale != Category && f.X.Scale != Columns {
		return f.Series
	}
	all := append([]Line{}, f.Series...)
	for i, l := range all {
		all[i].X = append(Numbers{}, l.X...)
		for j, v := range l.X {
			if row, ok := rowOf(v, len(f.X.Names)); ok {
				all[i].X[j] = float64(slices.Index(names, f.X.Names[row]))
			}
		}
	}
	return all
}

// interleaved are the runs' series, series by series, so that what is compared
// stands side by side in the legend.
func interleaved(figs []*Figure, names []string, of func(*Figure) []Line) []Line {
	var labels []string
	for _, f := range figs {
		for _, l := range of(f) {
			if key := l.key(); !slices.Contains(labels, key) {
				labels = append(labels, key)
			}
		}
	}
	var all []Line
	for _, label := range labels {
		for i, f := range figs {
			for _, l := range of(f) {
				if l.key() == label {
					all = append(all, l.ofRun(i, names[i]))
				}
			}
		}
	}
	return all
}

// key is what makes two runs' series the same: their label, or for a line that
// is labelled with what was found of a run, its colour.
func (l Line) key() string {
	if strings.ContainsAny(l.Label, "0123456789") {
		return l.Color
	}
	return l.Label
}

// ofRun is the series as one of a run in an overlay.
func (l Line) ofRun(i int, name string) Line {
	l.Label = l.Label + " · " + clean(name)
	l.Dash = runDashes[i]
	switch l.Form {
	case AsBand, AsStack:
		l.Form, l.Y2 = AsLine, nil
	case AsPoints:
		if i > 0 {
			l.Form = AsLine // dots of two runs are one cloud
		}
	}
	return l
}

// strip is the runs' strips over each other; nil where none has one.
func strip(figs []*Figure, names []string) *Strip {
	var s *Strip
	for _, f := range figs {
		if f.Strip != nil && s == nil {
			s = &Strip{Title: f.Strip.Title}
		}
	}
	if s != nil {
		s.Series = interleaved(figs, names, func(f *Figure) []Line {
			if f.Strip == nil {
				return nil
			}
			return f.Strip.Series
		})
	}
	return s
}

// named are spans that say whose they are.
func named(spans []Span, name string) []Span {
	var all []Span
	for _, s := range spans {
		s.Label += " · " + clean(name)
		all = append(all, s)
	}
	return all
}

// whole is the lack of all figures; "" where one has something to show.
func whole(figs []*Figure) string {
	for _, f := range figs {
		if f.lack() == "" {
			return ""
		}
	}
	return figs[0].lack()
}
