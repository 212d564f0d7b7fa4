package workloads

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A fit says by which test a popularity is held to its distribution: the expected
// share of each class of draws, and the class of an object drawn at a time.
type fit struct {
	spec   string
	cfg    PopularityConfig
	every  time.Duration // between requests
	shares []float64
	class  func(object uint64, at time.Duration) int
}

func plainFit(spec string, objects uint64, zipf float64) fit {
	return fit{spec: spec, cfg: PopularityConfig{Objects: objects, Zipf: zipf, Rate: 1000, Seed: 5}, every: time.Millisecond}
}

// lawFit holds the ranks of a law to bins: one by one to 100, then wider.
func lawFit(spec string, objects uint64, zipf float64, weight func(k float64) float64) fit {
	f := plainFit(spec, objects, zipf)
	ends, sums, sum := binsOf(objects), []float64{}, 0.0
	for k, at := uint64(0), 0; k < objects; k++ {
		if sum += weight(float64(k)); k+1 == ends[at] {
			sums = append(sums, sum)
			at++
		}
	}
	before := 0.0
	for _, s := range sums {
		f.shares, before = append(f.shares, (s-before)/sum), s
	}
	f.class = func(object uint64, _ time.Duration) int {
		lo, hi := 0, len(ends)-1
		for lo < hi {
			if mid := (lo + hi) / 2; object < ends[mid] {
				hi = mid
			} else {
				lo = mid + 1
			}
		}
		return lo
	}
	return f
}

