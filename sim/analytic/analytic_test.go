package analytic

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"edgesim/workloads"
)

// TestBucketsOfRanks: what a formula loses by putting ranks together, against
// every rank for itself.
func TestBucketsOfRanks(t *testing.T) {
	heavy(t)
	const n = 100_000
	for _, alpha := range []float64{0, 0.6, 0.9, 1, 1.3, 2} {
		p, each := zipf(t, n, alpha, 1), make(Population, n)
		sum := 0.0
		for k := range each {
			each[k] = Class{Rate: math.Pow(float64(k+1), -alpha), Size: 1, Count: 1}
			sum += each[k].Rate
		}
		each = each.Scaled(1 / sum)
		near4(t, "objects", p.Objects(), n, 1e-6)
		near4(t, "rate", p.Rate(), 1, 1e-12)
		for _, spec := range []string{"lru", "fifo", "klru", "lfu"} {
			for _, capacity := range []float64{100, 3000, 50_000} {
				bucketed, _ := solved(t, p, spec, capacity).Hit()
				exact, _ := solved(t, each, spec, capacity).Hit()
				near4(t, spec, bucketed, exact, 1e-5)
			}
		}
	}
}

// TestCatalogs: the population of a catalog has its objects, bytes and rates, and
// an LRU over it the hit ratio of one over objects drawn from the catalog.
func TestCatalogs(t *testing.T) {
	sections := []workloads.Section{workloads.DefaultSection(30_000, 0.9), workloads.DefaultSection(5000, 0.7)}
	sections[1].Name, sections[1].Hosts, sections[0].Share, sections[1].Share = "other", []string{"other.example.com"}, 3, 1
	catalog, err := workloads.NewCatalog(workloads.CatalogConfig{Seed: 3, Sections: sections})
	if err != nil {
		t.Fatal(err)
	}
	p, err := OfCatalog(catalog, 100, nil)
	if err != nil {
		t.Fatal(err)
	}
	var each Population
	bytes := 0.0
	top := []float64{workloads.ZipfShare(30_000, 0.9, 1), workloads.ZipfShare(5000, 0.7, 1)}
	for id := range catalog.Objects() {
		o := catalog.Object(id)
		first, _ := catalog.SectionIDs(o.Section)
		of := sections[o.Section]
		weight := math.Pow(float64(id-first+1), -of.Zipf) * top[o.Section]
		each = append(each, Class{Rate: 100 * weight * of.Share / 4, Size: float64(o.Size), Count: 1})
		bytes += float64(o.Size)
	}
	near4(t, "objects", p.Objects(), 35_000, 1e-3)
	near4(t, "rate", p.Rate(), 100, 1e-9)
	near4(t, "bytes", p.Bytes(), bytes, bytes*0.02)
	for _, part := range []float64{0.02, 0.2} {
		hit, byteHit := solved(t, p, "lru", bytes*part).Hit()
		drawn, drawnBytes := solved(t, each, "lru", bytes*part).Hit()
		near4(t, "hit", hit, drawn, 0.01)
		near4(t, "byte hit", byteHit, drawnBytes, 0.02)
	}
}

// TestCountsOfATrace: the line of a trace in an order without memory is what the
// policies do on it, first requests included.
func TestCountsOfATrace(t *testing.T) {
	heavy(t)
	const n = 300_000
	a, counts := stream(t, 30_000, 0.8, 1), map[uint32]int64{}
	var asked []uint32
	for range n {
		o, _ := a.next()
		counts[o]++
		asked = append(asked, o)
	}
	var c Counts
	for _, times := range counts {
		c.Add(times, 1)
	}
	p := c.Over(n)
	near4(t, "objects", p.Objects(), float64(len(counts)), 1e-6)
	near4(t, "rate", p.Rate(), 1, 1e-9)
	if len(p) > 300 {
		t.Errorf("%d classes", len(p))
	}
	for spec, within := range map[string]float64{"lru": 0.01, "fifo": 0.01, "klru": 0.015, "klru:k=3": 0.015, "lru+bloom": 0.02, "lru+prob:p=0.3": 0.015} {
		for _, capacity := range []float64{1000, 30_000} {
			s, missed := simulate(t, spec, capacity, ones(30_000)), 0
			for k, o := range asked {
				if s.ask(o, float64(k)) == 'm' {
					missed++
				}
			}
			hit, _ := solved(t, p, spec, capacity).Hit()
			t.Logf("%s of %v: %.4f, played %.4f", spec, capacity, hit, 1-float64(missed)/n)
			near4(t, spec, hit, 1-float64(missed)/n, within)
		}
	}
}

