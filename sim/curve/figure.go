package curve

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"edgesim/results/plot"
)

// Drawn is what curves are drawn from.
type Drawn struct {
	Name       string // of the trace, for the subtitle
	Results    []Result
	Estimates  []Estimate // of a sample: as long as Results
	Curve      *Curve     // LRU at all sizes; nil where it was not asked for
	Totals     Totals
	IgnoreSize bool
	Mark       int64 // a capacity to mark; 0: none

	Formulas []Line // of policies that have one: drawn as lines, beside which what was played is points
}

// Line is what a policy's formula says at some capacities, in their order.
type Line struct {
	Policy                   string
	Capacity, Miss, ByteMiss []float64 // ratios
}

// mostDrawn is how many policies a picture shows: more cannot be told apart.
const mostDrawn = 8

// Figures are the curves' pictures: of requests and, where sizes count, of bytes;
// first as lines, then as cells.
func (d Drawn) Figures() []*plot.Figure {
	lines := []*plot.Figure{d.figure("miss_ratio", "Miss ratio by cache size", "requests that miss", d.requests, func(p Point) float64 { return p.MissRatio }, func(l Line) []float64 { return l.Miss })}
	cells := []*plot.Figure{d.heat("heat_miss_ratio", "Miss ratio by policy and cache size", "requests that miss", d.requests)}
	if !d.IgnoreSize {
		lines = append(lines, d.figure("byte_miss_ratio", "Byte miss ratio by cache size", "bytes that miss", d.bytes, func(p Point) float64 { return p.ByteMissRatio }, func(l Line) []float64 { return l.ByteMiss }))
		cells = append(cells, d.heat("heat_byte_miss_ratio", "Byte miss ratio by policy and cache size", "bytes that miss", d.bytes))
	}
	return append(lines, cells...)
}

// requests is the ratio of requests that miss of result i, with its interval.
func (d Drawn) requests(i int) (v, low, high float64) {
	if d.Estimates != nil {
		e := d.Estimates[i]
		return e.MissRatio, e.Low, e.High
	}
	v = d.Results[i].MissRatio()
	return v, v, v
}

// bytes is that of bytes.
func (d Drawn) bytes(i int) (v, low, high float64) {
	if d.Estimates != nil {
		e := d.Estimates[i]
		return e.ByteMissRatio, e.ByteLow, e.ByteHigh
	}
	v = d.Results[i].ByteMissRatio()
	return v, v, v
}

func (d Drawn) figure(name, title, label string, ratio func(i int) (v, low, high float64), of func(Point) float64, said func(Line) []float64) *plot.Figure {
	f := &plot.Figure{
		Name: name, Title: title, Subtitle: d.subtitle(),
		About: "How much a cache misses by its size, on a logarithmic axis: every point is a cache that was played on the trace. " +
			"The knee is where the first curve lies farthest below the straight line between its ends; beyond it more cache brings less.",
		X: plot.Axis{Label: "capacity (log scale)", Scale: plot.Log, Unit: plot.Octets},
		Y: plot.Axis{Label: label, Unit: plot.Percents},
	}
	if d.IgnoreSize {
		f.X.Label, f.X.Unit = "capacity in objects (log scale)", plot.Counts
	}
	lines := d.lines(ratio)
	if d.Curve != nil {
		lines = append([]plot.Line{d.stackLine(of)}, lines...)
	}
	if len(lines) > mostDrawn {
		f.Subtitle += fmt.Sprintf(" · the %d lowest of %d, and LRU", mostDrawn-1, len(lines))
		lines = lowest(lines, mostDrawn)
	}
	for i := range lines {
		lines[i].Color = plot.ColorAt(lines[i].Color, i)
	}
	if len(lines) == 1 && len(d.Formulas) == 0 { // no legend names it
		f.Subtitle = lines[0].Label + " · " + f.Subtitle
	}
	f.Series = append(d.formulas(lines, said), lines...)
	if d.Estimates != nil {
		f.Series = append(f.Series, d.doubts(lines, ratio)...)
	}
	f.Marks = d.marks(lines)
	return f
}

func (d Drawn) subtitle() string {
	text := fmt.Sprintf("%s · %s requests", d.Name, commas(d.Totals.Counted))
	if d.Estimates != nil {
		text += " · sampled, with 95 % intervals"
	}
	if d.Totals.Partial {
		text += " · partial"
	}
	return text
}

