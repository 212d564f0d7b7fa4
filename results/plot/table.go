package plot

import (
	"math"
	"slices"
	"strings"
	"time"

	"edgesim/results/report"
)

// FromTable is a report's chart as a figure, named by FigureName. Its numbers are
// the table's own; where a table has rows of all distributions together, those.
// It says for itself what range and distribution the table covers; Of adds whose
// they are.
func FromTable(t *report.Table, c report.Chart) *Figure {
	s := sourceOf(t, c)
	f := &Figure{
		Name: FigureName(t, c), Title: c.Title, About: c.About, Subtitle: covers(t, s.inTime),
		Y: Axis{Label: c.Y, Scale: Linear, Unit: unitOf(c, s.inTime)},
	}
	if s.inTime {
		f.X, f.Step = Axis{Label: "time", Scale: Time}, t.Step()
	} else {
		f.X = Axis{Label: c.X, Scale: Category, Names: s.names()}
	}
	if len(s.places) == 0 {
		f.Lack = "nothing happened in this range"
	}
	for i := range c.Series {
		f.Series = append(f.Series, s.line(i))
	}
	f.Sums = s.inTime && !c.Rate && !slices.ContainsFunc(c.Series, func(series report.Series) bool { return len(series.Over) > 0 || !s.addsUp(series) })
	f.Y.fit(f.Series)
	return f
}

// FigureName is TABLE_CHART without saying twice what both say: the chart
// browser_trends of the table viewers_browser_trends is called as the table is.
func FigureName(t *report.Table, c report.Chart) string {
	switch {
	case t.Name == c.Name, strings.HasSuffix(t.Name, "_"+c.Name):
		return t.Name
	case strings.HasPrefix(c.Name, t.Name+"_"):
		return c.Name
	}
	return t.Name + "_" + c.Name
}

// Of is the figure of what a name says, as a run's: it comes first under the
// title.
func (f *Figure) Of(name string) *Figure {
	g := *f
	g.Subtitle = subtitle(name, f.Subtitle)
	return &g
}

// source is the rows that a chart is drawn from.
type source struct {
	t      *report.Table
	c      report.Chart
	at     map[string]int // columns by name
	inTime bool
	places []place
	cover  report.Cover // of the time buckets
}

// place is one time bucket or bar, and the rows that make it.
type place struct {
	x    float64
	name string
	rows [][]report.Cell
}

func sourceOf(t *report.Table, c report.Chart) source {
	s := source{t: t, c: c, at: map[string]int{}}
	for i, column := range t.Columns {
		s.at[column.Name] = i
	}
	x, known := s.at[c.X]
	if !known {
		return s
	}
	s.inTime = t.Columns[x].Unit == report.Moment
	index := map[report.Cell]int{}
	for _, row := range t.Together() {
		if !s.wanted(row) {
			continue
		}
		cell := row[x]
		i, seen := index[cell]
		if !seen {
			if i = len(s.places); !s.inTime && c.Most > 0 && i >= c.Most {
				continue
			}
			index[cell] = i
			p := place{x: float64(i), name: cell.Text}
			if s.inTime {
				p.x = cell.Num
			}
			s.places = append(s.places, p)
		}
		s.places[i].rows = append(s.places[i].rows, row)
	}
	if s.inTime {
		s.cover = t.Cover(s.starts())
	}
	return s
}

// starts are the moments at which the time buckets begin.
func (s source) starts() []float64 {
	starts := make([]float64, len(s.places))
	for i, p := range s.places {
		starts[i] = p.x
	}
	return starts
}

// wanted reports whether the chart is of this row.
func (s source) wanted(row []report.Cell) bool {
	for _, only := range s.c.Only {
		if i, known := s.at[only[0]]; known && row[i].Text != only[1] {
			return false
		}
	}
	return true
}

func (s source) names() []string {
	var names []string
	for _, p := range s.places {
		if p.name == "" {
			p.name = "(none)"
		}
		names = append(names, p.name)
	}
	return names
}

// line is the chart's series i.
func (s source) line(i int) Line {
	series := s.c.Series[i]
	l := Line{Label: series.Label, Color: ColorAt(series.Color, i), Form: s.form()}
	if s.inTime && l.Form == AsLine && len(s.c.Series) > 1 {
		l.Dash = dashAt(s.c.Series, i)
	}
	per := 1.0
	if s.c.Rate && s.inTime {
		per = s.t.Step()
	}
	var all [][]report.Cell
	shares := 0.0
	for _, p := range s.places {
		all = append(all, p.rows...)
		if s.inTime {
			shares += s.cover.Share(p.x)
			if !s.cover.Draws(p.x) {
				continue
			}
		}
		l.X = append(l.X, p.x)
		l.Y = append(l.Y, rounded(s.value(series, p.rows)*s.times(series, p.x)/per))
	}
	if s.inTime && len(all) > 0 && s.addsUp(series) {
		l.Note = s.note(s.value(series, all), per*shares)
	}
	return l
}

// times is what the series' number of the bucket is multiplied by, where the bucket
// was measured in part.
func (s source) times(series report.Series, start float64) float64 {
	switch {
	case !s.inTime || len(series.Over) > 0:
		return 1
	case s.addsUp(series):
		return s.cover.Times(start, s.c.Rate)
	case s.means(series):
		return s.cover.Times(start, true)
	}
	return 1
}

