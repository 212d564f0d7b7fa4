package stat

import (
	"fmt"

	"edgesim/results/plot"
)

// Figures are the plots of a trace. Those of what it does not tell are left out.
func (r *Result) Figures() []*plot.Figure {
	figs := []*plot.Figure{r.rankFrequency(), r.reuseObjects(), r.workingSet(), r.requestsOverTime()}
	if r.Sizes {
		figs = append(figs, r.sizeFigure(), r.reuseBytes())
	}
	for _, f := range figs {
		f.Subtitle = r.Name + f.Subtitle
	}
	return figs
}

// line is the points as a series, shares as percent.
func line(label, color string, points []point, percent bool) plot.Line {
	l := plot.Line{Label: label, Color: color}
	for _, p := range points {
		y := p.share
		if percent {
			y *= 100
		}
		l.X, l.Y = append(l.X, p.value), append(l.Y, y)
	}
	return l
}

func (r *Result) rankFrequency() *plot.Figure {
	objects := line("objects", "blue", r.ranks, false)
	objects.Form = plot.AsPoints
	f := &plot.Figure{
		Name: "rank_frequency", Title: "Popularity: requests by rank",
		About: "How often each object was asked for, the most popular one first. Zipf's law is a straight line here; " +
			"its exponent is fitted by maximum likelihood to the counts of objects, and the interval has the true one in 95 of 100 traces.",
		Subtitle: fmt.Sprintf(" · %s requests, %s objects, %s of them asked for once", number(r.Requests), number(r.Objects), percent(r.OnceObjects)),
		X:        plot.Axis{Label: "rank of the object (log scale)", Scale: plot.Log, Unit: plot.Counts, Min: 1, Max: float64(r.Objects)},
		Y:        plot.Axis{Label: "requests (log scale)", Scale: plot.Log, Unit: plot.Counts, Min: 1, Max: float64(r.Top[0].Requests)},
		Series:   []plot.Line{objects},
	}
	if z := r.Zipf; z != nil {
		last := float64(z.Objects)
		law := plot.Line{Label: z.String(), Color: "vermillion", Dash: []float64{10, 4}}
		law.X, law.Y = plot.Numbers{1, last}, plot.Numbers{z.at(1), z.at(last)}
		f.Series = []plot.Line{law, objects}
		f.Y.Max = max(f.Y.Max, z.at(1))
	}
	return f
}

// String is the fit in a few words.
func (z *Zipf) String() string {
	text := fmt.Sprintf("Zipf's law, α = %.3f (%.3f to %.3f)", z.Alpha, z.Low, z.High)
	if !z.Good {
		text += fmt.Sprintf("; a poor fit, %s off", percent(z.Distance))
	}
	return text
}

func (r *Result) sizeFigure() *plot.Figure {
	return &plot.Figure{
		Name: "sizes", Title: "Sizes of objects",
		About:    "The share of objects, and of requests, that are no larger than a size.",
		Subtitle: fmt.Sprintf(" · %s in %s objects, %s asked for", octets(r.Unique), number(r.Objects), octets(r.Bytes)),
		X:        plot.Axis{Label: "size (log scale)", Scale: plot.Log, Unit: plot.Octets, Min: float64(max(r.ObjectSizes.P1, 1)), Max: float64(r.ObjectSizes.Max)},
		Y:        share("share no larger"),
		Series:   []plot.Line{line("objects", "blue", r.objectSizes, true), line("requests", "vermillion", r.askedSizes, true)},
	}
}

func share(label string) plot.Axis {
	return plot.Axis{Label: label, Scale: plot.Linear, Unit: plot.Percents, Max: 100}
}

func (r *Result) reuseObjects() *plot.Figure {
	return &plot.Figure{
		Name: "reuse_objects", Title: "Reuse distance",
		About: "The share of all requests whose object was asked for at most so many requests, or so many distinct objects, before. " +
			"The second is the hit ratio of an LRU cache of so many objects. What is missing to 100 % are first requests.",
		Subtitle: " · " + r.Reuse.basis(),
		X:        plot.Axis{Label: "distance, in requests or in objects (log scale)", Scale: plot.Log, Unit: plot.Counts, Min: 1, Max: float64(r.Requests)},
		Y:        share("requests no farther"),
		Series:   []plot.Line{line("distinct objects", "blue", r.depths, true), line("requests", "orange", r.gaps, true)},
	}
}

