package page

import (
	"encoding/csv"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	protocol "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"edgesim/results/report"
)

// One browser opens a page with every report there is, and then pages with one
// of everything.
func TestInTheBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	b := openBrowser(t)
	dir := t.TempDir()
	whole := demo(t, dir, 50, 40, 1)
	writePage(t, filepath.Join(dir, "index.html"), whole)
	url := "file://" + filepath.Join(dir, "index.html")

	t.Run("every tab opens quietly", func(t *testing.T) { everyTab(t, b.open(t, url)) })
	t.Run("figures equal the CSVs", func(t *testing.T) { equalCSVs(t, b.open(t, url), whole, dir) })
	t.Run("sixty days", func(t *testing.T) { everyTab(t, b.open(t, fileURL(t, demo(t, "", 60*24, 20, 997)))) })
	t.Run("nothing at all", func(t *testing.T) { everyTab(t, b.open(t, fileURL(t, demo(t, "", 0, 0, 1)))) })
	t.Run("while data are unpacked", func(t *testing.T) { whileUnpacked(t, b, fileURL(t, demo(t, "", 60*24, 20, 997))) })
	t.Run("at 400 pixels", func(t *testing.T) { narrow(t, b.open(t, url)) })
	t.Run("on paper", func(t *testing.T) { onPaper(t, b.open(t, url), len(whole.Tabs)) })
	t.Run("without scripts", func(t *testing.T) {
		withoutScripts(t, b.open(t, url, command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})), len(whole.Tabs))
	})
	t.Run("tabs by keyboard", func(t *testing.T) { tabsByKeyboard(t, b.open(t, fileURL(t, small("x")))) })
	t.Run("range and grain", func(t *testing.T) { rangeAndGrain(t, b.open(t, fileURL(t, small("x")))) })
	t.Run("distribution", func(t *testing.T) { distributionChosen(t, b.open(t, fileURL(t, small("x")))) })
	t.Run("sorting", func(t *testing.T) { sorting(t, b.open(t, fileURL(t, small("x")))) })
	t.Run("hover", func(t *testing.T) { hover(t, b.open(t, fileURL(t, small("x")))) })
	t.Run("legend", func(t *testing.T) { legend(t, b.open(t, fileURL(t, small("x")))) })
	t.Run("zoom by pointer", func(t *testing.T) { zoomByPointer(t, b.open(t, fileURL(t, small("x")))) })
	t.Run("zoom by keyboard", func(t *testing.T) { zoomByKeyboard(t, b.open(t, fileURL(t, small("x")))) })
	t.Run("light and dark", func(t *testing.T) { lightAndDark(t, b.open(t, fileURL(t, small("x")))) })
	t.Run("words of strangers", func(t *testing.T) {
		for _, text := range []string{strings.Join(hostile, " "), hostile[0]} {
			wordsStayWords(t, b.open(t, fileURL(t, small(text))), text)
		}
	})
	t.Run("live", func(t *testing.T) { live(t, b) })
}

const tabNames = `[...document.querySelectorAll('[role=tab]')].map((t) => t.hash.slice(1))`

func everyTab(t *testing.T, s *sheet) {
	for _, name := range get[[]string](s, tabNames) {
		s.tab(name)
		if n := get[int](s, `document.querySelectorAll('[role=tabpanel]:not([hidden])').length`); n != 1 {
			t.Errorf("%s: %d panels show", name, n)
		}
		if empty := get[int](s, `[...document.querySelectorAll('#`+name+` .canvas')].filter((c) => !c.querySelector('svg path, svg rect.bar, .lack')).length`); empty > 0 {
			t.Errorf("%s: %d charts are empty", name, empty)
		}
	}
}

// whileUnpacked holds that large data keep no one from the tabs: what stands in
// the page shows until they are there.
func whileUnpacked(t *testing.T, b *browser, url string) {
	never := `window.DecompressionStream = class { readable = new ReadableStream(); writable = new WritableStream(); };`
	s := b.open(t, url, command(protocol.AddScriptToEvaluateOnNewDocument, protocol.AddScriptToEvaluateOnNewDocumentParams{Source: never}))
	for _, name := range []string{"overview", "cache_statistics"} {
		s.tab(name)
		if n := get[int](s, `document.querySelectorAll('[role=tabpanel]:not([hidden])').length`); n != 1 {
			t.Errorf("%s: %d panels show", name, n)
		}
		if rows := get[int](s, `document.querySelectorAll('#`+name+` tbody tr').length`); rows == 0 {
			t.Errorf("%s: nothing shows before the data are unpacked", name)
		}
	}
}

