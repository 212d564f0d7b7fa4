package workloads

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// ofPaths is a catalog of objects that were met under these paths, each of 100 bytes
// for its place.
func ofPaths(t testing.TB, seen func(dst, target []byte) []byte, paths ...string) *Catalog {
	t.Helper()
	l := NewPathList()
	for i, p := range paths {
		if n := l.MeetPath(NameOfPath(7, []byte(p)), 0, []byte(p), int64(100*(i+1))); n != uint64(i) {
			t.Fatalf("%s is number %d, want %d", p, n, i)
		}
	}
	l.Settle(7, seen)
	c, err := NewListedCatalog([]Listed{{List: l, Section: Section{Name: "log", Hosts: []string{"a.example", "b.example"}, Seed: 7,
		Types: []Type{{Name: "any", Prefix: "/"}}}}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestListedCatalog(t *testing.T) {
	c := ofPaths(t, nil, "/", "/a?x=1", "/a?x=2", "/b.jpg", "/b.jpg?v=1")
	if !c.Listed() || c.Objects() != 5 || fmt.Sprint(c.Hosts(), c.Classes()) != "[a.example b.example] [any]" {
		t.Errorf("%d objects, hosts %v, classes %v", c.Objects(), c.Hosts(), c.Classes())
	}
	keys := map[uint64]bool{}
	for id := range c.Objects() {
		o, path := c.Object(id), c.AppendPath(nil, id)
		if got, ok := c.FindHost([]byte("b.example"), path); !ok || got != id || o.ID != id || o.Size != int64(100*(id+1)) || keys[o.Key] {
			t.Errorf("%s is %+v and found as %d, %v", path, o, got, ok)
		}
		keys[o.Key] = true
	}
	for _, row := range []struct {
		path string
		id   uint64
		ok   bool
	}{{"/a", 1, true}, {"/a?y", 1, true}, {"/b.jpg?w", 3, true}, {"/c", 0, false}, {"", 0, false}, {"/a?x=2", 2, true}} {
		if id, ok := c.Find(0, []byte(row.path)); ok != row.ok || id != row.id {
			t.Errorf("%q is found as %d, %v; want %d, %v", row.path, id, ok, row.id, row.ok)
		}
	}
}

// TestTheRootIsWhatOriginsSee: "/" is found where an origin is asked for it under
// another path, and is the object of that path where there is one.
func TestTheRootIsWhatOriginsSee(t *testing.T) {
	rooted := func(dst, target []byte) []byte {
		if path, query, _ := bytes.Cut(target, []byte{'?'}); string(path) == "/" {
			target = append([]byte("/i?"), query...)
		}
		return append(dst, bytes.TrimSuffix(target, []byte{'?'})...)
	}
	for _, paths := range [][]string{{"/", "/?a", "/b"}, {"/i", "/", "/?a", "/i?a"}, {"/?a", "/?b"}} {
		c := ofPaths(t, rooted, paths...)
		for id := range c.Objects() {
			seen := rooted(nil, c.AppendPath(nil, id))
			found, ok := c.Find(0, seen)
			if !ok || c.Object(found).Key != c.Object(id).Key || c.SameAs(found) != c.SameAs(id) || c.Object(found).Size != c.Object(id).Size {
				t.Errorf("%v: %s, seen as %s, is %+v and found as %+v, %v", paths, paths[id], seen, c.Object(id), c.Object(found), ok)
			}
		}
		if _, ok := c.Find(0, []byte("/i")); !ok {
			t.Errorf("%v: nothing is found under /i", paths)
		}
	}
}

// TestWhatOriginsSeeMakesContents: where an origin sees no queries, or some of them,
// paths that are the same to it have the same contents, and the largest size.
func TestWhatOriginsSeeMakesContents(t *testing.T) {
	onlyPath := func(dst, target []byte) []byte {
		path, _, _ := bytes.Cut(target, []byte{'?'})
		return append(dst, path...)
	}
	c := ofPaths(t, onlyPath, "/a?x=1", "/a", "/b?x=1", "/b?x=2", "/b?x=3")
	for _, group := range [][]uint64{{0, 1}, {2, 3, 4}} {
		first := c.Object(group[0])
		for _, id := range group {
			if o := c.Object(id); o.Key != first.Key || o.Size != first.Size || o.ID != id {
				t.Errorf("object %d is %+v, the first of its contents %+v", id, o, first)
			}
			found, ok := c.Find(0, onlyPath(nil, c.AppendPath(nil, id)))
			if !ok || c.Object(found).Key != first.Key || c.Object(found).Size != first.Size {
				t.Errorf("an origin finds object %d as %d, %v", id, found, ok)
			}
		}
	}
	if a, b := c.Object(0), c.Object(2); a.Size != 200 || b.Size != 500 || a.Key == b.Key {
		t.Errorf("contents of %d and %d bytes, want 200 and 500", a.Size, b.Size)
	}
}

func TestNamedListIsFoundByItsNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := NewNamedList()
		first := map[uint64]uint64{}
		var names []uint64
		for range rapid.IntRange(1, 50).Draw(t, "requests") {
			name := rapid.OneOf(rapid.Uint64(), rapid.Uint64Range(0, 5)).Draw(t, "name")
			size := rapid.Int64Range(0, 9).Draw(t, "size")
			n := l.Meet(name, size)
			if was, met := first[name]; met && was != n || !met && n != uint64(len(names)) {
				t.Fatalf("%x is number %d", name, n)
			} else if !met {
				first[name] = n
				names = append(names, name)
			}
		}
		l.Settle(0, nil)
		c, err := NewListedCatalog([]Listed{{List: l, Section: Section{Name: "t", Hosts: []string{"t"}, Types: []Type{{Name: "any"}}}}})
		if err != nil {
			t.Fatal(err)
		}
		for id, name := range names {
			path := c.AppendPath(nil, uint64(id))
			if want := fmt.Sprintf("/o/%x", name); string(path) != want {
				t.Fatalf("path %s, want %s", path, want)
			}
			if got, ok := c.Find(0, path); !ok || got != uint64(id) || c.Object(got).Size < 1 {
				t.Fatalf("%s is found as %d, %v", path, got, ok)
			}
		}
		for _, path := range []string{"/o/", "/o/0" + fmt.Sprintf("%x", names[0]), "/O/1", "/o/g", "/o/11111111111111111"} {
			if _, ok := c.Find(0, []byte(path)); ok {
				t.Fatalf("%s is found", path)
			}
		}
	})
}

