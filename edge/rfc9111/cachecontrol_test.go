package rfc9111

import (
	"strings"
	"testing"
)

func TestParseCacheControl(t *testing.T) {
	type cc = CacheControl
	for _, row := range []struct {
		rule  string
		lines []string
		want  cc
	}{
		{"§5.2.2.1 max-age", []string{"max-age=60"}, cc{Has: MaxAge, MaxAge: 60}},
		{"§5.2.2.10 s-maxage", []string{"s-maxage=5, max-age=60"}, cc{Has: MaxAge | SMaxAge, MaxAge: 60, SMaxAge: 5}},
		{"§5.2: case", []string{"MaX-aGe=60, NO-STORE"}, cc{Has: MaxAge | NoStore, MaxAge: 60}},
		{"§5.2: a quoted argument", []string{`max-age="60"`}, cc{Has: MaxAge, MaxAge: 60}},
		{"RFC 9110 §5.6.1: empty members and space", []string{" ,, max-age=60\t ,,public ,"}, cc{Has: MaxAge | Public, MaxAge: 60}},
		{"RFC 9110 §5.3: several lines", []string{"max-age=60", "no-cache"}, cc{Has: MaxAge | NoCache, MaxAge: 60}},
		{"§4.2.1: the first of two", []string{"max-age=60, max-age=0"}, cc{Has: MaxAge, MaxAge: 60}},
		{"§4.2.1: the first of two, over lines", []string{"max-age=0", "max-age=60"}, cc{Has: MaxAge}},
		{"§1.2.2: leading zeros", []string{"max-age=0060"}, cc{Has: MaxAge, MaxAge: 60}},
		{"§1.2.2: 2^31", []string{"max-age=2147483648"}, cc{Has: MaxAge, MaxAge: 1 << 31}},
		{"§1.2.2: overflow", []string{"max-age=99999999999999999999999999"}, cc{Has: MaxAge, MaxAge: 1 << 31}},
		{"§4.2.1: negative", []string{"max-age=-60"}, cc{Has: MaxAge}},
		{"§4.2.1: a fraction", []string{"max-age=60.5"}, cc{Has: MaxAge}},
		{"§4.2.1: letters", []string{"max-age=60s"}, cc{Has: MaxAge}},
		{"§4.2.1: no number", []string{"max-age"}, cc{Has: MaxAge}},
		{"§4.2.1: no number behind =", []string{"max-age="}, cc{Has: MaxAge}},
		{"§4.2.1: single quotes", []string{"max-age='60'"}, cc{Has: MaxAge}},
		{"§5.2: space before =", []string{"max-age =60"}, cc{Has: MaxAge}},
		{"§5.2: space behind =", []string{"max-age= 60"}, cc{Has: MaxAge}},
		{"more behind a quoted argument", []string{`max-age="60"1`}, cc{Has: MaxAge}},
		{"§5.2.3: unknown directives", []string{`x, y=1, max-age-x=7, verylongdirectivenamethatnobodyknows=1, public`}, cc{Has: Public}},
		{"§5.2.3: an unknown one quotes others", []string{`x="no-store, max-age=60", max-age=1`}, cc{Has: MaxAge, MaxAge: 1}},
		{"escapes in quotes", []string{`x="\", no-store", max-age=1`}, cc{Has: MaxAge, MaxAge: 1}},
		{"quotes never closed hide nothing", []string{`x="a, no-store`}, cc{Has: NoStore}},
		{"§5.2.2.4 no-cache with names", []string{`no-cache="Set-Cookie, X"`}, cc{Has: NoCacheFields, Held: "Set-Cookie, X,"}},
		{"§5.2.2.7 private with names", []string{`private="Set-Cookie", public`}, cc{Has: PrivateFields | Public, Held: "Set-Cookie,"}},
		{"§5.2.2.4: names that are none", []string{`no-cache="", private="a b"`}, cc{Has: NoCache | Private}},
		{"§5.2.2.4: quotes never closed", []string{`no-cache="a`}, cc{Has: NoCache}},
		{"§5.2.2.4: a name without quotes", []string{`no-cache=a, private=1`}, cc{Has: NoCache | Private}},
		{"§5.2.2.7: with names and without", []string{`private="a", private`}, cc{Has: Private | PrivateFields, Held: "a,"}},
		{"§5.2.2: the rest", []string{"must-revalidate, must-understand, no-transform, private, proxy-revalidate, immutable, only-if-cached"},
			cc{Has: MustRevalidate | MustUnderstand | NoTransform | Private | ProxyRevalidate | Immutable | OnlyIfCached}},
		{"RFC 5861", []string{"stale-while-revalidate=5, stale-if-error=6"}, cc{Has: StaleWhileRevalidate | StaleIfError, StaleWhileRevalidate: 5, StaleIfError: 6}},
		{"§5.2.1.2 max-stale, any", []string{"max-stale"}, cc{Has: MaxStale, MaxStale: 1 << 31}},
		{"§5.2.1.2 max-stale, some", []string{"max-stale=5"}, cc{Has: MaxStale, MaxStale: 5}},
		{"§5.2.1.2 max-stale, none", []string{"max-stale="}, cc{Has: MaxStale}},
		{"§5.2.1.3 min-fresh", []string{"min-fresh=5"}, cc{Has: MinFresh, MinFresh: 5}},
		{"an argument where none belongs", []string{"no-store=1"}, cc{Has: NoStore}},
		{"nothing", []string{"", " ", ","}, cc{}},
	} {
		var got cc
		for _, line := range row.lines {
			got.Parse([]byte(line))
		}
		if got != row.want {
			t.Errorf("%s: %q = %+v, want %+v", row.rule, row.lines, got, row.want)
		}
	}
}

// plainCacheControl reads fields without quotation marks by splitting.
func plainCacheControl(value string) (names map[string]string) {
	names = map[string]string{}
	for member := range strings.SplitSeq(value, ",") {
		name, arg, _ := strings.Cut(strings.Trim(member, " \t"), "=")
		name = strings.ToLower(name)
		if _, twice := names[name]; !twice {
			names[name] = arg
		}
	}
	return names
}

func FuzzCacheControlEqualsSplitting(f *testing.F) {
	f.Add("max-age=60, no-store,s-maxage=0")
	f.Add(`no-cache="a, max-age=1", public`)
	f.Fuzz(func(t *testing.T, value string) {
		var c CacheControl
		c.Parse([]byte(value))
		if c.MaxAge < 0 || c.MaxAge > 1<<31 || c.SMaxAge < 0 || c.SMaxAge > 1<<31 {
			t.Fatalf("%q: %+v", value, c)
		}
		if strings.Contains(value, `"`) || strings.ToValidUTF8(value, "") != value {
			return
		}
		names := plainCacheControl(value)
		for name, bit := range map[string]Directives{"no-store": NoStore, "private": Private, "public": Public, "no-cache": NoCache} {
			if _, want := names[name]; want && !c.Is(bit) {
				t.Fatalf("%q: %s is missed", value, name)
			}
		}
		if arg, ok := names["max-age"]; ok {
			if n, _ := parseSeconds([]byte(arg)); !c.Is(MaxAge) || c.MaxAge != n {
				t.Fatalf("%q: max-age %d, want %d", value, c.MaxAge, n)
			}
		}
	})
}
