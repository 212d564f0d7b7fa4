package logs

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"edgesim/results"
	"edgesim/results/logs/logtest"
)

// combinedLog is what a server of one's own would have logged of the same requests.
func combinedLog(rows []map[string]string) string {
	var b strings.Builder
	for i, row := range rows {
		fmt.Fprintf(&b, "%s - - [26/Nov/2026:13:%02d:%02d +0000] \"%s %s HTTP/1.1\" %s %s \"%s\" \"%s\" %s %s - %s\n", row["c-ip"], i/60%60, i%60,
			row["cs-method"], row["cs-uri-stem"], row["sc-status"], row["sc-bytes"], row["cs(Referer)"], row["cs(User-Agent)"],
			[]string{"HIT", "MISS", "EXPIRED"}[i%3], row["time-taken"], row["x-host-header"])
	}
	return b.String()
}

const benchFormLines = 50_000

// benchForm makes one form, and keeps nothing of the others.
func benchForm(b *testing.B, log, name string) (format, text string) {
	if name == "nginx" {
		_, rows := lineFields(log)
		return name, combinedLog(rows)
	}
	return forms(b, log)[name]()
}

// BenchmarkForms reads the same requests in each form, by one worker.
func BenchmarkForms(b *testing.B) {
	var log bytes.Buffer
	if err := logtest.Write(&log, 1, benchFormLines, 2); err != nil {
		b.Fatal(err)
	}
	for _, name := range []string{"W3C", "JSON", "raw", "plain with commas", "real-time", "Parquet", "nginx"} {
		format, text := benchForm(b, log.String(), name)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				recs, d := 0, (*Doubts)(nil)
				o := Options{Files: []string{"-"}, Stdin: strings.NewReader(text), Names: names(), Format: format, Workers: 1}
				d, err := Read(b.Context(), o, func(batch []results.Record) { recs += len(batch) })
				if err != nil || recs != benchFormLines {
					b.Fatalf("%d records, %+v, %v", recs, d, err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchFormLines, "ns/line")
		})
	}
}
