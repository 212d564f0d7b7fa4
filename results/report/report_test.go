package report

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"edgesim/results"
)

var update = flag.Bool("update", false, "write the golden files anew")

var epoch = time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)

const ms = int64(time.Millisecond)

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; go test -update writes it anew. Got:\n%s", path, got)
	}
}

func exampleNames() *results.Names {
	n := results.NewNames(epoch)
	n.Distributions = []results.Distribution{
		{ID: "EIMAGES0000001", Domain: "d111111abcdef8.cloudfront.net",
			Aliases: []string{"images.example.com"}, Friendly: "images.example.com"},
		{ID: "EDOWNLOAD00001", Domain: "d222222abcdef8.cloudfront.net"},
	}
	return n
}

// exampleRun is a seeded run of ten seconds: 3,000 requests for 120 objects of
// two distributions, and nothing in its sixth second.
func exampleRun(names *results.Names) []results.Record {
	rnd := rand.New(rand.NewPCG(1, 2))
	recs := make([]results.Record, 0, 3000)
	for i := range 3000 {
		n := int(120 * rnd.Float64() * rnd.Float64() * rnd.Float64())
		path := fmt.Sprintf("/catalog/season-%d/photograph-number-%05d-in-full-resolution.jpg", n%7, n)
		r := results.Record{
			At: int64(i) * 10e9 / 3000, Object: uint64(n), URL: names.Strings.Of(path),
			Distribution: uint16(n % 2), Status: 200, BytesOut: int64(1000 + 37*n*n), BodyBytes: int64(700 + 37*n*n),
			Response: results.Hit, Layer: results.LayerEdge, TTFB: ms / 5, Total: ms / 2,
			Referrer: names.Strings.Of(exampleReferrers[(i%5)*(i%7)%len(exampleReferrers)]),
			Addr:     [16]byte{10: 0xFF, 11: 0xFF, 12: 192, 14: 2, 15: byte(i * 37 % 101)},
		}
		if r.At >= 5e9 && r.At < 6e9 {
			continue
		}
		switch x := rnd.Float64(); {
		case x < 0.20:
			r.Response, r.Layer, r.TTFB, r.Total = results.Miss, results.LayerOrigin, 40*ms, 60*ms
			r.OriginAsked, r.OriginBytes = 1, r.BytesOut-100
		case x < 0.24:
			r.Response, r.TTFB, r.Total, r.Status = results.RefreshHit, 20*ms, 21*ms, 304
		case x < 0.26:
			r.Response, r.TTFB, r.Total, r.Status = results.Error, 30*ms, 30*ms, 503
		}
		if r.Result = r.Response; i%200 == 0 {
			r.Result, r.Flags = results.Error, results.Aborted
		}
		asViewersDo(names, i, &r)
		recs = append(recs, r)
	}
	return recs
}

var exampleReferrers = []string{"", "", "https://www.example.com/gallery?page=2", "https://images.example.com/", "about:blank",
	"https://search.example:443/", "https://WWW.example.com/", "-", "http://[2001:db8::7]/", "android-app://org.example.reader/", "news.example"}

func exampleOptions(names *results.Names) Options {
	return Options{Names: names, From: epoch, To: epoch.Add(10 * time.Second), Grain: time.Second,
		Version: "1.0", Generated: epoch.Add(time.Minute)}
}

func TestGoldenReports(t *testing.T) {
	writers := map[string]func(io.Writer, *Table) error{
		"csv": WriteCSV, "json": WriteJSON,
		"txt": func(w io.Writer, t *Table) error { return WriteText(w, t, 80) },
	}
	for _, k := range Kinds() {
		names := exampleNames()
		s := NewSet(exampleOptions(names), k)
		s.Add(exampleRun(names))
		for ext, write := range writers {
			for _, table := range s.Tables(k.Name, "") {
				var b strings.Builder
				if err := write(&b, table); err != nil {
					t.Fatal(err)
				}
				golden(t, "testdata/"+table.Name+"."+ext, b.String())
			}
		}
	}
}

// Every report keeps its registered name, fills every row and survives having
// no records, no range and no distributions.
func TestEveryReport(t *testing.T) {
	for _, k := range Kinds() {
		if k.Title == "" || k.About == "" {
			t.Errorf("%s has no title or no About", k.Name)
		}
		names := exampleNames()
		for what, o := range map[string]Options{
			"as usual":   exampleOptions(names),
			"bare":       {Names: results.NewNames(time.Time{})},
			"one":        {Names: names, Distribution: "EDOWNLOAD00001"},
			"unknown":    {Names: names, Distribution: "ENONE"},
			"query, ALL": {Names: names, Distribution: "ALL", Query: true},
		} {
			for _, recs := range [][]results.Record{nil, exampleRun(o.Names)} {
				s := NewSet(o, k)
				s.Add(recs)
				tables := s.Tables(k.Name, "")
				if len(tables) != len(k.TableNames()) {
					t.Errorf("%s: %d tables under %d names", k.Name, len(tables), len(k.TableNames()))
				}
				for i, table := range tables {
					checkTable(t, k.Name+" "+what, k.TableNames()[i], table)
				}
			}
		}
	}
}

