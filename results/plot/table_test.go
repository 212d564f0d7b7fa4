package plot

import (
	"bytes"
	"math"
	"slices"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/results/report"
)

// hourly is a table over three hours with rows of ALL and of two distributions,
// the second hour without requests.
func hourly() *report.Table {
	t := &report.Table{
		Name: "cache_statistics",
		Preamble: [][2]string{{"DistributionID", "ALL"}, {"StartDateUTC", "2026-11-26T10:00:00Z"},
			{"EndDateUTC", "2026-11-26T13:00:00Z"}, {"Granularity", "Hourly"}},
		Columns: []report.Column{{Name: "DistributionID"}, {Name: "Region"}, {Name: "TimeBucket", Unit: report.Moment},
			{Name: "Requests", Unit: report.Count}, {Name: "Hits", Unit: report.Count}, {Name: "P99", Unit: report.Millis}},
	}
	for _, d := range []string{"ALL", "E1", "E2"} {
		for hour, n := range []float64{100, 0, 300} {
			p99 := report.Cell{Num: n / 10}
			if n == 0 {
				p99 = report.Cell{Text: "-"}
			}
			t.Rows = append(t.Rows, []report.Cell{{Text: d}, {Text: "EU"}, {Num: 1_795_687_200 + 3600*float64(hour)}, {Num: n}, {Num: n / 4}, p99})
		}
	}
	return t
}

func TestAChartSaysWhatItsTableSays(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		what  string
		chart report.Chart
		unit  string
		y     []float64
		note  string
	}{
		{"counts of all together", report.Chart{Unit: report.Count, Series: []report.Series{{Columns: []string{"Requests"}}}},
			Counts, []float64{100, 0, 300}, "400"},
		{"sums of columns", report.Chart{Unit: report.Count, Series: []report.Series{{Columns: []string{"Requests", "Hits"}}}},
			Counts, []float64{125, 0, 375}, "500"},
		{"rates", report.Chart{Unit: report.Count, Rate: true, Series: []report.Series{{Columns: []string{"Requests"}}}},
			PerSecond, []float64{0.02777778, 0, 0.08333333}, "0.04/s"},
		{"shares", report.Chart{Unit: report.Percent, Series: []report.Series{{Columns: []string{"Hits"}, Over: []string{"Requests"}}}},
			Percents, []float64{25, nan, 25}, "25.0 %"},
		{"quotients", report.Chart{Unit: report.Number, Series: []report.Series{{Columns: []string{"Hits"}, Over: []string{"Requests"}}}},
			"", []float64{0.25, nan, 0.25}, ""},
		{"what has no number", report.Chart{Unit: report.Millis, Series: []report.Series{{Columns: []string{"P99"}}}},
			Milliseconds, []float64{10, nan, 30}, ""},
		{"rows that there are none of", report.Chart{Unit: report.Count, Only: [][2]string{{"Region", "US"}}, Series: []report.Series{{Columns: []string{"Requests"}}}},
			Counts, nil, ""},
	} {
		c.chart.X, c.chart.Name = "TimeBucket", "x"
		f := FromTable(hourly(), c.chart)
		l := f.Series[0]
		same := slices.EqualFunc(l.Y, c.y, func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) })
		if !same || l.Note != c.note || f.Y.Unit != c.unit || f.Name != "cache_statistics_x" {
			t.Errorf("%s: %v, note %q, unit %q; want %v, %q, %q", c.what, l.Y, l.Note, f.Y.Unit, c.y, c.note, c.unit)
		}
		if (f.Lack == "") != (c.y != nil) {
			t.Errorf("%s: lack %q", c.what, f.Lack)
		}
		if want := "all distributions  ·  2026-11-26 10:00 to 13:00 UTC  ·  each hour"; f.Subtitle != want || f.Step != 3600 {
			t.Errorf("%s: subtitle %q, step %v", c.what, f.Subtitle, f.Step)
		}
	}
}

func TestBarsAreTheTablesTexts(t *testing.T) {
	table := &report.Table{Name: "top", Columns: []report.Column{{Name: "Host"}, {Name: "Requests", Unit: report.Count}}}
	for i, host := range []string{"a", "", "c"} {
		table.Rows = append(table.Rows, []report.Cell{{Text: host}, {Num: float64(9 - i)}})
	}
	f := FromTable(table, report.Chart{Name: "hosts", X: "Host", Form: report.Bars, Most: 2, Unit: report.Count, Series: []report.Series{{Columns: []string{"Requests"}}}})
	if !slices.Equal(f.X.Names, []string{"a", "(none)"}) || !slices.Equal(f.Series[0].Y, Numbers{9, 8}) || f.Series[0].Form != AsBars || f.X.Scale != Category {
		t.Errorf("bars %q of %v", f.X.Names, f.Series[0])
	}
}

// Lines of one chart differ by dash as well as by colour, and a result type
// always has its own.
func TestLinesDifferWithoutColours(t *testing.T) {
	var c report.Chart
	for _, color := range []string{"Hit", "", "Miss", "blue", "green", ""} {
		c.Series = append(c.Series, report.Series{Columns: []string{"Requests"}, Color: color})
	}
	c.X = "TimeBucket"
	var seen [][]float64
	for i, l := range FromTable(hourly(), c).Series {
		if slices.ContainsFunc(seen, func(d []float64) bool { return slices.Equal(d, l.Dash) }) {
			t.Errorf("line %d has the dash %v, as one before it", i, l.Dash)
		}
		if name := c.Series[i].Color; (name == "Hit" || name == "Miss") && !slices.Equal(l.Dash, DashOf(name)) {
			t.Errorf("%s has the dash %v", name, l.Dash)
		}
		if l.Color == "" {
			t.Errorf("line %d has no colour", i)
		}
		seen = append(seen, l.Dash)
	}
}

// Every chart of every report is drawn, of a run and of nothing, in every size.
func TestEveryReportsChartsAreDrawn(t *testing.T) {
	recs, o := synthetic()
	names := results.NewNames(time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC))
	names.Distributions = []results.Distribution{{ID: "E1"}}
	for _, some := range [][]results.Record{recs, nil} {
		known := map[string]bool{}
		for _, k := range Kinds() {
			known[k.Name] = true
		}
		set := report.NewSet(report.Options{Names: names, Grain: o.Grain})
		set.Add(some)
		for _, k := range set.Kinds() {
			for _, table := range set.Tables(k.Name, "") {
				for _, c := range table.Charts {
					f := FromTable(table, c).Of("quickstart")
					if known[f.Name] {
						t.Errorf("two plots are called %s", f.Name)
					}
					known[f.Name] = true
					for _, s := range sizes {
						checkInside(t, f, s.size)
					}
					var svg bytes.Buffer
					if err := Render(&svg, f, "svg", Slide()); err != nil {
						t.Errorf("%s: %v", f.Name, err)
					}
					if some != nil && f.Lack != "" {
						t.Logf("%s lacks: %s", f.Name, f.Lack)
					}
				}
			}
		}
	}
}

func TestAFiguresNameSaysNothingTwice(t *testing.T) {
	for _, c := range [][3]string{
		{"cache_statistics", "bytes", "cache_statistics_bytes"},
		{"behaviors", "behaviors", "behaviors"},
		{"viewers_browser_trends", "browser_trends", "viewers_browser_trends"},
		{"origin", "origin_requests", "origin_requests"},
		{"origin", "original", "origin_original"},
	} {
		if got := FigureName(&report.Table{Name: c[0]}, report.Chart{Name: c[1]}); got != c[2] {
			t.Errorf("chart %s of %s is called %s, want %s", c[1], c[0], got, c[2])
		}
	}
}
