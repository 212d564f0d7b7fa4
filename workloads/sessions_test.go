package workloads

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// mostSettled is how many batches are read before allocations are counted: by then
// no more sessions are under way than there are places for.
const mostSettled = 2000

// streamCatalog has sections for every kind of session: a site of pages with a
// static part beside it, titles with three rungs, and files.
func streamCatalog(t testing.TB, seed uint64) *Catalog {
	one := func(name, prefix, contentType string, median int64, sigma float64) []Type {
		return []Type{{Name: name, Prefix: prefix, ContentType: contentType, Size: SizeModel{Median: median, Sigma: sigma, Max: 4 << 30}}}
	}
	return mustCatalog(t, CatalogConfig{Seed: seed, Sections: []Section{
		{Name: "site", Hosts: []string{"www.x.net", "m.x.net"}, Objects: 4_000, Share: 3, Zipf: 0.85, Types: DefaultSection(1, 0).Types},
		{Name: "static", Hosts: []string{"s1.x.net", "s2.x.net"}, Objects: 2_000, Share: 1, Zipf: 1, Types: one("asset", "/assets/", "", 10_000, 1)},
		{Name: "titles", Hosts: []string{"v.x.net"}, Objects: 400, Zipf: 0.9, Types: one("manifest", "/m/", "", 2_000, 0.3)},
		{Name: "low", Hosts: []string{"v.x.net", "cdn.x.net"}, Objects: 400 * 200, Types: one("low", "/low/", "", 200_000, 0)},
		{Name: "mid", Hosts: []string{"v.x.net"}, Objects: 400 * 200, Types: one("mid", "/mid/", "", 800_000, 0)},
		{Name: "high", Hosts: []string{"cdn.x.net"}, Objects: 400 * 200, Types: one("high", "/high/", "", 3_000_000, 0)},
		{Name: "files", Hosts: []string{"dl.x.net"}, Objects: 1_000, Zipf: 1.1, Types: one("file", "/f/", "", 60_000_000, 1.8)},
	}})
}

// kindsOfSessions are specs of every kind, and the sections they are for.
var kindsOfSessions = map[string][]int{
	"pages":                        {0, 1},
	"pages:cached=80%,pages=1":     {0},
	"pages:connections=0,tail=1.5": {0, 1},
	"pages:objects=0,pages=20":     {0},
	"video":                        {2, 3, 4, 5},
	"video:early=60%,within=48s,manifest=1,ahead=0": {2, 3, 4, 5},
	"downloads":             {6},
	"downloads:ranges=100%": {6},
	"api":                   {0},
}

func streamConfig(t testing.TB, spec string, seed uint64) TrafficConfig {
	return TrafficConfig{Catalog: streamCatalog(t, 3), Viewers: mustViewers(t, ViewersConfig{Count: 5000, Referrers: Referrers{Other: 1, Sites: 50}}), Sections: kindsOfSessions[spec], Seed: seed, Rate: 500}
}

func mustTraffic(t testing.TB, spec string, cfg TrafficConfig) Source {
	t.Helper()
	s, err := NewTraffic(spec, cfg)
	if err != nil {
		t.Fatal(spec, err)
	}
	return s
}

// Whatever the kind: in order of time, within the length, for what is in its
// sections under names of theirs, the same for one seed in batches of any size.
func TestStreamsKeepTheirWord(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("draws millions of requests")
	}
	for spec, sections := range kindsOfSessions {
		tb := t
		rapid.Check(t, func(t *rapid.T) {
			seed := rapid.Uint64().Draw(t, "seed")
			cfg := streamConfig(tb, spec, seed)
			cfg.Length = time.Duration(rapid.IntRange(1, 5).Draw(t, "seconds")) * time.Second
			cfg.AbortShare, cfg.HeadShare = 0.02, 0.01
			c := cfg.Catalog
			all, err := ReadAll(mustTraffic(tb, spec, cfg), 0)
			if err != nil {
				t.Fatal(err)
			}
			before := time.Duration(0)
			for _, r := range all {
				if r.At < before || r.At >= cfg.Length {
					t.Fatalf("%s: %v after %v of %v", spec, r.At, before, cfg.Length)
				}
				before = r.At
				at := c.Object(r.Object).Section
				if !slices.Contains(sections, at) || !slices.Contains(c.sections[at].hosts, int(r.Host)) || r.Viewer >= cfg.Viewers.Count() || r.From > c.Objects() {
					t.Fatalf("%s: %+v is of section %d", spec, r, at)
				}
				if r.From != 0 && !isPage(&c.sections[c.Object(r.From-1).Section].types[c.Object(r.From-1).Type]) {
					t.Fatalf("%s: %+v is led to by what is no page", spec, r)
				}
			}
			s, again := mustTraffic(tb, spec, cfg), []Request{}
			for {
				batch := make([]Request, rapid.IntRange(1, 700).Draw(t, "batch"))
				n, err := s.Read(batch)
				again = append(again, batch[:n]...)
				if err == EOF {
					break
				}
			}
			if digest(all) != digest(again) {
				t.Fatalf("%s: the sequence depends on the batches", spec)
			}
		})
	}
}

