package results

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const ms = int64(time.Millisecond)

func TestLatenciesLeaveOutWhatHasNoTime(t *testing.T) {
	l := NewLatencies()
	l.Add([]Record{
		{Response: Hit, Layer: LayerEdge, TTFB: 1 * ms, Total: 2 * ms},
		{Response: Hit, Layer: LayerEdge, TTFB: 1 * ms, Total: 9 * ms, Flags: Aborted}, // first byte only
		{Response: Miss, Layer: LayerOrigin, TTFB: 40 * ms, Total: 50 * ms, Lag: 10 * ms},
		{Response: Miss, Layer: LayerOrigin, TTFB: 40 * ms, Total: 70 * ms, Flags: Truncated},
		{Result: Error, Total: 100 * ms, Flags: NoResponse}, // no first byte
		{Result: Error, TTFB: 5 * ms, Total: 100 * ms, Flags: NoResponse},
	})
	for _, c := range []struct {
		what  string
		h     *Histogram
		count int64
		max   float64
	}{
		{"ttfb", l.All(TTFB), 4, 40},
		{"total", l.All(Total), 5, 100},
		{"service", l.All(Service), 5, 100},
		{"ttfb of hits", l.Get(TTFB, Hit), 2, 1},
		{"total of hits", l.Get(Total, Hit), 1, 2},
		{"service of misses", l.Get(Service, Miss), 2, 70},
		{"ttfb of errors", l.Get(TTFB, Error), 0, 0},
		{"total of errors", l.Get(Total, Error), 2, 100},
		{"total of refresh hits", l.Get(Total, RefreshHit), 0, 0},
		{"total from the edge", l.Layer(Total, LayerEdge), 1, 2},
		{"ttfb from the origin", l.Layer(TTFB, LayerOrigin), 2, 40},
		{"ttfb from the shield", l.Layer(TTFB, LayerShield), 0, 0},
	} {
		if c.h.Count() != c.count || c.h.Max() != c.max {
			t.Errorf("%s: %d times up to %v ms, want %d up to %v", c.what, c.h.Count(), c.h.Max(), c.count, c.max)
		}
	}
	if min := l.Get(Service, Miss).Min(); min != 40 {
		t.Errorf("service time is %v ms, want 40: total 50 less lag 10", min)
	}
	if l.NoFirstByte() != 2 || l.HungUp() != 1 {
		t.Errorf("%d without a first byte and %d hung up, want 2 and 1", l.NoFirstByte(), l.HungUp())
	}
}

// However records are split over views, merged they are the same.
func TestLatenciesMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		recs := rapid.SliceOfN(anyRecord(2), 0, 8).Draw(t, "records")
		cut := rapid.IntRange(0, len(recs)).Draw(t, "cut")
		whole, a, b := NewLatencies(), NewLatencies(), NewLatencies()
		whole.Add(recs)
		a.Add(recs[:cut])
		b.Add(recs[cut:])
		a.Merge(b)
		got, want := maps.Collect(a.Files()), maps.Collect(whole.Files())
		if len(got) != len(want) {
			t.Fatalf("%d histograms, want %d", len(got), len(want))
		}
		for name, h := range want {
			if got[name].Figures() != h.Figures() || got[name].Min() != h.Min() {
				t.Fatalf("%s: %+v, want %+v", name, got[name].Figures(), h.Figures())
			}
		}
		if a.NoFirstByte() != whole.NoFirstByte() || a.HungUp() != whole.HungUp() || a.Clamped() != whole.Clamped() {
			t.Fatal("what was left out differs")
		}
	})
}

func TestLatencyFiles(t *testing.T) {
	l := NewLatencies()
	l.Add([]Record{{Response: Hit, Layer: LayerEdge, TTFB: ms, Total: ms}, {Total: ms}})
	dir := t.TempDir()
	if err := l.WriteFiles(dir); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	want := []string{
		"service.Hit.hgrm", "service.hgrm", "service.layer-edge.hgrm", "service.layer-none.hgrm", "service.unclassified.hgrm",
		"total.Hit.hgrm", "total.hgrm", "total.layer-edge.hgrm", "total.layer-none.hgrm", "total.unclassified.hgrm",
		"ttfb.Hit.hgrm", "ttfb.hgrm", "ttfb.layer-edge.hgrm",
	}
	if !slices.Equal(got, want) {
		t.Errorf("files %q, want %q", got, want)
	}
	if err := l.WriteFiles(filepath.Join(dir, "missing")); err == nil {
		t.Error("no error for a folder that does not exist")
	}
	for range l.Files() {
		break // a consumer may stop early
	}
}

func BenchmarkLatencies(b *testing.B) {
	l := NewLatencies()
	recs := make([]Record, 512)
	for i := range recs {
		recs[i] = Record{Response: Hit, Layer: LayerEdge, TTFB: int64(i) * 1000, Total: int64(i) * 2000}
	}
	l.Add(recs)
	b.ReportAllocs()
	for b.Loop() {
		l.Add(recs)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(recs)), "ns/record")
}