func checkTable(t *testing.T, what, name string, table *Table) {
	t.Helper()
	if table.Name != name || table.Title == "" {
		t.Errorf("%s: the table is called %q, %q", what, table.Name, table.Title)
	}
	checkCharts(t, what, table)
	for _, row := range table.Rows {
		if len(row) != len(table.Columns) {
			t.Fatalf("%s: a row of %d cells under %d columns", what, len(row), len(table.Columns))
		}
	}
	for _, write := range []func(io.Writer, *Table) error{WriteCSV, WriteJSON} {
		if err := write(io.Discard, table); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, width := range []int{0, 20, 40, 80, 200} {
		if err := WriteText(io.Discard, table, width); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// checkCharts holds that charts name columns that there are.
func checkCharts(t *testing.T, what string, table *Table) {
	t.Helper()
	named := map[string]bool{}
	for _, c := range table.Columns {
		named[c.Name] = true
	}
	for _, c := range table.Charts {
		wanted := []string{c.X}
		for _, s := range c.Series {
			wanted = append(append(wanted, s.Columns...), s.Over...)
		}
		for _, only := range c.Only {
			wanted = append(wanted, only[0])
		}
		for _, column := range wanted {
			if !named[column] {
				t.Errorf("%s: chart %s is of column %q, which the table has not", what, c.Name, column)
			}
		}
	}
}

func TestFind(t *testing.T) {
	if k, err := Find("popular_objects"); err != nil || k.Name != "popular_objects" {
		t.Errorf("popular_objects is found as %q, %v", k.Name, err)
	}
	_, err := Find("popular")
	if err == nil || !strings.Contains(err.Error(), "cache_statistics, ") {
		t.Errorf("an unknown report gives %v, want the list of those there are", err)
	}
}

var kindsOfResult = []results.Result{results.NoResult, results.Hit, results.RefreshHit, results.Miss,
	results.Error, results.Redirect, results.CapacityExceeded}

// anyRecord draws a record for one of few URLs, so that objects meet again.
func anyRecord(names *results.Names) *rapid.Generator[results.Record] {
	size := rapid.Int64Range(0, 1<<40)
	return rapid.Custom(func(t *rapid.T) results.Record {
		return results.Record{
			At:           rapid.Int64Range(-2e9, 12e9).Draw(t, "at"),
			Total:        rapid.Int64Range(0, 3e9).Draw(t, "total"),
			Distribution: uint16(rapid.IntRange(0, 2).Draw(t, "distribution")),
			URL:          names.Strings.Of(fmt.Sprint("/", rapid.IntRange(0, 90).Draw(t, "url"))),
			Query:        names.Strings.Of(rapid.SampledFrom([]string{"", "", "a=1"}).Draw(t, "query")),
			Response:     rapid.SampledFrom(kindsOfResult).Draw(t, "response"),
			Result:       rapid.SampledFrom(kindsOfResult).Draw(t, "result"),
			Status:       rapid.SampledFrom([]uint16{0, 100, 200, 200, 206, 304, 404, 503, 700}).Draw(t, "status"),
			BytesOut:     size.Draw(t, "out"),
		}
	})
}

// bruteForce counts by the rules of CloudFront's guide, one at a time: from
// column to count.
func bruteForce(recs []results.Record) map[string]float64 {
	c := map[string]float64{}
	for _, r := range recs {
		began := r.Response
		if began == results.NoResult {
			began = r.Result
		}
		c["RequestCount"]++
		c["TotalBytes"] += float64(r.BytesOut)
		if began == results.Hit {
			c["HitCount"]++
		}
		if began == results.Miss {
			c["MissCount"]++
		}
		if began == results.Error || began == results.LimitExceeded || began == results.CapacityExceeded {
			c["ErrorCount"]++
		}
		if r.Status == 200 && r.Result == results.Error {
			c["IncompleteDownloadCount"]++
		}
		if r.Result == results.Miss {
			c["BytesFromMisses"] += float64(r.BytesOut)
		}
		switch {
		case r.Status >= 200 && r.Status < 300:
			c["HTTP2xx"]++
		case r.Status >= 300 && r.Status < 400:
			c["HTTP3xx"]++
		case r.Status >= 400 && r.Status < 500:
			c["HTTP4xx"]++
		case r.Status >= 500 && r.Status < 600:
			c["HTTP5xx"]++
		}
	}
	return c
}

// compareRow checks every counter in a row against the records it stands for.
func compareRow(t *rapid.T, table *Table, row []Cell, recs []results.Record) {
	t.Helper()
	want := bruteForce(recs)
	for i, c := range table.Columns {
		if c.Unit != Count && c.Unit != Bytes {
			continue
		}
		if row[i].Num != want[c.Name] {
			t.Fatalf("%s of %v is %v, want %v", c.Name, row[:4], row[i].Num, want[c.Name])
		}
	}
}
