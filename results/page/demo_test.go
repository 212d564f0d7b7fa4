package page

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/results/plot"
	"edgesim/results/report"
)

// demoStart is a day on which every grain begins.
var demoStart = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

func demoNames() *results.Names {
	n := results.NewNames(demoStart)
	n.Distributions = []results.Distribution{
		{ID: "EDOWNLOAD00001", Domain: "d111111abcdef8.cloudfront.net", Friendly: "downloads.example.com"},
		{ID: "EVIDEO00000001", Domain: "d222222abcdef8.cloudfront.net", Friendly: "video.example.com"},
	}
	n.Edges = []results.Edge{{Code: "FRA50-C1", City: "Frankfurt", Country: "DE", BillingRegion: "EU"},
		{Code: "IAD89-P1", City: "Ashburn", Country: "US", BillingRegion: "US"}, {Code: "NRT12-C3", City: "Tokyo", Country: "JP", BillingRegion: "JP"}}
	n.Behaviors = []string{"EDOWNLOAD00001 *", "EVIDEO00000001 *.ts"}
	n.Origins = []string{"origin"}
	return n
}

var demoAgents = []string{
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15",
	"Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
	"Mozilla/5.0 (SMART-TV; Linux; Tizen 8.0) AppleWebKit/538.1 (KHTML, like Gecko) Version/8.0 TV Safari/538.1",
	"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "curl/8.14.1", "",
}

// demoRecords are perHour requests in each of so many hours, busier by day.
func demoRecords(n *results.Names, hours, perHour int, emit func([]results.Record)) {
	rnd := rand.New(rand.NewPCG(4, 7))
	ms := int64(time.Millisecond)
	countries := []string{"DE", "US", "FR", "GB", "JP", "BR", "IN", "AU", "CA", "NL", "SE", "PL", "IT", "ES"}
	id := uint64(0)
	for h := range hours {
		busy := int(float64(perHour) * (0.6 + 0.4*float64((h%24)*(24-h%24))/144))
		recs := make([]results.Record, 0, busy)
		for i := range busy {
			id++
			rank := int(rnd.ExpFloat64() * 40)
			d := rank % 2
			r := results.Record{ID: id, At: int64(h)*int64(time.Hour) + int64(i)*int64(time.Hour)/int64(busy), Object: uint64(rank),
				URL: n.Strings.Of(fmt.Sprintf("/media/season-%02d/episode-%04d.ts", rank%9, rank)), Agent: n.Strings.Of(demoAgents[rnd.IntN(len(demoAgents))]),
				Referrer: n.Strings.Of([]string{"https://www.example.com/watch", "https://news.example.org/", "", "https://search.example/?q=a"}[rnd.IntN(4)]),
				Host:     n.Strings.Of("downloads.example.com"), Distribution: uint16(d), Edge: uint16(rnd.IntN(3)), Behavior: uint16(d), Status: 200,
				BytesOut: int64(40_000 + rnd.IntN(3_000_000)), BytesIn: 400, ContentLength: -1, RangeStart: -1, RangeEnd: -1,
				Response: results.Hit, Layer: results.LayerEdge, TTFB: ms/4 + int64(rnd.IntN(int(ms))), Method: results.GET,
				Protocol: results.HTTPS, Version: results.HTTP11, Vantage: results.AtEdge, Addr: netip.AddrFrom4([4]byte{198, 51, byte(rank), byte(i)}).As16(), Port: 4433}
			copy(r.Country[:], countries[int(rnd.ExpFloat64()*3)%len(countries)])
			r.BodyBytes = r.BytesOut - 300
			switch x := rnd.Float64() * (1 + 0.3*float64(h%24)/24); {
			case x < 0.12:
				r.Response, r.Layer, r.OriginAsked, r.OriginBytes = results.Miss, results.LayerOrigin, 1, r.BytesOut-100
				r.TTFB = 30*ms + int64(rnd.ExpFloat64()*20)*ms
			case x < 0.15:
				r.Response, r.OriginAsked, r.TTFB = results.RefreshHit, 1, 25*ms
			case x < 0.165:
				r.Response, r.Status, r.TTFB = results.Error, []uint16{404, 503, 403}[rnd.IntN(3)], 5*ms
			case x < 0.17:
				r.Response, r.Status, r.Protocol = results.Redirect, 301, results.HTTP
			}
			r.Result, r.Total = r.Response, r.TTFB+r.BodyBytes/20*1000/1000
			if rnd.IntN(150) == 0 {
				r.Result, r.Flags = results.Error, results.Aborted
			}
			recs = append(recs, r)
		}
		emit(recs)
	}
}

