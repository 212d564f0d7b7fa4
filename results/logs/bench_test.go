package logs

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/klauspost/compress/gzip"

	"edgesim/results"
	"edgesim/results/logs/logtest"
)

const benchLines = 200_000

// benchLog is a generated log, plain or packed.
func benchLog(b *testing.B, packed bool) (path string, size int) {
	b.Helper()
	var text bytes.Buffer
	if err := logtest.Write(&text, 7, benchLines, 10); err != nil {
		b.Fatal(err)
	}
	path = filepath.Join(b.TempDir(), "E2EXAMPLE.2026-09-01-00.abcdefgh")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	var w io.WriteCloser = f
	if packed {
		w = gzip.NewWriter(f)
	}
	if _, err := w.Write(text.Bytes()); err != nil {
		b.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	f.Close()
	return path, text.Len()
}

// BenchmarkRead measures the whole way from a file to an idle sink. The records
// it counts are printed beside the speed.
func BenchmarkRead(b *testing.B) {
	for _, c := range []struct {
		name   string
		packed bool
		o      Options
	}{
		{"plain", false, Options{}}, {"gzip", true, Options{}}, {"gzip-everything", true, Options{Everything: true}},
		{"gzip-bounded", true, Options{Bounded: true, Query: true}},
	} {
		b.Run(c.name, func(b *testing.B) {
			path, size := benchLog(b, c.packed)
			o := c.o
			o.Files, o.Names = []string{path}, names()
			b.SetBytes(int64(size))
			b.ReportAllocs()
			records := 0
			before := cpuTime(b)
			for b.Loop() {
				_, err := Read(context.Background(), o, func(recs []results.Record) { records += len(recs) })
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(records), "ns/line")
			b.ReportMetric(float64(cpuTime(b)-before)/float64(records), "cpu-ns/line")
			b.ReportMetric(float64(records)/float64(b.N), "records")
		})
	}
}

// BenchmarkLine measures one worker's part: lines to records.
func BenchmarkLine(b *testing.B) {
	var text bytes.Buffer
	if err := logtest.Write(&text, 7, 20_000, 10); err != nil {
		b.Fatal(err)
	}
	w := newWorker(Options{Names: names()}, 0)
	format, err := registry.Find("cloudfront")
	if err != nil {
		b.Fatal(err)
	}
	f := &file{path: "-", format: &chosen{Format: &format}}
	lines := 0
	before := cpuTime(b)
	b.ReportAllocs()
	for b.Loop() {
		blk := &block{file: f, data: text.Bytes()}
		w.parse(blk)
		lines += len(blk.out.recs)
		blk.out.release()
	}
	b.ReportMetric(float64(cpuTime(b)-before)/float64(lines), "cpu-ns/line")
}

// cpuTime is how long processors have worked for this program, in nanoseconds:
// what counts where others work on the same machine.
func cpuTime(b *testing.B) int64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}
