package pieces

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/results/logs"
	"edgesim/results/logs/logtest"
	"edgesim/results/report"
)

const benchLines = 200_000

// BenchmarkLogs measures what a line costs: read and reported by one process; read by
// a worker; and what is left to whoever reports then, with the five reports and
// without any. That bounds how many workers one coordinator has work for.
func BenchmarkLogs(b *testing.B) {
	path := filepath.Join(b.TempDir(), "E2EXAMPLE.2026-09-01-00.abcdefgh")
	f, err := os.Create(path)
	if err == nil {
		err = logtest.Write(f, 7, benchLines, 10)
	}
	if err != nil || f.Close() != nil {
		b.Fatal(err)
	}
	portions, extract := extractOf(b, path)
	fresh := func() logs.Options {
		return logs.Options{Files: []string{path}, Names: results.NewNames(time.Unix(0, 0).UTC()), Workers: 1}
	}
	gather := func(o logs.Options, sink func([]results.Record)) error {
		plan, err := logs.NewPlan(o)
		if err == nil {
			err = plan.Gather(sink).Take(portions, extract)
		}
		return err
	}
	for _, c := range []struct {
		name string
		do   func() error
	}{
		{"alone", func() error {
			o := fresh()
			_, err := logs.Read(context.Background(), o, fiveReports(o.Names).Add)
			return err
		}},
		{"worker", func() error { extractOf(b, path); return nil }},
		{"coordinator", func() error { o := fresh(); return gather(o, fiveReports(o.Names).Add) }},
		{"coordinator/no-reports", func() error { return gather(fresh(), func([]results.Record) {}) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			before := cpuTime(b)
			b.ReportAllocs()
			for b.Loop() {
				if err := c.do(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N)/benchLines, "cpu-ns/line")
			b.ReportMetric(float64(len(extract))/benchLines, "extract-B/line")
		})
	}
}

func extractOf(b *testing.B, path string) (logs.Bundle, []byte) {
	b.Helper()
	plan, err := logs.NewPlan(logs.Options{Files: []string{path}, Names: results.NewNames(time.Time{})})
	if err != nil {
		b.Fatal(err)
	}
	var all logs.Bundle
	for bundle, err := range plan.Bundles(context.Background()) {
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, bundle...)
	}
	extract, err := logs.Extraction{Portions: all, Trim: new(Lines).trim, Workers: 1}.Extract(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	return all, extract
}

func fiveReports(n *results.Names) *report.Set {
	var kinds []report.Kind
	for _, k := range report.Kinds() {
		if k.Group == report.CloudFront {
			kinds = append(kinds, k)
		}
	}
	return report.NewSet(report.Options{Names: n}, kinds...)
}

// cpuTime is how long processors have worked for this program, in nanoseconds.
func cpuTime(b *testing.B) int64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}
