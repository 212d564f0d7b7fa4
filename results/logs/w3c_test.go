package logs

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/results/accesslog"
	"edgesim/results/logs/logtest"
)

// names are those of a reader that knows nothing yet.
func names() *results.Names { return results.NewNames(time.Unix(0, 0).UTC()) }

// read reads a text as "-".
func read(t *testing.T, o Options, log string) ([]results.Record, *Doubts) {
	t.Helper()
	recs, d, err := tryRead(o, log)
	if err != nil {
		t.Fatalf("reading gives %v; doubts %+v", err, d)
	}
	return recs, d
}

func tryRead(o Options, log string) (recs []results.Record, d *Doubts, err error) {
	o.Files, o.Stdin = []string{"-"}, strings.NewReader(log)
	if o.Names == nil {
		o.Names = names()
	}
	d, err = Read(context.Background(), o, func(batch []results.Record) { recs = append(recs, batch...) })
	return recs, d, err
}

// lines writes records as a log of our own.
func lines(n *results.Names, recs []results.Record) string {
	var b bytes.Buffer
	w := accesslog.New(&b, n)
	w.Add(recs)
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.String()
}

// A log of our own, read and written again, is the same byte for byte (§3.4).
func TestReadingBackIsTheIdentity(t *testing.T) {
	for _, workers := range []int{1, 4} {
		var log bytes.Buffer
		if err := logtest.Write(&log, 1, 20_000, 3); err != nil {
			t.Fatal(err)
		}
		n := names()
		recs, d := read(t, Options{Names: n, Everything: true, Workers: workers}, log.String())
		if d.Malformed > 0 || d.Records != 20_000 || len(d.Said) > 0 {
			t.Fatalf("%+v", d)
		}
		same(t, log.String(), lines(n, recs))
	}
}

// same complains of the first line that differs.
func same(t *testing.T, want, got string) {
	t.Helper()
	if want == got {
		return
	}
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			t.Fatalf("line %d of %d (%d read):\n%s\nhas become\n%s", i+1, len(w), len(g), w[i], g[i])
		}
	}
	t.Fatalf("%d lines have become %d", len(w), len(g))
}

func sample(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("EDGESIM_DATA")
	if dir == "" {
		t.Skip("EDGESIM_DATA is not set: no log of CloudFront's to read")
	}
	text, err := os.ReadFile(filepath.Join(dir, "data/cloudfront-logs", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSamples(t *testing.T) {
	for _, c := range []struct {
		name               string
		records, malformed int64
	}{
		{"aws_docs_standard_2019.log", 6, 0}, // a tab at the end of line 5
		{"dpetzold_cloudfront-multiple.log", 6, 0},
		{"linz_basemaps_fixture_2020.log", 3, 1}, // line 3 has two fields in one, line 6 ends after 31
	} {
		_, d := read(t, Options{}, sample(t, c.name))
		if d.Records != c.records || d.Malformed != c.malformed {
			t.Errorf("%s: %d records and %d malformed, want %d and %d: %v", c.name, d.Records, d.Malformed, c.records, c.malformed, d.First)
		}
	}
}