// TestRenewals against chains of gaps drawn one after another.
func TestRenewals(t *testing.T) {
	heavy(t)
	rng := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct{ rate, T, ttl float64 }{
		{1, 2, 1.5}, {1, 2, 5}, {0.3, 2, 7}, {3, 1, 4}, {2, 1, 60}, {5, 1, 90}, {0.5, 1, 40}, {1, 1, 500}, {8, 1, 5000},
	} {
		n := 200_000.0
		if c.rate*c.T > 4 {
			n = 4000
		}
		sum, squares := 0.0, 0.0
		for range int(n) {
			hits, at := 0.0, 0.0
			for {
				gap := rng.ExpFloat64() / c.rate
				if at += gap; gap > c.T || at > c.ttl {
					break
				}
				hits++
			}
			sum += hits
			squares += hits * hits
		}
		mean := sum / n
		doubt := 4 * math.Sqrt((squares/n-mean*mean)/n)
		near4(t, "hits until a fetch", hitsUntil(c.rate, c.T, c.ttl), mean, doubt+1e-6*mean)
	}
	near4(t, "for ever", hitsUntil(2, 1, 1e12), math.Expm1(2), 1e-6)
	near4(t, "for ever", hitsUntil(1, 1, 1e12), math.Expm1(1), 1e-6)
	near4(t, "for ever", hitsUntil(0.01, 1, 1e12), math.Expm1(0.01), 1e-9)
}

// TestSharesAreShares: whatever is asked, parts are from 0 to 1 and sum to 1, and
// more room never means fewer hits.
func TestSharesAreShares(t *testing.T) {
	specs := []string{"lru", "fifo", "random", "qlru", "klru:k=3", "lfu", "static", "lru+size:max=2000", "fifo+prob:p=0.5", "lru+bloom"}
	rapid.Check(t, func(t *rapid.T) {
		var p Population
		for range rapid.IntRange(1, 6).Draw(t, "classes") {
			p = append(p, Class{
				Rate: math.Exp(rapid.Float64Range(-12, 6).Draw(t, "ln rate")), Size: math.Exp(rapid.Float64Range(0, 12).Draw(t, "ln size")),
				Count: math.Exp(rapid.Float64Range(0, 14).Draw(t, "ln count")), First: rapid.Float64Range(0, 1).Draw(t, "first"),
			})
		}
		q := Conduct{
			TTL:   rapid.SampledFrom([]float64{0, 0.01, 1, 100, 1e6}).Draw(t, "TTL"),
			Fetch: rapid.SampledFrom([]float64{0, 0.001, 1, 30}).Draw(t, "fetch"), ChangeEvery: rapid.SampledFrom([]float64{0, 1, 1e5}).Draw(t, "change"),
		}
		spec, last := rapid.SampledFrom(specs).Draw(t, "policy"), -1.0
		before, largest := 0.0, 0.0 // what is larger than the cache and then is not takes room from others
		for _, c := range p {
			largest = max(largest, c.Size)
		}
		for _, part := range []float64{1e-6, 0.01, 0.5, 1, 3} {
			m, err := Parse(spec)
			if err != nil {
				t.Fatal(err)
			}
			c, err := m.Solve(p.With(q), p.Bytes()*part)
			if err != nil {
				t.Fatal(err)
			}
			a := c.Answer()
			for _, share := range []float64{a.Hit, a.Delayed, a.Refresh, a.Miss, a.ByteHit} {
				if !(share >= -1e-9 && share <= 1+1e-9) {
					t.Fatalf("%+v", a)
				}
			}
			if sum := a.Hit + a.Delayed + a.Refresh + a.Miss; math.Abs(sum-1) > 1e-9 {
				t.Fatalf("shares sum to %v: %+v", sum, a)
			}
			hit, _ := c.Hit()
			if hit < last-1e-6 && spec != "static" && p.Bytes()*before >= largest {
				t.Fatalf("%s: %v of a part of %v, %v before", spec, hit, part, last)
			}
			last, before = hit, part
		}
	})
}

func TestSaysWhatIsWrong(t *testing.T) {
	good := Population{{Rate: 1, Size: 1, Count: 10}}
	for spec, want := range map[string]string{
		"sieve": "policy \"sieve\" has no formula here; those with one are fifo, klru, lfu, lru, qlru, random, static",
		"":      "has no formula", "lru+bloom:bits=1": "out of bounds", "lru+x": "admission \"x\" has no formula here; those with one are bloom, prob, size",
		"qlru:q=2": "out of bounds", "lru:x=1": "takes no parameters",
	} {
		if _, err := Parse(spec); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, does not say %q", spec, err, want)
		}
	}
	lru, err := Parse("lru")
	if err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	for _, c := range []struct {
		p        Population
		capacity float64
		q        Conduct
		want     string
	}{
		{nil, 1, Conduct{}, "without requests"}, {good, 0, Conduct{}, "capacity 0"}, {good, nan, Conduct{}, "capacity NaN"},
		{Population{{Rate: -1, Size: 1, Count: 1}}, 1, Conduct{}, "rate -1"}, {Population{{Rate: 1, Count: 1}}, 1, Conduct{}, "size 0"},
		{Population{{Rate: 1, Size: 1, Count: nan}}, 1, Conduct{}, "NaN objects"}, {Population{{Rate: 1, Size: 1, Count: 1, First: 2}}, 1, Conduct{}, "first requests 2"},
		{good, 1, Conduct{TTL: -1}, "TTL -1"}, {good, 1, Conduct{Fetch: math.Inf(1)}, "fetch +Inf"},
	} {
		if _, err := lru.Solve(c.p.With(c.q), c.capacity); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, does not say %q", c, err, c.want)
		}
	}
	for _, e := range []error{
		second(Zipf(0, 1, 1)), second(Zipf(1, -1, 1)), second(Zipf(1, 1, 0)),
		second(Origin{Servers: 0, Service: 1}.Queue()), second(Origin{Servers: 1, Rate: nan, Service: 1}.Queue()),
		second(Origin{Servers: 1, Rate: 1}.Queue()), second(Origin{Servers: 1, Service: 1, ServiceCV2: -1}.Queue()),
		second(Shared(1, 0, 0)), second(Percentile(nil, 0.5)), second(Percentile([]Part{{1, Constant(1)}}, 1)), second(ParetoVolumes(1, 1)),
	} {
		if e == nil {
			t.Error("no error")
		}
	}
	if _, err := Tiers(nil, Level{1, 1}); err == nil {
		t.Error("a tier behind nothing")
	}
	if _, _, err := (ShotNoise{Births: 1}).LRU(1); err == nil {
		t.Error("shots without lives")
	}
	if _, _, _, err := Forever(good, 0, false); err == nil {
		t.Error("a pure TTL cache without TTL")
	}
}

