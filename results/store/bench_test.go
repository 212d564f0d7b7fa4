package store

import (
	"path/filepath"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/results/report"
)

// BenchmarkAdd is what a record costs a server that keeps reports.
func BenchmarkAdd(b *testing.B) {
	n := names(noon)
	recs := traffic(n, 1, 512, noon, 10*time.Minute)
	s, err := Open(Memory)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	l := NewLedger(LedgerConfig{Store: s, Report: report.Options{Names: n, Bounded: 20_000}, Run: noon})
	l.Add(recs)
	b.ReportAllocs()
	for b.Loop() {
		l.Add(recs)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/512, "ns/record")
}

// BenchmarkSixtyDays is what the first look at all of a full store costs, and what
// each further one does while records come.
func BenchmarkSixtyDays(b *testing.B) {
	n := names(noon)
	s, err := Open(filepath.Join(b.TempDir(), "s.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	l := NewLedger(LedgerConfig{Store: s, Report: report.Options{Names: n}, Run: noon})
	var recs []results.Record
	for h := range 1440 {
		at := noon.Add(time.Duration(h) * time.Hour)
		recs = traffic(n, uint64(h), 600, at, time.Hour)
		l.Add(recs)
		l.Tick(at.Add(time.Hour + lateness))
	}
	var size int64
	if err := s.db.QueryRow("SELECT sum(length(csv)) FROM tables").Scan(&size); err != nil {
		b.Fatal(err)
	}
	now := noon
	for _, grain := range []time.Duration{time.Hour, 24 * time.Hour} {
		look := func(b *testing.B) {
			err := l.Look(report.Options{Grain: grain}, now, func(set *report.Set, k report.Kind) { set.Tables(k.Name, "") })
			if err != nil {
				b.Fatal(err)
			}
		}
		b.Run("first/"+grain.String(), func(b *testing.B) {
			for b.Loop() {
				l.looks = nil
				look(b)
			}
			b.ReportMetric(float64(size)/(1<<20), "MiB")
		})
		b.Run("again/"+grain.String(), func(b *testing.B) {
			look(b)
			for b.Loop() {
				look(b)
			}
		})
	}
}