// equalCSVs holds every cell of every table against the CSV that its link names.
func equalCSVs(t *testing.T, s *sheet, p Page, dir string) {
	s.choose("Grain", "3600")
	for i, scope := range []string{0: "ALL", 2: "EVIDEO00000001"} {
		if scope == "" {
			continue
		}
		s.choose("Distribution", scope)
		for _, tab := range p.Tabs[:len(p.Tabs)-i*(len(p.Tabs)-3)/2] { // the three first of the second
			s.tab(tab.Name)
			for _, table := range tab.Scopes[i].Tables {
				equalCSV(t, s, "#table-"+table.Name, filepath.Join(dir, "reports", scope, table.Name+".csv"))
			}
		}
	}
}

func equalCSV(t *testing.T, s *sheet, table, path string) {
	t.Helper()
	s.do(`const card = document.querySelector('` + table + `'); card.querySelector('details').open = true;`)
	s.wait(`document.querySelector('` + table + ` table')`)
	s.do(`document.querySelector('` + table + ` .all')?.click()`)
	heads := get[[]string](s, `[...document.querySelectorAll('`+table+` thead th')].map((h) => h.dataset.name)`)
	rows := get[[][]string](s, `[...document.querySelectorAll('`+table+` tbody tr')].filter((r) => r.cells.length > 1).map((r) => [...r.cells].map((c) => c.dataset.n ?? c.textContent))`)
	want := readCSV(t, path)
	if len(rows) != len(want) {
		t.Errorf("%s: %d rows, the CSV has %d", table, len(rows), len(want))
		return
	}
	for i, row := range rows {
		for j, name := range heads {
			if !sameCell(row[j], want[i][name]) {
				t.Errorf("%s row %d: %s is %q, the CSV has %q", table, i, name, row[j], want[i][name])
				return
			}
		}
	}
}

// sameCell compares a cell of the page, a number in full or a text, with one of
// a CSV.
func sameCell(got, want string) bool {
	if got == want || got == "–" && want == "" || (got == "null" || got == "") && want == "" {
		return true
	}
	if at, err := parseMoment(want); err == nil {
		n, err := strconv.ParseFloat(got, 64)
		return err == nil && math.Abs(n-at) < 1e-6
	}
	a, err1 := strconv.ParseFloat(got, 64)
	b, err2 := strconv.ParseFloat(want, 64)
	return err1 == nil && err2 == nil && a == b
}

func parseMoment(text string) (float64, error) {
	at, err := time.Parse(time.RFC3339Nano, text)
	return float64(at.UnixNano()) / 1e9, err
}

// readCSV is a report's CSV as rows by column; those of ALL where it has some.
func readCSV(t *testing.T, path string) []map[string]string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, body, found := strings.Cut(string(raw), "\n\n")
	if !found {
		body = string(raw)
	}
	all, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows, whole []map[string]string
	for _, fields := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = fields[i]
		}
		rows = append(rows, row)
		if row["DistributionID"] == "ALL" {
			whole = append(whole, row)
		}
	}
	if whole != nil {
		return whole
	}
	return rows
}

func narrow(t *testing.T, s *sheet) {
	s.run(screen(400, 800))
	s.wait(`innerWidth === 400`)
	for _, name := range get[[]string](s, tabNames) {
		s.tab(name)
		if width := get[int](s, `document.documentElement.scrollWidth`); width > 400 {
			t.Errorf("%s is %d pixels wide", name, width)
		}
	}
}

func onPaper(t *testing.T, s *sheet, tabs int) {
	pdf, err := chromedp.Run(s.ctx, chromedp.PrintToPDF(chromedp.PDFPrintBackground(), chromedp.PDFPreferCSSPageSize()))
	if err != nil {
		t.Fatal(err)
	}
	if keep := os.Getenv("EDGESIM_KEEP_PAGE"); keep != "" {
		if err := os.WriteFile(filepath.Join(keep, "page.pdf"), pdf, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	pages := len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(pdf, -1))
	if !strings.HasPrefix(string(pdf), "%PDF") || pages < tabs {
		t.Errorf("the PDF has %d bytes and %d pages for %d tabs", len(pdf), pages, tabs)
	}
}

func withoutScripts(t *testing.T, s *sheet, tabs int) {
	text, err := chromedp.Run(s.ctx, chromedp.Text(chromedp.CSS("main")))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Cache statistics", "Popular objects", "downloads.example.com", "/media/season-00/episode-0000.ts", "Hit ratio"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(text, "Theme") {
		t.Error("controls that do nothing show")
	}
}

