package report

import (
	"cmp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"edgesim/results"
)

// Every row of cache statistics is what sorting the records into the row's
// distribution and second by hand gives, and no second is missing.
func TestCacheStatisticsAreAsCountingByHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := exampleNames()
		recs := rapid.SliceOfN(anyRecord(names), 1, 60).Draw(t, "records")
		r := newCacheStatistics(exampleOptions(names))
		cut := rapid.IntRange(0, len(recs)).Draw(t, "cut")
		r.Add(recs[:cut])
		r.Add(recs[cut:])
		byRow := map[[2]string][]results.Record{}
		for _, rec := range recs {
			second := epoch.Add(time.Duration(rec.End())).Truncate(time.Second).Format(time.RFC3339)
			id := ""
			if int(rec.Distribution) < len(names.Distributions) {
				id = names.Distributions[rec.Distribution].ID
			}
			byRow[[2]string{id, second}] = append(byRow[[2]string{id, second}], rec)
			byRow[[2]string{"ALL", second}] = append(byRow[[2]string{"ALL", second}], rec)
		}
		table := r.Tables("")[0]
		rows := map[[2]string]bool{}
		for _, row := range table.Rows {
			key := [2]string{row[0].Text, row[3].Text}
			if rows[key] {
				t.Fatalf("row %v comes twice", key)
			}
			rows[key] = true
			compareRow(t, table, row, byRow[key])
		}
		for key := range byRow {
			if !rows[key] {
				t.Fatalf("row %v is missing", key)
			}
		}
		for s := range 10 {
			key := [2]string{"ALL", epoch.Add(time.Duration(s) * time.Second).Format(time.RFC3339)}
			if !rows[key] {
				t.Fatalf("the empty row %v is missing", key)
			}
		}
	})
}

// A report of one distribution has its rows of the report of all.
func TestCacheStatisticsOfOneDistribution(t *testing.T) {
	names := exampleNames()
	recs := exampleRun(names)
	all := newCacheStatistics(exampleOptions(names))
	o := exampleOptions(names)
	o.Distribution = "EDOWNLOAD00001"
	one := NewSet(o)
	all.Add(recs)
	one.Add(recs)
	var want, got [][]string
	for _, row := range all.Tables("")[0].Rows {
		if row[0].Text == o.Distribution {
			want = append(want, shown(all.Tables("")[0].Columns, row))
		}
	}
	table := one.Tables("cache_statistics", "")[0]
	for _, row := range table.Rows {
		got = append(got, shown(table.Columns, row))
	}
	if want = want[:len(want)-1]; len(got) != 10 || len(want) != 10 { // the last responses end in an eleventh second
		t.Fatalf("%d and %d rows, want 11", len(got), len(want))
	}
	for i := range got {
		if strings.Join(got[i], "|") != strings.Join(want[i], "|") {
			t.Errorf("row %d is %q, want %q", i, got[i], want[i])
		}
	}
	scoped := all.Tables(o.Distribution)[0]
	for i, row := range scoped.Rows[:10] {
		if strings.Join(shown(scoped.Columns, row), "|") != strings.Join(want[i], "|") {
			t.Errorf("asked for one distribution, row %d is %q, want %q", i, shown(scoped.Columns, row), want[i])
		}
	}
}

// What one report printed, another takes back: the hours of two halves of a run
// make the whole's.
func TestCacheStatisticsAreAbsorbed(t *testing.T) {
	names := exampleNames()
	recs := exampleRun(names)
	whole := newCacheStatistics(exampleOptions(names))
	whole.Add(recs)
	sum := newCacheStatistics(exampleOptions(names))
	for _, half := range [][]results.Record{recs[:len(recs)/3], recs[len(recs)/3:]} {
		part := newCacheStatistics(exampleOptions(names))
		part.Add(half)
		if err := sum.Absorb(part.Tables("")[0]); err != nil {
			t.Fatal(err)
		}
	}
	var want, got strings.Builder
	if err := WriteCSV(&want, whole.Tables("")[0]); err != nil {
		t.Fatal(err)
	}
	if err := WriteCSV(&got, sum.Tables("")[0]); err != nil {
		t.Fatal(err)
	}
	if got.String() != want.String() {
		t.Errorf("absorbed:\n%s\nwant:\n%s", got.String(), want.String())
	}
}

func shown(columns []Column, row []Cell) []string {
	var list []string
	for i, c := range columns {
		list = append(list, c.Show(row[i]))
	}
	return list
}

