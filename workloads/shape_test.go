package workloads

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"edgesim/sim/network"
	"edgesim/sim/unit"

	"pgregory.net/rapid"
)

func mustShape(t testing.TB, cfg ShapeConfig, specs ...string) *Shape {
	t.Helper()
	s, err := NewShape(cfg, specs...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func stagesOf(t testing.TB, text string) []unit.Stage {
	t.Helper()
	s, err := unit.ParseSchedule(text)
	if err != nil {
		t.Fatal(err)
	}
	return s.Stages
}

// numbered are arrivals at whole multiples of a gap: what comes of them tells the
// inverse of the integral.
type numbered struct{ gap, next time.Duration }

func (n *numbered) Next() time.Duration {
	n.next += n.gap
	return n.next - n.gap
}

// The formula of the reference for one clock, and the crowd's corners.
func TestFactorsAreAsTheirSourcesHaveThem(t *testing.T) {
	hour := func(h float64) time.Duration { return time.Duration(h * float64(time.Hour)) }
	diurnal := func(h, peak, a1, a2 float64) float64 {
		return 1 + a1*math.Cos(2*math.Pi*(h-peak)/24) + a2*math.Cos(4*math.Pi*(h-peak)/24)
	}
	l := math.Log10(31) * 60
	second := func(s float64) time.Duration { return time.Duration(s * 1e9) }
	for _, c := range []struct {
		spec string
		at   time.Duration
		want float64
	}{
		{"diurnal", hour(20.5), 1.55},
		{"diurnal", hour(3), diurnal(3, 20.5, 0.45, 0.1)},
		{"diurnal:peak=15:00,a1=0.65,a2=0.2", hour(11.3), diurnal(11.3, 15, 0.65, 0.2)},
		{"diurnal:start=06:00", hour(1), diurnal(7, 20.5, 0.45, 0.1)},
		{"diurnal:day=24m", hour(20.5 / 60), 1.55},
		{"diurnal:weekend=2", hour(20.5 + 24), 1.55}, // a friday
		{"diurnal:weekend=2", hour(20.5 + 48), 3.1},  // a saturday
		{"diurnal:weekend=2", hour(20.5 + 72), 3.1},  // a sunday
		{"diurnal:weekend=2", hour(20.5 + 96), 1.55}, // a monday
		{"diurnal:weekend=2,weekday=friday", hour(44), 2 * diurnal(20, 20.5, 0.45, 0.1)},
		{"crowd", 59 * time.Second, 1},
		{"crowd:at=10m,peak=30", second(600 + l/2), 15.5},
		{"crowd:at=10m,peak=30", second(600 + 1.5*l), 30},
		{"crowd:at=10m,peak=30", second(600 + 2*l + 5*l), 15.5},
		{"crowd:at=10m,peak=30", second(600 + 12*l + 1), 1},
		{"release:at=1h,peak=21,half=2h", hour(0.99), 1},
		{"release:at=1h,peak=21,half=2h", hour(1), 21},
		{"release:at=1h,peak=21,half=2h", hour(5), 6},
	} {
		if got := mustShape(t, ShapeConfig{}, c.spec).At(c.at); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("%s at %v: %v, want %v", c.spec, c.at, got, c.want)
		}
	}
}

// Between the points that a parabola goes through it stays with the curve.
func TestPiecesStayWithTheirCurves(t *testing.T) {
	for spec, curve := range map[string]func(s float64) float64{
		"diurnal:a1=0.9,a2=0.2": func(s float64) float64 {
			x := 2 * math.Pi * (s/3600 - 20.5) / 24
			return 1 + 0.9*math.Cos(x) + 0.2*math.Cos(2*x)
		},
		"release:at=0s,peak=20,half=10m": func(s float64) float64 { return 1 + 19*math.Exp2(-s/600) },
	} {
		s, worst := mustShape(t, ShapeConfig{}, spec), 0.0
		for at := time.Duration(0); at < 30*time.Hour; {
			p := s.piece(at)
			for _, part := range []float64{0, 0.2, 0.4, 0.7, 0.9, 1} {
				x := part * float64(p.End-at)
				worst = max(worst, math.Abs(p.at(x)-curve((float64(at)+x)/1e9)))
			}
			if p.End == forever {
				break
			}
			at = p.End
		}
		if worst > 2e-7 {
			t.Errorf("%s: off by %g", spec, worst)
		}
	}
}

// A shape's mean is its integral: by the trapezoid rule over many small steps, and
// for stages by their areas.
func TestMeanIsTheIntegral(t *testing.T) {
	stages := stagesOf(t, "1000/s..20000/s:30s,20000/s:2m,5000/s:10s")
	if got := mustShape(t, ShapeConfig{Stages: stages}).Mean(160 * time.Second); math.Abs(got-1) > 1e-12 {
		t.Errorf("stages: mean %v over all of them", got)
	}
	for _, specs := range [][]string{
		{"diurnal"}, {"crowd:at=1m"}, {"crowd:at=1m", "diurnal:day=10m"}, {"crowd:at=5s", "crowd:at=8s", "release:at=20s,half=1m"},
		{"diurnal:weekend=1.2,day=30s,by=region"},
	} {
		s := mustShape(t, ShapeConfig{Stages: stages}, specs...)
		const until, steps = 10 * time.Minute, 600_000
		sum, peak := 0.0, 0.0
		for i := range steps {
			at := s.At((2*time.Duration(i) + 1) * until / (2 * steps))
			sum, peak = sum+at/steps, max(peak, at)
		}
		if got := s.Mean(until); math.Abs(got/sum-1) > 1e-5 {
			t.Errorf("%v: mean %v, by small steps %v", specs, got, sum)
		}
		if got := s.Peak(until); got < peak*(1-1e-9) || got > peak*1.001 {
			t.Errorf("%v: peak %v, by small steps %v", specs, got, peak)
		}
	}
}

// drawShape is any shape of a few minutes.
func drawShape(t *rapid.T) *Shape {
	var specs []string
	for range rapid.IntRange(0, 3).Draw(t, "shapes") {
		specs = append(specs, rapid.SampledFrom([]string{
			"diurnal:day=1m", "diurnal:day=7s,a1=1,a2=0", "diurnal:day=20s,weekend=0,by=clock", "diurnal:day=90s,weekend=3",
			"crowd:at=3s,peak=5,unit=2s", "crowd:at=0s,peak=1000,unit=1ms,decay=2", "release:at=2s,half=700ms", "crowd:at=40s,unit=10s",
		}).Draw(t, "shape"))
	}
	var list []unit.Stage
	rate := rapid.Custom(func(t *rapid.T) unit.Rate { return unit.Rate(rapid.IntRange(0, 50).Draw(t, "rate")) })
	for range rapid.IntRange(0, 4).Draw(t, "stages") {
		list = append(list, unit.Stage{From: rate.Draw(t, "from"), To: rate.Draw(t, "to"),
			For: unit.Duration(rapid.IntRange(1, 20).Draw(t, "for")) * unit.Duration(time.Second)})
	}
	if len(list) > 0 {
		list[0].To = 10 // not all of them 0
	}
	s, err := NewShape(ShapeConfig{Stages: list}, specs...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Warped times never go back, and the integral up to each of them is what it was
// warped from: the inverse is the inverse.
func TestWarpedTimesAreTheInverseOfTheIntegral(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawShape(t)
		if s == nil {
			return
		}
		n := &numbered{gap: time.Duration(rapid.IntRange(1e6, 1e9).Draw(t, "gap"))}
		w, before, u := newWarp(n, s), time.Duration(0), time.Duration(0)
		for range 60 {
			at := w.Next()
			if at < before {
				t.Fatalf("%v after %v", at, before)
			}
			before = at
			if at == forever {
				return
			}
			if at > 0 {
				integral := s.Mean(at) * float64(at)
				if off, slope := integral-float64(u), s.Peak(at+time.Second); math.Abs(off) > 1e-9*float64(u)+2+2*slope {
					t.Fatalf("at %v the integral is %v ns, want %v", at, integral, u)
				}
			}
			u += n.gap
		}
	})
}

// The counts of a shaped Poisson process are Poisson about the integral of its rate:
// chi-square over 10 s, with a ramp, a step, a rest and a crowd.
func TestShapedCountsFollowTheRate(t *testing.T) {
	stages := stagesOf(t, "0/s..2000/s:1m,500/s:30s,0/s:10s,1000/s:2m")
	s := mustShape(t, ShapeConfig{Stages: stages, Length: 220 * time.Second}, "crowd:at=100s,peak=4,unit=20s,decay=2", "diurnal:day=2m")
	const rate = 1500
	for _, kind := range []string{"poisson", "constant"} {
		a, err := NewArrivals(kind, ArrivalConfig{Rate: rate, RNG: rand.NewPCG(1, 2), Shape: s})
		if err != nil {
			t.Fatal(err)
		}
		counts, expected := make([]float64, 22), make([]float64, 22)
		for at := a.Next(); at < 220*time.Second; at = a.Next() {
			counts[at/(10*time.Second)]++
		}
		before := 0.0
		for i := range expected {
			end := time.Duration(i+1) * 10 * time.Second
			upTo := rate * s.Mean(end) * end.Seconds()
			expected[i], before = upTo-before, upTo
		}
		for i := range expected {
			if expected[i] < 1e-6 && counts[i] == 0 {
				expected[i], counts[i] = 1, 1 // the rest: nothing came, as it should
			}
			if kind == "constant" && math.Abs(counts[i]-expected[i]) > 1.01 {
				t.Errorf("constant: %v requests in part %d, want %v", counts[i], i, expected[i])
			}
		}
		chi := 0.0
		for i := range counts {
			chi += (counts[i] - expected[i]) * (counts[i] - expected[i]) / expected[i]
		}
		if chi > 46.8 { // 0.999 of chi-square with 22 degrees of freedom is 48.3; 46.8 of 21
			t.Errorf("%s: chi-square %v", kind, chi)
		}
	}
}

// Who asks follows the sun: each country's part of the requests peaks at its own
// evening, and all together are as many as the sum says.
func TestViewersAskInTheirOwnTime(t *testing.T) {
	v := mustViewers(t, ViewersConfig{Countries: []Country{{"JP", 1}, {"DE", 2}, {"US", 1}}})
	s := mustShape(t, ShapeConfig{Viewers: v}, "diurnal:by=region,peak=20:30,a1=0.5,a2=0")
	rng := rand.NewPCG(3, 4)
	const draws = 200_000
	for hour := 0; hour < 24; hour += 3 {
		at := time.Duration(hour) * time.Hour
		var counts, expected [3]float64
		for range draws {
			counts[v.CountryIndex(s.Viewer(v, at, rng))]++
		}
		sum := 0.0
		for i, share := range []float64{0.25, 0.5, 0.25} {
			expected[i] = share * s.regions.places[i].height(ptr(s.regions.moment(float64(at))))
			sum += expected[i]
		}
		if got := s.At(at); math.Abs(got-sum) > 1e-6 {
			t.Errorf("at %d:00 the factor is %v, the sum of the countries %v", hour, got, sum)
		}
		for i := range expected {
			expected[i] *= draws / sum
		}
		if p := chiSquare(counts[:], expected[:]); p < 1e-4 {
			t.Errorf("at %d:00 UTC: %v ask, want %v", hour, counts, expected)
		}
	}
	peaks := map[string]int{}
	for i, code := range v.Countries() {
		best := 0.0
		for minute := range 24 * 60 {
			h := s.regions.places[i].height(ptr(s.regions.moment(float64(minute) * 60e9)))
			if h > best {
				best, peaks[code] = h, minute
			}
		}
	}
	// Tokyo's sun is 9.3 hours ahead, Germany's 0.7; the United States' is 6.1 behind.
	for code, want := range map[string]float64{"JP": 20.5 - 9.2, "DE": 20.5 - 0.65, "US": 20.5 + 6.1 - 24} {
		if got := float64(peaks[code]) / 60; math.Abs(math.Mod(got-want+36, 24)-12) > 0.5 {
			t.Errorf("%s is busiest at %.2f UTC, want about %.2f", code, got, want)
		}
	}
	flat := mustShape(t, ShapeConfig{}, "diurnal:by=region")
	if one := mustShape(t, ShapeConfig{}, "diurnal"); flat.Peak(24*time.Hour) > one.Peak(24*time.Hour)-0.15 {
		t.Errorf("all around the earth the peak is %v, of one clock %v: it should be flatter", flat.Peak(24*time.Hour), one.Peak(24*time.Hour))
	}
}

func ptr[T any](v T) *T { return &v }

func TestNewShapeRefuses(t *testing.T) {
	for spec, want := range map[string]string{
		"dirnal":                     `did you mean "diurnal"?`,
		"diurnal:a1=1,a2=0.9":        "below 0",
		"diurnal:peak=25:00":         `"25:00": want a time of day, as 20:30`,
		"diurnal:peak=24:01":         "want 00:00 to 24:00",
		"diurnal:peak=8":             "want a time of day",
		"diurnal:by=regions":         `did you mean "region"?`,
		"diurnal:weekday=mon":        "want monday, tuesday",
		"crowd:peak=0.5":             "want 1 to",
		"crowd:at=-1s":               "cannot be negative",
		"diurnal:by=region,by=clock": "given twice",
	} {
		if err := CheckShape(spec); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", spec, err, want)
		}
	}
	if _, err := NewShape(ShapeConfig{}, "diurnal:by=region", "diurnal:by=region"); err == nil || !strings.Contains(err.Error(), "by region already") {
		t.Errorf("two of them by region: %v", err)
	}
}