// fits are of every kind of popularity and of every change but recency, whose law is
// one of distances (TestRecencyHasItsDistances) and shot noise, whose law is one of
// lives (TestShotNoiseLivesAsItSays).
func fitsOfPopularity() []fit {
	const n = 30_000
	zipf := func(k float64) float64 { return math.Pow(k+1, -0.8) }
	list := []fit{
		lawFit("zipf", n, 0.8, zipf),
		lawFit("uniform", n, 0.8, func(float64) float64 { return 1 }),
		lawFit("mandelbrot:q=20", n, 0.9, func(k float64) float64 { return math.Pow(k+21, -0.9) }),
		lawFit("mandelbrot:q=3.5", n, 1, func(k float64) float64 { return 1 / (k + 4.5) }),
		lawFit("weibull", n, 0.8, func(k float64) float64 {
			return math.Exp(-math.Pow(k/6010, 0.513)) - math.Exp(-math.Pow((k+1)/6010, 0.513))
		}),
		lawFit("weibull:shape=1,scale=300", 3000, 0.8, func(k float64) float64 { return math.Exp(-k / 300) }),
	}
	once := plainFit("uniform+onehits:share=30%", n, 0)
	once.shares = []float64{0.7, 0.3}
	once.class = func(object uint64, _ time.Duration) int { return boolInt(object >= n) }

	// Of a churned popularity each object has any rank in time: of a hundred and
	// twenty-eight generations all objects of a group are asked for alike.
	churned := plainFit("zipf+churn:every=100ms,part=100%", 512, 0.8)
	churned.shares, churned.every = make([]float64, 512), time.Millisecond*100
	of := 0.0
	for j := range uint64(8) {
		group := 0.0
		for r := j; r < 512; r += 8 {
			group += zipf(float64(r))
		}
		for r := j; r < 512; r += 8 {
			churned.shares[r] = group / 64
		}
		of += group
	}
	for i := range churned.shares {
		churned.shares[i] /= of
	}
	churned.class = func(object uint64, _ time.Duration) int { return int(object) }

	// Ages of what is new: a half in the first half-life, a quarter in the second.
	born := plainFit("zipf+births:share=40%,every=100ms,half_life=1h", n, 0.8)
	born.shares = []float64{0.6, 0.2, 0.1, 0.05, 0.05}
	born.class = func(object uint64, at time.Duration) int {
		if object < n {
			return 0
		}
		k := int64(object-n) - birthZero
		age := at - time.Duration(k)*100*time.Millisecond
		if age < 0 {
			return 0 // there is none of the future
		}
		return 1 + min(int(age/time.Hour), 3)
	}
	return append(list, once, churned, born)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestPopularitiesFollowTheirLaws(t *testing.T) {
	held := map[string]bool{"recency": true, "shot_noise": true, "shot_box": true}
	for _, f := range fitsOfPopularity() {
		for _, part := range layers(f.spec) {
			name, _, _ := strings.Cut(part, ":")
			held[name] = true
		}
		f.cfg.RNG = rand.NewPCG(1, 2)
		p, err := NewPopularity(f.spec, f.cfg)
		if err != nil {
			t.Fatal(err)
		}
		const draws = 300_000
		counts, expected := make([]float64, len(f.shares)), make([]float64, len(f.shares))
		for i := range draws {
			at := time.Duration(i) * f.every
			counts[f.class(p.Draw(at), at)]++
		}
		for i, share := range f.shares {
			expected[i] = share * draws
		}
		if q := chiSquare(counts, expected); !(q > 1e-3) {
			t.Errorf("%s: chi-square p = %v", f.spec, q)
		}
	}
	for _, kind := range PopularityKinds() {
		if !held[kind.Name] {
			t.Errorf("no test holds popularity %s to its law", kind.Name)
		}
	}
	for _, kind := range PopularityChanges() {
		if !held[kind.Name] {
			t.Errorf("no test holds the change %s to its law", kind.Name)
		}
	}
}

// TestMandelbrotFlattensTheHead: the first of ten thousand at exponent 0.9 has 6.4 %
// of the requests at q = 0, 0.56 % at 20 and 0.17 % at 100.
func TestMandelbrotFlattensTheHead(t *testing.T) {
	for q, want := range map[float64]float64{0: 0.064, 20: 0.0056, 100: 0.0017} {
		l := mandelbrot(0.9, q)
		if got := l.weight(0) / l.until(10_000); math.Abs(got/want-1) > 0.02 {
			t.Errorf("q=%v: the first has %.4f, want %.4f", q, got, want)
		}
	}
}

// TestBinsHaveTheirMass: what a bin is drawn by is the sum of its ranks' weights.
func TestBinsHaveTheirMass(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := rapid.SampledFrom([]law{
			mandelbrot(rapid.Float64Range(0.01, 10).Draw(t, "s"), rapid.SampledFrom([]float64{0, 1.5, 1e4}).Draw(t, "q")),
			weibull(rapid.Float64Range(0.05, 1).Draw(t, "shape"), rapid.Float64Range(100, 1e9).Draw(t, "scale")),
		}).Draw(t, "law")
		first := math.Floor(math.Exp(rapid.Float64Range(math.Log(headRanks), 18).Draw(t, "ln first")))
		n, sum := float64(rapid.IntRange(1, 3000).Draw(t, "n")), 0.0
		for k := n - 1; k >= 0; k-- {
			sum += l.weight(first + k)
		}
		if got := l.mass(first, first+n); sum > 1e-290 && math.Abs(got/sum-1) > 2e-7 {
			t.Fatalf("mass of %v ranks from %v on: %v, want %v", n, first, got, sum)
		}
	})
}

func TestOnehitsAreAskedForOnce(t *testing.T) {
	p, err := NewPopularity("zipf+births+onehits:share=50%", PopularityConfig{Objects: 100, Zipf: 1, Rate: 10, RNG: rand.NewPCG(1, 2)})
	if err != nil {
		t.Fatal(err)
	}
	seen, old := map[uint64]bool{}, 0
	for i := range 100_000 {
		object := p.Draw(time.Duration(i) * 100 * time.Millisecond)
		if object >= 100+2*freshNumbers {
			t.Fatalf("object %d is of nobody", object)
		}
		if object < 100+freshNumbers {
			old++
		} else if seen[object] {
			t.Fatalf("object %d comes twice", object)
		}
		seen[object] = true
	}
	if math.Abs(float64(old)-50_000) > 700 {
		t.Errorf("%d of 100,000 are not asked for once", old)
	}
}

