package report

import "edgesim/results"

func init() {
	register(Kind{
		Name:  "summary",
		Title: "Run summary",
		About: "Requests, bytes and times by how the cache answered. Times are in milliseconds.",
		New:   newSummary,
	})
}

// summary makes the table from one stream of records. A run with records from
// both edge and client has a results.Summary of both: SummaryTable shows it.
type summary struct {
	o    Options
	view *results.SummaryView
}

func newSummary(o Options) Report {
	return &summary{o: o, view: results.NewSummary(o.Names, results.SummaryOptions{})}
}

func (s *summary) Add(recs []results.Record) {
	s.view.Traffic().Add(recs)
	s.view.Latency().Add(recs)
}

// AddCrowd implements results.Crowded.
func (s *summary) AddCrowd(c *results.Crowd) {
	s.view.Traffic().AddCrowd(c)
	s.view.Latency().AddCrowd(c)
}

// AddSingly implements results.Singly.
func (s *summary) AddSingly(recs []results.Record) {
	s.view.Traffic().AddSingly(recs)
	s.view.Latency().AddSingly(recs)
}

// Tables is the summary of all distributions; of one alone there is none.
func (s *summary) Tables(distribution string) []*Table {
	if scope := s.o.scope(distribution); scope != s.o.scope("") {
		return nil
	}
	t := SummaryTable(s.view.Finish(results.SummaryEnd{}))
	t.Preamble = s.o.preamble("Run Summary", s.o.scope(""))
	return []*Table{t}
}

// SummaryTable is the table of a finished summary, without a preamble: a row
// for every result type and one for all. The summary's warnings are
// among its notes.
func SummaryTable(s *results.Summary) *Table {
	t := &Table{Name: "summary", Title: "Run summary", Columns: summaryColumns()}
	if s.Logged {
		t.Title = "Summary"
	} else {
		t.Notes = append(t.Notes, "Times are in milliseconds from the intended start of a request.")
	}
	t.Notes = append(t.Notes, s.Warnings...)
	whole := results.ResultFigures{
		Requests: s.Requests, BytesOut: s.BytesOut, BodyBytes: s.BodyBytes, Latency: s.Latency,
	}
	if s.Requests > 0 {
		whole.Share = 1
	}
	for r := range results.Results {
		if f, ok := s.ByResult[r.Label()]; ok {
			t.Rows = append(t.Rows, summaryRow(r.Label(), f))
		}
	}
	t.Rows = append(t.Rows, summaryRow("All", whole))
	return t
}

func summaryColumns() []Column {
	return []Column{
		{Name: "Result", Unit: Text},
		{Name: "RequestCount", Label: "Requests", Unit: Count},
		{Name: "RequestsPct", Label: "Share %", Unit: Percent},
		{Name: "TotalBytes", Label: "Bytes", Unit: Bytes},
		{Name: "TTFBP50", Label: "TTFB p50", Unit: Millis},
		{Name: "TTFBP99", Label: "p99", Unit: Millis},
		{Name: "TotalP50", Label: "Total p50", Unit: Millis},
		{Name: "TotalP99", Label: "p99", Unit: Millis},
	}
}

func summaryRow(name string, f results.ResultFigures) []Cell {
	return []Cell{text(name), num(f.Requests), num(100 * f.Share), num(f.BytesOut),
		millisCell(f.Latency.TTFB, f.Latency.TTFB.P50), millisCell(f.Latency.TTFB, f.Latency.TTFB.P99),
		millisCell(f.Latency.Total, f.Latency.Total.P50), millisCell(f.Latency.Total, f.Latency.Total.P99)}
}

// millisCell is empty where no time was taken: 0 ms would be a lie.
func millisCell(of results.Figures, ms float64) Cell {
	if of.Count == 0 {
		return noNumber
	}
	return num(ms)
}
