package behavior

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// keys are policies of every kind.
func drawKey(rt *rapid.T) Key {
	pick := func(what string) (Pick, []string) {
		p := rapid.SampledFrom([]Pick{None, All, Include, Except}).Draw(rt, what)
		if p == None || p == All {
			return p, nil
		}
		return p, rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "ab", ""}), 1, 3, rapid.ID).Draw(rt, what+" names")
	}
	var k Key
	k.Query, k.QueryNames = pick("query")
	k.Cookies, k.CookieNames = pick("cookies")
	k.Headers = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"x-a", "X-B"}), 0, 2, rapid.ID).Draw(rt, "headers")
	k.Host = rapid.Bool().Draw(rt, "host")
	return k
}

// drawAsk draws requests from so small a world that they often say the same in
// other words.
func drawAsk(rt *rapid.T, who string) ask {
	text := func(what, pattern string) string { return rapid.StringMatching(pattern).Draw(rt, who+" "+what) }
	a := ask{
		host: text("host", `(a|A|b)\.?(:80|:8080)?`), path: text("path", `/[ab%]{0,2}`), query: text("query", `[ab&=]{0,4}`),
		headers: map[string]string{},
	}
	for _, x := range [][2]string{{"x-a", `[ab,]{0,2}`}, {"x-b", `[ab]{0,2}`}, {"cookie", `[ab=; ]{0,6}`}} {
		if rapid.Bool().Draw(rt, who+" has "+x[0]) {
			a.headers[x[0]] = text(x[0], x[1])
		}
	}
	return a
}

// picked is what a key should hold of a request, written plainly.
func (a ask) picked(k Key, tidy bool) string {
	parts := []string{a.path}
	if k.Host {
		host := strings.ToLower(strings.TrimSuffix(a.host, ":80"))
		name, port, _ := strings.Cut(host, ":")
		parts = append(parts, strings.TrimSuffix(name, ".")+":"+port)
	}
	of := func(what string, pick Pick, names []string, members []string) {
		for _, m := range members {
			name, _, _ := strings.Cut(m, "=")
			if pick == All || pick == Include && slices.Contains(names, name) || pick == Except && !slices.Contains(names, name) {
				parts = append(parts, what+" "+m)
			}
		}
	}
	switch k.Query {
	case All:
		parts = append(parts, a.query)
	case Include, Except:
		of("query", k.Query, k.QueryNames, slices.DeleteFunc(strings.Split(a.query, "&"), func(m string) bool { return m == "" }))
	}
	if k.Cookies == All && !tidy {
		parts = append(parts, a.headers["cookie"])
	} else if !k.Cookies.none() {
		of("cookie", k.Cookies, k.CookieNames, a.cookies(tidy))
	}
	for _, name := range sorted(lowered(k.Headers)) {
		value, there := a.headers[name]
		parts = append(parts, name, value, map[bool]string{true: "there"}[there])
	}
	return strings.Join(parts, "\n")
}

func (a ask) cookies(tidy bool) []string {
	var list []string
	for m := range strings.SplitSeq(a.headers["cookie"], ";") {
		if m = strings.Trim(m, " "); m != "" && (!tidy || strings.Index(m, "=") > 0) {
			list = append(list, m)
		}
	}
	if tidy {
		slices.SortStableFunc(list, func(a, b string) int {
			x, _, _ := strings.Cut(a, "=")
			y, _, _ := strings.Cut(b, "=")
			return strings.Compare(x, y)
		})
	}
	return list
}

// Two requests have one key exactly where everything is the same that the policy
// names (reference, section 1.4).
func TestKeyIsWhatThePolicyNamesAndNoMore(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := Standard()
		b.Key, b.TidyCookies = drawKey(rt), rapid.Bool().Draw(rt, "tidy")
		r := ruleOf(t, b)
		one, other := drawAsk(rt, "one"), drawAsk(rt, "other")
		same := one.picked(b.Key, b.TidyCookies) == other.picked(b.Key, b.TidyCookies)
		if (one.key(r) == other.key(r)) != same {
			rt.Fatalf("%+v (tidy %v)\n%q\n%q\nsame key %v, want %v", b.Key, b.TidyCookies, one, other, !same, same)
		}
	})
}

// Where nothing is forwarded beside the key, requests of one key look the same to
// the origin: host, query and cookies to the byte. So none of them can decide
// what the others get.
func TestOneKeyIsOneRequestToTheOrigin(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := CloudFront()
		b.Key = drawKey(rt)
		b.TidyCookies = rapid.Bool().Draw(rt, "tidy")
		r := ruleOf(t, b)
		one := drawAsk(rt, "one")
		other := one // with something changed, so that keys are often the same
		changed := drawAsk(rt, "other")
		switch rapid.IntRange(0, 2).Draw(rt, "changed") {
		case 0:
			other.host = changed.host
		case 1:
			other.query = changed.query
		case 2:
			other.headers = changed.headers
		}
		if one.key(r) != other.key(r) {
			return
		}
		sent := func(a ask) string {
			s := string(r.AppendQuery([]byte(a.path), []byte(a.query)))
			s = string(r.AppendCookies([]byte(s+" "), []byte(a.headers["cookie"])))
			if r.ForwardHost {
				s = string(r.AppendHost([]byte(s+" "), []byte(a.host)))
			}
			return s
		}
		if sent(one) != sent(other) {
			rt.Fatalf("%+v\n%q\n%q\none key, but the origin sees\n%q\n%q", b.Key, one, other, sent(one), sent(other))
		}
	})
}

func TestPathsMayBeMatchedDecoded(t *testing.T) {
	d := site("A", "d.net")
	d.Behaviors = []Behavior{at("/ab/*", "o"), at("*.jpg", "o")}
	for _, row := range []struct {
		path         string
		raw, decoded int
	}{
		{"/ab/x", 0, 0}, {"/%61b/x", 2, 0}, {"/%61b%2Fx", 2, 0}, {"/x%2ejpg", 2, 1}, {"/x.jp%67", 2, 1}, {"/x.jpg%", 2, 2}, {"/x.jp%6", 2, 2}, {"/x%zz.jpg", 1, 1},
		{"/%2561b/x", 2, 2}, {"/" + strings.Repeat("%61", 2000) + ".jpg", 1, 1},
	} {
		for decode, want := range map[bool]int{false: row.raw, true: row.decoded} {
			d.DecodePaths = decode
			if got := mustCompile(t, d).Distributions()[0].Route([]byte(row.path)).Index; got != want {
				t.Errorf("%.20s, decoded %v: behavior %d, want %d", row.path, decode, got, want)
			}
		}
	}
}
