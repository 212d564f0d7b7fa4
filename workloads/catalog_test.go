package workloads

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// twoSections are a site under two names and a download host, with shared type
// names and a type without a share.
func twoSections() CatalogConfig {
	images := Type{Name: "image", Prefix: "/images/", Ext: ".jpg", ContentType: "image/jpeg", Share: 3, Size: SizeModel{Median: 20_000, Sigma: 1}}
	pages := Type{Name: "html", Prefix: "/", Ext: "", ContentType: "text/html", Share: 1, Size: SizeModel{Median: 5000}}
	never := Type{Name: "never", Prefix: "/never/", Share: 0, Size: SizeModel{Median: 1}}
	large := Type{Name: "download", Prefix: "/files/", Ext: ".bin", Size: SizeModel{Median: 1e6, P99: 1e8}}
	return CatalogConfig{Seed: 1, Sections: []Section{
		{Name: "site", Hosts: []string{"www.example.com", "cdn.example.com"}, HostWeights: []float64{3, 1}, Objects: 1000, Share: 4, Zipf: 1, Types: []Type{never, images, pages, never2()}},
		{Name: "download", Hosts: []string{"download.example.com"}, Objects: 50, Share: 1, Zipf: 0.5, Types: []Type{large, images}},
	}}
}

func never2() Type { return Type{Name: "never", Prefix: "/never2/", Size: SizeModel{Median: 1}} }

