// Package page writes a run's index.html: one file that holds everything it
// shows, opens from disk and asks the network for nothing. It is a pure
// function of a Page; it knows summaries, tables and drawn plots, and must
// never know records, files on disk or the time.
package page

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"

	"edgesim/results"
	"edgesim/results/report"
)

// Page is what a page shows.
type Page struct {
	Manifest results.Manifest
	Summary  *results.Summary
	Plots    []Plot
	Tables   []Table
	Files    []Link // further files of the run folder
}

// Plot is a drawn plot.
type Plot struct {
	Name  string // names the section: letters, digits, '-', '_'
	Title string
	About string // how to read it
	SVG   []byte // by results/plot: trusted to hold no foreign markup
	Files []Link
}

// Table is a report's table.
type Table struct {
	*report.Table
	About string
	Files []Link
}

// Link is a file of the run folder, by its path in it.
type Link struct {
	Path  string
	Label string
}

//go:embed page.html
var markup string

//go:embed page.css
var style string

//go:embed sort.js
var script string

var tmpl = template.Must(template.New("page").Funcs(template.FuncMap{
	"count":   count,
	"bytes":   size,
	"millis":  millis,
	"percent": percent,
	"rate":    rate,
	"moment":  moment,
	"seconds": seconds,
}).Parse(markup))

// Render writes the page.
func Render(w io.Writer, p Page) error {
	if p.Summary == nil {
		panic("page: a page without a summary")
	}
	sum := sha256.Sum256([]byte(script))
	v := view{
		Page:       p,
		Style:      template.CSS(colorRules() + style),
		Script:     template.JS(script),
		ScriptHash: base64.StdEncoding.EncodeToString(sum[:]),
		Warnings:   warnings(p),
		FirstByte:  firstByte(p.Summary),
		Drawn:      drawn(p.Plots),
		Grids:      grids(p),
	}
	if err := tmpl.Execute(w, v); err != nil {
		return fmt.Errorf("writing the page of run %q: %w", p.Manifest.Name, err)
	}
	return nil
}
