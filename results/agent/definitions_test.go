package agent

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ua-parser/uap-go/uaparser"
	"pgregory.net/rapid"
)

// plain is the library as it is: every expression, one after the other.
var plain = sync.OnceValue(func() *uaparser.Parser {
	p, err := uaparser.New(uaparser.WithCacheSize(1))
	if err != nil {
		panic(err)
	}
	return p
})

func checkAsTheLibrary(t interface {
	Helper()
	Fatalf(string, ...any)
}, line string) {
	t.Helper()
	ua, os := plain().ParseUserAgent(line), plain().ParseOs(line)
	if want, got := product(ua.Family, ua.Major), shared().browser(lineOf(line)); got != want {
		t.Fatalf("browser of %q is %q, the library says %q", line, got, want)
	}
	if strings.HasPrefix(line, "Roku/DVP-") {
		return // corrected
	}
	if want, got := product(os.Family, os.Major, os.Minor), shared().system(lineOf(line)); got != want {
		t.Fatalf("system of %q is %q, the library says %q", line, got, want)
	}
}

// Leaving out expressions whose texts are missing changes no answer, for real
// User-Agents and for those spliced from two.
func TestDefinitionsAnswerAsTheLibrary(t *testing.T) {
	for _, c := range real {
		checkAsTheLibrary(t, c.userAgent)
	}
	rapid.Check(t, func(t *rapid.T) {
		piece := func(what string) string {
			line := rapid.SampledFrom(real).Draw(t, what).userAgent
			at := rapid.IntRange(0, len(line)).Draw(t, "at")
			if rapid.Bool().Draw(t, "head") {
				return line[:at]
			}
			return line[at:]
		}
		line := piece("first") + rapid.SampledFrom([]string{"", " ", "/", "; ", "ſ", "K", "\xff", "BOT", "Spider/3.1"}).Draw(t, "glue") + piece("second")
		checkAsTheLibrary(t, line)
	})
}

func FuzzDefinitionsAnswerAsTheLibrary(f *testing.F) {
	for _, c := range real {
		f.Add(c.userAgent)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if len(line) < 1000 {
			checkAsTheLibrary(t, line)
		}
	})
}

func TestRequiredTexts(t *testing.T) {
	for _, c := range []struct {
		expr string
		want []string
	}{
		{`Firefox/(\d+)`, []string{"firefox/"}},
		{`(Bing|Bolt)bot`, []string{"bingbot", "boltbot"}},
		{`Tele(phone|)X`, []string{"telephonex", "telex"}},
		{`[Bb]ot\b`, []string{"bot"}},
		{`(?:[Ss][Pp]ider|Crawl[a-z]+)`, []string{"crawl", "spider"}},
		{`Mozilla.*Mobile.*PetalBot`, []string{"petalbot"}},
		{`(?i)kiosk`, nil},
		{`(?i)opera`, []string{"opera"}},
		{`a*`, nil},
		{`(abc|.)`, nil},
		{`x{0,3}`, nil},
		{`(?:abcd){2,3}`, []string{"abcd"}},
		{`(?:abcd)+e`, []string{"abcd"}},
		{`[0-9]+`, nil},
	} {
		tree, err := syntax.Parse(c.expr, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		got := required(tree)
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s requires %q, want %q", c.expr, got, c.want)
		}
	}
}

// Whatever an expression matches holds one of its texts.
func TestRequiredTextsAreInEveryMatch(t *testing.T) {
	expr := rapid.Custom(func(t *rapid.T) string {
		atom := rapid.SampledFrom([]string{"a", "B", "bc", "[Kk]", "[ab]", ".", `\d`, "^", "$", `\b`, "é", "[Ss]", "x*", "(?:y|)"})
		seq := rapid.Map(rapid.SliceOfN(atom, 1, 4), func(s []string) string { return strings.Join(s, "") })
		parts := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
			branches := rapid.SliceOfN(seq, 1, 3).Draw(t, "branches")
			return "(?" + rapid.SampledFrom([]string{"", "i"}).Draw(t, "flag") + ":" + strings.Join(branches, "|") + ")" +
				rapid.SampledFrom([]string{"", "", "?", "+", "*", "{2}", "{0,2}"}).Draw(t, "times")
		}), 1, 4).Draw(t, "parts")
		return strings.Join(parts, "")
	})
	rapid.Check(t, func(t *rapid.T) {
		e := expr.Draw(t, "expression")
		tree, err := syntax.Parse(e, syntax.Perl)
		if err != nil {
			t.Skip(err)
		}
		line := rapid.StringMatching(e).Draw(t, "line")
		if !regexp.MustCompile(e).MatchString(line) {
			t.Skip("the generator is not of Go's mind")
		}
		if n := needsOf(e); len(n) > 0 && !lineOf(line).has(n) {
			t.Fatalf("%q matches %q, which has none of %q", e, line, required(tree))
		}
	})
}
