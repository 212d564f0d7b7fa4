package plot

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"edgesim/results"
	"edgesim/results/report"
)

// steady are records of the same size, so many a second from one moment to another,
// that take no time.
func steady(from, to time.Duration, perSecond int) []results.Record {
	var recs []results.Record
	for at := from; at < to; at += time.Second / time.Duration(perSecond) {
		recs = append(recs, results.Record{At: int64(at), Status: 200, Response: results.Hit, Result: results.Hit, BytesOut: 1e6 / 8})
	}
	return recs
}

// TestSteadyLoadIsAFlatLine: wherever within a second a run begins and ends, what is
// steady is drawn so, as a count, as bytes and as a rate, and the legend's figures are of
// all that there was.
func TestSteadyLoadIsAFlatLine(t *testing.T) {
	const rate = 100
	rapid.Check(t, func(t *rapid.T) {
		ms := func(name string, low, high int) time.Duration {
			return time.Duration(rapid.IntRange(low, high).Draw(t, name)) * time.Millisecond
		}
		epoch := time.Unix(1_795_687_200, 0).Add(ms("epoch", 0, 999)).UTC()
		warmup, length := ms("warm-up", 0, 2000), ms("length", 4000, 9000)
		o := report.Options{Names: results.NewNames(epoch), Grain: time.Second}
		kinds := []report.Kind{must(report.Find("cache_statistics")), must(report.Find("origin"))}
		set := report.NewSet(o, kinds...)
		set.Add(steady(warmup, length, rate))
		set.Add([]results.Record{{At: int64(length) - 1, Total: 2e9, Status: 200, BytesOut: 8}}) // what ends later
		set.Measure(epoch.Add(warmup), epoch.Add(length))
		for _, k := range kinds {
			for _, table := range set.Tables(k.Name, "") {
				for _, c := range table.Charts {
					want, flat := map[string]float64{"requests": rate, "bytes": rate * 1e6 / 8, "origin_requests": rate, "bandwidth": rate}[c.Name]
					if f := FromTable(table, c); flat && f.X.Scale == Time {
						checkFlat(t, f, want, (length - warmup).Seconds())
					}
				}
			}
		}
	})
}

// checkFlat holds a figure's first line to a height, give or take the one record in 25
// that a bucket of the least length that is drawn begins or ends with, and to the seconds
// that were measured.
func checkFlat(t *rapid.T, f *Figure, want, seconds float64) {
	l := f.Series[0]
	for i, y := range l.Y {
		if math.Abs(y-want) > 0.081*want {
			t.Fatalf("%s: %v at %v of %v, want %v", f.Name, y, l.X[i], l.X, want)
		}
	}
	if n := float64(len(l.Y)); n < seconds-1 || n > seconds+2 {
		t.Fatalf("%s: %d buckets are drawn of %v s", f.Name, len(l.Y), seconds)
	}
	var mean float64
	if f.Name == "origin_requests" {
		if _, err := fmt.Sscanf(l.Note, "%f/s", &mean); err != nil || math.Abs(mean-want) > 1 {
			t.Fatalf("the mean is %q, want %v", l.Note, want)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Buckets that were measured in part: less than a quarter is not drawn, unless no bucket
// is whole; then a count is what it is, and a rate is over what was measured.
func TestBucketsThatWereMeasuredInPart(t *testing.T) {
	count := report.Chart{Unit: report.Count, Series: []report.Series{{Columns: []string{"Requests"}}}}
	rate, share, times := count, count, count
	rate.Rate = true
	share.Unit, share.Series = report.Percent, []report.Series{{Columns: []string{"Hits"}, Over: []string{"Requests"}}}
	times.Unit, times.Series = report.Millis, []report.Series{{Columns: []string{"P99"}}}
	for _, c := range []struct {
		what     string
		chart    report.Chart
		from, to string // minutes of the table's three hours from 10:00
		x        int    // place of the first bucket that is drawn
		y        []float64
		note     string
	}{
		{"half an hour", count, "10:30", "12:30", 0, []float64{200, 0, 600}, "400"},
		{"a rate", rate, "10:30", "12:30", 0, []float64{0.05555556, 0, 0.1666667}, "0.06/s"},
		{"a share", share, "10:30", "12:30", 0, []float64{25, math.NaN(), 25}, "25.0 %"},
		{"a time", times, "10:30", "12:30", 0, []float64{10, math.NaN(), 30}, ""},
		{"a quarter", count, "10:45", "13:00", 0, []float64{400, 0, 300}, "400"},
		{"less than a quarter", count, "10:46", "13:00", 1, []float64{0, 300}, "400"},
		{"after the end", count, "10:00", "12:00", 0, []float64{100, 0}, "400"},
		{"no whole hour", count, "10:59", "11:30", 0, []float64{100, 0, 300}, "400"},
		{"no whole hour, a rate", rate, "10:59", "11:30", 0, []float64{1.666667, 0, 0.08333333}, "0.22/s"},
	} {
		table := hourly()
		table.Preamble = append(table.Preamble, [2]string{"MeasuredFromUTC", "2026-11-26T" + c.from + ":00Z"}, [2]string{"MeasuredToUTC", "2026-11-26T" + c.to + ":00Z"})
		c.chart.X, c.chart.Name = "TimeBucket", "x"
		l := FromTable(table, c.chart).Series[0]
		same := func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
		if !slices.EqualFunc(l.Y, c.y, same) || l.Note != c.note || l.X[0] != 1_795_687_200+3600*float64(c.x) {
			t.Errorf("%s: %v from %v, %q; want %v from hour %d, %q", c.what, l.Y, l.X, l.Note, c.y, c.x, c.note)
		}
	}
}

// A run that was interrupted ends with its last record, in every plot over its time.
func TestAPlotOfARunThatWasCutShort(t *testing.T) {
	for _, k := range Kinds() {
		if !k.Whole {
			continue
		}
		for _, c := range []struct {
			end  time.Duration
			most int // buckets that are drawn
		}{{5*time.Second + 500*time.Millisecond, 6}, {5*time.Second + 200*time.Millisecond, 5}} {
			d := k.New(Options{Names: results.NewNames(time.Unix(0, 0)), Length: time.Minute, Grain: time.Second})
			d.Add(steady(0, c.end, 100))
			d.(Cuttable).CutShort()
			f := d.Figure()
			if n := len(f.Series[0].Y); n != c.most || f.X.Max > c.end.Seconds() {
				t.Errorf("%s of %v has %d buckets up to %v, want %d", k.Name, c.end, n, f.X.Max, c.most)
			}
			for _, y := range f.Series[0].Y {
				if f.Y.Unit == PerSecond && math.Abs(y-100) > 3 {
					t.Errorf("%s of %v: %v, want 100 each second", k.Name, c.end, f.Series[0].Y)
				}
			}
		}
	}
}
