// Package page writes a run's index.html: one file that holds everything it
// shows, opens from disk and asks the network for nothing. Without scripts it is
// a document of drawn charts and tables; its script makes it one that can be
// asked: tabs, a range and grain of time, charts that answer to pointer and
// keyboard. It is a pure function of a Page; it knows summaries, tables and
// figures, and must never know records, files on disk or the time.
package page

import (
	"fmt"
	"html/template"
	"io"

	"edgesim/results"
	"edgesim/results/plot"
	"edgesim/results/report"
)

// Page is what a page shows.
type Page struct {
	Manifest results.Manifest
	Summary  *results.Summary // headline figures; nil: there are none, as for a log
	Tiles    []Tile           // headline figures of what has no Summary, and
	First    []FirstByte      // its first bytes, in the order in which they are shown
	Tabs     []Tab            // in their order; that named Overview shows the headline figures, too
	Figures  []Figure         // plots that are no report's chart: a tab of their own
	Files    []Link           // further files of the run folder

	// Live is the URL of server-sent events whose data are pages as Data makes
	// them; each takes the place of the one before. "" is a page that stays as
	// it is, and asks the network for nothing.
	Live string
}

// Overview is the name of the tab with the headline figures. A page has one,
// given or not.
const Overview = "overview"

// Tab is one report, or a few that belong together.
type Tab struct {
	Name   string // letters, digits, '-', '_'; the part after '#' in the page's address
	Title  string
	Group  string // heading under which the tab stands in the list: "CloudFront reports"
	About  string // one sentence: what it shows and how it counts
	Scopes []Scope
}

// TabOf is the tab of a report.
func TabOf(k report.Kind, scopes ...Scope) Tab {
	t := Tab{Name: k.Name, Title: k.Title, About: k.About, Scopes: scopes}
	switch k.Group {
	case report.Run:
		t.Name, t.Title, t.About = Overview, "Overview", ""
	case report.CloudFront:
		t.Group = "CloudFront reports"
	case report.Beyond:
		t.Group = "Beyond CloudFront"
	}
	return t
}

// Scope is what a tab shows of one distribution. A tab that has none of the
// distribution chosen shows its first.
type Scope struct {
	Distribution string // ID; "ALL" or "" is all together
	Label        string // as people read it; "" means Distribution, or "All distributions"
	Tables       []Table
}

// Table is a report's table. Rows of distribution ALL are all that is shown of a
// table that has some.
type Table struct {
	*report.Table
	About  string
	Files  []Link            // the table's own, as its CSV
	Charts map[string][]Link // files of its charts, by report.Chart.Name
}

// Figure is a plot.
type Figure struct {
	plot.Figure
	Files []Link
	// SVG is the plot drawn by results/plot, which is trusted to hold no foreign
	// markup. Who reads the page without scripts sees it.
	SVG []byte
}

// Link is a file of the run folder, by its path in it.
type Link struct {
	Path  string `json:"path"`
	Label string `json:"label"`
}

// Render writes the page.
func Render(w io.Writer, p Page) error {
	v, err := viewOf(p)
	if err != nil {
		return fmt.Errorf("making the page of run %q: %w", p.Manifest.Name, err)
	}
	if err := document.Execute(w, v); err != nil {
		return fmt.Errorf("writing the page of run %q: %w", p.Manifest.Name, err)
	}
	return nil
}

var document = template.Must(template.New("page").Parse(markup))
