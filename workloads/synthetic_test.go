package workloads

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"
)

// mixed is a workload that uses every setting.
func mixed(t testing.TB) SyntheticConfig {
	return SyntheticConfig{
		Catalog: mustCatalog(t, CatalogConfig{Seed: 7, Sections: []Section{
			{Name: "site", Hosts: []string{"www.example.com", "cdn.example.com"}, HostWeights: []float64{3, 1}, Objects: 10_000, Share: 3, Zipf: 0.9, Types: DefaultSection(1, 0).Types},
			{Name: "archive", Hosts: []string{"archive.example.com"}, Objects: 1e9, Share: 1, Zipf: 0.7, Types: DefaultSection(1, 0).Types},
		}}),
		Viewers: mustViewers(t, ViewersConfig{Seed: 7, Count: 5000}),
		Seed:    7, Rate: 5000, RangeShare: 0.1, AbortShare: 0.05, HeadShare: 0.02,
	}
}

func mustSynthetic(t testing.TB, cfg SyntheticConfig) *Synthetic {
	t.Helper()
	s, err := NewSynthetic(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func readAll(t testing.TB, s Source, limit int) []Request {
	t.Helper()
	reqs, err := ReadAll(s, limit)
	if err != nil {
		t.Fatal(err)
	}
	return reqs
}

// digest is a hash of every field of the requests.
func digest(reqs []Request) string {
	var b []byte
	le := binary.LittleEndian
	for _, r := range reqs {
		b = le.AppendUint64(b, uint64(r.At))
		b = le.AppendUint64(b, r.Object)
		b = le.AppendUint32(b, r.Viewer)
		b = le.AppendUint16(b, r.Host)
		b = le.AppendUint16(b, r.Referrer)
		b = append(b, byte(r.Method))
		b = le.AppendUint64(b, uint64(r.Range.First))
		b = le.AppendUint64(b, uint64(r.Range.Length))
		b = le.AppendUint32(b, math.Float32bits(r.Abort))
		if r.From != 0 { // which the constants below are older than
			b = le.AppendUint64(b, r.From)
		}
	}
	return fmt.Sprintf("%x", sha256.Sum256(b))
}

// TestTheSequenceIsTheSeeds: a seed gives these very requests, in batches of any
// size and on any number of cores. The constant stands for amd64; elsewhere
// the compiler may fuse multiplications with additions, and the last digit of
// a logarithm may differ.
func TestTheSequenceIsTheSeeds(t *testing.T) {
	const golden = "453f5841d08caf99db30eda00cf33d1319496a4ea850873434f965faffc265c1"
	for _, cores := range []int{1, 4} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		got := digest(readAll(t, mustSynthetic(t, mixed(t)), 100_000))
		if runtime.GOARCH == "amd64" && got != golden {
			t.Errorf("on %d cores the first 100,000 requests have the digest %s, want %s", cores, got, golden)
		}
	}
	s, reqs := mustSynthetic(t, mixed(t)), make([]Request, 0, 1000)
	for size := 1; len(reqs)+size <= 1000; size++ {
		n, err := s.Read(reqs[len(reqs) : len(reqs)+size])
		if err != nil || n != size {
			t.Fatalf("Read of %d: %d, %v", size, n, err)
		}
		reqs = reqs[:len(reqs)+n]
	}
	if whole := readAll(t, mustSynthetic(t, mixed(t)), len(reqs)); digest(whole) != digest(reqs) {
		t.Error("the sequence depends on the size of the batches")
	}
}

// TestOneSettingMovesNothingElse: each setting has its own stream of chance.
func TestOneSettingMovesNothingElse(t *testing.T) {
	base := readAll(t, mustSynthetic(t, mixed(t)), 5000)
	for name, c := range map[string]struct {
		change func(*SyntheticConfig)
		clear  func(*Request) // what the setting may decide
	}{
		"RangeShare": {func(c *SyntheticConfig) { c.RangeShare = 0.5 }, func(r *Request) { r.Range = Range{} }},
		"AbortShare": {func(c *SyntheticConfig) { c.AbortShare = 0 }, func(r *Request) { r.Abort = 0 }},
		"HeadShare":  {func(c *SyntheticConfig) { c.HeadShare = 0 }, func(r *Request) { r.Method, r.Range, r.Abort = 0, Range{}, 0 }},
		"Rate":       {func(c *SyntheticConfig) { c.Rate = 0 }, func(r *Request) { r.At = 0 }},
		"Arrivals":   {func(c *SyntheticConfig) { c.Arrivals = "constant" }, func(r *Request) { r.At = 0 }},
		"Viewers": {func(c *SyntheticConfig) { c.Viewers, _ = NewViewers(ViewersConfig{Count: 3}) },
			func(r *Request) { r.Viewer = 0 }},
	} {
		cfg := mixed(t)
		c.change(&cfg)
		changed := readAll(t, mustSynthetic(t, cfg), 5000)
		same := 0
		for i, want := range base {
			got := changed[i]
			if got == want {
				same++
			}
			c.clear(&got)
			c.clear(&want)
			if got != want {
				t.Fatalf("%s changes request %d from %+v to %+v", name, i, want, got)
			}
		}
		if same == len(base) {
			t.Errorf("%s changes nothing", name)
		}
	}
}

func TestSyntheticHasItsShares(t *testing.T) {
	cfg, draws := mixed(t), 200_000
	reqs := readAll(t, mustSynthetic(t, cfg), draws)
	counts := map[string]float64{}
	viewers, ranks := make([]float64, cfg.Viewers.Count()), make([]float64, 10_000)
	for _, r := range reqs {
		counts[fmt.Sprint("host ", r.Host)]++
		viewers[r.Viewer]++
		if r.Object < 10_000 {
			ranks[r.Object]++
		}
		if (r.Object >= 10_000) != (r.Host == 2) {
			t.Fatalf("object %d is asked for at host %d", r.Object, r.Host)
		}
		if r.Range.Length > 0 {
			counts["range"]++
		}
		if r.Abort > 0 {
			counts["abort"]++
		}
		if r.Method == HEAD {
			if counts["head"]++; r.Range != (Range{}) || r.Abort != 0 {
				t.Fatalf("a HEAD with a range or an abort: %+v", r)
			}
		}
		if r.Referrer == 0 {
			counts["no referrer"]++
		}
	}
	for what, share := range map[string]float64{
		"host 0": 9. / 16, "host 1": 3. / 16, "host 2": 1. / 4, "head": 0.02,
		"range": 0.1 * 0.98, "abort": 0.05 * 0.98, "no referrer": 0.35,
	} {
		want := share * float64(draws)
		if got := counts[what]; math.Abs(got-want) > 4*math.Sqrt(want*(1-share)) {
			t.Errorf("%s: %v of %d requests, want about %v", what, got, draws, want)
		}
	}
	even := make([]float64, len(viewers))
	for i := range even {
		even[i] = float64(draws) / float64(len(even))
	}
	if p := chiSquare(viewers, even); p < 1e-3 {
		t.Errorf("viewers: chi-square p = %v", p)
	}
	expected, most := make([]float64, len(ranks)), total(ranks)/harmonic(10_000, 0.9)
	for i := range expected {
		expected[i] = most * math.Pow(float64(i+1), -0.9)
	}
	if p := chiSquare(ranks, expected); p < 1e-3 {
		t.Errorf("ranks: chi-square p = %v", p)
	}
}

// TestSectionsDrawApart: two sections that are alike do not ask for the same
// ranks in the same order.
func TestSectionsDrawApart(t *testing.T) {
	one := DefaultSection(1e6, 0.5)
	other := one
	other.Name, other.Hosts = "other", []string{"other.example.com"}
	c := mustCatalog(t, CatalogConfig{Sections: []Section{one, other}})
	ranks, same := [2][]uint64{}, 0
	for _, r := range readAll(t, mustSynthetic(t, SyntheticConfig{Catalog: c}), 1000) {
		section := r.Object / 1e6
		ranks[section] = append(ranks[section], r.Object%1e6)
	}
	for i := range min(len(ranks[0]), len(ranks[1])) {
		if ranks[0][i] == ranks[1][i] {
			same++
		}
	}
	if same > 10 {
		t.Errorf("%d of %d ranks are the same in both sections", same, len(ranks[0]))
	}
}

func TestRangesAndAbortsAreWithinTheObject(t *testing.T) {
	cfg := mixed(t)
	cfg.RangeShare, cfg.AbortShare, cfg.HeadShare = 1, 1, 0
	suffixes, sum := 0, 0.0
	reqs := readAll(t, mustSynthetic(t, cfg), 20_000)
	for _, r := range reqs {
		size := cfg.Catalog.Object(r.Object).Size
		if r.Range.First < 0 {
			suffixes++
			if r.Range.First != -1 {
				t.Fatalf("%+v", r.Range)
			}
			r.Range.First = size - r.Range.Length
		}
		if r.Range.First < 0 || r.Range.Length < 1 || r.Range.First+r.Range.Length > size {
			t.Fatalf("range %+v of %d bytes", r.Range, size)
		}
		if sum += float64(r.Abort); r.Abort <= 0 || r.Abort >= 1 {
			t.Fatalf("abort after %v of the body", r.Abort)
		}
	}
	if suffixes < 2300 || suffixes > 2700 {
		t.Errorf("%d suffixes of %d ranges, want about an eighth", suffixes, len(reqs))
	}
	if mean := sum / float64(len(reqs)); math.Abs(mean-0.6/2.6) > 0.005 {
		t.Errorf("mean abort after %.4f of the body, want %.4f", mean, 0.6/2.6)
	}
}

func TestSyntheticEnds(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*SyntheticConfig)
		want   int
	}{
		{"requests", func(c *SyntheticConfig) { c.Requests = 1234 }, 1234},
		{"a multiple of the batch", func(c *SyntheticConfig) { c.Requests = 2048 }, 2048},
		{"length", func(c *SyntheticConfig) { c.Arrivals, c.Length = "constant", 2*time.Second }, 10_000},
		{"both, requests first", func(c *SyntheticConfig) { c.Arrivals, c.Length, c.Requests = "constant", 2*time.Second, 50 }, 50},
		{"both, length first", func(c *SyntheticConfig) { c.Arrivals, c.Length, c.Requests = "constant", time.Second, 50_000 }, 5000},
		{"closed loop", func(c *SyntheticConfig) { c.Rate, c.Requests = 0, 10 }, 10},
	} {
		cfg := mixed(t)
		c.change(&cfg)
		s := mustSynthetic(t, cfg)
		reqs := readAll(t, s, 0)
		if len(reqs) != c.want {
			t.Errorf("%s: %d requests, want %d", c.name, len(reqs), c.want)
		}
		if last := reqs[len(reqs)-1].At; cfg.Length > 0 && last >= cfg.Length || cfg.Rate == 0 && last != 0 {
			t.Errorf("%s: the last request is at %v", c.name, last)
		}
		if n, err := s.Read(make([]Request, 5)); n != 0 || err != EOF {
			t.Errorf("%s: Read after the end: %d, %v", c.name, n, err)
		}
	}
}