// lines are a line for each policy.
func (d Drawn) lines(ratio func(i int) (v, low, high float64)) (lines []plot.Line) {
	for i, r := range d.Results {
		title := Title(r.Policy)
		at := slices.IndexFunc(lines, func(l plot.Line) bool { return l.Label == title })
		if at < 0 {
			at = len(lines)
			lines = append(lines, plot.Line{Label: title})
			if !Online(r.Policy) {
				lines[at].Dash, lines[at].Thin = []float64{6, 3}, true
			}
		}
		v, _, _ := ratio(i)
		l := &lines[at]
		l.X, l.Y = append(l.X, float64(r.Capacity)), append(l.Y, 100*v)
	}
	return lines
}

// formulas are the lines of those policies drawn that have one, whose own become
// points.
func (d Drawn) formulas(lines []plot.Line, said func(Line) []float64) (all []plot.Line) {
	for i := range lines {
		at := slices.IndexFunc(d.Formulas, func(l Line) bool { return Title(l.Policy) == lines[i].Label })
		if at < 0 {
			continue
		}
		l := d.Formulas[at]
		line := plot.Line{Label: lines[i].Label + ", formula", Color: lines[i].Color, X: l.Capacity}
		for _, v := range said(l) {
			line.Y = append(line.Y, 100*v)
		}
		all = append(all, line)
		lines[i].Form = plot.AsPoints
	}
	return all
}

// doubts are the intervals of the lines drawn.
func (d Drawn) doubts(lines []plot.Line, ratio func(i int) (v, low, high float64)) (doubts []plot.Line) {
	for _, l := range lines {
		doubt := plot.Line{Label: l.Label, Color: l.Color, Form: plot.AsDoubt}
		for i, r := range d.Results {
			if Title(r.Policy) != l.Label {
				continue
			}
			_, low, high := ratio(i)
			doubt.X = append(doubt.X, float64(r.Capacity))
			doubt.Y, doubt.Y2 = append(doubt.Y, 100*high), append(doubt.Y2, 100*low)
		}
		doubts = append(doubts, doubt)
	}
	return doubts
}

// stackLine is LRU at all sizes.
func (d Drawn) stackLine(of func(Point) float64) plot.Line {
	l := plot.Line{Label: "LRU, every size", Color: "ink", Thin: true}
	least := int64(1)
	for _, r := range d.Results {
		least = max(least, r.Capacity)
	}
	for _, r := range d.Results {
		least = min(least, r.Capacity)
	}
	for _, p := range d.Curve.Points(16) {
		if p.Capacity >= least {
			l.X, l.Y = append(l.X, float64(p.Capacity)), append(l.Y, 100*of(p))
		}
	}
	return l
}

// lowest are n lines: LRU, which others are compared with, and those that lie lowest
// on the average, in their order.
func lowest(lines []plot.Line, n int) (kept []plot.Line) {
	height := func(l plot.Line) (sum float64) {
		if l.Label == Title("lru") {
			return -1
		}
		for _, v := range l.Y {
			sum += v / float64(len(l.Y))
		}
		return sum
	}
	sorted := slices.SortedStableFunc(slices.Values(lines), func(a, b plot.Line) int { return cmp.Compare(height(a), height(b)) })
	for _, l := range lines {
		if slices.ContainsFunc(sorted[:n], func(k plot.Line) bool { return k.Label == l.Label }) {
			kept = append(kept, l)
		}
	}
	return kept
}

// marks are the knee of the first line, and the capacity to mark.
func (d Drawn) marks(lines []plot.Line) (marks []plot.Mark) {
	if len(lines) == 0 {
		return nil
	}
	if at := knee(lines[0]); at >= 0 {
		marks = append(marks, plot.Mark{Label: "knee of " + lines[0].Label, X: lines[0].X[at], Y: lines[0].Y[at]})
	}
	if d.Mark > 0 {
		marks = append(marks, plot.Mark{Label: "chosen", X: float64(d.Mark), Axis: "x"})
	}
	return marks
}

// knee is the point of a falling line that lies farthest below the straight line
// between its ends, X on a log scale; −1 where none lies below by a hundredth of
// what it falls.
func knee(l plot.Line) int {
	n := len(l.X)
	if n < 3 {
		return -1
	}
	from, to := math.Log(l.X[0]), math.Log(l.X[n-1])
	fall := l.Y[0] - l.Y[n-1]
	best, at := fall/100, -1
	for i := range l.X {
		chord := l.Y[0] - fall*(math.Log(l.X[i])-from)/(to-from)
		if below := chord - l.Y[i]; below > best {
			best, at = below, i
		}
	}
	return at
}

// commas is a whole number with its thousands apart.
func commas(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
