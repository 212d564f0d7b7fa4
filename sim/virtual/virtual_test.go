package virtual

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"edgesim/results"
	"edgesim/sim/scenario"
)

// collected are a run's records.
type collected struct{ recs []results.Record }

func (c *collected) Add(recs []results.Record) { c.recs = append(c.recs, recs...) }

func load(t testing.TB, name string, sets ...string) *scenario.Scenario {
	t.Helper()
	s, err := scenario.Load(name, sets...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func recordsOf(t testing.TB, s *scenario.Scenario) ([]results.Record, *results.Names) {
	t.Helper()
	var c collected
	names, err := Records(context.Background(), Config{Scenario: s}, &c)
	if err != nil {
		t.Fatal(err)
	}
	return c.recs, names
}

// A seed and a scenario give the same bytes, on one processor or many.
func TestTheSameBytesOnAnyNumberOfProcessors(t *testing.T) {
	if testing.Short() {
		t.Skip("makes two run folders")
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, name := range []string{"quickstart", "world"} {
		var texts []string
		for _, procs := range []int{1, 4} {
			runtime.GOMAXPROCS(procs)
			dir := filepath.Join(t.TempDir(), "run")
			if _, err := Run(context.Background(), Config{Scenario: load(t, name, "duration=5s", "warmup=1s"), Dir: dir, AccessLog: true}); err != nil {
				t.Fatal(err)
			}
			texts = append(texts, textOf(t, dir))
		}
		if texts[0] != texts[1] || len(texts[0]) < 10_000 {
			t.Errorf("%s: the folders differ: %d and %d bytes", name, len(texts[0]), len(texts[1]))
		}
	}
}

// textOf is the summary and every CSV of a folder.
func textOf(t *testing.T, dir string) string {
	t.Helper()
	var all bytes.Buffer
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".csv") && filepath.Base(path) != results.SummaryFile && !strings.HasSuffix(path, ".hgrm") {
			return err
		}
		b, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		fmt.Fprintf(&all, "== %s\n%s", rel, b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// What holds of every run: requests are answered once each, first bytes come
// before last ones, and bytes from origins are those of flights.
func TestWhatHoldsOfEveryRun(t *testing.T) {
	for _, x := range []struct {
		name string
		sets []string
	}{
		{"quickstart", nil},
		{"quickstart", []string{"edge.mode=cloudfront", "workload.heads=10%"}},
		{"quickstart", []string{"origins.app.errors=10%", "origins.app.resets=10%", "origins.app.truncates=20%"}},
		{"quickstart", []string{"origins.app.concurrency=4", "origins.app.queue_limit=8", "origins.assets.piece=1KB"}},
		{"tiers", nil},
		{"two-buckets", nil},
		{"world", nil},
		{"storm", []string{"duration=12s"}},
	} {
		s := load(t, x.name, append([]string{"duration=4s", "warmup=1s"}, x.sets...)...)
		recs, _ := recordsOf(t, s)
		seen := map[uint64]bool{}
		for i := range recs {
			r := &recs[i]
			if seen[r.ID] {
				t.Fatalf("%s %v: request %d is answered twice", x.name, x.sets, r.ID)
			}
			seen[r.ID] = true
			if r.TTFB > r.Total && !r.Flags.Has(results.Aborted) || r.TTFB < 0 || r.BodyBytes > r.BytesOut || r.BodyBytes < 0 || r.OriginTTFB > r.OriginTotal && r.OriginTotal != 0 {
				t.Errorf("%s %v: %+v", x.name, x.sets, r)
			}
			if (r.OriginBytes > 0) && r.OriginAsked == 0 {
				t.Errorf("%s %v: bytes of an origin that was not asked: %+v", x.name, x.sets, r)
			}
			if r.Response == results.NoResult || r.Vantage != results.AtSimulator || r.Status == 0 {
				t.Errorf("%s %v: %+v", x.name, x.sets, r)
			}
		}
		if len(seen) < 1000 || !seen[1] || !seen[uint64(len(seen))] {
			t.Errorf("%s %v: %d requests answered", x.name, x.sets, len(seen))
		}
	}
}
