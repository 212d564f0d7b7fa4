package behavior

import (
	"fmt"
	"strings"
	"testing"
)

// TestPathsAreCloudFronts: the rules of CloudFront's invalidation paths
// (reference, section 1.14).
func TestPathsAreCloudFronts(t *testing.T) {
	for _, x := range []struct {
		path, target string
		want         bool
	}{
		{"/a.jpg", "/a.jpg", true},
		{"/a.jpg", "/A.jpg", false},         // case counts
		{"/a.jpg", "/a.jpg?x=1", false},     // a query in the key is part of it
		{"/a.jpg?x=1", "/a.jpg?x=1", true},  //
		{"/a.jpg?x=1", "/a.jpg?x=2", false}, //
		{"/a.jpg*", "/a.jpg?x=2", true},     // any query
		{"/a.jpg*", "/a.jpg", true},         // none or more characters
		{"/dir/*", "/dir/b/c.jpg", true},    // slashes too
		{"/dir/*", "/dir", false},           // what is under it, not itself
		{"/dir*", "/dir", true},
		{"/dir*", "/directory", true},
		{"/*", "/anything?at=all", true},
		{"/%20", "/%20", true},
		{"/%7e", "/%7E", false}, // nothing is decoded
	} {
		p, err := ParsePaths([]string{x.path})
		if err != nil {
			t.Fatal(err)
		}
		if p.Match([]byte(x.target)) != x.want {
			t.Errorf("%s and %s: match is %v", x.path, x.target, !x.want)
		}
	}
}

func TestPathsThatCannotStand(t *testing.T) {
	var many, stars []string
	for i := range 3001 {
		many = append(many, fmt.Sprint("/", i))
	}
	for i := range 16 {
		stars = append(stars, fmt.Sprint("/", i, "*"))
	}
	for _, x := range []struct {
		list []string
		want string
	}{
		{nil, "no path"},
		{[]string{"a.jpg"}, "begin with a slash"},
		{[]string{""}, "begin with a slash"},
		{[]string{"/a*b"}, "last character"},
		{[]string{"/**"}, "last character"},
		{[]string{"/a b"}, "percent-encoded"},
		{[]string{"/ü"}, "percent-encoded"},
		{[]string{"/" + strings.Repeat("a", 4000)}, "4001 characters"},
		{many, "at most 3000"},
		{stars, "at most 15"},
	} {
		if _, err := ParsePaths(x.list); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%.40q: error %v, want one with %q", x.list, err, x.want)
		}
	}
}

func TestTargetOfAKey(t *testing.T) {
	none := func(string) []byte { return []byte("cookie=1; b=2") }
	for _, x := range []struct {
		key  Key
		want string
	}{
		{Key{}, "/p"},
		{Key{Query: All}, "/p?b=2&a=1&c"},
		{Key{Query: Include, QueryNames: []string{"a", "c"}}, "/p?a=1&c"},
		{Key{Query: Except, QueryNames: []string{"a"}}, "/p?b=2&c"},
		{Key{Query: Include, QueryNames: []string{"z"}}, "/p"},
		{Key{Query: All, Host: true, Cookies: All, Headers: []string{"accept"}}, "/p?b=2&a=1&c"},
		{Key{Cookies: All}, "/p"},
		{Key{Headers: []string{"query all"}}, "/p"},
	} {
		m := newKeyMaker("E1", x.key, false)
		key := string(m.append(nil, []byte("example.com"), []byte("/p"), []byte("b=2&a=1&c"), none)) + "\x00variant"
		id, target, ok := AppendTarget(nil, key)
		if !ok || id != "E1" || string(target) != x.want {
			t.Errorf("%+v: %s %s %v, want %s", x.key, id, target, ok, x.want)
		}
	}
}

// FuzzTargetUndoesKey: whatever is asked, the key gives back its path and, where
// all of it is in the key, its query; and no text makes AppendTarget panic.
func FuzzTargetUndoesKey(f *testing.F) {
	f.Add("E1", "h", "/p", "a=1", true, uint8(1))
	f.Add("", "", "/", "&&", false, uint8(2))
	f.Add(strings.Repeat("E", 200), "h", "/p\x80", "a", true, uint8(3))
	f.Fuzz(func(t *testing.T, id, host, path, query string, hosted bool, pick uint8) {
		AppendTarget(nil, id)
		k := Key{Host: hosted, Query: []Pick{None, All, Include, Except}[pick%4]}
		if pick%4 > 1 {
			k.QueryNames = []string{"a"}
		}
		m := newKeyMaker(id, k, false)
		key := m.append(nil, []byte(host), []byte(path), []byte(query), func(string) []byte { return nil })
		got, target, ok := AppendTarget(nil, string(key))
		if !ok || got != id || !strings.HasPrefix(string(target), path) {
			t.Fatalf("id %q, target %q, %v", got, target, ok)
		}
		if k.Query == All && query != "" && string(target) != path+"?"+query {
			t.Fatalf("target %q of %q and %q", target, path, query)
		}
		if k.Query == None && string(target) != path {
			t.Fatalf("target %q of %q", target, path)
		}
	})
}