// TestChurnIsAnOrderAtAnyTime: every object has one rank, a part of the ranks changes
// from one epoch to the next, and streams agree.
func TestChurnIsAnOrderAtAnyTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(1, 3000).Draw(t, "objects")
		part := rapid.SampledFrom([]float64{0, 0.01, 1. / 3, 1}).Draw(t, "part")
		cfg := ChangeConfig{PopularityConfig: PopularityConfig{Objects: n, Rate: 1, Seed: rapid.Uint64().Draw(t, "seed"), RNG: rand.NewPCG(1, 1)}}
		count := &counted{n: n}
		cfg.Inner = func(float64) (Popularity, error) { return still{count}, nil }
		c, err := newChurn(cfg, Params{"every": 10, "part": part})
		if err != nil {
			t.Fatal(err)
		}
		var before []uint64
		for epoch := range time.Duration(5) {
			seen, now, moved := make([]bool, n), make([]uint64, n), 0.0
			for r := range n {
				object := c.Draw(epoch * 10 * time.Second)
				if object >= n || seen[object] {
					t.Fatalf("object %d is out of range or has two ranks", object)
				}
				seen[object], now[r] = true, object
				if before != nil && before[r] != object {
					moved++
				}
			}
			if before == nil {
				for r, object := range now {
					if uint64(r) != object {
						t.Fatalf("at first rank %d is of object %d", r, object)
					}
				}
			}
			if m := float64(len(c.(*churn).groups)); before != nil && moved > (part+1/m)*float64(n)+float64(m) {
				t.Fatalf("%v of %d ranks moved", moved, n)
			}
			before = now
		}
	})
}

// counted draws the ranks in turn.
type counted struct{ n, next uint64 }

func (c *counted) Draw() uint64 { c.next++; return (c.next - 1) % c.n }

// TestShotNoiseLivesAsItSays: the mean age at which an object is asked for is its life
// (half of it in the box), requests for one object are what they should be on
// average, and numbers do not come again while they live.
func TestShotNoiseLivesAsItSays(t *testing.T) {
	for spec, meanAge := range map[string]float64{"shot_noise:requests=25,life=200s": 200, "shot_box:requests=25,life=200s": 100} {
		p, err := NewPopularity(spec, PopularityConfig{Objects: 1e6, Rate: 100, RNG: rand.NewPCG(3, 4)})
		if err != nil {
			t.Fatal(err)
		}
		s, asked := p.(*shotNoise), map[uint64]int{}
		sum, n := 0.0, 0
		for i := range 600_000 {
			at := time.Duration(i) * 10 * time.Millisecond
			object := s.Draw(at)
			birth := (object + s.objects - s.start) % s.objects
			age := float64(at) - s.born[s.place(birth)]
			if age < 0 || age > s.span || birth < s.oldest || birth >= s.next {
				t.Fatalf("%s: object %d is asked for at the age of %v", spec, object, time.Duration(age))
			}
			sum, n = sum+age/1e9, n+1
			if at > 1600*time.Second && at < 4400*time.Second {
				asked[object]++
			}
		}
		if mean := sum / float64(n); math.Abs(mean/meanAge-1) > 0.05 {
			t.Errorf("%s: the mean age is %.1f s, want %v", spec, mean, meanAge)
		}
		if births, want := float64(s.next), (6000+s.span/1e9)*4; math.Abs(births/want-1) > 0.05 {
			t.Errorf("%s: %v births, want about %v", spec, births, want)
		}
	}
}

// TestShotNoiseTellsVolumesApart: objects with more to come are asked for more.
func TestShotNoiseTellsVolumesApart(t *testing.T) {
	p, err := NewPopularity("shot_box:requests=50,beta=1.5,life=100s", PopularityConfig{Objects: 1e5, Rate: 100, RNG: rand.NewPCG(3, 4)})
	if err != nil {
		t.Fatal(err)
	}
	s := p.(*shotNoise)
	s.due = math.Inf(1) // whoever lives now lives on
	s.span = math.Inf(1)
	counts, expected, sum := make([]float64, len(s.weight)), make([]float64, len(s.weight)), 0.0
	for _, w := range s.weight {
		sum += w
	}
	const draws = 300_000
	for i, w := range s.weight {
		expected[i] = w / sum * draws
	}
	for range draws {
		birth := (s.Draw(0) + s.objects - s.start) % s.objects
		counts[s.place(birth)]++
	}
	if q := chiSquare(counts, expected); q < 1e-3 {
		t.Errorf("chi-square p = %v", q)
	}
}