func TestSyntheticRefuses(t *testing.T) {
	for want, spoil := range map[string]func(*SyntheticConfig){
		"Catalog nil":                   func(c *SyntheticConfig) { c.Catalog = nil },
		"Rate -1":                       func(c *SyntheticConfig) { c.Rate = -1 },
		"Length -1s":                    func(c *SyntheticConfig) { c.Length = -time.Second },
		"Length 1s: want a Rate":        func(c *SyntheticConfig) { c.Rate, c.Length = 0, time.Second },
		"RangeShare 2":                  func(c *SyntheticConfig) { c.RangeShare = 2 },
		"AbortShare NaN":                func(c *SyntheticConfig) { c.AbortShare = math.NaN() },
		"HeadShare -0.1":                func(c *SyntheticConfig) { c.HeadShare = -0.1 },
		`unknown arrivals "bursty"`:     func(c *SyntheticConfig) { c.Arrivals = "bursty" },
		`unknown arrivals "for nobody"`: func(c *SyntheticConfig) { c.Rate, c.Arrivals = 0, "for nobody" },
	} {
		cfg := mixed(t)
		spoil(&cfg)
		if _, err := NewSynthetic(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v; want one that says %q", err, want)
		}
	}
}

func TestRecordedPlaysWhatItWasGiven(t *testing.T) {
	made := readAll(t, mustSynthetic(t, mixed(t)), 3000)
	if got := readAll(t, FromSlice(made), 0); digest(got) != digest(made) {
		t.Error("the requests are not those that were given")
	}
	if n, err := FromSlice(nil).Read(make([]Request, 1)); n != 0 || err != EOF {
		t.Errorf("Read of nothing: %d, %v", n, err)
	}
	if got := readAll(t, FromSlice(made), 10); len(got) != 10 {
		t.Errorf("%d requests, want 10", len(got))
	}
}