// demo is the page of so many hours, with every report there is, and their CSVs
// in dir ("" writes none). Counts of tables are times as large as the records.
func demo(t testing.TB, dir string, hours, perHour int, times float64) Page {
	t.Helper()
	names := demoNames()
	end := demoStart.Add(time.Duration(hours) * time.Hour)
	set := report.NewSet(report.Options{Names: names, From: demoStart, To: end, Grain: time.Hour, Version: "1.0", Generated: end})
	summary := results.NewSummary(names, results.SummaryOptions{Name: "A page to look at"})
	p := Page{Manifest: results.Manifest{Name: "A page to look at", Mode: "virtual", Seed: 7, Scenario: "name: demo\n", Command: []string{"edgesim", "run", "demo"},
		Program: results.Program{Name: "edgesim", Version: "1.0", Go: "go1.26"}, Started: demoStart}}
	plots := demoPlots(names, hours)
	demoRecords(names, hours, perHour, func(recs []results.Record) {
		set.Add(recs)
		summary.Traffic().Add(recs)
		summary.Latency().Add(recs)
		for _, d := range plots {
			d.Add(recs)
		}
	})
	p.Summary = summary.Finish(results.SummaryEnd{})
	for _, k := range set.Kinds() {
		tab := TabOf(k)
		for _, d := range []Scope{{Distribution: "ALL", Label: "All"}, {Distribution: "EDOWNLOAD00001", Label: "downloads.example.com"}, {Distribution: "EVIDEO00000001", Label: "video.example.com"}} {
			for _, table := range set.Tables(k.Name, d.Distribution) {
				enlarge(table, times)
				path := "reports/" + d.Distribution + "/" + table.Name + ".csv"
				writeDemo(t, dir, path, table)
				d.Tables = append(d.Tables, Table{Table: table, About: k.About, Files: []Link{{Path: path, Label: "CSV"}}})
			}
			tab.Scopes = append(tab.Scopes, d)
		}
		p.Tabs = append(p.Tabs, tab)
	}
	p.Figures = demoFigures(t, plots)
	p.Files = []Link{{Path: "summary.json", Label: "summary.json"}}
	return p
}

func enlarge(t *report.Table, times float64) {
	for _, row := range t.Rows {
		for i, c := range t.Columns {
			if c.Unit == report.Count || c.Unit == report.Bytes {
				row[i].Num *= times
			}
		}
	}
}

func writeDemo(t testing.TB, dir, path string, table *report.Table) {
	t.Helper()
	if dir == "" {
		return
	}
	var b bytes.Buffer
	err := report.WriteCSV(&b, table)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(filepath.Join(dir, path)), 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, path), b.Bytes(), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// drawingOf is a plot being filled.
type drawingOf struct {
	plot.Drawing
	kind plot.Kind
}

func demoPlots(names *results.Names, hours int) []drawingOf {
	var all []drawingOf
	for _, k := range plot.Kinds() {
		all = append(all, drawingOf{kind: k, Drawing: k.New(plot.Options{Names: names, Title: "demo", Length: time.Duration(hours) * time.Hour,
			Grain: time.Duration(max(1, hours/240)) * time.Hour})})
	}
	return all
}

func demoFigures(t testing.TB, plots []drawingOf) []Figure {
	t.Helper()
	var all []Figure
	for _, d := range plots {
		f := d.kind.Figure(d.Drawing)
		var svg bytes.Buffer
		if err := plot.Render(&svg, f, "svg", plot.Slide()); err != nil {
			t.Fatal(err)
		}
		all = append(all, Figure{Figure: *f, SVG: svg.Bytes(), Files: []Link{{Path: "plots/" + f.Name + ".svg", Label: "SVG"}}})
	}
	return all
}

func writePage(t testing.TB, path string, p Page) {
	t.Helper()
	var b bytes.Buffer
	if err := Render(&b, p); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A page of sixty days by the hour, with every report of two distributions, is
// one that a browser opens at once and a mail takes.
func TestSixtyDaysFit(t *testing.T) {
	dir := t.TempDir()
	if keep := os.Getenv("EDGESIM_KEEP_PAGE"); keep != "" {
		dir = keep
	}
	path := filepath.Join(dir, "index.html")
	writePage(t, path, demo(t, dir, 60*24, 60, 997))
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > 3_000_000 {
		t.Errorf("the page has %d bytes, more than 3 MB", info.Size())
	}
	t.Logf("%d bytes", info.Size())
}

// Data beyond the page's room leave out distributions, and say so.
func TestManyDistributionsFit(t *testing.T) {
	p := small("x")
	p.Tabs[1].Scopes = nil
	for i := range 40 {
		d := overTime("ALL", fmt.Sprintf("distribution %d", i), 1)
		rnd := rand.New(rand.NewPCG(uint64(i), 9))
		for len(d.Rows) < 1440 {
			row := slices.Clone(d.Rows[len(d.Rows)-48])
			row[2].Num += 48 * 3600
			for _, c := range []int{3, 4, 6, 7} {
				row[c].Num = float64(rnd.Int64N(1 << 50))
			}
			d.Rows = append(d.Rows, row)
		}
		p.Tabs[1].Scopes = append(p.Tabs[1].Scopes, Scope{Distribution: fmt.Sprintf("E%02d", i), Tables: []Table{d}})
	}
	html := render(t, p)
	if len(html) > 3_000_000 || len(html) < 2_000_000 {
		t.Errorf("the page has %d bytes", len(html))
	}
	said := regexp.MustCompile(`no room for (\d+) distributions by themselves, from E(\d\d) on`).FindStringSubmatch(html)
	if said == nil {
		t.Fatal("the page does not say which distributions it leaves out")
	}
	left, _ := strconv.Atoi(said[1])
	if from, _ := strconv.Atoi(said[2]); left == 0 || from+left != 40 {
		t.Errorf("%d distributions are left out from the %dth of 40 on", left, from)
	}
}