// means reports whether the series' numbers are means over the bucket's length.
func (s source) means(series report.Series) bool {
	return !slices.ContainsFunc(series.Columns, func(name string) bool {
		i, known := s.at[name]
		return !known || !s.t.Columns[i].Mean
	})
}

// form is how the chart's series are drawn. Bars of several over time are
// stacked: side by side they would be hairs.
func (s source) form() string {
	switch {
	case s.c.Form == report.Stack, s.c.Form == report.Bars && s.inTime && len(s.c.Series) > 1:
		return AsStack
	case s.c.Form == report.Bars, !s.inTime:
		return AsBars
	}
	return AsLine
}

// value is the series over some rows: Σ Columns, over Σ Over where there is one;
// NaN without a number or with nothing to divide by.
func (s source) value(series report.Series, rows [][]report.Cell) float64 {
	part := s.sum(series.Columns, rows)
	if len(series.Over) == 0 {
		return part
	}
	whole := s.sum(series.Over, rows)
	if !(whole != 0) {
		return math.NaN()
	}
	if s.c.Unit == report.Percent {
		part *= 100
	}
	return part / whole
}

// sum adds up what is a number; NaN where nothing is.
func (s source) sum(columns []string, rows [][]report.Cell) float64 {
	sum, any := 0.0, false
	for _, name := range columns {
		i, known := s.at[name]
		for _, row := range rows {
			if known && row[i].Text == "" {
				sum, any = sum+row[i].Num, true
			}
		}
	}
	if !any {
		return math.NaN()
	}
	return sum
}

// addsUp reports whether the series' numbers of several buckets make one.
func (s source) addsUp(series report.Series) bool {
	for _, names := range [][]string{series.Columns, series.Over} {
		for _, name := range names {
			i, known := s.at[name]
			if !known {
				return false
			}
			column := s.t.Columns[i]
			counted := column.Unit == report.Count || column.Unit == report.Bytes
			if column.Merge != report.Sum && !(column.Merge == report.ByUnit && counted) {
				return false
			}
		}
	}
	return true
}

// note is the series over the whole range: a total, a ratio, or with a rate the
// mean over so many seconds.
func (s source) note(whole, seconds float64) string {
	switch {
	case math.IsNaN(whole):
		return ""
	case s.c.Unit == report.Percent:
		return percent(whole / 100)
	case s.c.Rate && s.c.Unit == report.Bytes:
		return octets(whole/seconds) + "/s"
	case s.c.Rate:
		return short(math.Round(whole/seconds*100)/100) + "/s"
	case s.c.Unit == report.Bytes:
		return octets(whole)
	case s.c.Unit == report.Count:
		return num(whole)
	}
	return ""
}

// unitOf is the axis' unit for the chart's.
func unitOf(c report.Chart, inTime bool) string {
	rate := c.Rate && inTime
	switch {
	case c.Unit == report.Bytes && rate:
		return OctetsRate
	case c.Unit == report.Bytes:
		return Octets
	case c.Unit == report.Percent:
		return Percents
	case c.Unit == report.Millis:
		return Milliseconds
	case rate:
		return PerSecond
	case c.Unit == report.Count:
		return Counts
	}
	return ""
}

// fit gives percentages the whole range where they take up some of it, so that
// plots can be compared, and times, which span decades, a log axis: whatever they
// are, so that those of two runs can be laid over each other.
func (y *Axis) fit(series []Line) {
	high, bars := 0.0, false
	for _, l := range series {
		bars = bars || l.Form != AsLine
		for _, v := range l.Y {
			if v > high { // never so of NaN
				high = v
			}
		}
	}
	switch {
	case y.Unit == Percents && high > 20 && high <= 100 && !bars:
		y.Max = 100
	case y.Unit == Milliseconds && !bars:
		y.Scale = Log
		y.Label += " (log scale)"
	}
}

// covers says in words what a table's preamble does: distribution, range and, of
// a chart over time, the width of a bucket.
func covers(t *report.Table, inTime bool) string {
	named := map[string]string{}
	for _, p := range t.Preamble {
		named[p[0]] = p[1]
	}
	distribution := named["DistributionID"]
	if distribution == "ALL" {
		distribution = "all distributions"
	}
	grain := ""
	if inTime {
		grain = grainWord(named["Granularity"])
	}
	return subtitle(distribution, span(named["StartDateUTC"], named["EndDateUTC"]), grain)
}

// span is the time from one moment in RFC 3339 to another, in words.
func span(from, to string) string {
	a, errA := time.Parse(time.RFC3339Nano, from)
	b, errB := time.Parse(time.RFC3339Nano, to)
	if errA != nil || errB != nil {
		return ""
	}
	a, b = a.UTC(), b.UTC()
	layout := "2006-01-02 15:04"
	if b.Sub(a) < 10*time.Minute {
		layout = "2006-01-02 15:04:05"
	}
	until := b.Format(layout)
	if day, clock, _ := strings.Cut(until, " "); day == a.Format(time.DateOnly) {
		until = clock
	}
	return a.Format(layout) + " to " + until + " UTC"
}

// grainWord is how the subtitle names the width of a bucket.
func grainWord(granularity string) string {
	switch granularity {
	case "Hourly":
		return every(time.Hour)
	case "Daily":
		return every(day)
	}
	if d, err := time.ParseDuration(granularity); err == nil && d > 0 {
		return every(d)
	}
	return ""
}