// Hours and days begin where the clock's do, and a record belongs to the one
// in which its response ended.
func TestCacheStatisticsBuckets(t *testing.T) {
	names := results.NewNames(time.Date(2026, 11, 23, 22, 59, 59, 500e6, time.UTC))
	recs := []results.Record{
		{Total: 400 * ms},                        // ends 22:59:59.9
		{Total: 600 * ms},                        // ends 23:00:00.1
		{At: 2 * 3600e9, Total: 1},               // ends on the next day
		{At: -int64(24 * time.Hour), Total: 1e9}, // began before the epoch
	}
	for _, c := range []struct {
		grain time.Duration
		word  string
		first string
		rows  int
	}{
		{0, "Hourly", "2026-11-22T23:00:00Z", 26},
		{time.Hour, "Hourly", "2026-11-22T23:00:00Z", 26},
		{24 * time.Hour, "Daily", "2026-11-22T00:00:00Z", 3},
		{10 * time.Minute, "10m0s", "2026-11-22T23:00:00Z", 6*25 + 6},
		{100 * time.Millisecond, "100ms", "2026-11-22T23:00:00.5Z", 4}, // too many: empty ones left out
	} {
		r := newCacheStatistics(Options{Names: names, Grain: c.grain})
		r.Add(recs)
		table := r.Tables("")[0]
		if len(table.Rows) == 0 || table.Rows[0][3].Text != c.first {
			t.Fatalf("grain %v: begins with %v, want %s", c.grain, table.Rows[0][3].Text, c.first)
		}
		if got := value(table, "Granularity"); got != c.word {
			t.Errorf("grain %v is called %q, want %q", c.grain, got, c.word)
		}
		if len(table.Rows) != c.rows {
			t.Errorf("grain %v: %d rows, want %d", c.grain, len(table.Rows), c.rows)
		}
		if sparse := len(table.Notes) > 0; sparse != (c.grain == 100*time.Millisecond) {
			t.Errorf("grain %v: notes %q", c.grain, table.Notes)
		}
	}
}

// A record from before 1970 belongs to the hour it fell into, not the one after.
func TestCacheStatisticsBefore1970(t *testing.T) {
	r := newCacheStatistics(Options{Names: results.NewNames(time.Time{})})
	r.Add([]results.Record{{At: -1}, {At: 0}})
	table := r.Tables("")[0]
	if len(table.Rows) != 2 || table.Rows[0][3].Text != "1969-12-31T23:00:00Z" {
		t.Errorf("%d rows from %v on, want 2 from 1969-12-31T23:00:00Z on", len(table.Rows), table.Rows[0][3].Text)
	}
}

func value(t *Table, name string) string {
	for _, p := range t.Preamble {
		if p[0] == name {
			return p[1]
		}
	}
	return "missing"
}

func BenchmarkCacheStatistics(b *testing.B) { benchmarkReport(b, "cache_statistics") }

func benchmarkReport(b *testing.B, name string) {
	names := exampleNames()
	recs := exampleRun(names)
	k, err := Find(name)
	if err != nil {
		b.Fatal(err)
	}
	r := k.New(exampleOptions(names))
	r.Add(recs)
	b.ReportAllocs()
	for b.Loop() {
		r.Add(recs)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(recs)), "ns/record")
}

// Of one continent's viewers there are those of its countries, and nobody whose
// country is not known.
func TestCacheStatisticsOfOneContinent(t *testing.T) {
	names := exampleNames()
	recs := []results.Record{{Country: [2]byte{'D', 'E'}}, {Country: [2]byte{'F', 'R'}}, {Country: [2]byte{'U', 'S'}}, {}}
	for place, want := range map[string]float64{"": 4, "ALL": 4, "Europe": 2, "North America": 1, "Asia": 0} {
		r := newCacheStatistics(Options{Names: names, ViewerLocation: place})
		r.Add(recs)
		table := r.Tables("")[0]
		got := 0.0
		for _, row := range table.Rows {
			if row[0].Text == "ALL" {
				got += row[4].Num
			}
		}
		if got != want {
			t.Errorf("%v requests from %q, want %v", got, place, want)
		}
		if name := value(table, "ViewerLocation"); name != cmp.Or(place, "ALL") || len(table.Rows) > 0 && table.Rows[0][2].Text != name {
			t.Errorf("viewers of %q are called %q", place, name)
		}
	}
}
