package fit

import (
	"math"
	"testing"
	"time"

	"edgesim/results"
	"edgesim/sim/scenario"
	"edgesim/workloads"
	"edgesim/workloads/trace"
)

// TestWhatChangesIsFitted draws by changing popularities, and fits the model of each:
// its parameters are near, and so are the curves.
func TestWhatChangesIsFitted(t *testing.T) {
	if raceEnabled {
		t.Skip("a million requests: run without the race detector")
	}
	for _, c := range []struct{ popularity, model string }{
		{"shot_noise:requests=20,beta=1.5,life=200s", "shot_noise"},
		{"zipf+churn:every=100s,part=10%", "churn"},
		{"mandelbrot:q=40", "mandelbrot"},
	} {
		m := drawn(t, trace.Generation{Objects: 30_000, Requests: 200_000, Zipf: 0.9, Popularity: c.popularity, Seed: 4, Rate: 100})
		f := judge(t, m, c.model)
		if d := f.Tried[0].Distance; !d.Within(0.02) {
			t.Errorf("%s: off by %+v", c.popularity, d)
		}
	}
}

// TestChurnIsMeasured: what a tenth of the ranks every 100 s is, the epochs tell.
func TestChurnIsMeasured(t *testing.T) {
	for part, want := range map[string]float64{"10%": 0.1, "0%": 0} {
		m := drawn(t, trace.Generation{Objects: 5_000, Requests: 150_000, Zipf: 0.9, Popularity: "zipf+churn:every=100s,part=" + part, Seed: 4, Rate: 100})
		c := m.Parameters().Churn
		if c == nil {
			t.Fatal("none is told")
		}
		each := c.Part.Value * 100 / c.Every
		if math.Abs(each-want) > 0.03 {
			t.Errorf("%s: told as %.3f in 100 s: %+v", part, each, c)
		}
		if c.Seen() != (want > 0) {
			t.Errorf("%s: %+v", part, c)
		}
	}
}

// TestEpochsAreCounts holds epochs, which grow, to counts of a known length.
func TestEpochsAreCounts(t *testing.T) {
	m := measure(t, &list{ofObjects(1000, func(i int) uint64 { return uint64(i % 3) })}, trace.Tells{Times: true})
	var all [epochs]uint32
	for _, o := range m.objects.All() {
		for i, n := range o.epochs.at(m.level) {
			all[i] += n
		}
	}
	want := uint32(m.epoch() * 1000)
	if m.whole() < epochs/2-1 || all[0] != want || all[1] != want {
		t.Errorf("epochs of %v s: %v", m.epoch(), all)
	}
}

// TestADayIsWritten: the shape of a trace of three days is the one that it was drawn by,
// and the scenario rises and falls as the trace does.
func TestADayIsWritten(t *testing.T) {
	shape, err := workloads.NewShape(workloads.ShapeConfig{}, "diurnal:a1=0.5,a2=0.1,peak=20:00,start=00:00")
	if err != nil {
		t.Fatal(err)
	}
	m := drawn(t, trace.Generation{Objects: 1000, Requests: 260_000, Zipf: 0.8, Seed: 2, Rate: 1, Shape: shape})
	p := m.Parameters()
	day := p.Diurnal.Day
	if math.Abs(day.A1-0.5) > 0.03 || math.Abs(day.A2-0.1) > 0.03 || math.Abs(day.Peak-20) > 0.4 || p.Arrivals.Kind != "poisson" {
		t.Fatalf("%+v, %s", p.Diurnal, p.Arrivals.Kind)
	}
	s, err := scenario.Parse("fitted.yaml", []byte(judge(t, m, "zipf").Scenario))
	if err != nil {
		t.Fatal(err)
	}
	crowd, err := s.Crowd()
	if err != nil {
		t.Fatal(err)
	}
	again := measure(t, trace.FromSource(crowd.Source, crowd.Catalog), trace.Tells{Times: true}).Parameters().Diurnal
	if math.Abs(again.A1.Value-p.Diurnal.A1.Value) > 0.03 || math.Abs(again.Peak-p.Diurnal.Peak) > 0.4 {
		t.Errorf("played again %+v, want %+v", again, p.Diurnal)
	}
}

// TestHowLongResponsesAreGood plays a cache that keeps everything for 30 s and asks then.
func TestHowLongResponsesAreGood(t *testing.T) {
	names := results.NewNames(time.Unix(0, 0))
	x := NewMixing(0)
	url := names.Strings.Of("/a.html")
	var recs []results.Record
	fetched := map[uint64]int64{}
	for i := range int64(4000) {
		at, object := i*70e6, uint64(i*i%13)
		r := results.Record{At: at, URL: url, Object: object, Method: results.GET, Status: 200, BodyBytes: 100, RangeStart: -1, ContentLength: 100}
		last, known := fetched[object]
		switch {
		case !known:
			r.Response = results.Miss
		case at-last < 30e9:
			r.Response = results.Hit
		default:
			r.Response = results.RefreshHit
		}
		if r.Response != results.Hit {
			fetched[object] = at
		}
		recs = append(recs, r)
	}
	x.Add(recs, names)
	if got := x.kinds[0].fresh.lifetime(); math.Abs(got-30) > 1.5 {
		t.Errorf("good for %v s, want 30", got)
	}
}

// TestWholeSecondsAreNoBursts: a log whose requests end in whole seconds tells nothing
// of how they come within one.
func TestWholeSecondsAreNoBursts(t *testing.T) {
	var c clock
	for i := range int64(60_000) {
		c.add(i / 500 * 1e9)
	}
	if a := c.arrivals(1, nil); a.Kind != "constant" && a.Kind != "poisson" {
		t.Errorf("%+v", a)
	}
}

// TestAddressesAreCounted to the 2 % of the sketch, three times that at most.
func TestAddressesAreCounted(t *testing.T) {
	for _, n := range []uint64{10, 4000, 300_000} {
		var d distinct
		for i := range 2 * n {
			z := (i%n + 1) * 0x9e3779b97f4a7c15
			z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
			d.add((z ^ z>>27) * 0x94d049bb133111eb >> 3)
		}
		if got := float64(d.count()); math.Abs(got/float64(n)-1) > 0.06 {
			t.Errorf("%v, want %d", got, n)
		}
	}
}

func TestReferrersHaveKinds(t *testing.T) {
	for referrer, want := range map[string]string{"": "none", "-": "none", "https://www.google.co.uk/": "search", "https://t.co/x": "social",
		"https://nott.co/": "other", "https://www.example.com/a": "other", "www.bing.com": "search"} {
		if got := referrerKind(referrer); got != want {
			t.Errorf("%q is %s, want %s", referrer, got, want)
		}
	}
}

func TestHostsArePlain(t *testing.T) {
	for host, want := range map[string]string{"WWW.Example.com:443": "www.example.com", "localhost": "", "a b.c": "", "x..y": "", "é.com": "", "[::1]:80": ""} {
		if got := plainHost(host); got != want {
			t.Errorf("%q is %q, want %q", host, got, want)
		}
	}
}
