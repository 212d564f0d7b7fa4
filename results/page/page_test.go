package page

import (
	"bytes"
	"flag"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/results/plot"
	"edgesim/results/report"
)

var update = flag.Bool("update", false, "write the goldens anew")

func figures(n int64, ms float64) results.Figures {
	return results.Figures{Count: n, Mean: ms, P50: ms, P90: ms * 2, P99: ms * 3, P999: ms * 4, Max: ms * 5}
}

// small is a page with one of everything. text stands wherever a stranger may
// have chosen the words.
func small(text string) Page {
	return Page{
		Manifest: results.Manifest{
			Name: text, Mode: "live", Seed: 7, Scenario: "name: " + text, Command: []string{"edgesim", "run", text},
			Program: results.Program{Name: "edgesim", Version: "0.1.0", Go: "go1.26.0"},
			Machine: results.Machine{OS: "linux", Arch: "amd64", CPUs: 2, CPU: text, Memory: 8 << 30},
			Started: time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC),
		},
		Summary: &results.Summary{
			Name: text, Partial: true, Warnings: []string{"a doubt about " + text}, Duration: 17, Warmup: 3,
			WarmupRequests: 300, Requests: 1234567, ViewerRequests: 1234560, Errors: 3, ErrorRatio: 0.000002,
			HitRatio: 0.874, RefreshHitRatio: 0.021, ByteHitRatio: 0.913, OriginRequests: 150_000, BodyBytes: 5 << 30,
			OriginOffload: results.Offload{Requests: 0.878, Bytes: 0.909},
			Rate:          results.Rate{Scheduled: 72621.5, Sent: 72621.5, Achieved: 72621.5},
			Latency:       results.Latency{TTFB: figures(1234560, 0.4)},
			ByResult: map[string]results.ResultFigures{
				"Hit":  {Requests: 1_079_000, Share: 0.874, Latency: results.Latency{TTFB: figures(1_079_000, 0.3)}},
				"Miss": {Requests: 150_000, Share: 0.121, Latency: results.Latency{TTFB: figures(150_000, 42.1)}},
			},
			Objects: results.Objects{Distinct: 9000, OneHitWonders: 4000, OneHitShare: 0.444},
			Distributions: []results.DistributionFigures{
				{ID: "E1", Name: text, Domain: "d1.example", Aliases: []string{text}, Requests: 10, HitRatio: 0.5, TTFB: figures(10, 1)},
				{ID: "E2"},
			},
		},
		Figures: []Figure{{Figure: plot.Figure{Name: "hit_ratio", Title: "Hit ratio", About: "How much the cache answered.",
			X: plot.Axis{Scale: plot.Elapsed}, Y: plot.Axis{Unit: plot.Percents},
			Series: []plot.Line{{Label: text, Color: "Hit", X: plot.Numbers{0, 1}, Y: plot.Numbers{50, math.NaN()}}}},
			SVG:   []byte(`<svg viewBox="0 0 9 6"><path d="M0,0L9,6" style="stroke:#0072B2"/></svg>`),
			Files: []Link{{Path: "plots/hit_ratio.svg", Label: "SVG"}}}},
		Tabs: []Tab{
			{Name: Overview, Title: "Overview", About: "The run " + text, Scopes: []Scope{{Tables: []Table{{Table: &report.Table{
				Name: "summary", Title: "Run summary", Columns: []report.Column{{Name: "Result"}, {Name: "RequestsPct", Label: "Share %", Unit: report.Percent}},
				Rows: [][]report.Cell{{{Text: "Hit"}, {Num: 87.4}}, {{Text: "Miss"}, {Num: 12.1}}}}}}}}},
			{Name: "cache_statistics", Title: "Cache statistics", Group: "CloudFront reports", Scopes: []Scope{
				{Distribution: "ALL", Label: "All", Tables: []Table{overTime("ALL", text, 1)}},
				{Distribution: "E1", Label: text, Tables: []Table{ofE1(text)}}}},
			{Name: "popular_objects", Title: "Popular objects", Group: "CloudFront reports", Scopes: []Scope{{Tables: []Table{{
				Table: &report.Table{Name: "popular_objects", Title: "Popular objects", Notes: []string{"counts are exact: " + text},
					Columns: []report.Column{{Name: "DistributionID", Wide: true}, {Name: "Object", Label: "URL"},
						{Name: "RequestCount", Label: "Requests", Unit: report.Count}, {Name: "TotalBytes", Unit: report.Bytes, Wide: true}},
					Rows: [][]report.Cell{{{Text: "E1"}, {Text: "/" + text}, {Num: 1200}, {Num: 3 << 20}}, {{Text: "E1"}, {Text: "/b"}, {Num: 300}, {Num: 10}}}},
				About: "The objects asked for most.", Files: []Link{{Path: "reports/popular_objects.csv", Label: "CSV"}}}}}}},
		},
		Files: []Link{{Path: "summary.json", Label: "summary.json"}},
	}
}

