package page

import (
	"cmp"
	"encoding/json"
	"fmt"

	"edgesim/results/plot"
	"edgesim/results/report"
)

// What the page's script reads. script/data.js says the same in its words.
type (
	dataPage struct {
		Head    heading      `json:"head"`
		Tabs    []dataTab    `json:"tabs"`
		Figures []dataFigure `json:"figures"`
	}
	dataTab struct {
		Name   string      `json:"name"`
		Title  string      `json:"title"`
		Group  string      `json:"group,omitempty"`
		About  string      `json:"about,omitempty"`
		Scopes []dataScope `json:"scopes"`
	}
	dataScope struct {
		Distribution string      `json:"distribution,omitempty"`
		Label        string      `json:"label,omitempty"`
		Tables       []dataTable `json:"tables"`
	}
	dataTable struct {
		Name  string   `json:"name"`
		Title string   `json:"title"`
		About string   `json:"about,omitempty"`
		Notes []string `json:"notes,omitempty"`
		Files []Link   `json:"files,omitempty"`
		Rows  int      `json:"rows"`
		Step  float64  `json:"step,omitempty"` // s
		// Measured is the time within which records were measured, in seconds since
		// 1970; none where every bucket was as long as it is.
		Measured []float64    `json:"measured,omitempty"`
		Columns  []dataColumn `json:"columns"`
		Charts   []dataChart  `json:"charts,omitempty"`
	}
	dataColumn struct {
		Name  string          `json:"name"`
		Label string          `json:"label,omitempty"`
		Unit  string          `json:"unit"`
		Wide  bool            `json:"wide,omitempty"`
		Mean  bool            `json:"mean,omitempty"`
		Of    string          `json:"of,omitempty"`
		Over  string          `json:"over,omitempty"`
		Merge string          `json:"merge"`
		Data  json.RawMessage `json:"data"`
	}
	dataChart struct {
		Name   string       `json:"name"`
		Title  string       `json:"title"`
		About  string       `json:"about,omitempty"`
		X      string       `json:"x"`
		Y      string       `json:"y,omitempty"`
		Form   string       `json:"form"`
		Unit   string       `json:"unit"`
		Rate   bool         `json:"rate,omitempty"`
		Only   [][2]string  `json:"only,omitempty"`
		Most   int          `json:"most,omitempty"`
		Files  []Link       `json:"files,omitempty"`
		Series []dataSeries `json:"series"`
	}
	dataSeries struct {
		Label   string   `json:"label"`
		Columns []string `json:"columns"`
		Over    []string `json:"over,omitempty"`
		Color   string   `json:"color"` // a variable of the style sheet
	}
	dataFigure struct {
		plot.Figure
		Files []Link `json:"files,omitempty"`
	}
)

var (
	unitNames = map[report.Unit]string{report.Text: "text", report.Count: "count", report.Bytes: "bytes",
		report.Percent: "percent", report.Millis: "millis", report.Moment: "moment", report.Number: "number"}
	formNames = map[report.Form]string{report.Lines: "lines", report.Stack: "stack", report.Bars: "bars"}
)

// Data is the page's contents as JSON, for its script. It holds none of "<", ">",
// "&", U+2028 and U+2029 outside of escapes, so that it can stand in a page. What
// a column cannot say in JSON, such as NaN, is null.
func Data(p Page) ([]byte, error) {
	d := dataPage{Head: headOf(p), Tabs: []dataTab{}, Figures: []dataFigure{}}
	for _, t := range withOverview(p) {
		d.Tabs = append(d.Tabs, dataOf(t))
	}
	for _, f := range p.Figures {
		d.Figures = append(d.Figures, dataFigure{Figure: inPageColors(f.Figure), Files: f.Files})
	}
	b, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("the page's data as JSON: %w", err)
	}
	return b, nil
}

func dataOf(t Tab) dataTab {
	d := dataTab{Name: t.Name, Title: t.Title, Group: t.Group, About: t.About, Scopes: []dataScope{}}
	for _, s := range t.Scopes {
		scope := dataScope{Distribution: s.Distribution, Label: s.Label, Tables: []dataTable{}}
		if s.Distribution == "" || s.Distribution == all {
			scope.Distribution, scope.Label = all, cmp.Or(s.Label, "All distributions")
		}
		for _, table := range s.Tables {
			scope.Tables = append(scope.Tables, tableOf(table))
		}
		d.Scopes = append(d.Scopes, scope)
	}
	return d
}

func tableOf(t Table) dataTable {
	rows := t.Together()
	d := dataTable{Name: t.Name, Title: t.Title, About: t.About, Notes: t.Notes, Files: t.Files,
		Rows: len(rows), Step: t.Step(), Columns: []dataColumn{}}
	if from, to, known := t.Measured(); known && d.Step > 0 {
		d.Measured = []float64{from, to}
	}
	for i, c := range t.Columns {
		d.Columns = append(d.Columns, dataColumn{Name: c.Name, Label: headOfColumn(c), Unit: unitNames[c.Unit], Wide: c.Wide, Mean: c.Mean,
			Of: c.Of, Over: c.Over, Merge: mergeOf(c), Data: pack(c, rows, i)})
	}
	for _, c := range t.Table.Charts {
		d.Charts = append(d.Charts, chartOf(c, t.Charts[c.Name]))
	}
	return d
}

// all is what the script calls all distributions together.
const all = "ALL"

// headOfColumn is the column's label with the unit that its cells do not show.
func headOfColumn(c report.Column) string {
	label := c.Label
	if label == "" {
		label = c.Name
	}
	if c.Unit == report.Millis {
		return label + " (ms)"
	}
	return label
}

// mergeOf is how the script merges the column. Percentages with Of and Over are
// computed anew whatever it says.
func mergeOf(c report.Column) string {
	switch {
	case c.Merge == report.Max:
		return "max"
	case c.Merge == report.Sum, c.Merge == report.ByUnit && (c.Unit == report.Count || c.Unit == report.Bytes):
		return "sum"
	}
	return "none"
}

func chartOf(c report.Chart, files []Link) dataChart {
	d := dataChart{Name: c.Name, Title: c.Title, About: c.About, X: c.X, Y: c.Y, Form: formNames[c.Form],
		Unit: unitNames[c.Unit], Rate: c.Rate, Only: c.Only, Most: c.Most, Files: files, Series: []dataSeries{}}
	for i, s := range c.Series {
		d.Series = append(d.Series, dataSeries{Label: s.Label, Columns: s.Columns, Over: s.Over, Color: variable(s.Color, i)})
	}
	return d
}

// inPageColors is the figure with its lines' colours as the style sheet names
// them. The figure itself stays as it is.
func inPageColors(f plot.Figure) plot.Figure {
	f.Series = lineColors(f.Series)
	if f.Strip != nil {
		strip := *f.Strip
		strip.Series = lineColors(strip.Series)
		f.Strip = &strip
	}
	return f
}

func lineColors(lines []plot.Line) []plot.Line {
	lines = append([]plot.Line{}, lines...) // none are none in JSON, too, not null
	for i := range lines {
		lines[i].Color = variable(lines[i].Color, i)
	}
	return lines
}