func TestPopularityRefuses(t *testing.T) {
	for spec, want := range map[string]string{
		"zip":                                 `did you mean "zipf"`,
		"onehits":                             "right is as zipf+onehits",
		"zipf+uniform":                        "right is uniform first",
		"zipf+onehit":                         `unknown change of popularity "onehit"`,
		"zipf+onehits:share=200%":             "share",
		"zipf+":                               `"zipf+"`,
		"mandelbrot:q=1e+3+churn:part=2":      "part",
		"weibull:shape=2":                     "shape=2: want 0.05 to 1",
		"shot_noise":                          "objects 1000: they are born at",
		"shot_noise:life=1s+churn":            "without ranks",
		"shot_noise:requests=0.001,life=365d": "would be alive",
	} {
		_, err := NewPopularity(spec, PopularityConfig{Objects: 1000, Zipf: 1, Rate: 100, RNG: rand.NewPCG(1, 1)})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", spec, err, want)
		}
	}
	for _, spec := range []string{"shot_noise", "zipf+churn", "zipf+births"} {
		if _, err := NewPopularity(spec, PopularityConfig{Objects: 1e6, Zipf: 1, RNG: rand.NewPCG(1, 1)}); err == nil || !strings.Contains(err.Error(), "closed loop") {
			t.Errorf("%s in a closed loop: %v", spec, err)
		}
	}
}

var composed = []string{"zipf", "uniform", "mandelbrot", "weibull", "shot_noise:life=10s", "shot_box:life=10s",
	"zipf+onehits", "zipf+churn:every=1s", "zipf+births", "mandelbrot+births+onehits:share=5%+churn:every=1s"}

func TestDrawingAllocatesNothing(t *testing.T) {
	for _, spec := range composed {
		p, err := NewPopularity(spec, PopularityConfig{Objects: 1e6, Zipf: 0.9, Rate: 1000, RNG: rand.NewPCG(1, 1)})
		if err != nil {
			t.Fatal(err)
		}
		at := time.Duration(0)
		if n := testing.AllocsPerRun(1000, func() { at += 100 * time.Microsecond; p.Draw(at) }); n > 0 {
			t.Errorf("%s: %v allocations", spec, n)
		}
	}
}

func FuzzPopularityIsRefusedOrDrawsItsObjects(f *testing.F) {
	for _, spec := range composed {
		f.Add(spec, uint64(1000), uint64(1))
	}
	f.Fuzz(func(t *testing.T, spec string, objects, seed uint64) {
		objects = 1 + objects%(1<<40)
		cfg := PopularityConfig{Objects: objects, Zipf: 0.9, Rate: 10, RNG: rand.NewPCG(seed, 1), Seed: seed}
		if strings.Contains(spec, "shot") && objects > 1e6 {
			return // its memory is by life and rate, which the spec says
		}
		p, err := NewPopularity(spec, cfg)
		if err != nil {
			return
		}
		if err := CheckPopularity(spec); err != nil {
			t.Fatalf("%q is made and not right: %v", spec, err)
		}
		for i := range 200 {
			if object := p.Draw(time.Duration(i) * time.Second); object >= objects+FreshObjects(spec) {
				t.Fatalf("%q draws %d of %d", spec, object, objects)
			}
		}
	})
}

func BenchmarkPopularity(b *testing.B) {
	for _, spec := range composed {
		b.Run(spec, func(b *testing.B) {
			p, err := NewPopularity(spec, PopularityConfig{Objects: 1e6, Zipf: 0.9, Rate: 1000, RNG: rand.NewPCG(1, 1)})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			at, top := time.Duration(0), 0
			for b.Loop() {
				if at += time.Millisecond; p.Draw(at) < 1000 {
					top++
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "M/s")
			b.ReportMetric(float64(top)/float64(b.N), "top1000")
		})
	}
}

// TestABinIsNotFlat: within a bin of a steep law the first ranks come more often.
func TestABinIsNotFlat(t *testing.T) {
	l := mandelbrot(40, 0)
	r := &binned{rng: rand.NewPCG(1, 2), weight: l.weight}
	b := newBin(1024, 1035, l)
	const draws = 200_000
	counts, expected := make([]float64, b.width), make([]float64, b.width)
	for i := range expected {
		expected[i] = l.weight(float64(1024+i)) / l.mass(1024, 1035) * draws
	}
	for range draws {
		counts[r.within(&b)-1024]++
	}
	if q := chiSquare(counts, expected); !(q > 1e-3) {
		t.Errorf("chi-square p = %v", q)
	}
}
