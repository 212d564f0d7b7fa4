package behavior

import (
	"bytes"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// ask is what a key may be made of.
type ask struct {
	host, path, query string
	headers           map[string]string
}

func (a ask) header(name string) []byte {
	if v, ok := a.headers[name]; ok {
		return append([]byte{}, v...)
	}
	return nil
}

func ruleWith(t testing.TB, id string, k Key) *Rule {
	d := site(id, "d.net", "*.x.net")
	d.Default.Key = k
	return mustCompile(t, d).Distributions()[0].Route([]byte("/"))
}

func (a ask) key(r *Rule) string {
	return string(r.AppendKey(nil, []byte(a.host), []byte(a.path), []byte(a.query), a.header))
}

func TestKeyHoldsWhatThePolicyNames(t *testing.T) {
	plain := ask{host: "a.x.net", path: "/p"}
	query := func(q string) ask { a := plain; a.query = q; return a }
	head := func(name, value string) ask { a := plain; a.headers = map[string]string{name: value}; return a }
	host := func(h string) ask { a := plain; a.host = h; return a }
	for _, row := range []struct {
		why  string
		key  Key
		a, b ask
		same bool
	}{
		{"another path", Key{}, plain, ask{host: "a.x.net", path: "/q"}, false},
		{"case of the path", Key{}, plain, ask{host: "a.x.net", path: "/P"}, false},
		{"aliases share", Key{}, plain, host("b.x.net"), true},
		{"hosts apart", Key{Host: true}, plain, host("b.x.net"), false},
		{"one host, written otherwise", Key{Host: true}, plain, host("A.x.NET.:80"), true},
		{"another port", Key{Host: true}, host("b.x.net"), host("b.x.net:8080"), false},
		{"ports share", Key{}, host("b.x.net"), host("b.x.net:8080"), true},
		{"no query", Key{}, plain, query("a=1"), true},
		{"query", Key{Query: All}, plain, query("a=1"), false},
		{"order counts", Key{Query: All}, query("a=1&b=2"), query("b=2&a=1"), false},
		{"others left out", Key{Query: Include, QueryNames: []string{"a"}}, query("a=1&b=2"), query("b=3&a=1"), true},
		{"listed values", Key{Query: Include, QueryNames: []string{"a"}}, query("a=1"), query("a=2"), false},
		{"case of names", Key{Query: Include, QueryNames: []string{"a"}}, query("A=1"), query("A=2"), true},
		{"a name without value", Key{Query: Include, QueryNames: []string{"a"}}, query("a"), query(""), false},
		{"only & separates", Key{Query: Include, QueryNames: []string{"b"}}, query("a=1;b=2"), query("a=1;b=3"), true},
		{"all but", Key{Query: Except, QueryNames: []string{"utm"}}, query("utm=1&a=1"), query("a=1&utm=2"), true},
		{"all but, others count", Key{Query: Except, QueryNames: []string{"utm"}}, query("a=1"), query("a=2"), false},
		{"unnamed headers", Key{}, plain, head("accept", "x"), true},
		{"header", Key{Headers: []string{"Accept"}}, plain, head("accept", "x"), false},
		{"absent is not empty", Key{Headers: []string{"Accept"}}, plain, head("accept", ""), false},
		{"cookie", Key{Cookies: Include, CookieNames: []string{"id"}}, head("cookie", "a=1; id=7"), head("cookie", "id=7; a=2"), true},
		{"cookie value", Key{Cookies: Include, CookieNames: []string{"id"}}, head("cookie", "id=7"), head("cookie", "id=8"), false},
		{"schemes share", Key{}, head(SchemeField, "http"), head(SchemeField, "https"), true},
		{"schemes apart", Key{Scheme: true}, head(SchemeField, "http"), head(SchemeField, "https"), false},
		{"encodings share", Key{}, head("accept-encoding", "br"), head("accept-encoding", "gzip"), true},
		{"encodings apart", Key{Gzip: true}, plain, head("accept-encoding", "gzip"), false},
		{"all cookies", Key{Cookies: All}, head("cookie", "a=1"), head("cookie", "a=2"), false},
	} {
		r := ruleWith(t, "A", row.key)
		if same := row.a.key(r) == row.b.key(r); same != row.same {
			t.Errorf("%s: same key %v, want %v", row.why, same, row.same)
		}
	}
}

func TestKeySeparatesDistributionsAndPolicies(t *testing.T) {
	a := ask{host: "a.x.net", path: "/p", query: "a=1"}
	keys := map[string]string{}
	for _, r := range []*Rule{
		ruleWith(t, "A", Key{}), ruleWith(t, "B", Key{}),
		ruleWith(t, "A", Key{Query: All}), ruleWith(t, "A", Key{Query: Except, QueryNames: []string{"b"}}),
		ruleWith(t, "A", Key{Headers: []string{"x"}}), ruleWith(t, "A", Key{Headers: []string{"y"}}),
	} {
		k := a.key(r)
		what := fmt.Sprintf("%s %+v", r.Name, r.Key)
		if other, taken := keys[k]; taken {
			t.Errorf("%s and %s make the same key", what, other)
		}
		keys[k] = what
	}
}

// Whatever the bytes, different inputs make different keys.
func TestKeyIsUnambiguous(t *testing.T) {
	r := ruleWith(t, "A", Key{Query: All, Headers: []string{"x", "y"}, Host: true})
	text := rapid.StringMatching(`[a&=\x00\x01\x02]{0,3}`)
	draw := func(rt *rapid.T, n string) ask {
		a := ask{host: "h", path: text.Draw(rt, n+" path"), query: text.Draw(rt, n+" query"), headers: map[string]string{}}
		for _, name := range []string{"x", "y"} {
			if rapid.Bool().Draw(rt, n+" has "+name) {
				a.headers[name] = text.Draw(rt, n+" "+name)
			}
		}
		return a
	}
	rapid.Check(t, func(rt *rapid.T) {
		a, b := draw(rt, "a"), draw(rt, "b")
		same := fmt.Sprint(a) == fmt.Sprint(b)
		if (a.key(r) == b.key(r)) != same {
			rt.Fatalf("%q and %q: same key %v", a, b, !same)
		}
	})
}

func TestLookupsDoNotAllocate(t *testing.T) {
	l := newLookup(t)
	if n := testing.AllocsPerRun(100, l.all); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// lookup is a request's way through a table of some size.
type lookup struct {
	table             *Table
	host, path, query []byte
	cookie, dst       []byte
}

func newLookup(t testing.TB) *lookup {
	d := site("A", "d1.net", "www.example.com", "*.img.example.com")
	for _, path := range []string{"/api/*", "*.jpg", "*.css", "/static/*/v?/*.js", "/media/*"} {
		d.Behaviors = append(d.Behaviors, at(path, "o"))
	}
	d.Default.Key = Key{Host: true, Query: Except, QueryNames: []string{"utm"}, Headers: []string{"Accept"},
		Cookies: Include, CookieNames: []string{"id"}}
	return &lookup{
		table: mustCompile(t, d), host: []byte("A.B.Img.example.com:8080"),
		path: []byte("/some/where/page.html"), query: []byte("a=1&utm=2&b=3"),
		cookie: []byte("x=1; id=2"), dst: make([]byte, 0, 512),
	}
}

func (l *lookup) header(name string) []byte {
	if name == "cookie" {
		return l.cookie
	}
	return nil
}

func (l *lookup) all() {
	d, ok := l.table.Host(l.host)
	if !ok {
		panic("behavior: the benchmark's host is unknown")
	}
	key := d.Route(l.path).AppendKey(l.dst[:0], l.host, l.path, l.query, func(n string) []byte { return l.header(n) })
	if !bytes.Contains(key, []byte("id=2")) {
		panic("behavior: the cookie is not in the key")
	}
}

func BenchmarkHostRouteKey(b *testing.B) {
	l := newLookup(b)
	b.ReportAllocs()
	for b.Loop() {
		l.all()
	}
}

func BenchmarkHost(b *testing.B) {
	l := newLookup(b)
	host := []byte("www.example.com")
	b.ReportAllocs()
	for b.Loop() {
		l.table.Host(host)
	}
}

func BenchmarkRoute(b *testing.B) {
	l := newLookup(b)
	d, _ := l.table.Host(l.host)
	b.ReportAllocs()
	for b.Loop() {
		d.Route(l.path)
	}
}

func BenchmarkAppendKeyPlain(b *testing.B) {
	r := ruleWith(b, "A", Key{})
	l := newLookup(b)
	b.ReportAllocs()
	for b.Loop() {
		l.dst = r.AppendKey(l.dst[:0], l.host, l.path, l.query, nil)
	}
}