func tabsByKeyboard(t *testing.T, s *sheet) {
	shown := func(name string) {
		t.Helper()
		s.wait(`document.activeElement.id === 'tab-` + name + `' && document.activeElement.getAttribute('aria-selected') === 'true' &&
			!document.getElementById('` + name + `').hidden && document.querySelectorAll('[role=tabpanel]:not([hidden])').length === 1 && location.hash === '#` + name + `'`)
	}
	s.do(`document.querySelector('[role=tab][tabindex="0"]').focus()`)
	s.press(kb.ArrowDown)
	shown("cache_statistics")
	s.press(kb.End)
	shown("run")
	s.press(kb.ArrowRight)
	shown("overview")
	s.press(kb.ArrowUp)
	shown("run")
	s.press(kb.Home)
	shown("overview")
	if n := get[int](s, `document.querySelectorAll('[role=tab][tabindex="0"]').length`); n != 1 {
		t.Errorf("Tab reaches %d tabs", n)
	}
}

// rowsOf are the numbers in a column of a table.
func rowsOf(s *sheet, table, column string) []float64 {
	s.t.Helper()
	return get[[]float64](s, `(() => { const t = document.querySelector('#table-`+table+` table');
		const at = [...t.tHead.rows[0].cells].findIndex((h) => h.dataset.name === '`+column+`');
		return [...t.tBodies[0].rows].map((r) => Number(r.cells[at].dataset.n)); })()`)
}

func sum(list []float64) (total float64) {
	for _, n := range list {
		total += n
	}
	return total
}

// openTable shows the cache statistics with their table.
func openTable(s *sheet) {
	s.t.Helper()
	s.tab("cache_statistics")
	s.do(`document.querySelector('#table-cache_statistics details').open = true`)
	s.wait(`document.querySelector('#table-cache_statistics table')`)
}

func rangeAndGrain(t *testing.T, s *sheet) {
	table := overTime("ALL", "x", 1).Table
	expect := func(what string, from, to, grain float64) {
		t.Helper()
		want := cut(table, from, to, grain)
		for i, c := range table.Columns {
			if c.Name != "RequestCount" && c.Name != "PeakBytes" && c.Name != "HitPct" {
				continue
			}
			got := rowsOf(s, "cache_statistics", c.Name)
			if len(got) != len(want.Rows) {
				t.Fatalf("%s: %d rows, want %d", what, len(got), len(want.Rows))
			}
			for j, row := range want.Rows {
				if math.Abs(got[j]-row[i].Num) > 0.0051 {
					t.Errorf("%s: %s of row %d is %v, want %v", what, c.Name, j, got[j], row[i].Num)
				}
			}
		}
	}
	first := table.Rows[0][2].Num
	last := first + 48*3600
	openTable(s)
	expect("all", first, last, 3600)
	s.do(`[...document.querySelectorAll('.segments button')].find((b) => b.textContent === '24 h').click()`)
	expect("24 h", last-86400, last, 3600)
	s.choose("Grain", "86400")
	expect("24 h by day", last-86400, last, 86400)
	s.do(`[...document.querySelectorAll('.segments button')].find((b) => b.textContent === 'All').click()`)
	expect("all by day", first, last, 86400)
	s.choose("Grain", "auto")
	s.do(`const from = document.querySelector('[aria-label="From, UTC"]'); from.focus(); from.value = '2026-03-14 06:00'; from.dispatchEvent(new Event('change'));`)
	expect("typed", first+6*3600, last, 3600)
	s.do(`const from = document.querySelector('[aria-label="From, UTC"]'); from.value = 'yesterday'; from.dispatchEvent(new Event('change'));`)
	expect("typed in vain", first+6*3600, last, 3600)
	if !get[bool](s, `document.querySelector('[aria-label="From, UTC"]').getAttribute('aria-invalid') === 'true'`) {
		t.Error("what is no moment is not marked")
	}
}

func distributionChosen(t *testing.T, s *sheet) {
	openTable(s)
	all := sum(rowsOf(s, "cache_statistics", "RequestCount"))
	s.choose("Distribution", "E1")
	if one := sum(rowsOf(s, "cache_statistics", "RequestCount")); one != 2*all {
		t.Errorf("%v requests of E1, %v of all", one, all)
	}
	for _, link := range get[[]string](s, `[...document.querySelectorAll('#cache_statistics .files a')].map((a) => a.getAttribute('href'))`) {
		if link != "reports/E1/cache_statistics.csv" {
			t.Errorf("with E1 chosen there is a link to %s", link)
		}
	}
	s.tab("popular_objects")
	if n := len(rowsOf(s, "popular_objects", "RequestCount")); n != 2 {
		t.Errorf("a tab without that distribution shows %d rows", n)
	}
}

