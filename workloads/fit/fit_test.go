package fit

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"edgesim/results"
	"edgesim/sim/scenario"
	"edgesim/workloads"
	"edgesim/workloads/trace"
)

func measure(t testing.TB, r trace.Reader, tells trace.Tells) *Measured {
	t.Helper()
	m, err := Measure(t.Context(), r, Options{Name: "test", Tells: tells})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func drawn(t testing.TB, g trace.Generation) *Measured {
	t.Helper()
	made, err := trace.Generate(g)
	if err != nil {
		t.Fatal(err)
	}
	return measure(t, made, made.Tells())
}

func judge(t testing.TB, m *Measured, model string) *Fit {
	t.Helper()
	list, err := FindModels(model)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Judge(t.Context(), m, m.Parameters(), list, Near)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestBinsHoldWhatTheyAreFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Int64Range(0, 1<<61).Draw(t, "v")
		b := binOf(v)
		if last := lastOf(b); v > last || b > 0 && v <= lastOf(b-1) || binOf(last) != b {
			t.Fatalf("%d is in bin %d, which ends at %d", v, b, last)
		}
	})
}

// TestParametersAreRecovered: of 20 traces drawn with known parameters, the intervals
// of 95 % have them in 15 at least (fewer in one of 3000 runs of true intervals).
func TestParametersAreRecovered(t *testing.T) {
	if raceEnabled {
		t.Skip("20 traces: run without the race detector")
	}
	const traces = 20
	hits := map[string]int{}
	for seed := range uint64(traces) {
		m := drawn(t, trace.Generation{Objects: 20_000, Requests: 60_000, Zipf: 0.9, Seed: seed + 1, Rate: 500,
			Size: &workloads.SizeModel{Median: 12_000, Sigma: 1.3, Min: 1, Max: 1 << 40}})
		p := m.Parameters()
		z := p.Popularity.Zipf
		for what, ok := range map[string]bool{
			"exponent":   Estimate{z.Alpha, z.Low, z.High}.Has(0.9),
			"mu":         p.Sizes.Mu.Has(math.Log(12_000)),
			"sigma":      p.Sizes.Sigma.Has(1.3),
			"rate":       p.Arrivals.Rate.Has(500),
			"population": math.Abs(float64(p.Popularity.Population)/20_000-1) < 0.25,
			"poisson":    p.Arrivals.Kind == "poisson",
			"no tail":    p.Sizes.Tail == nil,
			"no flat":    p.Popularity.Mandelbrot == nil,
		} {
			if ok {
				hits[what]++
			} else {
				hits[what] += 0
			}
		}
	}
	for what, n := range hits {
		if n < 15 {
			t.Errorf("%s: right in %d of %d traces", what, n, traces)
		}
	}
}

// ofObjects is a trace of objects as f draws them, one a millisecond.
func ofObjects(n int, f func(i int) uint64) []trace.Request {
	reqs := make([]trace.Request, n)
	for i := range reqs {
		reqs[i] = trace.Request{At: int64(i) * 1e6, ID: f(i), Size: 1}
	}
	return reqs
}

// list is a Reader of requests.
type list struct{ rest []trace.Request }

func (l *list) Read(reqs []trace.Request) (int, error) {
	n := copy(reqs, l.rest)
	if l.rest = l.rest[n:]; len(l.rest) == 0 {
		return n, workloads.EOF
	}
	return n, nil
}

// TestAFlatHeadIsSeen draws by the law of Zipf and Mandelbrot.
func TestAFlatHeadIsSeen(t *testing.T) {
	const q, alpha, objects = 20, 0.9, 5000
	sums := make([]float64, objects)
	sum := 0.0
	for i := range sums {
		sum += math.Pow(float64(i+1)+q, -alpha)
		sums[i] = sum
	}
	chance := rand.New(rand.NewPCG(1, 2))
	m := measure(t, &list{ofObjects(400_000, func(int) uint64 {
		i, _ := slices.BinarySearch(sums, chance.Float64()*sum)
		return uint64(i)
	})}, trace.Tells{})
	got := m.Parameters().Popularity.Mandelbrot
	if got == nil || math.Abs(got.Q.Value-q) > 4 || math.Abs(got.Alpha.Value-alpha) > 0.05 {
		t.Errorf("%+v, want q = 20 and alpha = 0.9", got)
	}
}

