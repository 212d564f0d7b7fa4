package plot

import (
	"math"
	"slices"
	"testing"
	"time"

	"gonum.org/v1/plot"
	"pgregory.net/rapid"
)

func labels(a *plot.Axis) []string {
	var all []string
	for _, t := range a.Tick.Marker.Ticks(a.Min, a.Max) {
		if t.Label != "" && t.Value >= a.Min && t.Value <= a.Max {
			all = append(all, t.Label)
		}
	}
	return all
}

func TestTimeAxisCountsInTheUnitOfTheRun(t *testing.T) {
	for _, c := range []struct {
		length time.Duration
		title  string
		labels []string
	}{
		{20 * time.Second, "time since the run began (s)", []string{"0", "2", "4", "6", "8", "10", "12", "14", "16", "18", "20"}},
		{10 * time.Minute, "time since the run began (min)", []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}},
		{24 * time.Hour, "time since the run began (h)", []string{"0", "2", "4", "6", "8", "10", "12", "14", "16", "18", "20", "22", "24"}},
		{60 * 24 * time.Hour, "time since the run began (days)", []string{"0", "5", "10", "15", "20", "25", "30", "35", "40", "45", "50", "55", "60"}},
	} {
		var a plot.Axis
		elapsedAxis(&a, extent{0, c.length.Seconds()}, "time since the run began")
		got := labels(&a)
		if a.Label.Text != c.title || !slices.Equal(got, c.labels) {
			t.Errorf("%v: %q with %q; want %q with %q", c.length, a.Label.Text, got, c.title, c.labels)
		}
	}
}

func TestPercentilesOfTheSpectrum(t *testing.T) {
	var a plot.Axis
	nines(&a, 200_000, "")
	want := []string{"0 %", "50 %", "75 %", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %"}
	if got := labels(&a); !slices.Equal(got, want) {
		t.Errorf("ticks %q, want %q", got, want)
	}
}

// Whatever the data, an axis has a range of its own, the data within it and at
// least two and at most fifteen labels, rising.
func TestAxesSuitAnyData(t *testing.T) {
	good := func(t *rapid.T, a *plot.Axis, low, high float64) {
		if !(a.Min < a.Max) || low < a.Min || high > a.Max {
			t.Fatalf("axis %v..%v for data %v..%v", a.Min, a.Max, low, high)
		}
		if n := len(labels(a)); n < 2 || n > 15 {
			t.Fatalf("%d labels on an axis for %v..%v: %q", n, low, high, labels(a))
		}
		marks := a.Tick.Marker.Ticks(a.Min, a.Max)
		if !slices.IsSortedFunc(marks, func(x, y plot.Tick) int { return int(math.Copysign(1, x.Value-y.Value)) }) {
			t.Fatal("the ticks do not rise")
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		low := math.Pow(10, rapid.Float64Range(-3, 7).Draw(t, "low"))
		high := low * math.Pow(10, rapid.Float64Range(0, 9).Draw(t, "decades"))
		var log, linear, clock plot.Axis
		logAxis(&log, low, high, "", num)
		good(t, &log, lg(low), lg(high))
		linearAxis(&linear, extent{low, high}, 1, "", short)
		good(t, &linear, 0, high)
		length := time.Duration(rapid.Int64Range(1e6, math.MaxInt64/2).Draw(t, "length"))
		unit := elapsedAxis(&clock, extent{0, length.Seconds()}, "")
		good(t, &clock, 0, length.Seconds()/unit)
	})
}

func TestNumbersAreWrittenForPeople(t *testing.T) {
	for got, want := range map[string]string{
		num(1234567): "1,234,567", num(0.25): "0.25", num(999): "999", num(-1234): "-1,234",
		short(950): "950", short(9000): "9,000", short(20_000): "20k", short(1_500_000): "1.5M",
		percent(0.873): "87.3 %", percent(0.99996): "99.99 %", percent(0.00004): "< 0.1 %", percent(0): "0.0 %", percent(1): "100.0 %",
		millis(0.4123): "0.412 ms", millis(41.23): "41.2 ms", millis(4123): "4,123 ms", millis(0): "0 ms",
		things(1, "request"): "1 request", things(1200, "request"): "1,200 requests",
		every(time.Second): "each second", every(6 * time.Hour): "every 6 h", every(90 * time.Second): "every 90 s",
		every(1500 * time.Millisecond): "every 1.5s",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// A thinned line keeps its ends and its highest and lowest points.
func TestThinKeepsTheSpikes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pts := make([]point, rapid.IntRange(0, 9000).Draw(t, "points"))
		spike := -1
		for i := range pts {
			pts[i] = point{X: float64(i), Y: math.Sin(float64(i))}
		}
		if len(pts) > 0 {
			spike = rapid.IntRange(0, len(pts)-1).Draw(t, "spike")
			pts[spike].Y = 9
		}
		got := thin(pts)
		if len(got) > maxPoints {
			t.Fatalf("%d points", len(got))
		}
		if len(pts) == 0 {
			return
		}
		if got[0] != pts[0] || got[len(got)-1] != pts[len(pts)-1] || !slices.Contains(got, pts[spike]) {
			t.Fatalf("%d of %d points: an end or the spike is gone", len(got), len(pts))
		}
	})
}

func TestBucketsCutTheLastOneShort(t *testing.T) {
	b := newBuckets[int64](Options{Length: 2500 * time.Millisecond, Grain: time.Second})
	for _, at := range []int64{-5, 0, 1e9, 2.4e9, 9e9} {
		*b.at(at)++
	}
	if !slices.Equal(b.all, []int64{2, 1, 2}) {
		t.Errorf("counts %v, want [2 1 2]: what lies outside counts in the nearest bucket", b.all)
	}
	if b.measured(0) != time.Second || b.measured(2) != time.Second/2 {
		t.Errorf("widths %v and %v, want 1s and 500ms", b.measured(0), b.measured(2))
	}
	l := b.series(Line{}, func(_ int, n *int64) float64 { return float64(*n) })
	p := panel{step: 1, end: 2.5}
	want := []point{{0, 2}, {0.5, 2}, {1.5, 1}, {2.25, 2}, {2.5, 2}}
	if got := p.trace(l); !slices.Equal(got, want) {
		t.Errorf("line %v, want %v", got, want)
	}
}
