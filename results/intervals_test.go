package results

import (
	"bytes"
	"encoding/csv"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"pgregory.net/rapid"
)

// someRecords are requests of 5 s with every way to end, drawn from a seed.
func someRecords(seed uint64, n int) []Record {
	rng := rand.New(rand.NewPCG(seed, 1))
	recs := make([]Record, n)
	for i := range recs {
		r := &recs[i]
		r.At, r.Lag = rng.Int64N(5e9), rng.Int64N(3e6)
		r.TTFB = r.Lag + 1 + int64(rng.ExpFloat64()*20e6)
		r.Total = r.TTFB + rng.Int64N(2e9)
		r.Status, r.BytesOut, r.Class, r.Distribution = 200, rng.Int64N(1000), uint8(rng.IntN(3)), uint16(rng.IntN(2))
		r.Response = []Result{Hit, Miss, RefreshHit, NoResult}[rng.IntN(4)]
		switch rng.IntN(12) {
		case 0:
			r.Status, r.Response, r.Flags, r.TTFB = 0, NoResult, NoResponse, 0
		case 1:
			r.Flags = Truncated
		case 2:
			r.Flags = Unverified
		case 3:
			r.Status, r.Response, r.Result = 503, Error, Error
		case 4:
			r.Status, r.Response, r.Result = 404, Error, Error
		case 5:
			r.Flags = Aborted
		}
	}
	return recs
}