func TestSizesAreTheLargest(t *testing.T) {
	l := NewNamedList()
	for _, r := range [][2]int64{{1, 5}, {2, 9}, {1, 7}, {1, 6}, {2, 9}, {3, 0}, {4, 0}, {4, 2}} {
		l.Meet(uint64(r[0]), r[1])
	}
	l.Settle(0, nil)
	got := ""
	for n := range l.Len() {
		got += fmt.Sprint(l.Size(n), " ")
	}
	if got != "7 9 1 2 " || l.Resized() != 1 {
		t.Errorf("sizes %s of which %d changed; want 7 9 1 2, of which 1", got, l.Resized())
	}
}

// TestPathsOverPieces: paths stay whole where they fill several pieces of memory.
func TestPathsOverPieces(t *testing.T) {
	l := NewPathList()
	path := func(i int) []byte { return fmt.Appendf(nil, "/%d/%s", i, strings.Repeat("x", i%1500)) }
	const many = 5000
	for i := range many {
		l.MeetPath(NameOfPath(0, path(i)), i%3, path(i), 1)
	}
	for i := range many {
		if got := l.appendPath(nil, uint64(i)); !bytes.Equal(got, path(i)) {
			t.Fatalf("path %d is %.40s…, want %.40s…", i, got, path(i))
		}
		if _, _, kind := l.content(uint64(i)); kind != i%3 {
			t.Fatalf("path %d is of kind %d", i, kind)
		}
	}
}

