package virtual

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"edgesim/results"
	"edgesim/sim/scenario"
)

// written reads a scenario that is written into a folder.
func written(t *testing.T, dir, text string, sets ...string) *scenario.Scenario {
	t.Helper()
	path := filepath.Join(dir, "s.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := scenario.Load(path, sets...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// played is what a run came to: what was asked for in order, how large whole
// responses were, and how many were hits.
type played struct {
	urls  []string
	sizes map[string]int64
	hits  float64
}

func (p *played) sorted() []string {
	list := slices.Clone(p.urls)
	slices.Sort(list)
	return list
}

func playedBy(t *testing.T, s *scenario.Scenario) *played {
	t.Helper()
	recs, names := recordsOf(t, s)
	slices.SortFunc(recs, func(a, b results.Record) int { return int(int64(a.ID) - int64(b.ID)) })
	p := &played{sizes: map[string]int64{}}
	for i := range recs {
		r := &recs[i]
		url := fmt.Sprintf("%v %s%s?%s %d-%d", r.Method, names.Str(r.Host), names.Str(r.URL), names.Str(r.Query), r.RangeStart, r.RangeEnd)
		p.urls = append(p.urls, url)
		if r.Status == 200 && r.Method == results.GET && !r.Flags.Has(results.Aborted) {
			p.sizes[url] = r.BodyBytes
		}
		if r.Response == results.Hit || r.Response == results.RefreshHit {
			p.hits += 1 / float64(len(recs))
		}
	}
	return p
}

const replaying = `
edge: {capacity: 24MiB}
origins:
  assets: {kind: bucket, first_byte: {median: 40ms, p99: 200ms}, bandwidth: 50MB/s}
  app: {kind: server, first_byte: {median: 40ms, p99: 200ms}, bandwidth: 50MB/s, concurrency: 128}
distributions:
  - id: E1QUICKSTART01
    domain: d1quickstart0001.cloudfront.net
    aliases: [www.example.com]
    behaviors:
      - {path: "/images/*", origin: assets}
      - {path: "/static/*", origin: assets}
    default: {origin: app}
workload:
  replay:
    file: run/access.log.gz
    cache_control: {image: "public, max-age=86400", style: "public, max-age=86400", script: "public, max-age=86400", html: "public, max-age=10", api: "public, max-age=2"}
`

// TestALogOfOursReplayed: what a run has logged, played again, asks for the same, and
// finds it in the cache as often. The log tells times to the second, and requests as
// they ended, so that within a second they come in another order.
func TestALogOfOursReplayed(t *testing.T) {
	dir := t.TempDir()
	first := load(t, "quickstart", "duration=6s", "warmup=0s", "workload.aborts=0%", "origins.app.uncacheable=0%")
	if _, err := Run(context.Background(), Config{Scenario: first, Dir: filepath.Join(dir, "run"), AccessLog: true}); err != nil {
		t.Fatal(err)
	}
	one, again := playedBy(t, first), playedBy(t, written(t, dir, replaying))
	if a, b := one.sorted(), again.sorted(); !slices.Equal(a, b) {
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Errorf("the log's %dth is %s, the replay's %s", i, a[i], b[i])
				break
			}
		}
		t.Fatalf("%d requests, replayed %d", len(a), len(b))
	}
	for url, size := range one.sizes {
		if again.sizes[url] != size {
			t.Fatalf("%s has %d bytes, replayed %d", url, size, again.sizes[url])
		}
	}
	if math.Abs(one.hits-again.hits) > 0.01 {
		t.Errorf("%.2f %% hits, replayed %.2f %%", 100*one.hits, 100*again.hits)
	}
	t.Logf("%d requests, hits %.2f %%, replayed %.2f %%", len(one.urls), 100*one.hits, 100*again.hits)
}

// TestASlowLogKeepsItsOrder: where no two requests are of one second, the replay is
// request by request what the log's run was.
func TestASlowLogKeepsItsOrder(t *testing.T) {
	dir := t.TempDir()
	first := load(t, "quickstart", "duration=400s", "warmup=0s", "workload.rate=0.5/s", "workload.arrivals=constant", "workload.sections.site.objects=50",
		"workload.aborts=0%", "origins.app.uncacheable=0%")
	if _, err := Run(context.Background(), Config{Scenario: first, Dir: filepath.Join(dir, "run"), AccessLog: true}); err != nil {
		t.Fatal(err)
	}
	one, again := playedBy(t, first), playedBy(t, written(t, dir, replaying))
	if !slices.Equal(one.urls, again.urls) || len(one.urls) < 199 {
		t.Errorf("%d requests, replayed %d: not the same sequence", len(one.urls), len(again.urls))
	}
}