func TestShapedArrivalsAllocateNothing(t *testing.T) {
	v := mustViewers(t, ViewersConfig{})
	s := mustShape(t, ShapeConfig{Viewers: v, Stages: stagesOf(t, "10/s..20/s:1h")}, "diurnal:by=region", "crowd:at=10s")
	for _, kind := range ArrivalKinds() {
		a, err := NewArrivals(kind.Name, ArrivalConfig{Rate: 10, RNG: rand.NewPCG(1, 2), Shape: s})
		if err != nil {
			t.Fatal(err)
		}
		rng := rand.NewPCG(5, 6)
		if n := testing.AllocsPerRun(1000, func() { s.Viewer(v, a.Next(), rng) }); n != 0 {
			t.Errorf("%s: %v allocations for each request", kind.Name, n)
		}
	}
}

// BenchmarkArrivals is one time: of every kind as it comes, and of Poisson in
// shapes. The last time printed beside says that the outcome is the same as before.
func BenchmarkArrivals(b *testing.B) {
	run := func(name, kind string, s *Shape) {
		b.Run(name, func(b *testing.B) {
			a, err := NewArrivals(kind, ArrivalConfig{Rate: 5000, RNG: rand.NewPCG(1, 2), Shape: s})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			at := time.Duration(0)
			for range b.N {
				at = a.Next()
			}
			b.ReportMetric(at.Seconds()/float64(b.N)*5000, "gap")
		})
	}
	for _, kind := range ArrivalKinds() {
		run(kind.Name, kind.Name, nil)
	}
	for _, kind := range ShapeKinds() {
		run(fmt.Sprintf("poisson/%s", kind.Name), "poisson", mustShape(b, ShapeConfig{}, kind.Name))
	}
	stages := ShapeConfig{Stages: stagesOf(b, "1000/s..9000/s:10000h")}
	run("poisson/stages", "poisson", mustShape(b, stages))
	run("poisson/all", "poisson", mustShape(b, stages, "diurnal:by=region", "crowd"))
}