// ofE1 is a distribution's own table, with a file of its own.
func ofE1(text string) Table {
	t := overTime("E1", text, 2)
	t.Files = []Link{{Path: "reports/E1/cache_statistics.csv", Label: "CSV"}}
	return t
}

// overTime is a table of two days by the hour, with a chart of each form.
func overTime(distribution, text string, scale float64) Table {
	t := &report.Table{Name: "cache_statistics", Title: "Cache statistics",
		Columns: []report.Column{{Name: "DistributionID", Wide: true}, {Name: "FriendlyName", Label: "Distribution"},
			{Name: "TimeBucket", Label: "Time (UTC)", Unit: report.Moment}, {Name: "RequestCount", Label: "Requests", Unit: report.Count},
			{Name: "HitCount", Label: "Hits", Unit: report.Count}, {Name: "HitPct", Label: "Hit %", Unit: report.Percent, Of: "HitCount", Over: "RequestCount"},
			{Name: "TotalBytes", Label: "Bytes", Unit: report.Bytes}, {Name: "PeakBytes", Label: "Peak", Unit: report.Bytes, Merge: report.Max},
			{Name: "P50", Label: "p50", Unit: report.Millis}},
		Charts: []report.Chart{
			{Name: "requests", Title: "Requests of " + text, Form: report.Lines, X: "TimeBucket", Unit: report.Count,
				Series: []report.Series{{Label: text, Columns: []string{"RequestCount"}, Color: "ink"}}},
			{Name: "share", Title: "Share", Form: report.Lines, X: "TimeBucket", Unit: report.Percent,
				Series: []report.Series{{Label: "Hits", Columns: []string{"HitCount"}, Over: []string{"RequestCount"}, Color: "Hit"}}},
			{Name: "bytes", Title: "Bytes", Form: report.Stack, X: "TimeBucket", Unit: report.Bytes, Rate: true,
				Series: []report.Series{{Label: "Total", Columns: []string{"TotalBytes"}}, {Label: "Peak", Columns: []string{"PeakBytes"}}}},
		}}
	start := time.Date(2026, 3, 14, 0, 0, 0, 0, time.UTC)
	for i := range 48 {
		at := start.Add(time.Duration(i) * time.Hour)
		n := scale * float64(1000+(i*7919)%500)
		row := []report.Cell{{Text: distribution}, {Text: text}, {Text: at.Format(time.RFC3339), Num: float64(at.Unix())}, {Num: n}, {Num: n - 100},
			{Num: 100 * (n - 100) / n}, {Num: 2048 * n}, {Num: float64((i * 31) % 97 << 20)}, {Num: 0.25 * float64(i)}}
		if i == 5 {
			row[8] = report.Cell{Text: "-"}
		}
		t.Rows = append(t.Rows, row)
	}
	return Table{Table: t, About: "Requests over time.", Files: []Link{{Path: "reports/cache_statistics.csv", Label: "CSV"}}}
}