func TestOneHitsAreSeen(t *testing.T) {
	ranks, err := workloads.NewZipf(5000, 0.8, rand.NewPCG(1, 2))
	if err != nil {
		t.Fatal(err)
	}
	chance := rand.New(rand.NewPCG(3, 4))
	m := measure(t, &list{ofObjects(200_000, func(i int) uint64 {
		if chance.Float64() < 0.15 {
			return 1_000_000 + uint64(i)
		}
		return ranks.Draw()
	})}, trace.Tells{})
	p := m.Parameters().Popularity
	if math.Abs(p.OneHits.Value-0.15) > 0.01 || math.Abs(float64(p.Population)/5000-1) > 0.1 {
		t.Errorf("one-hit share %v and %d objects, want 0.15 and 5000", p.OneHits, p.Population)
	}
	if f := judge(t, m, "zipf"); !f.Tried[0].Distance.Within(Near) {
		t.Errorf("curves of Zipf's law with one-hit objects are apart: %+v", f.Tried[0].Distance)
	}
}

// TestATailIsSeen draws sizes with a Pareto tail.
func TestATailIsSeen(t *testing.T) {
	m := drawn(t, trace.Generation{Objects: 100_000, Requests: 100_000, Seed: 3,
		Size: &workloads.SizeModel{Median: 5000, Sigma: 0.8, TailShare: 0.05, TailFrom: 60_000, TailIndex: 1.1, Min: 1, Max: 1 << 40}})
	s := m.Parameters().Sizes
	if s.Tail == nil || math.Abs(s.Tail.Index.Value-1.1) > 0.12 || math.Abs(s.Mu.Value-math.Log(5000)) > 0.05 || math.Abs(s.Sigma.Value-0.8) > 0.05 {
		t.Errorf("%+v, tail %+v; want mu 8.52, sigma 0.8, index 1.1", s, s.Tail)
	}
}

func TestArrivalsAreTold(t *testing.T) {
	for kind, want := range map[string]string{"poisson": "poisson", "constant": "constant", "mmpp:high=8,low_for=20s,high_for=2s": "mmpp:"} {
		made, err := trace.Generate(trace.Generation{Objects: 100, Requests: 300_000, Seed: 5, Rate: 200, Arrivals: kind})
		if err != nil {
			t.Fatal(err)
		}
		a := measure(t, made, made.Tells()).Parameters().Arrivals
		if !strings.HasPrefix(a.Kind, want) || workloads.CheckArrivals(a.Kind) != nil {
			t.Errorf("%s is told as %s: %+v", kind, a.Kind, a.Dispersions)
		}
		if !a.Rate.Has(200) {
			t.Errorf("%s: rate %+v, want 200", kind, a.Rate)
		}
	}
}

func TestADayIsSeen(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	var reqs []trace.Request
	const hours = 24 * 5
	for s := 0.0; s < hours*3600; s += 4 {
		h := s / 3600
		if rate := 1 + 0.45*math.Cos(2*math.Pi*(h-20.5)/24) + 0.1*math.Cos(4*math.Pi*(h-20.5)/24); chance.Float64() < rate/1.6 {
			reqs = append(reqs, trace.Request{At: int64(s * 1e9), ID: chance.Uint64N(100), Size: 1})
		}
	}
	d := measure(t, &list{reqs}, trace.Tells{Times: true}).Parameters().Diurnal
	if d == nil || !d.A1.Has(0.45) || !d.A2.Has(0.1) || math.Abs(d.Peak-20.5) > 0.3 {
		t.Errorf("%+v, want 0.45, 0.1 and 20.5", d)
	}
}

// TestLifeIsSeen draws shot noise: objects whose requests lie Exp(life) behind their
// birth.
func TestLifeIsSeen(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	var reqs []trace.Request
	for id := range uint64(4000) {
		birth := chance.Float64() * 10_000
		for range 1 + chance.IntN(10) {
			if at := birth + 200*chance.ExpFloat64(); at < 10_000 {
				reqs = append(reqs, trace.Request{At: int64(at * 1e9), ID: id, Size: 1})
			}
		}
	}
	slices.SortFunc(reqs, func(a, b trace.Request) int { return int(a.At - b.At) })
	got := measure(t, &list{reqs}, trace.Tells{Times: true}).Parameters().Turnover
	if got == nil || !got.Life.Has(200) || got.Resident {
		t.Errorf("%+v, want a life of 200 s", got)
	}
}

