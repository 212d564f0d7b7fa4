package pieces

import (
	"context"
	"fmt"
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

const benchLines = 600_000

// BenchmarkLogs measures what a line costs: read and reported by one process; read by
// a worker; and what is left to whoever reports then, from sums, from records, and
// from records without any report. That bounds how many workers one coordinator has
// work for. Lines are those of ten days and of a tenth of that, since what repeats
// itself is added up.
func BenchmarkLogs(b *testing.B) {
	for _, days := range []int{10, 1} {
		b.Run(fmt.Sprintf("days=%d", days), func(b *testing.B) { benchLogs(b, days) })
	}
}

func benchLogs(b *testing.B, days int) {
	path := filepath.Join(b.TempDir(), "E2EXAMPLE.2026-09-01-00.abcdefgh")
	f, err := os.Create(path)
	if err == nil {
		err = logtest.Write(f, 7, benchLines, days)
	}
	if err != nil || f.Close() != nil {
		b.Fatal(err)
	}
	records, sums := extractsOf(b, path, Lines{}), extractsOf(b, path, Lines{Sums: true})
	fresh := func() logs.Options {
		return logs.Options{Files: []string{path}, Names: results.NewNames(time.Unix(0, 0).UTC()), Workers: 1}
	}
	gather := func(extracts []bundled, o logs.Options, set *report.Set) error {
		plan, err := logs.NewPlan(o)
		if err != nil {
			return err
		}
		g := plan.Gather(set.Add)
		g.Sums = set.AddDigests
		for _, e := range extracts {
			if err := g.Take(e.portions, e.extract); err != nil {
				return err
			}
		}
		return nil
	}
	for _, c := range []struct {
		name    string
		extract []bundled
		do      func() error
	}{
		{"alone", nil, func() error {
			o := fresh()
			_, err := logs.Read(context.Background(), o, fiveReports(o.Names).Add)
			return err
		}},
		{"worker", sums, func() error { extractsOf(b, path, Lines{Sums: true}); return nil }},
		{"worker-records", records, func() error { extractsOf(b, path, Lines{}); return nil }},
		{"coordinator", sums, func() error { o := fresh(); return gather(sums, o, fiveReports(o.Names)) }},
		{"coordinator-records", records, func() error { o := fresh(); return gather(records, o, fiveReports(o.Names)) }},
		{"coordinator-unreported", records, func() error { o := fresh(); return gather(records, o, noReports(o.Names)) }},
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
			b.ReportMetric(float64(lengthOf(c.extract))/benchLines, "extract-B/line")
		})
	}
}

// bundled is a bundle and its extract.
type bundled struct {
	portions logs.Bundle
	extract  []byte
}

func lengthOf(list []bundled) (sum int) {
	for _, e := range list {
		sum += len(e.extract)
	}
	return sum
}

func extractsOf(b *testing.B, path string, l Lines) (list []bundled) {
	b.Helper()
	plan, err := logs.NewPlan(logs.Options{Files: []string{path}, Names: results.NewNames(time.Time{})})
	if err != nil {
		b.Fatal(err)
	}
	for bundle, err := range plan.Bundles(context.Background()) {
		if err != nil {
			b.Fatal(err)
		}
		e := logs.Extraction{Portions: bundle, Trim: l.trim, Workers: 1}
		if l.Sums {
			e.Adder = l.adder
		}
		extract, err := e.Extract(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		list = append(list, bundled{bundle, extract})
	}
	return list
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

// noReports is a set of one that counts nearly nothing.
func noReports(n *results.Names) *report.Set {
	kind, err := report.Find("tiers")
	if err != nil {
		panic(err)
	}
	return report.NewSet(report.Options{Names: n}, kind)
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