func sorting(t *testing.T, s *sheet) {
	openTable(s)
	head := `document.querySelector('#table-cache_statistics th[data-name="RequestCount"]')`
	for _, order := range []string{"descending", "ascending"} {
		s.do(head + `.querySelector('button').click()`)
		if got := get[string](s, head+`.getAttribute('aria-sort')`); got != order {
			t.Errorf("sorted %q, want %s", got, order)
		}
		list := rowsOf(s, "cache_statistics", "RequestCount")
		for i := 1; i < len(list); i++ {
			if order == "descending" && list[i] > list[i-1] || order == "ascending" && list[i] < list[i-1] {
				t.Fatalf("not %s: %v", order, list)
			}
		}
	}
	s.do(`document.querySelector('#table-cache_statistics th[data-name="P50"] button').click()`)
	if list := rowsOf(s, "cache_statistics", "P50"); list[0] != 0.25*47 {
		t.Errorf("the largest p50 is %v", list[0])
	}
}

// at is a place of a chart, in pixels of the window: x and y from 0 to 1 of the
// drawing.
func (s *sheet) at(chart string, x, y float64) (float64, float64) {
	s.t.Helper()
	box := get[[]float64](s, `(() => { const c = document.querySelector('#`+chart+` .canvas'); c.scrollIntoView({ block: 'center' });
		const r = c.getBoundingClientRect(); return [r.left, r.top, r.width, r.height]; })()`)
	return box[0] + x*box[2], box[1] + y*box[3]
}

func (s *sheet) mouse(kind input.DispatchMouseEventType, x, y float64) {
	s.t.Helper()
	var options []chromedp.MouseOption
	if kind != chromedp.MouseMoved {
		options = append(options, chromedp.ButtonLeft)
	}
	s.run(chromedp.MouseEvent(kind, x, y, options...))
}

const requestsChart = "chart-cache_statistics-requests"

func hover(t *testing.T, s *sheet) {
	table := overTime("ALL", "x", 1).Table
	s.tab("cache_statistics")
	s.wait(`document.querySelector('#` + requestsChart + ` path')`)
	x, y := s.at(requestsChart, 0.6, 0.5)
	s.mouse(chromedp.MouseMoved, x, y)
	s.wait(`document.querySelector('#` + requestsChart + ` .tip')`)
	tip := get[string](s, `document.querySelector('#`+requestsChart+` .tip').textContent`)
	found := false
	for _, row := range table.Rows {
		bucket := strings.NewReplacer("T", " ", ":00Z", " UTC").Replace(row[2].Text)
		if strings.HasPrefix(tip, bucket) {
			found = strings.HasSuffix(tip, report.Column{Unit: report.Count}.Show(row[3]))
		}
	}
	if !found {
		t.Errorf("the tip says %q, which is no row of the table", tip)
	}
	s.mouse(chromedp.MouseMoved, 2, 2)
	s.wait(`!document.querySelector('.tip')`)
}

func legend(t *testing.T, s *sheet) {
	s.tab("cache_statistics")
	chart := `document.querySelector('#chart-cache_statistics-bytes')`
	s.wait(chart + `.querySelectorAll('path.stroke').length === 2`)
	s.do(chart + `.querySelector('.legend button').click()`)
	s.wait(chart + `.querySelectorAll('path.stroke').length === 1 && ` + chart + `.querySelector('.legend button').getAttribute('aria-pressed') === 'false'`)
	s.tab("overview")
	s.tab("cache_statistics")
	s.wait(chart + `.querySelectorAll('path.stroke').length === 1`)
}

func zoomByPointer(t *testing.T, s *sheet) {
	openTable(s)
	x1, y := s.at(requestsChart, 0.4, 0.5)
	x2, _ := s.at(requestsChart, 0.6, 0.5)
	s.mouse(chromedp.MouseMoved, x1, y)
	s.mouse(chromedp.MousePressed, x1, y)
	s.mouse(chromedp.MouseMoved, (x1+x2)/2, y)
	s.wait(`document.querySelector('#` + requestsChart + ` .cross rect')`)
	s.mouse(chromedp.MouseMoved, x2, y)
	s.mouse(chromedp.MouseReleased, x2, y)
	s.wait(`document.querySelector('#` + requestsChart + ` .zoom')`)
	if n := len(rowsOf(s, "cache_statistics", "RequestCount")); n < 6 || n > 16 {
		t.Errorf("%d of 48 rows are left of a fifth", n)
	}
	s.do(`document.querySelector('#` + requestsChart + ` .zoom').click()`)
	s.wait(`!document.querySelector('.zoom')`)
	if n := len(rowsOf(s, "cache_statistics", "RequestCount")); n != 48 {
		t.Errorf("%d of 48 rows after the reset", n)
	}
}

