package scenario

import (
	"strings"
	"testing"
)

// What a built-in scenario has, taken evenly from each section, is at the origin that its path leads to,
// as the catalog has it, and nobody else has it.
func TestEveryObjectIsAtItsOrigin(t *testing.T) {
	for _, name := range builtinNames() {
		s := mustLoad(t, name)
		c := catalogOf(t, s)
		contents := map[string]*Contents{}
		for origin := range s.OriginConfigs() {
			contents[origin] = s.Contents(c, origin)
		}
		for _, id := range evenly(s) {
			want := c.Object(id)
			section := s.Workload.Sections[want.Section]
			path := c.AppendPath(nil, id)
			home := s.OriginFor(section.Hosts[0], string(path))
			for origin, has := range contents {
				got, ok := has.Find([]byte("10.0.0.1:80"), path)
				switch {
				case len(section.Types) > 0 && section.Types[want.Type].Missing:
					if ok || has.Own(want.Section) {
						t.Fatalf("%s: origin %s has %s, which is missing", name, origin, path)
					}
				case origin == home && (!ok || got.Key != want.Key || got.Size != want.Size || got.ContentType != want.ContentType):
					t.Fatalf("%s: origin %s has %s as %+v, %v, want %+v", name, origin, path, got, ok, want)
				case origin != home && ok && section.Seed == 0:
					t.Fatalf("%s: origin %s has %s, which is %s's", name, origin, path, home)
				}
			}
		}
	}
}

// evenly are a few thousand objects of every section.
func evenly(s *Scenario) (ids []uint64) {
	first := uint64(0)
	for _, section := range s.Workload.Sections {
		step := max(1, section.Objects/3000)
		for i := uint64(0); i < section.Objects; i += step {
			ids = append(ids, first+i)
		}
		first += section.Objects
	}
	return ids
}

func TestContentsHaveTheTypesSettings(t *testing.T) {
	s := mustLoad(t, "quickstart")
	c := catalogOf(t, s)
	app := s.Contents(c, "app")
	found := 0
	for id := uint64(0); id < 200; id++ {
		path := c.AppendPath(nil, id)
		o, ok := app.Find(nil, path)
		if !ok || !strings.HasPrefix(string(path), "/api/") {
			continue
		}
		found++
		if o.CacheControl != "public, max-age=2" || o.ChangeEvery.Seconds() != 10 {
			t.Fatalf("%s: %+v", path, o)
		}
	}
	if found == 0 {
		t.Error("the API has no objects")
	}
}

func TestContentsHaveNothingElse(t *testing.T) {
	s := mustLoad(t, "quickstart")
	c := catalogOf(t, s)
	for _, path := range []string{"", "/", "*", "/images/", "/images/zzzzzz.jpg", "/images/000000.jpg/", "/etc/passwd", "//images/000000.jpg"} {
		if _, ok := s.Contents(c, "assets").Find([]byte("www.example.com"), []byte(path)); ok {
			t.Errorf("%q is there", path)
		}
	}
	if _, ok := s.Contents(c, "nobody").Find(nil, c.AppendPath(nil, 0)); ok {
		t.Error("an origin that no behavior names has objects")
	}
}

// The two buckets have the same paths with different contents; the two names
// of the first lead to one distribution.
func TestTwoBucketsDoNotShare(t *testing.T) {
	s := mustLoad(t, "two-buckets")
	c := catalogOf(t, s)
	images, downloads := s.Contents(c, "images-bucket"), s.Contents(c, "downloads-bucket")
	for id := uint64(0); id < 100; id++ {
		path := c.AppendPath(nil, id)
		a, inImages := images.Find(nil, path)
		b, inDownloads := downloads.Find(nil, path)
		if !inImages || !inDownloads {
			t.Fatalf("%s: %v in the images, %v in the downloads", path, inImages, inDownloads)
		}
		if a.Key == b.Key {
			t.Fatalf("%s has the same content in both buckets", path)
		}
	}
	first, _ := s.table.Host([]byte("images.example.com"))
	alias, _ := s.table.Host([]byte("cdn.example.com"))
	if first != alias {
		t.Error("the alias is of another distribution")
	}
}

func TestWebsiteSendsFileTypesToThreeOrigins(t *testing.T) {
	s := mustLoad(t, "two-buckets")
	for path, want := range map[string]string{"/photos/1.jpg": "photos", "/api/1.json": "api", "/1.html": "site", "/api/1.jpg": "photos"} {
		if got := s.OriginFor("www.example.com", path); got != want {
			t.Errorf("%s goes to %s, want %s", path, got, want)
		}
	}
}

// Two sections of the same paths at one origin: told apart by the viewer's Host
// where it is forwarded, refused where it is not.
const shared = `origins:
  o: {kind: bucket}
distributions:
  - {id: A, domain: a.net, default: {origin: o, forward_host: true}}
  - {id: B, domain: b.net, default: {origin: o, forward_host: true}}
workload:
  rate: 1/s
  sections:
    - {name: a, hosts: [a.net], seed: 5, types: [{name: x, prefix: /x/, size: {median: 1KB}}]}
    - {name: b, hosts: [b.net], seed: 5, types: [{name: x, prefix: /x/, size: {median: 2KB}}]}
`

func TestForwardedHostTellsSectionsApart(t *testing.T) {
	s := mustParse(t, shared)
	c := catalogOf(t, s)
	o := s.Contents(c, "o")
	path := c.AppendPath(nil, 0)
	for host, size := range map[string]int64{"a.net": 1000, "b.net": 2000} {
		if got, ok := o.Find([]byte(host), path); !ok || got.Size != size {
			t.Errorf("%s: %+v, %v", host, got, ok)
		}
	}
	_, err := Parse("f.yaml", []byte(shared), "distributions.0.default.forward_host=false", "distributions.1.default.forward_host=false")
	if err == nil || !strings.Contains(err.Error(), `f.yaml:10:51: workload.sections[1].types[0]: origin "o" gets paths /x/… from section "a" too`) {
		t.Error(err)
	}
}

// TestMissingTypesAreNotThere: objects of such a type have paths, and no origin has them.
func TestMissingTypesAreNotThere(t *testing.T) {
	s, err := Load("quickstart", "workload.sections.0.types.3.missing=true")
	if err != nil {
		t.Fatal(err)
	}
	catalog := catalogOf(t, s)
	app := s.Contents(catalog, "app")
	if app.Own(0) {
		t.Error("an origin that misses some is said to have all")
	}
	for id := range uint64(500) {
		path, kind := catalog.AppendPath(nil, id), catalog.Object(id).Type
		if kind < 3 {
			continue // a bucket's
		}
		if _, ok := app.Find([]byte("app.origin.internal"), path); ok != (kind != 3) {
			t.Errorf("%s of type %d: found %v", path, kind, ok)
		}
	}
}

func TestFindDoesNotAllocate(t *testing.T) {
	s := mustLoad(t, "two-buckets")
	c := catalogOf(t, s)
	o, path, host := s.Contents(c, "images-bucket"), c.AppendPath(nil, 5), []byte("127.0.0.1:9000")
	if n := testing.AllocsPerRun(100, func() { o.Find(host, path) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkFind(b *testing.B) {
	s := mustLoad(b, "two-buckets")
	c := catalogOf(b, s)
	o, path, host := s.Contents(c, "images-bucket"), c.AppendPath(nil, 5), []byte("127.0.0.1:9000")
	b.ReportAllocs()
	for b.Loop() {
		o.Find(host, path)
	}
}