// drawnPlot is a real plot of a run of that name.
func drawnPlot(t testing.TB, text string) []byte {
	t.Helper()
	k, err := plot.Find("hit_ratio")
	if err != nil {
		t.Fatal(err)
	}
	d := k.New(plot.Options{Title: text, Length: 2 * time.Second, Grain: time.Second})
	d.Add([]results.Record{
		{At: 1, Response: results.Miss, BodyBytes: 10},
		{At: 15e8, Response: results.Hit, BodyBytes: 10},
	})
	var svg bytes.Buffer
	if err := plot.Render(&svg, k.Figure(d), "svg", plot.Slide()); err != nil {
		t.Fatal(err)
	}
	return svg.Bytes()
}

func render(t testing.TB, p Page) string {
	t.Helper()
	var out strings.Builder
	if err := Render(&out, p); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// bare is the page without style sheet and script, which are files of their own.
func bare(html string) string {
	html = strings.Replace(html, style, "", 1)
	html = strings.Replace(html, script(), "", 1)
	return regexp.MustCompile(`sha256-.*?&#39;`).ReplaceAllString(html, "sha256-")
}

func TestGolden(t *testing.T) {
	got := bare(render(t, small("quickstart")))
	golden := filepath.Join("testdata", "small.html")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the page differs from %s; look at both, then run with -update", golden)
	}
}

func TestThePageSaysWhatMatters(t *testing.T) {
	html := render(t, small("quickstart"))
	for _, want := range []string{"87.4 %", "91.3 %", "1,234,567", "87.8 %", "0.300 ms", "42.1 ms", "126 ms", "Partial run",
		"a doubt about quickstart", "plots/hit_ratio.svg", "reports/popular_objects.csv", "3.00 MiB", "seed 7",
		"2026-03-14 09:26:53 UTC", `href="#cache_statistics"`} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	p := small("quickstart")
	p.Summary.Partial, p.Summary.Warnings = false, nil
	if html := render(t, p); strings.Contains(html, `role="alert"`) {
		t.Error("a whole run without warnings has a banner")
	}
}

var (
	tagPattern  = regexp.MustCompile(`<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^<>"']|"[^"]*"|'[^']*')*?)(/?)>`)
	loadPattern = regexp.MustCompile(`(?i)(src|srcset|data|action|poster|background)\s*=|@import|url\(|<(img|iframe|link|object|embed|base|form)\b`)
	linkPattern = regexp.MustCompile(`href="([^"]*)"`)
)

