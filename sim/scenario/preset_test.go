package scenario

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"edgesim/workloads"
)

func mustPreset(t *testing.T, name string, sets ...string) *Scenario {
	t.Helper()
	s, err := OfPreset(name, "www.x.net", append([]string{"workload.rate=1000/s", "duration=1h"}, sets...)...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPresetsAreThere(t *testing.T) {
	var names []string
	for _, p := range Presets() {
		names = append(names, p.Name)
		text, err := PresetText(p.Name)
		if err != nil || p.About == "" || !strings.Contains(text, "# A synthesis of published figures") {
			t.Errorf("%s: %v; about %q; a preset says what it is, and that it is a synthesis", p.Name, err, p.About)
		}
		s := mustPreset(t, p.Name)
		again, err := Parse("again.yaml", []byte(s.Text()))
		if err != nil || again.Text() != s.Text() {
			t.Errorf("%s: what a run keeps of it does not stand: %v", p.Name, err)
		}
		for _, section := range s.Workload.Sections {
			if !slices.Equal(section.Hosts, []string{"www.x.net"}) {
				t.Errorf("%s: section %s is at %v", p.Name, section.Name, section.Hosts)
			}
		}
	}
	if !slices.Equal(names, []string{"api", "download", "images", "news", "vod", "web"}) {
		t.Errorf("there is %v", names)
	}
}

// What a scenario says itself wins; sections and types are merged by name.
func TestAScenarioWinsOverItsPreset(t *testing.T) {
	text := strings.Replace(small, small[strings.Index(small, "workload:"):], `workload:
  preset: download
  rate: 5/s
  aborts: 0%
  viewers: {count: 7}
  sections:
    - name: files
      types:
        - {name: file, size: {median: 1KB}}
    - {name: more, types: [{name: x, prefix: /x/, size: {median: 1B}}]}
`, 1)
	s := mustParse(t, text, "workload.sections.once.objects=9")
	w := &s.Workload
	file := w.Sections[0].Types[0]
	for what, ok := range map[string]bool{
		"aborts":         w.Aborts == 0,
		"viewers":        w.Viewers.Count == 7 && w.Viewers.Referrers.None == 40,
		"sections":       len(w.Sections) == 3 && w.Sections[0].Name == "files" && w.Sections[2].Name == "more",
		"a type":         file.Size.Median == 1000 && file.Size.Sigma == 1.8 && file.Prefix == "/downloads/",
		"an assignment":  w.Sections[1].Objects == 9,
		"streams":        len(w.Streams) == 2,
		"hosts":          slices.Equal(w.Sections[0].Hosts, []string{"www.x.net"}),
		"what runs keep": mustParse(t, s.Text()).Text() == s.Text(),
	} {
		if !ok {
			t.Errorf("%s: %+v", what, *w)
		}
	}
	if s := mustParse(t, small, "workload.preset=vod", "workload.hosts=[d1.net]"); len(s.Workload.Sections) != 12 || s.Workload.Sections[0].Hosts[0] != "d1.net" {
		t.Errorf("%+v", s.Workload.Sections)
	}
}

func TestParseSaysWhatIsWrongWithPresetsAndViewers(t *testing.T) {
	for _, row := range []struct{ old, new, want string }{
		{"  rate: 100/s", "  rate: 100/s\n  preset: wep", `f.yaml:20:11: workload.preset: no preset "wep"; did you mean "web"?`},
		{"  rate: 100/s", "  rate: 100/s\n  preset: [web]", `f.yaml:20:11: workload.preset: want a single value, not a list`},
		{"  rate: 100/s", "  rate: 100/s\n  viewers: {referrers: {none: -1}}", `f.yaml:20:31: workload.viewers.referrers.none: -1: want a weight of 0 or more`},
		{"  rate: 100/s", "  rate: 100/s\n  viewers: {referrers: {sites: 70000}}", `f.yaml:20:32: workload.viewers.referrers.sites: 70000: want 1 to 60000, or 0 for the default`},
		{"  rate: 100/s", "  rate: 100/s\n  viewers: {referrers: {zipf: -1}}", `f.yaml:20:31: workload.viewers.referrers.zipf: -1: want an exponent of 0 or more`},
		{"  rate: 100/s", "  rate: 100/s\n  viewers: {agents: {curl: -1}}", `f.yaml:20:28: workload.viewers.agents.curl: -1: want a weight of 0 or more`},
		{"  rate: 100/s", "  rate: 100/s\n  viewers: {agents: {curl: 0}}", `f.yaml:20:22: workload.viewers.agents: want a weight above 0`},
		{"  rate: 100/s", "  rate: 100/s\n  hosts: [x.org]\n  preset: web", `preset web: workload.sections[0].hosts[0]: "x.org" is no name of a distribution that is served…`},
	} {
		_, err := Parse("f.yaml", []byte(broken(t, row.old, row.new)))
		if !isError(err, row.want) {
			t.Errorf("%q:\n got %v\nwant %s", row.new, err, row.want)
		}
	}
	if _, err := OfPreset("wodd", "x.net", "workload.rate=1/s"); !isError(err, `no preset "wodd"…`) {
		t.Error(err)
	}
}

// seen is what of a preset's requests there is to compare with its table.
type seen struct {
	requests, ranged, once, posts, aborted, external, embedded float64
	classes                                                    map[string]float64
}

func watch(t *testing.T, name string, n int) *seen {
	t.Helper()
	s := mustPreset(t, name)
	catalog, err := s.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	viewers, err := s.Viewers()
	if err != nil {
		t.Fatal(err)
	}
	source, err := s.Source(catalog, viewers)
	if err != nil {
		t.Fatal(err)
	}
	reqs, err := workloads.ReadAll(source, n)
	if err != nil {
		t.Fatal(err)
	}
	got := &seen{requests: float64(len(reqs)), classes: map[string]float64{}}
	one := func(to *float64, yes bool) {
		if yes {
			*to++
		}
	}
	for i := range reqs {
		r := &reqs[i]
		o := catalog.Object(r.Object)
		one(&got.ranged, r.Range.Length > 0)
		one(&got.once, catalog.Sections()[o.Section].Name == "once")
		one(&got.posts, r.Method == workloads.POST)
		one(&got.aborted, r.Abort > 0)
		one(&got.external, r.Referrer > 0)
		one(&got.embedded, r.From > 0)
		got.classes[catalog.Classes()[o.Class]]++
	}
	return got
}

// Shares of requests are those of the table in docs/workloads.md, within what a few
// popular objects make of it.
func TestPresetsHoldToTheirTable(t *testing.T) {
	if testing.Short() {
		t.Skip("draws a million requests")
	}
	const n = 200_000
	type row struct {
		what      string
		share     func(*seen) float64
		want, off float64
	}
	class := func(names ...string) func(*seen) float64 {
		return func(s *seen) (sum float64) {
			for _, name := range names {
				sum += s.classes[name]
			}
			return sum
		}
	}
	once, aborted := func(s *seen) float64 { return s.once }, func(s *seen) float64 { return s.aborted }
	ranged, embedded := func(s *seen) float64 { return s.ranged }, func(s *seen) float64 { return s.embedded }
	for name, rows := range map[string][]row{
		"web": {{"html", class("html"), 0.06, 0.01}, {"json", class("json"), 0.10, 0.05}, {"scripts", class("script"), 0.30, 0.08},
			{"images", class("image"), 0.40, 0.08}, {"once", once, 0.05, 0.015}, {"given up", aborted, 0.007, 0.001}, {"ranges", ranged, 0.01, 0.001},
			{"led to by pages", embedded, 0.93, 0.02}},
		"images":   {{"once", once, 0.2, 0.005}, {"given up", aborted, 0.003, 0.0006}, {"w640", class("w640"), 0.2 + 0.1, 0.05}},
		"vod":      {{"manifests", class("manifest"), 0.10, 0.015}, {"once", once, 0.05, 0.005}, {"ranges", ranged, 0, 0}},
		"download": {{"ranges", ranged, 0.45, 0.05}, {"once", once, 0.01, 0.002}, {"given up", aborted, 0.06, 0.004}},
		"api": {{"POST", func(s *seen) float64 { return s.posts }, 0.15, 0.005}, {"no-store", class("personal"), 0.7, 0.05},
			{"once", once, 0.15, 0.005}, {"from pages", func(s *seen) float64 { return s.external + s.embedded }, 0, 0}},
		"news": {{"html", class("html"), 0.8 + 0.01 + 0.19*0.06, 0.01}, {"given up", aborted, 0.015, 0.001}},
	} {
		got := watch(t, name, n)
		for _, r := range rows {
			if share := r.share(got) / got.requests; math.Abs(share-r.want) > r.off {
				t.Errorf("%s: %s are %.4f of the requests, want %.4f", name, r.what, share, r.want)
			}
		}
	}
}

// The sizes that the types describe have the table's means, in bytes.
func TestPresetsHaveTheirSizes(t *testing.T) {
	for name, types := range map[string]map[string]float64{
		"web":    {"html": 18e3, "script": 25.5e3, "style": 9.8e3, "image": 58.5e3, "font": 26e3},
		"images": {"w160": 8.7e3, "w1920": 101e3},
		"vod":    {"145k": 108750, "7800k": 5.85e6},
		"api":    {"personal": 3.1e3},
	} {
		for _, section := range mustPreset(t, name).CatalogConfig().Sections {
			for _, typ := range section.Types {
				want, told := types[typ.Name]
				if !told || section.Name == "once" {
					continue
				}
				cells, err := typ.Size.Cells(1.01)
				if err != nil {
					t.Fatal(err)
				}
				mean := 0.0
				for _, c := range cells {
					mean += c.Share * c.Mean
				}
				if math.Abs(mean/want-1) > 0.03 {
					t.Errorf("%s: %s has a mean of %.0f bytes, want %.0f", name, typ.Name, mean, want)
				}
			}
		}
	}
}

// A run of a day and longer has what changes within days, at the mean rate that was
// asked for; shorter ones, and those without time, have not.
func TestPresetsInRunsOfDays(t *testing.T) {
	popularity := func(s *Scenario) (list []string) {
		for i := range s.Workload.Sections {
			if p := s.Workload.Sections[i].Popularity; p != "" {
				list = append(list, p)
			}
		}
		return list
	}
	for name, want := range map[string]string{
		"web": "zipf+churn:every=1d,part=33%", "images": "zipf+births:share=50%,every=52ms,half_life=2d2h",
		"vod": "mandelbrot:q=20+churn:every=1d,part=20%", "news": "zipf+births:share=50%,every=26s,half_life=1d12h",
		"api": "", "download": "",
	} {
		s := mustPreset(t, name, "duration=7d")
		if got := strings.Join(popularity(s), " "); got != want {
			t.Errorf("%s: popularity %s, want %s", name, got, want)
		}
		if shaped := len(s.Workload.Shape) == 1; shaped == (name == "download") {
			t.Errorf("%s: shape %q", name, s.Workload.Shape)
		}
		if mean := s.MeanRate(); math.Abs(mean-1000) > 1 {
			t.Errorf("%s: %g requests a second on average over a week, want the rate of 1000", name, mean)
		}
		if again, err := Parse("again.yaml", []byte(s.Text())); err != nil || again.Text() != s.Text() {
			t.Errorf("%s: what a run keeps of it does not stand: %v", name, err)
		}
	}
	plain := popularity(mustPreset(t, "web"))
	if short, long := mustPreset(t, "web"), mustPreset(t, "web", "duration=7d"); short.Workload.Arrivals != "poisson" || !strings.HasPrefix(long.Workload.Arrivals, "mmpp") {
		t.Errorf("web's arrivals: %q in an hour, %q in a week", short.Workload.Arrivals, long.Workload.Arrivals)
	}
	for _, sets := range [][]string{{"duration=23h"}, {"duration=7d", "workload.requests=1000"}, {"duration=7d", "workload.rate=0/s", "workload.closed=true"}} {
		if s := mustPreset(t, "web", sets...); len(s.Workload.Shape) > 0 || len(popularity(s)) != len(plain) {
			t.Errorf("%q: %q, %q", sets, s.Workload.Shape, popularity(s))
		}
	}
	if s := mustPreset(t, "web", "duration=7d", "workload.sections.site.popularity=uniform", "workload.shape=[]"); s.Workload.Sections[0].Popularity != "uniform" || len(s.Workload.Shape) > 0 {
		t.Errorf("what was said does not win: %+v", s.Workload)
	}
}

// What docs/workloads.md says can be added, can.
// A short run has the rate that was asked for, whatever its seed: it begins amid the
// sessions that are under way, and no burst of arrivals outlasts it.
func TestPresetsKeepTheirRateInShortRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("opens three dozen catalogues")
	}
	for _, name := range presetNames() {
		sum := 0
		for seed := range 6 {
			s := mustPreset(t, name, "duration=10s", "seed="+strconv.Itoa(seed+1))
			crowd, err := s.Crowd()
			if err != nil {
				t.Fatal(err)
			}
			reqs, err := workloads.ReadAll(crowd.Source, 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			if sum += len(reqs); len(reqs) < 8500 || len(reqs) > 11500 {
				t.Errorf("%s, seed %d: %d requests in 10 s, want about 10000", name, seed+1, len(reqs))
			}
		}
		if sum < 57_000 || sum > 63_000 {
			t.Errorf("%s: %d requests in six runs of 10 s, want about 60000", name, sum)
		}
	}
}

func TestPresetsTakeWhatIsSaidToBeAdded(t *testing.T) {
	for preset, sets := range map[string][]string{
		"web":      {"workload.shape=[diurnal:day=10m]"},
		"download": {`workload.shape=["release:peak=20,half=18h"]`},
		"news":     {"workload.shape=[crowd:peak=30]"},
		"images":   {"workload.sections.photos.popularity=shot_noise", "workload.sections.photos.objects=1000000000000", "workload.rate=20/s"},
	} {
		s := mustPreset(t, preset, sets...)
		if _, err := s.Crowd(); err != nil {
			t.Errorf("%s %q: %v", preset, sets, err)
		}
	}
}