// BenchmarkWhoAsks draws who asks, anybody and by region.
func BenchmarkWhoAsks(b *testing.B) {
	v := mustViewers(b, ViewersConfig{})
	for _, spec := range []string{"diurnal", "diurnal:by=region"} {
		b.Run(spec, func(b *testing.B) {
			s, rng := mustShape(b, ShapeConfig{Viewers: v}, spec), rand.NewPCG(1, 2)
			b.ReportAllocs()
			for i := range b.N {
				s.Viewer(v, time.Duration(i)*time.Millisecond, rng)
			}
		})
	}
}

// Viewers by default have clocks of their own.
func TestDefaultCountriesHaveALongitude(t *testing.T) {
	for _, c := range DefaultCountries() {
		if len(network.Homes(c.Code)) == 0 {
			t.Errorf("viewers in %s live nowhere", c.Code)
		}
	}
}

// A rate that goes to nothing and stays there has a last request, whatever else the
// shape has.
func TestARateThatGoesToNothingEnds(t *testing.T) {
	s, err := NewShape(ShapeConfig{Stages: []unit.Stage{{From: 10, To: 0, For: unit.Duration(2 * time.Second)}}}, "diurnal:day=7s")
	if err != nil {
		t.Fatal(err)
	}
	w := newWarp(&numbered{gap: 100 * time.Millisecond}, s)
	for range 1000 {
		if w.Next() == forever {
			return
		}
	}
	t.Error("a thousand requests at nothing a second")
}