// Every tag that opens closes, in the right order.
func wellFormed(t *testing.T, html string) {
	t.Helper()
	script := regexp.MustCompile(`(?s)<(script|style)([^>]*)>.*?</`)
	var open []string
	for _, m := range tagPattern.FindAllStringSubmatch(script.ReplaceAllString(html, "<$1></"), -1) {
		name := strings.ToLower(m[2])
		switch {
		case name == "meta" || m[4] == "/":
		case m[1] == "":
			open = append(open, name)
		case len(open) == 0 || open[len(open)-1] != name:
			t.Fatalf("</%s> closes %v", name, open)
		default:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("left open: %v", open)
	}
}

// The page loads nothing, and links only into its own folder.
func standsAlone(t *testing.T, html string) {
	t.Helper()
	body := regexp.MustCompile(`(?s)<script.*?</script>`).ReplaceAllString(html, "")
	for _, tag := range tagPattern.FindAllString(body, -1) {
		if found := loadPattern.FindString(strings.ReplaceAll(tag, "data-n=", "")); found != "" {
			t.Errorf("the page loads something: %q in %s", found, tag)
		}
	}
	for _, m := range linkPattern.FindAllStringSubmatch(html, -1) {
		if strings.Contains(m[1], ":") || strings.HasPrefix(m[1], "/") {
			t.Errorf("link out of the folder: %q", m[1])
		}
	}
	if !strings.Contains(html, "default-src &#39;none&#39;") && !strings.Contains(html, "default-src 'none'") {
		t.Error("the page does not forbid the browser to load anything")
	}
	style := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindStringSubmatch(html)
	if style == nil || regexp.MustCompile(`@import|url\(`).MatchString(style[1]) {
		t.Error("the style sheet loads something, or is missing")
	}
}

var hostile = []string{
	`</script><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</style><link rel=stylesheet href=//evil.example>`,
	`javascript:alert(1)`, `<!--`, `]]>`, `{{.Manifest}}`, "a\x00b\u202e\x1b[31m", `' onmouseover='alert(1)`, `&lt;b&gt;`, `</svg></title><b>`,
}

func TestWordsOfStrangersStayWords(t *testing.T) {
	for _, text := range hostile {
		p := small(text)
		p.Figures[0].SVG = drawnPlot(t, text)
		html := render(t, p)
		wellFormed(t, html)
		standsAlone(t, html)
		if n := strings.Count(html, "<script"); n != 2 {
			t.Errorf("%q: %d scripts, want the page's data and its script", text, n)
		}
	}
}

// Whatever words the run brings, the page's elements are the same. Only the lines
// of text in a plot are as many as the words need.
func FuzzWordsMakeNoMarkup(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	names := func(html string) []string {
		var all []string
		for _, m := range tagPattern.FindAllStringSubmatch(html, -1) {
			if m[2] != "text" {
				all = append(all, m[1]+m[2])
			}
		}
		return all
	}
	want := names(render(f, small("plain")))
	f.Fuzz(func(t *testing.T, text string) {
		if got := names(render(t, small(text))); !slices.Equal(got, want) {
			t.Errorf("%q changes the page's elements", text)
		}
	})
}

// The browser runs the page's script only if its hash is the one announced.
func TestTheScriptIsTheOneAnnounced(t *testing.T) {
	html := render(t, small("x"))
	if !strings.Contains(html, `<script type="module">`+script()+"</script>") {
		t.Error("the script stands in the page otherwise than it was hashed")
	}
	if strings.Contains(script(), "</script") {
		t.Error("the script ends itself")
	}
}

// Every colour of the plots turns with light and dark, and every variable that
// takes its place is defined.
func TestPlotsFollowThePagesColors(t *testing.T) {
	p := small("x")
	p.Figures[0].SVG = drawnPlot(t, "x")
	html := render(t, p)
	svg := html[strings.Index(html, "<svg"):strings.Index(html, "</svg>")]
	if fixed := regexp.MustCompile(`(fill|stroke):#[0-9A-F]{6}`).FindString(svg); fixed != "" {
		t.Errorf("a colour that does not turn: %s", fixed)
	}
	for _, m := range regexp.MustCompile(`var\((--[a-z-]+)\)`).FindAllStringSubmatch(html, -1) {
		if !strings.Contains(style, m[1]+":") && m[1] != "--c" { // --c is the line's own
			t.Errorf("the style sheet does not define %s", m[1])
		}
	}
	if strings.Contains(svg, ` id="`) {
		t.Error("an SVG with ids: they would clash between plots")
	}
}

// The document itself holds only so many rows; it says what it left out, and
// the report stays as it was.
func TestLongTablesAreCut(t *testing.T) {
	long := &report.Table{Name: "long", Columns: []report.Column{{Name: "n", Unit: report.Count}}}
	for i := range staticRows + 1 {
		long.Rows = append(long.Rows, []report.Cell{{Num: float64(i)}})
	}
	g := gridOf(Table{Table: long})
	if len(g.Rows) != staticRows || len(g.Notes) != 1 || !strings.Contains(g.Notes[0], "63") {
		t.Errorf("%d rows, notes %q", len(g.Rows), g.Notes)
	}
	if len(long.Notes) != 0 || len(long.Rows) != staticRows+1 {
		t.Error("the report itself was changed")
	}
}

// All distributions together are a choice beside the others, and the first, by
// whichever name a scope has them.
func TestAllTogetherIsAChoice(t *testing.T) {
	for _, name := range []string{"", "ALL"} {
		p := Page{Tabs: []Tab{{Name: "x", Scopes: []Scope{{Distribution: name}, {Distribution: "E1", Label: "one"}}}}}
		b, err := Data(p)
		if err != nil {
			t.Fatal(err)
		}
		if want := `"scopes":[{"distribution":"ALL","label":"All distributions","tables":[]},{"distribution":"E1","label":"one","tables":[]}]`; !strings.Contains(string(b), want) {
			t.Errorf("%q: the data have no %s: %s", name, want, b)
		}
	}
}

// A log has no seed, no schedule and no bodies, and its reading no machine that
// matters; of no requests there is no share.
func TestALogsPageSaysWhatALogHas(t *testing.T) {
	of := func(change func(*results.Summary)) string {
		p := small("x")
		p.Manifest.Mode, p.Summary.Logged, p.Summary.WarmupRequests = "log", true, 0
		p.Summary.Duration, p.Summary.Requests, p.Summary.BytesOut = 60*86400, 172_800, 5<<30
		p.Tabs[0].Scopes[0].Tables[0].Notes = []string{"a doubt about x", "a note"}
		change(p.Summary)
		return bare(render(t, p))
	}
	html := of(func(*results.Summary) {})
	for _, not := range []string{"seed 7", "scheduled", "of bodies", "measured", "8.00 GiB", "log run"} {
		if strings.Contains(html, not) {
			t.Errorf("a log's page says %q", not)
		}
	}
	for _, want := range []string{"<span>access log</span> <span>60 days</span> <span>read 2026-03-14 09:26:53 UTC</span>", "2.0 a minute on average", "5.00 GiB to viewers"} {
		if !strings.Contains(html, want) {
			t.Errorf("a log's page does not say %q", want)
		}
	}
	static, _, _ := strings.Cut(html, `id="page-data"`)
	if n := strings.Count(static, "a doubt about x"); n != 1 {
		t.Errorf("a warning is said %d times", n)
	}
	empty := of(func(s *results.Summary) { s.Requests, s.Duration = 0, 1 })
	if !strings.Contains(empty, `<h3>Hit ratio</h3><p class="figure">–</p>`) || strings.Contains(empty, "on average") {
		t.Error("an empty log has a hit ratio, or a pace")
	}
}

func TestMeanRates(t *testing.T) {
	for perSecond, want := range map[float64]string{250: "250/s", 1: "1.0/s", 0.5: "30.0 a minute", 1.0 / 600: "6.0 an hour", 1.0 / 86400: "1.0 a day"} {
		if got := mean(perSecond); got != want {
			t.Errorf("mean(%v) = %q, want %q", perSecond, got, want)
		}
	}
}

// Cells keep their colours and those of their letters in the dark, where the
// contrast would be lost if one turned without the other.
func TestCellsDoNotTurnWithLightAndDark(t *testing.T) {
	f := &plot.Figure{Name: "cells", Title: "cells", X: plot.Axis{Scale: plot.Columns, Names: []string{"a", "b"}},
		Series: []plot.Line{{Label: "row", X: plot.Numbers{0, 1}, Y: plot.Numbers{10, 20}}}}
	var svg bytes.Buffer
	if err := plot.Render(&svg, f, "svg", plot.Slide()); err != nil {
		t.Fatal(err)
	}
	turned := follow().Replace(svg.String())
	for _, kept := range []string{plot.Hex(plot.HeatColor(0)), plot.Hex(plot.HeatColor(1)), "#FEFEFE", "#010101"} {
		if !strings.Contains(turned, "fill:"+kept) {
			t.Errorf("nothing is %s any more", kept)
		}
	}
	if !strings.Contains(turned, "var(--soft)") {
		t.Error("the names do not turn")
	}
}

// Errors are told by kind, the most frequent first.
func TestErrorsAreToldByKind(t *testing.T) {
	s := &results.Summary{Errors: 1500, ErrorRatio: 0.5, Aborted: 2}
	if got, want := troubles(s), "50.0 % of requests; 2 viewers hung up"; got != want {
		t.Errorf("%q; right is %q", got, want)
	}
	for _, f := range []results.Fault{results.FaultRefused, results.FaultTimeout, results.FaultServer, results.FaultClient} {
		s.Troubles = append(s.Troubles, results.Trouble{Kind: f, Count: 100 * (int64(f) + 1)})
	}
	if got, want := troubles(s), "50.0 % of requests: 1,800 status 5xx, 1,700 status 4xx, 700 timed out and others; 2 viewers hung up"; got != want {
		t.Errorf("%q; right is %q", got, want)
	}
}
