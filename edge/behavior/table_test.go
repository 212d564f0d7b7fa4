package behavior

import (
	"errors"
	"strings"
	"testing"
	"time"

	"edgesim/results"
)

// site is a distribution that Compile accepts.
func site(id, domain string, aliases ...string) Distribution {
	d := Distribution{ID: id, Domain: domain, Aliases: aliases, Default: CloudFront()}
	d.Default.Origin = "o"
	return d
}

func at(path, origin string) Behavior {
	b := CloudFront()
	b.Path, b.Origin = path, origin
	return b
}

func mustCompile(t testing.TB, list ...Distribution) *Table {
	t.Helper()
	table, err := Compile(list)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestHostFindsTheMostSpecificName(t *testing.T) {
	off := site("OFF", "off.net", "dark.example.com")
	off.Disabled = true
	table := mustCompile(t,
		site("A", "d1.cloudfront.net", "img.example.com", "*.example.com"),
		site("B", "d2.cloudfront.net", "a.b.example.com", "*.b.example.com"),
		off,
	)
	for host, want := range map[string]string{
		"d1.cloudfront.net":        "A",
		"img.example.com":          "A",
		"IMG.Example.COM":          "A",
		"img.example.com:8080":     "A",
		"img.example.com.":         "A",
		"img.example.com.:443":     "A",
		"x.y.z.example.com":        "A", // a wildcard covers any depth
		"b.example.com":            "A",
		"a.b.example.com":          "B",
		"c.b.example.com":          "B", // the longer wildcard
		"d.c.b.example.com":        "B",
		"example.com":              "", // no label for the star
		".example.com":             "",
		"img.example.com.evil.org": "",
		"dark.example.com":         "", // disabled, though the wildcard would take it
		"off.net":                  "",
		"":                         "",
		":80":                      "",
		"[::1]:80":                 "",
		"[":                        "",
		strings.Repeat("a.", 200) + "example.com": "", // longer than any name
	} {
		d, ok := table.Host([]byte(host))
		if ok != (want != "") || ok && d.ID != want {
			t.Errorf("Host(%q) = %v, %v, want %q", host, d, ok, want)
		}
	}
}

func TestHostAny(t *testing.T) {
	table := mustCompile(t, site("ANY", "any.invalid", "*"), site("A", "a.net"))
	for host, want := range map[string]string{"a.net": "A", "b.net": "ANY", "": "ANY", "[::1]:80": "ANY"} {
		if d, ok := table.Host([]byte(host)); !ok || d.ID != want {
			t.Errorf("Host(%q) = %v, %v, want %q", host, d, ok, want)
		}
	}
}

func TestRouteTakesTheFirstMatch(t *testing.T) {
	d := site("A", "a.net")
	d.Behaviors = []Behavior{at("images/*.jpg", "1"), at("images/*", "2"), at("*.gif", "3")}
	table := mustCompile(t, d)
	c := &table.Distributions()[0]
	for path, want := range map[string]string{
		"/images/sample.gif": "2", // the documentation's own example
		"/images/a.jpg":      "1",
		"/a.gif":             "3",
		"/a.jpg":             "o",
		"/":                  "o",
		"*":                  "o", // OPTIONS *
		"":                   "o",
	} {
		if r := c.Route([]byte(path)); r.Origin != want {
			t.Errorf("Route(%q) goes to %q, want %q", path, r.Origin, want)
		}
	}
	if r := c.Route([]byte("/")); r.Index != 3 || r.Name != "A *" || r.Path != "*" {
		t.Errorf("the default is %d %q %q", r.Index, r.Name, r.Path)
	}
}

func TestTheRootIsExactlySlash(t *testing.T) {
	d := site("A", "a.net")
	d.DefaultRootObject = "a/index.html"
	table := mustCompile(t, d)
	for path, want := range map[string]string{"/": "/a/index.html", "//": "//", "*": "*", "/a/": "/a/", "/index.html": "/index.html", "": ""} {
		if got := table.Distributions()[0].Rooted([]byte(path)); string(got) != want {
			t.Errorf("%q is about %q, want %q", path, got, want)
		}
	}
}

func TestWhatCollapses(t *testing.T) {
	for _, row := range []struct {
		why    string
		preset Behavior
		change func(*Behavior)
		want   bool
	}{
		{"standard", Standard(), func(*Behavior) {}, true},
		{"cloudfront", CloudFront(), func(*Behavior) {}, true},
		{"switched off", Standard(), func(b *Behavior) { b.NoCollapse = true }, false},
		{"caching is off", Standard(), func(b *Behavior) { b.TTL = TTL{} }, false},
		{"cookies are forwarded, as CloudFront has it", CloudFront(), func(b *Behavior) { b.Key.Cookies = All }, false},
		{"cookies tell objects apart", Standard(), func(b *Behavior) { b.Key.Cookies = All }, true},
	} {
		d := site("A", "a.net")
		d.Default = row.preset
		d.Default.Origin = "o"
		row.change(&d.Default)
		if r := mustCompile(t, d).Distributions()[0].Route([]byte("/")); r.NoCollapse == row.want {
			t.Errorf("%s: collapsed %v, want %v", row.why, !r.NoCollapse, row.want)
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	with := func(change func(*Distribution)) []Distribution {
		d := site("A", "a.net")
		d.Behaviors = []Behavior{at("/api/*", "o")}
		change(&d)
		return []Distribution{d}
	}
	first := func(change func(*Behavior)) []Distribution {
		return with(func(d *Distribution) { change(&d.Behaviors[0]) })
	}
	for _, row := range []struct {
		list []Distribution
		want string
	}{
		{nil, `no distributions: an edge needs at least one`},
		{with(func(d *Distribution) { d.ID = "" }), `distribution "": the id is missing`},
		{[]Distribution{site("A", "a.net"), site("A", "b.net")}, `distribution "A": another distribution has this id`},
		{[]Distribution{site("A", "a.net"), site("B", "a.net")}, `distribution "B": domain "a.net" already belongs to distribution "A"`},
		{[]Distribution{site("A", "a.net", "x.net"), site("B", "b.net", "y.net", "x.net")}, `distribution "B": alias "x.net" already belongs to distribution "A"`},
		{[]Distribution{site("A", "a.net", "*.x.net"), site("B", "b.net", "*.x.net")}, `distribution "B": alias "*.x.net" already belongs to distribution "A"`},
		{[]Distribution{site("A", "a.net", "*"), site("B", "b.net", "*")}, `distribution "B": alias "*" already belongs to distribution "A"`},
		{[]Distribution{site("A", "*.net")}, `distribution "A": domain "*.net": a distribution's own domain cannot be a wildcard`},
		{[]Distribution{site("A", "a.net", "Img.net")}, `distribution "A": alias "Img.net": write names in lower case: img.net`},
		{[]Distribution{site("A", "a.net", "*img.net")}, `distribution "A": alias "*img.net": a wildcard can only be the whole leftmost label, as in *.example.com`},
		{[]Distribution{site("A", "a.net", "a.*.net")}, `distribution "A": alias "a.*.net": a wildcard can only be the whole leftmost label, as in *.example.com`},
		{[]Distribution{site("A", "a.net", "b.net:80")}, `distribution "A": alias "b.net:80": leave the port out`},
		{[]Distribution{site("A", "a..net")}, `distribution "A": domain "a..net": "" is no label of a host name`},
		{with(func(d *Distribution) { d.DefaultRootObject = "/index.html" }), `distribution "A": default root object "/index.html" begins with a slash: leave it out`},
		{with(func(d *Distribution) { d.Default.Path = "/x" }), `distribution "A", behavior "/x": the default behavior's path is "*" and cannot be another`},
		{with(func(d *Distribution) { d.Default.Origin = "" }), `distribution "A", behavior "*": the origin is missing: name one`},
		{first(func(b *Behavior) { b.Path = "/a b" }), `distribution "A", behavior "/a b": path pattern "/a b": ' ' cannot stand in one: letters, digits and _-.*$/~"'@:+&? can`},
		{first(func(b *Behavior) { b.Path = "/*" }), `distribution "A", behavior "/*": the pattern matches every path: that is what the default behavior is for`},
		{with(func(d *Distribution) { d.Behaviors = append(d.Behaviors, at("api/*", "o")) }), `distribution "A", behavior "api/*": behavior 1 has the same pattern, so that this one would never match`},
		{first(func(b *Behavior) { b.TTL = TTL{Min: 2, Max: 1} }), `distribution "A", behavior "/api/*": minimum TTL 2ns is above the maximum, 1ns`},
		{first(func(b *Behavior) { b.TTL = TTL{Min: 2, Default: 1, Max: 3} }), `distribution "A", behavior "/api/*": default TTL 1ns is below the minimum, 2ns`},
		{first(func(b *Behavior) { b.TTL = TTL{Default: 4, Max: 3} }), `distribution "A", behavior "/api/*": default TTL 4ns is above the maximum, 3ns`},
		{first(func(b *Behavior) { b.AllowedMethods = 0 }), `distribution "A", behavior "/api/*": no method is allowed: GET and HEAD at least should be`},
		{first(func(b *Behavior) { b.CachedMethods |= 1 << results.POST }), `distribution "A", behavior "/api/*": POST cannot be cached: of GET, HEAD and OPTIONS any can`},
		{first(func(b *Behavior) { b.CachedMethods = ReadOptions }), `distribution "A", behavior "/api/*": OPTIONS is cached but not allowed`},
		{first(func(b *Behavior) { b.CollapseWait = -time.Second }), `distribution "A", behavior "/api/*": collapse wait -1s is negative`},
		{first(func(b *Behavior) { b.Key.Query = Include }), `distribution "A", behavior "/api/*": query: include needs a list of names`},
		{first(func(b *Behavior) { b.Key.Query = "some" }), `distribution "A", behavior "/api/*": query: unknown choice "some": write none, all, include or except`},
		{first(func(b *Behavior) { b.Key.Headers = []string{"Cookie"} }), `distribution "A", behavior "/api/*": header "Cookie" cannot be part of the key: choose cookies`},
		{first(func(b *Behavior) { b.Key.Headers = []string{"a b"} }), `distribution "A", behavior "/api/*": header "a b" is no field name`},
	} {
		_, err := Compile(row.list)
		if err == nil || err.Error() != row.want {
			t.Errorf("Compile: %v\nwant: %s", err, row.want)
		}
	}
}

func TestErrorKnowsItsPlace(t *testing.T) {
	d := site("A", "a.net", "b.net")
	d.Behaviors = []Behavior{at("/a", "o"), at("/b", "")}
	_, err := Compile([]Distribution{site("Z", "z.net"), d})
	var e *Error
	if !errors.As(err, &e) || e.Distribution != 1 || e.Behavior != 1 || e.Field != "origin" {
		t.Errorf("%#v", err)
	}
}

func TestParseMethods(t *testing.T) {
	for text, want := range map[string]Methods{
		"GET,HEAD": ReadMethods, "GET,HEAD,OPTIONS": ReadOptions, "*": AnyMethod,
		"DELETE,GET,HEAD,OPTIONS,PUT,POST,PATCH": WriteMethods,
	} {
		if got, err := ParseMethods(strings.Split(text, ",")); err != nil || got != want {
			t.Errorf("ParseMethods(%q) = %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"get", "GET,*", "TRACE", ""} {
		if _, err := ParseMethods(strings.Split(text, ",")); err == nil {
			t.Errorf("ParseMethods(%q) succeeds", text)
		}
	}
	if got := ReadOptions.String(); got != "GET,HEAD,OPTIONS" {
		t.Error(got)
	}
}
