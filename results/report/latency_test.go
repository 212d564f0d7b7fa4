package report

import (
	"cmp"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"edgesim/results"
)

// timed draws a record with times and flags.
func timed(names *results.Names) *rapid.Generator[results.Record] {
	return rapid.Custom(func(t *rapid.T) results.Record {
		r := anyRecord(names).Draw(t, "record")
		r.TTFB = min(r.Total, rapid.SampledFrom([]int64{0, 1, 300e3, 1e6, 20e6, 2e9}).Draw(t, "first byte"))
		r.Flags = rapid.SampledFrom([]results.Flags{0, 0, 0, results.Aborted, results.NoResponse}).Draw(t, "flags")
		return r
	})
}

// timesOf are, sorted, the milliseconds that a row of the latency table is of.
func timesOf(recs []results.Record, time, result string) []float64 {
	var ms []float64
	for _, r := range recs {
		began := cmp.Or(r.Response, r.Result)
		if result != "All" && began.Label() != result {
			continue
		}
		switch {
		case time == "First byte" && r.TTFB > 0 && r.Flags != results.NoResponse:
			ms = append(ms, math.Round(float64(r.TTFB)/1e3)/1e3)
		case time == "Last byte" && r.Flags != results.Aborted:
			ms = append(ms, math.Round(float64(r.Total)/1e3)/1e3)
		}
	}
	slices.Sort(ms)
	return ms
}

func sorted(ms []float64, q float64) float64 {
	if len(ms) == 0 {
		return math.NaN()
	}
	return ms[max(int(math.Ceil(q*float64(len(ms)))), 1)-1]
}

func near(cell Cell, want float64) bool {
	if math.IsNaN(want) {
		return cell == noNumber
	}
	return cell.Text == "" && math.Abs(cell.Num-want) <= 0.004*want+1e-6
}

// Every row of latency and of its times over time is what sorting gives.
func TestLatencyIsAsSorting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := exampleNames()
		recs := rapid.SliceOfN(timed(names), 0, 60).Draw(t, "records")
		l := newLatency(exampleOptions(names))
		l.Add(recs)
		tables := l.Tables("")
		rows := 0
		for _, row := range tables[0].Rows {
			ms := timesOf(recs, row[2].Text, row[3].Text)
			if int(row[4].Num) != len(ms) {
				t.Fatalf("%s of %s: %v counted, want %d", row[2].Text, row[3].Text, row[4].Num, len(ms))
			}
			for i, q := range []float64{0.5, 0.9, 0.99, 0.999, 1} {
				if !near(row[6+i], sorted(ms, q)) {
					t.Fatalf("%s of %s: quantile %v is %v, want %v", row[2].Text, row[3].Text, q, row[6+i], sorted(ms, q))
				}
			}
			if row[3].Text != "All" {
				rows += len(ms)
			}
		}
		if want := len(timesOf(recs, "First byte", "All")) + len(timesOf(recs, "Last byte", "All")); rows != want {
			t.Fatalf("rows of %d times, want %d", rows, want)
		}
		checkLatencyOverTime(t, names, recs, tables[1])
	})
}

func checkLatencyOverTime(t *rapid.T, names *results.Names, recs []results.Record, table *Table) {
	for _, row := range table.Rows {
		var of []results.Record
		for _, r := range recs {
			second := epoch.Add(time.Duration(r.End())).Truncate(time.Second)
			if (row[0].Text == all || names.DistributionOf(&r).ID == row[0].Text) && second.Format(time.RFC3339) == row[2].Text {
				of = append(of, r)
			}
		}
		if int(row[3].Num) != len(of) {
			t.Fatalf("%v requests at %s of %q, want %d", row[3].Num, row[2].Text, row[0].Text, len(of))
		}
		for i, result := range []string{"All", "Hit", "RefreshHit", "Miss"} {
			for j, q := range []float64{0.5, 0.9, 0.99} {
				if want := sorted(timesOf(of, "First byte", result), q); !near(row[4+3*i+j], want) {
					t.Fatalf("quantile %v of %s at %s is %v, want %v", q, result, row[2].Text, row[4+3*i+j], want)
				}
			}
		}
	}
}

// A day's report made of its hours' tables is the day's own.
func TestLatencyAbsorbsItsHours(t *testing.T) { absorbsParts(t, "latency", nil) }

// absorbsParts holds that tables of single seconds, printed by distribution and
// put together, are the tables of all in buckets of two seconds; tables and
// columns named in apart excepted.
func absorbsParts(t *testing.T, name string, apart map[string]bool) {
	t.Helper()
	absorbsPartsOf(t, name, 0, apart)
}

// absorbsPartsOf: the lists of the parts have so many rows (Options.Most).
func absorbsPartsOf(t *testing.T, name string, most int, apart map[string]bool) {
	t.Helper()
	k, err := Find(name)
	if err != nil {
		t.Fatal(err)
	}
	names := exampleNames()
	recs := exampleRun(names)
	o := exampleOptions(names)
	o.To = epoch.Add(11 * time.Second)
	longer := o
	longer.Grain = 2 * time.Second
	whole, again := NewSet(longer, k), NewSet(longer, k)
	whole.Add(recs)
	for second := range 11 {
		part := o
		part.Most = most
		part.From, part.To = epoch.Add(time.Duration(second)*time.Second), epoch.Add(time.Duration(second+1)*time.Second)
		s := NewSet(part, k)
		s.Add(recs)
		for _, d := range names.Distributions {
			for _, table := range s.Tables(name, d.ID) {
				if err := again.Absorb(table); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for _, scope := range []string{"", "EDOWNLOAD00001"} {
		want, got := whole.Tables(name, scope), again.Tables(name, scope)
		for i := range want {
			if !apart[want[i].Name] {
				compareTables(t, want[i], got[i], apart)
			}
		}
	}
}

// compareTables compares what files would show, to a thousandth.
func compareTables(t *testing.T, want, got *Table, apart map[string]bool) {
	t.Helper()
	if len(got.Rows) != len(want.Rows) {
		t.Fatalf("%s: %d rows, want %d", want.Name, len(got.Rows), len(want.Rows))
	}
	for i, row := range want.Rows {
		for j, c := range want.Columns {
			w, g := row[j], got.Rows[i][j]
			if !apart[c.Name] && (w.Text != g.Text || math.Abs(w.Num-g.Num) > 1e-3*math.Abs(w.Num)+0.002) {
				t.Fatalf("%s: %s of row %d is %v, want %v", want.Name, c.Name, i, g, w)
			}
		}
	}
}

// Times of whole milliseconds are those of a log, in which 0.000 is below one.
func TestLatencyTellsCoarseTimes(t *testing.T) {
	for ns, want := range map[int64]int{1: 2, 5e6: 2, 5e6 + 1000: 1} {
		l := newLatency(Options{Names: exampleNames()})
		l.Add([]results.Record{{TTFB: ns, Total: ns}})
		if notes := l.Tables("")[0].Notes; len(notes) != want {
			t.Errorf("%d ns: notes %q", ns, notes)
		}
	}
}

func BenchmarkLatency(b *testing.B) { benchmarkReport(b, "latency") }
