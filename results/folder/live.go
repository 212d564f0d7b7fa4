package folder

import (
	"time"

	"edgesim/results"
	"edgesim/results/page"
	"edgesim/results/report"
)

// Page is the page of the run so far, as it would be if the run ended now, without
// drawn plots and files but the reports' own. Records wait while it is made: some
// milliseconds, and more the longer the run and the finer its buckets.
func (b *Builder) Page(now time.Time) (page.Page, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settle()
	s := b.summary.Finish(results.SummaryEnd{})
	p := page.Page{Manifest: b.opt.Manifest, Summary: s}
	summary, err := report.Find(summaryReport)
	if err != nil {
		return p, err
	}
	t := report.SummaryTable(s)
	t.Preamble = b.reports.Preamble("Run Summary", "")
	link := page.Link{Path: results.ReportsDir + "/" + t.Name + ".csv", Label: "CSV"}
	p.Tabs = []page.Tab{page.TabOf(summary, page.Scope{Tables: []page.Table{{Table: t, About: summary.About, Files: []page.Link{link}}}})}
	for _, k := range b.reports.Kinds() {
		p.Tabs = append(p.Tabs, page.ReportTab(b.reports, k, nil, ""))
	}
	for _, d := range b.plots {
		p.Figures = append(p.Figures, page.Figure{Figure: *d.kind.Figure(d.view)})
	}
	p.Stamp(now)
	return p, nil
}