// TestQueriesOfAReplay: a key that holds queries tells objects apart, one that does
// not has one object for all; what origins do not see makes no other contents.
func TestQueriesOfAReplay(t *testing.T) {
	const head = "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query sc-content-len time-taken\n"
	text := head
	for i, query := range []string{"a=1", "a=2", "a=1", "-", "a=2", "b=1"} {
		text += fmt.Sprintf("2026-01-01\t00:00:%02d\tFRA56-P1\t500\t192.0.2.1\tGET\tother.example\t/x.jpg\t200\t-\tcurl\t%s\t%d\t0.001\n", 2*i, query, 100*(i+1))
	}
	for _, c := range []struct {
		mode, hits string
		sizes      string
	}{
		{"standard", "Miss Miss Hit Miss Hit Miss", "300 500 300 400 500 600"},
		{"cloudfront", "Miss Hit Hit Hit Hit Hit", "600 600 600 600 600 600"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "log"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s := written(t, dir, `
edge: {mode: `+c.mode+`}
origins: {o: {kind: bucket, cache_control: "max-age=600"}}
distributions: [{id: E1, domain: d1.net, default: {origin: o}}]
workload: {replay: {file: log, hosts: {"*": d1.net}}}
`)
		recs, names := recordsOf(t, s)
		var hits, sizes, queries []string
		for i := range recs {
			hits = append(hits, recs[i].Response.String())
			sizes = append(sizes, fmt.Sprint(recs[i].BodyBytes))
			queries = append(queries, names.Str(recs[i].URL)+"?"+names.Str(recs[i].Query))
		}
		if got := strings.Join(hits, " "); got != c.hits {
			t.Errorf("%s: %s, want %s", c.mode, got, c.hits)
		}
		if got := strings.Join(sizes, " "); got != c.sizes {
			t.Errorf("%s: sizes %s, want %s", c.mode, got, c.sizes)
		}
		if got := strings.Join(queries, " "); got != "/x.jpg?a=1 /x.jpg?a=2 /x.jpg?a=1 /x.jpg? /x.jpg?a=2 /x.jpg?b=1" {
			t.Errorf("%s: %s", c.mode, got)
		}
	}
}

// TestDoubtsOfAReplayAreWarnings: a run says what of its file was passed over.
func TestDoubtsOfAReplayAreWarnings(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "t"), []byte("1 2 3\nx\n2 2 3\n3 5 6\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := `
origins: {o: {kind: bucket}}
distributions: [{id: E1, domain: d1.net, default: {origin: o}}]
workload: {replay: {file: t, format: webcachesim, skip_bad: true}}
`
	res, err := Run(context.Background(), Config{Scenario: written(t, dir, text), Dir: filepath.Join(dir, "run")})
	if err != nil {
		t.Fatal(err)
	}
	if said := strings.Join(res.Summary.Warnings, "\n"); !strings.Contains(said, "1 lines") || !strings.Contains(said, ":2: ") || res.Summary.Requests != 3 {
		t.Errorf("%d requests, warnings %s", res.Summary.Requests, said)
	}
}

// TestOtherMethodsAreReplayed: a log's POST is one, and nothing is said of it.
func TestOtherMethodsAreReplayed(t *testing.T) {
	dir := t.TempDir()
	text := "#Fields: timestamp cs-method cs(Host) cs-uri-stem sc-status sc-bytes\n1700000000\tPOST\td1.net\t/a\t201\t500\n1700000001\tGET\td1.net\t/a\t200\t500\n"
	if err := os.WriteFile(filepath.Join(dir, "log"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := written(t, dir, `
origins: {o: {kind: server}}
distributions: [{id: E1, domain: d1.net, default: {origin: o}}]
workload: {replay: {file: log}}
`)
	var got collected
	if _, err := Records(t.Context(), Config{Scenario: s}, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.recs) != 2 || got.recs[0].Method != results.POST || got.recs[1].Method != results.GET {
		t.Errorf("%+v", got.recs)
	}
}
