package folder

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"edgesim/results"
	"edgesim/results/page"
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
	length := b.opt.Length
	switch {
	case b.opt.Logged:
		length = max(b.reports.Length(), 1)
	case end.Partial || end.Short:
		length = 0 // as long as the records are
	}
	s := b.summary.Finish(results.SummaryEnd{
		Length: length, Partial: end.Partial, Rate: end.Rate, Dropped: int64(end.Dropped), Warnings: end.Warnings,
	})
	m := b.opt.Manifest
	m.Ended, m.Partial, m.Warnings = end.Ended, end.Partial, s.Warnings
	m.Distributions, m.Edges = b.opt.Names.EveryDistribution(), b.opt.Names.EveryEdge()
	if err := b.write(&m, s); err != nil {
		return nil, fmt.Errorf("making run folder %s: %w", b.opt.Dir, err)
	}
	return s, nil
}

// write writes everything; the manifest, which lists the files, comes last.
func (b *Builder) write(m *results.Manifest, s *results.Summary) error {
	p := page.Page{Manifest: *m, Summary: s}
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
	if err := results.WriteJSON(filepath.Join(b.opt.Dir, results.SummaryFile), s); err != nil {
		return err
	}
	if p.Files, err = b.furtherFiles(); err != nil {
		return err
	}
	index := func(w io.Writer) error { return page.Render(w, p) }
	if err := results.WriteFile(filepath.Join(b.opt.Dir, results.IndexFile), index); err != nil {
		return err
	}
	if m.Files, err = files(b.opt.Dir, append(ours, results.AccessLogFile, results.WarmupLogFile, results.ManifestFile)...); err != nil {
		return err
	}
	return results.WriteJSON(filepath.Join(b.opt.Dir, results.ManifestFile), m)
}

// writeReports writes every report's CSV files and returns their tabs, the run's
// summary first. With several distributions each has its own in a folder
// of its ID.
func (b *Builder) writeReports(s *results.Summary, generated time.Time) ([]page.Tab, error) {
	k, err := report.Find(summaryReport)
	if err != nil {
		panic("folder: there is no summary report")
	}
	t := report.SummaryTable(s)
	t.Preamble = b.reports.Preamble("Run Summary", "")
	first, err := b.writeTable(k, t, "", generated)
	if err != nil {
		return nil, err
	}
	tabs := []page.Tab{page.TabOf(k, page.Scope{Tables: []page.Table{first}})}
	for _, k := range b.reports.Kinds() {
		var tables []page.Table
		for _, t := range b.reports.Tables(k.Name, "") {
			written, err := b.writeTable(k, t, "", generated)
			if err != nil {
				return nil, err
			}
			tables = append(tables, written)
		}
		tabs = append(tabs, page.TabOf(k, page.Scope{Tables: tables}))
	}
	return tabs, nil
}

func (b *Builder) writeTable(k report.Kind, t *report.Table, dir string, generated time.Time) (page.Table, error) {
	t.Stamp(generated)
	path := results.ReportsDir + "/" + dir + t.Name + ".csv"
	csv := func(w io.Writer) error { return report.WriteCSV(w, t) }
	if err := results.WriteFile(filepath.Join(b.opt.Dir, path), csv); err != nil {
		return page.Table{}, err
	}
	return page.Table{Table: t, About: k.About, Files: []page.Link{{Path: path, Label: "CSV"}}}, nil
}

// furtherFiles are the files that the page links to at its foot.
func (b *Builder) furtherFiles() ([]page.Link, error) {
	paths, err := files(b.opt.Dir, results.AccessLogFile, results.WarmupLogFile, results.LatencyDir+"/*.hgrm")
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