// TestZipfIsEnoughForZipf: a trace of independent requests is taken for one, with both
// curves near; and recency is near, too.
func TestZipfIsEnoughForZipf(t *testing.T) {
	m := drawn(t, trace.Generation{Objects: 20_000, Requests: 200_000, Zipf: 0.8, Seed: 1,
		Size: &workloads.SizeModel{Median: 12_000, Sigma: 1, Min: 100, Max: 1 << 20}})
	f := judge(t, m, Auto)
	if f.Tried[f.Chosen].Model != "zipf" || !f.Tried[f.Chosen].Distance.Within(Near) {
		t.Errorf("%+v", f.Tried)
	}
	if f := judge(t, m, "recency"); !f.Tried[0].Distance.Within(Near) {
		t.Errorf("%+v", f.Tried)
	}
}

// TestASampleIsNear: with an eighth of the objects followed curves are what they are
// with all, and so is the scenario's.
func TestASampleIsNear(t *testing.T) {
	g := trace.Generation{Objects: 200_000, Requests: 400_000, Zipf: 0.7, Seed: 1}
	whole := drawn(t, g)
	made, err := trace.Generate(g)
	if err != nil {
		t.Fatal(err)
	}
	sample, err := Measure(t.Context(), made, Options{Objects: 20_000})
	if err != nil {
		t.Fatal(err)
	}
	if sample.Rate() == 1 || math.Abs(float64(sample.Objects)/float64(whole.Objects)-1) > 0.03 {
		t.Errorf("%d objects by a sample of %v, want %d", sample.Objects, sample.Rate(), whole.Objects)
	}
	if d := DistanceOf(&whole.Curve, &sample.Curve, whole.Capacities()); d.Mean > 0.01 {
		t.Errorf("a sample's curve is off by %+v", d)
	}
}

func TestMixesAreShares(t *testing.T) {
	names := results.NewNames(time.Unix(0, 0))
	x := NewMixing(0)
	recs := make([]results.Record, 100)
	for i := range recs {
		recs[i] = results.Record{URL: names.Strings.Of("/a.jpg"), Method: results.GET, Status: 200, RangeStart: -1, Country: [2]byte{'D', 'E'}}
		switch {
		case i < 10:
			recs[i].Status = 206
		case i < 15:
			recs[i].Method = results.HEAD
		case i < 20:
			recs[i].Method, recs[i].URL = results.POST, names.Strings.Of("/x")
		case i < 23:
			recs[i].Flags |= results.Aborted
		}
	}
	x.Add(recs, names)
	got := x.Mixes()
	if got.Methods["POST"] != 0.05 || got.Statuses["206"] != 0.1 || got.Countries["DE"] != 1 || got.Classes["image"] != 0.95 ||
		math.Abs(got.Ranges.Value-10.0/95) > 1e-9 || got.Aborts.Value != 0.03 || math.Abs(got.Heads.Value-5.0/95) > 1e-9 || !got.Ranges.Has(0.1) {
		t.Errorf("%+v", got)
	}
}

