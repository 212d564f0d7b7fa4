package page

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strconv"

	"edgesim/results/plot"
	"edgesim/results/report"
)

//go:embed page.html
var markup string

//go:embed page.css
var style string

const (
	// staticRows is how many rows of a table stand in the page itself, for those
	// who read it without scripts. The script shows all that the data have.
	staticRows = 62
	// longText is how many bytes a text may have to stay on one line.
	longText = 28
)

// view is a Page in the shape the template wants: what is read without scripts,
// and the data and script that take its place.
type view struct {
	Head     heading
	Rest     string // heading of what is no report
	Source   string // title of the last tab
	Scenario string
	Command  string
	Commit   string
	Files    []Link
	Shares   []share // workers that played the run together
	Live     string
	Tabs     []panel
	Plots    []drawing
	Style    template.CSS
	Script   template.JS
	Data     template.JS
	Packed   bool   // Data are gzip in base64
	Policy   string // content security policy
}

// panel is a tab as a section of the document.
type panel struct {
	Name, Title, Group, About string
	NewGroup                  bool // the first of its group
	Grids                     []grid
}

// drawing is a plot that follows the page's colours.
type drawing struct {
	Name, Title, About string
	Files              []Link
	Inline             template.HTML
}

func viewOf(p Page) (*view, error) {
	p, data, err := embedData(p)
	if err != nil {
		return nil, err
	}
	v := &view{
		Head: headOf(p), Rest: "Run", Source: "Files and scenario", Scenario: p.Manifest.Scenario, Commit: p.Manifest.Program.Commit,
		Files: p.Files, Live: p.Live, Style: template.CSS(style), Script: template.JS(script()), Data: template.JS(data.text), Packed: data.packed,
		Policy: policy(p.Live),
	}
	if p.Summary != nil {
		v.Shares = sharesOf(p.Summary.Shares)
	}
	if v.Scenario == "" {
		v.Rest, v.Source = "More", "Files"
	}
	for i, word := range p.Manifest.Command {
		if i > 0 {
			v.Command += " "
		}
		v.Command += word
	}
	group := ""
	for _, t := range withOverview(p) {
		v.Tabs = append(v.Tabs, panelOf(t, group))
		group = t.Group
	}
	colors := follow()
	for _, f := range p.Figures {
		v.Plots = append(v.Plots, drawing{Name: f.Name, Title: f.Title, About: f.About, Files: f.Files,
			Inline: template.HTML(colors.Replace(string(f.SVG)))})
	}
	return v, nil
}

// policy lets the page load nothing; its own script is known by its hash. A live
// page may listen to where it came from.
func policy(live string) string {
	sum := sha256.Sum256([]byte(script()))
	p := fmt.Sprintf("default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'; script-src 'sha256-%s'",
		base64.StdEncoding.EncodeToString(sum[:]))
	if live != "" {
		p += "; connect-src 'self'"
	}
	return p
}

func panelOf(t Tab, group string) panel {
	p := panel{Name: t.Name, Title: t.Title, Group: t.Group, About: t.About, NewGroup: t.Group != "" && t.Group != group}
	if len(t.Scopes) > 0 {
		for _, table := range t.Scopes[0].Tables {
			p.Grids = append(p.Grids, gridOf(table))
		}
	}
	return p
}

// grid is a table in the shape the template wants.
type grid struct {
	Name, Title, About string
	Drawn              []drawing // its charts
	Heads              []head
	Rows               [][]cell
	Notes              []string
	Files              []Link
}

type head struct {
	Label   string
	Numeric bool
	Wide    bool // left out on narrow screens
}

type cell struct {
	Text    string
	Numeric bool
	Long    bool // may be broken into several lines
	Wide    bool
}

func gridOf(t Table) grid {
	g := grid{Name: t.Name, Title: t.Title, About: t.About, Notes: t.Notes, Files: t.Files, Drawn: drawnCharts(t)}
	for _, c := range t.Columns {
		if shownColumn(c) {
			g.Heads = append(g.Heads, head{Label: headOfColumn(c), Numeric: numeric(c.Unit), Wide: c.Wide})
		}
	}
	whole := *t.Table
	whole.Rows = t.Together()
	short := atMost(&whole, staticRows)
	rows := short.Rows[:min(len(short.Rows), staticRows)]
	g.Notes = withNote(g.Notes, len(rows), len(whole.Rows), short.Step() > whole.Step())
	for _, row := range rows {
		g.Rows = append(g.Rows, cellsOf(short, row))
	}
	return g
}

// withNote says what of the table is not in the document itself.
func withNote(notes []string, shown, rows int, coarser bool) []string {
	notes = notes[:len(notes):len(notes)]
	switch {
	case coarser:
		return append(notes, "Coarser time buckets than in the CSV file, which has "+count(int64(rows))+" rows.")
	case shown < rows:
		return append(notes, "The first "+strconv.Itoa(shown)+" of "+count(int64(rows))+" rows; the CSV file has all.")
	}
	return notes
}

// shownColumn reports whether the page has the column: texts that only an
// export needs, such as IDs, are in the CSV.
func shownColumn(c report.Column) bool { return numeric(c.Unit) || c.Unit == report.Moment || !c.Wide }

func numeric(u report.Unit) bool { return u != report.Text && u != report.Moment }

func cellsOf(t *report.Table, row []report.Cell) []cell {
	var cells []cell
	for i, c := range t.Columns {
		if !shownColumn(c) {
			continue
		}
		one := cell{Text: c.Show(row[i]), Numeric: numeric(c.Unit), Wide: c.Wide}
		one.Long = !one.Numeric && len(one.Text) > longText
		cells = append(cells, one)
	}
	return cells
}

// staticBuckets is how many time buckets a drawn chart has at the most.
const staticBuckets = 240

// drawnCharts are the table's charts as drawn by results/plot.
func drawnCharts(t Table) []drawing {
	short := atMost(t.Table, staticBuckets)
	var all []drawing
	for _, c := range t.Table.Charts {
		var svg bytes.Buffer
		if err := plot.Render(&svg, plot.FromTable(short, c), "svg", plot.Slide()); err != nil {
			panic("page: chart " + c.Name + " cannot be drawn: " + err.Error()) // into memory, there is no reason
		}
		all = append(all, drawing{Name: plot.FigureName(t.Table, c), Title: c.Title, About: c.About,
			Files: t.Charts[c.Name], Inline: template.HTML(follow().Replace(svg.String()))})
	}
	return all
}