// Counts and histograms are those that a plain second pass over the records finds,
// in whatever order they came.
func TestIntervalsCountByWhenThingsHappened(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		recs := someRecords(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(1, 300).Draw(t, "n"))
		v := NewIntervals(time.Second, time.Second)
		for batch := range slices.Chunk(recs, rapid.IntRange(1, 40).Draw(t, "batch")) {
			v.Add(batch)
		}
		scheduled, sent, done, failed := map[int64]int64{}, map[int64]int64{}, map[int64]int64{}, map[int64]int64{}
		times := map[int64]*Histogram{}
		for i := range recs {
			r := &recs[i]
			scheduled[r.At/1e9]++
			sent[(r.At+r.Lag)/1e9]++
			end := (r.At + r.Total) / 1e9
			done[end]++
			if r.Failed() {
				failed[end]++
			}
			if r.At >= 1e9 && r.TTFB > 0 && !r.Flags.Has(NoResponse) {
				if times[end] == nil {
					times[end] = NewHistogram()
				}
				times[end].Record(r.TTFB)
			}
		}
		for n, c := range v.counts {
			at := int64(n)
			if c.Scheduled != scheduled[at] || c.Sent != sent[at] || c.Done != done[at] || c.Faults.Total() != failed[at] {
				t.Fatalf("second %d: %+v with %d errors; right are %d scheduled, %d sent, %d done, %d errors",
					n, c, c.Faults.Total(), scheduled[at], sent[at], done[at], failed[at])
			}
		}
		found := map[int64]*Histogram{}
		if err := v.eachInterval(TTFB, func(h *Histogram, at int64, tag string) error {
			if tag == "" && h.Count() > 0 {
				found[at] = h
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if len(found) != len(times) {
			t.Fatalf("%d intervals have first bytes; right are %d", len(found), len(times))
		}
		for at, want := range times {
			if got := found[at]; got.Figures() != want.Figures() || !got.whole().Equals(want.whole()) || got.Min() != want.Min() {
				t.Fatalf("second %d: %+v; right is %+v", at, got.Figures(), want.Figures())
			}
		}
	})
}

// The log is read back by HdrHistogram's own reader: the same counts, times to
// three digits, tags and beginnings.
func TestIntervalLogIsReadByHdrHistogram(t *testing.T) {
	v := NewIntervals(time.Second, 0)
	recs := someRecords(7, 2000)
	v.Add(recs)
	epoch := time.Date(2026, 3, 1, 12, 0, 0, 250e6, time.UTC)
	var log bytes.Buffer
	if err := v.WriteLog(&log, Total, epoch); err != nil {
		t.Fatal(err)
	}
	want := NewLatencies()
	want.Add(recs)
	all := map[string]*hdrhistogram.Histogram{}
	reader := hdrhistogram.NewHistogramLogReader(&log)
	for lines := 0; ; lines++ {
		h, err := reader.NextIntervalHistogram()
		if err != nil {
			t.Fatal(err)
		}
		if h == nil {
			break
		}
		if ms := h.StartTimeMs() - epoch.UnixMilli(); ms%1000 != 0 || ms < 0 || ms > 10_000 {
			t.Errorf("line %d begins %d ms after the run; right are whole seconds of it", lines, ms)
		}
		if all[h.Tag()] == nil {
			all[h.Tag()] = hdrhistogram.New(1, logMost, histogramDigits)
		}
		all[h.Tag()].Merge(h)
	}
	if len(all) != 6 {
		t.Errorf("%d tags; right are all, Hit, RefreshHit, Miss, Error and unclassified", len(all))
	}
	for r := range Results {
		of := want.Get(Total, r)
		if of.Count() == 0 {
			continue
		}
		got := all[r.Label()]
		if got == nil || got.TotalCount() != of.Count() {
			t.Fatalf("%v: %v in the log; right are %d times", r, got, of.Count())
		}
		for _, q := range []float64{10, 50, 99, 99.9, 100} {
			if ms, right := float64(got.ValueAtPercentile(q))/1e6, of.Quantile(q/100); math.Abs(ms-right) > 0.002*right+0.002 {
				t.Errorf("%v: percentile %v is %v ms in the log; right is %v", r, q, ms, right)
			}
		}
	}
	if all[""].TotalCount() != want.All(Total).Count() {
		t.Errorf("%d times without a tag; right are all %d", all[""].TotalCount(), want.All(Total).Count())
	}
}

func TestIntervalCSV(t *testing.T) {
	v := NewIntervals(time.Second, time.Second)
	v.Add([]Record{
		{At: 0, TTFB: 2e6, Total: 4e6, Status: 200, Response: Hit, Result: Hit, BytesOut: 100},
		{At: 1.5e9, Lag: 0.6e9, TTFB: 1.6e9, Total: 2e9, Status: 503, Response: Error, Result: Error},
	})
	v.Unsent(1700*time.Millisecond, 5)
	v.Unsent(6*time.Second, 1)
	v.Add([]Record{{At: 2e9, Total: 1e6, Flags: NoResponse, Fault: FaultRefused}})
	v.Length = 2750 * time.Millisecond
	var b strings.Builder
	if err := v.WriteCSV(&b, epoch); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range lines[0] {
		column[name] = i
	}
	for _, c := range []struct {
		second int
		name   string
		want   string
	}{
		{0, "second", "0"}, {0, "warmup", "1"}, {0, "scheduled", "1"}, {0, "sent", "1"}, {0, "done", "1"}, {0, "errors", "0"},
		{0, "bytes", "100"}, {0, "hit_ratio", "1.000000"}, {0, "ttfb_p50_ms", "2.000"}, {0, "total_max_ms", "4.000"},
		{0, "measured_s", "1"}, {2, "measured_s", "0.75"}, {3, "measured_s", "0"}, {1, "scheduled", "6"}, {1, "sent", "0"}, {1, "done", "0"}, {1, "warmup", "0"}, {1, "hit_ratio", ""}, {1, "ttfb_p50_ms", ""},
		{2, "sent", "2"}, {2, "error_refused", "1"}, {2, "error_reset", "0"}, {2, "errors", "1"}, {6, "scheduled", "1"}, {6, "done", "0"}, {3, "error_status_5xx", "1"}, {3, "errors", "1"}, {3, "done", "1"}, {3, "service_p99_ms", "1400.000"},
	} {
		got := lines[1+c.second][column[c.name]]
		if want, err := strconv.ParseFloat(c.want, 64); err == nil {
			if f, _ := strconv.ParseFloat(got, 64); math.Abs(f-want) <= want/1000 {
				continue
			}
		}
		if got != c.want {
			t.Errorf("second %d: %s is %q; right is %q", c.second, c.name, got, c.want)
		}
	}
	if len(lines) != 8 {
		t.Errorf("%d lines; right are a head and 7 seconds", len(lines))
	}
}

// What is kept of an hour does not grow with requests, and no record allocates
// once its second is known.
func TestIntervalsAllocateNothingPerRecord(t *testing.T) {
	v := NewIntervals(time.Second, 0)
	recs := []Record{{At: 1e9, TTFB: 3e6, Total: 5e6, Status: 200, Response: Hit}}
	v.Add(recs)
	if n := testing.AllocsPerRun(1000, func() { v.Add(recs) }); n != 0 {
		t.Errorf("%v allocations a record", n)
	}
}

func TestIntervalFor(t *testing.T) {
	for _, c := range []struct{ length, want time.Duration }{
		{0, time.Second}, {time.Hour, time.Second}, {2 * time.Hour, 10 * time.Second}, {24 * time.Hour, time.Minute},
		{60 * 24 * time.Hour, 24 * time.Minute},
	} {
		if got := IntervalFor(c.length); got != c.want || c.length > 3600*got {
			t.Errorf("%v: intervals of %v; right are %v", c.length, got, c.want)
		}
	}
}

func BenchmarkIntervals(b *testing.B) {
	recs := someRecords(1, 4096)
	for i := range recs {
		recs[i].At = int64(i) * 50_000 // 20,000 a second
		recs[i].Total = recs[i].TTFB + 1e5
	}
	v := NewIntervals(time.Second, 0)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		at := i % len(recs)
		v.Add(recs[at : at+1])
	}
}