func mustCatalog(t testing.TB, cfg CatalogConfig) *Catalog {
	t.Helper()
	c, err := NewCatalog(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCatalog(t *testing.T) {
	c := mustCatalog(t, twoSections())
	if c.Objects() != 1050 || len(c.Sections()) != 2 {
		t.Errorf("%d objects in %d sections, want 1050 in 2", c.Objects(), len(c.Sections()))
	}
	if got := fmt.Sprint(c.Hosts()); got != "[www.example.com cdn.example.com download.example.com]" {
		t.Errorf("hosts %s", got)
	}
	if got := fmt.Sprint(c.Classes()); got != "[never image html download]" {
		t.Errorf("classes %s", got)
	}
	if first, end := c.SectionIDs(1); first != 1000 || end != 1050 {
		t.Errorf("section 1 is %d to %d", first, end)
	}
	keys, paths := map[uint64]bool{}, map[string]bool{}
	for id := range c.Objects() {
		o := c.Object(id)
		section := c.Sections()[o.Section]
		kind := section.Types[o.Type]
		path := string(c.AppendPath(nil, id))
		if o.ID != id || (id >= 1000) != (o.Section == 1) || o.Size < 1 || c.Classes()[o.Class] != kind.Name {
			t.Errorf("object %d is %+v", id, o)
		}
		if kind.Name == "never" || !strings.HasPrefix(path, kind.Prefix) || !strings.HasSuffix(path, kind.Ext) {
			t.Errorf("object %d of type %s has the path %s", id, kind.Name, path)
		}
		if want := map[string]string{"image": "image/jpeg", "html": "text/html", "download": "application/octet-stream"}; o.ContentType != want[kind.Name] {
			t.Errorf("object %d of type %s has the content type %s", id, kind.Name, o.ContentType)
		}
		if place := fmt.Sprint(o.Section, path); keys[o.Key] || paths[place] {
			t.Errorf("object %d: key %x or path %s is taken", id, o.Key, place)
		} else {
			keys[o.Key], paths[place] = true, true
		}
	}
}

func TestTypesHaveTheirShares(t *testing.T) {
	section := DefaultSection(200_000, 1)
	c := mustCatalog(t, CatalogConfig{Sections: []Section{section}})
	counts, expected := make([]float64, len(section.Types)), make([]float64, len(section.Types))
	for id := range c.Objects() {
		counts[c.Object(id).Type]++
	}
	for i, kind := range section.Types {
		expected[i] = kind.Share / 100 * 200_000
	}
	if p := chiSquare(counts, expected); p < 1e-3 {
		t.Errorf("chi-square p = %v: %v, want %v", p, counts, expected)
	}
}

// TestSizeAndTypeAreIndependentOfRank: the popular tenth of a catalog has the
// sizes and types of the whole.
func TestSizeAndTypeAreIndependentOfRank(t *testing.T) {
	c := mustCatalog(t, CatalogConfig{Seed: 3, Sections: []Section{DefaultSection(100_000, 1)}})
	mean := func(from, to uint64) (size, images float64) {
		for id := from; id < to; id++ {
			o := c.Object(id)
			size += math.Log(float64(o.Size)) / float64(to-from)
			if c.Classes()[o.Class] == "image" {
				images += 1 / float64(to-from)
			}
		}
		return size, images
	}
	hotSize, hotImages := mean(0, 10_000)
	size, images := mean(10_000, 100_000)
	if math.Abs(hotSize-size) > 0.06 || math.Abs(hotImages-images) > 0.02 {
		t.Errorf("mean ln(size) %.3f and %.3f, images %.3f and %.3f", hotSize, size, hotImages, images)
	}
}

func TestDefaultSectionWeighsWhatItSays(t *testing.T) {
	c := mustCatalog(t, CatalogConfig{Sections: []Section{DefaultSection(100_000, 1)}})
	sum := 0.0
	for id := range c.Objects() {
		sum += float64(c.Object(id).Size)
	}
	if mean := sum / 1e5; mean < 25_000 || mean > 36_000 {
		t.Errorf("mean size %.0f bytes, want about 32,000", mean)
	}
}

func TestFindIsTheInverseOfPath(t *testing.T) {
	c := mustCatalog(t, twoSections())
	huge := twoSections()
	huge.Sections[0].Objects = MaxObjects
	huge.Sections[1].Objects = 1e9
	for _, c := range []*Catalog{c, mustCatalog(t, huge)} {
		rapid.Check(t, func(t *rapid.T) {
			id := rapid.Uint64Range(0, c.Objects()-1).Draw(t, "id")
			o, path := c.Object(id), c.AppendPath(nil, id)
			if got, ok := c.Find(o.Section, path); !ok || got != id {
				t.Fatalf("%s of %d is found as %d, %v", path, id, got, ok)
			}
			host := c.Sections()[o.Section].Hosts[0]
			if got, ok := c.FindHost([]byte(host), path); !ok || got != id {
				t.Fatalf("%s%s of %d is found as %d, %v", host, path, id, got, ok)
			}
		})
	}
	for _, path := range []string{"", "/", "/images/", "/images/0c3f9a", "/images/0C3F9A.jpg", "/images/00000g.jpg", "/images/00.jpg"} {
		if id, ok := c.Find(0, []byte(path)); ok {
			t.Errorf("%q is found as %d", path, id)
		}
	}
	if _, ok := c.FindHost([]byte("elsewhere.example.com"), c.AppendPath(nil, 0)); ok {
		t.Error("an object is found at a host that the catalog does not have")
	}
}

// TestPathsOfNobodyAreNotFound: a name with the prefix and extension of another
// type than its object's, and a name beyond the last object's.
func TestPathsOfNobodyAreNotFound(t *testing.T) {
	s := mustCatalog(t, twoSections()).sections[0]
	for rank := range s.Objects + 1000 {
		name := string(s.appendName(nil, rank))
		for i, kind := range s.Types {
			got, ok := s.find([]byte(kind.Prefix + name + kind.Ext))
			if want := rank < s.Objects && s.typeOf(rank) == i; ok != want || ok && got != rank {
				t.Fatalf("rank %d as %s is found as %d, %v", rank, kind.Name, got, ok)
			}
		}
	}
}

// FuzzOnlyOwnPathsAreFound: whatever path is found, it is spelled exactly as
// the catalog spells it.
func FuzzOnlyOwnPathsAreFound(f *testing.F) {
	c := mustCatalog(f, twoSections())
	for id := range uint64(5) {
		f.Add(uint8(0), c.AppendPath(nil, id))
		f.Add(uint8(1), c.AppendPath(nil, 1000+id))
	}
	f.Fuzz(func(t *testing.T, section uint8, path []byte) {
		at := int(section) % 2
		id, ok := c.Find(at, path)
		if !ok {
			return
		}
		if own := c.AppendPath(nil, id); string(own) != string(path) || c.Object(id).Section != at {
			t.Fatalf("%q is found as object %d, whose path is %q", path, id, own)
		}
	})
}

func TestAliasHostsAndSeeds(t *testing.T) {
	cfg := twoSections()
	a, b := mustCatalog(t, cfg), mustCatalog(t, cfg)
	cfg.Seed = 2
	other := mustCatalog(t, cfg)
	cfg.Sections = cfg.Sections[1:]
	alone := mustCatalog(t, cfg)
	for id := uint64(1000); id < 1050; id++ {
		if a.Object(id) != b.Object(id) {
			t.Fatalf("object %d differs between equal catalogs", id)
		}
		if a.Object(id).Key == other.Object(id).Key {
			t.Fatalf("object %d has the same contents under another seed", id)
		}
		if other.Object(id).Key != alone.Object(id-1000).Key {
			t.Fatalf("object %d depends on the sections before it", id)
		}
	}
	seeded := twoSections()
	seeded.Sections[1].Seed = 9
	first := mustCatalog(t, seeded).Object(1000)
	seeded.Seed = 77
	if second := mustCatalog(t, seeded).Object(1000); first != second {
		t.Errorf("a section with its own seed depends on the catalog's: %+v and %+v", first, second)
	}
}

func TestCatalogRefuses(t *testing.T) {
	for _, c := range []struct {
		want  string
		spoil func(*CatalogConfig)
	}{
		{"Sections", func(c *CatalogConfig) { c.Sections = nil }},
		{`section 0 "": Name`, func(c *CatalogConfig) { c.Sections[0].Name = "" }},
		{"no other section has", func(c *CatalogConfig) { c.Sections[1].Name = "site" }},
		{"Hosts", func(c *CatalogConfig) { c.Sections[0].Hosts = nil }},
		{"lower case", func(c *CatalogConfig) { c.Sections[0].Hosts[0] = "WWW.example.com" }},
		{"twice", func(c *CatalogConfig) { c.Sections[0].Hosts[1] = "www.example.com" }},
		{"HostWeights", func(c *CatalogConfig) { c.Sections[0].HostWeights = []float64{1} }},
		{"HostWeights", func(c *CatalogConfig) { c.Sections[0].HostWeights = []float64{1, -1} }},
		{"Objects 0: want 1 to 2^53", func(c *CatalogConfig) { c.Sections[1].Objects = 0 }},
		{"Share", func(c *CatalogConfig) { c.Sections[0].Share = math.NaN() }},
		{"finite sum", func(c *CatalogConfig) {
			c.Sections[0].Share, c.Sections[1].Share = math.MaxFloat64, math.MaxFloat64
		}},
		{"Zipf", func(c *CatalogConfig) { c.Sections[0].Zipf = -1 }},
		{"Types", func(c *CatalogConfig) { c.Sections[0].Types = nil }},
		{`type "image": Prefix`, func(c *CatalogConfig) { c.Sections[0].Types[1].Prefix = "images/" }},
		{"unescaped", func(c *CatalogConfig) { c.Sections[0].Types[1].Ext = ".jp g" }},
		{"unescaped", func(c *CatalogConfig) { c.Sections[0].Types[1].Prefix = "/a?b/" }},
		{"no empty segment", func(c *CatalogConfig) { c.Sections[0].Types[1].Prefix = "/a//b/" }},
		{"no empty segment", func(c *CatalogConfig) { c.Sections[0].Types[1].Ext = "/.." }},
		{`type "html": size: Median 0: want at least 1 byte`, func(c *CatalogConfig) { c.Sections[0].Types[2].Size.Median = 0 }},
		{"a path could be of either", func(c *CatalogConfig) {
			c.Sections[0].Types[1].Prefix, c.Sections[0].Types[1].Ext = "/0", ""
			c.Sections[0].Types[2].Ext = "a"
		}},
		{"share the host", func(c *CatalogConfig) { c.Sections[1].Hosts = c.Sections[0].Hosts[:1] }},
	} {
		cfg := twoSections()
		c.spoil(&cfg)
		if _, err := NewCatalog(cfg); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v; want one that says %q", err, c.want)
		}
	}
	slash := twoSections()
	slash.Sections[0].Types[1].Prefix, slash.Sections[0].Types[1].Ext = "/.well-known/", "/"
	if _, err := NewCatalog(slash); err != nil {
		t.Errorf("paths that end with a slash: %v", err)
	}
	shared := twoSections()
	shared.Sections[1].Hosts, shared.Sections[1].Types = shared.Sections[0].Hosts, shared.Sections[1].Types[:1]
	if _, err := NewCatalog(shared); err != nil {
		t.Errorf("sections with different prefixes on one host: %v", err)
	}
}

func TestObjectsOutsidePanic(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("an object that the catalog does not have was looked up")
		}
	}()
	mustCatalog(t, twoSections()).Object(1050)
}

func TestLookingUpAllocatesNothing(t *testing.T) {
	c := mustCatalog(t, CatalogConfig{Sections: []Section{DefaultSection(1e9, 1)}})
	path, host, id := make([]byte, 0, 64), []byte("www.example.com"), uint64(0)
	if n := testing.AllocsPerRun(1000, func() {
		id = (id + 7919) % c.Objects()
		path = c.AppendPath(path[:0], id)
		if got, ok := c.FindHost(host, path); !ok || got != c.Object(id).ID {
			t.Fatalf("%s is not found", path)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkObject(b *testing.B) {
	c := mustCatalog(b, CatalogConfig{Sections: []Section{DefaultSection(1e9, 1)}})
	b.ReportAllocs()
	var sum int64
	for id := uint64(0); b.Loop(); id++ {
		sum += c.Object(id).Size
	}
}

func BenchmarkPathAndFind(b *testing.B) {
	c := mustCatalog(b, CatalogConfig{Sections: []Section{DefaultSection(1e9, 1)}})
	path := make([]byte, 0, 64)
	b.ReportAllocs()
	for id := uint64(0); b.Loop(); id++ {
		path = c.AppendPath(path[:0], id)
		c.Find(0, path)
	}
}