func TestListedCatalogRefuses(t *testing.T) {
	one := NewNamedList()
	one.Meet(1, 1)
	ok := Section{Name: "a", Hosts: []string{"x"}, Types: []Type{{Name: "any"}}}
	for want, list := range map[string][]Listed{
		"at least one":      nil,
		"one object":        {{ok, NewNamedList()}},
		"no other section":  {{ok, one}, {ok, one}},
		"at least one name": {{Section{Types: ok.Types}, one}},
		"1 to 256":          {{Section{Hosts: ok.Hosts}, one}},
	} {
		if _, err := NewListedCatalog(list); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v; want one that says %q", err, want)
		}
	}
}

func TestLookingUpListedObjectsAllocatesNothing(t *testing.T) {
	c := ofPaths(t, nil, "/", "/a?x=1", "/a?x=2", "/b.jpg", "/b.jpg?v=1")
	path, host, id := make([]byte, 0, 64), []byte("a.example"), uint64(0)
	if n := testing.AllocsPerRun(1000, func() {
		id = (id + 1) % c.Objects()
		path = c.AppendPath(path[:0], id)
		if got, ok := c.FindHost(host, path); !ok || got != c.Object(id).ID {
			t.Fatalf("%s is not found", path)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestListedViewers(t *testing.T) {
	l := &ViewerList{}
	meet := []struct {
		name    uint64
		agent   string
		country string
		ipv6    bool
	}{{1, "A", "DE", false}, {2, "A", "DE", false}, {3, "B", "JP", true}, {4, "", "", false}, {1, "A", "DE", false}, {5, "B", "DE", true}}
	var numbers []uint32
	for _, m := range meet {
		var country [2]byte
		copy(country[:], m.country)
		numbers = append(numbers, l.Meet(m.name, []byte(m.agent), country, m.ipv6))
	}
	if got := fmt.Sprint(numbers); got != "[0 1 2 3 0 4]" {
		t.Fatalf("numbers %s", got)
	}
	if a, b, c := l.Referrer([]byte("https://x/")), l.Referrer(nil), l.Referrer([]byte("https://x/")); a != 1 || b != 0 || c != 1 {
		t.Errorf("referrers %d %d %d", a, b, c)
	}
	v, err := NewListedViewers(l, ViewersConfig{Seed: 3, Countries: []Country{{Code: "BR", Weight: 1}}})
	if err != nil {
		t.Fatal(err)
	}
	addrs := map[string]bool{}
	for i, m := range meet {
		got := v.Viewer(numbers[i])
		want := m.country
		if want == "" {
			want = "BR" // dealt over those of the configuration
		}
		if string(got.Country[:]) != want || got.Agent != m.agent || got.Addr.Is6() != m.ipv6 || v.CountryOf(got.Addr) != got.Country ||
			v.Countries()[v.CountryIndex(numbers[i])] != want {
			t.Errorf("viewer %d is %+v of %s, want %+v", numbers[i], got, got.Country, m)
		}
		addrs[got.Addr.String()] = true
	}
	if v.Count() != 5 || len(addrs) != 5 || fmt.Sprint(v.Referrers()) != "[ https://x/]" {
		t.Errorf("%d viewers with %d addresses, referrers %v", v.Count(), len(addrs), v.Referrers())
	}
}

func TestListedViewersRefuse(t *testing.T) {
	l := &ViewerList{}
	if _, err := NewListedViewers(l, ViewersConfig{}); err == nil {
		t.Error("nobody is a population")
	}
	l.Meet(1, []byte("a\r\nX: y"), [2]byte{}, false)
	if _, err := NewListedViewers(l, ViewersConfig{}); err == nil || !strings.Contains(err.Error(), "one line") {
		t.Errorf("an agent of two lines: %v", err)
	}
}