// Groups are what a plain count of the records gives, and add up when merged.
func TestSummaryByStatusClassAndDistribution(t *testing.T) {
	names := exampleNames()
	names.Classes = []string{"other", "image", "page"}
	recs := someRecords(3, 500)
	whole, a, b := NewSummary(names, SummaryOptions{Groups: true}), NewSummary(names, SummaryOptions{Groups: true}), NewSummary(names, SummaryOptions{Groups: true})
	whole.Latency().Add(recs)
	a.Latency().Add(recs[:100])
	b.Latency().Add(recs[100:])
	a.Merge(b)
	s, merged := whole.Finish(SummaryEnd{}), a.Finish(SummaryEnd{})
	byClass, failed := map[string]int64{}, map[string]int64{}
	for i := range recs {
		name := names.Classes[recs[i].Class]
		byClass[name]++
		if recs[i].Failed() {
			failed[name]++
		}
	}
	for name, n := range byClass {
		if got := s.ByClass[name]; got.Requests != n || got.Errors != failed[name] || got.Latency.TTFB.P99 <= 0 || merged.ByClass[name] != got {
			t.Errorf("class %s: %+v, merged %+v; right are %d requests, %d errors", name, got, merged.ByClass[name], n, failed[name])
		}
	}
	sum := func(m map[string]GroupFigures) (n int64) {
		for _, g := range m {
			n += g.Requests
		}
		return n
	}
	if sum(s.ByStatus) != 500 || sum(s.ByDistribution) != 500 || s.ByStatus["000"].Requests == 0 || s.ByStatus["503"].Errors == 0 ||
		s.ByDistribution["EIMAGES0000001"].Requests == 0 {
		t.Errorf("by status %+v, by distribution %+v", s.ByStatus, s.ByDistribution)
	}
	if plain := NewSummary(names, SummaryOptions{}).Finish(SummaryEnd{}); plain.ByStatus != nil {
		t.Error("a summary without groups has some")
	}
}
