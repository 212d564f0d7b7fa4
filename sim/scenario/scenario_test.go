package scenario

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"edgesim/edge/behavior"
	"edgesim/sim/origin"
	"edgesim/workloads"
)

func mustParse(t testing.TB, text string, sets ...string) *Scenario {
	t.Helper()
	s, err := Parse("f.yaml", []byte(text), sets...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mustLoad(t testing.TB, name string, sets ...string) *Scenario {
	t.Helper()
	s, err := Load(name, sets...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func catalogOf(t testing.TB, s *Scenario) *workloads.Catalog {
	t.Helper()
	c, err := workloads.NewCatalog(s.CatalogConfig())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDefaults(t *testing.T) {
	s := mustParse(t, strings.Replace(small, "name: small\nedge:\n  capacity: 1MiB\n", "", 1))
	if s.Name != "f" || s.Seed != 1 || s.Duration.Std() != 30*time.Second || s.Warmup != 0 {
		t.Errorf("%q, seed %d, %v, warm-up %v", s.Name, s.Seed, s.Duration, s.Warmup)
	}
	want := Edge{Mode: "standard", Capacity: 256 << 20, Policy: "s3fifo", InFlight: 256 << 20, MaxFlights: 10_000, Layer: "edge", Location: "FRA56-P1"}
	if !reflect.DeepEqual(s.Edge, want) {
		t.Errorf("%+v", s.Edge)
	}
	section := s.Workload.Sections[0]
	if section.Objects != 10_000 || *section.Zipf != 0.9 || s.Workload.Connections != 64 || s.Workload.Arrivals != "poisson" {
		t.Errorf("%+v", s.Workload)
	}
}

func TestDefaultTypesAreThoseOfTheWorkloads(t *testing.T) {
	s := mustParse(t, small[:strings.Index(small, "      types:")])
	if got, want := s.CatalogConfig().Sections[0].Types, workloads.DefaultSection(1, 0).Types; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	c := catalogOf(t, s)
	path := c.AppendPath(nil, 0)
	if _, ok := s.Contents(c, s.OriginFor("www.x.net", string(path))).Find(nil, path); !ok {
		t.Errorf("nobody has %s", path)
	}
}

// Builtins panics when one does not load.
func TestBuiltinsLoad(t *testing.T) {
	var names []string
	for _, b := range Builtins() {
		names = append(names, b.Name)
		if len(b.About) > 67 { // behind the name, on 80 columns
			t.Errorf("%s: %q is %d long; a list has room for 67", b.Name, b.About, len(b.About))
		}
		if b.About == "" || mustLoad(t, b.Name).Name != b.Name {
			t.Errorf("%+v", b)
		}
	}
	if !reflect.DeepEqual(names, []string{"api", "attack", "downloads", "news", "quickstart", "storm", "tiers", "two-buckets", "vod", "world"}) {
		t.Error(names)
	}
	if s := mustLoad(t, "quickstart"); s.Duration.Std() > 25*time.Second {
		t.Errorf("quickstart takes %v", s.Duration)
	}
}

func TestLoadSuggestsBuiltins(t *testing.T) {
	for name, want := range map[string]string{
		"quikstart":     `no scenario "quikstart": neither a built-in one nor a file; did you mean "quickstart"?`,
		"zzz":           `no scenario "zzz": neither a built-in one nor a file; there is api, attack, downloads, news, quickstart, storm, tiers, two-buckets, vod, world`,
		"./no/such.yml": `reading a scenario: open ./no/such.yml: no such file or directory`,
	} {
		if _, err := Load(name); err == nil || err.Error() != want {
			t.Errorf("Load(%q) = %v", name, err)
		}
	}
}

func TestBuiltinTextParses(t *testing.T) {
	for _, name := range []string{"quickstart", "example"} {
		text, err := BuiltinText(name)
		if err != nil {
			t.Fatal(err)
		}
		if s := mustParse(t, text); s.Name != name {
			t.Errorf("%s is called %s", name, s.Name)
		}
	}
	if _, err := BuiltinText("quikstart"); !isError(err, `no built-in scenario "quikstart"; did you mean "quickstart"?`) {
		t.Error(err)
	}
}

// Every key of the schema is in example.yaml, and example.yaml stands.
func TestExampleShowsEveryKey(t *testing.T) {
	if _, err := Load("./example.yaml"); err != nil {
		t.Fatal(err)
	}
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		switch typ.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			walk(typ.Elem())
		case reflect.Struct:
			if seen[typ] {
				return
			}
			seen[typ] = true
			for i := range typ.NumField() {
				name := typ.Field(i).Tag.Get("yaml")
				if name == "" {
					continue
				}
				if !strings.Contains(Example, name+":") {
					t.Errorf("example.yaml has no key %s of %v", name, typ)
				}
				walk(typ.Field(i).Type)
			}
		}
	}
	walk(reflect.TypeFor[Scenario]())
	if len(seen) < 15 {
		t.Errorf("only %d structs were looked at", len(seen))
	}
}

func TestSetEqualsWriting(t *testing.T) {
	for set, written := range map[string]string{
		"edge.capacity=16MiB": strings.Replace(small, "1MiB", "16MiB", 1),
		"seed=7":              "seed: 7\n" + small,
		"workload.sections.s.types.image.size={median: 2KB, p99: 9KB}": strings.Replace(small, "{median: 1KB}", "{median: 2KB, p99: 9KB}", 1),
		"workload.sections.0.objects=5":                                strings.Replace(small, "- name: s", "- name: s\n      objects: 5", 1),
		"distributions.E1.behaviors./api/*.origin=a":                   strings.Replace(small, "origin: b", "origin: a", 1),
		"distributions.E1.behaviors.0.key.query=all":                   strings.Replace(small, "        origin: b", "        origin: b\n        key: {query: all}", 1),
		"origins.c={kind: server, cache_control: 'public, max-age=1'}": strings.Replace(small, "  a: {kind: bucket}", "  a: {kind: bucket}\n  c: {kind: server, cache_control: 'public, max-age=1'}", 1),
		"about=a = b": "about: a = b\n" + small,
	} {
		got, want := mustParse(t, small, set).Text(), mustParse(t, written).Text()
		if got != want {
			t.Errorf("--set %s:\n%s\nwant\n%s", set, got, want)
		}
		if got == mustParse(t, small).Text() {
			t.Errorf("--set %s changes nothing", set)
		}
	}
}

func TestSetSaysWhatIsWrong(t *testing.T) {
	for set, want := range map[string]string{
		"edge.capacity":              `want key.path=value, as edge.capacity=16MiB`,
		"=5":                         `want key.path=value, as edge.capacity=16MiB`,
		"edge.capcity=1MiB":          `edge.capcity: unknown key; did you mean "capacity"?`,
		"edge.capacity=16mb":         `edge.capacity: size "16mb": …`,
		"edge.shards=[1":             `not YAML: …`,
		"edge.capacity.x=1":          `edge.capacity.x: "x" cannot be looked for in a single value`,
		"edge.capacity=1KiB":         `edge.capacity: 1KiB: want at least 64KiB`,
		"workload.sections.2.zipf=1": `workload.sections.2.zipf: the list has no item 2, only 1 items from 0`,
		"workload.sections.t.zipf=1": `workload.sections.t.zipf: the list has no item "t"; did you mean "s"?`,
		"origins.a.kind=buckte":      `origins.a.kind: …`,
		"duration=":                  `duration: want a single value, not nothing`,
		"distributions.0.aliases=[]": `f.yaml:22:15: …`, // the host that has lost its name
	} {
		_, err := Parse("f.yaml", []byte(small), set)
		if !strings.HasPrefix(want, "f.yaml") {
			want = "--set " + set + ": " + want
		}
		if !isError(err, want) {
			t.Errorf("--set %s:\n got %v\nwant %s", set, err, want)
		}
	}
}

func TestSetLeavesTheOtherUseOfAnAnchorAlone(t *testing.T) {
	s := mustLoad(t, "two-buckets", "workload.sections.downloads.types.file.size.median=99KB")
	if a, b := s.Workload.Sections[0].Types[0].Size.Median, s.Workload.Sections[1].Types[0].Size.Median; a != 10_000 || b != 99_000 {
		t.Errorf("%v and %v", a, b)
	}
}

// Text writes what Parse reads back, zeros that differ from a default included.
func TestTextRoundTrip(t *testing.T) {
	zeros := strings.Replace(small, "        origin: b", `        origin: b
        ttl: {min: 0s, default: 0s, max: 0s}
        cached_methods: []
        collapse: false
        key: {}
        error_ttl: 0s
        heuristic: false`, 1)
	zeros = strings.Replace(zeros, "- name: s", "- name: s\n      zipf: 0", 1)
	texts := []string{small, zeros, Example}
	for _, b := range Builtins() {
		text, err := builtins.ReadFile("builtin/" + b.Name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	for _, text := range texts {
		s := mustParse(t, text)
		again := mustParse(t, s.Text())
		s.Workload.Preset = "" // is written out
		if got, want := plain(again), plain(s); !reflect.DeepEqual(got, want) {
			t.Errorf("%s\nreads back as\n%+v\nnot\n%+v", s.Text(), got, want)
		}
		if !reflect.DeepEqual(again.BehaviorDistributions(), s.BehaviorDistributions()) {
			t.Errorf("%s: other behaviors after a round trip", s.Name)
		}
	}
}

// plain is s without what Parse remembers of the text.
func plain(s *Scenario) Scenario {
	c := *s
	c.source, c.table = nil, nil
	return c
}

func TestModesArePresets(t *testing.T) {
	standard := mustParse(t, small).BehaviorDistributions()[0].Default
	cloudfront := mustParse(t, small, "edge.mode=cloudfront").BehaviorDistributions()[0].Default
	want := behavior.Standard()
	want.Origin = "a"
	if !reflect.DeepEqual(standard, want) {
		t.Errorf("standard: %+v", standard)
	}
	want = behavior.CloudFront()
	want.Origin = "a"
	if !reflect.DeepEqual(cloudfront, want) {
		t.Errorf("cloudfront: %+v", cloudfront)
	}
}

// A bound that was left out gives way to one that was given.
func TestTTLBounds(t *testing.T) {
	const day, year = 24 * time.Hour, 365 * 24 * time.Hour
	for _, row := range []struct {
		mode, ttl string
		want      behavior.TTL
	}{
		{"standard", "{}", behavior.TTL{Max: behavior.Forever}},
		{"standard", "{default: 5s}", behavior.TTL{Default: 5 * time.Second, Max: behavior.Forever}},
		{"standard", "{min: 5s}", behavior.TTL{Min: 5 * time.Second, Max: behavior.Forever}},
		{"cloudfront", "{}", behavior.TTL{Default: day, Max: year}},
		{"cloudfront", "{min: 2d}", behavior.TTL{Min: 2 * day, Default: 2 * day, Max: year}},
		{"cloudfront", "{min: 730d}", behavior.TTL{Min: 2 * year, Default: 2 * year, Max: 2 * year}},
		{"cloudfront", "{default: 730d}", behavior.TTL{Default: 2 * year, Max: 2 * year}},
		{"cloudfront", "{max: 1h}", behavior.TTL{Default: time.Hour, Max: time.Hour}},
		{"cloudfront", "{max: 0s}", behavior.TTL{}},
	} {
		s := mustParse(t, small, "edge.mode="+row.mode, "distributions.E1.default.ttl="+row.ttl)
		if got := s.BehaviorDistributions()[0].Default.TTL; got != row.want {
			t.Errorf("%s %s: %+v, want %+v", row.mode, row.ttl, got, row.want)
		}
	}
}

func TestCloudFrontAllowsThreeSetsOfMethods(t *testing.T) {
	for methods, ok := range map[string]bool{
		"[GET, HEAD]": true, "[OPTIONS, HEAD, GET]": true, "[GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE]": true,
		"[GET]": false, "[GET, HEAD, POST]": false, `["*"]`: false,
	} {
		_, err := Parse("f.yaml", []byte(small), "edge.mode=cloudfront", "distributions.E1.behaviors.0.methods="+methods)
		if (err == nil) != ok {
			t.Errorf("%s: %v", methods, err)
		}
	}
}

func TestOriginConfigs(t *testing.T) {
	configs := mustLoad(t, "./example.yaml").OriginConfigs()
	want := origin.Delay{Kind: "empirical", Quantiles: []origin.Quantile{
		{At: 0, Wait: 10 * time.Millisecond}, {At: 0.5, Wait: 30 * time.Millisecond}, {At: 0.99, Wait: 300 * time.Millisecond}}}
	if got := configs["server"].FirstByte; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	b := configs["bucket"]
	if b.Bandwidth != 50e6 || b.Errors != 0.001 || b.Missing != 403 || len(b.Outages) != 1 || b.Outages[0].For != 2*time.Second {
		t.Errorf("%+v", b)
	}
	if _, simulated := configs["real"]; simulated || len(configs) != 3 {
		t.Errorf("%d simulated origins", len(configs))
	}
	if b.Seed == configs["server"].Seed || b.Seed == 0 {
		t.Error("two origins draw the same numbers")
	}
}

func TestParseConfig(t *testing.T) {
	const config = `edge: {mode: cloudfront}
origins:
  app: {url: "http://127.0.0.1:9000"}
distributions:
  - id: E1
    domain: d1.net
    aliases: ["*"]
    default: {origin: app, forward_host: true}
`
	c, err := ParseConfig("c.yaml", []byte(config))
	if err != nil {
		t.Fatal(err)
	}
	if c.OriginURLs()["app"] != "http://127.0.0.1:9000" || !c.BehaviorDistributions()[0].Default.ForwardHost || c.Edge.Policy != "s3fifo" {
		t.Errorf("%+v", c)
	}
	for change, want := range map[string]string{
		"workload.rate=1":         `--set workload.rate=1: workload: unknown key; there is edge, origins, …`,
		"origins.app=":            `--set origins.app=: origins.app.url: missing: a server's origins are real ones, as http://127.0.0.1:8080`,
		"origins.app={kind: x}":   `--set origins.app={kind: x}: origins.app.url: missing: a server's origins are real ones, as http://127.0.0.1:8080`,
		"distributions.E1.id=":    `--set distributions.E1.id=: distributions[0].id: want a single value, not nothing`,
		"edge.mode=standart":      `--set edge.mode=standart: edge.mode: unknown mode "standart": want standard or cloudfront`,
		"distributions.0.default": `--set distributions.0.default: want key.path=value, as edge.capacity=16MiB`,
	} {
		if _, err := ParseConfig("c.yaml", []byte(config), change); !isError(err, want) {
			t.Errorf("%s:\n got %v\nwant %s", change, err, want)
		}
	}
}

// Whatever the text, Parse says something on one line, and what it accepts it
// writes and reads back.
func FuzzParseNeverPanics(f *testing.F) {
	for _, b := range builtinNames() {
		text, _ := builtins.ReadFile("builtin/" + b + ".yaml")
		f.Add(string(text), "seed=3")
	}
	f.Add(Example, "edge.capacity=16MiB")
	f.Add(small, "workload.sections.s.zipf=1")
	f.Add("a: &x [*x, *x]", "a.0=1")
	f.Fuzz(func(t *testing.T, text, set string) {
		s, err := Parse("f.yaml", []byte(text), set)
		if err != nil {
			if strings.Contains(err.Error(), "\n") && !strings.Contains(set, "\n") {
				t.Fatalf("%q is more than a line", err)
			}
			return
		}
		if _, err := Parse("f.yaml", []byte(s.Text())); err != nil {
			t.Fatalf("%v in\n%s", err, s.Text())
		}
	})
}