// The rate is what was asked for, from the first second on: within three and a half
// standard errors of the mean over seeds, for all of the time and for its first
// tenth.
func TestStreamsKeepTheirRate(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("draws millions of requests")
	}
	const seeds, seconds = 16, 60
	for spec := range kindsOfSessions {
		t.Run(spec, func(t *testing.T) {
			var whole, first mean
			for seed := range uint64(seeds) {
				cfg := streamConfig(t, spec, seed)
				cfg.Length = seconds * time.Second
				counts := [2]float64{}
				for _, r := range readAll(t, mustTraffic(t, spec, cfg), 0) {
					counts[0]++
					if r.At < cfg.Length/10 {
						counts[1]++
					}
				}
				whole.add(counts[0] / seconds / cfg.Rate)
				first.add(counts[1] / seconds * 10 / cfg.Rate)
			}
			whole.near(t, "of the rate", 1)
			first.near(t, "of the rate in the first tenth", 1)
		})
	}
}

// mean is a mean with its standard error.
type mean struct{ n, sum, squares float64 }

func (m *mean) add(x float64) { m.n, m.sum, m.squares = m.n+1, m.sum+x, m.squares+x*x }

func (m *mean) near(t *testing.T, what string, want float64) {
	t.Helper()
	got := m.sum / m.n
	sd := math.Sqrt(max(m.squares/m.n-got*got, 0) / (m.n - 1))
	t.Logf("%s: %.4f ± %.4f", what, got, sd)
	if math.Abs(got-want) > 3.5*sd+0.004 { // and what the pilot does not know
		t.Errorf("%s: %.4f ± %.4f, want %.4f", what, got, sd, want)
	}
}

// Streams end after so many requests, and a closed loop has their order alone.
func TestStreamsEndAndHaveNoTimesInAClosedLoop(t *testing.T) {
	for spec := range kindsOfSessions {
		cfg := streamConfig(t, spec, 1)
		cfg.Rate, cfg.Requests = 0, 1000
		reqs := readAll(t, mustTraffic(t, spec, cfg), 0)
		if len(reqs) != 1000 {
			t.Errorf("%s: %d requests", spec, len(reqs))
		}
		for _, r := range reqs {
			if r.At != 0 {
				t.Fatalf("%s: %v in a closed loop", spec, r.At)
			}
		}
	}
}

func TestStreamsSayWhatTheyCannotBeMadeOf(t *testing.T) {
	for spec, want := range map[string]string{
		"pages":              "no section has a type of text/html",
		"pages:tail=1":       "tail 1: want more than 1",
		"video":              "1 section: want one of manifests",
		"api:post=1,other=1": "post and other 2: want 100% together",
	} {
		cfg := streamConfig(t, spec, 1)
		cfg.Sections = []int{1}
		if _, err := NewTraffic(spec, cfg); !isErrorWith(err, want) {
			t.Errorf("%s: %v, want %s", spec, err, want)
		}
	}
	cfg := streamConfig(t, "video", 1)
	cfg.Sections = []int{2, 3, 6}
	if _, err := NewTraffic("video", cfg); !isErrorWith(err, `section "files" has 1000 objects: want as many as the other rungs`) {
		t.Error(err)
	}
}

func isErrorWith(err error, text string) bool {
	return err != nil && strings.Contains(err.Error(), text)
}

func TestStreamsAllocateNothing(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("draws millions of requests")
	}
	for spec := range kindsOfSessions {
		s, batch := mustTraffic(t, spec, streamConfig(t, spec, 1)), make([]Request, 256)
		for range mostSettled {
			_, _ = s.Read(batch)
		}
		if n := testing.AllocsPerRun(500, func() { _, _ = s.Read(batch) }); n > 0 {
			t.Errorf("%s: %v allocations for 256 requests", spec, n)
		}
	}
}

// BenchmarkTraffic draws whole requests of every kind.
func BenchmarkTraffic(b *testing.B) {
	for _, rate := range []float64{500, 50_000} {
		for _, spec := range []string{"independent", "api", "pages", "pages:cached=80%", "video", "downloads"} {
			b.Run(fmt.Sprintf("%s/rate=%g", spec, rate), func(b *testing.B) {
				cfg := streamConfig(b, spec, 1)
				cfg.Rate = rate
				s, batch := mustTraffic(b, spec, cfg), make([]Request, 256)
				for range 2000 {
					_, _ = s.Read(batch)
				}
				b.ReportAllocs()
				b.ResetTimer()
				for n := 0; n < b.N; n += len(batch) {
					_, _ = s.Read(batch)
				}
			})
		}
	}
}