func TestReadingAllocatesNothing(t *testing.T) {
	s, batch := mustSynthetic(t, mixed(t)), make([]Request, 256)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := s.Read(batch); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations per batch", n)
	}
}

// BenchmarkRequests makes full requests: the request itself, and the object
// with its size that it asks for. The average size printed beside the speed says
// that the outcome is the same as before.
func BenchmarkRequests(b *testing.B) {
	for _, objects := range []uint64{1e4, 1e6, 1e9} {
		b.Run(fmt.Sprintf("n=%d", objects), func(b *testing.B) {
			c := mustCatalog(b, CatalogConfig{Sections: []Section{DefaultSection(objects, 0.8)}})
			s := mustSynthetic(b, SyntheticConfig{Catalog: c, Rate: 1000, RangeShare: 0.01, AbortShare: 0.007, HeadShare: 0.001})
			batch, bytes := make([]Request, 256), int64(0)
			b.ReportAllocs()
			b.ResetTimer()
			for made := 0; made < b.N; made += len(batch) {
				if _, err := s.Read(batch); err != nil {
					b.Fatal(err)
				}
				for i := range batch {
					bytes += c.Object(batch[i].Object).Size
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "M/s")
			b.ReportMetric(float64(bytes)/float64(b.N), "bytes/request")
		})
	}
}

// BenchmarkSynthetic draws requests alone: of a catalog of one kind, and of one with
// two sections, ranges, aborts and HEAD. The mean object number printed beside the
// speed says that the outcome is the same as before.
func BenchmarkSynthetic(b *testing.B) {
	for _, objects := range []uint64{1e4, 1e6, 1e9} {
		plain, two := DefaultSection(objects, 0.9), DefaultSection(objects, 0.9)
		two.Name, two.Hosts = "two", []string{"two.example.com"}
		for what, c := range map[string]SyntheticConfig{
			"plain": {Catalog: mustCatalog(b, CatalogConfig{Sections: []Section{plain}})},
			"mixed": {Catalog: mustCatalog(b, CatalogConfig{Sections: []Section{plain, two}}), RangeShare: 0.01, AbortShare: 0.007, HeadShare: 0.001},
		} {
			b.Run(fmt.Sprintf("%s/n=%d", what, objects), func(b *testing.B) {
				c.Rate = 1000
				s, batch, sum := mustSynthetic(b, c), make([]Request, 512), 0.0
				b.ReportAllocs()
				b.ResetTimer()
				for made := 0; made < b.N; made += len(batch) {
					if _, err := s.Read(batch); err != nil {
						b.Fatal(err)
					}
					sum += float64(batch[0].Object)
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "M/s")
				b.ReportMetric(sum/float64(b.N)*512, "object")
			})
		}
	}
}
