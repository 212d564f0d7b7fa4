package report

import (
	"testing"

	"edgesim/results"
)

func TestSummaryRows(t *testing.T) {
	names := exampleNames()
	s := newSummary(Options{Names: names})
	s.Add([]results.Record{
		{Response: results.Hit, Result: results.Hit, Status: 200, BytesOut: 100, TTFB: ms, Total: 2 * ms},
		{Response: results.Hit, Result: results.Hit, Status: 200, BytesOut: 100, TTFB: ms, Total: 2 * ms},
		{Response: results.Miss, Result: results.Miss, Status: 200, BytesOut: 300, TTFB: 30 * ms, Total: 40 * ms},
		{Response: results.Redirect, Result: results.Redirect, Status: 301, TTFB: ms, Total: ms},
	})
	table := s.Tables("")[0]
	want := [][]string{
		{"Hit", "2", "50.00", "200 B", "1.00", "1.00", "2.00", "2.00"},
		{"RefreshHit", "0", "0.00", "0 B", "-", "-", "-", "-"},
		{"Miss", "1", "25.00", "300 B", "30.0", "30.0", "40.0", "40.0"},
		{"Error", "0", "0.00", "0 B", "-", "-", "-", "-"},
		{"Redirect", "1", "25.00", "0 B", "1.00", "1.00", "1.00", "1.00"},
		{"All", "4", "100.00", "500 B", "1.00", "30.0", "2.00", "40.0"},
	}
	if len(table.Rows) != len(want) {
		t.Fatalf("%d rows, want %d", len(table.Rows), len(want))
	}
	for i, row := range table.Rows {
		for j, got := range shown(table.Columns, row) {
			if got != want[i][j] {
				t.Errorf("%s of %s is %q, want %q", table.Columns[j].Name, want[i][0], got, want[i][j])
			}
		}
	}
}

func TestSummaryOfOneDistribution(t *testing.T) {
	names := exampleNames()
	s := NewSet(Options{Names: names, Distribution: "EDOWNLOAD00001"})
	recs := exampleRun(names)
	s.Add(recs)
	want := 0.0
	for _, r := range recs {
		if r.Distribution == 1 {
			want++
		}
	}
	rows := s.Tables("summary", "")[0].Rows
	if got := rows[len(rows)-1][1].Num; got != want {
		t.Errorf("%v requests, want %v", got, want)
	}
}