func (r *Result) reuseBytes() *plot.Figure {
	return &plot.Figure{
		Name: "reuse_bytes", Title: "Reuse distance in bytes",
		About: "The share of all requests whose object was asked for at most so many bytes of distinct objects before, itself " +
			"counted: the hit ratio of an LRU cache of so many bytes. What is missing to 100 % are first requests.",
		Subtitle: " · " + r.Reuse.basis(),
		X:        plot.Axis{Label: "bytes of distinct objects (log scale)", Scale: plot.Log, Unit: plot.Octets, Min: r.leastDepth(), Max: float64(r.Unique)},
		Y:        share("requests no farther"),
		Series:   []plot.Line{line("bytes", "blue", r.octets, true)},
	}
}

// leastDepth is where the axis of bytes begins.
func (r *Result) leastDepth() float64 {
	if r.Reuse.Bytes == nil {
		return 1
	}
	return float64(r.Reuse.Bytes.P1)
}

// basis says what the depths rest on.
func (u Reuse) basis() string {
	if u.Rate == 1 {
		return "all objects followed"
	}
	return fmt.Sprintf("depths from a sample of %s objects, one in %.0f", number(u.Followed), 1/u.Rate)
}

// clock is the X axis of what changes over time.
func (r *Result) clock() plot.Axis {
	if !r.Times {
		return plot.Axis{Label: "requests since the trace began", Scale: plot.Linear, Unit: plot.Counts, Max: float64(r.Requests)}
	}
	return plot.Axis{Label: "time since the trace began", Scale: plot.Elapsed, Max: max(r.Span, r.Windows.Width*float64(len(r.Windows.Counts)-1)+leastTime/1e9)}
}

// width is how long window i is, in seconds: the last one ends with the trace.
func (r *Result) width(i int) float64 {
	w := r.Windows.Width
	if rest := r.Span - float64(i)*w; i == len(r.Windows.Counts)-1 && rest > 0 {
		return rest
	}
	return w
}

// over is a series over the windows; a point stands for the window that begins there.
func (r *Result) over(label, color, form string, f func(i int, w Window) float64) plot.Line {
	l := plot.Line{Label: label, Color: color, Form: form}
	for i, w := range r.Windows.Counts {
		l.X, l.Y = append(l.X, float64(i)*r.Windows.Width), append(l.Y, f(i, w))
	}
	return l
}

func (r *Result) workingSet() *plot.Figure {
	f := &plot.Figure{
		Name: "working_set", Title: "Working set over time",
		About:    "What distinct objects were asked for in each window, and from the beginning until its end.",
		Subtitle: " · windows of " + r.Windows.length(), X: r.clock(), Step: r.Windows.Width,
	}
	each, all := func(_ int, w Window) float64 { return float64(w.Objects) }, func(_ int, w Window) float64 { return float64(w.Known) }
	f.Y = plot.Axis{Label: "distinct objects", Scale: plot.Linear, Unit: plot.Counts}
	if r.Sizes {
		each, all = func(_ int, w Window) float64 { return float64(w.ObjectBytes) }, func(_ int, w Window) float64 { return float64(w.KnownBytes) }
		f.Y = plot.Axis{Label: "bytes of distinct objects", Scale: plot.Linear, Unit: plot.Octets}
	}
	f.Series = []plot.Line{r.over("in a window", "blue", plot.AsStep, each), r.over("until then", "orange", plot.AsStep, all)}
	return f
}

func (r *Result) requestsOverTime() *plot.Figure {
	f := &plot.Figure{
		Name: "requests", Title: "Requests over time",
		About:    "Requests in each window, and those of them that are their object's first.",
		Subtitle: " · windows of " + r.Windows.length(), X: r.clock(), Step: r.Windows.Width,
		Y: plot.Axis{Label: "requests per second", Scale: plot.Linear, Unit: plot.PerSecond},
	}
	per := r.width
	if !r.Times {
		per, f.Y = func(int) float64 { return 1 }, plot.Axis{Label: "requests in the window", Scale: plot.Linear, Unit: plot.Counts}
	}
	before := int64(0)
	first := func(i int, w Window) float64 {
		n := w.Known - before
		before = w.Known
		return float64(n) / per(i)
	}
	f.Series = []plot.Line{
		r.over("new objects", "orange", plot.AsStep, first),
		r.over("all", "blue", plot.AsStep, func(i int, w Window) float64 { return float64(w.Requests) / per(i) }),
	}
	return f
}
