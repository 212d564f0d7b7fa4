package edge

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func meaning(name, value string) string { return string(appendMeaning(nil, name, []byte(value))) }

func TestMeaningOfRequestFields(t *testing.T) {
	for _, row := range []struct {
		rule, name string
		same       []string
		other      []string
	}{
		{"RFC 9110 §5.6.1: white space and empty members", "accept-language", []string{"en,de", " en ,\tde ", "en,,de,"}, []string{"en de", "en"}},
		{"§12.4.2: 1 is what is meant where nothing is said", "accept-encoding", []string{"gzip", "gzip;q=1", "gzip ; Q=1.000"}, []string{"gzip;q=0.999", "gzip;q=0"}},
		{"§12.4.2: zeros", "accept-encoding", []string{"br;q=0.5", "br;q=0.50", "br;q=0.500"}, []string{"br;q=0.05", "br;q=0.501"}},
		{"§12.5: order and case", "accept-charset", []string{"utf-8, latin1;q=0.1", "LATIN1;q=0.1,UTF-8"}, []string{"utf-8;q=0.1, latin1"}},
		{"§12.5.4: * is another than what it may stand for", "accept-language", []string{"*"}, []string{"en", ""}},
		{"what breaks the grammar is taken as it came", "accept-language", []string{"en;q=2"}, []string{"en", "en;q=1", "EN;q=2"}},
		{"another field's order counts", "foo", []string{"a, b", "a,b"}, []string{"b,a", "A,b"}},
		{"and quoted strings are not looked into", "foo", []string{`"a,  b"`}, []string{`"a, b"`}},
	} {
		want := meaning(row.name, row.same[0])
		for _, v := range row.same {
			if got := meaning(row.name, v); got != want {
				t.Errorf("%s: %q means %q, want %q", row.rule, v, got, want)
			}
		}
		for _, v := range row.other {
			if got := meaning(row.name, v); got == want {
				t.Errorf("%s: %q means the same as %q: %q", row.rule, v, row.same[0], got)
			}
		}
	}
}

// Two spellings of a list mean the same, two lists do not.
func TestMeaningIsThatOfTheSet(t *testing.T) {
	words := []string{"en", "de", "fr-CA", "gzip", "br", "*", "x"}
	rapid.Check(t, func(rt *rapid.T) {
		draw := func(label string) map[string]int {
			set := map[string]int{}
			for range rapid.IntRange(0, 5).Draw(rt, label) {
				set[rapid.SampledFrom(words).Draw(rt, "word")] = rapid.SampledFrom([]int{0, 1, 10, 100, 500, 999, 1000}).Draw(rt, "weight")
			}
			return set
		}
		spell := func(set map[string]int) string {
			var members []string
			for w, q := range set {
				if rapid.Bool().Draw(rt, "capitals") {
					w = strings.ToUpper(w)
				}
				if q != 1000 || rapid.Bool().Draw(rt, "said") {
					w += rapid.SampledFrom([]string{";q=", " ; Q="}).Draw(rt, "q") + strconv.FormatFloat(float64(q)/1000, 'f', -1, 64)
				}
				members = append(members, w)
			}
			slices.Sort(members) // a map's order is not the test's own chance
			members = rapid.Permutation(members).Draw(rt, "order")
			return strings.Join(members, rapid.SampledFrom([]string{",", ", ", " ,\t"}).Draw(rt, "comma"))
		}
		a, b := draw("a"), draw("b")
		one, two, other := spell(a), spell(a), spell(b)
		if meaning("accept-language", one) != meaning("accept-language", two) {
			rt.Fatalf("%q and %q differ", one, two)
		}
		same := fmt.Sprint(a) == fmt.Sprint(b)
		if (meaning("accept-language", one) == meaning("accept-language", other)) != same {
			rt.Fatalf("%q and %q: the same %v", one, other, !same)
		}
	})
}

// Whatever a viewer sends cannot leave its place in the key of a variant.
func FuzzVariantKeyKeepsFieldsApart(f *testing.F) {
	f.Add("en, de;q=0.5", "gzip")
	f.Add("", "*;q=0")
	f.Fuzz(func(t *testing.T, a, b string) {
		if strings.ContainsAny(a+b, "\r\n\x00") {
			return // no field value has these
		}
		o := &object{vary: []string{"accept-encoding", "accept-language"}}
		key := func(lang, enc string) string {
			return string(appendVariant(nil, o, true, func(name string) []byte {
				if name == "accept-language" {
					return []byte(lang)
				}
				return []byte(enc)
			}))
		}
		if strings.Count(key(a, b), "\n") != 2 {
			t.Fatalf("%q and %q make %q", a, b, key(a, b))
		}
		if meaning("accept-language", a) != meaning("accept-language", b) && key(a, b) == key(b, b) {
			t.Fatalf("%q and %q make one key", a, b)
		}
	})
}