// TestRealTracesAreNear is the table of docs/workloads.md: the scenario that is fitted
// to each is within a percentage point of its curves on average.
func TestRealTracesAreNear(t *testing.T) {
	dir := os.Getenv("EDGESIM_DATA")
	if dir == "" {
		t.Skip("EDGESIM_DATA is not set: a folder with traces")
	}
	for _, name := range []string{"adaptsize/adapt_size_request.trace.xz", "cache2k/cache2k_web07.trace.xz", "cache2k/cache2k_web12.trace.xz",
		"cache2k/cache2k_orm-busy.trace.xz", "cloudphysics/cloudPhysicsIO.oracleGeneral.bin.zst", "arc/arc_oltp.gz",
		"lirs/lirs_multi3.trace.gz", "lirs/lirs_sprite.trace.gz", "delayed-hits/trace.csv"} {
		t.Run(filepath.Base(name), func(t *testing.T) {
			if (raceEnabled || testing.Short()) && (strings.Contains(name, "orm") || strings.Contains(name, "arc")) {
				t.Skip("a million requests and more: run without -short and the race detector")
			}
			tr, err := trace.Open(trace.Options{Files: []string{filepath.Join(dir, "traces", name)}})
			if err != nil {
				t.Fatal(err)
			}
			defer tr.Close()
			f := judge(t, measure(t, tr, tr.Info().Tells), Auto)
			one := f.Tried[f.Chosen]
			d := one.Distance
			t.Logf("| %s | %d | %d | %s | %.2f | %.2f | %.2f | %.2f |", filepath.Base(name), f.Parameters.Requests, f.Parameters.Objects, one.Model, 100*d.Mean, 100*d.Max, 100*d.ByteMean, 100*d.ByteMax)
			if !d.Within(Near) {
				t.Errorf("%s is off by %+v", one.Model, d)
			}
			if _, err := scenario.Parse("fitted.yaml", []byte(f.Scenario)); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestTragensDescriptorsAreNear fits descriptors of Akamai's traffic, whose LRU curve is
// known without a trace (object hit ratios of V: .187 within 5 of its bins, .325 within 20).
func TestTragensDescriptorsAreNear(t *testing.T) {
	dir := os.Getenv("EDGESIM_DATA")
	if dir == "" {
		t.Skip("EDGESIM_DATA is not set: a folder with traces")
	}
	for _, name := range []string{"v", "eu-2"} {
		t.Run(name, func(t *testing.T) {
			if raceEnabled || testing.Short() && name != "v" {
				t.Skip("millions of requests: run without -short and the race detector")
			}
			m, err := Describe(filepath.Join(dir, "traces", "akamai-tragen", name, "fd.txt.gz"))
			if err != nil {
				t.Fatal(err)
			}
			if name == "v" {
				for size, hits := range map[int64]float64{1e9: 0.187, 4e9: 0.325} {
					if miss, _ := m.Curve.At(size); math.Abs(1-miss-hits) > 0.003 {
						t.Errorf("at %d: a hit ratio of %.3f, want %.3f", size, 1-miss, hits)
					}
				}
			}
			f := judge(t, m, Auto)
			d := f.Tried[f.Chosen].Distance
			t.Logf("| %s | %d | %d | %s | %.2f | %.2f | %.2f | %.2f |", name, f.Parameters.Requests, f.Parameters.Objects, f.Tried[f.Chosen].Model, 100*d.Mean, 100*d.Max, 100*d.ByteMean, 100*d.ByteMax)
			if !d.Within(Near) {
				t.Errorf("off by %+v", d)
			}
		})
	}
}

// FuzzADescriptorIsReadOrRefused reads any text as a descriptor.
func FuzzADescriptorIsReadOrRefused(f *testing.F) {
	f.Add("10 100 0 1 4 40\n0 0 0.2\n0 400000 0.4\n", "1\n1.0 0.5\n9.0 0.5\n")
	f.Add("1 1 1 1 1 1\n", "")
	f.Fuzz(func(t *testing.T, fd, sz string) {
		dir := t.TempDir()
		for name, text := range map[string]string{"fd.txt": fd, "bfd.txt": fd, "sz.txt": sz} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		m, err := Describe(filepath.Join(dir, "fd.txt"))
		if err == nil && (m.Requests < 1 || math.IsNaN(m.Curve.Requests)) {
			t.Errorf("%+v", m)
		}
	})
}

// BenchmarkMeasure takes a trace in, per request.
func BenchmarkMeasure(b *testing.B) {
	made, err := trace.Generate(trace.Generation{Objects: 200_000, Requests: 1 << 40, Zipf: 0.8, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	m := NewMeasured(Options{})
	reqs := make([]trace.Request, 4096)
	b.ReportAllocs()
	for n := 0; n < b.N; n += len(reqs) {
		_, _ = made.Read(reqs)
		m.Add(reqs)
	}
	m.Finish()
	r, _ := m.Curve.At(1000)
	b.ReportMetric(r, "missratio")
}
