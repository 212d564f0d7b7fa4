package folder

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"edgesim/results"
	"edgesim/results/page"
	"edgesim/results/plot"
	"edgesim/results/report"
)

// Finish writes the folder and returns its summary. It is called once.
func (b *Builder) Finish(end End) (*results.Summary, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.finished {
		panic("folder: Finish is called twice")
	}
	b.finished = true
	b.settle()
	length := b.opt.Length
	switch {
	case b.opt.Logged:
		length = max(b.reports.Length(), 1)
	case end.Partial || end.Short:
		length = 0 // as long as the records are
	}
	s := b.summary.Finish(results.SummaryEnd{
		Length: length, Partial: end.Partial, Rate: end.Rate, Dropped: int64(end.Dropped), Warnings: end.Warnings, Tiers: end.Tiers,
		Generator: end.Generator, Unsound: end.Unsound, Troubles: end.Troubles,
	})
	if end.Summary != nil {
		s = earlier(end.Summary, s, end.Warnings)
	} else if b.onlyTables(s) {
		s.Warnings = append([]string{"the reports are put together from those of earlier runs: there are no headline figures"}, end.Warnings...)
	}
	if n := len(b.opt.Names.EveryDistribution()); n > mostScopes {
		s.Warn("the first %d of %d distributions have reports of their own; those of all together count every one", mostScopes, n)
	}
	s.Shares, s.StartSkew = end.Shares, results.StartSkew(end.Shares)
	if end.Judge != nil {
		s.Objectives = end.Judge(s)
	}
	m := b.opt.Manifest
	m.Ended, m.Partial, m.Warnings, m.Unsound = end.Ended, end.Partial, s.Warnings, s.Unsound
	m.Distributions, m.Edges = b.opt.Names.EveryDistribution(), b.opt.Names.EveryEdge()
	b.reports.Tell(end.Tiers)
	b.measure(length, end.Partial || end.Short)
	if b.intervals = end.Intervals; b.intervals != nil {
		b.intervals.Length = length
	}
	if err := b.records.close(end.Kept); err != nil {
		return nil, fmt.Errorf("making run folder %s: %w", b.opt.Dir, err)
	}
	if err := b.write(&m, s); err != nil {
		return nil, fmt.Errorf("making run folder %s: %w", b.opt.Dir, err)
	}
	return s, nil
}

// measure says of what time reports and plots are: from the warm-up's end to the
// run's, which of one that was cut short is that of its records.
func (b *Builder) measure(length time.Duration, cut bool) {
	if b.opt.Logged {
		return
	}
	from, to := b.opt.Names.Epoch.Add(b.opt.Warmup), time.Time{}
	if length > 0 {
		to = b.opt.Names.Epoch.Add(length)
	}
	b.reports.Measure(from, to)
	for _, d := range b.plots {
		if c, able := d.view.(plot.Cuttable); able && cut {
			c.CutShort()
		}
	}
}

// earlier is the summary of an earlier run under the name of this one.
func earlier(run, now *results.Summary, warnings []string) *results.Summary {
	s := *run
	s.Name, s.Partial = now.Name, run.Partial || now.Partial
	s.Warnings = slices.Concat(run.Warnings, warnings)
	return &s
}

// onlyTables reports whether the folder is made of earlier reports' tables alone:
// there are no records to have headline figures and plots of.
func (b *Builder) onlyTables(s *results.Summary) bool {
	return b.absorbed && s.Requests == 0 && s.ViewerRequests == 0
}

// write writes everything; the manifest, which lists the files, comes last.
func (b *Builder) write(m *results.Manifest, s *results.Summary) error {
	p := page.Page{Manifest: *m, Summary: s}
	if b.onlyTables(s) {
		p.Summary, b.plots = nil, nil
	}
	var err error
	if p.Tabs, err = b.writeReports(s, m.Ended); err != nil {
		return err
	}
	if b.opt.Plots {
		if err := b.drawCharts(p.Tabs); err != nil {
			return err
		}
	}
	if p.Figures, err = b.draw(); err != nil {
		return err
	}
	if err := b.summary.Latencies().WriteFiles(filepath.Join(b.opt.Dir, results.LatencyDir)); err != nil {
		return err
	}
	if b.intervals != nil {
		if err := b.intervals.WriteLogs(filepath.Join(b.opt.Dir, results.LatencyDir), b.opt.Names.Epoch); err != nil {
			return err
		}
	}
	if err := results.WriteJSON(filepath.Join(b.opt.Dir, results.SummaryFile), s); err != nil {
		return err
	}
	if p.Files, err = b.furtherFiles(); err != nil {
		return err
	}
	if err := b.writePage(p); err != nil {
		return err
	}
	if m.Files, err = files(b.opt.Dir, append(ours, results.RecordsFile, results.AccessLogFile, results.WarmupLogFile, results.ManifestFile)...); err != nil {
		return err
	}
	return results.WriteJSON(filepath.Join(b.opt.Dir, results.ManifestFile), m)
}