func zoomByKeyboard(t *testing.T, s *sheet) {
	openTable(s)
	s.do(`document.querySelector('#` + requestsChart + ` .canvas').focus()`)
	for range 30 {
		s.press(kb.ArrowRight)
	}
	value := `document.querySelector('#` + requestsChart + ` .canvas').getAttribute('aria-valuetext')`
	at := get[string](s, value)
	if !regexp.MustCompile(`^2026-03-1\d \d\d:00 UTC: x 1,\d{3}$`).MatchString(at) {
		t.Errorf("arrows read %q", at)
	}
	s.press("+")
	s.wait(`document.querySelector('#` + requestsChart + ` .zoom')`)
	if n := len(rowsOf(s, "cache_statistics", "RequestCount")); n < 20 || n > 28 {
		t.Errorf("%d of 48 rows are left of half", n)
	}
	s.press(kb.Escape)
	s.wait(`!document.querySelector('.zoom') && document.activeElement.matches('#` + requestsChart + ` .canvas')`)
	s.press(kb.End)
	if end := get[string](s, value); !strings.HasPrefix(end, "2026-03-15 23:00") {
		t.Errorf("End reads %q", end)
	}
}

func lightAndDark(t *testing.T, s *sheet) {
	paper := func() string {
		return get[string](s, `getComputedStyle(document.body).backgroundColor`)
	}
	s.run(command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}}))
	if got := paper(); got != "rgb(14, 18, 23)" {
		t.Errorf("in the dark the page is %s", got)
	}
	s.choose("Theme", "light")
	if got := paper(); got != "rgb(246, 247, 249)" {
		t.Errorf("switched to light the page is %s", got)
	}
	s.choose("Theme", "")
	if got := paper(); got != "rgb(14, 18, 23)" {
		t.Errorf("following the system the page is %s", got)
	}
}

func wordsStayWords(t *testing.T, s *sheet, text string) {
	t.Helper()
	for _, name := range get[[]string](s, tabNames) {
		s.tab(name)
	}
	if n := get[int](s, `document.querySelectorAll('main script, main img, main link, main iframe, main b, [onmouseover]').length`); n > 0 {
		t.Errorf("%q became %d elements", text, n)
	}
	if bad := get[int](s, `[...document.links].filter((a) => !['file:', 'http:'].includes(a.protocol)).length`); bad > 0 {
		t.Errorf("%q became a link", text)
	}
}

// live is a page that is told of new data, and keeps what was chosen.
func live(t *testing.T, b *browser) {
	next := make(chan Page)
	first := small("x")
	first.Live = "events"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/events" {
			w.Header().Set("Content-Type", "text/html")
			if err := Render(w, first); err != nil {
				t.Error(err)
			}
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		for {
			select {
			case p := <-next:
				data, err := Data(p)
				if err != nil {
					t.Error(err)
				}
				fmt.Fprintf(w, "data: %s\n\n", data)
				w.(http.Flusher).Flush()
			case <-r.Context().Done():
				return
			}
		}
	}))
	t.Cleanup(server.CloseClientConnections)
	s := b.open(t, server.URL+"/")
	s.wait(`document.querySelector('.state.live')`)
	openTable(s)
	s.do(`document.querySelector('#` + requestsChart + ` .canvas').focus()`)
	s.press(kb.End)
	s.press("+")
	s.wait(`document.querySelector('.zoom')`)
	before := rowsOf(s, "cache_statistics", "RequestCount")

	more := small("x")
	more.Summary.Requests = 7654321
	more.Tabs[1].Scopes[0].Tables[0] = overTime("ALL", "x", 3)
	next <- more
	s.wait(`document.querySelector('#table-cache_statistics td.num').dataset.n === '` + strconv.FormatFloat(3*before[0], 'f', -1, 64) + `'`)
	if after := rowsOf(s, "cache_statistics", "RequestCount"); len(after) != len(before) || sum(after) != 3*sum(before) {
		t.Errorf("%d rows of %v requests became %d of %v", len(before), sum(before), len(after), sum(after))
	}
	if !get[bool](s, `document.activeElement.matches('#`+requestsChart+` .canvas') && location.hash === '#cache_statistics' && document.querySelector('.tip') !== null`) {
		t.Error("new data took the focus, the tab or what was being read")
	}
	s.tab("overview")
	if text := get[string](s, `document.querySelector('.tiles').textContent`); !strings.Contains(text, "7,654,321") {
		t.Errorf("the headline figures are still %q", text)
	}
}