func second[T any](_ T, err error) error { return err }

// TestForever: two objects at one request a second, a TTL of two.
func TestForever(t *testing.T) {
	p := Population{{Rate: 1, Size: 10, Count: 2}}
	hit, bytes, held, err := Forever(p, 2, false)
	if err != nil {
		t.Fatal(err)
	}
	near4(t, "hit", hit, 2.0/3, 1e-12)
	near4(t, "byte hit", bytes, 2.0/3, 1e-12)
	near4(t, "held", held, 40.0/3, 1e-9)
	hit, _, _, err = Forever(p, 2, true)
	if err != nil {
		t.Fatal(err)
	}
	near4(t, "sliding", hit, 1-math.Exp(-2), 1e-12)
}

func TestQueuesBeyondTheirLimits(t *testing.T) {
	q, err := (Origin{Servers: 2, Rate: 300, Service: 0.01, ArrivalsCV2: 1, ServiceCV2: 1}).Queue()
	if err != nil || !math.IsInf(q.Wait, 1) || q.Utilization != 1.5 || q.WaitShare != 1 {
		t.Errorf("%+v, %v", q, err)
	}
	late, err := (Origin{Servers: 1, Rate: 70, Service: 0.01, ArrivalsCV2: 1, ServiceCV2: 1}).TimedOut(0.05)
	if err != nil {
		t.Fatal(err)
	}
	near4(t, "timed out in M/M/1", late, 0.7*math.Exp(-0.3*5), 1e-9)
	if s, err := Shared(1e6, 1e8, 5e7); err != nil || math.Abs(s-0.02) > 1e-12 {
		t.Error(s, err)
	}
	if s, err := Shared(1, 10, 20); err != nil || !math.IsInf(s, 1) {
		t.Error(s, err)
	}
}

// TestPercentilesOfMixtures: 90 % at 1 ms, the rest 20 ms and an exponential 10 ms.
func TestPercentilesOfMixtures(t *testing.T) {
	parts := []Part{{0.9, Constant(0.001)}, {0.1, Exponential(0.02, 0.01)}}
	for p, want := range map[float64]float64{0.5: 0.001, 0.95: 0.02 + 0.01*math.Ln2, 0.99: 0.02 + 0.01*math.Log(10)} {
		got, err := Percentile(parts, p)
		if err != nil {
			t.Fatal(err)
		}
		near4(t, "percentile", got, want, want*1e-6)
	}
}

func TestWarmUpEnds(t *testing.T) {
	c := solved(t, zipf(t, 100_000, 0.8, 1000), "lru", 10_000)
	hit, _ := c.Hit()
	near4(t, "at first", c.WarmUp(0), 1, 1e-12)
	near4(t, "in the end", c.WarmUp(1e9), 1-hit, 1e-9)
	time, ok := c.Below(0.6)
	if !ok {
		t.Fatal("never below")
	}
	near4(t, "missed by then", c.WarmUp(time), 0.6, 1e-6)
	if _, ok := c.Below(0.1); ok {
		t.Error("misses less than it ever does")
	}
}

// BenchmarkBillion answers for 10^9 objects, with and without sizes.
func BenchmarkBillion(b *testing.B) {
	cells, err := workloads.SizeModel{Median: 10_000, Sigma: 1.5}.Cells(sizeRatio)
	if err != nil {
		b.Fatal(err)
	}
	for _, spec := range []string{"lru", "fifo", "qlru", "klru", "lfu", "lru+bloom"} {
		for name, with := range map[string]bool{"unit": false, "sizes": true} {
			b.Run(spec+"/"+name, func(b *testing.B) {
				for b.Loop() {
					p := zipf(b, 1e9, 0.9, 1000)
					if with {
						p = p.WithSizes(cells)
					}
					hit, _ := asking(b, p, spec, p.Bytes()/50, Conduct{TTL: 3600, Fetch: 0.05}).Hit()
					b.ReportMetric(hit, "hit-ratio")
				}
			})
		}
	}
}