// writeReports writes every report's CSV files and returns their tabs, the run's
// summary first. With several distributions each has its own in a folder
// of its ID.
func (b *Builder) writeReports(s *results.Summary, generated time.Time) ([]page.Tab, error) {
	var tabs []page.Tab
	if !b.onlyTables(s) {
		first, err := b.writeSummary(s, generated)
		if err != nil {
			return nil, err
		}
		tabs = append(tabs, first)
	}
	for _, k := range b.reports.Kinds() {
		var scopes []page.Scope
		for _, d := range b.scopes() {
			scope, err := b.writeScope(k, d, generated)
			if err != nil {
				return nil, err
			}
			scopes = append(scopes, scope)
		}
		tabs = append(tabs, page.TabOf(k, scopes...))
	}
	return tabs, nil
}

func (b *Builder) writeSummary(s *results.Summary, generated time.Time) (page.Tab, error) {
	k, err := report.Find(summaryReport)
	if err != nil {
		panic("folder: there is no summary report")
	}
	t := report.SummaryTable(s)
	t.Preamble = b.reports.Preamble("Run Summary", "")
	table, err := b.writeTable(k, t, "", generated)
	return page.TabOf(k, page.Scope{Tables: []page.Table{table}}), err
}

// mostScopes is how many distributions have reports of their own.
const mostScopes = 50

// scopes are all distributions together, and each where there are several.
func (b *Builder) scopes() []results.Distribution {
	every := b.opt.Names.EveryDistribution()
	list := []results.Distribution{{}}
	if only := b.opt.Reports.Distribution; len(every) < 2 || only != "" && only != "ALL" {
		return list
	}
	return append(list, every[:min(len(every), mostScopes)]...)
}

// writeScope writes a report's tables of one distribution.
func (b *Builder) writeScope(k report.Kind, d results.Distribution, generated time.Time) (page.Scope, error) {
	scope := page.Scope{Distribution: d.ID, Label: cmp.Or(d.Friendly, d.Domain)}
	dir := ""
	if d.ID != "" {
		dir = NameOf(d.ID) + "/"
	}
	for _, t := range b.reports.Tables(k.Name, d.ID) {
		written, err := b.writeTable(k, t, dir, generated)
		if err != nil {
			return scope, err
		}
		scope.Tables = append(scope.Tables, written)
	}
	return scope, nil
}

// NameOf is the name of the folder of a distribution's reports. An ID that came
// from a log may hold anything.
func NameOf(id string) string {
	var b strings.Builder
	for i := range len(id) {
		c := id[i]
		plain := c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '_' || c == '.' && i > 0
		if plain {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func (b *Builder) writeTable(k report.Kind, t *report.Table, dir string, generated time.Time) (page.Table, error) {
	t.Stamp(generated)
	path := results.ReportsDir + "/" + dir + t.Name + ".csv"
	full := filepath.Join(b.opt.Dir, path)
	if dir != "" {
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return page.Table{}, fmt.Errorf("making the folder of a distribution's reports: %w", err)
		}
	}
	csv := func(w io.Writer) error { return report.WriteCSV(w, t) }
	if err := results.WriteFile(full, csv); err != nil {
		return page.Table{}, err
	}
	return page.Table{Table: t, About: k.About, Files: []page.Link{{Path: path, Label: "CSV"}}}, nil
}

// mostPage is how large a page may be, in bytes, with each distribution's own
// tables; a larger one has those of all together alone.
const mostPage = 3 << 20

// writePage writes index.html.
func (b *Builder) writePage(p page.Page) error {
	var out bytes.Buffer
	if err := page.Render(&out, p); err != nil {
		return err
	}
	if out.Len() > mostPage && len(b.scopes()) > 1 {
		for i := range p.Tabs {
			p.Tabs[i].Scopes = p.Tabs[i].Scopes[:1]
		}
		out.Reset()
		if err := page.Render(&out, p); err != nil {
			return err
		}
	}
	return results.WriteFile(filepath.Join(b.opt.Dir, results.IndexFile), copyOf(&out))
}

// furtherFiles are the files that the page links to at its foot.
func (b *Builder) furtherFiles() ([]page.Link, error) {
	paths, err := files(b.opt.Dir, results.RecordsFile, results.AccessLogFile, results.WarmupLogFile, results.LatencyDir+"/*.hgrm", results.LatencyDir+"/*.hlog")
	if err != nil {
		return nil, err
	}
	links := []page.Link{{Path: results.ManifestFile, Label: results.ManifestFile}, {Path: results.SummaryFile, Label: results.SummaryFile}}
	for _, path := range paths {
		links = append(links, page.Link{Path: path, Label: path})
	}
	return links, nil
}

func copyOf(from io.WriterTo) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := from.WriteTo(w)
		return err
	}
}

func upper(format string) string { return strings.ToUpper(format) }
